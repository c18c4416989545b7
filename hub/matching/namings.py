"""Names of the child and of the parents: words paired off one to one, whatever their order, alias or script."""

from dataclasses import dataclass
from itertools import combinations, permutations

import numpy as np
import numpy.typing as npt

from hub.matching.columns import Ints, Pairs, Words
from hub.matching.frequency import Frequency
from hub.matching.grades import ALIKE, CLOSE, SAME
from hub.matching.reached import Reached, first_that_holds


@dataclass(frozen=True)
class _Paired:
    """The two best pairs of words of each pair of names."""

    best: npt.NDArray[np.uint8]
    second: npt.NDArray[np.uint8]
    rarity: Ints
    """Of the words that are the same, summed."""


def child(pairs: Pairs, frequency: Frequency) -> Reached:
    """Levels as in ``_words_agree``, the same pet name before its last two, then: different.

    Pet names never count against.
    """
    left, right = pairs.tables.words("names", pairs)
    left_nicks, right_nicks = pairs.tables.words("nicks", pairs)
    nick = _share_a_word(left_nicks, right_nicks)
    nick |= _share_a_word(left, right_nicks) | _share_a_word(left_nicks, right)
    paired = _paired(pairs, left, right, frequency)
    named = (left[:, 0] > 0) & (right[:, 0] > 0)
    *whole, part_same, part_alike = _words_agree(paired, left, right)
    tests = [*whole, nick, part_same, part_alike, np.ones(len(pairs), dtype=bool)]
    return Reached(first_that_holds(named | nick, tests), np.where(named, paired.rarity, 0))


def parent(which: str, pairs: Pairs, frequency: Frequency) -> Reached:
    """Levels as in ``_words_agree``, then: different."""
    left, right = pairs.tables.words(which, pairs)
    paired = _paired(pairs, left, right, frequency)
    tests = [*_words_agree(paired, left, right), np.ones(len(pairs), dtype=bool)]
    return Reached(first_that_holds((left[:, 0] > 0) & (right[:, 0] > 0), tests), paired.rarity)


def _words_agree(paired: _Paired, left: Words, right: Words) -> list[npt.NDArray[np.bool_]]:
    """Two words the same, close, alike; the only word the same, close, alike; one of several the same, or alike."""
    one = np.minimum((left > 0).sum(axis=1), (right > 0).sum(axis=1)) < 2
    both = np.minimum(paired.best, paired.second)
    return [
        ~one & (both >= SAME),
        ~one & (both >= CLOSE),
        ~one & (both >= ALIKE),
        one & (paired.best >= SAME),
        one & (paired.best >= CLOSE),
        one & (paired.best >= ALIKE),
        ~one & (paired.best >= SAME),
        ~one & (paired.best >= ALIKE),
    ]


def _share_a_word(left: Words, right: Words) -> npt.NDArray[np.bool_]:
    shared: npt.NDArray[np.bool_] = ((left[:, :, None] == right[:, None, :]) & (left[:, :, None] > 0)).any(axis=(1, 2))
    return shared


def _paired(pairs: Pairs, left: Words, right: Words, frequency: Frequency) -> _Paired:
    """Best and second-best grade over words used once each, and the rarity of those that are the same."""
    best, second = np.zeros((2, len(pairs)), dtype=np.uint8)
    rarity = np.zeros(len(pairs), dtype=np.int64)
    steps = pairs.tables.rarity(frequency)
    counts = np.maximum((left > 0).sum(axis=1), (right > 0).sum(axis=1))
    for low, high in ((1, 1), (2, 2), (3, left.shape[1])):  # most names have two words: do not pay for six
        some = np.flatnonzero((counts >= low) & (counts <= high))
        if len(some):
            mine, theirs = left[some, :high], right[some, :high]
            grades = pairs.tables.grades.of(*np.broadcast_arrays(mine[:, :, None], theirs[:, None, :]))
            best[some], second[some] = _two_best(grades)
            rarity[some] = np.where((grades == SAME).any(axis=2), steps[mine], 0).sum(axis=1)
    return _Paired(best, second, rarity)


def _two_best(grades: npt.NDArray[np.uint8]) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
    """Of grades (pairs, left words, right words): the best one, and the weaker of the best two on different words."""
    _, mine, theirs = grades.shape
    second = np.zeros(len(grades), dtype=np.uint8)
    for i, k in combinations(range(mine), 2):
        for j, m in permutations(range(theirs), 2):
            np.maximum(second, np.minimum(grades[:, i, j], grades[:, k, m]), out=second)
    return grades.max(axis=(1, 2)), second
