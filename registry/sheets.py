"""Institutions from and to CSV and XLSX: all rows or none, unless told otherwise, with a report of every bad cell."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rapidfuzz import process

from contracts import Institution, Problem, Refused
from registry import sheet_files
from registry.institutions import Institutions
from registry.sheet_rows import COLUMNS, NEEDED, RowProblem, cells, column_of, institution

_Rows = dict[int, Institution]


@dataclass(frozen=True)
class SheetReport:
    """What became of a sheet. ``good`` rows have no problem; ``written`` says how many are in the directory now."""

    rows: int
    good: int
    written: int
    problems: tuple[RowProblem, ...]

    @property
    def ok(self) -> bool:
        """True if every row was good."""
        return not self.problems


def save(path: Path, institutions: Iterable[Institution]) -> int:
    """Write them to ``path`` (.csv or .xlsx) and say how many; what is written can be loaded again unchanged."""
    rows = [list(COLUMNS), *(cells(one) for one in institutions)]
    if path.suffix.lower() == ".csv":
        path.write_text(sheet_files.csv_text(rows), encoding="utf-8", newline="")
    elif path.suffix.lower() == ".xlsx":
        path.write_bytes(sheet_files.xlsx_bytes(rows, "institutions"))
    else:
        raise Refused("sheet_format", "Give the file a name that ends in .csv or .xlsx.")
    return len(rows) - 1


def load(
    institutions: Institutions, source: Path, *, accept_good_rows: bool = False, dry_run: bool = False
) -> SheetReport:
    """Take the institutions of a file into the directory; entries of the same id and first day are overwritten.

    If any row is bad, nothing is written, unless ``accept_good_rows``: then the good rows are, and rows that need a bad
    one (as their parent) count as bad. Raises ``Refused`` where the file as a whole cannot be used: ``sheet_columns``,
    ``sheet_too_large``, ``sheet_unreadable``, ``sheet_unsafe``, ``sheet_format``.
    """
    return _load(institutions, sheet_files.read(source), accept_good_rows, dry_run)


def load_bytes(
    institutions: Institutions, content: bytes, name: str, *, accept_good_rows: bool = False, dry_run: bool = False
) -> SheetReport:
    """The same for a file that was sent; ``name`` tells its format."""
    return _load(institutions, sheet_files.read_bytes(content, name), accept_good_rows, dry_run)


def _load(institutions: Institutions, rows: Iterator[list[str]], accept_good_rows: bool, dry_run: bool) -> SheetReport:
    header = _header(next(rows, []))
    told = {number: row for number, row in enumerate(rows, 2) if any(row)}
    parsed, problems = _parsed(told, header)
    good, found = _checked(institutions, parsed, accept_good_rows)
    problems += found
    write = not dry_run and bool(good) and (accept_good_rows or not problems)
    if write:
        institutions.add(list(good.values()))
    ordered = sorted(problems, key=lambda p: (p.row, p.column))
    return SheetReport(len(told), len(good), len(good) if write else 0, tuple(ordered))


def _header(row: Sequence[str]) -> list[str]:
    filled = max((n for n, cell in enumerate(row, 1) if cell), default=0)
    header = [cell.lower().replace(" ", "_").replace("-", "_") for cell in row[:filled]]
    wrong = [_unknown(n, name) for n, name in enumerate(header) if name not in COLUMNS]
    wrong += [_missing(name) for name in NEEDED if name not in header]
    if len(set(header)) < len(header):
        wrong.append(Problem(field="row.1", rule="column_twice", message="A column stands twice; remove one."))
    if wrong:
        raise Refused("sheet_columns", "Correct the first row as the problems say; nothing was read.", wrong)
    return header


def _unknown(position: int, name: str) -> Problem:
    near = process.extractOne(name, COLUMNS, score_cutoff=60)
    advice = f"Did you mean {near[0]}?" if near else "Remove it, or see an export for the columns there are."
    words = f"Column {position + 1} is not known. {advice}"
    return Problem(field=f"row.1.column.{position + 1}", rule="unknown_column", message=words)


def _missing(name: str) -> Problem:
    return Problem(field="row.1", rule="missing_column", message=f"Add the column {name}.")


def _parsed(told: dict[int, list[str]], header: Sequence[str]) -> tuple[_Rows, list[RowProblem]]:
    parsed: _Rows = {}
    problems: list[RowProblem] = []
    seen: set[tuple[str, object]] = set()
    for number, row in told.items():
        one = _row(number, row, header)
        if not isinstance(one, Institution):
            problems += one
        elif (one.id, one.valid_from) in seen:
            problems.append(RowProblem(number, "id", "twice", "Another row has this id and first day; remove one."))
        else:
            seen.add((one.id, one.valid_from))
            parsed[number] = one
    return parsed, problems


def _row(number: int, row: Sequence[str], header: Sequence[str]) -> Institution | list[RowProblem]:
    if any(row[len(header) :]):
        return [RowProblem(number, "", "too_many_cells", "A cell stands outside the named columns; clear it.")]
    named = dict(zip(header, row, strict=False))
    empty = [_valueless(number, column, cell) for column, cell in named.items() if cell.startswith("\x00")]
    return empty or institution(number, named)


def _valueless(number: int, column: str, cell: str) -> RowProblem:
    if cell == sheet_files.FORMULA:
        return RowProblem(number, column, "formula", "Write the value itself, not a formula.")
    return RowProblem(number, column, "cell_error", "The cell shows an error; write the value itself.")


def _checked(institutions: Institutions, parsed: _Rows, until_sound: bool) -> tuple[_Rows, list[RowProblem]]:
    """The rows that are sound together with the directory; again without the bad ones, if those are to be left out."""
    good, problems = dict(parsed), list[RowProblem]()
    while good:
        numbers = list(good)
        wrong = institutions.check(list(good.values()))
        for position, found in wrong.items():
            number = numbers[position]
            del good[number]
            problems += [RowProblem(number, column_of(p.field), p.rule, p.message) for p in found]
        if not wrong or not until_sound:
            break
    return good, problems
