"""What citizens reported, and letters by e-mail that are owed: rows in, rows out."""

import datetime
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, or_, select, true, update

from hub.index import dialect
from hub.index.citizen_tables import citizen_reports, mails
from hub.index.payload import Owner, Seal

_WORDS, _PHOTO, _MAIL = "citizen", "photo", "mail"
_SENT = b""


@dataclass(frozen=True)
class Reported:
    """One report as it is kept: where it was routed, how far it is, and what was said (JSON)."""

    report_id: str
    kind: str
    state: int
    district: int
    station: str | None
    received_at: datetime.datetime
    taken_at: datetime.datetime | None
    taken_by: str | None
    closed_at: datetime.datetime | None
    closed_by: str | None
    outcome: str | None
    words: bytes
    has_photo: bool


@dataclass(frozen=True)
class Owed:
    """One letter that is due; ``words`` say to whom and what (JSON)."""

    seq: int
    report_id: str
    words: bytes
    attempts: int


_NAMES = list(Reported.__dataclass_fields__)[:-2]
_HAS_PHOTO = citizen_reports.c.photo.is_not(None).label("has_photo")
_COLUMNS = [*(citizen_reports.c[name] for name in _NAMES), citizen_reports.c.words, _HAS_PHOTO]


def _owner(report_id: str) -> Owner:
    return Owner("citizens", report_id)


class Citizens:
    def __init__(self, connection: Connection, seal: Seal) -> None:
        self._connection, self._seal = connection, seal

    def add(self, row: dict[str, Any], words: bytes, photo: bytes | None) -> None:
        """``row``: report_id, number_hash, kind, state, district, station, received_at."""
        owner = _owner(row["report_id"])
        closed = None if photo is None else self._seal.close(photo, _PHOTO, owner)
        values = row | {"words": self._seal.close(words, _WORDS, owner), "photo": closed}
        dialect.insert_many(self._connection, citizen_reports, [values])

    def of_number(self, number_hash: str) -> Reported | None:
        return self._one(citizen_reports.c.number_hash == number_hash)

    def find(self, report_id: str) -> Reported | None:
        return self._one(citizen_reports.c.report_id == report_id)

    def _one(self, condition: ColumnElement[bool]) -> Reported | None:
        row = self._connection.execute(select(*_COLUMNS).where(condition)).one_or_none()
        return None if row is None else self._opened(row)

    def _opened(self, row: Any) -> Reported:
        said = {name: getattr(row, name) for name in _NAMES}
        return Reported(**said, words=self._seal.open(row.words, _WORDS), has_photo=row.has_photo)

    def within(
        self, states: Collection[int], districts: Collection[int], everywhere: bool, open_only: bool, limit: int
    ) -> list[Reported]:
        """Reports of a jurisdiction: those not yet taken first, then newest first."""
        here = or_(citizen_reports.c.state.in_(states), citizen_reports.c.district.in_(districts))
        still = citizen_reports.c.closed_at.is_(None) if open_only else true()
        query = select(*_COLUMNS).where(true() if everywhere else here, still)
        query = query.order_by(citizen_reports.c.taken_at.is_not(None), citizen_reports.c.seq.desc()).limit(limit)
        return [self._opened(row) for row in self._connection.execute(query)]

    def photo(self, report_id: str) -> bytes | None:
        """The picture, as JPEG."""
        query = select(citizen_reports.c.photo).where(citizen_reports.c.report_id == report_id)
        closed = self._connection.execute(query).scalar_one_or_none()
        return None if closed is None else self._seal.open(closed, _PHOTO)

    def take(self, report_id: str, who: str, now: datetime.datetime) -> bool:
        """A person took it up; false if somebody had before."""
        step = update(citizen_reports).where(
            citizen_reports.c.report_id == report_id, citizen_reports.c.taken_at.is_(None)
        )
        return bool(self._connection.execute(step.values(taken_at=now, taken_by=who)).rowcount)

    def end(self, report_id: str, who: str, outcome: str, now: datetime.datetime) -> bool:
        """It was dealt with; false if it was before."""
        step = update(citizen_reports).where(
            citizen_reports.c.report_id == report_id, citizen_reports.c.closed_at.is_(None)
        )
        return bool(self._connection.execute(step.values(closed_at=now, closed_by=who, outcome=outcome)).rowcount)

    def owe(self, report_id: str, words: bytes, now: datetime.datetime) -> None:
        """A letter about a report is to be sent."""
        closed = self._seal.close(words, _MAIL, _owner(report_id))
        dialect.insert_many(self._connection, mails, [{"report_id": report_id, "words": closed, "due": now}])

    def due(self, now: datetime.datetime, limit: int, attempts: int) -> list[Owed]:
        """Letters to be sent now, oldest first; those that were tried ``attempts`` times are given up."""
        waiting = select(mails).where(mails.c.sent_at.is_(None), mails.c.due <= now, mails.c.attempts < attempts)
        rows = self._connection.execute(waiting.order_by(mails.c.seq).limit(limit))
        return [Owed(row.seq, row.report_id, self._seal.open(row.words, _MAIL), row.attempts) for row in rows]

    def sent(self, seq: int, now: datetime.datetime) -> None:
        """It was sent: what it said is not kept."""
        self._connection.execute(update(mails).where(mails.c.seq == seq).values(sent_at=now, words=_SENT))

    def again(self, seq: int, due: datetime.datetime) -> None:
        """It could not be sent: later."""
        later = update(mails).where(mails.c.seq == seq).values(due=due, attempts=mails.c.attempts + 1)
        self._connection.execute(later)
