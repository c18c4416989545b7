"""Across the two trees: a police district is not an LGD district."""

import datetime
from collections.abc import Callable

import pytest

from contracts import AreaKind, Institution, InstitutionKind, Refused
from contracts.exchange import Area
from registry import Cover, Registry

Day = datetime.date
START = Day(2000, 1, 1)


def ids(found: list[Area] | list[Institution]) -> list[str]:
    return [one.id for one in found]


def test_a_station_lies_where_it_says_else_where_its_district_does(small: Registry) -> None:
    assert ids(small.coverage.civil_districts("ps2")) == ["d2"]
    assert ids(small.coverage.civil_districts("ps1")) == ["d1", "d2"]
    assert ids(small.coverage.civil_districts("ps3")) == ["d2"]


def test_coverage_said_of_a_village_tells_its_district(small: Registry) -> None:
    small.coverage.add([Cover("ps1", "v1", START)])
    assert ids(small.coverage.civil_areas("ps1")) == ["v1"]
    assert ids(small.coverage.civil_districts("ps1")) == ["d1"]


def test_stations_of_a_civil_area_leave_out_those_that_lie_elsewhere(small: Registry) -> None:
    assert ids(small.coverage.stations("d1")) == ["ps1"]
    assert ids(small.coverage.stations("d2")) == ["ps1", "ps2", "ps3"]
    assert ids(small.coverage.stations("v1")) == ["ps1"]


def test_a_station_that_covers_one_village_is_found_from_the_village_and_from_above(small: Registry) -> None:
    small.coverage.add([Cover("ps3", "v1", START)])
    assert "ps3" in ids(small.coverage.stations("v1"))
    assert "ps3" in ids(small.coverage.stations("d1"))
    assert "ps3" not in ids(small.coverage.stations("d2"))


def test_coverage_holds_on_its_days_only(small: Registry) -> None:
    small.coverage.add([Cover("ps3", "d1", Day(2010, 1, 1), Day(2010, 12, 31))])
    assert ids(small.coverage.civil_districts("ps3", Day(2010, 6, 1))) == ["d1"]
    assert ids(small.coverage.civil_districts("ps3", Day(2011, 1, 1))) == ["d2"]


@pytest.mark.parametrize(
    ("cover", "field", "rule"),
    [
        (Cover("d1", "d2", START), "police", "wrong_tree"),
        (Cover("pd1", "ps1", START), "civil", "wrong_tree"),
        (Cover("nowhere", "d1", START), "police", "area_unknown"),
        (Cover("pd1", "d1", Day(1990, 1, 1)), "police", "area_not_then"),
        (Cover("pd1", "d1", Day(2010, 1, 1)), "valid_from", "overlap"),
        (Cover("pd2", "d1", Day(2010, 1, 1), Day(2009, 1, 1)), "valid_to", "dates_reversed"),
    ],
)
def test_unsound_coverage_is_refused(small: Registry, cover: Cover, field: str, rule: str) -> None:
    with pytest.raises(Refused, match="bad_coverage") as error:
        small.coverage.add([cover])
    assert (f"coverage.0.{field}", rule) in {(p.field, p.rule) for p in error.value.problems}


def test_who_is_responsible_is_found_up_the_tree_and_across_it(
    small: Registry, institution: Callable[..., Institution]
) -> None:
    small.institutions.add(
        [
            institution("cwc1", "CWC", "district", state=9, area="d1"),
            institution("cwc2", "CWC", "district", state=9, area="d2"),
            institution("sp1", "SP", "district", state=9, area="pd1"),
            institution("scrb", "SCRB", "state", state=9, area="pol"),
            institution("dwcd", "DWCD", "state", state=9, area="st"),
            institution("mwcd", "MWCD", "central"),
        ]
    )
    who = small.institutions.responsible
    assert ids(who(InstitutionKind.CWC, "v1")) == ["cwc1"]
    assert ids(who(InstitutionKind.CWC, "ps1")) == ["cwc1", "cwc2"]
    assert ids(who(InstitutionKind.CWC, "ps2")) == ["cwc2"]
    assert ids(who(InstitutionKind.SP, "ps1")) == ["sp1"]
    assert ids(who(InstitutionKind.SP, "v1")) == ["sp1"]
    assert ids(who(InstitutionKind.SCRB, "v1")) == ["scrb"]
    assert ids(who(InstitutionKind.DWCD, "ps3")) == ["dwcd"]
    assert ids(who(InstitutionKind.MWCD, "v1")) == ["mwcd"]
    assert who(InstitutionKind.JJB, "v1") == []
    assert who(InstitutionKind.CWC, "v1", Day(1990, 1, 1)) == []


def test_who_was_responsible_follows_the_station_that_moved(
    small: Registry, institution: Callable[..., Institution], area: Callable[..., Area]
) -> None:
    small.areas.add([area("pd3", AreaKind.POLICE_DISTRICT, "pol", valid_from=Day(2019, 1, 1))])
    small.institutions.add(
        [
            institution("sp1", "SP", "district", state=9, area="pd1"),
            institution("sp3", "SP", "district", state=9, area="pd3", valid_from=Day(2019, 1, 1)),
        ]
    )
    small.areas.move("ps1", "pd3", Day(2019, 1, 1))
    assert ids(small.institutions.responsible(InstitutionKind.SP, "ps1", Day(2018, 12, 31))) == ["sp1"]
    assert ids(small.institutions.responsible(InstitutionKind.SP, "ps1", Day(2019, 1, 1))) == ["sp3"]
