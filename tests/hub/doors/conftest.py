"""Fixtures of the doors: a desk in memory behind both doors on a real port."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
import requests
import uvicorn
from fastapi import FastAPI

from hub.doors import Desk, Limits, mount
from tests.hub.doors.desk import MemoryDesk

LIMIT = 200_000
SMALL = Limits(body_bytes=LIMIT, body_seconds=5)


@contextmanager
def serving(desk: Desk, limits: Limits = SMALL) -> Iterator[str]:
    """The doors before ``desk`` on a free port of the loopback; yields the address and ends the server."""
    app = FastAPI(openapi_url=None)
    mount(app, desk, limits)
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, timeout_graceful_shutdown=2))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=10)
        assert not thread.is_alive()


@dataclass
class Served:
    """The doors on a real port, and the desk behind them."""

    address: str
    desk: MemoryDesk


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    """A desk in memory, served for the module."""
    desk = MemoryDesk()
    with serving(desk) as address:
        yield Served(address, desk)


@pytest.fixture
def session() -> Iterator[requests.Session]:
    """A client that takes nothing from the environment."""
    with requests.Session() as session:
        session.trust_env = False
        yield session
