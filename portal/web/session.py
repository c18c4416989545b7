"""Who asks: the session cookie, the secret of a browser, and the tokens that prove a form came from our own page."""

import base64
import hashlib
import hmac
import secrets
from typing import Annotated, cast

from fastapi import Depends
from starlette.requests import Request
from starlette.responses import Response

from hub.access import Caller, public
from hub.app import Hub

SESSION, VISIT = "tc_session", "tc_visit"
"""Cookie of a person who signed in; cookie of a browser that is shown a form without sign-in."""


class SignInNeeded(Exception):
    """The page is for people who signed in; carries nothing, the request says where to come back to."""


def hub_of(request: Request) -> Hub:
    """The hub that this portal asks."""
    return cast(Hub, request.app.state.hub)


def caller_of(request: Request) -> Caller:
    """Who asks, looked up once a request; the public where nobody is signed in."""
    known: Caller | None = getattr(request.state, "caller", None)
    if known is None:
        token = request.cookies.get(SESSION)
        known = (hub_of(request).officer(token) if token else None) or public()
        request.state.caller = known
    return known


def _signed_in(caller: Annotated[Caller, Depends(caller_of)]) -> Caller:
    if not caller.is_person:
        raise SignInNeeded
    return caller


TheHub = Annotated[Hub, Depends(hub_of)]
Anyone = Annotated[Caller, Depends(caller_of)]
Person = Annotated[Caller, Depends(_signed_in)]


def secret_of(request: Request) -> str:
    """The secret of this browser; a fresh one where it has none (``keep_secret`` then sets the cookie)."""
    known = request.cookies.get(SESSION) or request.cookies.get(VISIT) or getattr(request.state, "new_secret", None)
    if not known:
        known = request.state.new_secret = secrets.token_urlsafe(32)
    return known


def set_cookie(request: Request, response: Response, name: str, value: str, max_age: int | None = None) -> None:
    """A cookie that no script reads, no other site sends in a form, and that goes in clear over http only in trials."""
    secure = request.url.scheme == "https"
    response.set_cookie(name, value, max_age, httponly=True, samesite="lax", secure=secure, path="/")


def keep_secret(request: Request, response: Response) -> None:
    """Give the browser the secret that was made while its page was written, if one was."""
    fresh = getattr(request.state, "new_secret", None)
    if fresh:
        set_cookie(request, response, VISIT, fresh)


def key_for(request: Request, use: str) -> bytes:
    """A key of 32 bytes for one ``use``, bound to this browser's session: it dies with it."""
    return hmac.digest(secret_of(request).encode(), use.encode(), hashlib.sha256)


def form_token(request: Request) -> str:
    """A token for one form. Masked anew each time, so that compressing a page tells nothing of it (BREACH)."""
    wanted, mask = key_for(request, "form"), secrets.token_bytes(32)
    return base64.urlsafe_b64encode(mask + _xor(wanted, mask)).decode()


def token_is_ours(request: Request, token: str) -> bool:
    """True if ``token`` was made for this browser's session."""
    try:
        told = base64.urlsafe_b64decode(token.encode())
    except ValueError:
        return False
    return len(told) == 64 and hmac.compare_digest(_xor(told[32:], told[:32]), key_for(request, "form"))


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))
