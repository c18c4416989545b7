"""What a person reads when something could not be done: plain words, what to do next, and nothing of a child."""

import logging
import traceback
from dataclasses import dataclass
from urllib.parse import quote

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from contracts import Refused, Unready
from hub.access import public
from portal.web.catalogues import ENGLISH
from portal.web.language import _, current, mark
from portal.web.render import page
from portal.web.session import SESSION, SignInNeeded

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Plain:
    """An error page: HTTP code, heading, and what to do."""

    status: int
    title: str
    to_do: str


NOT_FOUND = Plain(
    404,
    mark("Page not found"),
    mark("Check the address, or go to the start page. An entry that was withdrawn by its owner is not shown any more."),
)
NOT_ALLOWED = Plain(403, mark("You may not see this page"), "")
EXPIRED = Plain(401, mark("You have been signed out"), "")
FAILED = Plain(
    500,
    mark("Something went wrong on our side"),
    mark("Nothing was changed by what you did last, unless a page told you so. Try again in a few minutes."),
)
_REFUSED = Plain(422, mark("This could not be done"), "")
_TOO_MANY = Plain(429, mark("Too many visits"), "")
_LATER = Plain(503, mark("Not available at the moment"), "")

_BY_CODE = {
    "not_allowed": NOT_ALLOWED,
    "not_permitted": NOT_ALLOWED,
    "section_not_allowed": NOT_ALLOWED,
    "purpose_not_allowed": NOT_ALLOWED,
    "form_expired": Plain(403, mark("This form is not valid any more"), ""),
    "form_too_large": Plain(413, mark("The form is too large"), ""),
}


def plain(error: Refused | Unready) -> Plain:
    """How an error of the hub is shown to a person; codes that begin with ``unknown_`` name nothing that exists."""
    if isinstance(error, Unready):
        return _TOO_MANY if error.code == "too_many_visits" else _LATER
    if error.code.startswith("unknown_") or error.code == "not_found":
        return NOT_FOUND
    return _BY_CODE.get(error.code, _REFUSED)


def show(request: Request, what: Plain, message: str = "") -> Response:
    """The error page; ``message`` in place of the usual advice."""
    if not current.get().desks:
        current.set(ENGLISH)  # errors are said in the languages of the desks only: better than half a page in each
    advice = message or _(what.to_do)
    answer = page(request, "error.html", what.status, title=_(what.title), advice=advice, code=what.status)
    answer.headers["Content-Language"] = current.get().tag
    return answer


def _hub_said_no(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused | Unready)
    what = plain(error)
    return show(request, what, "" if what is NOT_FOUND else error.message)


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 404:
        return show(request, NOT_FOUND)
    return show(request, Plain(error.status_code, mark("This could not be done"), NOT_FOUND.to_do))


def _sign_in_first(request: Request, _error: Exception) -> Response:
    if request.method == "GET":
        ended = "&ended=1" if SESSION in request.cookies else ""
        return RedirectResponse(f"/sign-in?next={quote(request.url.path)}{ended}", 303)
    return show(
        request,
        EXPIRED,
        _("What you wrote was not saved. Use your browser’s Back button to copy it, sign in, and send it again."),
    )


class Calm:
    """Middleware that turns a defect into a page.

    What failed is logged by its kind and place, never by its message, which may repeat what it failed on; so the error
    is not passed on to the server either, which would log it whole.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception as error:
            _log.error("a page failed: %s in %s", type(error).__name__, _place(error))
            if started or scope["type"] != "http":
                raise RuntimeError("a page failed after its beginning was sent") from None
            answer = await run_in_threadpool(_failed, Request(scope))
            await answer(scope, receive, send)


def _place(error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    return f"{frames[-1].filename}:{frames[-1].lineno}" if frames else "?"


def _failed(request: Request) -> Response:
    if getattr(request.state, "caller", None) is None:
        request.state.caller = public()  # asking the hub who it is may be what failed
    return show(request, FAILED)


def install(app: FastAPI) -> None:
    """Show errors of the pages of ``app`` to people."""
    app.add_exception_handler(Refused, _hub_said_no)
    app.add_exception_handler(Unready, _hub_said_no)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(SignInNeeded, _sign_in_first)
    app.add_middleware(Calm)
