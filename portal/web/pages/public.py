"""What everybody may see: cards of missing children that may be published. There is no list of found children."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from portal.web import poster, words
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
    """One card; closed as soon as it may not be shown any more, so that a poster's code leads to the truth."""
    found = hub.public_card(public_id)
    if found is not None:
        return page(request, "card.html", card=found)
    if hub.has_ended(public_id):
        return page(request, "card_closed.html", 410)
    raise HTTPException(404)


@router.get("/public/missing/{public_id}/poster.pdf")
def printed(request: Request, hub: TheHub, public_id: str) -> Response:
    """The same card as a poster to print, for as long as it may be shown."""
    found = hub.public_card(public_id)
    if found is None:
        raise HTTPException(410 if hub.has_ended(public_id) else 404)
    address = f"{str(request.base_url).rstrip('/')}/public/missing/{public_id}"
    made = poster.pdf_of(found, address, words.today())
    headers = {"Content-Disposition": 'inline; filename="poster.pdf"', "Cache-Control": "no-store"}
    return Response(made, media_type="application/pdf", headers=headers)


@router.get("/about/accessibility")
def accessibility(request: Request) -> Response:
    """What was done so that everybody can use these pages."""
    return page(request, "accessibility.html")
