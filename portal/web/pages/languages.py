"""Choosing a language: kept in a cookie of this browser, and back to the page that was read."""

from urllib.parse import urlsplit

from fastapi import APIRouter, Depends
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from portal.web.catalogues import BY_CODE
from portal.web.choosing import CHOSEN
from portal.web.guard import guard
from portal.web.pages.start import inside
from portal.web.session import set_cookie

router = APIRouter(dependencies=[Depends(guard)])
_A_YEAR = 365 * 24 * 3600


@router.get("/language/{code}")
def choose(request: Request, code: str, back: str = "/") -> Response:
    """Remember the language and go back."""
    if code not in BY_CODE:
        raise HTTPException(404)
    query = urlsplit(back).query
    answer = RedirectResponse(f"{inside(back)}?{query}" if query else inside(back), 303)
    set_cookie(request, answer, CHOSEN, code, max_age=_A_YEAR)
    return answer
