"""Notices owed to participants: written with their cause, claimed by couriers, settled by a push or a fetch."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, delete, exists, func, select, update

from contracts import Notice
from hub.index import dialect
from hub.index.payload import Seal
from hub.index.schema import Values, lanes, outbox

OWED, DONE, DEAD = "owed", "done", "dead"


@dataclass(frozen=True)
class Owed:
    """One notice claimed for delivery."""

    seq: int
    notice: Notice
    attempts: int


class Outbox:
    def __init__(self, connection: Connection, seal: Seal) -> None:
        self._connection, self._seal = connection, seal

    def add(self, notices: Iterable[Notice], now: datetime.datetime) -> None:
        rows = [
            {
                "notice_id": notice.notice_id,
                "lane": notice.to,
                "about": notice.about.source_id,
                "kind": notice.kind.value,
                "body": self._seal.close(notice.model_dump_json(exclude_defaults=True).encode()),
                "state": OWED,
                "due": now,
                "created_at": now,
            }
            for notice in notices
        ]
        dialect.insert_many(self._connection, outbox, rows)

    def lanes_due(self, now: datetime.datetime) -> list[str]:
        """Participants to whom something is due and who are not left alone; those that failed last come last."""
        failures = func.coalesce(func.max(lanes.c.failures), 0)
        query = (
            select(outbox.c.lane)
            .outerjoin(lanes, lanes.c.lane == outbox.c.lane)
            .where(outbox.c.state == OWED, outbox.c.due <= now)
            .where(lanes.c.resume_at.is_(None) | (lanes.c.resume_at <= now))
            .group_by(outbox.c.lane)
            .order_by(failures, outbox.c.lane)
        )
        return list(self._connection.execute(query).scalars())

    def failures(self, lane: str) -> int:
        """How often in a row a participant's system did not answer."""
        query = select(lanes.c.failures).where(lanes.c.lane == lane)
        return self._connection.execute(query).scalar_one_or_none() or 0

    def leave_alone(self, lane: str, failures: int, until: datetime.datetime) -> None:
        """Nobody tries this participant again before ``until``."""
        dialect.upsert(self._connection, lanes, {"lane": lane, "failures": failures, "resume_at": until})

    def answers_again(self, lane: str) -> None:
        self._connection.execute(delete(lanes).where(lanes.c.lane == lane))

    def claim(self, lane: str, holder: str, now: datetime.datetime, until: datetime.datetime, limit: int) -> list[Owed]:
        """The oldest due notices of a lane, at most one per record, held until ``until``.

        A notice waits while an earlier one about the same record is still owed: their order is kept.
        """
        earlier = outbox.alias("earlier")
        waits = exists().where(
            earlier.c.lane == outbox.c.lane,
            earlier.c.about == outbox.c.about,
            earlier.c.seq < outbox.c.seq,
            earlier.c.state == OWED,
        )
        free = outbox.c.held_until.is_(None) | (outbox.c.held_until <= now)
        query = (
            select(outbox.c.seq, outbox.c.body, outbox.c.attempts)
            .where(outbox.c.lane == lane, outbox.c.state == OWED, outbox.c.due <= now, free, ~waits)
            .order_by(outbox.c.seq)
            .limit(limit)
        )
        rows = self._connection.execute(dialect.skip_locked(self._connection, query)).all()
        held: Values = {"holder": holder, "held_until": until}
        self._connection.execute(update(outbox).where(outbox.c.seq.in_([row.seq for row in rows])).values(held))
        return [Owed(row.seq, self._notice(row.body), row.attempts) for row in rows]

    def done(self, seq: int, holder: str, foreign_id: str | None, now: datetime.datetime) -> bool:
        """The owner took it; false when the claim had gone to another holder meanwhile."""
        return self._settle(seq, holder, _settled(DONE, "pushed", now) | {"foreign_id": foreign_id})

    def dead(self, seq: int, holder: str, error: str, now: datetime.datetime) -> bool:
        """Never to be tried again unless a person says so."""
        return self._settle(seq, holder, _settled(DEAD, None, now) | {"last_error": error[:80]})

    def retry(self, seq: int, holder: str, error: str, due: datetime.datetime) -> bool:
        return self._settle(seq, holder, {"due": due, "last_error": error[:80], "holder": None, "held_until": None})

    def give_back(self, seqs: Iterable[int], holder: str) -> None:
        """Claimed but not tried: free again, without an attempt counted."""
        mine = outbox.c.seq.in_(list(seqs)) & (outbox.c.holder == holder) & (outbox.c.state == OWED)
        values: Values = {"holder": None, "held_until": None}
        self._connection.execute(update(outbox).where(mine).values(values))

    def _settle(self, seq: int, holder: str, values: Values) -> bool:
        mine = (outbox.c.seq == seq) & (outbox.c.holder == holder) & (outbox.c.state == OWED)
        statement = update(outbox).where(mine).values(values | {"attempts": outbox.c.attempts + 1})
        return bool(self._connection.execute(statement).rowcount)

    # Participants that fetch their notices themselves

    def waiting(self, lane: str, after: str | None, limit: int) -> list[Notice]:
        """What is owed to a participant, oldest first, after the notice of that id."""
        query = select(outbox.c.body).where(outbox.c.lane == lane, outbox.c.state == OWED)
        if after is not None:
            last = select(outbox.c.seq).where(outbox.c.lane == lane, outbox.c.notice_id == after).scalar_subquery()
            query = query.where(outbox.c.seq > func.coalesce(last, 0))
        bodies = self._connection.execute(query.order_by(outbox.c.seq).limit(limit)).scalars()
        return [self._notice(body) for body in bodies]

    def acknowledge(self, lane: str, notice_id: str, now: datetime.datetime) -> datetime.datetime | None:
        """When it was settled, by this call or before; None if no such notice is owed to ``lane``."""
        mine = (outbox.c.lane == lane) & (outbox.c.notice_id == notice_id)
        settled = _settled(DONE, "fetched", now)
        self._connection.execute(update(outbox).where(mine, outbox.c.state != DONE).values(settled))
        return self._connection.execute(select(outbox.c.settled_at).where(mine)).scalar_one_or_none()

    def counts(self) -> list[tuple[str, str, int]]:
        """(participant, state, how many)."""
        query = select(outbox.c.lane, outbox.c.state, func.count()).group_by(outbox.c.lane, outbox.c.state)
        return [(lane, state, many) for lane, state, many in self._connection.execute(query)]

    def count_owed(self) -> int:
        return self._connection.execute(select(func.count()).where(outbox.c.state == OWED)).scalar_one()

    def _notice(self, body: bytes) -> Notice:
        return Notice.model_validate_json(self._seal.open(body))


def _settled(state: str, how: str | None, now: datetime.datetime) -> Values:
    return {"state": state, "how": how, "settled_at": now, "holder": None, "held_until": None}
