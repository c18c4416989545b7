"""Two tables of features side by side, their words coded as numbers: what the comparisons read."""

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from hub.matching.grades import Grades

Rows = np.ndarray[Any, np.dtype[np.void]]
Ints = npt.NDArray[np.int64]
Words = npt.NDArray[np.int32]
Truths = npt.NDArray[np.bool_]
_Made = TypeVar("_Made")

_NAMED = ("names", "nicks", "father", "mother")


class Tables:
    """A left and a right table, and what is worked out once for all pairs between them.

    ``left`` and ``right`` have dtype ``features.ROW``. Words are coded over both tables at once: 0 is no word.
    ``pairs``: how many will be compared in all, where that is known: what is worth working out beforehand goes by it.
    """

    def __init__(self, left: Rows, right: Rows, pairs: int = 0) -> None:
        self.left, self.right = left, right
        self._pairs = pairs
        self._made: dict[Hashable, Any] = {}

    def once(self, what: Hashable, make: Callable[[], _Made]) -> _Made:
        """The thing of this name, made the first time it is asked for."""
        if what not in self._made:
            self._made[what] = make()
        made: _Made = self._made[what]
        return made

    def expected(self, at_hand: int) -> int:
        """How many pairs will be compared in all, as far as is known; ``at_hand`` are being compared now."""
        return max(self._pairs, at_hand)

    def column(self, *path: str) -> tuple[Any, Any]:
        """A column of both tables laid out on its own, so that gathering it touches nothing else."""
        return self.once(path, lambda: (_laid_out(self.left, path), _laid_out(self.right, path)))

    @property
    def grades(self) -> Grades:
        """How alike two words of names are."""
        return self.once("grades", lambda: Grades(self.vocabulary, self._pairs))

    @property
    def vocabulary(self) -> list[str]:
        """Words of names by their number; number 0 is ``''``."""
        return self._names()[2]

    @property
    def mark_vocabulary(self) -> list[str]:
        return self._mark_words()[2]

    def words(self, field: str) -> tuple[Words, Words]:
        """Coded words of a name field, no wider than the longest of them: (rows, words) of either table."""
        left, right, _ = self._names()
        return left[field], right[field]

    def mark_words(self) -> tuple[Words, Words]:
        """Coded words of marks: (rows, marks, words) of either table."""
        left, right, _ = self._mark_words()
        return left["words"], right["words"]

    @property
    def address_vocabulary(self) -> list[str]:
        return self._address_words()[2]

    def address_words(self) -> tuple[Words, Words]:
        """Coded words of the address of home: (rows, words) of either table."""
        left, right, _ = self._address_words()
        return left["address"], right["address"]

    def _names(self) -> "_Coded":
        return self.once("names coded", lambda: _code(self.left, self.right, _NAMED))

    def _address_words(self) -> "_Coded":
        return self.once("addresses coded", lambda: _code(self.left, self.right, ("address",)))

    def _mark_words(self) -> "_Coded":
        return self.once("marks coded", lambda: _code(self.left["marks"], self.right["marks"], ("words",)))


class Pairs:
    """Pairs of row numbers, equally long: which left rows to compare with which right rows."""

    def __init__(self, tables: Tables, left: Ints, right: Ints) -> None:
        self.tables, self.left, self.right = tables, left, right

    def __len__(self) -> int:
        return len(self.left)

    def some(self, at: Ints) -> "Pairs":
        """The pairs at these places."""
        return Pairs(self.tables, self.left[at], self.right[at])

    def gathered(self, columns: tuple[Any, Any]) -> tuple[Any, Any]:
        """A column of each table, row by row, as a column for each pair."""
        return columns[0].take(self.left, axis=0), columns[1].take(self.right, axis=0)

    def column(self, *path: str) -> tuple[Any, Any]:
        """One column for each pair, left and right; a path goes into nested fields."""
        return self.gathered(self.tables.column(*path))

    def number(self, *path: str) -> tuple[Ints, Ints]:
        """A column of whole numbers as int64, so that no difference overflows."""
        left, right = self.column(*path)
        return left.astype(np.int64), right.astype(np.int64)


def _laid_out(table: Rows, path: tuple[str, ...]) -> Any:
    column: Any = table
    for part in path:
        column = column[part]
    return np.ascontiguousarray(column)


_Coded = tuple[dict[str, Words], dict[str, Words], list[str]]


def _code(left: Rows, right: Rows, fields: tuple[str, ...]) -> _Coded:
    parts = [np.ascontiguousarray(side[field]) for side in (left, right) for field in fields]
    together = np.concatenate([part.ravel() for part in parts])
    numbers = np.zeros(len(together), dtype=np.int32)
    filled = np.flatnonzero(together != b"")
    distinct, inverse = np.unique(together[filled], return_inverse=True)
    numbers[filled] = inverse + 1
    coded, start = [], 0
    for part in parts:
        coded.append(numbers[start : start + part.size].reshape(part.shape))
        start += part.size
    half = len(fields)
    sides = (dict(zip(fields, map(_trimmed, some), strict=True)) for some in (coded[:half], coded[half:]))
    return next(sides), next(sides), ["", *(word.decode() for word in distinct.tolist())]


def _trimmed(words: Words) -> Words:
    """Without the last columns that no row fills (at least one column stays)."""
    used = np.flatnonzero(words.reshape(-1, words.shape[-1]).any(axis=0))
    return np.ascontiguousarray(words[..., : (used[-1] + 1 if len(used) else 1)])
