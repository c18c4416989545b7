"""All pairs of words of a large vocabulary that are alike, found without comparing all with all.

Words that are at most two edits apart share a word that is left when up to two letters are taken from each (Garbe's
symmetric deletes). Those who share one are graded; everybody else is known to be different.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from itertools import combinations

import numpy as np
import numpy.typing as npt

from hub.matching.hashes import mixed
from hub.matching.names import skeleton, sound

_Graded = Callable[[Sequence[str], Sequence[str]], npt.NDArray[np.uint8]]
_Ints = npt.NDArray[np.int64]
#: From this length on two edits still count as alike (see ``grades``).
_LONG = 8
_FILTER_BITS = 24


class Neighbours:
    """Grades of a vocabulary by the pairs that have one; number 0 is no word."""

    def __init__(self, vocabulary: list[str], graded: _Graded) -> None:
        self._size = len(vocabulary)
        left, right, grade = _alike(vocabulary, graded)
        codes = left * self._size + right
        order = np.argsort(codes)
        self._codes, self._grades = codes[order], grade[order]
        self._maybe = np.zeros(1 << _FILTER_BITS, dtype=bool)
        self._maybe[_slot(self._codes)] = True

    def of(self, left: _Ints, right: _Ints) -> npt.NDArray[np.uint8]:
        """Grades of different words, element by element."""
        codes = left * self._size + right
        grades = np.zeros(len(codes), dtype=np.uint8)
        ask = np.flatnonzero(self._maybe[_slot(codes)])
        if len(ask) and len(self._codes):
            at = np.minimum(np.searchsorted(self._codes, codes[ask]), len(self._codes) - 1)
            grades[ask] = np.where(self._codes[at] == codes[ask], self._grades[at], 0)
        return grades


def _slot(codes: _Ints) -> _Ints:
    """Place in the filter that says for most pairs at once that they are not alike."""
    hashed = mixed(np.uint64(1), codes.astype(np.uint64)) >> np.uint64(64 - _FILTER_BITS)
    slots: _Ints = hashed.astype(np.int64)
    return slots


def _alike(vocabulary: list[str], graded: _Graded) -> tuple[_Ints, _Ints, npt.NDArray[np.uint8]]:
    """Every pair of different words, both ways, that is graded above different."""
    found: list[tuple[_Ints, _Ints, npt.NDArray[np.uint8]]] = []
    for number, near in enumerate(_near(vocabulary)):
        others = np.array(sorted(near), dtype=np.int64)
        if len(others):
            grades = graded([vocabulary[number]], [vocabulary[i] for i in others])[0]
            some = np.flatnonzero(grades)
            found.append((np.full(len(some), number, dtype=np.int64), others[some], grades[some]))
    if not found:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.uint8)
    left, right = (np.concatenate([one[side] for one in found]) for side in (0, 1))
    return left, right, np.concatenate([grades for _, _, grades in found])


def _near(vocabulary: list[str]) -> list[set[int]]:
    """For each word the numbers of those that may be alike: a superset."""
    near: list[set[int]] = [set() for _ in vocabulary]
    vowelled = [number for number, word in enumerate(vocabulary) if word and not word.isupper()]
    bare = [number for number, word in enumerate(vocabulary) if word.isupper()]
    _join(near, vowelled, [sound(vocabulary[i]) for i in vowelled], set(vowelled))
    if bare:
        every = vowelled + bare
        _join(near, every, [skeleton(vocabulary[i]) for i in every], set(bare))
    return near


def _join(near: list[set[int]], numbers: list[int], forms: list[str], of: set[int]) -> None:
    """Note as near all words sharing a shortened form, where at least one of the two is in ``of``."""
    holders: defaultdict[str, list[int]] = defaultdict(list)
    for number, form in zip(numbers, forms, strict=True):
        for short in _shortened(form):
            holders[short].append(number)
    for some in holders.values():
        if len(some) > 1:
            wanted = [number for number in some if number in of]
            for number in wanted:
                near[number].update(some)
            for number in some:
                near[number].update(wanted)
    for number in numbers:
        near[number].discard(number)


def _shortened(form: str) -> set[str]:
    """The form with up to one letter taken out, or up to two where it is long enough for two edits to count."""
    most = 2 if len(form) >= _LONG else 1
    places = range(len(form))
    return {
        "".join(letter for at, letter in enumerate(form) if at not in gone)
        for taken in range(most + 1)
        for gone in combinations(places, taken)
    }
