"""Reads the old site's pages: tables within tables, unclosed cells, and a charset that is not what it says."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree, html

from adapters.zipnet.words import Row

_TOTAL = re.compile(r"Total\s+Records?\s*:?\s*(\d+)", re.IGNORECASE)


@dataclass(frozen=True)
class ListPage:
    """The records of one page, and how many there are in all where the page says so."""

    total: int | None
    rows: list[Row]


def read_list(page: bytes, columns: dict[str, str]) -> ListPage:
    """A list page. A record is any innermost table with a head Serial Number; ``columns`` names its cells."""
    root = _parsed(page)
    if root is None:
        return ListPage(None, [])
    found = _TOTAL.search(_text(root))
    rows = [row for table in root.iter("table") if table.find(".//table") is None for row in _records(table, columns)]
    return ListPage(int(found[1]) if found else None, rows)


def read_zoom(page: bytes) -> Row:
    """A record's own page: label, colon, value in the rows of innermost tables."""
    root = _parsed(page)
    cells = (
        [[_text(cell) for cell in line.iter("td", "th")] for line in _innermost_lines(root)] if root is not None else []
    )
    return {line[0].rstrip(" :"): line[-1] for line in cells if len(line) >= 2 and line[0] and line[-1]}


def read_any(page: bytes, columns: dict[str, str]) -> Iterator[Row]:
    """The rows of a saved page of either kind."""
    listed = read_list(page, columns).rows
    if listed:
        yield from listed
    elif zoomed := read_zoom(page):
        yield zoomed


def _records(table: html.HtmlElement, columns: dict[str, str]) -> list[Row]:
    titles: list[str] | None = None
    rows = []
    for line in table.iter("tr"):
        heads = [_text(cell) for cell in line.iter("th")]
        cells = [_text(cell) for cell in line.iter("td")]
        if "Serial Number" in heads or (titles is None and "Serial Number" in cells):
            titles = heads or cells
        elif titles is not None and cells:
            rows.append(_named(dict(zip(titles, cells, strict=False)), columns))
    return [row for row in rows if row]


def _named(cells: dict[str, str], columns: dict[str, str]) -> Row:
    row: Row = {columns[title]: text for title, text in cells.items() if title in columns and text}
    if str(row.get("SerialNumber", "")).startswith("UIPF-"):
        row["UIPFSerialNumber"] = row.pop("SerialNumber")
    return row


def _innermost_lines(root: html.HtmlElement) -> Iterator[html.HtmlElement]:
    for table in root.iter("table"):
        if table.find(".//table") is None:
            yield from table.iter("tr")


def _text(element: html.HtmlElement) -> str:
    return " ".join("".join(element.itertext()).replace("\u00a0", " ").split())


def _parsed(page: bytes) -> html.HtmlElement | None:
    """utf-8 if it is, else windows-1252, whatever header and <meta> claim; None if there is no markup in it."""
    try:
        text = page.decode("utf-8")
    except UnicodeDecodeError:
        text = page.decode("windows-1252", "replace")
    try:
        # A <meta> charset in text that is decoded already would be believed again by the parser otherwise.
        parser = html.HTMLParser(encoding="utf-8", huge_tree=False, no_network=True, remove_comments=True)
        return html.fromstring(text.encode("utf-8"), parser=parser) if text.strip() else None
    except (etree.ParserError, etree.XMLSyntaxError):
        return None
