"""Numbers for distinct values: each kind of cell gets the next number when it is first met, in a table of hashes."""

from typing import Any

import numpy as np
import numpy.typing as npt

from hub.matching.native.compiled import compiled, loop

_Cells = npt.NDArray[np.int64]
_FIRST = 4_096


class Distinct:
    """Numbers cells of one dtype by their bytes; all zeros (nothing told) is number 0."""

    def __init__(self, dtype: Any) -> None:
        self.dtype = np.dtype(dtype)
        self._wide = -(-self.dtype.itemsize // 8)
        self._kept: _Cells = np.zeros((_FIRST, self._wide), dtype=np.int64)
        self._slots = np.full(2 * _FIRST, -1, dtype=np.int32)
        self._many = 0
        self.coded(np.zeros(1, dtype=self.dtype))

    def __len__(self) -> int:
        return self._many

    def coded(self, cells: npt.NDArray[Any]) -> npt.NDArray[np.int32]:
        """The number of each cell, in the shape of ``cells``."""
        plain = self._plain(cells)
        numbers = np.zeros(len(plain), dtype=np.int32)
        done = 0
        while True:
            done, self._many = _numbered(plain, done, self._kept, self._slots, self._many, numbers)
            if done == len(plain):
                return numbers.reshape(cells.shape)
            self._grow()

    def values(self, since: int = 0) -> npt.NDArray[Any]:
        """The distinct cells by their number, from one number on."""
        laid = self._kept[since : self._many].view(np.uint8)[:, : self.dtype.itemsize]
        return np.ascontiguousarray(laid).view(self.dtype).ravel()

    def _plain(self, cells: npt.NDArray[Any]) -> _Cells:
        """Cells as whole numbers, filled up with zeros."""
        laid = np.ascontiguousarray(cells).view(np.uint8).reshape(-1, self.dtype.itemsize)
        if self.dtype.itemsize % 8:
            filled = np.zeros((len(laid), self._wide * 8), dtype=np.uint8)
            filled[:, : self.dtype.itemsize] = laid
            laid = filled
        plain: _Cells = laid.view(np.int64)
        return plain

    def _grow(self) -> None:
        self._kept = np.concatenate([self._kept, np.zeros_like(self._kept)])
        self._slots = np.full(2 * len(self._kept), -1, dtype=np.int32)
        _put_again(self._kept, self._slots, self._many)


@compiled
def _slot(cells: _Cells, at: int, most: int) -> int:
    hashed = np.uint64(0x9E3779B97F4A7C15)
    for part in range(cells.shape[1]):
        hashed = (hashed ^ np.uint64(cells[at, part])) * np.uint64(0xBF58476D1CE4E5B9)
        hashed ^= hashed >> np.uint64(29)
    return np.int64(hashed & np.uint64(most))


@loop
def _numbered(
    cells: _Cells, start: int, kept: _Cells, slots: npt.NDArray[np.int32], many: int, numbers: npt.NDArray[np.int32]
) -> tuple[int, int]:
    """Number cells from ``start`` on, until the table is full: (where it stopped, distinct cells now)."""
    most = len(slots) - 1
    for at in range(start, len(cells)):
        nothing = True
        for part in range(cells.shape[1]):
            nothing &= cells[at, part] == 0
        if nothing and many:
            numbers[at] = 0
            continue
        slot = _slot(cells, at, most)
        while slots[slot] >= 0 and not _same(cells, at, kept, slots[slot]):
            slot = (slot + 1) & most
        if slots[slot] < 0:
            if many == len(kept):
                return at, many
            kept[many] = cells[at]
            slots[slot] = many
            many += 1
        numbers[at] = slots[slot]
    return len(cells), many


@compiled
def _same(cells: _Cells, at: int, kept: _Cells, number: int) -> bool:
    for part in range(cells.shape[1]):  # noqa: SIM110 - the compiler knows no all()
        if cells[at, part] != kept[number, part]:
            return False
    return True


@loop
def _put_again(kept: _Cells, slots: npt.NDArray[np.int32], many: int) -> None:
    for number in range(many):
        slot = _slot(kept, number, len(slots) - 1)
        while slots[slot] >= 0:
            slot = (slot + 1) & (len(slots) - 1)
        slots[slot] = number
