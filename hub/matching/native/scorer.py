"""Scores pairs of two tables by the compiled loops: the same pairs and bits as by numpy, many times as fast."""

from typing import NamedTuple

import numpy as np

from hub.matching.columns import Ints, Rows
from hub.matching.model import Model
from hub.matching.native import ranking, weighing
from hub.matching.native.packed import Packing, Whole
from hub.matching.scoring import Bits, Weighed

#: Up to so many places, what each two have in common is worked out once.
_FEW_PLACES = 3_000


class Kept(NamedTuple):
    """Pairs by left row, best first, and how many were looked at."""

    left: Ints
    right: Ints
    bits: Bits
    looked: int


class Scorer:
    """Two tables laid out for the loops, with the model that weighs their pairs."""

    def __init__(self, model: Model, left: Rows, right: Rows) -> None:
        packing = Packing()
        self._left, self._right = packing.rows(left), packing.rows(right)
        self._values = packing.values(model.frequency, model.centroids)
        self._weights = weighing.weights(model)
        few = len(self._values.places) <= _FEW_PLACES
        self._near = ranking.near_all(self._values.places) if few else np.zeros((0, 0), dtype=np.uint8)

    def weigh(self, left: Ints, right: Ints) -> Weighed:
        """What each field says of these pairs, as ``scoring.weigh`` does."""
        levels = np.zeros((len(left), weighing.FIELDS), dtype=np.uint8)
        shares, bits = np.zeros((len(left), weighing.FIELDS)), np.zeros(len(left))
        weighing.shares(self._left, left, self._right, right, *self._values, *self._weights, levels, shares, bits)
        return Weighed(bits, list(shares.T), list(levels.T))

    def best(
        self,
        part: tuple[Ints, Ints, Ints],
        held: Whole,
        at_most: int,
        least: float,
        most: int,
        over: Whole,
        seen: Whole,
    ) -> Kept:
        """The best pairs of a part of the candidates (``Candidates.parts``), of which ``most`` are looked at.

        ``over``: is told of each left row how many more it met. ``seen``: as of ``none_seen``.
        """
        asked, start, times = part
        room = min(int(times.sum()), at_most * len(np.unique(asked))) + 1
        left, right, bits = np.zeros(room, dtype=np.int32), np.zeros(room, dtype=np.int32), np.zeros(room)
        kept, looked = ranking.best(
            self._left, self._right, asked, start, times, held, *self._values, self._near, *self._weights, at_most,
            least, most, over, seen, left, right, bits,
        )  # fmt: skip
        return Kept(left[:kept].astype(np.int64), right[:kept].astype(np.int64), bits[:kept], looked)

    def none_seen(self) -> Whole:
        """What one thread notes of right rows that a left row has met."""
        return np.full((len(self._right), 2), -1, dtype=np.int32)
