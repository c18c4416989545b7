"""Feeds for machines of anybody: alerts of missing children (CAP 1.2), and nothing of any other child."""

from typing import Annotated, Literal
from xml.etree import ElementTree as ET

from fastapi import APIRouter, Depends, Query
from pydantic import AwareDatetime
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from contracts import Refused
from contracts.atom import written
from hub.appeals import Wanted
from portal.web.guard import guard
from portal.web.session import TheHub

router = APIRouter(dependencies=[Depends(guard)])
_ATOM = "application/atom+xml"


def _wanted(
    version: Literal["1.1", "1.2", "1.3", "1.4"] = "1.4",
    min_entry_date: Annotated[AwareDatetime | None, Query()] = None,
    person_record_id: Annotated[str | None, Query(max_length=200)] = None,
    max_results: Annotated[int, Query(ge=1)] = 10,
    skip: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
    omit_notes: Literal["yes", "no"] = "no",
) -> Wanted:
    """The parameters of a PFIF feed, by their names in the standard; at most 200 records an answer."""
    return Wanted(version, min_entry_date, person_record_id, min(max_results, 200), skip, omit_notes == "no")


@router.get("/public/alerts.atom")
def alerts(request: Request, hub: TheHub, number: Annotated[int, Query(alias="page", ge=1, le=10_000)] = 1) -> Response:
    """The alerts that hold now and those cancelled lately, newest first."""
    return _xml(hub.appeals.cap_feed(number, _base(request)), _ATOM)


@router.get("/public/alerts/{identifier}")
def alert(request: Request, hub: TheHub, identifier: str) -> Response:
    """One CAP message; gone as soon as it may not be shown any more."""
    found = hub.appeals.cap_message(identifier, _base(request))
    if found is None:
        raise HTTPException(404)
    return _xml(found, "application/cap+xml")


@router.get("/public/pfif/persons.atom")
def persons(request: Request, hub: TheHub, asked: Annotated[Wanted, Depends(_wanted)]) -> Response:
    """Missing children as PFIF persons; a participant that sends its key (``Authorization: Bearer``) sees more."""
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    try:
        caller = hub.participant_by_key(key.strip()) if scheme.lower() == "bearer" else None
        return _xml(hub.appeals.pfif_feed(asked, _base(request), caller), _ATOM)
    except Refused as refused:
        raise HTTPException(401 if refused.code == "wrong_key" else 403) from None


def _base(request: Request) -> str:
    return str(request.base_url).rstrip("/")


def _xml(root: ET.Element, kind: str) -> Response:
    return Response(written(root), media_type=f"{kind}; charset=utf-8")
