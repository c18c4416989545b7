"""Age carried forward with its uncertainty, and the order and distance in time of the two events."""

from typing import Any

import numpy as np
import numpy.typing as npt

from hub.matching.columns import Ints, Pairs, Tables
from hub.matching.reached import Levels, Reached, first_that_holds

Small = npt.NDArray[np.int32]

# Uncertainty of an age in months by its basis (documented, stated, estimated, by appearance): a part that is always
# there, and a part in hundredths of the age, since the older the child the wider the guess. Project estimates.
_ALWAYS = np.array([12, 0, 4, 6, 9], dtype=np.int64)
_OF_AGE = np.array([10, 0, 5, 8, 10], dtype=np.int64)
DRIFT = 4
"""Each year between the two statements adds this many hundredths of a year: rounding and memory add up."""


def age(pairs: Pairs) -> Reached:
    """Levels: born within a year; a year apart; ranges meet; within tolerance; within twice that; further."""
    told_ages = pairs.tables.once("ages", lambda: ages(pairs.tables))
    (from_l, from_r), (to_l, to_r), basis, told, doubt = (pairs.gathered(one) for one in told_ages)
    known = (basis[0] > 0) & (basis[1] > 0)
    between = np.maximum(np.maximum(from_l - to_r, from_r - to_l), 0)
    middle = np.abs((from_l + to_l) - (from_r + to_r))
    slack = doubt[0] + doubt[1] + np.abs(told[0] - told[1]) * DRIFT // 100
    wide = (to_l - from_l) + (to_r - from_r)
    tests = [
        (between <= 1) & (middle <= 14) & (wide <= 26),
        (between == 0) & (middle <= 26),
        (between == 0) | ((middle <= 48) & (between <= np.minimum(slack, 12))),
        between <= slack,
        between <= 2 * slack + 12,
        np.ones(len(pairs), dtype=bool),
    ]
    return Reached(first_that_holds(known, tests))


_Column = tuple[Small, Small]


def ages(tables: Tables) -> tuple[_Column, ...]:
    """Of the rows of either table: earliest and latest month of birth, basis, month in which it was told, doubt."""
    first, last, basis = (_small(*tables.column(which)) for which in ("born_from", "born_to", "age_basis"))
    told = _small(*(_told(tables, side) for side in (0, 1)))
    doubt = _small(*(_slack(basis[side], told[side] - first[side]) for side in (0, 1)))
    return first, last, basis, told, doubt


def _small(left: Any, right: Any) -> _Column:
    return left.astype(np.int32), right.astype(np.int32)


def _told(tables: Tables, side: int) -> Ints:
    """Month in which each age was told; of the event where only a year or date of birth was given."""
    as_of, event, born = (tables.column(which)[side].astype(np.int64) for which in ("age_as_of", "event_on", "born_to"))
    told: Ints = np.where(as_of > 0, as_of, np.where(event > 0, _month_of_day(event), born))
    return told


def _month_of_day(day: Ints) -> Ints:
    """Months since January 1900: 4800 months in the 146,097 days of four centuries."""
    out: Ints = (day - 693_596) * 4800 // 146_097
    return out


def _slack(basis: Small, age_then: Small) -> Ints:
    out: Ints = _ALWAYS[basis] + _OF_AGE[basis] * np.clip(age_then, 0, 240) // 100
    return out


def time(pairs: Pairs) -> Reached:
    """Days from going missing to being found. Found before is penalised by steps, since dates are often wrong."""
    missing, found = pairs.column("event_on")
    days = np.clip(found - missing, -FAR, FAR) + FAR
    level: Levels = BY_DAYS.take(days)
    level *= (missing > 0) & (found > 0)
    return Reached(level)


FAR = 800
_SPANS = np.arange(-FAR, FAR + 1)
#: Level by days from going missing to being found; beyond ``FAR`` nothing changes.
BY_DAYS = first_that_holds(
    np.ones(len(_SPANS), dtype=bool),
    [
        *((_SPANS >= 0) & (limit >= _SPANS) for limit in (3, 30, 180, 730, FAR)),
        *((_SPANS < 0) & (limit <= _SPANS) for limit in (-3, -31, -400, -FAR)),
    ],
)


def days_apart(pairs: Pairs) -> Ints:
    """Days between the two events, either way; a very large number where one is unknown."""
    left, right = pairs.number("event_on")
    return np.where((left > 0) & (right > 0), np.abs(left - right), 1_000_000)
