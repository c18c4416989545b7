"""Reading a list page by page as the manifest says, so that nothing is missed while rows change underneath."""

import datetime
import json
from collections.abc import Callable, Iterator
from typing import Any

from adapters.mapping.compile import dig
from adapters.mapping.dates import date_in, moment_in
from adapters.mapping.manifest import PullList, Since
from contracts import Unready

Row = dict[str, Any]
#: Asks the source for one page with these parameters; the parsed answer.
Ask = Callable[[dict[str, Any]], Any]
#: Where a list has been read to: the source's own text of the last change seen.
Position = str | None
_MOST_PAGES = 1_000_000


def read(source: PullList, ask: Ask, position: Position, zone: str = "Asia/Kolkata") -> Iterator[tuple[Row, Position]]:
    """Rows of a list from ``position`` on, each with the position that resumes after it; ties may come twice.

    Where the source orders by its change time, each page is asked for from the last change seen, not by page number:
    a row that changes meanwhile moves to the end and would push another over a page's edge unseen.
    """
    if source.since is None:
        for row in _pages(source, ask, {}):
            yield row, None
    elif source.order == "any":
        yield from _unordered(source, source.since, ask, position, zone)
    elif source.paging.style == "cursor":
        yield from _by_token(source, source.since, ask, position, zone)
    else:
        yield from _by_change(source, source.since, ask, position, zone)


def _by_change(
    source: PullList, since: Since, ask: Ask, position: Position, zone: str
) -> Iterator[tuple[Row, Position]]:
    at, pivot, page = position, position, 0
    asked, told = _back(since, position, zone), set[str]()
    for _ in range(_MOST_PAGES):
        rows = _rows(source, ask(_since(since, asked) | _page(source, page)))
        for row, least in zip(rows, _least_of_the_rest(rows, since, zone), strict=True):
            at = _later(at, least, since, zone)
            if (mark := _mark(row)) not in told:
                told.add(mark)
                yield row, at
        if len(rows) < source.paging.size or source.paging.style == "none":
            return
        last = _last(rows, since, zone)
        if last is not None and _is_later(last, pivot, since, zone):
            # Ties of the last change may lie behind this page: it is asked for again, and told rows are left out.
            told = {_mark(row) for row in rows}
            pivot, asked, page = last, _step_back(since, last, zone), 0
        else:
            page += 1
    raise Unready("endless_list", "the source's list does not end; check the manifest's paging")


def _by_token(
    source: PullList, since: Since, ask: Ask, position: Position, zone: str
) -> Iterator[tuple[Row, Position]]:
    """The source keeps the place between pages by its token, in order of change: the position moves with each row."""
    at = position
    for row in _pages(source, ask, _since(since, _back(since, position, zone))):
        at = _later(at, _said(row, since), since, zone)
        yield row, at


def _unordered(
    source: PullList, since: Since, ask: Ask, position: Position, zone: str
) -> Iterator[tuple[Row, Position]]:
    """Order unknown: the position moves only with the very last row, when the whole list has been read."""
    latest, waiting = position, None
    for row in _pages(source, ask, _since(since, _back(since, position, zone))):
        if waiting is not None:
            yield waiting, position
        waiting, latest = row, _later(latest, _said(row, since), since, zone)
    if waiting is not None:
        yield waiting, latest


def pages(source: PullList, ask: Ask, begin: tuple[int, str | None]) -> Iterator[tuple[Row, tuple[int, str | None]]]:
    """Rows of a list from a page on (its number and token); each with the page that it is on."""
    yield from _pages_from(source, ask, {}, *begin)


def _pages(source: PullList, ask: Ask, sent: dict[str, Any]) -> Iterator[Row]:
    for row, _ in _pages_from(source, ask, sent, 0, None):
        yield row


def _pages_from(
    source: PullList, ask: Ask, sent: dict[str, Any], first: int, token: str | None
) -> Iterator[tuple[Row, tuple[int, str | None]]]:
    paging, told = source.paging, set[str]()
    for page in range(first, _MOST_PAGES):
        here = page, token
        where = _page(source, page) | ({str(paging.param): token} if paging.style == "cursor" and token else {})
        answer = ask({**sent, **where})
        rows = _rows(source, answer)
        fresh = [row for row in rows if _mark(row) not in told]
        # Rows shift between pages while the list grows: the page before is remembered, no more.
        told = {_mark(row) for row in rows}
        yield from ((row, here) for row in fresh)
        token = dig(answer, paging.next.split(".")) if paging.next else None
        ended = not token if paging.style == "cursor" else len(rows) < paging.size
        if paging.style == "none" or ended:
            return
    raise Unready("endless_list", "the source's list does not end; check the manifest's paging")


def _page(source: PullList, page: int) -> dict[str, Any]:
    paging = source.paging
    sent: dict[str, Any] = {paging.size_param: paging.size} if paging.size_param else {}
    if paging.style == "page" and paging.param:
        sent[paging.param] = paging.first + page
    elif paging.style == "offset" and paging.param:
        sent[paging.param] = page * paging.size
    return sent


def _rows(source: PullList, answer: Any) -> list[Row]:
    found = dig(answer, source.records.split(".")) if source.records else answer
    if found is None:
        return []
    rows = found if isinstance(found, list) else [found]
    if not all(isinstance(row, dict) for row in rows):
        raise Unready("unexpected_answer", "the answer holds no rows where the manifest says; check records")
    return rows


def _mark(row: Row) -> str:
    return json.dumps(row, sort_keys=True, default=str)


def _said(row: Row, since: Since) -> str | None:
    found = dig(row, since.field.split("."))
    return None if found is None else str(found)


def _last(rows: list[Row], since: Since, zone: str) -> str | None:
    """The change of the page's last row; of one before it where that cannot be read."""
    said = (_said(row, since) for row in reversed(rows))
    return next((text for text in said if text is not None and _is_later(text, None, since, zone)), None)


def _least_of_the_rest(rows: list[Row], since: Since, zone: str) -> list[str | None]:
    """For each row the earliest change from it to the page's end: where reading may resume after it.

    In an ordered page that is the row's own; a row that changed while the page was made says too late a moment.
    """
    least: list[str | None] = []
    for row in reversed(rows):
        said, before = _said(row, since), least[-1] if least else None
        readable = said is not None and _is_later(said, None, since, zone)
        earlier = readable and (before is None or not _is_later(str(said), before, since, zone))
        least.append(said if earlier else before)
    return least[::-1]


def _since(since: Since, asked: Position) -> dict[str, Any]:
    if asked is None:
        return {}
    return {since.param: int(asked) if since.kind == "integer" else asked}


def _value(said: str, since: Since, zone: str) -> Any:
    """A position as something that can be compared."""
    if since.kind == "integer":
        return int(said)
    if since.kind == "date":
        return date_in(said, since.format)
    return moment_in(said, zone, since.format) if since.kind == "datetime" else said


def _is_later(said: str, at: Position, since: Since, zone: str) -> bool:
    try:
        value = _value(said, since, zone)
        return at is None or bool(value > _value(at, since, zone))
    except (ValueError, OverflowError):
        return False


def _later(at: Position, said: str | None, since: Since, zone: str) -> Position:
    return said if said is not None and _is_later(said, at, since, zone) else at


def _back(since: Since, position: Position, zone: str) -> Position:
    """The position less the look-back window, so that what was written late into the past is still seen."""
    if position is None or since.kind in ("integer", "text"):
        return _step_back(since, position, zone)
    return _earlier(since, position, datetime.timedelta(minutes=since.look_back_minutes), zone)


def _step_back(since: Since, position: Position, zone: str) -> Position:
    """For a source that answers only what is later than asked: one unit earlier, so that ties are not lost."""
    if position is None or not since.exclusive:
        return position
    if since.kind == "integer":
        return str(int(position) - 1)
    if since.kind == "text":
        return position
    unit = datetime.timedelta(days=1) if since.kind == "date" else datetime.timedelta(seconds=1)
    return _earlier(since, position, unit, zone)


def _earlier(since: Since, position: str, by: datetime.timedelta, zone: str) -> str:
    if not by and not since.exclusive:
        return position
    value = _value(position, since, zone) - (by or datetime.timedelta(seconds=1))
    return value.strftime(since.format) if since.format else str(value.isoformat())
