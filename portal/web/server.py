"""Serves the web application by uvicorn until it is told to end."""

import uvicorn
from fastapi import FastAPI


def server(app: FastAPI, host: str = "127.0.0.1", port: int = 8000) -> uvicorn.Server:
    """A server ready to run. It logs no addresses: they may tell who looks at whom."""
    settings = uvicorn.Config(
        app,
        host=host,
        port=port,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_keep_alive=20,
        # A SOAP call that hangs must not keep the process from ending.
        timeout_graceful_shutdown=2,
    )
    return uvicorn.Server(settings)


def run(app: FastAPI, host: str = "127.0.0.1", port: int = 8000) -> None:
    """Serve until SIGINT or SIGTERM."""
    server(app, host, port).run()
