"""Opens CSV and XLSX files from strangers with care, and writes them so that no cell is taken for a formula."""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import openpyxl

from contracts import Refused
from contracts.cells import plain, safe

MOST_BYTES = 10_000_000
MOST_ROWS = 50_000
MOST_CELL = 2_000
_MOST_COLUMNS = 200
_MOST_UNPACKED = 100_000_000
_MOST_PARTS = 500
_MOST_RATIO = 250
_ENCODING = re.compile(rb"""^\s*<\?xml[^>]*encoding\s*=\s*["']([^"']+)""")

#: What stands in a cell that holds no value of its own.
FORMULA, CELL_ERROR = "\x00formula", "\x00error"


def read(path: Path) -> Iterator[list[str]]:
    """The rows of a CSV or XLSX file as text; see ``read_bytes``."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise _too_large()
        content = path.read_bytes()
    except OSError as error:
        raise Refused("sheet_unreadable", "The file cannot be read; check its path and rights.") from error
    return read_bytes(content, path.name)


def read_bytes(content: bytes, name: str) -> Iterator[list[str]]:
    """The rows as text, the header first; raises ``Refused``.

    Codes: ``sheet_too_large``, ``sheet_unreadable``, ``sheet_unsafe`` (macros, links, DTDs, bombs), ``sheet_format``.
    """
    if len(content) > MOST_BYTES:
        raise _too_large()
    suffix = Path(name).suffix.lower()
    if suffix == ".csv":
        return _bounded(_csv_rows(content))
    if suffix == ".xlsx":
        _check_package(content)
        return _bounded(_xlsx_rows(content))
    raise Refused("sheet_format", "Save the sheet as .csv (UTF-8) or .xlsx.")


def csv_text(rows: Iterable[Sequence[str]]) -> str:
    """CSV that spreadsheet programs open as UTF-8, with no cell that they would run as a formula."""
    out = io.StringIO(newline="")
    out.write("\ufeff")
    csv.writer(out).writerows([safe(cell) for cell in row] for row in rows)
    return out.getvalue()


def xlsx_bytes(rows: Iterable[Sequence[str]], title: str) -> bytes:
    """An XLSX workbook of one sheet; every cell is text."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for row in rows:
        sheet.append([safe(cell) or None for cell in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _bounded(rows: Iterable[Sequence[str]]) -> Iterator[list[str]]:
    for number, row in enumerate(rows, 1):
        if number > MOST_ROWS + 1 or len(row) > _MOST_COLUMNS or any(len(cell) > MOST_CELL for cell in row):
            raise _too_large()
        yield [plain(cell.strip()) for cell in row]


def _csv_rows(content: bytes) -> Iterator[Sequence[str]]:
    try:
        text = content.decode("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused("sheet_unreadable", "The text is not UTF-8; save the sheet as CSV UTF-8.") from error
    header = text.partition("\n")[0]
    delimiter = max(",;\t", key=header.count)
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            yield [FORMULA if cell.lstrip().startswith("=") else cell for cell in row]
    except csv.Error as error:
        raise Refused(
            "sheet_unreadable", "The CSV is broken, often by an open quotation mark; save it anew."
        ) from error


def _xlsx_rows(content: bytes) -> Iterator[Sequence[str]]:
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        for row in sheet.iter_rows(max_row=MOST_ROWS + 2, max_col=_MOST_COLUMNS + 1):
            cells = [_cell(cell.data_type, cell.value) for cell in row]
            yield cells[: _filled(cells)]
    except Refused:
        raise
    except Exception as error:  # openpyxl raises whatever a broken part makes it stumble over
        raise Refused(
            "sheet_unreadable", "The workbook is broken; open it in a spreadsheet program, save anew."
        ) from error


def _cell(kind: str, value: object) -> str:
    if kind == "f":
        return FORMULA
    if kind == "e":
        return CELL_ERROR
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def _filled(cells: Sequence[str]) -> int:
    return next((n for n in range(len(cells), 0, -1) if cells[n - 1]), 0)


def _check_package(content: bytes) -> None:
    """Look at the zip before any XML of it is parsed."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            parts = package.infolist()
            _check_sizes(parts)
            for part in parts:
                _check_part(part.filename, package.read(part))
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, OSError) as error:
        raise Refused("sheet_unreadable", "This is no XLSX workbook, or it is encrypted; save it anew.") from error


def _check_sizes(parts: Sequence[zipfile.ZipInfo]) -> None:
    if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _MOST_UNPACKED:
        raise _unsafe("unpacks to more than a list of institutions can need")
    if any(part.file_size > 1_000_000 and part.file_size > _MOST_RATIO * part.compress_size for part in parts):
        raise _unsafe("unpacks to many times its size")


def _check_part(name: str, content: bytes) -> None:
    lowered = name.lower()
    if "vbaproject" in lowered or "externallinks/" in lowered or "embeddings/" in lowered:
        raise _unsafe("holds macros, embedded objects or links to other files")
    if not lowered.endswith((".xml", ".rels", ".vml")):
        return
    encoding = _ENCODING.match(content)
    if b"\x00" in content[:64] or (encoding and encoding[1].lower() not in (b"utf-8", b"us-ascii")):
        raise _unsafe("is not written in UTF-8")
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise _unsafe("holds a document type definition")


def _unsafe(why: str) -> Refused:
    return Refused("sheet_unsafe", f"The workbook {why}; copy the values into a new one, or save it as CSV.")


def _too_large() -> Refused:
    limits = f"{MOST_BYTES // 1_000_000} MB, {MOST_ROWS:,} rows and {MOST_CELL:,} characters a cell"
    return Refused("sheet_too_large", f"A sheet may have {limits} at most; split it.")
