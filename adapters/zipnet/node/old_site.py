"""The old site's pages: tables within tables, three records a page, own state codes, a charset it lies about."""

import html
from typing import Any

from adapters.zipnet.node.columns import MISSING_DETAIL, MISSING_LIST, UNIDENTIFIED

Row = dict[str, Any]
PER_PAGE = 3
#: Column titles of the missing list (seen), and of the found list (this look-alike's).
_MISSING = {
    "State": "State", "District": "District", "Police Station": "PoliceStation", "FIR Number": "FIRNo",
    "Date": "DD_Date", "Serial Number": "SerialNumber", "Place of Missing From": "MissingFrom",
    "Tracing Status": "TracingStatus", "Report Date on ZIPNET": "CreatedOn",
}  # fmt: skip
_FOUND = {
    "State": "State", "District": "District", "Police Station": "PoliceStation", "DD Number": "DDNo",
    "Date": "DD_Date", "Serial Number": "UIPFSerialNumber", "Place of Found": "FoundPlace",
    "Found Date": "FoundDateTime", "Report Date on ZIPNET": "CreatedOn",
}  # fmt: skip


def list_page(rows: list[Row], total: int, page: int, missing: bool) -> str:
    """A list page: each record is a table in a row of the outer table."""
    columns = _MISSING if missing else _FOUND
    pages = max(1, -(-total // PER_PAGE))
    records = "".join(f"<tr><td>{_record(row, columns)}</td></tr>" for row in rows)
    return _page(
        f"<p>Total Records : {total} &nbsp; Page {page} of {pages}</p>"
        f"<table border=1><tr><td><b>Search result</b></td></tr>{records}</table>"
    )


def zoom_page(row: Row, missing: bool) -> str:
    """One record with everything: label and value in rows of a table within a table."""
    names = (*MISSING_LIST, *MISSING_DETAIL) if missing else UNIDENTIFIED
    shown = [name for name in names if name not in ("ImageUrls", "MissingPersonId", "UnIdentifiedPersonId")]
    lines = "".join(f"<tr><td>{name}</td><td>:</td><td>{_text(row.get(name))}</td></tr>" for name in shown)
    return _page(f"<table><tr><td><table>{lines}</table></td><td><img src='photo.jpg'></td></tr></table>")


def encoded(page: str, charset: str) -> bytes:
    """utf-8 as it is; windows-1252 with entities for what it cannot write."""
    return page.encode("utf-8") if charset == "utf-8" else page.encode("windows-1252", "xmlcharrefreplace")


def _record(row: Row, columns: dict[str, str]) -> str:
    # Unclosed cells and rows, as the old site wrote them.
    heads = "".join(f"<th>{title}" for title in columns)
    cells = "".join(f"<td>{_text(row.get(name))}" for name in columns.values())
    return f"<table class=rec><tr>{heads}<th>&nbsp;<tr>{cells}<td><img src='photo.jpg' width=90></table>"


def _text(value: Any) -> str:
    return "&nbsp;" if value is None or value == "" else html.escape(str(value))


def _page(body: str) -> str:
    return (
        "<html><head><meta http-equiv='Content-Type' content='text/html; charset=windows-1252'>"
        f"<title>ZIPNET look-alike</title></head><body>{body}</body></html>"
    )
