"""What a comparison came to: a level for each pair, and how rare the agreeing words were."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hub.matching.columns import Ints, Pairs, Truths

Levels = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Reached:
    level: Levels
    """(pairs,); 0 where the field could not be compared."""
    rarity: Ints | None = None
    """(pairs,); steps of rarity of the agreeing words above the model's reference, summed; only for names."""


def first_that_holds(known: Truths, tests: Sequence[Truths]) -> Levels:
    """Level n (from 1) where the n-th test is the first to hold; 0 where unknown or where none holds."""
    level = np.zeros(len(known), dtype=np.uint8)
    for number in range(len(tests), 0, -1):
        np.copyto(level, np.uint8(number), where=tests[number - 1])
    level *= known
    return level


def any_of(told: Truths) -> Truths:
    """Whether anything holds in each row."""
    return np.asarray(told.any(axis=1))


def where_told(pairs: Pairs, told: tuple[Truths, Truths], compare: Callable[[Pairs], Reached]) -> Reached:
    """Compare only the pairs of which both sides say something (by row of either table); the others are unknown."""
    left, right = pairs.gathered(told)
    at = np.flatnonzero(left & right)
    if len(at) == len(pairs):
        return compare(pairs)
    level = np.zeros(len(pairs), dtype=np.uint8)
    if not len(at):
        return Reached(level)
    reached = compare(pairs.some(at))
    level[at] = reached.level
    if reached.rarity is None:
        return Reached(level)
    rarity = np.zeros(len(pairs), dtype=np.int64)
    rarity[at] = reached.rarity
    return Reached(level, rarity)


#: Up to so many combinations of distinct values, their levels are worked out once and looked up.
_COMBINATIONS = 4_000_000


def by_value(pairs: Pairs, column: str, compare: Callable[[Pairs], Reached]) -> Reached:
    """For a comparison that reads one column of few distinct values: its levels looked up by value."""
    (left, mine), (right, theirs) = pairs.tables.once(("values", column), lambda: _values(pairs, column))
    if len(mine) * len(theirs) > min(_COMBINATIONS, pairs.tables.expected(len(pairs))):
        return compare(pairs)
    table = pairs.tables.once(("levels", column), lambda: _all_levels(pairs, mine, theirs, compare))
    at = left.take(pairs.left)
    at *= len(theirs)
    at += right.take(pairs.right)
    return Reached(table.take(at))


def _values(pairs: Pairs, column: str) -> list[tuple[Ints, Ints]]:
    """For each table: the number of each row's value, and a row that has each value."""
    found = []
    for side in pairs.tables.column(column):
        flat = side.reshape(len(side), -1)
        wide = flat.dtype.itemsize * (flat.shape[1] if flat.size else 1)
        whole = flat.view(np.dtype((np.void, wide))).ravel() if wide != 1 else flat.ravel()
        _, first, number = np.unique(whole, return_index=True, return_inverse=True)
        found.append((number.astype(np.int64), first.astype(np.int64)))
    return found


def _all_levels(pairs: Pairs, mine: Ints, theirs: Ints, compare: Callable[[Pairs], Reached]) -> Levels:
    every = Pairs(pairs.tables, np.repeat(mine, len(theirs)), np.tile(theirs, len(mine)))
    return compare(every).level
