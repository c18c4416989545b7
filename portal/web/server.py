"""Serves the web application by uvicorn until it is told to end, and says on stdout when it is ready."""

import socket

import uvicorn
from fastapi import FastAPI

from contracts import Refused


def server(app: FastAPI) -> uvicorn.Server:
    """A server that serves on the sockets it is given. It logs no addresses: they may tell who looks at whom."""
    settings = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_keep_alive=20,
        # A SOAP call that hangs must not keep the process from ending.
        timeout_graceful_shutdown=2,
    )
    return uvicorn.Server(settings)


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 is any free one. Raises ``Refused`` with code ``address_taken``."""
    try:
        listening = socket.create_server((host, port), backlog=2048)
        # asyncio sets this on sockets of its own making only; without it every answer waits 40 ms for the reader's ACK.
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return listening
    except OSError:
        raise Refused("address_taken", f"Cannot listen at {host}:{port}. Choose another with --port.") from None


def address_of(listening: socket.socket) -> str:
    """The address to open in a browser."""
    host, port = listening.getsockname()[:2]
    return f"http://{host}:{port}"


def run(app: FastAPI, host: str = "127.0.0.1", port: int = 8000) -> None:
    """Serve until SIGINT or SIGTERM; prints ``ready ADDRESS`` as soon as connections are taken."""
    listening = listen(host, port)
    print(f"ready {address_of(listening)}", flush=True)
    server(app).run(sockets=[listening])
