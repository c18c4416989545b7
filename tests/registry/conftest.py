"""A directory for each test: empty or seeded, once on SQLite and once on PostgreSQL."""

import datetime
import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, event

from contracts import AreaKind, Institution
from contracts.exchange import Area
from registry import Cover, Registry, metadata, seed

START = datetime.date(2000, 1, 1)


def _engine(url: str) -> Engine:
    """An engine that opens SQLite's transactions itself, as the hub's does, so that savepoints hold."""
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", lambda connection, _: setattr(connection, "isolation_level", None))
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    metadata.create_all(engine)
    return engine


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """A database of the test's own."""
    engine = _engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def shared_engines(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Engine, Engine]]:
    """An empty and a seeded database for all tests that undo what they do."""
    urls = [f"sqlite:///{tmp_path_factory.mktemp('registry') / name}" for name in ("empty", "seeded")]
    if request.param == "postgresql":
        server = request.getfixturevalue("postgres_server")
        names = [f"registry_{os.getpid()}_{name}" for name in ("empty", "seeded")]
        for name in names:
            server.psql(f"CREATE DATABASE {name};")
        urls = [server.get_uri(database=n).replace("postgresql://", "postgresql+psycopg://", 1) for n in names]
    empty, seeded = (_engine(url) for url in urls)
    seed(seeded)
    yield empty, seeded
    empty.dispose()
    seeded.dispose()


@pytest.fixture
def registry(shared_engines: tuple[Engine, Engine]) -> Iterator[Registry]:
    """An empty directory."""
    with shared_engines[0].connect() as connection, connection.begin() as transaction:
        yield Registry(connection)
        transaction.rollback()


@pytest.fixture
def seeded(shared_engines: tuple[Engine, Engine]) -> Iterator[Registry]:
    """The directory as shipped."""
    with shared_engines[1].connect() as connection, connection.begin() as transaction:
        yield Registry(connection)
        transaction.rollback()


def _area(area_id: str, kind: AreaKind, parent: str | None = None, **rest: Any) -> Area:
    return Area(**{"id": area_id, "kind": kind, "name": area_id, "parent": parent, "valid_from": START, **rest})


def _institution(institution_id: str, kind: str, level: str, **rest: Any) -> Institution:
    values = {"id": institution_id, "kind": kind, "level": level, "name": institution_id, "valid_from": START}
    return Institution.model_validate({**values, **rest})


@pytest.fixture
def area() -> Callable[..., Area]:
    """Makes an area that began with the century, unless told."""
    return _area


@pytest.fixture
def institution() -> Callable[..., Institution]:
    """Makes an institution that began with the century, unless told."""
    return _institution


@pytest.fixture
def small(registry: Registry) -> Registry:
    """A directory with both trees of a small State; police district pd1 lies in d1 and d2, its station ps2 in d2."""
    registry.areas.add(TREE)
    registry.coverage.add(
        [
            Cover("pol", "st", START, whole=True),
            Cover("pd1", "d1", START, whole=True),
            Cover("pd1", "d2", START),
            Cover("pd2", "d2", START),
            Cover("ps2", "d2", START),
        ]
    )
    return registry


#: Both trees of one small State.
TREE = [
    _area("st", AreaKind.STATE, lgd=9, name="Small State"),
    _area("d1", AreaKind.DISTRICT, "st", lgd=901),
    _area("d2", AreaKind.DISTRICT, "st", lgd=902),
    _area("sd1", AreaKind.SUB_DISTRICT, "d1"),
    _area("b1", AreaKind.BLOCK, "sd1"),
    _area("gp1", AreaKind.GRAM_PANCHAYAT, "b1"),
    _area("v1", AreaKind.VILLAGE, "gp1"),
    _area("pol", AreaKind.POLICE_STATE, lgd=9),
    _area("rng", AreaKind.POLICE_RANGE, "pol"),
    _area("pd1", AreaKind.POLICE_DISTRICT, "rng"),
    _area("pd2", AreaKind.POLICE_DISTRICT, "pol"),
    _area("psd", AreaKind.POLICE_SUB_DIVISION, "pd1"),
    _area("ps1", AreaKind.POLICE_STATION, "psd"),
    _area("ps2", AreaKind.POLICE_STATION, "pd1"),
    _area("ps3", AreaKind.POLICE_STATION, "pd2"),
]
