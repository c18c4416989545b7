"""The look-alike's web face: DataTables lists, details, the old HTML pages, and an inbox for alerts."""

import hmac
import json
from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import FastAPI, Form, Header, HTTPException, Query
from fastapi.responses import JSONResponse, Response

from adapters.zipnet.node import old_site
from adapters.zipnet.node.columns import MISSING_DETAIL, MISSING_LIST, OLD_STATES, UNIDENTIFIED
from adapters.zipnet.node.store import Row, Store, missing_persons, unidentified_persons

_LARGEST_PAGE = 100
Number = Annotated[int, Form(ge=0)]
Wanted = Annotated[str, Form(alias="searchFormJson", max_length=2_000)]
Key = Annotated[str | None, Header(alias="X-Api-Key")]


class Crashed(Exception):
    """A row that the server cannot show: whatever contains it answers 500."""


def build(store: Store, key: str | None = None) -> FastAPI:
    """The application over one database. ``key`` is asked for (X-Api-Key) by the alerts inbox; lists are public."""
    app = FastAPI(title="ZIPNET look-alike", docs_url=None, redoc_url=None, openapi_url=None)
    app.add_exception_handler(Crashed, lambda request, error: Response("Server Error", 500, media_type="text/html"))
    _lists(app, store)
    _details(app, store)
    _old_pages(app, store)
    _alerts(app, store, key)

    @app.get("/")
    def home() -> dict[str, str]:
        return {"name": "ZIPNET look-alike"}

    return app


def _lists(app: FastAPI, store: Store) -> None:
    @app.post("/Victims/GetMissingPersonsData/")
    def missing(draw: Number = 1, start: Number = 0, length: Number = 10, wanted: Wanted = "{}") -> JSONResponse:
        more = MISSING_DETAIL
        return _table(store, missing_persons, MISSING_LIST, more, draw, start, length, _looked_for(wanted))

    @app.post("/Victims/GetUnIdentifiedPersonsData/")
    def unidentified(draw: Number = 1, start: Number = 0, length: Number = 10, wanted: Wanted = "{}") -> JSONResponse:
        return _table(store, unidentified_persons, UNIDENTIFIED, (), draw, start, length, _looked_for(wanted))


def _looked_for(said: str) -> dict[str, str]:
    """The search form's fields that this look-alike knows: Name and Sex; the real form was not seen filled."""
    try:
        form = json.loads(said)
    except ValueError:
        form = None
    if not isinstance(form, dict):
        raise HTTPException(422, "searchFormJson is not a JSON object")
    return {name: str(form[name]) for name in ("Name", "Sex") if form.get(name)}


def _table(store: Store, table: sa.Table, shown: tuple[str, ...], more: tuple[str, ...], draw: int, start: int,
           length: int, wanted: dict[str, str]) -> JSONResponse:  # fmt: skip
    """A DataTables answer. In camel casing the rows come whole, as some of ZIPNET's answers do."""
    total, rows = store.page(table, start, max(1, min(length, _LARGEST_PAGE)), wanted=wanted)
    _crash_on_poison(rows)
    camel = store.setting("casing", "pascal") == "camel"
    data = [_camel(_row(row, (*shown, *more))) if camel else _row(row, shown) for row in rows]
    return JSONResponse({"draw": draw, "recordsTotal": total, "recordsFiltered": total, "data": data})


def _row(row: Row, names: tuple[str, ...]) -> Row:
    return {name: json.loads(row[name] or "[]") if name == "ImageUrls" else row[name] for name in names}


def _camel(row: Row) -> Row:
    camel = {name[:1].lower() + name[1:]: value for name, value in row.items() if name != "ImageUrls"}
    return {**camel, "images": [{"imageUrl": url} for url in row["ImageUrls"]]}


def _crash_on_poison(rows: list[Row]) -> None:
    if any(row["Poison"] for row in rows):
        raise Crashed


def _details(app: FastAPI, store: Store) -> None:
    @app.get("/Victims/GetMissingPersonDetails/")
    def missing(id: int | None = None, serial: str | None = None) -> Row:
        return _detail(store, missing_persons, (*MISSING_LIST, *MISSING_DETAIL), id, serial)

    @app.get("/Victims/GetUnIdentifiedPersonDetails/")
    def unidentified(id: int | None = None, serial: str | None = None) -> Row:
        return _detail(store, unidentified_persons, UNIDENTIFIED, id, serial)


def _detail(store: Store, table: sa.Table, names: tuple[str, ...], id: int | None, serial: str | None) -> Row:
    row = store.one(table, id=id, serial=serial) if id is not None or serial else None
    if row is None:
        raise HTTPException(404, "no such record")
    _crash_on_poison([row])
    return {"data": _row(row, names)}


def _old_pages(app: FastAPI, store: Store) -> None:
    @app.get("/index.php")
    def index(
        page: str,
        criteria: str = "browse_all",
        number: Annotated[int, Query(alias="Page_No", ge=1)] = 1,
        state: str = "",
        serial: Annotated[str, Query(alias="Serial_No")] = "",
    ) -> Response:
        missing = page.startswith("missing_person")
        table = missing_persons if missing else unidentified_persons
        text = _zoom(store, table, serial, missing) if criteria == "zoom" else _old_list(store, table, number, state)
        charset = store.setting("charset", "utf-8")
        # The page's own <meta> says windows-1252 whichever it is, and the header says nothing.
        return Response(old_site.encoded(text, charset), headers={"Content-Type": "text/html"})


def _old_list(store: Store, table: sa.Table, number: int, state: str) -> str:
    states = OLD_STATES.get(state, ("(no such state)",)) if state else ()
    total, rows = store.page(table, (number - 1) * old_site.PER_PAGE, old_site.PER_PAGE, states)
    _crash_on_poison(rows)
    return old_site.list_page(rows, total, number, table is missing_persons)


def _zoom(store: Store, table: sa.Table, serial: str, missing: bool) -> str:
    row = store.one(table, serial=serial)
    if row is None:
        raise HTTPException(404, "no such record")
    _crash_on_poison([row])
    return old_site.zoom_page(row, missing)


def _alerts(app: FastAPI, store: Store, key: str | None) -> None:
    def admit(given: str | None) -> None:
        if key is not None and not hmac.compare_digest((given or "").encode(), key.encode()):
            raise HTTPException(401, "the key is missing or wrong")

    @app.post("/Alerts/Receive/")
    def receive(body: dict[str, Any], x_api_key: Key = None) -> Row:
        admit(x_api_key)
        if not isinstance(body.get("NoticeId"), str):
            raise HTTPException(422, "NoticeId is missing")
        number, known = store.receive(body["NoticeId"], body)
        return {"AlertId": number, "Duplicate": known}

    @app.get("/Alerts/Inbox/")
    def inbox(x_api_key: Key = None) -> Row:
        admit(x_api_key)
        return {"data": store.inbox()}
