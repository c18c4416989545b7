"""Rows of saved workbooks, XML documents and HTML tables, whoever made them."""

import datetime
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import lxml.html
from lxml import etree

from adapters.xml_reading import BadXml, parsed
from contracts import Refused

Row = dict[str, Any]
#: What a workbook may unpack to; a real one of 636,000 rows stays below.
_MOST_UNPACKED = 1_500_000_000
_SPACE = re.compile(r"\s+")


def xlsx(path: Path) -> Iterator[Row]:
    """Rows of the first sheet that has any, by the titles of its first row that has two or more cells."""
    import openpyxl  # a tenth of a second that no other kind of file needs

    _bounded(path)
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
    except Exception as error:  # openpyxl raises whatever a broken part makes it stumble over
        raise Refused("unreadable_file", f"{path.name} is no workbook: {type(error).__name__}") from None
    try:
        for sheet in book.worksheets:
            titles: list[str] | None = None
            for cells in sheet.iter_rows(values_only=True):
                if titles is None:
                    titles = _titles(cells)
                elif any(cell is not None for cell in cells):
                    yield {title: _plain(cell) for title, cell in zip(titles, cells, strict=False) if title}
            if titles is not None:
                return
    finally:
        book.close()


def _bounded(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as packed:
            unpacked = sum(part.file_size for part in packed.infolist())
    except (zipfile.BadZipFile, OSError):
        raise Refused("unreadable_file", f"{path.name} is no workbook; save it as .xlsx or .csv") from None
    if unpacked > _MOST_UNPACKED:
        raise Refused("file_too_large", f"{path.name} unpacks to more than 1.5 GB; save it as CSV")


def _titles(cells: tuple[Any, ...]) -> list[str] | None:
    said = [_SPACE.sub(" ", str(cell)).strip() if cell is not None else "" for cell in cells]
    return said if sum(bool(title) for title in said) >= 2 else None


def _plain(cell: Any) -> Any:
    if isinstance(cell, datetime.datetime) and cell.time() == datetime.time():
        return cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, datetime.date | datetime.time) else cell


def xml(content: bytes, records: str = "") -> Iterator[Row]:
    """Rows of an XML document: the elements called ``records``, or the kind that repeats most and holds others.

    An element becomes a dict by local names; one without children becomes its text; attributes stand as ``@name``.
    Entities, DTDs and external documents are refused. Raises ``Refused`` (code ``unreadable_file``).
    """
    try:
        root = parsed(content)
    except BadXml as wrong:
        raise Refused("unreadable_file", f"the document {wrong}") from None
    name = records.rsplit(".", 1)[-1] or _most_repeated(root)
    for element in root.iter(f"{{*}}{name}") if name else ():
        row = _element(element)
        if isinstance(row, dict):
            yield row


def _most_repeated(root: etree._Element) -> str:
    counts = Counter(_local(element) for element in root.iter(etree.Element) if len(element) and element is not root)
    return counts.most_common(1)[0][0] if counts else ""


def _local(element: etree._Element) -> str:
    return etree.QName(element).localname


def _element(element: etree._Element) -> Any:
    inner = [child for child in element if isinstance(child.tag, str)]
    told: Row = {f"@{etree.QName(name).localname}": value for name, value in element.attrib.items()}
    if not inner:
        text = (element.text or "").strip()
        return {**told, "text": text} if told and text else told or text
    for child in inner:
        name, value = _local(child), _element(child)
        if name not in told:
            told[name] = value
        else:
            told[name] = [*told[name], value] if isinstance(told[name], list) else [told[name], value]
    return told


def html(content: bytes) -> Iterator[Row]:
    """Rows of the largest table of a page, by the titles of its first row; a table of two columns is one record."""
    tables = (
        [_cells(table) for table in lxml.html.document_fromstring(content).iter("table")] if content.strip() else []
    )
    rows = max(tables, key=len, default=[])
    if rows and max(map(len, rows)) == 2 and all(len(row) == 2 for row in rows):
        yield {title.rstrip(" :"): value for title, value in rows if title}
        return
    titles = next((row for row in rows if sum(bool(cell) for cell in row) >= 2), [])
    for row in rows[rows.index(titles) + 1 :] if titles else []:
        if any(row):
            yield {title: value for title, value in zip(titles, row, strict=False) if title}


def _cells(table: Any) -> list[list[str]]:
    rows = table.xpath("./tr | ./thead/tr | ./tbody/tr")
    return [[_SPACE.sub(" ", cell.text_content()).strip() for cell in row.xpath("./th | ./td")] for row in rows]
