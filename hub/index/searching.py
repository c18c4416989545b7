"""Search in the index: clear columns filter in SQL, what lies in payloads is looked at afterwards."""

import datetime
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, false, func, or_, select

from contracts import ChildRecord
from contracts.codes import Status
from contracts.exchange import Search
from hub.index.entry import TO_FIND, Side, Veil, month_number
from hub.index.payload import RECORD, Seal, load_record
from hub.index.schema import match_keys, records

MOST_COUNTED = 10_000
_AT_ONCE = 500


@dataclass(frozen=True)
class Sight:
    """What the searcher may meet: entries up to ``veil``, and all of their own participant."""

    veil: Veil
    participant: str | None = None


@dataclass(frozen=True)
class Found:
    hub_id: str
    public_id: str | None
    record: ChildRecord
    score: float | None = None


class Searching:
    def __init__(self, connection: Connection, seal: Seal) -> None:
        self._connection, self._seal = connection, seal

    def newest(self, query: Search, sight: Sight, today: datetime.date) -> tuple[int, list[Found]]:
        """(how many fit up to 10,000, one page newest first) of a search that clear columns can answer."""
        chosen = _filtered(query, sight, today)
        page = chosen.order_by(records.c.updated.desc(), records.c.row.desc()).offset(query.offset).limit(query.limit)
        return self._count(chosen), self._found(self._connection.execute(page).all())

    def looked_at(
        self,
        query: Search,
        sight: Sight,
        today: datetime.date,
        key_sets: Sequence[Collection[int]],
        score: Callable[[ChildRecord], float | None],
    ) -> tuple[int, list[Found]]:
        """The same where payloads must be opened: ``score`` gives None for what does not fit; best first, then newest.

        ``key_sets`` are hashed keys of a name, of a diary number: only entries that have one of each are looked at.
        Without keys the newest 10,000 that the clear columns let through are.
        """
        chosen = _filtered(query, sight, today)
        for keys in key_sets:
            having = select(match_keys.c.row).where(match_keys.c.side == TO_FIND, match_keys.c.key.in_(keys))
            chosen = chosen.where(records.c.row.in_(having))
        chosen = chosen.order_by(records.c.updated.desc(), records.c.row.desc()).limit(MOST_COUNTED)
        fitting = list(self._fitting(chosen, score))
        fitting.sort(key=lambda found: -(found.score or 0.0))
        return len(fitting), fitting[query.offset : query.offset + query.limit]

    def public(self, limit: int, offset: int) -> list[Found]:
        """Entries whose card may be shown to everybody, newest event first."""
        query = (
            _selected()
            .where(records.c.public_id.is_not(None), records.c.public.is_(True))
            .order_by(records.c.event_month.desc(), records.c.row.desc())
        )
        return self._found(self._connection.execute(query.offset(offset).limit(limit)).all())

    def public_one(self, public_id: str) -> Found | None:
        query = _selected().where(records.c.public_id == public_id, records.c.public.is_(True))
        row = self._connection.execute(query).one_or_none()
        return None if row is None else self._found([row])[0]

    def public_id(self, hub_id: str) -> str | None:
        """Under which id the card of an entry is shown to everybody; None if it is not."""
        query = select(records.c.public_id).where(records.c.hub_id == hub_id, records.c.public.is_(True))
        return self._connection.execute(query).scalar_one_or_none()

    def has_ended(self, public_id: str) -> bool:
        """Whether there is an entry of this id that is not shown any more."""
        query = select(records.c.row).where(records.c.public_id == public_id, records.c.public.is_(False))
        return self._connection.execute(query).first() is not None

    def _count(self, chosen: Select[Any]) -> int:
        inner = chosen.with_only_columns(records.c.row).limit(MOST_COUNTED).subquery()
        return self._connection.execute(select(func.count()).select_from(inner)).scalar_one()

    def _fitting(self, chosen: Select[Any], score: Callable[[ChildRecord], float | None]) -> Iterator[Found]:
        for found in self._each(chosen):
            value = score(found.record)
            if value is not None:
                yield Found(found.hub_id, found.public_id, found.record, value)

    def _each(self, chosen: Select[Any]) -> Iterator[Found]:
        for rows in self._connection.execute(chosen).partitions(_AT_ONCE):
            yield from self._found(rows)

    def _found(self, rows: Sequence[Row[Any]]) -> list[Found]:
        opened = self._seal.open_all([row.record for row in rows], RECORD, [row.hub_id for row in rows])
        return [Found(row.hub_id, row.public_id, load_record(one)) for row, one in zip(rows, opened, strict=True)]


def _selected() -> Select[Any]:
    return select(records.c.hub_id, records.c.public_id, records.c.record)


def _filtered(query: Search, sight: Sight, today: datetime.date) -> Select[Any]:
    mine = records.c.participant == sight.participant if sight.participant is not None else false()
    there = (records.c.veil <= int(sight.veil)) & (records.c.status != Status.WITHDRAWN.value)
    return _selected().where(or_(there, mine), *_clear(query, today))


def _clear(query: Search, today: datetime.date) -> Iterator[ColumnElement[bool]]:
    """The conditions that clear columns can hold; dates to the month, ages exactly to the month."""
    for column, wanted in (
        (records.c.kind, query.kind),
        (records.c.status, query.status),
        (records.c.gender, query.gender),
        (records.c.state, query.state),
        (records.c.district, query.district),
        (records.c.participant, query.participant),
    ):
        if wanted is not None:
            yield column == wanted
    if not query.include_ended and query.status is None:
        yield records.c.side != Side.CLOSED
    yield from _dates(query)
    yield from _ages(query, today)


def _dates(query: Search) -> Iterator[ColumnElement[bool]]:
    if query.event_from is not None:
        yield records.c.event_month >= month_number(query.event_from)
    if query.event_to is not None:
        yield records.c.event_month <= month_number(query.event_to)


def _ages(query: Search, today: datetime.date) -> Iterator[ColumnElement[bool]]:
    # An entry of unknown age is kept.
    this_month = month_number(today)
    if query.age_years_from is not None:
        latest = this_month - query.age_years_from * 12
        yield or_(records.c.born_from.is_(None), records.c.born_from <= latest)
    if query.age_years_to is not None:
        earliest = this_month - (query.age_years_to + 1) * 12
        yield or_(records.c.born_to.is_(None), records.c.born_to >= earliest)
