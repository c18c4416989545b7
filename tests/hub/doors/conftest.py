"""Fixtures of the doors: a desk in memory behind both doors on a real port."""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import requests
import uvicorn
from fastapi import FastAPI

from hub.doors import Limits, mount
from tests.hub.doors.desk import MemoryDesk

LIMIT = 200_000


def _app(desk: MemoryDesk) -> FastAPI:
    app = FastAPI(openapi_url=None)
    mount(app, desk, Limits(body_bytes=LIMIT, body_seconds=5))
    return app


@dataclass
class Served:
    """The doors on a real port, and the desk behind them."""

    address: str
    desk: MemoryDesk


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    """uvicorn on a free port of the loopback, ended after the module."""
    desk = MemoryDesk()
    server = uvicorn.Server(uvicorn.Config(_app(desk), port=0, log_config=None, timeout_graceful_shutdown=2))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield Served(f"http://127.0.0.1:{port}", desk)
    server.should_exit = True
    thread.join(timeout=10)
    assert not thread.is_alive()


@pytest.fixture
def session() -> Iterator[requests.Session]:
    """A client that takes nothing from the environment."""
    with requests.Session() as session:
        session.trust_env = False
        yield session
