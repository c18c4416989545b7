"""Counts by state, district, gender, age, year, month or owner, with a drawing, a table, and files to take away."""

import csv
import io
from collections.abc import Iterator
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from openpyxl import Workbook
from starlette.requests import Request
from starlette.responses import Response

from contracts.cells import safe
from contracts.codes import Gender
from hub.counting import Asked, Counted, Counts, Group, Measure, count
from hub.index.counting import BANDS
from portal.web.guard import guard
from portal.web.language import _, current, mark
from portal.web.render import page, places_of
from portal.web.session import Anyone, TheHub
from portal.web.words_public import gender as gender_words

router = APIRouter(dependencies=[Depends(guard)])
Year = Annotated[int | None, Query(ge=1990, le=2100)]
MEASURES = {
    Measure.MISSING: mark("Missing"),
    Measure.TRACED: mark("Traced"),
    Measure.UNTRACED: mark("Not traced"),
    Measure.FOUND: mark("Found"),
    Measure.MATCHED: mark("Matched"),
    Measure.RESTORED: mark("Restored"),
}
GROUPS = {
    Group.STATE: mark("State or Union Territory"),
    Group.DISTRICT: mark("District"),
    Group.GENDER: mark("Gender"),
    Group.AGE: mark("Age"),
    Group.YEAR: mark("Year"),
    Group.MONTH: mark("Month"),
    Group.PARTICIPANT: mark("Told by"),
}


def asked_of(by: Group = Group.STATE, state: str = "", gender: str = "", first: str = "", last: str = "") -> Asked:
    """The question behind an address; a field that is empty or no number asks for everything."""
    years = [int(one) if one.isdecimal() and len(one) == 4 else None for one in (first, last)]
    return Asked(
        by=by,
        state=int(state) if state.isdecimal() and len(state) < 3 else None,
        gender=Gender(gender) if gender in list(Gender) else None,
        first_month=None if years[0] is None else years[0] * 12,
        last_month=None if years[1] is None else years[1] * 12 + 11,
    )


Question = Annotated[Asked, Depends(asked_of)]


@router.get("/counts")
def counts(request: Request, hub: TheHub, caller: Anyone, asked: Question) -> Response:
    """The drawing and the table beside it."""
    found = count(hub.store, caller, asked)
    most = max([one.counts[0] or 0 for one in found.rows], default=0) or 1
    return page(
        request,
        "counts.html",
        counts=found,
        rows=[(name_of(request, asked, one), one) for one in found.rows],
        most=most,
        heading=_(GROUPS[asked.by]),
        groups=[(group.value, _(text)) for group, text in GROUPS.items()],
        measures=[_(text) for text in MEASURES.values()],
        genders=[(one.value, gender_words(one.value)) for one in Gender],
        filled=dict(request.query_params) | {"by": asked.by.value},
        query=request.url.query,
        drill=asked.by is Group.STATE,
    )


@router.get("/counts.csv")
def as_csv(request: Request, hub: TheHub, caller: Anyone, asked: Question) -> Response:
    """The table as CSV (UTF-8 with a mark that spreadsheet programs know it by); no cell is a formula."""
    text = io.StringIO()
    csv.writer(text).writerows(_sheet(request, count(hub.store, caller, asked)))
    return _file("\ufeff" + text.getvalue(), "text/csv; charset=utf-8", "counts.csv")


@router.get("/counts.xlsx")
def as_xlsx(request: Request, hub: TheHub, caller: Anyone, asked: Question) -> Response:
    """The table as a workbook; no cell is a formula."""
    book, made = Workbook(write_only=True), io.BytesIO()
    sheet = book.create_sheet("counts")
    for row in _sheet(request, count(hub.store, caller, asked)):
        sheet.append(row)
    book.save(made)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return _file(made.getvalue(), kind, "counts.xlsx")


def _file(content: str | bytes, kind: str, name: str) -> Response:
    return Response(content, media_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _sheet(request: Request, found: Counts) -> Iterator[list[str | int]]:
    yield [_(GROUPS[found.asked.by]), *(_(text) for text in MEASURES.values())]
    for one in found.rows:
        yield [safe(name_of(request, found.asked, one)), *_cells(one)]
    yield [_("Together"), *_cells(found.total)]


def _cells(one: Counted) -> list[str | int]:
    return [_("under 5") if value is None else value for value in one.counts]


def name_of(request: Request, asked: Asked, one: Counted) -> str:
    """The name of a row's group, in the language of the request."""
    if one.key is None:
        return _("not told")
    places = places_of(request)
    match asked.by:
        case Group.STATE:
            return places.name(int(one.key))
        case Group.DISTRICT:
            return places.district(int(one.key))
        case Group.GENDER:
            return gender_words(str(one.key))
        case Group.AGE:
            first, last = next(band for band in BANDS if band[0] == int(one.key))
            return current.get().digits(_("%(low)s to %(high)s years", low=first, high=last))
        case Group.YEAR:
            return current.get().digits(str(int(one.key)))
        case Group.MONTH:
            return current.get().digits(f"{int(one.key) // 12}-{int(one.key) % 12 + 1:02}")
        case _:
            return places.participant(str(one.key))
