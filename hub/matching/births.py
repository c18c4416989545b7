"""Age carried forward with its uncertainty, and the order and distance in time of the two events."""

import numpy as np

from hub.matching.columns import Ints, Pairs
from hub.matching.reached import Reached, first_that_holds

# Uncertainty of an age in months by its basis (documented, stated, estimated, by appearance): a part that is always
# there, and a part in hundredths of the age, since the older the child the wider the guess. Project estimates.
_ALWAYS = np.array([12, 0, 4, 6, 9], dtype=np.int64)
_OF_AGE = np.array([10, 0, 5, 8, 10], dtype=np.int64)
_DRIFT = 4
"""Each year between the two statements adds this many hundredths of a year: rounding and memory add up."""


def age(pairs: Pairs) -> Reached:
    """Levels: birth within a year of each other and ranges meet; ranges meet; within tolerance; twice that; further."""
    (from_l, from_r), (to_l, to_r) = pairs.number("born_from"), pairs.number("born_to")
    basis_l, basis_r = pairs.number("age_basis")
    known = (basis_l > 0) & (basis_r > 0)
    told_l, told_r = _told(pairs)
    between = np.maximum(np.maximum(from_l - to_r, from_r - to_l), 0)
    middle = np.abs((from_l + to_l) - (from_r + to_r))
    slack = _slack(basis_l, told_l - from_l) + _slack(basis_r, told_r - from_r)
    slack += np.abs(told_l - told_r) * _DRIFT // 100
    wide = (to_l - from_l) + (to_r - from_r)
    tests = [
        (between <= 1) & (middle <= 14) & (wide <= 26),
        (between == 0) | ((middle <= 48) & (between <= np.minimum(slack, 12))),
        between <= slack,
        between <= 2 * slack + 12,
        np.ones(len(pairs), dtype=bool),
    ]
    return Reached(first_that_holds(known, tests))


def _told(pairs: Pairs) -> tuple[Ints, Ints]:
    """Month in which each age was told; of the event where only a year or date of birth was given."""
    as_of, event = pairs.number("age_as_of"), pairs.number("event_on")
    born = pairs.number("born_to")
    told = [
        np.where(a > 0, a, np.where(e > 0, _month_of_day(e), b)) for a, e, b in zip(as_of, event, born, strict=True)
    ]
    return told[0], told[1]


def _month_of_day(day: Ints) -> Ints:
    """Months since January 1900: 4800 months in the 146,097 days of four centuries."""
    out: Ints = (day - 693_596) * 4800 // 146_097
    return out


def _slack(basis: Ints, age_then: Ints) -> Ints:
    out: Ints = _ALWAYS[basis] + _OF_AGE[basis] * np.clip(age_then, 0, 240) // 100
    return out


def time(pairs: Pairs) -> Reached:
    """Days from going missing to being found. Found before is penalised by steps, since dates are often wrong."""
    missing, found = pairs.number("event_on")
    days = found - missing
    forward = [days <= limit for limit in (3, 30, 180, 730, 100_000)]
    backward = [days >= limit for limit in (-3, -31, -400, -100_000)]
    after = [(days >= 0) & test for test in forward]
    before = [(days < 0) & test for test in backward]
    return Reached(first_that_holds((missing > 0) & (found > 0), [*after, *before]))


def days_apart(pairs: Pairs) -> Ints:
    """Days between the two events, either way; a very large number where one is unknown."""
    left, right = pairs.number("event_on")
    return np.where((left > 0) & (right > 0), np.abs(left - right), 1_000_000)
