"""How a look-alike system listens: it says where, once it does, and ends with status 0 on SIGTERM or SIGINT."""

import signal
import socket
import threading
from collections.abc import Callable
from typing import Any, Literal

import uvicorn

from adapters.lookalike.starting import CannotStart, say_ready

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
    def __init__(self, config: uvicorn.Config, announce: Callable[[str], None]) -> None:
        super().__init__(config)
        self._announce = announce

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        if self.started:
            self._announce(f"http://127.0.0.1:{self.servers[0].sockets[0].getsockname()[1]}")


def listen(
    app: Any, port: int, announce: Callable[[str], None] = say_ready, lifespan: Literal["on", "off"] = "off"
) -> None:
    """Serve an ASGI application on 127.0.0.1 until a signal comes; port 0 takes any free one.

    Says where by ``announce``, once it listens; raises ``CannotStart`` where it cannot. Requests that are under way get
    two seconds to end; one without a length, or longer than 1 MB, is refused unread (411, 413).
    """
    listening = _socket(port)
    config = uvicorn.Config(
        _Bounded(app),
        log_config=None,
        access_log=False,
        lifespan=lifespan,
        timeout_graceful_shutdown=2,
    )
    server = _Announced(config, announce)
    _stop_on_signal(server)
    server.run(sockets=[listening])


def _socket(port: int) -> socket.socket:
    try:
        listening = socket.create_server(("127.0.0.1", port), backlog=2048)
    except (OSError, OverflowError):
        raise CannotStart(f"Cannot listen at 127.0.0.1:{port}. Choose another with --port, or 0 for any.") from None
    # asyncio sets this on sockets of its own making only; without it every answer waits 40 ms for the reader's ACK.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


def _stop_on_signal(server: uvicorn.Server) -> None:
    # uvicorn raises the signal again after it stopped; this handler makes that harmless, so the process ends with 0.
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: setattr(server, "should_exit", True))
