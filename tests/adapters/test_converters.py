"""The converters one by one, and what may never leave a mapping."""

import datetime
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.mapping import Note, redacted
from adapters.mapping.body import age_months_in, height_cm_in, height_fits_age
from adapters.mapping.dates import Placeholder, date_in, moment_in, time_in
from adapters.mapping.language import names_in
from adapters.mapping.marks import marks_in
from adapters.mapping.tables import folded, table
from contracts import Skipped
from tests.adapters.manifests import AT, HEIGHT, mapping, notes, said

AGED = {"birth": [{"from": ["A", "B"], "as": "age_range", "as_of": "At"}, {"from": "Y", "as": "birth_year"},
                  {"from": "D", "as": "birth_date"}], "event.on": {"from": "E", "as": "date"}}  # fmt: skip


# Converters


@pytest.mark.parametrize(
    "text",
    ["15/02/2026", "15-02-2026", "15.02.2026", "15/2/26", "2026-02-15", "20260215", "15 Feb 2026", "15-Feb-2026",
     "15th February, 2026", "15 / 02 / 2026", "15/02/2026 14:30:00", "2026-02-15T14:30:00", "१५/०२/२०२६",
     "/Date(1771113600000)/"],
)  # fmt: skip
def test_a_date_is_read_in_every_shape(text: str) -> None:
    assert date_in(text) == datetime.date(2026, 2, 15)


@pytest.mark.parametrize("text", ["01/01/1900", "1900-01-01", "01-Jan-1900", "01/01/1970", "12/12/1900", "01/01/0001"])
def test_a_placeholder_is_no_date(text: str) -> None:
    with pytest.raises(Placeholder):
        date_in(text)
    assert notes({"event.on": {"from": "D", "as": "date"}}, {"D": text}) == [Note("event.on", "placeholder_date")]


@pytest.mark.parametrize("text", ["31/02/2026", "15/13/2026", "soon", "117", "15 Foo 2026", "2026"])
def test_what_is_no_date_is_noted(text: str) -> None:
    assert notes({"event.on": {"from": "D", "as": "date"}}, {"D": text}) == [Note("event.on", "no_date")]


@pytest.mark.parametrize(
    ("text", "clock"),
    [("15/02/2026 14:30", (14, 30)), ("2.30 PM", (14, 30)), ("15.02.2026 02:30 am", (2, 30)), ("12:05 AM", (0, 5))],
)
def test_a_time_stands_alone_or_behind_a_date(text: str, clock: tuple[int, int]) -> None:
    assert time_in(text) == datetime.time(*clock)


def test_midnight_is_no_time_and_a_date_is_none() -> None:
    fields = {"event.at": {"from": "D", "as": "time"}}
    for text in ("15/02/2026", "15/02/2026 00:00:00", "15.02.2026", "15/02/2026 99:99"):
        assert "event" not in said(fields, {"D": text})


def test_a_moment_without_zone_is_indian() -> None:
    assert moment_in("15/02/2026 10:00").isoformat() == "2026-02-15T10:00:00+05:30"
    assert moment_in("2026-02-15T10:00:00Z").utcoffset() == datetime.timedelta(0)
    assert moment_in("15-02-2026").isoformat() == "2026-02-15T00:00:00+05:30"


@pytest.mark.parametrize(
    ("text", "months"),
    [("7", (84, 95)), ("7 years", (84, 95)), ("5-7 yrs", (60, 95)), ("7-5", (60, 95)), ("7 yrs 3 months", (87, 87)),
     ("6 months", (6, 6)), ("6 माह", (6, 6)), ("7 वर्ष", (84, 95)), ("10 days", (0, 0)), ("12 to 14 Years", (144, 179))],
)  # fmt: skip
def test_an_age_is_read_in_every_shape(text: str, months: tuple[int, int]) -> None:
    assert age_months_in(text) == months


def test_reversed_ages_are_turned_and_zero_says_nothing() -> None:
    def birth(low: Any, high: Any) -> tuple[Any, list[Note]]:
        found = mapping(AGED).said({**AT, "A": low, "B": high})
        return found.record.get("birth"), found.notes

    aged = {"basis": "stated", "as_of": datetime.date(2026, 2, 15)}
    assert birth(12, 8) == ({"age_from_months": 96, "age_to_months": 155, **aged}, [Note("birth", "reversed_age")])
    assert birth(0, 0) == (None, [Note("birth", "zero_age")])
    assert birth("0", "2")[0] == {"age_from_months": 0, "age_to_months": 35, **aged}
    assert birth("7", "0")[0] == {"age_from_months": 84, "age_to_months": 95, **aged}
    assert birth("7", None)[0] == {"age_from_months": 84, "age_to_months": 95, **aged}
    assert birth("x", "7") == (None, [Note("birth", "no_age")])
    assert birth("-3", "7") == (None, [Note("birth", "no_age")])


def test_an_age_that_was_true_on_no_known_day_says_nothing() -> None:
    fields = {"birth": {"from": "A", "as": "age", "as_of": ["D", "E"]}}
    assert notes(fields, {"A": "7", "D": "01/01/1900"}) == [Note("birth", "age_without_date")]
    assert said(fields, {"A": "7", "D": "bad", "E": "1/1/2026"})["birth"]["as_of"] == datetime.date(2026, 1, 1)


@pytest.mark.parametrize(
    ("text", "unit", "centimetres"),
    [("128", None, 128), ("128 cm", None, 128), ("5'4\"", None, 163), ("5 feet 4 inch", None, 163), ("4 ft", None, 122),
     ("1.28", "m", 128), ("120-124", None, 122), ("१२८", None, 128)],
)  # fmt: skip
def test_a_height_is_read_in_every_shape(text: str, unit: str | None, centimetres: int) -> None:
    assert height_cm_in(text, unit) == centimetres


@pytest.mark.parametrize("text", ["5.4", "999", "tall", "0"])
def test_what_is_no_height_is_noted(text: str) -> None:
    assert notes({"physical.height_cm": {"from": "H", "as": "height"}}, {"H": text}) == [
        Note("physical.height_cm", "no_height")
    ]


def test_a_height_that_no_child_of_the_age_has_is_dropped() -> None:
    assert not height_fits_age(74, (72, 95))
    assert height_fits_age(74, (0, 11))
    assert height_fits_age(115, (72, 95))
    assert not height_fits_age(180, (72, 95))
    fields = {**AGED, **HEIGHT}
    found = mapping(fields).said({**AT, "A": 6, "B": 7, "H": "74"})
    assert found.record["physical"] == {}
    assert Note("physical.height_cm", "height_not_of_that_age") in found.notes


def test_hair_in_one_word_is_three_codes() -> None:
    fields = {"physical.hair": {"from": "H", "as": "hair"}}
    three = {"style": "normal", "length": "short", "colour": "black", "raw": "Normal-Small-Black"}
    assert said(fields, {"H": "Normal-Small-Black"})["physical"]["hair"] == three
    assert said(fields, {"H": "Black"})["physical"]["hair"] == {"colour": "black", "raw": "Black"}
    assert notes(fields, {"H": "Mohawk-Black"}) == [Note("physical.hair", "unmapped_code")]


def test_what_a_converter_remembers_cannot_be_changed_from_outside() -> None:
    built = mapping({"apparel.upper": {"from": ["U", "C"], "as": "garment"}})
    row = {**AT, "U": "T-SHIRT", "C": "GRAY"}
    built.said(row).record["apparel"]["upper"]["item"] = "sari"
    assert built.said(row).record["apparel"]["upper"] == {"item": "t_shirt", "colour": "grey", "raw": "T-SHIRT, GRAY"}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("राम Ram", [("राम", False, "Deva"), ("Ram", False, "Latn")]),
        ("Ram राम Kumar कुमार", [("Ram Kumar", False, "Latn"), ("राम कुमार", False, "Deva")]),
        ("राम(Ram)", [("राम", False, "Deva"), ("Ram", False, "Latn")]),
        ("RAVI @ CHHOTU", [("RAVI", False, "Latn"), ("CHHOTU", True, "Latn")]),
        ("रवि उर्फ छोटू", [("रवि", False, "Deva"), ("छोटू", True, "Deva")]),
        ("Ravi alias Chhotu alias Raju", [("Ravi", False, "Latn"), ("Chhotu", True, "Latn"), ("Raju", True, "Latn")]),
        ("Sh. Ram Lal ", [("Ram Lal", False, "Latn")]),
        ("S/O MOHAN", [("MOHAN", False, "Latn")]),
        ("श्री राम लाल", [("राम लाल", False, "Deva")]),
        ("ਗੁਰਪ੍ਰੀਤ Gurpreet", [("ਗੁਰਪ੍ਰੀਤ", False, "Guru"), ("Gurpreet", False, "Latn")]),
        ("محمد Mohd", [("محمد", False, "Arab"), ("Mohd", False, "Latn")]),
        ("Ravi 9000000001", [("Ravi", False, "Latn")]),
        ("Mrigank", [("Mrigank", False, "Latn")]),
        ("Shanti", [("Shanti", False, "Latn")]),
        ("12345", []),
        ("---", []),
    ],
)
def test_a_field_that_holds_several_names_is_taken_apart(text: str, found: list[tuple[str, bool, str]]) -> None:
    assert list(names_in(text)) == found


def test_a_scripts_language_is_said_only_where_the_manifest_says_it() -> None:
    fields = {"names": {"from": "N", "as": "names"}}
    assert "lang" not in said(fields, {"N": "राम"})["names"][0]
    assert said(fields, {"N": "राम"}, adapter={"languages": {"Deva": "hi"}})["names"][0]["lang"] == "hi"


def test_marks_are_told_apart_in_english_and_hindi() -> None:
    assert marks_in("Mole on left cheek, cut mark on forehead and burn on right hand") == [
        {"kind": "mole", "body_part": "cheek", "side": "left", "raw": "Mole on left cheek"},
        {"kind": "cut", "body_part": "forehead", "raw": "cut mark on forehead"},
        {"kind": "burn", "body_part": "hand", "side": "right", "raw": "burn on right hand"},
    ]
    assert marks_in("बाएं हाथ पर जले का निशान") == [
        {"kind": "burn", "body_part": "hand", "side": "left", "raw": "बाएं हाथ पर जले का निशान"}
    ]
    assert marks_in("No mark; Nil") == []


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        ("birth mark on back", "birthmark"),
        ("पीठ पर जन्म का निशान", "birthmark"),
        ("scar of burn on arm", "burn"),
        ("old scar on knee", "scar"),
        ("बाएं हाथ में छठी उंगली", "deformity"),
    ],
)
def test_a_mark_is_what_is_said_of_it_and_a_scar_only_if_nothing_else_is(told: str, kind: str) -> None:
    assert [mark["kind"] for mark in marks_in(told)] == [kind]


@pytest.mark.parametrize(
    ("text", "number", "year", "day"),
    [
        ("105", "105", 2026, "2026-02-15"),
        ("FIR No. 105/2025", "105", 2025, "2026-02-15"),
        ("105/25", "105", 2025, "2026-02-15"),
        ("11715/02/2026", "117", 2026, "2026-02-15"),
        ("117 15/02/2026", "117", 2026, "2026-02-15"),
        ("DD No 23A", "23A", 2026, "2026-02-15"),
    ],
)
def test_a_diary_number_is_read_in_every_shape(text: str, number: str, year: int, day: str) -> None:
    fields = {"diaries[fir]": {"from": "F", "as": "diary", "kind": "FIR", "date": "D", "station": "P"}}
    entry = said(fields, {"F": text, "D": "15/02/2026", "P": "KAPSHERA"})["diaries"][0]
    assert entry == {
        "kind": "FIR",
        "number": number,
        "year": year,
        "on": datetime.date.fromisoformat(day),
        "station_raw": "KAPSHERA",
    }


def test_a_glued_number_gives_its_date_where_there_is_no_other() -> None:
    fields = {"diaries[fir]": {"from": "F", "as": "diary", "kind": "FIR", "date": "D"}}
    entry = {"kind": "FIR", "number": "117", "year": 2026, "on": datetime.date(2026, 2, 15)}
    assert said(fields, {"F": "11715/02/2026", "D": "01/01/1900"})["diaries"] == [entry]


@pytest.mark.parametrize("text", ["-", "see file", "1" * 30])
def test_what_is_no_diary_number_is_left_out(text: str) -> None:
    assert "diaries" not in said({"diaries[fir]": {"from": "F", "as": "diary", "kind": "FIR"}}, {"F": text})


def test_lists_disabilities_photos_and_pins() -> None:
    fields = {
        "languages": {"from": "L", "as": "codes", "table": "language"},
        "disabilities": {"from": "D", "as": "disabilities"},
        "photos": {"from": "H", "as": "hashes"},
        "home.pin": {"from": "P", "as": "pin"},
        "physical.weight_kg": {"from": "W", "as": "weight"},
    }
    row = {"L": "Hindi, Bhojpuri/Klingon", "D": "Deaf; bad cough", "H": ["AB" * 32, "x"], "P": "110 037", "W": "24 kg"}
    found = mapping(fields).said({**AT, **row})
    assert found.record["languages"] == ["hi", "bho"]
    assert found.record["disabilities"] == [{"kind": "hearing", "raw": "Deaf"}, {"kind": "other", "raw": "bad cough"}]
    assert found.record["photos"] == [{"sha256": "ab" * 32}]
    assert found.record["home"] == {"pin": "110037"}
    assert found.record["physical"] == {"weight_kg": 24}
    assert sorted(note.rule for note in found.notes) == ["no_hash", "unmapped_code"]


# Privacy


@pytest.mark.parametrize(
    "number",
    ["9000000001", "+91 90000 00001", "+91-9000000001", "0091 9000000001", "09000000001", "90000-00001", "900 000 0001",
     "९०००००००००१"[:10], "९०००० ००००१", "(011) 20000000", "011-20000000", "0120 2000000", "011-20000000/20000001",
     "+91 11 20000000".replace("+91 11", "011"), "officer@example.gov.in"],
)  # fmt: skip
def test_a_phone_number_or_address_is_cut_out_of_free_text(number: str) -> None:
    assert redacted(f"Contact SI {number}, PS Kapashera") == "Contact SI [number removed], PS Kapashera"


@pytest.mark.parametrize(
    "text",
    ["FIR 105/2026 dated 15/02/2026 at 14:30", "15-02-2026 1030 hrs", "gali no 12, house 345", "PIN 110037",
     "MP-202602000540", "age 12-14, height 128 cm", "Sector 17/18, 2026"],
)  # fmt: skip
def test_dates_and_numbers_of_other_kinds_are_left_alone(text: str) -> None:
    assert redacted(text) == text


def test_a_number_behind_a_word_that_says_so_is_cut_out_however_short() -> None:
    assert redacted("Ph: 234567, ask") == "Ph: [number removed], ask"
    assert redacted("मो. २३४५६७८९") == "मो. [number removed]"


@given(st.text(max_size=200))
def test_redacting_twice_changes_nothing_more(text: str) -> None:
    assert redacted(redacted(text)) == redacted(text)


@given(st.from_regex(r"[6-9][0-9]{9}", fullmatch=True), st.sampled_from(["", " ", "-", "."]), st.integers(1, 9))
def test_no_mobile_number_survives_however_it_is_split(number: str, separator: str, at: int) -> None:
    assert number not in redacted(f"x {number[:at]}{separator}{number[at:]} y").replace(separator or "~", "")


@given(st.dictionaries(st.sampled_from(list("NSDFHM")), st.text(max_size=80) | st.integers() | st.none() | st.floats()))
def test_no_row_whatever_it_says_breaks_the_mapping_or_leaks_into_an_error(row: dict[str, Any]) -> None:
    fields = {
        "names": {"from": "N", "as": "names"}, "gender": {"from": "S", "as": "code", "table": "gender"},
        "event.on": {"from": "D", "as": "date"}, "event.at": {"from": "D", "as": "time"},
        "diaries[fir]": {"from": "F", "as": "diary", "kind": "FIR", "date": "D"},
        "physical.height_cm": {"from": "H", "as": "height"}, "marks": {"from": ["M", "N"], "as": "marks"},
        "birth": [{"from": ["H", "F"], "as": "age_range", "as_of": "At"}, {"from": "F", "as": "age", "as_of": "At"},
                  {"from": "H", "as": "birth_year"}],
        "home.raw": {"from": ["N", "M"], "as": "text"}, "home.pin": {"from": "H", "as": "pin"},
        "languages": {"from": "S", "as": "codes", "table": "language"},
    }  # fmt: skip
    try:
        mapping(fields).record("xy", "1", {**AT, **row})
    except Skipped as error:
        assert error.code == "adult", json.dumps([p.model_dump() for p in error.problems])


def test_tables_fold_words_alike() -> None:
    assert folded(" T-Shirt. ") == folded("t_SHIRT")
    assert folded("A-") != folded("A+")
    assert table("nowhere", {}) is None
