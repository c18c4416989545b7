"""Rows set aside: counted, and told in a CSV by side, row, field and rule, never by what they say."""

import csv
from collections import Counter
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from contracts import Problem
from contracts.cells import safe


class Rejects:
    """Counts what is set aside and writes it down where a file was asked for."""

    def __init__(self, path: Path | None) -> None:
        self.counts: Counter[str] = Counter()
        self._path = path
        self._file: IO[str] | None = None

    def __enter__(self) -> Self:
        if self._path is not None:
            self._file = self._path.open("w", encoding="utf-8", newline="")
            self._write("side", "row", "rule", "field", "what to do")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._file is not None:
            self._file.close()

    def add(self, side: str, number: int, rule: str, problems: list[Problem]) -> None:
        """One row that is not linked, with the rule that it broke."""
        first = problems[0] if problems else Problem(field="", rule=rule, message="mend the row")
        self.counts[f"{side}: {first.field or 'row'}: {first.rule}"] += 1
        self._write(side, number, first.rule, first.field, first.message)

    def _write(self, *cells: object) -> None:
        if self._file is not None:
            csv.writer(self._file).writerow(safe(cell) if isinstance(cell, str) else cell for cell in cells)
