"""Institutions: each kind at its level, for its area, under its parent, on its days."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest

from contracts import Institution, InstitutionKind, Level, Refused
from contracts.exchange import RegistryLookup
from registry import Registry
from registry.kinds import kinds

Day = datetime.date
Make = Callable[..., Institution]


def ids(found: list[Institution]) -> list[str]:
    return [one.id for one in found]


def test_every_kind_has_its_level_name_and_parents_of_a_level_no_lower() -> None:
    assert set(kinds()) == set(InstitutionKind)
    order = list(Level)
    for kind in kinds().values():
        for parent in kind.parents:
            assert order.index(kinds()[parent].level) <= order.index(kind.level), (kind.kind, parent)
        assert (not kind.areas) == (kind.level == Level.CENTRAL)


@pytest.mark.parametrize(
    ("wrong", "field", "rule"),
    [
        ({"kind": "CWC", "level": "state", "state": 9}, "level", "wrong_level"),
        ({"kind": "CWC", "level": "district"}, "state", "missing"),
        ({"kind": "MHA", "level": "central", "state": 9}, "state", "central_has_no_state"),
        ({"kind": "MHA", "level": "central", "area": "st"}, "area", "wrong_area_kind"),
        ({"kind": "CWC", "level": "district", "state": 9, "area": "pd1"}, "area", "wrong_area_kind"),
        ({"kind": "CWC", "level": "district", "state": 9, "area": "nowhere"}, "area", "area_unknown"),
        ({"kind": "CWC", "level": "district", "state": 8, "area": "d1"}, "area", "other_state"),
        ({"kind": "CWC", "level": "district", "state": 9, "valid_to": "1999-01-01"}, "valid_to", "dates_reversed"),
        ({"kind": "CCI", "level": "district", "state": 9}, "cci", "missing"),
        (
            {"kind": "CWC", "level": "district", "state": 9, "cci": {"kind": "SAA", "capacity": 5}},
            "cci",
            "only_for_cci",
        ),
        (
            {
                "kind": "CCI",
                "level": "district",
                "state": 9,
                "cci": {"kind": "SAA", "capacity": 5, "age_from": 6, "age_to": 2},
            },
            "cci.age_to",
            "range_reversed",
        ),
        ({"kind": "THANA", "level": "block", "state": 9, "parent": "dwcd"}, "parent", "wrong_parent_kind"),
        ({"kind": "CWC", "level": "district", "state": 9, "parent": "nowhere"}, "parent", "parent_unknown"),
        ({"kind": "CWC", "level": "district", "state": 9, "parent": "xx"}, "parent", "cycle"),
        (
            {"kind": "CWC", "level": "district", "state": 9, "parent": "dwcd", "valid_from": "1999-01-01"},
            "parent",
            "parent_not_then",
        ),
    ],
)
def test_an_unsound_institution_is_refused_with_field_and_rule(
    small: Registry, institution: Make, wrong: dict[str, Any], field: str, rule: str
) -> None:
    small.institutions.add([institution("dwcd", "DWCD", "state", state=9)])
    with pytest.raises(Refused, match="bad_institutions") as error:
        small.institutions.add([institution("xx", **wrong)])
    assert (f"institutions.0.{field}", rule) in {(p.field, p.rule) for p in error.value.problems}
    assert small.institutions.versions("xx") == []


def test_an_id_keeps_its_kind_and_has_one_entry_a_day(small: Registry, institution: Make) -> None:
    small.institutions.add([institution("dm", "DM", "district", state=9)])
    with pytest.raises(Refused, match="bad_institutions") as error:
        small.institutions.add([institution("dm", "DM", "district", state=9, valid_from="2010-01-01")])
    assert error.value.problems[0].rule == "overlap"
    with pytest.raises(Refused, match="bad_institutions") as error:
        small.institutions.add([institution("dm", "ZP", "district", state=9, valid_from="2010-01-01")])
    assert error.value.problems[0].rule == "code_reused"


def test_a_changed_institution_is_as_it_was_on_the_days_before(small: Registry, institution: Make) -> None:
    small.institutions.add([institution("dm", "DM", "district", state=9, name="Collector")])
    small.institutions.alter(institution("dm", "DM", "district", state=9, name="Magistrate", valid_from="2010-01-01"))
    small.institutions.end("dm", Day(2020, 12, 31))
    names = [
        one.name if (one := small.institutions.get("dm", Day(year, 1, 1))) else None for year in (2009, 2010, 2021)
    ]
    assert names == ["Collector", "Magistrate", None]
    with pytest.raises(Refused, match="unknown_institution"):
        small.institutions.end("dm", Day(2025, 1, 1))


def test_a_cci_keeps_its_infrastructure(small: Registry, institution: Make) -> None:
    home = institution(
        "home", "CCI", "district", state=9, area="d1", cci={"kind": "SAA", "capacity": 5, "sick_room": True}
    )
    small.institutions.add([home])
    assert small.institutions.get("home") == home


def test_a_lookup_combines_kind_state_part_of_the_name_and_day(seeded: Registry) -> None:
    def find(**wanted: Any) -> list[str]:
        return ids(seeded.lookup(RegistryLookup(**wanted)).institutions)

    assert find(name="kapashera", kind="THANA") == ["dl:ps:kapashera"]
    assert find(name="P.S. Mayur Vihar Phase-I") == ["dl:ps:mayur-vihar-ph-1"]
    assert find(kind="SCRB", state=10) == ["br:scrb"]
    assert find(kind="SCRB", state=36, on="2013-01-01") == []
    assert find(name="100%_") == []
    assert len(find(kind="THANA", limit=7)) == 7


def test_a_lookup_by_area_tells_what_is_below_it_or_else_who_is_responsible(seeded: Registry) -> None:
    below = seeded.lookup(RegistryLookup(area="dl:pd:outer-north", kind="THANA", limit=200))
    assert len(below.institutions) == 8
    assert [area.id for area in below.areas] == ["dl:pd:outer-north", "dl:range:northern", "dl:police"]
    above = seeded.lookup(RegistryLookup(area="dl:ps:kapashera", kind="CWC"))
    assert ids(above.institutions) == ["dl:cwc:84"]


def test_those_who_answer_to_an_institution_are_its_children(seeded: Registry) -> None:
    assert "dl:ps:kapashera" in ids(seeded.institutions.children("dl:sp:south-west"))
