"""What every request passes: size and origin of forms, and the headers that tell a browser what a page may do."""

from collections.abc import AsyncGenerator, Mapping
from typing import cast
from urllib.parse import parse_qsl

from starlette.datastructures import MutableHeaders, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from contracts import Refused
from hub.citizens.pictures import MOST_BYTES
from portal.web.session import token_is_ours

FORM_LIMIT = 64_000
"""Bytes that a form may have."""
SECTION_LIMIT = 900_000
"""Bytes that a section of a file may have as a form: Form 7 with its reports has some 300 entries."""
_OURS = {"same-origin", "none"}

#: No inline script or style, nothing from elsewhere, no framing.
CONTENT_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",  # photographs that an owner gave for this one page
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not no-referrer: a form's Origin header would become null.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    # A card that was taken back must not live on in a search engine.
    "X-Robots-Tag": "noindex, noarchive",
}


class SafeHeaders:
    """Middleware that puts ``HEADERS`` on every page; https is insisted on once a page came over it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                headers.setdefault("Cache-Control", "no-store")
                if scope.get("scheme") == "https":
                    headers["Strict-Transport-Security"] = "max-age=31536000"
            await send(message)

        await self._app(scope, receive, with_headers if scope["type"] == "http" else send)


async def guard(request: Request) -> None:
    """Read and check the form of a request that changes something; ``form(request)`` then gives it.

    The one coroutine of the pages, since a body can be read in no other way.
    """
    request.state.form, request.state.picture = {}, None
    _admit(request)
    if request.method in ("GET", "HEAD"):
        return
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        await _read_parts(request)
    else:
        long = request.url.path.endswith("/section/save")
        body = await _body(request, SECTION_LIMIT if long else FORM_LIMIT)
        request.state.form = _fields(body, 2_000 if long else 100)
    _require_ours(request)


def _admit(request: Request) -> None:
    """Public pages and tries to sign in are counted by address, before anything else is done for them."""
    visits = request.app.state.visits.get((request.method, request.url.path.split("/")[1]))
    if visits is not None:
        visits.admit(request.client.host if request.client else "")


class _InMemory(MultiPartParser):
    """Keeps what comes in memory: a picture of a child is never on a disk in clear."""

    spool_max_size = MOST_BYTES + FORM_LIMIT


async def _read_parts(request: Request) -> None:
    """A form with a picture: its fields and, as ``picture(request)``, the bytes of its one file."""
    takes_pictures = request.url.path.startswith("/citizens/")
    body = await _body(request, MOST_BYTES + FORM_LIMIT if takes_pictures else FORM_LIMIT)

    async def whole() -> AsyncGenerator[bytes, None]:
        yield body

    try:
        parts = await _InMemory(request.headers, whole(), max_files=1, max_fields=40, max_part_size=FORM_LIMIT).parse()
    except (MultiPartException, KeyError, UnicodeDecodeError):
        raise _unreadable() from None
    pairs = parts.multi_items()
    request.state.form = {name: _line(value) for name, value in pairs if isinstance(value, str)}
    for _name, value in pairs:
        if isinstance(value, UploadFile):
            request.state.picture = await value.read() or None
            await value.close()


async def _body(request: Request, most: int) -> bytes:
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > most:
            raise Refused("form_too_large", "The form is too large. Shorten what was written and send it again.")
    return bytes(body)


def _fields(body: bytes, most: int) -> dict[str, str]:
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=most, errors="strict")
    except ValueError:
        raise _unreadable() from None
    return {name: _line(value) for name, value in pairs}


def _line(value: str) -> str:
    return value.replace("\0", "").strip()


def _unreadable() -> Refused:
    return Refused("form_unreadable", "The form could not be read. Go back, reload the page and try again.")


def _require_ours(request: Request) -> None:
    elsewhere = request.headers.get("sec-fetch-site", "same-origin") not in _OURS
    if elsewhere or not token_is_ours(request, form(request).get("form_token", "")):
        raise Refused("form_expired", "This form is not valid any more. Go back, reload the page and send it again.")


def picture(request: Request) -> bytes | None:
    """The picture that came with the form, as it came."""
    return cast(bytes | None, request.state.picture)


def form(request: Request) -> Mapping[str, str]:
    """The fields of the form that was sent, stripped; of a field sent twice, the last."""
    return cast(Mapping[str, str], request.state.form)
