"""The start page, signing in and signing out."""

from urllib.parse import urlsplit

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from contracts import Refused, Unready
from contracts.exchange import MatchState
from hub.access import Act
from portal.web.forms import Wrong
from portal.web.guard import form, guard
from portal.web.language import _
from portal.web.render import page
from portal.web.session import SESSION, VISIT, Anyone, TheHub, set_cookie

router = APIRouter(dependencies=[Depends(guard)])


@router.get("/")
def start(request: Request, hub: TheHub, caller: Anyone) -> Response:
    """For the public: what this is. For whoever signed in: the desk."""
    if not caller.is_person:
        return page(request, "start.html", cards=hub.public_cards(limit=3))
    waiting = hub.matches(caller, MatchState.PROPOSED, limit=5) if caller.may(Act.SEE_MATCHES) else []
    return page(request, "desk.html", waiting=waiting)


@router.get("/sign-in")
def sign_in_form(request: Request, caller: Anyone, next: str = "/", ended: bool = False) -> Response:
    """The form; a person who is signed in already goes on."""
    if caller.is_person:
        return RedirectResponse(inside(next), 303)
    return _form(request, next=next, ended=ended)


@router.post("/sign-in")
def sign_in(request: Request, hub: TheHub) -> Response:
    """Check login and password; what was wrong is said without saying which of the two."""
    fields = form(request)
    login, password = fields.get("login", "").lower(), fields.get("password", "")
    wrong = _missing(login, password)
    if wrong:
        return _form(request, 422, wrong, login, fields.get("next", "/"))
    try:
        token = hub.sign_in(login, password, fields.get("code", "")[:20])
    except Refused as error:
        return _form(request, 422, [Wrong("login", error.message)], login, fields.get("next", "/"))
    except Unready as error:
        return _form(request, 503, [Wrong("login", error.message)], login, fields.get("next", "/"))
    answer = RedirectResponse(inside(fields.get("next", "/")), 303)
    set_cookie(request, answer, SESSION, token)
    answer.delete_cookie(VISIT)
    return answer


@router.post("/sign-out")
def sign_out(request: Request, hub: TheHub) -> Response:
    """End the session here and at the hub."""
    token = request.cookies.get(SESSION)
    if token:
        hub.sign_out(token)
    answer = RedirectResponse("/", 303)
    answer.delete_cookie(SESSION)
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


def _form(
    request: Request,
    status: int = 200,
    wrong: list[Wrong] | None = None,
    login: str = "",
    next: str = "/",
    ended: bool = False,
) -> Response:
    shown = {"wrong": wrong or [], "login": login, "next": inside(next), "ended": ended}
    return page(request, "sign_in.html", status, **shown)


def _missing(login: str, password: str) -> list[Wrong]:
    wrong = []
    if not 1 <= len(login) <= 64:
        wrong.append(Wrong("login", _("Write your login")))
    if not 1 <= len(password) <= 200:
        wrong.append(Wrong("password", _("Write your password")))
    return wrong


def inside(address: str) -> str:
    """``address`` if it is a path of this portal, else the start page: nobody is sent elsewhere by a link."""
    parts = urlsplit(address)
    inside = address.startswith("/") and not address.startswith("//") and "\\" not in address
    # A search is sealed for the session that asked it, which is over.
    return parts.path if inside and not parts.netloc and not parts.path.startswith("/search/") else "/"
