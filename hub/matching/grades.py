"""How alike two words of names are, in four grades; looked up for many pairs of coded words at once."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

from hub.matching.names import skeleton, sound
from hub.matching.neighbours import Neighbours

DIFFERENT, ALIKE, CLOSE, SAME = 0, 1, 2, 3
"""Alike: one slip of the pen apart. Close: the same sound, spelt differently. Same: the same folded form."""

Grade = npt.NDArray[np.uint8]
#: Up to so many cells, a table of all words by all words is made, if there are enough pairs to repay it.
TABLE_CELLS = 40_000_000
_REPAID = 100
#: Up to so many words of one side are compared with the words at hand of the other, row by row.
_FEW = 64


def grade(left: str, right: str) -> int:
    """Grade of two folded words. Symmetric.

    >>> grade("lakshmi", "lakshmi"), grade("vishvas", "bishbas"), grade("ramesh", "rajesh"), grade("ramesh", "sunita")
    (3, 2, 1, 0)
    """
    if left == right:
        return SAME if left else DIFFERENT
    return int(graded([left], [right])[0, 0])


def graded(left: Sequence[str], right: Sequence[str]) -> Grade:
    """Grades of all left words by all right words, except that the same word is no more than close here."""
    found = _by_distance(*_measured([sound(w) for w in left], [sound(w) for w in right]))
    bare_left, bare_right = (np.array([w.isupper() for w in words], dtype=bool) for words in (left, right))
    if bare_left.any() or bare_right.any():
        bones = _by_distance(*_measured([skeleton(w) for w in left], [skeleton(w) for w in right]))
        found = np.where(bare_left[:, None] | bare_right[None, :], bones, found)
    return found


def _measured(left: list[str], right: list[str]) -> tuple[Grade, Grade]:
    apart = cdist(left, right, scorer=OSA.distance, score_cutoff=2, dtype=np.uint8, workers=1)
    return apart, np.minimum(_lengths(left)[:, None], _lengths(right)[None, :])


def _by_distance(apart: Grade, shorter: Grade) -> Grade:
    # All in bytes: a table of all words by all words has millions of cells.
    found: Grade = ((apart == 0) & (shorter >= 2)).view(np.uint8) * np.uint8(CLOSE)
    found |= (((apart == 1) & (shorter >= 4)) | ((apart == 2) & (shorter >= 8))).view(np.uint8) * np.uint8(ALIKE)
    return found


def _lengths(words: list[str]) -> Grade:
    return np.array([len(w) for w in words], dtype=np.uint8)


class Grades:
    """Grades between the words of one vocabulary (number 0 is no word and like nothing), of so many pairs in all."""

    def __init__(self, vocabulary: list[str], pairs: int = 0) -> None:
        self._vocabulary = vocabulary
        self._pairs = pairs
        self._table: Grade | None = None
        self._neighbours: Neighbours | None = None

    def of(self, left: npt.NDArray[Any], right: npt.NDArray[Any]) -> Grade:
        """Grades of coded words, element by element; both arrays of one length."""
        size = len(self._vocabulary)
        if self._table is None and size * size <= max(4_096, min(TABLE_CELLS, _REPAID * max(len(left), self._pairs))):
            self._table = self._whole_table()
        if self._table is not None:
            found: Grade = self._table.take(left.astype(np.int64) * size + right)
            return found
        grades = np.where((left == right) & (left > 0), SAME, DIFFERENT).astype(np.uint8)
        ask = np.flatnonzero((left != right) & (left > 0) & (right > 0))
        if len(ask):
            grades[ask] = self._asked(left[ask].astype(np.int64), right[ask].astype(np.int64))
        return grades

    def _whole_table(self) -> Grade:
        table = graded(self._vocabulary, self._vocabulary)
        np.fill_diagonal(table, SAME)
        table[0, 0] = DIFFERENT
        return table.ravel()

    def _asked(self, left: npt.NDArray[np.int64], right: npt.NDArray[np.int64]) -> Grade:
        if self._neighbours is None:
            lefts, rights = len(np.unique(left[:10_000])), len(np.unique(right[:10_000]))
            if min(lefts, rights) <= _FEW:  # grades are symmetric
                return self._row_by_row(left, right) if lefts <= rights else self._row_by_row(right, left)
            self._neighbours = Neighbours(self._vocabulary, graded)
        return self._neighbours.of(left, right)

    def _row_by_row(self, left: npt.NDArray[np.int64], right: npt.NDArray[np.int64]) -> Grade:
        codes, inverse = np.unique(left * len(self._vocabulary) + right, return_inverse=True)
        lefts, rights = np.divmod(codes, len(self._vocabulary))
        starts = np.flatnonzero(np.r_[True, lefts[1:] != lefts[:-1]])
        found = np.empty(len(codes), dtype=np.uint8)
        for start, end in zip(starts, np.r_[starts[1:], len(codes)], strict=True):
            words = [self._vocabulary[i] for i in rights[start:end]]
            found[start:end] = graded([self._vocabulary[lefts[start]]], words)[0]
        return found[inverse]
