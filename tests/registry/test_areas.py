"""The two jurisdiction trees: asked as of any day, grown and changed without losing what was."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine

from contracts import AreaKind, Refused
from contracts.exchange import Area
from registry import Registry

Day = datetime.date
Make = Callable[..., Area]


def rules(error: pytest.ExceptionInfo[Refused]) -> set[tuple[str, str]]:
    return {(problem.field, problem.rule) for problem in error.value.problems}


def ids(areas: list[Area]) -> list[str]:
    return [area.id for area in areas]


def test_ancestors_lead_from_the_parent_to_the_state(small: Registry) -> None:
    assert ids(small.areas.ancestors("v1")) == ["gp1", "b1", "sd1", "d1", "st"]
    assert ids(small.areas.ancestors("ps1")) == ["psd", "pd1", "rng", "pol"]


def test_children_are_one_level_down_and_descendants_all_levels(small: Registry) -> None:
    assert ids(small.areas.children("pd1")) == ["ps2", "psd"]
    assert ids(small.areas.descendants("rng")) == ["pd1", "ps2", "psd", "ps1"]
    assert ids(small.areas.descendants("rng", kind=AreaKind.POLICE_STATION)) == ["ps2", "ps1"]


def test_an_area_is_found_by_its_lgd_code_and_knows_its_state(small: Registry) -> None:
    found = small.areas.by_lgd(AreaKind.DISTRICT, 902)
    assert found is not None and found.id == "d2"
    assert small.areas.state_of("v1") == 9
    assert ids(small.areas.of_kind(AreaKind.DISTRICT, state=9)) == ["d1", "d2"]
    assert small.areas.of_kind(AreaKind.DISTRICT, state=8) == []


def test_nothing_exists_before_its_first_day(small: Registry) -> None:
    assert small.areas.get("d1", Day(1999, 12, 31)) is None
    assert small.areas.lineage("d1", Day(1999, 12, 31)) == []
    with pytest.raises(Refused, match="unknown_area"):
        small.areas.require("d1", Day(1999, 12, 31))


def test_a_renamed_area_bears_each_name_on_its_days(small: Registry) -> None:
    small.areas.rename("d1", "Prayagraj", Day(2018, 10, 16))
    assert small.areas.require("d1", Day(2018, 10, 15)).name == "d1"
    assert small.areas.require("d1", Day(2018, 10, 16)).name == "Prayagraj"
    assert [v.valid_to for v in small.areas.versions("d1")] == [Day(2018, 10, 15), None]
    assert ids(small.areas.ancestors("sd1", Day(2024, 1, 1))) == ["d1", "st"]


def test_a_name_corrected_on_the_first_day_leaves_one_version(small: Registry) -> None:
    small.areas.rename("d1", "Corrected", Day(2000, 1, 1))
    assert [v.name for v in small.areas.versions("d1")] == ["Corrected"]


def test_a_moved_station_has_another_lineage_from_that_day(small: Registry) -> None:
    small.areas.move("ps2", "pd2", Day(2019, 1, 1))
    assert "pd1" in ids(small.areas.ancestors("ps2", Day(2018, 12, 31)))
    assert ids(small.areas.ancestors("ps2", Day(2019, 1, 1))) == ["pd2", "pol"]
    assert "ps2" not in ids(small.areas.children("pd1", Day(2019, 1, 1)))


def test_a_district_that_changes_its_state_takes_all_below_with_it(small: Registry, area: Make) -> None:
    small.areas.add([area("other", AreaKind.STATE, lgd=37, valid_from=Day(2019, 10, 31))])
    small.areas.move("d1", "other", Day(2019, 10, 31))
    assert small.areas.state_of("v1", Day(2019, 10, 30)) == 9
    assert small.areas.state_of("v1", Day(2019, 10, 31)) == 37
    assert ids(small.areas.of_kind(AreaKind.VILLAGE, state=37)) == ["v1"]


def test_a_split_ends_the_old_code_and_names_its_successors(small: Registry, area: Make) -> None:
    start = Day(2020, 1, 26)
    small.areas.add([area(f"d{n}", AreaKind.DISTRICT, "st", lgd=900 + n, valid_from=start) for n in (3, 4)])
    small.areas.end("d2", Day(2020, 1, 25), successors=["d3", "d4"])
    assert small.areas.get("d2", start) is None
    assert small.areas.get("d2", Day(2020, 1, 25)) is not None
    assert small.areas.successors("d2") == ["d3", "d4"]


def test_an_area_with_others_below_it_cannot_end(small: Registry) -> None:
    with pytest.raises(Refused) as error:
        small.areas.end("d1", Day(2020, 1, 1))
    assert rules(error) == {("valid_to", "orphans")}
    assert small.areas.get("d1", Day(2020, 1, 2)) is not None


@pytest.mark.parametrize(
    ("wrong", "field", "rule"),
    [
        ({"kind": "district", "parent": "d1", "lgd": 903}, "parent", "wrong_level"),
        ({"kind": "district", "parent": "pol", "lgd": 903}, "parent", "wrong_level"),
        ({"kind": "police_station", "parent": "d1"}, "parent", "wrong_level"),
        ({"kind": "police_station", "parent": "rng"}, "parent", "wrong_level"),
        ({"kind": "state", "parent": "st", "lgd": 8}, "parent", "wrong_level"),
        ({"kind": "state"}, "lgd", "missing"),
        ({"kind": "district", "lgd": 903}, "parent", "parent_missing"),
        ({"kind": "district", "parent": "nowhere", "lgd": 903}, "parent", "parent_unknown"),
        ({"kind": "district", "parent": "xx", "lgd": 903}, "parent", "cycle"),
        ({"kind": "district", "parent": "st", "lgd": 901}, "lgd", "code_reused"),
        ({"kind": "district", "parent": "st", "valid_from": "1999-01-01"}, "parent", "parent_not_then"),
        ({"kind": "district", "parent": "st", "valid_to": "1999-01-01"}, "valid_to", "dates_reversed"),
    ],
)
def test_an_unsound_area_is_refused_with_field_and_rule(
    small: Registry, area: Make, wrong: dict[str, Any], field: str, rule: str
) -> None:
    with pytest.raises(Refused, match="bad_areas") as error:
        small.areas.add([area("xx", **wrong)])
    assert (f"areas.0.{field}", rule) in rules(error)
    assert small.areas.versions("xx") == []


def test_parents_in_a_circle_are_refused(small: Registry, area: Make) -> None:
    with pytest.raises(Refused) as error:
        small.areas.add([area("xx", AreaKind.BLOCK, "yy"), area("yy", AreaKind.BLOCK, "xx")])
    assert rules(error) == {("areas.0.parent", "cycle"), ("areas.1.parent", "cycle")}


def test_two_versions_of_one_day_are_refused(small: Registry, area: Make) -> None:
    with pytest.raises(Refused) as error:
        small.areas.add([area("d1", AreaKind.DISTRICT, "st", lgd=901, name="Other", valid_from=Day(2010, 1, 1))])
    assert rules(error) == {("areas.0.valid_from", "overlap")}


def test_a_code_that_ended_is_never_used_again(small: Registry, area: Make) -> None:
    small.areas.end("d2", Day(2010, 12, 31))
    with pytest.raises(Refused) as error:
        small.areas.add([area("d2", AreaKind.DISTRICT, "st", lgd=902, valid_from=Day(2015, 1, 1))])
    assert rules(error) == {("areas.0.id", "code_reused")}
    with pytest.raises(Refused) as error:
        small.areas.add([area("new", AreaKind.DISTRICT, "st", lgd=902, valid_from=Day(2015, 1, 1))])
    assert rules(error) == {("areas.0.lgd", "code_reused")}


def test_an_id_never_comes_to_stand_for_another_kind_of_area(small: Registry, area: Make) -> None:
    with pytest.raises(Refused) as error:
        small.areas.add([area("ps3", AreaKind.POLICE_SUB_DIVISION, "pd2", valid_from=Day(2030, 1, 1))])
    assert ("areas.0.id", "code_reused") in rules(error)


def test_one_bad_area_keeps_the_whole_batch_out(small: Registry, area: Make) -> None:
    with pytest.raises(Refused) as error:
        small.areas.add([area("good", AreaKind.DISTRICT, "st"), area("bad", AreaKind.DISTRICT)])
    assert rules(error) == {("areas.1.parent", "parent_missing")}
    assert small.areas.get("good") is None


def test_a_whole_tree_comes_in_one_batch_in_any_order(registry: Registry, area: Make) -> None:
    registry.areas.add([area("dd", AreaKind.DISTRICT, "ss"), area("ss", AreaKind.STATE, lgd=10)])
    assert registry.areas.state_of("dd") == 10


def test_a_refused_change_leaves_a_callers_transaction_as_it_was(small: Registry) -> None:
    with pytest.raises(Refused, match="bad_areas"):
        small.areas.move("ps2", "d1", Day(2019, 1, 1))
    assert [version.valid_to for version in small.areas.versions("ps2")] == [None]


def test_changes_hold_after_the_engine_is_opened_anew(engine: Engine, area: Make) -> None:
    Registry(engine).areas.add([area("ss", AreaKind.STATE, lgd=10)])
    engine.dispose()
    assert Registry(engine).areas.state_of("ss") == 10
