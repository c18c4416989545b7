"""A WSGI application behind ASGI: the body is there already, so that one thread answers the call from end to end.

The usual bridges hand each piece of body and answer from thread to thread, which costs more than the call.
"""

import io
import sys
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from hub.doors.guard import Receive, Scope, Send

_NAMED = {b"content-type": "CONTENT_TYPE", b"content-length": "CONTENT_LENGTH"}


class Inline:
    """ASGI; the guard before it has put the whole body into ``scope["body"]``."""

    def __init__(self, wsgi: Any) -> None:
        self._wsgi = wsgi

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await run_in_threadpool(self._answered, environ_of(scope))
        await response(scope, receive, send)

    def _answered(self, environ: dict[str, Any]) -> Response:
        told: list[tuple[str, list[tuple[str, str]]]] = []
        pieces = self._wsgi(environ, lambda status, headers, *_: told.append((status, headers)))
        try:
            body = b"".join(pieces)
        finally:
            getattr(pieces, "close", lambda: None)()
        ((status, headers),) = told[-1:]
        response = Response(body, int(status.split()[0]))
        for name, value in headers:
            if name.lower() != "content-length":
                response.headers[name] = value
        return response


def environ_of(scope: Scope) -> dict[str, Any]:
    """What PEP 3333 asks of a request."""
    host, port = scope.get("server") or ("localhost", 80)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": scope["path"],
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": host,
        "SERVER_PORT": str(port),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "asgi.scope": scope,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": io.BytesIO(scope["body"]),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in scope["headers"]:
        key = _NAMED.get(name) or "HTTP_" + name.decode("latin-1").upper().replace("-", "_")
        told = value.decode("latin-1")
        environ[key] = f"{environ[key]},{told}" if key in environ else told
    return environ
