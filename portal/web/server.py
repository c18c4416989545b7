"""Serves the web application by uvicorn until it is told to end, and says on stdout when it is ready."""

import signal
import socket
import sys
from collections.abc import Callable

import uvicorn
from fastapi import FastAPI

from contracts import Refused
from portal.web.tls import Tls, secured


class Server(uvicorn.Server):
    """uvicorn's server, which can tell when it takes connections."""

    once_started: Callable[[], None] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        if self.started and self.once_started is not None:
            self.once_started()


def server(app: FastAPI, tls: Tls | None = None) -> Server:
    """A server that serves on the sockets it is given. It logs no addresses: they may tell who looks at whom."""
    settings = uvicorn.Config(
        app,
        # Its own handlers would print what an exception says; ours print where it came from.
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_keep_alive=20,
        # A SOAP call that hangs must not keep the process from ending.
        timeout_graceful_shutdown=2,
    )
    if tls is not None:
        secured(settings, tls)
    return Server(settings)


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 is any free one. Raises ``Refused`` with code ``address_taken``."""
    try:
        listening = socket.create_server((host, port), backlog=2048)
        # asyncio sets this on sockets of its own making only; without it every answer waits 40 ms for the reader's ACK.
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return listening
    except (OSError, OverflowError):
        raise Refused("address_taken", f"Cannot listen at {host}:{port}. Choose another with --port.") from None


def address_of(listening: socket.socket, tls: bool = False) -> str:
    """The address to open in a browser."""
    host, port = listening.getsockname()[:2]
    return f"{'https' if tls else 'http'}://{host}:{port}"


def say_ready(address: str) -> None:
    """Tell on stdout where the portal is: exactly one line, which whoever started it waits for."""
    print(f"ready {address}", flush=True)


def run(
    app: FastAPI, listening: socket.socket, announce: Callable[[str], None] = say_ready, tls: Tls | None = None
) -> None:
    """Serve on what :func:`listen` gave until SIGINT or SIGTERM; ``announce`` is told the address once it does."""
    _end_by_signals()
    serving = server(app, tls)
    # Not before uvicorn minds signals: whoever reads the line may send one at once.
    serving.once_started = lambda: announce(address_of(listening, tls is not None))
    serving.run(sockets=[listening])


def _end_by_signals() -> None:
    # uvicorn raises a signal again after it stopped. The usual end by SIGTERM would leave the clock and the database as
    # they are at that moment; this way whoever opened them closes them.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: sys.exit(0))
