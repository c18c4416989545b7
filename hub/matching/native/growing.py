"""Rows laid out for the loops as they come, for as long as a process lives: values keep their numbers, tables grow."""

import threading

from hub.matching.columns import Rows
from hub.matching.crowd import grown
from hub.matching.model import Model
from hub.matching.native.packed import Met, Packing, Values, Whole


class Growing:
    """One numbering of values for all who lay rows out over it; safe to share between threads."""

    def __init__(self, model: Model) -> None:
        self._model, self._packing, self._lock = model, Packing(), threading.Lock()
        self._known = Met(0, 0, 0, 0, 0, 0)
        self._values = self._packing.values(model.frequency, model.centroids)
        self._known = self._packing.met

    @property
    def nbytes(self) -> int:
        """Bytes that the tables of values hold, spare room included."""
        return sum(table.nbytes for table in self._values)

    def rows(self, table: Rows) -> tuple[Whole, Values]:
        """(rows laid out, the tables to read them with). Earlier rows may be read with later tables."""
        with self._lock:
            packed = self._packing.rows(table)
            if self._packing.met != self._known:
                self._follow()
            return packed, self._values

    @property
    def met(self) -> Met:
        """How many values of each kind there are."""
        return self._known

    def _follow(self) -> None:
        known, met = self._known, self._packing.met
        makers = self._packing.makers(self._model.frequency, self._model.centroids, known)
        begins, ends = (known.words, *known), (met.words, *met)  # of words there are two tables
        tables = []
        for table, make, begin, end in zip(self._values, makers, begins, ends, strict=True):
            wide = grown(table, end)
            if end > begin:
                wide[begin:end] = make()
            tables.append(wide)
        self._values, self._known = Values(*tables), met
