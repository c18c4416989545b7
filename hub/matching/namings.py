"""Names of the child and of the parents: words paired off one to one, whatever their order, alias or script."""

from dataclasses import dataclass
from itertools import combinations, permutations

import numpy as np

from hub.matching.columns import Ints, Pairs, Truths, Words
from hub.matching.frequency import Frequency
from hub.matching.grades import ALIKE, CLOSE, SAME, Grade
from hub.matching.reached import Reached, first_that_holds, where_told


@dataclass(frozen=True)
class _Paired:
    """The two best pairs of words of each pair of names."""

    best: Grade
    second: Grade
    rarity: Ints
    """Of the words that are the same, summed."""


def child(pairs: Pairs, frequency: Frequency) -> Reached:
    """Levels as in ``_words_agree``, the same pet name before its last two, then: different.

    Pet names never count against.
    """
    named = parent("names", pairs, frequency)
    at = _share_a_pet_name(pairs)
    level = named.level.copy()
    level[at] = np.where((level[at] > 0) & (level[at] < _PET_NAME), level[at], _PET_NAME)
    moved = np.flatnonzero(level >= _PET_NAME)
    level[moved] += ~np.isin(moved, at)
    return Reached(level, named.rarity)


#: The level of a shared pet name, after the six that weigh more.
_PET_NAME = 7


def parent(which: str, pairs: Pairs, frequency: Frequency) -> Reached:
    """Levels as in ``_words_agree``, then: different."""
    words = pairs.tables.words(which)
    told = pairs.tables.once((which, "told"), lambda: (words[0][:, 0] > 0, words[1][:, 0] > 0))
    reached = where_told(pairs, told, lambda some: _compared(some, which, frequency))
    return reached if reached.rarity is not None else Reached(reached.level, np.zeros(len(pairs), dtype=np.int64))


def _compared(pairs: Pairs, which: str, frequency: Frequency) -> Reached:
    left, right = pairs.gathered(pairs.tables.words(which))
    paired = _paired(pairs, left, right, frequency, which)
    one = np.minimum(*pairs.column("longest", which)) < 2
    tests = [*_words_agree(paired, one), np.ones(len(pairs), dtype=bool)]
    return Reached(first_that_holds(tests[-1], tests), paired.rarity)


def _counts(pairs: Pairs, which: str) -> tuple[Grade, Grade]:
    """How many words each row of either table has."""
    left, right = ((words > 0).sum(axis=1).astype(np.uint8) for words in pairs.tables.words(which))
    return left, right


def _words_agree(paired: _Paired, one: Truths) -> list[Truths]:
    """Two words the same, close, alike; the only word the same, close, alike; one of several the same, or alike.

    ``one``: where no single name of one side has more than one word, however many aliases it has.
    """
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


def _share_a_pet_name(pairs: Pairs) -> Ints:
    """Places of the pairs that share a pet name, with each other or with the name proper of the other."""
    nicks, names = pairs.tables.words("nicks"), pairs.tables.words("names")
    nicked = pairs.tables.once("nicked", lambda: (nicks[0][:, 0] > 0, nicks[1][:, 0] > 0))
    left, right = pairs.gathered(nicked)
    at = np.flatnonzero(left | right)
    if not len(at):
        return at
    some = pairs.some(at)
    (left_nicks, right_nicks), (left_names, right_names) = some.gathered(nicks), some.gathered(names)
    shared = _share_a_word(left_nicks, right_nicks)
    shared |= _share_a_word(left_names, right_nicks) | _share_a_word(left_nicks, right_names)
    return at[shared]


def _share_a_word(left: Words, right: Words) -> Truths:
    shared: Truths = ((left[:, :, None] == right[:, None, :]) & (left[:, :, None] > 0)).any(axis=(1, 2))
    return shared


def _paired(pairs: Pairs, left: Words, right: Words, frequency: Frequency, which: str) -> _Paired:
    """Best and second-best grade over words used once each, and the rarity of those that are the same."""
    counts = np.maximum(*pairs.gathered(pairs.tables.once((which, "counts"), lambda: _counts(pairs, which))))
    best, second = np.zeros((2, len(pairs)), dtype=np.uint8)
    rarity = np.zeros(len(pairs), dtype=np.int64)
    steps = frequency.steps(pairs.tables)
    for low, high in ((1, 1), (2, 2), (3, 99)):  # most names have two words: do not pay for six
        some = np.flatnonzero((counts >= low) & (counts <= high))
        if len(some):
            mine, theirs = left[some, :high], right[some, :high]
            grades = _grades(pairs, mine, theirs)
            best[some], second[some] = _two_best(grades)
            rarity[some] = _rarity(grades, mine, steps)
    return _Paired(best, second, rarity)


def _grades(pairs: Pairs, mine: Words, theirs: Words) -> list[list[Grade]]:
    """Grade of the i-th word of one by the j-th of the other, for all pairs at a time."""
    across = range(theirs.shape[1])
    return [[pairs.tables.grades.of(mine[:, i], theirs[:, j]) for j in across] for i in range(mine.shape[1])]


def _two_best(grades: list[list[Grade]]) -> tuple[Grade, Grade]:
    """The best grade, and the weaker of the best two on different words of both."""
    best = np.maximum.reduce([one for some in grades for one in some])
    second = np.zeros_like(best)
    for i, k in combinations(range(len(grades)), 2):
        for j, m in permutations(range(len(grades[0])), 2):
            np.maximum(second, np.minimum(grades[i][j], grades[k][m]), out=second)
    return best, second


def _rarity(grades: list[list[Grade]], mine: Words, steps: Ints) -> Ints:
    rarity = np.zeros(len(mine), dtype=np.int64)
    for i, across in enumerate(grades):
        same = np.flatnonzero(np.maximum.reduce(across) == SAME)
        rarity[same] += steps[mine[same, i]]
    return rarity
