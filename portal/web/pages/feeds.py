"""Feeds for machines of anybody: alerts of missing children (CAP 1.2), and nothing of any other child."""

from typing import Annotated
from xml.etree import ElementTree as ET

from fastapi import APIRouter, Depends, Query
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from contracts.atom import written
from portal.web.guard import guard
from portal.web.session import TheHub

router = APIRouter(dependencies=[Depends(guard)])
_ATOM = "application/atom+xml"


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


def _base(request: Request) -> str:
    return str(request.base_url).rstrip("/")


def _xml(root: ET.Element, kind: str) -> Response:
    return Response(written(root), media_type=f"{kind}; charset=utf-8")
