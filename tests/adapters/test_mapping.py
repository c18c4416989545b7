"""The manifest's form, how a row is read, and who is left out."""

import datetime
import re
import textwrap
import tomllib
from typing import Any

import pytest

import adapters.mapping
from adapters.mapping import Hooks, ManifestError, Mapping, Note
from adapters.mapping.converters import CONVERTERS
from adapters.mapping.manifest import load, parse
from adapters.mapping.tables import packaged
from adapters.mapping.targets import fits
from contracts import Skipped
from tests.adapters.manifests import AT, BASE, NAMES, manifest, mapping, notes, refused, said

# The form


@pytest.mark.parametrize(
    ("path", "line", "rule"),
    [
        ("nmes", {"from": "N"}, "no_such_path"),
        ("event.plaec.raw", {"from": "N"}, "no_such_path"),
        ("names.text", {"from": "N"}, "no_such_path"),
        ("gender[x]", {"from": "N"}, "no_such_path"),
        ("gender", {"from": "N", "as": "gendre"}, "no_such_converter"),
        ("names", {"from": "N", "as": "text"}, "wrong_converter"),
        ("gender", {"from": "N", "as": "names"}, "wrong_converter"),
        ("physical.build", {"from": "N", "as": "code", "table": "build"}, "wrong_converter"),
        ("gender", {"from": "N", "as": "code"}, "no_such_table"),
        ("gender", {"from": "N", "as": "code", "table": "nowhere"}, "no_such_table"),
        ("gender", {"from": "N", "as": "code", "table": "build"}, "unknown_code"),
        ("gender", {"from": "N", "as": "code", "table": "gender", "default": "X"}, "unknown_code"),
        ("gender", {"value": "X"}, "bad_value"),
        ("home.pin", {"value": "12"}, "bad_value"),
        ("gender", {"from": "N", "as": "code", "table": "gender", "unit": "cm"}, "no_such_option"),
        ("birth", {"from": "N", "as": "age"}, "missing"),
        ("birth", {"from": ["A"], "as": "age_range", "as_of": "At"}, "wrong_sources"),
        ("relatives", {"from": "N", "as": "relative"}, "missing"),
        ("relatives", {"from": "N", "as": "relative", "relation": "cousin"}, "bad_value"),
        ("names", {"from": "N", "as": "names", "kind": "stage"}, "bad_value"),
    ],
)
def test_a_line_that_cannot_hold_is_found_before_the_first_row(path: str, line: dict[str, Any], rule: str) -> None:
    assert (f"fields.{path}", rule) in refused({path: line})


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"adapter": {"kind": "Not A Kind"}}, "adapter.kind"),
        ({"adapter": {"timezone": "Mars/Base"}}, "adapter.timezone"),
        ({"connection": {"transport": "carrier pigeon"}}, "connection.transport"),
        ({"connection": {"transport": "soap"}}, "connection"),
        ({"connection": {"transport": "rest", "wdsl": "x"}}, "connection.wdsl"),
        ({"pull": {"lists": []}}, "pull.lists"),
        (
            {"pull": {"lists": [{"name": "a", "path": "/a", "id": "I", "paging": {"style": "page"}}]}},
            "pull.lists.0.paging",
        ),
        ({"push": {"path": "/x", "fields": {}}}, "push.fields"),
        ({"fetch": {"sections": {"diary": {"path": "/{id}"}}}}, "fetch.sections.diary.[key]"),
        ({"fetch": {"sections": {"contact": {"path": "/x"}}}}, "fetch.sections.contact"),
        ({"fields_of": {"nowhere": {}}}, "(manifest)"),
        ({"templates": {}}, "templates"),
    ],
)
def test_a_manifest_that_breaks_a_rule_is_refused_by_the_path_of_its_key(change: dict[str, Any], where: str) -> None:
    with pytest.raises(ManifestError) as caught:
        parse({**manifest({}), **change} if "adapter" not in change else manifest({}, **change))
    assert where in [problem.field for problem in caught.value.problems]
    assert where in str(caught.value)


def test_what_is_told_to_an_owner_is_checked_beforehand() -> None:
    fields = {
        "No": {"from": "notice_idd"},
        "Kind": {"from": "kind", "table": "nowhere"},
        "Of": {"from": "about.source_id"},
    }
    asker = {"who": "officer.name", "why": {"from": "purpose", "table": "nowhere"}, "case": "case"}
    more = {"push": {"path": "/a", "fields": fields}}
    fetch = {"sections": {"contact": {"path": "/{id}", "asker": asker}}}
    assert sorted(refused({}, fetch=fetch, **more)) == [
        ("fetch.sections.contact.asker.who", "no_such_path"),
        ("fetch.sections.contact.asker.why", "no_such_table"),
        ("push.fields.Kind", "no_such_table"),
        ("push.fields.No", "no_such_path"),
    ]


def test_the_manifest_that_the_docstring_shows_is_one() -> None:
    text = textwrap.dedent(str(adapters.mapping.__doc__).partition("::\n")[2].partition("\nConverters (``as``)")[0])
    shown = parse(tomllib.loads(text + "[codes.notice]\n[codes.purpose]\n[codes.build]\n"))
    assert Mapping(shown)


def test_every_converter_is_named_in_the_docstring() -> None:
    named = str(adapters.mapping.__doc__).partition("Converters (``as``)")[2].partition("Code tables")[0]
    assert set(CONVERTERS) <= set(re.findall(r"\w+", named))


def test_the_whole_and_its_parts_may_not_both_be_given() -> None:
    fields = {"event.place": {"from": "X"}, "event.place.raw": {"from": "X"}}
    assert ("fields.event.place", "wrong_converter") in refused(fields)


def test_a_file_that_is_no_toml_is_refused_by_name(tmp_path: Any) -> None:
    path = tmp_path / "xy" / "manifest.toml"
    path.parent.mkdir()
    path.write_text("[adapter\nkind=")
    with pytest.raises(ManifestError, match=r"xy: \(file\): not readable as TOML"):
        load(path)


def test_every_code_that_comes_with_the_package_is_one_of_the_contract() -> None:
    places = {
        "gender": "gender", "build": "physical.build.code", "complexion": "physical.complexion.code",
        "face": "physical.face.code", "hair_style": "physical.hair.style", "hair_length": "physical.hair.length",
        "hair_colour": "physical.hair.colour", "eyes": "physical.eyes.code", "garment": "apparel.upper.item",
        "colour": "apparel.upper.colour", "blood_group": "physical.blood_group", "state": "event.place.state",
        "disability": "disabilities[x].kind", "language": "names[x].lang",
        "district_br": "event.place.district",
    }  # fmt: skip
    assert set(packaged()) == set(places)
    wrong = [(n, word) for n, place in places.items() for word, code in packaged()[n].items() if not fits(place, code)]
    assert wrong == []


def test_all_thirty_six_states_and_territories_have_a_name() -> None:
    assert set(packaged()["state"].values()) == {*range(1, 25), *range(27, 39)}


# Reading a row


def test_nothing_said_gives_nothing() -> None:
    fields = {
        "names": {"from": "N", "as": "names"}, "gender": {"from": "S", "as": "code", "table": "gender"},
        "birth": {"from": ["A", "B"], "as": "age_range", "as_of": "At"}, "event.on": {"from": "D", "as": "date"},
        "names[nick].lang": {"value": "hi"}, "marks": {"from": "M", "as": "marks"},
    }  # fmt: skip
    for blank in ("", " - ", "Nan", "UNKNOWN", "n/a", "अज्ञात", None):
        row = dict.fromkeys(("N", "S", "A", "B", "D", "M"), blank)
        assert set(said(fields, row)) == set(BASE), blank


def test_a_manifest_may_add_words_that_say_nothing() -> None:
    assert "names" not in said(
        {"names": {"from": "N", "as": "names"}}, {"N": "No entry"}, adapter={"blanks": ["NO ENTRY"]}
    )


def test_paths_reach_into_objects_and_arrays_whatever_the_case() -> None:
    fields = {"event.place.raw": {"from": "Place.Parts.1", "as": "text"}}
    row = {"at": AT["At"], "place": {"parts": ["a", "Bus stand"]}}
    record = mapping(fields, adapter={"ignore_case": True}).said(row).record
    assert record["event"] == {"place": {"raw": "Bus stand"}}


def test_several_sources_are_joined_and_several_lines_are_tried_in_turn() -> None:
    fields = {
        "event.place.raw": {"from": ["A", "B", "C"], "as": "text"},
        "event.on": [{"from": "D1", "as": "date"}, {"from": "D2", "as": "date"}],
    }
    record = said(fields, {"A": "Chowk", "B": "-", "C": "DELHI", "D1": "01/01/1900", "D2": "2026-02-15"})
    assert record["event"] == {"place": {"raw": "Chowk, DELHI"}, "on": datetime.date(2026, 2, 15)}


def test_lines_of_one_tag_make_one_element() -> None:
    fields = {"names[hi].text": {"from": "H", "as": "name"}, "names[hi].lang": {"value": "hi"},
              "names": {"from": "N", "as": "names"}}  # fmt: skip
    assert said(fields, {"H": "राम", "N": "Ram"})["names"] == [
        {"text": "राम", "lang": "hi"}, {"text": "Ram", "kind": "full", "script": "Latn"},
    ]  # fmt: skip


def test_a_list_of_its_own_lines_wins_over_the_common_ones() -> None:
    lists = [{"name": name, "path": f"/{name}", "id": "I"} for name in ("a", "b")]
    built = mapping(
        {}, pull={"lists": lists}, fields_of={"b": {"kind": {"value": "found"}, "status": {"value": "found"}}}
    )
    assert built.said({**AT, "@list": "a"}).record["kind"] == "missing"
    assert built.said({**AT, "@list": "b"}).record["kind"] == "found"
    with pytest.raises(Skipped, match="unknown_list"):
        built.said({**AT, "@list": "c"})


def test_codes_match_whatever_case_and_spacing_and_an_unmapped_word_is_kept_raw_and_noted() -> None:
    fields = {"physical.build": {"from": "B", "as": "said", "table": "build"}}
    assert said(fields, {"B": " tHIN "})["physical"]["build"] == {"code": "thin", "raw": "tHIN"}
    assert said(fields, {"B": "Gangly"})["physical"]["build"] == {"raw": "Gangly"}
    assert notes(fields, {"B": "Gangly"}) == [Note("physical.build", "unmapped_code")]


def test_a_manifests_own_table_wins_over_the_packages() -> None:
    fields = {"gender": {"from": "G", "as": "code", "table": "gender"}}
    assert said(fields, {"G": "m"})["gender"] == "M"
    assert said(fields, {"G": "m"}, codes={"gender": {"M": "F"}})["gender"] == "F"


def test_an_unmapped_code_is_a_failure_only_where_the_manifest_requires_it() -> None:
    line = {"from": "S", "as": "code", "table": "s", "required": True}
    codes = {"s": {"Open": "untraced"}}
    with pytest.raises(Skipped) as caught:
        said({"status": line}, {"S": "Ravi Kumar"}, codes=codes)
    assert caught.value.code == "unmapped_code"
    assert caught.value.problems[0].field == "status"
    assert "Ravi" not in str(caught.value)
    assert (
        said({"status": {**line, "required": False, "default": "reported"}}, {"S": "?"}, codes=codes)["status"]
        == "reported"
    )


def test_control_characters_never_reach_the_contract() -> None:
    built = mapping({**NAMES, "event.place.raw": {"from": "P", "as": "text"}})
    record, _ = built.record("xy", "1", {**AT, "N": "Ravi\x02\x00 Kumar\ufffe", "P": "Bus\x07 stand\x00"})
    assert record.names[0].text == "Ravi Kumar"
    assert record.event.place is not None
    assert record.event.place.raw == "Bus stand"


def test_the_version_is_the_content_and_nothing_else() -> None:
    built = mapping({}, adapter={"volatile": ["Views"]})
    row = {**AT, "N": "Ravi", "Views": 1, "@seen": "x"}
    assert built.version(row) == built.version({"Views": 2, "N": "Ravi", "@seen": "y", **AT})
    assert built.version(row) != built.version({**row, "N": "Ravi "})


def test_hooks_come_before_and_after_and_may_set_a_row_aside() -> None:
    hooks = Hooks(
        before=lambda body: {**body, "N": body["N"].title()}, after=lambda said, body: {**said, "gender": "M"}
    )
    record = mapping({"names": {"from": "N", "as": "names"}}, hooks).said({**AT, "N": "RAVI"}).record
    assert (record["names"][0]["text"], record["gender"]) == ("Ravi", "M")


def test_what_the_contract_refuses_is_set_aside_by_field_and_rule_without_its_words() -> None:
    hooks = Hooks(after=lambda said, body: {**said, "languages": ["Ravi Kumar of Kapashera"]})
    with pytest.raises(Skipped) as caught:
        mapping({}, hooks).record("xy", "1", AT)
    assert caught.value.code == "not_in_contract"
    assert caught.value.problems[0].field == "languages.0"
    assert "Ravi" not in f"{caught.value} {caught.value.problems}"


# Adults


AGED = {"birth": [{"from": ["A", "B"], "as": "age_range", "as_of": "At"}, {"from": "Y", "as": "birth_year"},
                  {"from": "D", "as": "birth_date"}], "event.on": {"from": "E", "as": "date"}}  # fmt: skip


@pytest.mark.parametrize(
    ("row", "adult"),
    [
        ({"A": 18, "B": 19}, True),
        ({"A": 17, "B": 17}, False),
        ({"A": 16, "B": 40}, False),  # not surely one
        ({"A": 17, "B": 17, "E": "15/02/2028"}, True),  # 19 on the day of the event
        ({"A": 40, "B": 40, "E": "15/02/2001"}, False),  # 15 on the day of the event
        ({"Y": 2008}, False),
        ({"Y": 2007, "E": "15/02/2026"}, True),
        ({"Y": 2008, "E": "15/02/2026"}, False),  # 17 until its birthday
        ({"D": "15/02/2008", "E": "15/02/2026"}, True),
        ({"D": "16/02/2008", "E": "15/02/2026"}, False),
        ({}, False),
    ],
)
def test_who_is_surely_eighteen_on_the_day_of_the_event_is_left_out(row: dict[str, Any], adult: bool) -> None:
    if adult:
        with pytest.raises(Skipped) as caught:
            said(AGED, row)
        assert (caught.value.code, caught.value.problems[0].field) == ("adult", "birth")
        assert said(AGED, row, adapter={"adults": "keep"})
    else:
        assert said(AGED, row)


@pytest.mark.parametrize(("age", "adult"), [("25", True), ("9", False)])
def test_a_day_that_the_manifest_itself_gives_is_a_day(age: str, adult: bool) -> None:
    fields = {
        "event.on": {"value": "2024-01-01"},
        "birth": {"from": "Age", "as": "age", "basis": "stated", "as_of": ["At"]},
    }
    if adult:
        with pytest.raises(Skipped, match="adult"):
            said(fields, {"Age": age})
    else:
        assert str(said(fields, {"Age": age})["event"]["on"]) == "2024-01-01"
