"""How a look-alike system listens: it says where, once it does, and ends with status 0 on SIGTERM or SIGINT."""

import signal
import socket
import threading
from typing import Any, Literal

import uvicorn


class _Announced(uvicorn.Server):
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        if self.started:
            print(f"ready http://127.0.0.1:{self.servers[0].sockets[0].getsockname()[1]}", flush=True)


def listen(app: Any, port: int, lifespan: Literal["on", "off"] = "off") -> None:
    """Serve an ASGI application on 127.0.0.1 until a signal comes; port 0 takes any free one.

    Prints exactly one line, ``ready http://127.0.0.1:PORT``. Requests that are under way get two seconds to end.
    """
    config = uvicorn.Config(
        app,
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
