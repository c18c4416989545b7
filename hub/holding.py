"""Both sides of the index held in memory: one entry scored against all of the other side, blocking keys or not.

It is filled from the database once and then follows what changed (``hub.index.compared``), so it says what the database
says. It only finds: the pairs it names are read and scored again from the database before anything is done with them.
"""

import threading
from collections.abc import Iterable, Sequence
from typing import Protocol

import numpy as np

from hub import matching
from hub.index import Store
from hub.index.changes import Changed
from hub.index.compared import Mark
from hub.index.entry import Side
from hub.index.records import Compared
from hub.matching.crowd import Crowd

_AT_ONCE = 20_000
_OTHER = {Side.SEARCHED: Side.CANDIDATE, Side.CANDIDATE: Side.SEARCHED}


class Crowding(Protocol):
    """What is asked of the matching core."""

    propose_bits: float

    def crowds(self, many: int) -> tuple[Crowd, Crowd]:
        """Two empty crowds, of those searched for and of those who may be they, scored by the core's model."""


class Holding:
    """Kept current by ``follow``; safe to share between threads, of which one looks at a time."""

    def __init__(self, store: Store, core: Crowding) -> None:
        self._store, self._core = store, core
        self._lock = threading.Lock()
        self._crowds: dict[Side, Crowd] = {}
        self._known: Mark | None = None

    def __len__(self) -> int:
        return sum(map(len, self._crowds.values()))

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        return sum(crowd.nbytes for crowd in self._crowds.values())

    def rows(self, side: Side) -> set[int]:
        """Rows of the entries that are held of a side."""
        return set(self._crowds[side].numbers.tolist()) if side in self._crowds else set()

    def let_go(self) -> None:
        """Give the memory back; what is asked next fills it anew."""
        with self._lock:
            self._crowds, self._known = {}, None

    def follow(self) -> int:
        """Come to what the database says now; how many entries were read."""
        with self._lock:
            return self._filled() if self._known is None else self._followed(self._known)

    def best(self, entry: Compared, at_most: int) -> list[int]:
        """Rows of the entries of the other side that go best with this one and are worth proposing, best first."""
        with self._lock:
            crowd = self._crowds.get(_OTHER[entry.side])
            if crowd is None:
                return []
            found, _ = crowd.best(matching.rows([entry.features]), at_most, self._core.propose_bits)
        return [row for row in found.tolist() if row != entry.row]

    def _filled(self) -> int:
        # The mark comes first: what changes while the pages are read is read again by the next look.
        with self._store.read() as work:
            known, to_come = work.changes.mark(), work.records.count()
        self._crowds = dict(zip(_OTHER, self._core.crowds(to_come), strict=True))
        last, many, part = 0, 0, True
        while part:
            with self._store.read() as work:
                entries = work.changes.after(last, _AT_ONCE)
            self._take(entries)
            many += len(entries)
            part, last = bool(entries), entries[-1].row if entries else last
        self._known = known
        return many

    def _followed(self, known: Mark) -> int:
        many = 0
        with self._store.read() as work:
            now = work.changes.mark()
            for part in work.changes.between(known, now, _AT_ONCE):
                self._take(part)
                many += len(part)
        self._known = now
        return many

    def _take(self, changed: Sequence[Changed]) -> None:
        for side, crowd in self._crowds.items():
            crowd.drop(_rows(one for one in changed if one.side is not side))
            mine = [one for one in changed if one.side is side]
            if mine:
                crowd.put(_rows(mine), matching.rows([one.features for one in mine]))


def _rows(changed: Iterable[Changed]) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    return np.array([one.row for one in changed], dtype=np.int64)
