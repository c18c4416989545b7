"""All entries of one side laid out in memory, against each of which one record at a time is scored: nothing is blocked.

Which entry lies in which place is kept here; how they are laid out and scored is for ``Laid``: by numpy (``Plain``), or
by compiled loops (``native.crowding``), to the same bits as any other way of scoring.
"""

from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from hub.matching.batch import link
from hub.matching.columns import Ints, Rows
from hub.matching.features import ROW
from hub.matching.model import Model

Bits = npt.NDArray[np.float64]


class Laid(Protocol):
    """Rows in places from 0 on."""

    @property
    def nbytes(self) -> int:
        """Bytes held."""

    def write(self, places: Ints, table: Rows) -> None:
        """Lay rows out at these places; new ones come after the last in order."""

    def move(self, source: Ints, to: Ints, left: int) -> None:
        """Copy rows from place to place; ``left`` of them remain."""

    def best(self, one: Rows, at_most: int, least: float) -> tuple[Ints, Bits]:
        """(places, bits) of those that go best with one record, best first."""


class Crowd:
    """Entries by the number that their database gave them; not for several threads at once."""

    def __init__(self, laid: Laid) -> None:
        self._laid = laid
        self._numbers = np.zeros(1_024, dtype=np.int64)
        self._place = np.full(1_024, -1, dtype=np.int32)
        self._many = 0

    def __len__(self) -> int:
        return self._many

    @property
    def nbytes(self) -> int:
        """Bytes held, spare room included."""
        return self._laid.nbytes + self._numbers.nbytes + self._place.nbytes

    @property
    def numbers(self) -> Ints:
        """The entries that are here, in the order of their places."""
        return self._numbers[: self._many].copy()

    def put(self, numbers: Ints, table: Rows) -> None:
        """Take entries in, each once, in place of what was known of them."""
        if not len(numbers):
            return
        self._place = grown(self._place, int(numbers.max()) + 1, fill=-1)
        new = numbers[self._place[numbers] < 0]
        self._numbers = grown(self._numbers, self._many + len(new))
        self._numbers[self._many : self._many + len(new)] = new
        self._place[new] = np.arange(self._many, self._many + len(new), dtype=np.int32)
        self._many += len(new)
        places = self._place[numbers].astype(np.int64)
        order = np.argsort(places)
        self._laid.write(places[order], table[order])

    def drop(self, numbers: Ints) -> None:
        """Let go of entries; those that are not here are no matter. The last ones move into the gaps."""
        numbers = np.unique(numbers[numbers < len(self._place)])
        gone = self._place[numbers]
        gone, numbers = gone[gone >= 0], numbers[gone >= 0]
        if not len(gone):
            return
        self._place[numbers] = -1
        left = self._many - len(gone)
        gaps = np.sort(gone[gone < left]).astype(np.int64)
        moving = np.setdiff1d(np.arange(left, self._many), gone)
        self._numbers[gaps] = self._numbers[moving]
        self._place[self._numbers[gaps]] = gaps
        self._laid.move(moving, gaps, left)
        self._many = left

    def best(self, one: Rows, at_most: int, least: float) -> tuple[Ints, Bits]:
        """(numbers, bits) of the entries that go best with one record, of at least so many bits, best first."""
        if not self._many:
            return np.zeros(0, dtype=np.int64), np.zeros(0)
        places, bits = self._laid.best(one, at_most, least)
        return self._numbers[places], bits


class Plain:
    """Rows as they are, scored by numpy: for few of them, and where there are no compiled loops."""

    def __init__(self, model: Model, searched: bool) -> None:
        self._model, self._searched = model, searched
        self._rows: Rows = np.zeros(1_024, dtype=ROW)
        self._many = 0

    @property
    def nbytes(self) -> int:
        return int(self._rows.nbytes)

    def write(self, places: Ints, table: Rows) -> None:
        self._many = max(self._many, int(places[-1]) + 1)
        self._rows = grown(self._rows, self._many)
        self._rows[places] = table

    def move(self, source: Ints, to: Ints, left: int) -> None:
        self._rows[to] = self._rows[source]
        self._many = left

    def best(self, one: Rows, at_most: int, least: float) -> tuple[Ints, Bits]:
        crowd = self._rows[: self._many]
        if not self._searched:
            links = link(self._model, one, crowd, at_most=at_most, least_bits=least, exhaustive=True)
            return links.right, links.bits
        links = link(self._model, crowd, one, at_most=1, least_bits=least, exhaustive=True)
        order = np.lexsort((links.left, -links.bits))[:at_most]
        return links.left[order], links.bits[order]


def grown(held: npt.NDArray[Any], many: int, fill: int | None = None) -> npt.NDArray[Any]:
    """The array with room for at least so many, doubled when it is too small."""
    if many <= len(held):
        return held
    room = np.zeros((max(many, 2 * len(held)), *held.shape[1:]), dtype=held.dtype)
    if fill is not None:
        room.fill(fill)
    room[: len(held)] = held
    return room
