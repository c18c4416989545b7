"""Reading saved answers from a file or folder: JSON, JSON-lines, CSV, XLSX, XML and HTML, one row at a time."""

import csv
import datetime
import io
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adapters import tabular
from contracts import Refused, Unready

Row = dict[str, Any]
#: Reads the rows of one HTML page; what the tables mean is the adapter's to know.
HtmlReader = Callable[[bytes], Iterator[Row]]
#: One saved page is read whole; JSON-lines and CSV are streamed and may be of any size.
_LARGEST_PAGE = 64 * 1024 * 1024
_KINDS = (".json", ".jsonl", ".ndjson", ".csv", ".xlsx", ".xml", ".html", ".htm")
_ARRAYS = ("data", "rows", "records", "items", "results")


@dataclass(frozen=True)
class Saved:
    """A row, the file and line it came from, and when that file was saved (a stand-in for when it was seen).

    ``row`` is None where the line could not be read; ``reason`` says why.
    """

    row: Row | None
    file: str
    number: int
    saved_at: datetime.datetime
    reason: str = ""


def rows(where: Path, *, pattern: str = "*", after: tuple[str, int] | None = None,
         html: HtmlReader = tabular.html, records: str = "") -> Iterator[Saved]:  # fmt: skip
    """Every row of every file below ``where`` that fits ``pattern``, files in natural order (page_2 before page_10).

    ``after`` (file, number) resumes behind that row; ``records`` names the elements of an XML document that are rows.
    Memory holds one page, or one line of JSON-lines and CSV.
    """
    start = _natural(after[0]) if after else None
    for path in _files(where, pattern):
        name = path.name if where.is_file() else path.relative_to(where).as_posix()
        if start is not None and _natural(name) < start:
            continue
        done = after[1] if after and name == after[0] else 0
        moment = datetime.datetime.fromtimestamp(path.stat().st_mtime, datetime.UTC)
        for number, (row, reason) in enumerate(_read(path, html, records), start=1):
            if number > done:
                yield Saved(row, name, number, moment, reason)


def _files(where: Path, pattern: str) -> list[Path]:
    if not where.exists():
        raise Unready("unreachable", "the file or folder is not there; check the endpoint's url")
    found = [where] if where.is_file() else [p for p in where.rglob(pattern) if p.is_file()]
    if any(not p.resolve().is_relative_to(where.resolve()) for p in found):
        raise Refused("file_elsewhere", "a file of the folder is a link to another place; put the file itself there")
    return sorted((p for p in found if p.suffix.lower() in _KINDS), key=lambda p: _natural(p.as_posix()))


def _natural(name: str) -> list[tuple[int, int | str]]:
    return [(0, int(part)) if part.isdecimal() else (1, part) for part in re.split(r"(\d+)", name) if part]


def _read(path: Path, html: HtmlReader, records: str) -> Iterator[tuple[Row | None, str]]:
    kind = path.suffix.lower()
    if kind in (".jsonl", ".ndjson"):
        yield from _lines(path)
    elif kind == ".csv":
        yield from _csv(path)
    elif kind == ".json":
        yield from _page(path)
    elif kind == ".xlsx":
        yield from ((row, "") for row in tabular.xlsx(path))
    elif kind == ".xml":
        yield from ((row, "") for row in tabular.xml(_whole(path), records))
    else:
        yield from ((row, "") for row in html(_whole(path)))


def _lines(path: Path) -> Iterator[tuple[Row | None, str]]:
    with path.open("rb") as lines:
        for line in lines:
            if line.strip():
                yield _object(line)


def _object(line: bytes) -> tuple[Row | None, str]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return None, "not JSON"
    return (row, "") if isinstance(row, dict) else (None, "not a JSON object")


def _csv(path: Path) -> Iterator[tuple[Row | None, str]]:
    with path.open(encoding=_encoding(path), newline="") as lines:
        for row in csv.DictReader(lines):
            extra = row.pop(None, None)
            yield (None, "more cells than columns") if extra else (dict(row), "")


def _encoding(path: Path) -> str:
    """utf-8 if the whole file is, else windows-1252 (what Excel saves)."""
    try:
        with path.open(encoding="utf-8-sig") as lines:
            while lines.read(1 << 20):
                pass
    except UnicodeDecodeError:
        return "windows-1252"
    return "utf-8-sig"


def _page(path: Path) -> Iterator[tuple[Row | None, str]]:
    try:
        page = json.load(io.BytesIO(_whole(path)))
    except (ValueError, RecursionError):
        yield None, "not JSON"
        return
    for row in _array(page):
        yield (row, "") if isinstance(row, dict) else (None, "not a JSON object")


def _array(page: Any) -> list[Any]:
    """The rows of a saved answer: the array itself, or the one under the usual names."""
    if isinstance(page, dict):
        lowered = {str(key).lower(): value for key, value in page.items()}
        return next((lowered[name] for name in _ARRAYS if isinstance(lowered.get(name), list)), [page])
    return page if isinstance(page, list) else [page]


def _whole(path: Path) -> bytes:
    if path.stat().st_size > _LARGEST_PAGE:
        raise Refused("file_too_large", f"{path.name} is larger than 64 MB; save it as JSON-lines or CSV")
    return path.read_bytes()
