"""ZIPNET's newest-first lists, a window at a time: the new site's DataTables JSON and the old site's HTML tables."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

from adapters import wire
from adapters.rest import Reply, RestClient
from adapters.zipnet import old_site
from adapters.zipnet.words import Row, canonical, list_of
from contracts import Refused, Unready

_CRASHED = (500,)
_HTML = ("text/html", "application/xhtml+xml")


class Crash(Exception):
    """The source answered 500: it is down, or a row of the window crashes it."""


@dataclass(frozen=True)
class Window:
    """Rows ``start`` to ``start + len(rows)`` of a list, newest first, and how many the list has."""

    total: int
    rows: list[Row]


class Listing(Protocol):
    """One list of the source."""

    name: str

    def window(self, start: int, length: int) -> Window:
        """Raises ``Crash`` on a 500, ``Unready`` where the source is away."""
        ...

    def whole(self, rows: list[Row]) -> list[Row | None]:
        """The rows with what only the detail says; None where the detail crashes or is gone."""
        ...


class DataTables:
    """A list of the new site: a form as jQuery DataTables sends it, details for what the list leaves out."""

    def __init__(self, client: RestClient, name: str, path: str, detail: str, workers: int) -> None:
        self.name, self._client, self._path, self._detail, self._workers = name, client, path, detail, workers
        self._draw = 0

    def window(self, start: int, length: int, wanted: dict[str, str] | None = None) -> Window:
        """``wanted`` is what the site's search form sends along, by its fields' names."""
        self._draw += 1
        asked = form(self._draw, start, length, wanted)
        reply = self._client.request("POST", self._path, form=asked, also_ok=_CRASHED)
        answer = {str(key).lower(): value for key, value in _answer(reply).items()}
        if not isinstance(answer.get("recordstotal"), int) or not isinstance(answer.get("data"), list):
            raise Unready("unexpected_answer", "the list answered no recordsTotal and data; try later")
        return Window(answer["recordstotal"], [canonical(row) for row in answer["data"]])

    def whole(self, rows: list[Row]) -> list[Row | None]:
        # Found lists, and answers in camelCase, say it all: nothing more is asked then.
        lacking = [row for row in rows if list_of(row) == "missing" and "MissingPersonId" in row and not _detailed(row)]
        if not lacking:
            return list(rows)
        details = dict(zip(map(id, lacking), self._many(lacking), strict=True))
        return [details.get(id(row), row) for row in rows]

    def _many(self, rows: list[Row]) -> list[Row | None]:
        if wire.current() is not None:
            return wire.together([partial(self._one, row) for row in rows])
        with ThreadPoolExecutor(self._workers) as pool:
            return list(pool.map(self._one, rows))

    def _one(self, row: Row) -> Row | None:
        try:
            reply = self._client.request("GET", self._detail, params={"id": row["MissingPersonId"]}, also_ok=_CRASHED)
            detail = _answer(reply).get("data")
        except Crash:
            return None
        except Refused as error:
            if error.code == "not_there":
                return None
            raise
        return {**row, **canonical(detail)} if isinstance(detail, dict) else None


def _detailed(row: Row) -> bool:
    return any(name in row for name in ("Name", "Sex", "AgeFrom", "BirthYear", "MissingDate", "GuardianName"))


def form(draw: int, start: int, length: int, wanted: dict[str, str] | None = None) -> dict[str, str]:
    """The request a browser's DataTables sends: newest first by its second column."""
    names = ("MissingPersonId", "CreatedOn", "State", "District", "PoliceStation")
    columns = {
        f"columns[{number}][{key}]": value
        for number, name in enumerate(names)
        for key, value in (("data", name), ("name", ""), ("searchable", "true"), ("orderable", "true"),
                           ("search][value", ""), ("search][regex", "false"))
    }  # fmt: skip
    order = {"order[0][column]": "1", "order[0][dir]": "desc", "search[value]": "", "search[regex]": "false"}
    where = {"draw": str(draw), "start": str(start), "length": str(length), "searchFormJson": json.dumps(wanted or {})}
    return {**where, **columns, **order}


class OldSite:
    """A list of the old site for one of its states: three records a page, read in runs of pages.

    A row that crashes the site takes its page with it: its neighbours there are named as gaps too, and are seen when
    later rows have moved them to another page.
    """

    def __init__(self, client: RestClient, name: str, page: str, state: tuple[str, str], columns: dict[str, str],
                 per_page: int = 3) -> None:  # fmt: skip
        self.name = f"{name}:{state[0]}"
        self._client, self._page, self._state, self._columns = client, page, state, columns
        self._per_page = per_page

    def window(self, start: int, length: int) -> Window:
        if length <= 0:
            return Window(0, [])
        first, last = start // self._per_page, (start + length - 1) // self._per_page
        pages = [self._one_page(number + 1) for number in range(first, last + 1)]
        if len({total for total, _ in pages}) > 1:
            # The list grew between two pages: what was read does not join, the newest total says so.
            return Window(pages[-1][0], [])
        rows = [row for _, found in pages for row in found]
        skipped = start - first * self._per_page
        return Window(pages[0][0], rows[skipped : skipped + length])

    def whole(self, rows: list[Row]) -> list[Row | None]:
        return [self._zoomed(row) for row in rows]

    def _one_page(self, number: int) -> tuple[int, list[Row]]:
        asked = {"criteria": "browse_all", "Page_No": number, "state": self._state[0], "state_name": self._state[1]}
        page = old_site.read_list(self._get(asked), self._columns)
        if page.total is None:
            raise Unready("unexpected_answer", "the old site's page does not say how many records there are; try later")
        return page.total, [canonical(row) for row in page.rows]

    def _zoomed(self, row: Row) -> Row | None:
        serial = row.get("UIPFSerialNumber") or row.get("SerialNumber")
        if not serial:
            return row
        try:
            zoomed = old_site.read_zoom(self._get({"criteria": "zoom", "Serial_No": serial}))
        except Crash:
            return None
        except Refused as error:
            if error.code == "not_there":
                return row
            raise
        return {**row, **canonical(zoomed)}

    def _get(self, asked: dict[str, Any]) -> bytes:
        reply = self._client.request("GET", "", params={"page": self._page, **asked}, accepts=_HTML, also_ok=_CRASHED)
        if reply.status == 500:
            raise Crash
        return reply.body


def _answer(reply: Reply) -> Row:
    if reply.status == 500:
        raise Crash
    answer = reply.json()
    if not isinstance(answer, dict):
        raise Unready("unexpected_answer", "the source answered JSON of another form; try later")
    return answer
