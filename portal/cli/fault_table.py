"""The table of faults: rows that tests stated, gathered by fault, and written into a page between its markers."""

import datetime
import json
import os
import platform
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, ClassVar

from contracts import Refused

BEGIN = "<!-- faults: written by `trackchild faults run --write` -->"
END = "<!-- faults: end -->"


@dataclass(frozen=True)
class Line:
    """One fault in one form, over everything it was tried on; ``number`` is its place in the table."""

    number: int
    name: str
    fault: str
    must_show: str
    form: str
    cases: int
    measured: str
    held: bool
    seconds: float
    day: str
    machine: str

    COLUMNS: ClassVar = ("#", "fault", "must show", "form", "cases", "measured", "held", "seconds", "day, machine")
    ON_SCREEN: ClassVar = ("fault", "form", "cases", "measured", "held", "seconds")

    @property
    def shown(self) -> tuple[str, ...]:
        """As cells in the order of ``COLUMNS``."""
        held = "yes" if self.held else "**no**"
        when = f"{self.day}, {self.machine}"
        counted = self.form, f"{self.cases:,}", self.measured, held, f"{self.seconds:g}"
        cells = str(self.number), self.fault, self.must_show, *counted, when
        return tuple(cell.replace("|", "/") for cell in cells)

    @property
    def on_screen(self) -> tuple[object, ...]:
        """As cells in the order of ``ON_SCREEN``."""
        return self.name, self.form, self.cases, self.measured, "yes" if self.held else "NO", self.seconds


def gathered(results: Path) -> list[Line]:
    """The rows of a results file, one line a fault, in the order of the table."""
    if not results.exists():
        return []
    rows = [json.loads(line) for line in results.read_text(encoding="utf-8").splitlines()]
    rows.sort(key=lambda row: row["number"])
    return [_line(list(same)) for _, same in groupby(rows, key=lambda row: row["number"])]


def _line(rows: list[dict[str, Any]]) -> Line:
    first = rows[0]
    return Line(
        **{key: first[key] for key in ("number", "name", "fault", "must_show", "form")},
        cases=sum(row["cases"] for row in rows), measured=_measured(rows),
        held=all(row["passed"] for row in rows), seconds=round(sum(row["seconds"] for row in rows), 1),
        day=datetime.datetime.now(datetime.UTC).date().isoformat(), machine=_machine(),
    )  # fmt: skip


def _measured(rows: list[dict[str, Any]]) -> str:
    """The figures, each variant's after its name; said once where all variants measured the same."""
    said: dict[str, dict[str, None]] = {}
    for row in rows:
        figures = said.setdefault(row["variant"], {})
        figures |= {f"{what} {_number(value)}": None for what, value in row["figures"].items()}
    texts = {variant: ", ".join(figures) for variant, figures in said.items()}
    if len(set(texts.values())) == 1:
        return f"{', '.join(filter(None, texts))}: {next(iter(texts.values()))}".removeprefix(": ")
    return "; ".join(f"{variant}: {text}".removeprefix(": ") for variant, text in texts.items())


def _number(value: object) -> str:
    return f"{value:,}" if isinstance(value, int | float) else str(value)


def _machine() -> str:
    return f"{os.cpu_count()} cores {platform.machine()}, Python {platform.python_version()}"


class Table:
    """The table between the markers of a page; ``Refused`` (``no_fault_table``) where it has none."""

    def __init__(self, page: Path) -> None:
        self._page = page
        self._parts()

    def put(self, lines: Iterable[Line]) -> None:
        """Put the lines in; those of other faults and of the other form stay as they are."""
        before, old, after = self._parts()
        self._page.write_text(f"{before}{BEGIN}\n{_table(old, lines)}\n{END}{after}", encoding="utf-8")

    def _parts(self) -> tuple[str, str, str]:
        before, found, rest = self._page.read_text(encoding="utf-8").partition(BEGIN)
        old, ended, after = rest.partition(END)
        if not (found and ended):
            raise Refused(
                "no_fault_table", f"{self._page} has no table of faults. Put in these lines: {BEGIN} and {END}"
            )
        return before, old, after


def _table(old: str, lines: Iterable[Line]) -> str:
    rows = [cells for cells in map(_cells, old.splitlines()) if len(cells) == len(Line.COLUMNS) and cells[0].isdigit()]
    kept = {(cells[0], cells[3]): cells for cells in rows}
    kept |= {(str(line.number), line.form): line.shown for line in lines}
    in_order = [kept[key] for key in sorted(kept, key=lambda key: (int(key[0]), key[1]))]
    head = [Line.COLUMNS, ("---",) * len(Line.COLUMNS)]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in [*head, *in_order])


def _cells(row: str) -> tuple[str, ...]:
    return tuple(cell.strip() for cell in row.strip().strip("|").split("|"))
