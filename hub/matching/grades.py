"""How alike two words of names are, in four grades; looked up for many pairs of coded words at once."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

from hub.matching.names import skeleton, sound

DIFFERENT, ALIKE, CLOSE, SAME = 0, 1, 2, 3
"""Alike: one slip of the pen apart. Close: the same sound, spelt differently. Same: the same folded form."""

Grade = npt.NDArray[np.uint8]
#: Above this many cells no table of all words by all words is made; the pairs at hand are graded instead.
TABLE_CELLS = 150_000_000


def grade(left: str, right: str) -> int:
    """Grade of two folded words. Symmetric.

    >>> grade("lakshmi", "lakshmi"), grade("vishvas", "bishbas"), grade("ramesh", "rajesh"), grade("ramesh", "sunita")
    (3, 2, 1, 0)
    """
    if left == right:
        return SAME if left else DIFFERENT
    return int(_graded([left], [right])[0, 0])


def _graded(left: Sequence[str], right: Sequence[str]) -> Grade:
    """Grades of all left words by all right words, except that the same word is no more than close here."""
    sounds = _distances([sound(w) for w in left], [sound(w) for w in right])
    bare_left, bare_right = (np.array([w.isupper() for w in words], dtype=bool) for words in (left, right))
    if bare_left.any() or bare_right.any():
        bones = _distances([skeleton(w) for w in left], [skeleton(w) for w in right], shortest_slip=4)
        unvowelled = bare_left[:, None] | bare_right[None, :]
        sounds = np.where(unvowelled, bones, sounds)
    return sounds


def _distances(left: list[str], right: list[str], shortest_slip: int = 4) -> Grade:
    apart = cdist(left, right, scorer=OSA.distance, score_cutoff=2, dtype=np.uint8, workers=1)
    shorter = np.minimum(_lengths(left)[:, None], _lengths(right)[None, :])
    close = (apart == 0) & (shorter >= 2)
    alike = ((apart == 1) & (shorter >= shortest_slip)) | ((apart == 2) & (shorter >= 8))
    return np.where(close, CLOSE, np.where(alike, ALIKE, DIFFERENT)).astype(np.uint8)


def _lengths(words: list[str]) -> npt.NDArray[np.int64]:
    return np.array([len(w) for w in words], dtype=np.int64)


class Grades:
    """Grades between the words of one vocabulary (number 0 is no word and like nothing)."""

    def __init__(self, vocabulary: list[str]) -> None:
        self._vocabulary = vocabulary
        self._table: Grade | None = None

    def of(self, left: npt.NDArray[Any], right: npt.NDArray[Any]) -> Grade:
        """Grades of coded words, element by element; both arrays of one shape."""
        same = (left == right) & (left > 0)
        grades = np.where(same, SAME, DIFFERENT).astype(np.uint8)
        ask = np.flatnonzero(~same & (left > 0) & (right > 0))
        if len(ask):
            grades.flat[ask] = self._asked(left.flat[ask], right.flat[ask])
        return grades

    def _asked(self, left: npt.NDArray[Any], right: npt.NDArray[Any]) -> Grade:
        cells = len(self._vocabulary) ** 2
        if self._table is None and cells <= max(4_096, min(TABLE_CELLS, 2_000 * len(left))):
            self._table = _graded(self._vocabulary, self._vocabulary)
        if self._table is not None:
            found: Grade = self._table[left, right]
            return found
        return self._row_by_row(left, right)

    def _row_by_row(self, left: npt.NDArray[Any], right: npt.NDArray[Any]) -> Grade:
        codes, inverse = np.unique(left.astype(np.int64) * len(self._vocabulary) + right, return_inverse=True)
        lefts, rights = np.divmod(codes, len(self._vocabulary))
        starts = np.flatnonzero(np.r_[True, lefts[1:] != lefts[:-1]])
        found = np.empty(len(codes), dtype=np.uint8)
        for start, end in zip(starts, np.r_[starts[1:], len(codes)], strict=True):
            words = [self._vocabulary[i] for i in rights[start:end]]
            found[start:end] = _graded([self._vocabulary[lefts[start]]], words)[0]
        return found[inverse]
