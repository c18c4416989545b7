"""What the homes' software says becomes the contract's record, traps included."""

import datetime
from typing import Any

import pytest

from adapters import catalog
from adapters.base import Words
from contracts import ChildRecord, Skipped
from tests.loopback import connection

RESIDENT = {
    "admission_no": "CHG-NRC-2026-0001", "home_unit": "DL-CHG-NRC", "home_name": "Children's Home for Girls",
    "inmate_name": "RANI", "name_in_hindi": "रानी", "alias": "Pinky", "sex": "Girl", "apparent_age": "8-10",
    "age_proof": "APPEARANCE", "age_recorded_on": "02-Mar-2026", "father_name": "Ramesh", "mother_tongue": "Maithili",
    "other_languages": "Hindi / Bengali", "height": "4'2\"", "weight": "24 kg",
    "ident_marks": "black mole on left cheek",
    "wearing_upper": "yellow frock", "category": "CNCP", "admission_ground": "FOUND, PARENTS NOT TRACED",
    "case_status": "UNDER INQUIRY", "admitted_on": "02-Mar-2026", "found_on": "01-Mar-2026",
    "found_at": "Anand Vihar ISBT", "police_station": "ANAND VIHAR", "found_district": "SHAHDARA",
    "found_state": "DELHI",
    "gd_no": "GD No. 34", "native_place": "near Forbesganj", "native_district": "ARARIA", "native_state": "BIHAR",
    "revision": 4, "last_modified": "2026-03-05T10:00:00+05:30",
}  # fmt: skip


def said(**changed: Any) -> ChildRecord:
    body = {**RESIDENT, **changed}
    adapter = catalog.adapter("cci", connection("cci-dl", "http://localhost", "token"))
    return adapter.translate(Words(body["admission_no"], {"@list": "resident", **body}, ""))


def test_a_resident_is_told_whole() -> None:
    record = said()
    assert (record.kind, record.status, record.gender, record.ref.version) == ("found", "in_care", "F", "4")
    assert [(name.text, name.kind) for name in record.names] == [("RANI", "full"), ("रानी", "full"), ("Pinky", "alias")]
    assert record.languages == ["mai", "hi", "bn"]
    assert record.physical is not None
    assert (record.physical.height_cm, record.physical.weight_kg) == (127, 24)
    assert record.custodian is not None and record.custodian.since == datetime.date(2026, 3, 2)


def test_places_have_their_codes_by_state_and_district() -> None:
    record = said()
    assert record.event.place is not None and record.home is not None
    assert (record.event.place.state, record.event.place.district) == (7, 671)
    assert (record.home.state, record.home.district) == (10, 188)


@pytest.mark.parametrize(
    ("ground", "kind"),
    [
        ("FOUND, PARENTS NOT TRACED", "found"),
        ("MISSING / RUN AWAY", "found"),
        ("ABANDONED", "found"),
        ("ORPHAN", "resident"),
        ("PARENT UNFIT", "resident"),
        ("IN CONFLICT WITH LAW", "resident"),
    ],
)
def test_the_ground_of_admission_says_whether_a_child_was_found(ground: str, kind: str) -> None:
    assert said(admission_ground=ground).kind == kind


@pytest.mark.parametrize("status", ["FAMILY TRACED", "RESTORED", "LONG TERM", "ABSCONDED"])
def test_a_found_child_stays_found_whatever_is_learned_afterwards(status: str) -> None:
    assert said(case_status=status).kind == "found"


def test_no_resident_is_public_and_a_child_in_conflict_with_law_is_flagged() -> None:
    assert said().restrictions == ["not_public"]
    flagged = said(category="CCL", admission_ground="IN CONFLICT WITH LAW", jjb_case_no="JJB/1/2026")
    assert flagged.restrictions == ["not_public", "in_conflict_with_law"]
    assert said(jjb_case_no="JJB/1/2026").restrictions == ["not_public", "in_conflict_with_law"]
    assert said(admission_ground="TRAFFICKED").restrictions == ["not_public", "victim"]


@pytest.mark.parametrize(
    ("told", "basis"),
    [
        ({}, "appearance"),
        ({"age_proof": "OSSIFICATION TEST"}, "estimated"),
        ({"age_proof": "STATED BY CHILD"}, "stated"),
        ({"age_proof": "SCHOOL RECORD", "date_of_birth": "14-Aug-2016"}, "documented"),
        ({"age_proof": "BIRTH CERTIFICATE", "date_of_birth": "01-Jan-1900"}, "appearance"),
        ({"apparent_age": "can not tell"}, None),
    ],
)
def test_how_an_age_is_known_goes_with_it(told: dict[str, str], basis: str | None) -> None:
    birth = said(**told).birth
    assert (birth.basis if birth else None) == basis


@pytest.mark.parametrize("name", ["Unknown", "Name not known", "नाम अज्ञात", "-", ""])
def test_an_unknown_name_is_no_name(name: str) -> None:
    assert said(inmate_name=name, name_in_hindi=None, alias=None).names == []


def test_a_newborn_is_not_named_after_its_mother() -> None:
    record = said(inmate_name="Baby of Sunita", name_in_hindi=None, alias=None, apparent_age="2 months", height=None)
    assert record.names == []
    assert ("mother", "Sunita") in [(one.relation, one.names[0].text) for one in record.relatives]


def test_a_phone_number_among_the_marks_is_cut_out() -> None:
    marks = said(ident_marks="scar on left knee. call 9800000077 if known").marks
    assert "9800000077" not in "".join(mark.raw for mark in marks)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"admission_ground": ""}, "missing_field"),
        ({"case_status": "?"}, "unmapped_code"),
        ({"apparent_age": "19", "age_proof": "OSSIFICATION TEST"}, "adult"),
    ],
)
def test_what_cannot_be_taken_in_is_set_aside_with_its_rule(changed: dict[str, str], code: str) -> None:
    with pytest.raises(Skipped) as caught:
        said(**changed)
    assert caught.value.code == code
