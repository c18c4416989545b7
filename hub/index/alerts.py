"""Alerts: one as an incident opens and one as it ends, kept until those who are to know were told."""

import datetime
from dataclasses import dataclass

from sqlalchemy import Connection, select, update

from hub.index import dialect
from hub.index.inventory_tables import alerts


@dataclass(frozen=True)
class Alert:
    """``what`` happened at ``participant``: ``phase`` is ``opened`` or ``ended``. It says nothing about a child.

    ``detail`` names what it concerns beyond that, e.g. the flows that stop.
    """

    seq: int
    incident: str
    participant: str
    what: str
    phase: str
    code: str | None
    at: datetime.datetime
    attempts: int
    detail: str | None = None


_COLUMNS = [alerts.c[name] for name in Alert.__dataclass_fields__]


class Alerts:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def opened(
        self,
        incident: str,
        participant: str,
        what: str,
        code: str | None,
        now: datetime.datetime,
        detail: str | None = None,
    ) -> bool:
        """An incident begins; false if it lasts already."""
        return self._add(incident, participant, what, "opened", code, now, detail)

    def ended(self, incident: str, participant: str, what: str, code: str | None, now: datetime.datetime) -> bool:
        """It is over; false if none lasts."""
        return self._add(incident, participant, what, "ended", code, now)

    def _add(
        self,
        incident: str,
        participant: str,
        what: str,
        phase: str,
        code: str | None,
        now: datetime.datetime,
        detail: str | None = None,
    ) -> bool:
        query = select(alerts.c.phase).where(alerts.c.incident == incident).order_by(alerts.c.seq.desc()).limit(1)
        last = self._connection.execute(query).scalar_one_or_none() or "ended"
        if last == phase:
            return False
        values = {"incident": incident, "participant": participant, "what": what, "phase": phase, "at": now, "due": now}
        dialect.insert_many(
            self._connection, alerts, [values | {"code": code and code[:80], "detail": detail and detail[:400]}]
        )
        return True

    def due(self, now: datetime.datetime, limit: int) -> list[Alert]:
        """Those that nobody was told of yet, oldest first."""
        waiting = select(*_COLUMNS).where(alerts.c.told_at.is_(None), alerts.c.due <= now).order_by(alerts.c.seq)
        return [Alert(*row) for row in self._connection.execute(waiting.limit(limit))]

    def told(self, seq: int, now: datetime.datetime) -> None:
        self._connection.execute(update(alerts).where(alerts.c.seq == seq).values(told_at=now))

    def again(self, seq: int, due: datetime.datetime) -> None:
        """They could not be told: later."""
        later = update(alerts).where(alerts.c.seq == seq).values(due=due, attempts=alerts.c.attempts + 1)
        self._connection.execute(later)

    def lasting(self) -> list[Alert]:
        """Incidents that were opened and not ended."""
        later = alerts.alias("later")
        newest = ~select(later.c.seq).where(later.c.incident == alerts.c.incident, later.c.seq > alerts.c.seq).exists()
        query = select(*_COLUMNS).where(alerts.c.phase == "opened", newest).order_by(alerts.c.seq)
        return [Alert(*row) for row in self._connection.execute(query)]
