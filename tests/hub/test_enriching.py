"""What the registry knows of a station's spelling goes into the record; what the owner said is never changed."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import registry
from contracts import ChildRecord, Diary, DiaryKind, Event, Place
from hub.enriching import Enriching
from hub.index import Store
from hub.index.migrations import upgrade

Make = Callable[..., ChildRecord]
DELHI, SOUTH_WEST, KAPASHERA = 7, 84, "dl:ps:kapashera"


@pytest.fixture(scope="module")
def enrich(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Enriching]:
    path: Path = tmp_path_factory.mktemp("registry") / "hub.sqlite"
    store = Store.at(f"sqlite:///{path}")
    upgrade(store.engine)
    registry.seed(store.engine)
    yield Enriching(registry.Registry(store.engine))
    store.close()


def told(child: Make, station: str | None, place: Place | None) -> ChildRecord:
    diary = Diary(kind=DiaryKind.FIR, number="117", year=2026, station_raw=station)
    return child("M1", participant="zipnet", diaries=[diary], event=Event(place=place))


def test_a_misspelt_station_gets_its_institution_and_civil_district(enrich: Enriching, child: Make) -> None:
    record = enrich(told(child, "KAPSHERA", Place(raw="Near the market", state=DELHI)))
    assert record.diaries[0].station == KAPASHERA
    assert record.diaries[0].station_raw == "KAPSHERA"
    assert record.event.place == Place(
        raw="Near the market", state=DELHI, district=SOUTH_WEST, police_station=KAPASHERA
    )


def test_a_district_that_the_owner_named_stays(enrich: Enriching, child: Make) -> None:
    record = enrich(told(child, "KAPSHERA", Place(state=DELHI, district=77)))
    assert record.event.place is not None
    assert record.event.place.district == 77


def test_an_unknown_station_changes_nothing(enrich: Enriching, child: Make) -> None:
    record = told(child, "NOWHERE AT ALL", Place(state=DELHI))
    assert enrich(record) == record
    assert enrich(told(child, None, None)) == told(child, None, None)


def test_a_station_of_another_state_does_not_move_the_event(enrich: Enriching, child: Make) -> None:
    record = enrich(told(child, "KAPASHERA", Place(state=10)))
    assert record.event.place == Place(state=10)
