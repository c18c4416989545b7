"""A crowd laid out for the compiled loops: each processor scores its part of the rows."""

import os
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np

from hub.matching.columns import Ints, Rows
from hub.matching.crowd import Bits, Crowd, grown
from hub.matching.model import Model
from hub.matching.native import scanning, weighing
from hub.matching.native.growing import Growing
from hub.matching.native.packed import WIDE, Whole

_THREADS = min(os.cpu_count() or 1, 8)
#: Fewer rows than this are not worth another thread.
_ALONE = 20_000


def laid_out(model: Model) -> tuple[Crowd, Crowd]:
    """Two empty crowds over one numbering of values: of those searched for, and of those who may be they."""
    growing = Growing(model)
    return Crowd(Looped(model, growing, searched=True)), Crowd(Looped(model, growing, searched=False))


class Looped:
    """Rows of one side, scored by compiled loops (``crowd.Laid``)."""

    def __init__(self, model: Model, growing: Growing, searched: bool) -> None:
        """``searched``: whether these are the rows that are searched for; both sides share ``growing``."""
        self._growing, self._searched = growing, searched
        self._weights = weighing.weights(model)
        self._rows: Whole = np.zeros((1_024, WIDE), dtype=np.int32)
        self._many = 0
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="crowd")

    @property
    def nbytes(self) -> int:
        # What both sides share is counted with one of them.
        return int(self._rows.nbytes) + (self._growing.nbytes if self._searched else 0)

    def write(self, places: Ints, table: Rows) -> None:
        self._many = max(self._many, int(places[-1]) + 1)
        self._rows = grown(self._rows, self._many)
        self._rows[places] = self._growing.rows(table)[0]

    def move(self, source: Ints, to: Ints, left: int) -> None:
        self._rows[to] = self._rows[source]
        self._many = left

    def best(self, one: Rows, at_most: int, least: float) -> tuple[Ints, Bits]:
        """The ``one`` row is mostly of an entry that lies in the other crowd: its values are numbered already."""
        packed, values = self._growing.rows(one)
        met = self._growing.met
        common = scanning.in_common(packed, values.places, values.tongues, met.places, met.tongues)

        def part(bounds: tuple[int, int]) -> tuple[Whole, Bits]:
            asked = *values, *common, *self._weights, at_most, least
            return scanning.best(packed, self._rows, *bounds, not self._searched, *asked)

        found = list(self._threads.map(part, self._parts())) if self._many > _ALONE else [part((0, self._many))]
        rows, bits = (np.concatenate([one[which] for one in found]) for which in (0, 1))
        order = np.lexsort((rows, -bits))[:at_most]
        return rows[order].astype(np.int64), bits[order]

    def _parts(self) -> list[tuple[int, int]]:
        ends = np.linspace(0, self._many, _THREADS + 1).astype(int).tolist()
        return list(pairwise(ends))
