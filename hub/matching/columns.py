"""Two tables of features side by side, their words coded as numbers: what the comparisons read."""

from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from hub.matching.frequency import Frequency
from hub.matching.grades import Grades

Rows = np.ndarray[Any, np.dtype[np.void]]
Ints = npt.NDArray[np.int64]
Words = npt.NDArray[np.int32]

_NAMED = ("names", "nicks", "father", "mother")


class Tables:
    """A left and a right table, and the pairs between them.

    ``left`` and ``right`` have dtype ``features.ROW``. Words are coded over both tables at once: 0 is no word.
    """

    def __init__(self, left: Rows, right: Rows) -> None:
        self.left, self.right = left, right
        self._rarities: dict[Frequency, Ints] = {}

    @cached_property
    def _coded(self) -> tuple[dict[str, Words], dict[str, Words], list[str]]:
        return _code(self.left, self.right, [(name, name) for name in _NAMED])

    @cached_property
    def _marked(self) -> tuple[dict[str, Words], dict[str, Words], list[str]]:
        left, right = self.left["marks"], self.right["marks"]
        return _code(left, right, [("words", "words")])

    @cached_property
    def grades(self) -> Grades:
        """How alike two words of names are."""
        return Grades(self._coded[2])

    @property
    def vocabulary(self) -> list[str]:
        """Words of names by their number; number 0 is ``''``."""
        return self._coded[2]

    def rarity(self, frequency: Frequency) -> Ints:
        """Steps above the reference of rarity for each word of the vocabulary, made once for each source."""
        if frequency not in self._rarities:
            self._rarities[frequency] = frequency.above_reference(self.vocabulary)
        return self._rarities[frequency]

    @property
    def mark_vocabulary(self) -> list[str]:
        return self._marked[2]

    def words(self, field: str, pairs: "Pairs") -> tuple[Words, Words]:
        """Words of a name field for each pair: two arrays (pairs, words of the field)."""
        left, right, _ = self._coded
        return left[field][pairs.left], right[field][pairs.right]

    def mark_words(self, pairs: "Pairs") -> tuple[Words, Words]:
        """Words of marks for each pair: two arrays (pairs, marks, words)."""
        left, right, _ = self._marked
        return left["words"][pairs.left], right["words"][pairs.right]


class Pairs:
    """Pairs of row numbers, equally long: which left rows to compare with which right rows."""

    def __init__(self, tables: Tables, left: Ints, right: Ints) -> None:
        self.tables, self.left, self.right = tables, left, right

    def __len__(self) -> int:
        return len(self.left)

    def column(self, *path: str) -> tuple[Any, Any]:
        """One column for each pair, left and right; a path goes into nested fields."""
        left: Any = self.tables.left
        right: Any = self.tables.right
        for part in path:
            left, right = left[part], right[part]
        return left[self.left], right[self.right]

    def number(self, *path: str) -> tuple[Ints, Ints]:
        """A column of whole numbers as int64, so that no difference overflows."""
        left, right = self.column(*path)
        return left.astype(np.int64), right.astype(np.int64)


def _code(
    left: Rows, right: Rows, fields: list[tuple[str, str]]
) -> tuple[dict[str, Words], dict[str, Words], list[str]]:
    parts = [np.ascontiguousarray(side[column]) for side in (left, right) for _, column in fields]
    together = np.concatenate([part.ravel() for part in parts])
    numbers = np.zeros(len(together), dtype=np.int32)
    filled = np.flatnonzero(together != b"")
    distinct, inverse = np.unique(together[filled], return_inverse=True)
    numbers[filled] = inverse + 1
    coded, start = [], 0
    for part in parts:
        coded.append(numbers[start : start + part.size].reshape(part.shape))
        start += part.size
    names = [name for name, _ in fields]
    half = len(names)
    return (
        dict(zip(names, coded[:half], strict=True)),
        dict(zip(names, coded[half:], strict=True)),
        ["", *(word.decode() for word in distinct.tolist())],
    )
