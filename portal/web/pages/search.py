"""Search of the index. The question is sent as a form and lives on in the address only encrypted (``sealed``)."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from contracts import codes
from contracts.exchange import Search
from contracts.record import STATUSES
from hub.access import Act, Caller
from portal.web import forms
from portal.web.guard import form, guard
from portal.web.pages.files import purposes_of
from portal.web.render import is_partial, page, places_of
from portal.web.sealed import seal, unseal
from portal.web.session import Person, TheHub, caller_of, key_for

router = APIRouter(dependencies=[Depends(guard)])
PER_PAGE = 20
MOST_PAGES = 500

State = Annotated[int | None, Query(ge=1, le=99)]


@router.get("/search")
def ask(request: Request, caller: Person) -> Response:
    """The empty form."""
    caller.require(Act.SEARCH)
    return _show(request, {})


@router.post("/search")
def asked(request: Request, caller: Person) -> Response:
    """Check the form and go on to its answer."""
    caller.require(Act.SEARCH)
    if form(request).get("live"):
        return _asked_live(request, caller)
    query, wrong = forms.search_of(form(request))
    if query is None:
        return _show(request, dict(form(request)), wrong=wrong, status=422)
    return RedirectResponse(f"/search/{seal(key_for(request, 'search'), query)}", 303)


@router.get("/search/districts")
def districts(request: Request, caller: Person, state: str = "") -> Response:
    """The field for the district, filled for one State (for htmx; without it the next answer brings them)."""
    caller.require(Act.SEARCH)
    return page(request, "districts.html", filled={"state": state if state.isdecimal() else ""})


def _asked_live(request: Request, caller: Caller) -> Response:
    caller.require(Act.SEARCH_LIVE)
    wanted, wrong = forms.live_of(form(request), PER_PAGE * 2)
    if wanted is None:
        return _show(request, dict(form(request)), wrong=wrong, status=422)
    return RedirectResponse(f"/search/live/{seal(key_for(request, 'live'), wanted)}", 303)


@router.get("/search/{sealed}")
def answer(
    request: Request,
    hub: TheHub,
    caller: Person,
    sealed: str,
    number: Annotated[int, Query(alias="page", ge=1, le=MOST_PAGES)] = 1,
) -> Response:
    """One page of what fits."""
    query = unseal(key_for(request, "search"), sealed)
    if query is None:
        return expired(request)
    query = query.model_copy(update={"offset": (number - 1) * PER_PAGE, "limit": PER_PAGE})
    found = hub.search(caller, query)
    pages = min(-(-found.total // PER_PAGE), MOST_PAGES)
    made = _show(request, forms.filled_from(query), found=found, number=number, pages=pages, sealed=sealed, query=query)
    if is_partial(request):
        made.headers["HX-Push-Url"] = f"/search/{sealed}" + (f"?page={number}" if number > 1 else "")
    return made


def expired(request: Request) -> Response:
    """The form again, for an address that is over."""
    return _show(request, {}, expired=True, status=410)


def _show(request: Request, filled: dict[str, str], status: int = 200, **shown: object) -> Response:
    usual: dict[str, object] = {"wrong": [], "found": None, "expired": False, "query": Search()}
    caller = caller_of(request)
    made = page(
        request,
        "search.html",
        status,
        **(usual | shown),
        filled=filled,
        partial=is_partial(request),
        kinds=list(codes.RecordKind),
        statuses=sorted(frozenset().union(*STATUSES.values())),
        genders=list(codes.Gender),
        states=places_of(request).states(),
        may_ask_owners=caller.may(Act.SEARCH_LIVE),
        purposes=purposes_of(caller),
    )
    made.headers["Vary"] = "HX-Request, Cookie"
    return made
