"""What stands in front of both doors: bounded reading of the body, its media type and its character set."""

import asyncio
import re
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from email.message import Message
from typing import Any

from starlette.datastructures import Headers
from starlette.responses import Response

from contracts import Refused, TrackChildError

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

_DECLARED = re.compile(rb"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)""")


@dataclass(frozen=True)
class Limits:
    """What a door takes: bytes of a body, seconds in which the next piece of it must come, calls of one participant."""

    body_bytes: int = 5_000_000
    body_seconds: float = 30.0
    calls_per_second: float = 200.0
    calls_at_once: int = 16
    proxy_secret: str | None = field(default=None, repr=False)
    """By which a proxy in front, where TLS ends, proves itself when it tells a client's certificate."""


class Guard:
    """ASGI: lets a request through to ``app`` with its whole body read, or answers it with ``refuse(error)``.

    The one asynchronous piece of the doors, since bodies arrive in pieces; everything behind it is plain ``def``.
    """

    def __init__(self, app: App, media_type: str, refuse: Callable[[Exception], Response], limits: Limits) -> None:
        self.app, self.media_type, self.refuse, self.limits = app, media_type, refuse, limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        headers = Headers(scope=scope)
        try:
            body = await self._read(headers, receive)
            if scope["method"] not in ("GET", "HEAD"):
                self._check(headers, body)
        except TrackChildError as error:
            return await self.refuse(error)(scope, receive, send)
        inner = {**scope, "body": body, "headers": _with_length(scope, body), "receive": receive}
        return await self.app(inner, _replay(body), send)

    async def _read(self, headers: Headers, receive: Receive) -> bytes:
        """The whole body, never more of it than the limit, whether or not its length was told beforehand."""
        told = headers.get("content-length", "0")
        too_large = not told.isascii() or not told.isdigit() or int(told[:18]) > self.limits.body_bytes
        pieces, size, more = [], 0, True
        while more and size <= self.limits.body_bytes:
            message = await self._next(receive)
            more = message.get("more_body", False)
            size += len(message.get("body", b""))
            if not too_large:
                pieces.append(message.get("body", b""))
        if too_large or size > self.limits.body_bytes:
            raise Refused("body_too_large", f"Send at most {self.limits.body_bytes} bytes; split the message.")
        return b"".join(pieces)

    async def _next(self, receive: Receive) -> MutableMapping[str, Any]:
        try:
            message = await asyncio.wait_for(receive(), self.limits.body_seconds)
        except TimeoutError:
            raise Refused("slow_body", "The rest of the message did not come in time. Send it again.") from None
        if message["type"] == "http.disconnect":
            raise Refused("broken_off", "The connection broke before the message was whole. Send it again.")
        return message

    def _check(self, headers: Headers, body: bytes) -> None:
        asked = Message()
        asked["content-type"] = headers.get("content-type", "")
        if body and asked.get_content_type() != self.media_type:
            raise Refused("wrong_content_type", f"Send the message as {self.media_type}.")
        if body:
            check_text(body, asked.get_param("charset"))


def check_text(body: bytes, charset: object = None) -> None:
    """Refuse what is not UTF-8, or says that it is not, and NUL bytes."""
    declared = _DECLARED.match(body[:200])
    names = [charset, declared[1].decode() if declared else None]
    if any(str(name).lower() not in ("utf-8", "utf8", "us-ascii") for name in names if name is not None):
        raise Refused("wrong_charset", "Send the message in UTF-8, and say so where a character set is named.")
    if b"\0" in body:
        raise Refused("nul_byte", "The message holds a NUL byte. Send it as UTF-8 text without control characters.")
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        raise Refused("wrong_charset", "The message is not UTF-8. Send it in UTF-8.") from None


def _with_length(scope: Scope, body: bytes) -> list[tuple[bytes, bytes]]:
    kept = [(name, value) for name, value in scope["headers"] if name not in (b"content-length", b"transfer-encoding")]
    return [*kept, (b"content-length", str(len(body)).encode())]


def _replay(body: bytes) -> Receive:
    messages = iter([{"type": "http.request", "body": body, "more_body": False}])

    async def receive() -> MutableMapping[str, Any]:
        return next(messages, {"type": "http.disconnect"})

    return receive
