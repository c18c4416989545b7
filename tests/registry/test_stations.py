"""Stations by the words people use: never a guess between two, and a police district is not an LGD district."""

import datetime

import pytest
from sqlalchemy import Engine

from contracts import AreaKind, Refused
from contracts.exchange import Area
from registry import How, Registry, seed
from registry.spelling import fold, fold_district, fold_station, likeness


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("MAYURVIHARPH1", "Mayur Vihar Phase-I"),
        ("MAYURVIHARPHI", "MAYUR VIHAR PH-1"),
        ("Mayur Vihar Ph. I", "P.S. MAYUR VIHAR PHASE 1"),
        ("SAMAI PUR BADLI", "Samaipur Badli"),
        ("D.B.G. ROAD", "DBG Road Police Station"),
        ("PS Kapashera", "KAPASHERA"),
        ("DIVISION NO. 6", "Division No 6"),
        ("थाना कोतवाली", "कोतवाली"),
    ],
)
def test_spellings_of_one_station_fold_alike(one: str, other: str) -> None:
    assert fold_station(one) == fold_station(other) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [("SOUTH WEST DISTRICT", "South-West"), ("OUTER DISTT.", "OUTER"), ("Kaimur (Bhabua)", "KAIMUR BHABUA")],
)
def test_spellings_of_one_district_fold_alike(one: str, other: str) -> None:
    assert fold_district(one) == fold_district(other) != ""


def test_nothing_that_was_written_folds_to_nothing() -> None:
    assert fold_station("THANA") == "THANA"
    assert fold_district("District") != ""
    assert fold("  ") == ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("VASANTKUNJNORTH", "VASANTKUNJSOUTH"),
        ("SECTOR23DWARKA", "SECTOR24DWARKA"),
        ("PASCHIMVIHAREAST", "PASCHIMVIHAR"),
    ],
)
def test_numbers_and_directions_tell_places_apart(one: str, other: str) -> None:
    assert likeness(one, other) == 0.0
    assert likeness(one, other, strict=False) > 0.7


@pytest.mark.parametrize(
    ("station", "district", "expected", "lgd", "how"),
    [
        ("KAPASHERA", "SOUTH WEST", "dl:ps:kapashera", 84, How.SAME),
        ("KAPSHERA", "SOUTH WEST DISTRICT", "dl:ps:kapashera", 84, How.SPELLING),
        ("KAPASHERRA", "SOUTH WEST", "dl:ps:kapashera", 84, How.NEAR),
        ("MAYURVIHARPH1", "EAST", "dl:ps:mayur-vihar-ph-1", 78, How.SAME),
        ("SAMAI PUR BADLI", "OUTER NORTH", "dl:ps:samaipur-badli", 80, How.SPELLING),
        ("VASANT KUNJ NORTH", "SOUTH WEST", "dl:ps:vasant-kunj-north", 79, How.SAME),
        ("KOTWALI", "NORTH", "dl:ps:kotwali", 77, How.SAME),
        ("KISHAN GARH", "SOUTH WEST", "dl:ps:kishan-garh", 84, How.SAME),
    ],
)
def test_a_station_of_delhi_is_recognised_with_its_lgd_district(
    seeded: Registry, station: str, district: str, expected: str, lgd: int, how: How
) -> None:
    found = seeded.stations.place_of("zipnet", station, district, 7)
    assert (found.station, found.civil_district, found.how) == (expected, lgd, how)


def test_a_police_district_is_not_taken_for_the_lgd_district_of_its_name(seeded: Registry) -> None:
    found = seeded.stations.place_of("zipnet", None, "SOUTH WEST", 7)
    assert (found.police_district, found.civil_district) == ("dl:pd:south-west", None)
    assert seeded.stations.place_of("zipnet", None, "NORTH WEST", 7).civil_district is None
    assert seeded.stations.place_of("zipnet", None, "ROHINI DISTT", 7).civil_district == 82
    assert seeded.stations.civil_district("pri-br", "SOUTH WEST", 7) == 84


@pytest.mark.parametrize(
    ("station", "district"),
    [("VASANT KUNJ", "SOUTH WEST"), ("KAPASHERRA", None), ("KAPASHERRA", "EAST"), ("NOWHERE", "EAST"), (None, None)],
)
def test_what_is_not_certain_stays_unknown(seeded: Registry, station: str | None, district: str | None) -> None:
    found = seeded.stations.place_of("zipnet", station, district, 7)
    assert (found.station, found.how) == (None, How.UNKNOWN)


def test_a_name_that_several_stations_bear_is_told_by_the_district(seeded: Registry) -> None:
    place = seeded.stations.place_of
    assert place("police-br", "SADAR", None, 10).station is None
    assert place("police-br", "SADAR", "MUZAFFARPUR", 10).station == "br:ps:muzaffarpur:sadar"
    assert place("police-br", "SADAR", "PURNEA", 10).station == "br:ps:purnia:sadar"
    assert place("police-br", "RAXAUL", "EAST CHAMPARAN", 10).civil_district == 213
    assert place("police-br", "BAGAHA NAGAR", "BAGAHA", 10).civil_district == 211


@pytest.mark.parametrize(
    ("district", "state", "lgd"),
    [("TIHRI", 5, 55), ("BULANDSHAHAR", 9, 134), ("Gurgaon", 6, 62), ("MUZAFARPUR", 10, 208), ("ATLANTIS", 10, None)],
)
def test_old_and_misspelt_districts_are_known(seeded: Registry, district: str, state: int, lgd: int | None) -> None:
    assert seeded.stations.place_of("zipnet", "", district, state).civil_district == lgd
    assert seeded.stations.civil_district("zipnet", district, state) == lgd


def test_suggestions_come_best_first_and_never_by_themselves(seeded: Registry) -> None:
    found = seeded.stations.suggest("VASANT KUNJ", 7)
    assert {suggestion.station for suggestion in found[:2]} == {"dl:ps:vasant-kunj-north", "dl:ps:vasant-kunj-south"}
    assert seeded.stations.suggest("KAPSERA", 7)[0].station == "dl:ps:kapashera"
    assert seeded.stations.suggest("ZZZZZZ", 7) == []


def test_a_taught_spelling_holds_for_its_participant_and_district(seeded: Registry) -> None:
    seeded.stations.teach("zipnet", "K.P. BORDER", "dl:ps:kapashera", "SOUTH WEST")
    place = seeded.stations.place_of
    assert place("zipnet", "KP BORDER", "SOUTH WEST DISTRICT", 7).station == "dl:ps:kapashera"
    assert place("zipnet", "KP BORDER", "EAST", 7).station is None
    assert place("police-br", "KP BORDER", "SOUTH WEST", 7).station is None
    seeded.stations.teach("*", "KP BORDER", "dl:ps:kapashera")
    assert place("police-br", "KP BORDER", "EAST", 7).station == "dl:ps:kapashera"
    assert [entry.raw for entry in seeded.stations.spellings("zipnet")] == ["K.P. BORDER"]
    assert seeded.stations.forget("zipnet", "K P BORDER", 7)
    assert seeded.stations.spellings("zipnet") == []


def test_a_participants_own_spelling_goes_before_everybodys(seeded: Registry) -> None:
    seeded.stations.teach("police-br", "KAPSHERA", "dl:ps:dabri")
    assert seeded.stations.place_of("police-br", "KAPSHERA", "SOUTH WEST", 7).station == "dl:ps:dabri"
    assert seeded.stations.place_of("zipnet", "KAPSHERA", "SOUTH WEST", 7).station == "dl:ps:kapashera"


def test_a_taught_district_may_be_a_police_district(seeded: Registry) -> None:
    seeded.stations.teach_district("zipnet", "ROHINI ZONE", "dl:pd:rohini")
    assert seeded.stations.place_of("zipnet", "BUDHVIHAR", "ROHINI ZONE", 7).station == "dl:ps:budh-vihar"


def test_only_a_station_can_be_taught_as_a_station(seeded: Registry) -> None:
    with pytest.raises(Refused, match="bad_spelling"):
        seeded.stations.teach("zipnet", "KAPSHERA", "dl:pd:south-west")
    with pytest.raises(Refused, match="unknown_area"):
        seeded.stations.teach("zipnet", "KAPSHERA", "dl:ps:nowhere")
    with pytest.raises(Refused, match="bad_spelling"):
        seeded.stations.teach("zipnet", "  ", "dl:ps:kapashera")


def test_what_another_process_changes_is_seen(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    seed(engine)
    seeded = Registry(engine)
    monkeypatch.setattr("registry.stations._CHECK_SECONDS", 0.0)
    assert seeded.stations.place_of("zipnet", "NEW STATION", None, 7).station is None
    other = Registry(engine)
    new = Area(
        id="dl:ps:new-station",
        kind=AreaKind.POLICE_STATION,
        name="New Station",
        parent="dl:pd:east",
        valid_from=datetime.date(2020, 1, 1),
    )
    other.areas.add([new])
    assert seeded.stations.place_of("zipnet", "NEW STATION", None, 7).station == "dl:ps:new-station"


def test_an_unchanged_directory_is_not_read_again(seeded: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("registry.stations._CHECK_SECONDS", 0.0)
    assert seeded.stations.gazetteer() is seeded.stations.gazetteer()


def test_the_district_may_be_told_by_its_lgd_code_or_beside_the_station(seeded: Registry) -> None:
    place = seeded.stations.place_of
    assert place("police-br", "SADAR", None, 10, lgd_district=208).station == "br:ps:muzaffarpur:sadar"
    assert place("police-br", "KOTVALI", None, 10, lgd_district=196).station is None
    assert place("zipnet", "KAPASHERRA", None, 7, lgd_district=84).station == "dl:ps:kapashera"
    assert place("zipnet", "KAPASHERRA, SOUTH WEST DISTT", None, 7).station == "dl:ps:kapashera"
    assert place("zipnet", "KISHAN GARH", None, 7, lgd_district=79).civil_district == 79
    assert place("zipnet", "SADAR, NEAR THE MOSQUE", None, 10).station is None
    assert place("zipnet", None, None, 7) == place("zipnet", "", "", 7)
