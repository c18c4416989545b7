"""Pairs of two small tables scored by the compiled loops: a new record and the entries that share a key with it.

Values keep their numbers from one table to the next, so that only what was never met before has to be looked at.
"""

import numpy as np

from hub.matching.columns import Ints, Rows
from hub.matching.features import ROW, VERSION
from hub.matching.model import Model
from hub.matching.native import weighing
from hub.matching.native.growing import Growing
from hub.matching.scoring import Weighed

#: When so many values were met their numbering begins anew: what comes once and never again is let go.
_MOST_VALUES = 500_000


class Pairing:
    """Safe to share between threads."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._weights = weighing.weights(model)
        self._growing = Growing(model)

    def load(self) -> None:
        """Compile the loops, or load them from where they are kept."""
        nothing = np.zeros(1, dtype=ROW)
        nothing["version"] = VERSION
        self.weigh(nothing, nothing, np.zeros(1, dtype=np.int64), np.zeros(1, dtype=np.int64))

    def weigh(self, left: Rows, right: Rows, left_at: Ints, right_at: Ints) -> Weighed:
        """As ``scoring.score_pairs``, to the same bits."""
        growing = self._growing
        if sum(growing.met) > _MOST_VALUES:
            growing = self._growing = Growing(self._model)
        (mine, _), (theirs, values) = growing.rows(left), growing.rows(right)
        levels = np.zeros((len(left_at), weighing.FIELDS), dtype=np.uint8)
        shares, bits = np.zeros((len(left_at), weighing.FIELDS)), np.zeros(len(left_at))
        weighing.shares(mine, left_at, theirs, right_at, *values, *self._weights, levels, shares, bits)
        return Weighed(bits, list(shares.T), list(levels.T))
