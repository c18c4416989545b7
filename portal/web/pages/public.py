"""What everybody may see: cards of missing children that may be published. There is no list of found children."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from portal.web.guard import guard
from portal.web.render import page
from portal.web.session import TheHub

router = APIRouter(dependencies=[Depends(guard)])
PER_PAGE = 24


@router.get("/public/missing")
def missing(request: Request, hub: TheHub, number: Annotated[int, Query(alias="page", ge=1, le=1_000)] = 1) -> Response:
    """Cards, newest first."""
    cards = hub.public_cards(limit=PER_PAGE + 1, offset=(number - 1) * PER_PAGE)
    return page(request, "missing.html", cards=cards[:PER_PAGE], number=number, more=len(cards) > PER_PAGE)


@router.get("/public/missing/{public_id}")
def card(request: Request, hub: TheHub, public_id: str) -> Response:
    """One card; gone as soon as it may not be shown any more."""
    found = hub.public_card(public_id)
    if found is None:
        raise HTTPException(404)
    return page(request, "card.html", card=found)


@router.get("/about/accessibility")
def accessibility(request: Request) -> Response:
    """What was done so that everybody can use these pages."""
    return page(request, "accessibility.html")
