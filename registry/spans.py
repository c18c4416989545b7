"""Spans of days: when a name, a parent or an institution was as written; both ends are included, no end means still."""

import datetime
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from sqlalchemy import BindParameter, ColumnElement, Table, and_, or_

Day = datetime.date
_INDIA = ZoneInfo("Asia/Kolkata")
_ONE = datetime.timedelta(days=1)


class Dated(Protocol):
    """Anything with a first day and, once it ended, a last one."""

    @property
    def valid_from(self) -> Day: ...
    @property
    def valid_to(self) -> Day | None: ...


def today() -> Day:
    """The date in India now."""
    return datetime.datetime.now(_INDIA).date()


def last_day(span: Dated) -> Day:
    """Its last day; the end of time for what still is."""
    return span.valid_to or Day.max


def day_before(day: Day) -> Day:
    return day - _ONE


def overlap(one: Dated, other: Dated) -> bool:
    """True if there is a day on which both are valid."""
    return one.valid_from <= last_day(other) and other.valid_from <= last_day(one)


def covers(spans: Iterable[Dated], wanted: Dated) -> bool:
    """True if every day of ``wanted`` lies in one of ``spans``."""
    reached = wanted.valid_from
    for span in sorted(spans, key=lambda span: span.valid_from):
        if span.valid_from > reached:
            return False
        if last_day(span) >= last_day(wanted):
            return True
        if last_day(span) >= reached:
            reached = last_day(span) + _ONE
    return False


def without_gaps(spans: Sequence[Dated]) -> bool:
    """True if the spans follow one another day by day."""
    ordered = sorted(spans, key=lambda span: span.valid_from)
    return all(last_day(one) + _ONE == two.valid_from for one, two in pairwise(ordered))


def valid_on(table: Table, day: Day | BindParameter[Any]) -> ColumnElement[bool]:
    """SQL: the row is valid on ``day``."""
    ended = or_(table.c.valid_to.is_(None), table.c.valid_to >= day)
    return and_(table.c.valid_from <= day, ended)
