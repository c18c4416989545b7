"""Counts for the management and the public: how many missing, traced, untraced, found, matched, restored, by group.

They count entries, not children: a child told of by two owners is in it twice. What the public sees is rounded to the
next five, and what is below five is not told, so that neither a count nor a difference of two singles out a child.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from contracts.codes import Gender
from hub.access import Act, Caller
from hub.index import Store
from hub.index.counting import GROUPS

LEAST_TOLD = 5
"""Counts below it, zero apart, are not told to the public; the others are told as multiples of it."""


class Measure(StrEnum):
    """What is counted, in the order of the columns."""

    MISSING = "missing"
    TRACED = "traced"
    UNTRACED = "untraced"
    FOUND = "found"
    MATCHED = "matched"
    RESTORED = "restored"


class Group(StrEnum):
    """By what it is counted."""

    STATE = "state"
    DISTRICT = "district"
    GENDER = "gender"
    AGE = "age"
    YEAR = "year"
    MONTH = "month"
    PARTICIPANT = "participant"


@dataclass(frozen=True)
class Asked:
    """By what, and of which entries; months are numbered year * 12 + month - 1."""

    by: Group = Group.STATE
    state: int | None = None
    gender: Gender | None = None
    first_month: int | None = None
    last_month: int | None = None


@dataclass(frozen=True)
class Counted:
    """One row: the key of its group (None: not told) and its counts; a count that may not be told is None."""

    key: Any
    counts: tuple[int | None, ...]


@dataclass(frozen=True)
class Counts:
    """The answer: rows in order of their key, the totals, and whether they are rounded for the public."""

    asked: Asked
    rows: list[Counted]
    total: Counted
    rounded: bool


def count(store: Store, caller: Caller, asked: Asked) -> Counts:
    """Exact for whoever may see counts, rounded for everybody else."""
    assert set(GROUPS) == {group.value for group in Group}
    gender = None if asked.gender is None else asked.gender.value
    with store.read() as work:
        found = work.counting.by(asked.by.value, asked.state, gender, (asked.first_month, asked.last_month))
    sums = [sum(column) for column in zip(*(counts for _key, counts in found), strict=True)] or [0] * len(Measure)
    exact = caller.may(Act.SEE_COUNTS)
    rows = [Counted(key, _told(counts, exact)) for key, counts in found]
    return Counts(asked, rows, Counted(None, _told(sums, exact)), rounded=not exact)


def _told(counts: Sequence[int], exact: bool) -> tuple[int | None, ...]:
    return tuple(counts) if exact else tuple(rounded(one) for one in counts)


def rounded(count: int) -> int | None:
    """As the public is told: the next multiple of five; None below five, zero apart.

    >>> [rounded(count) for count in (0, 1, 4, 5, 7, 8, 1003)]
    [0, None, None, 5, 5, 10, 1005]
    """
    if 0 < count < LEAST_TOLD:
        return None
    return (count + LEAST_TOLD // 2) // LEAST_TOLD * LEAST_TOLD
