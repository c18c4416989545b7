"""Leases: work that one process does at a time, with a fence; slots: each turn of a job claimed by one process."""

import datetime

from sqlalchemy import Connection, delete, func, select, update

from hub.index import dialect
from hub.index.schema import leases, slots


class Leases:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def take(self, name: str, holder: str, now: datetime.datetime, until: datetime.datetime) -> int | None:
        """The fence of a lease taken, or None while somebody else holds it."""
        first = {"name": name, "holder": holder, "fence": 1, "until": until}
        if dialect.insert_new(self._connection, leases, first):
            return 1
        free = (leases.c.name == name) & (leases.c.until <= now)
        taken = update(leases).where(free).values(holder=holder, until=until, fence=leases.c.fence + 1)
        return self._connection.execute(taken.returning(leases.c.fence)).scalar_one_or_none()

    def renew(self, name: str, fence: int, until: datetime.datetime) -> bool:
        """Heartbeat: false when the lease went to somebody else."""
        mine = (leases.c.name == name) & (leases.c.fence == fence)
        return bool(self._connection.execute(update(leases).where(mine).values(until=until)).rowcount)

    def still_held(self, name: str, fence: int) -> bool:
        """Checked inside the transaction that the lease protects; nobody can take it before that one ends."""
        query = select(leases.c.fence).where(leases.c.name == name)
        held = self._connection.execute(dialect.for_update(self._connection, query)).scalar_one_or_none()
        return held == fence

    def give_back(self, name: str, fence: int, now: datetime.datetime) -> None:
        """Free at once; the fence stays, so that it goes on growing."""
        mine = (leases.c.name == name) & (leases.c.fence == fence)
        self._connection.execute(update(leases).where(mine).values(until=now))

    def claim_slot(self, job: str, slot: int, holder: str, now: datetime.datetime) -> bool:
        """True for the one process that may run this slot of the job."""
        values = {"job": job, "slot": slot, "holder": holder, "claimed_at": now}
        return dialect.insert_new(self._connection, slots, values)

    def end_slot(self, job: str, slot: int, outcome: str, now: datetime.datetime) -> None:
        mine = (slots.c.job == job) & (slots.c.slot == slot)
        self._connection.execute(update(slots).where(mine).values(outcome=outcome[:80], ended_at=now))

    def count_slots(self, job: str) -> int:
        return self._connection.execute(select(func.count()).where(slots.c.job == job)).scalar_one()

    def forget_slots(self, before: datetime.datetime) -> None:
        self._connection.execute(delete(slots).where(slots.c.claimed_at < before))
