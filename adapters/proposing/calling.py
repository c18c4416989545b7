"""How a list may be asked for changes and pages, read off the names of its call's parameters."""

from typing import Any

from adapters.proposing.described import Rows, Seen
from adapters.proposing.wording import words_of

_PAGE = {"page", "pageno", "pagenumber", "pageindex", "pg", "p"}
_OFFSET = {"offset", "skip", "start", "startindex", "from_row", "first"}
_CURSOR = {"cursor", "token", "pagetoken", "nexttoken", "continuation", "after", "next", "agla", "sanket"}
_SIZE = {
    "size",
    "limit",
    "pagesize",
    "perpage",
    "count",
    "maxrecords",
    "take",
    "rows",
    "length",
    "top",
    "recordsperpage",
    "seema",
}
_SINCE = {"since", "changedsince", "modifiedsince", "updatedsince", "updatedafter", "modifiedafter", "fromdate",
          "datefrom", "startdate", "lastsync", "syncdate", "lastsynctime", "parivartanse", "badlase",
          "dinankse"}  # fmt: skip


def _plain(name: str) -> str:
    return "".join(ch for ch in name.lower() if ch.isalnum())


def _one_of(parameters: tuple[Seen, ...], names: set[str]) -> str | None:
    return next((one.path for one in parameters if _plain(one.path.rsplit(".", 1)[-1]) in names), None)


def since(rows: Rows, changed: str | None) -> dict[str, Any] | None:
    """``since`` of the list, if one of its parameters asks for what changed; None if none does."""
    if changed is None:
        return None
    param = _one_of(rows.parameters, _SINCE) or next((one.path for one in rows.parameters if _asks_changes(one)), None)
    if param is None:
        return None
    kind = next((one.type for one in rows.parameters if one.path == param), "")
    return {"param": param, "field": changed, "as": "date" if kind == "date" else "datetime", "look_back_minutes": 1440}


def _asks_changes(parameter: Seen) -> bool:
    words = set(words_of(parameter.words))
    return "changed" in words and "upto" not in words


def _next(rows: Rows, cursor: str) -> str:
    """Where the answer holds the next token: a value that is called so, or as the parameter is."""
    for path in rows.beside:
        name = _plain(path.rsplit(".", 1)[-1])
        if "next" in name or "agle" in name or "agla" in name or _plain(cursor) in name or name in _CURSOR:
            return path
    return "TODO_where_the_answer_holds_the_next_token"


def paging(rows: Rows) -> dict[str, Any] | None:
    """``paging`` of the list; None where no parameter speaks of pages."""
    size = _one_of(rows.parameters, _SIZE)
    sized = {"size_param": size, "size": 100} if size else {}
    if page := _one_of(rows.parameters, _PAGE):
        return {"style": "page", "param": page, "first": 1, **sized}
    if offset := _one_of(rows.parameters, _OFFSET):
        return {"style": "offset", "param": offset, "first": 0, **sized}
    if cursor := _one_of(rows.parameters, _CURSOR):
        return {"style": "cursor", "param": cursor, "next": _next(rows, cursor), **sized}
    return None
