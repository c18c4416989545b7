"""Pairs of small tables scored for the core: by numpy, or by compiled loops once so many came that they repay."""

import threading
from collections.abc import Callable
from functools import partial

from hub.matching import Model, scoring
from hub.matching.columns import Ints, Rows
from hub.matching.native import compiled


class Weighing:
    """Safe to share between threads. Either way the levels, shares and bits are the same."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._weigh: Callable[[Rows, Rows, Ints, Ints], scoring.Weighed] = partial(scoring.score_pairs, model)
        self._until_loops, self._lock = compiled.WORTH, threading.Lock()

    def __call__(self, left: Rows, right: Rows, left_at: Ints, right_at: Ints) -> scoring.Weighed:
        """Score pairs of rows of two tables (searched-for rows left), as ``scoring.score_pairs`` does."""
        self._count(len(left_at))
        return self._weigh(left, right, left_at, right_at)

    def hurry(self) -> bool:
        """Score by compiled loops from now on, if there are any: loading them takes a second, compiling twenty."""
        if not compiled.available():
            return False
        from hub.matching.native.pairing import Pairing

        pairing = Pairing(self._model)
        pairing.load()
        self._weigh = pairing.weigh
        return True

    def _count(self, pairs: int) -> None:
        with self._lock:
            before, self._until_loops = self._until_loops, self._until_loops - pairs
        if self._until_loops <= 0 < before:  # nobody waits for it
            threading.Thread(target=self.hurry, name="loops", daemon=True).start()
