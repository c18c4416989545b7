"""A directory for each test: empty or seeded, once on SQLite and once on PostgreSQL."""

import datetime
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine

from contracts import AreaKind, Institution
from contracts.exchange import Area
from registry import Cover, Registry, metadata, seed

START = datetime.date(2000, 1, 1)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = create_engine(database_url)
    metadata.create_all(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def registry(engine: Engine) -> Registry:
    """An empty directory."""
    return Registry(engine)


@pytest.fixture
def seeded(engine: Engine) -> Registry:
    """The directory as shipped."""
    seed(engine)
    return Registry(engine)


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
