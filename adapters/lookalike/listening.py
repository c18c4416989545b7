"""How a look-alike system listens: it says where, once it does, and ends with status 0 on SIGTERM or SIGINT."""

import signal
import socket
import threading
from typing import Any, Literal

import uvicorn

_LARGEST = 1024 * 1024


class _Bounded:
    """Lets a request in only if it says how long it is, and is not longer than 1 MB."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        headers = dict(scope.get("headers", ()))
        if b"transfer-encoding" in headers:
            await _refuse(send, 411)
        elif int(headers.get(b"content-length", b"0")) > _LARGEST:
            await _refuse(send, 413)
        else:
            await self._app(scope, receive, send)


async def _refuse(send: Any, status: int) -> None:
    # The body is not read, so nothing else can be said on this connection.
    headers = [(b"content-length", b"0"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


class _Announced(uvicorn.Server):
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        if self.started:
            print(f"ready http://127.0.0.1:{self.servers[0].sockets[0].getsockname()[1]}", flush=True)


def listen(app: Any, port: int, lifespan: Literal["on", "off"] = "off") -> None:
    """Serve an ASGI application on 127.0.0.1 until a signal comes; port 0 takes any free one.

    Prints exactly one line, ``ready http://127.0.0.1:PORT``. Requests that are under way get two seconds to end;
    one without a length, or longer than 1 MB, is refused unread (411, 413).
    """
    config = uvicorn.Config(
        _Bounded(app),
        host="127.0.0.1",
        port=port,
        log_config=None,
        access_log=False,
        lifespan=lifespan,
        timeout_graceful_shutdown=2,
    )
    server = _Announced(config)
    _stop_on_signal(server)
    server.run()


def _stop_on_signal(server: uvicorn.Server) -> None:
    # uvicorn raises the signal again after it stopped; this handler makes that harmless, so the process ends with 0.
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: setattr(server, "should_exit", True))
