"""A saved sample (JSON, JSON-lines, CSV, XLSX, XML, HTML table) as a described system of transport ``files``."""

from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Any

from adapters import files
from adapters.proposing.described import Described, Rows, Seen
from contracts import Refused

#: Rows that are looked at, and values of one field that are judged by.
_ROWS, _VALUES = 2_000, 300


def described(path: Path) -> Described:
    """What a file (or a folder of files, each kind of row a list of its own) holds.

    Raises ``Refused`` (``empty_sample``, ``unreadable_file``, ``file_too_large``) and ``Unready`` (``unreachable``).
    """
    lists: dict[str, list[dict[str, Any]]] = {}
    for saved in islice(files.rows(path), _ROWS):
        if saved.row is not None:
            lists.setdefault(saved.file, []).append(saved.row)
    found = tuple(_rows(path, name, rows) for name, rows in lists.items())
    if not any(rows.fields for rows in found):
        raise Refused("empty_sample", f"{path.name} holds no row with fields; give one with a few records")
    return Described("files", found)


def _rows(path: Path, name: str, rows: list[dict[str, Any]]) -> Rows:
    pattern = path.name if path.is_file() else name.rsplit("/", 1)[-1]
    return Rows(listed_as(Path(name).stem), fields_of(rows), {"path": pattern})


def listed_as(name: str) -> str:
    """A list's name from a file, table or operation: ``GetMissingPersons`` -> ``getmissingpersons``."""
    kept = "".join(ch if ch.isascii() and ch.isalnum() else "_" for ch in name.lower()).strip("_")
    return (kept if kept[:1].isalpha() else f"list_{kept}".rstrip("_"))[:40]


def fields_of(rows: Iterable[dict[str, Any]]) -> tuple[Seen, ...]:
    """Every path of the rows in the order in which they came, each with some of its values as text."""
    values: dict[str, dict[str, None]] = {}
    for row in rows:
        for path, value in _leaves(row, ""):
            kept = values.setdefault(path, {})
            if value is not None and len(kept) < _VALUES:
                kept[str(value)[:200]] = None
    return tuple(Seen(path, values=tuple(kept)) for path, kept in values.items())


def _leaves(value: Any, at: str) -> Iterable[tuple[str, Any]]:
    """Paths of the plain values below; a list is followed at its first element, of plain values it is one value."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if ("." not in str(key) or not (at or isinstance(inner, dict | list))) and len(at) < 150:
                yield from _leaves(inner, f"{at}.{key}" if at else str(key))
    elif isinstance(value, list):
        if value and isinstance(value[0], dict):
            yield from _leaves(value[0], f"{at}.0")
        else:
            yield at, ", ".join(map(str, value[:20])) if value else None
    elif at:
        yield at, value
