"""Counts of entries in groups, told by the columns that are kept in clear: no child's words are opened for them."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, case, func, select

from contracts.codes import RecordKind, Status
from contracts.exchange import MatchState
from hub.index.schema import matches, records

#: Ages at the event are counted in these bands: first and last whole year.
BANDS = ((0, 5), (6, 11), (12, 14), (15, 17))
_MISSING = records.c.kind == RecordKind.MISSING.value
_FOUND = records.c.kind.in_([RecordKind.FOUND.value, RecordKind.RESIDENT.value])
_COUNTED = records.c.status.not_in([Status.CANCELLED.value, Status.WITHDRAWN.value])
_BACK = [Status.TRACED.value, Status.RESTORED.value]
_SOUGHT = [Status.REPORTED.value, Status.FIR_REGISTERED.value, Status.ALERTED.value, Status.UNTRACED.value]
_AGREED = [MatchState.CONFIRMED.value, MatchState.REUNITED.value]


def _band() -> ColumnElement[Any]:
    """First year of the band of the age at the event, by the middle of what is known of the birth."""
    first, last = records.c.born_from, records.c.born_to
    middle = (func.coalesce(first, last) + func.coalesce(last, first)) // 2
    months = records.c.event_month - middle
    return case(*((months < (oldest + 1) * 12, youngest) for youngest, oldest in BANDS), else_=None)


GROUPS: Mapping[str, ColumnElement[Any]] = {
    "state": records.c.state,
    "district": records.c.district,
    "gender": records.c.gender,
    "age": _band(),
    "year": records.c.event_month // 12,
    "month": records.c.event_month,
    "participant": records.c.participant,
}


class Counting:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def by(
        self, group: str, state: int | None, gender: str | None, months: tuple[int | None, int | None]
    ) -> list[tuple[Any, Sequence[int]]]:
        """Of each group: missing, traced, untraced, found, matched, restored; ``months`` of the event, from and to."""
        where = [_COUNTED, *_filters(state, gender, months)]
        key = GROUPS[group].label("key")
        agreed = select(matches.c.searched).where(matches.c.state.in_(_AGREED))
        columns = (
            func.count().filter(_MISSING),
            func.count().filter(_MISSING, records.c.status.in_(_BACK)),
            func.count().filter(_MISSING, records.c.status.in_(_SOUGHT)),
            func.count().filter(_FOUND),
            func.count().filter(_MISSING, records.c.row.in_(agreed)),
            func.count().filter(_MISSING, records.c.status == Status.RESTORED.value),
        )
        query = select(key, *columns).where(*where).group_by(key).order_by(key)
        return [(row[0], tuple(row[1:])) for row in self._connection.execute(query)]


def _filters(state: int | None, gender: str | None, months: tuple[int | None, int | None]) -> list[ColumnElement[bool]]:
    first, last = months
    asked = [
        None if state is None else records.c.state == state,
        None if gender is None else records.c.gender == gender,
        None if first is None else records.c.event_month >= first,
        None if last is None else records.c.event_month <= last,
    ]
    return [one for one in asked if one is not None]
