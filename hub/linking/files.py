"""Rows of a table on disk, one at a time: CSV, JSON and JSON-lines by the adapters' reader, Parquet by pyarrow."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from adapters import files
from contracts import Refused

Row = dict[str, Any]
_AT_ONCE = 2_000
PARQUET = (".parquet", ".pq")
READ = (".csv", ".json", ".jsonl", ".ndjson", *PARQUET)


class Told(NamedTuple):
    """One row: its number from 1 (the header not counted), and its cells; no cells where it cannot be read."""

    number: int
    row: Row | None
    rule: str = ""


def rows(path: Path) -> Iterator[Told]:
    """Every row of a file, in order; memory holds a few thousand. Raises ``Refused`` for a file that is no table."""
    if not path.is_file():
        raise Refused("no_such_file", f"There is no file {path.name} in its folder; check the path.")
    if path.suffix.lower() not in READ:
        raise Refused("unknown_table", f"{path.name} is not read by its name; save it as one of: {', '.join(READ)}.")
    return _parquet(path) if path.suffix.lower() in PARQUET else _text(path)


def _text(path: Path) -> Iterator[Told]:
    try:
        for saved in files.rows(path):
            yield Told(saved.number, saved.row, saved.reason.replace(" ", "_").lower())
    except csv.Error as error:
        raise Refused("unreadable_table", f"{path.name} cannot be read as CSV; save it anew as UTF-8.") from error


def _parquet(path: Path) -> Iterator[Told]:
    arrow = parquet()
    try:
        batches = arrow.ParquetFile(path).iter_batches(batch_size=_AT_ONCE)
        number = 0
        for batch in batches:
            for row in batch.to_pylist():
                number += 1
                yield Told(number, _without_nothing(row))
    except (OSError, ValueError) as error:  # ArrowInvalid is a ValueError
        raise Refused("unreadable_table", f"{path.name} cannot be read as Parquet; save it anew.") from error


def _without_nothing(value: Any) -> Any:
    """Parquet fills every column of every row: what is null was not said."""
    if isinstance(value, dict):
        return {key: _without_nothing(inner) for key, inner in value.items() if inner is not None}
    return [_without_nothing(inner) for inner in value] if isinstance(value, list) else value


def parquet() -> Any:
    """pyarrow's Parquet, which only those who use it need to install."""
    try:
        import pyarrow.parquet
    except ImportError as error:
        raise Refused(
            "extra_missing", "Parquet needs the extra: pip install 'trackchild-hub[link]'; CSV and JSON-lines do not."
        ) from error
    return pyarrow.parquet
