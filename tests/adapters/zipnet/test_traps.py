"""ZIPNET's traps, one test each: what its fields really hold, and what becomes of it."""

import datetime
from typing import Any

import pytest

from adapters import catalog
from adapters.base import Words
from adapters.zipnet.adapter import Zipnet
from adapters.zipnet.words import canonical, created, list_of, source_id
from contracts import ChildRecord, Skipped
from contracts.codes import Gender, Status
from tests.loopback import connection

DAY = datetime.date(2026, 2, 14)
MISSING: dict[str, Any] = {
    "MissingPersonId": 4540, "CreatedOn": "15/02/2026", "State": "DELHI", "District": "SOUTH WEST",
    "PoliceStation": "KAPSHERA", "FIRNo": "105", "DD_Date": "15/02/2026", "SerialNumber": "MP-202602000540",
    "MissingFrom": "Near the bus stand", "TracingStatus": "Untraced", "Name": "Ravi Prakash", "Sex": "Male",
    "AgeFrom": 9, "AgeTo": 10, "MissingDate": "14/02/2026",
}  # fmt: skip
FOUND: dict[str, Any] = {
    "UnIdentifiedPersonId": 7031, "CreatedOn": "20/02/2026", "State": "HARYANA", "District": "GURUGRAM",
    "PoliceStation": "SECTOR 17/18", "DDNo": "23A", "DD_Date": "20/02/2026", "UIPFSerialNumber": "UIPF-202602000031",
    "FoundDateTime": "20/02/2026 14:30", "FoundPlace": "Railway station", "Sex": "Male", "AgeFrom": 8, "AgeTo": 10,
}  # fmt: skip


@pytest.fixture
def adapter() -> Zipnet:
    made = catalog.adapter("zipnet", connection("zipnet", "http://127.0.0.1:9"))
    assert isinstance(made, Zipnet)
    return made


class Says:
    """``says(Name="...")``: the record of a row that differs from an ordinary one by this."""

    def __init__(self, adapter: Zipnet, row: dict[str, Any]) -> None:
        self.adapter, self.row = adapter, row

    def __call__(self, **told: Any) -> ChildRecord:
        row = canonical({**self.row, **told})
        body = {**row, "@list": list_of(row), "@seen": "2026-03-01T00:00:00+00:00"}
        return self.adapter.translate(Words(source_id(row) or "", body, ""))

    def rules(self, **told: Any) -> set[tuple[str, str]]:
        self.adapter.unused.clear()
        self(**told)
        return {(note.field, note.rule) for note in self.adapter.unused}


@pytest.fixture
def missing(adapter: Zipnet) -> Says:
    return Says(adapter, MISSING)


@pytest.fixture
def found(adapter: Zipnet) -> Says:
    return Says(adapter, FOUND)


def test_an_ordinary_row_leaves_nothing_unused(missing: Says, found: Says) -> None:
    assert missing.rules() == found.rules() == set()
    assert (missing().kind, missing().status, found().kind, found().status) == ("missing", "untraced", "found", "found")


@pytest.mark.parametrize("date", ["01/01/1900", "01-01-1900", "1900-01-01T00:00:00", "01 Jan 1900"])
def test_first_january_1900_is_no_date(missing: Says, date: str) -> None:
    record = missing(MissingDate=date, DD_Date=date)
    assert record.event.on is None
    assert record.diaries[0].on is None
    assert record.birth is not None
    assert record.birth.as_of == datetime.date(2026, 2, 15)  # the age was true when the row was made, at the latest
    assert missing.rules(MissingDate=date) == {("event.on", "placeholder_date")}


def test_reversed_ages_are_turned(missing: Says) -> None:
    birth = missing(AgeFrom=12, AgeTo=8).birth
    assert birth is not None
    assert (birth.age_from_months, birth.age_to_months) == (96, 155)
    assert missing.rules(AgeFrom=12, AgeTo=8) == {("birth", "reversed_age")}


def test_zero_to_zero_is_an_unknown_age_and_the_record_is_kept(missing: Says, found: Says) -> None:
    assert missing(AgeFrom=0, AgeTo=0).birth is None
    assert found(AgeFrom="0", AgeTo="0").birth is None


@pytest.mark.parametrize(
    "evidence",
    [{"Description": "New born girl taken from the ward"}, {"PhysicalDetails": "नवजात शिशु"}, {"Height": "50"},
     {"Name": "baby boy"}, {"BirthYear": 2026}],
)  # fmt: skip
def test_zero_to_zero_is_a_newborn_where_something_else_says_so(missing: Says, evidence: dict[str, Any]) -> None:
    birth = missing(AgeFrom=0, AgeTo=0, **evidence).birth
    assert birth is not None
    assert (birth.age_from_months, birth.age_to_months, birth.as_of) == (0, 11, DAY)


@pytest.mark.parametrize("evidence", [{"Height": "128"}, {"BirthYear": 2015}, {"Height": "0"}, {"BirthYear": 1900}])
def test_zero_to_zero_is_no_newborn_where_something_else_denies_it(missing: Says, evidence: dict[str, Any]) -> None:
    birth = missing(AgeFrom=0, AgeTo=0, **evidence).birth
    assert birth is None or birth.age_from_months is None


def test_a_birth_year_serves_where_ages_say_nothing(missing: Says) -> None:
    for told in ({"AgeFrom": 0, "AgeTo": 0}, {"AgeFrom": None, "AgeTo": None}, {"AgeFrom": "Nan", "AgeTo": ""}):
        birth = missing(**told, BirthYear=2015).birth
        assert birth is not None
        assert birth.year == 2015


def test_a_birth_year_after_the_event_says_nothing(missing: Says) -> None:
    assert missing(AgeFrom=None, AgeTo=None, BirthYear=2031).birth is None


@pytest.mark.parametrize(
    ("said", "status"),
    [("Untraced", Status.UNTRACED), ("UNTRACED ", Status.UNTRACED), ("Traced", Status.TRACED),
     ("traced", Status.TRACED), ("", Status.REPORTED), ("Not traced", Status.REPORTED)],
)  # fmt: skip
def test_untraced_contains_traced_and_is_its_opposite(missing: Says, said: str, status: Status) -> None:
    assert missing(TracingStatus=said).status == status


def test_a_police_district_is_kept_in_words_and_never_taken_for_an_lgd_district(missing: Says) -> None:
    for district in ("SOUTH WEST", "SOUTH WEST DISTRICT", "OUTER NORTH"):
        place = missing(District=district).event.place
        assert place is not None
        assert place.district is None
        assert district in str(place.raw)


@pytest.mark.parametrize("station", ["KAPSHERA", "MAYURVIHARPHI", "SAMAI PUR BADLI"])
def test_a_misspelt_station_is_kept_as_it_is_spelt(missing: Says, station: str) -> None:
    record = missing(PoliceStation=station)
    assert record.diaries[0].station is None
    assert record.diaries[0].station_raw == station


@pytest.mark.parametrize(
    ("number", "kept", "year"),
    [("11715/02/2026", "117", 2026), ("117 15/02/2026", "117", 2026), ("105", "105", 2026), ("105/2025", "105", 2025)],
)
def test_a_fir_number_glued_to_its_date_is_taken_apart(missing: Says, number: str, kept: str, year: int) -> None:
    diary = missing(FIRNo=number).diaries[0]
    assert (diary.kind, diary.number, diary.year, diary.on) == ("FIR", kept, year, datetime.date(2026, 2, 15))


@pytest.mark.parametrize("number", ["-", "", "N/A", None])
def test_a_missing_fir_number_is_no_diary(missing: Says, number: str | None) -> None:
    assert missing(FIRNo=number).diaries == []


def test_a_found_person_has_a_dd_number(found: Says) -> None:
    diary = found(DDNo="DD No. 23A").diaries[0]
    assert (diary.kind, diary.number) == ("DD", "23A")


def test_mixed_scripts_in_one_field_are_two_names(missing: Says) -> None:
    names = missing(Name="सीता Sita @ Guddi").names
    assert [(name.text, name.kind, name.lang, name.script) for name in names] == [
        ("सीता", "full", "hi", "Deva"), ("Sita", "full", None, "Latn"), ("Guddi", "alias", None, "Latn"),
    ]  # fmt: skip
    place = missing(MissingFrom="राजीव चौक Rajiv Chowk").event.place
    assert place is not None
    assert str(place.raw).startswith("राजीव चौक Rajiv Chowk")


def test_no_phone_number_reaches_the_record(missing: Says) -> None:
    number = "9000000001"
    fields = ("MissingFrom", "Address", "PhysicalDetails", "Name", "GuardianName", "DressUpper", "Build", "Tattoo")
    for field in fields:
        assert number not in missing(**{field: f"Mole, call {number}"}).model_dump_json()
    hidden = missing(Remarks=f"SI Test {number}", ComplainantPhoneNo=number, ContactPerson=number)
    assert number not in hidden.model_dump_json()


def test_the_complainants_number_is_not_even_kept_as_an_original() -> None:
    assert "ComplainantPhoneNo" not in canonical({**MISSING, "complainantPhoneNo": "9000000001"})


def test_a_height_that_no_child_of_the_age_has_is_dropped(missing: Says) -> None:
    record = missing(AgeFrom=6, AgeTo=7, Height="74")
    assert record.physical is None or record.physical.height_cm is None
    kept = missing(AgeFrom=6, AgeTo=7, Height="115").physical
    assert kept is not None
    assert kept.height_cm == 115


@pytest.mark.parametrize("name", ["", " ", "Nan", "Unknown", "UNKNOWN ", "-", None])
def test_a_blank_name_is_no_name(missing: Says, name: str | None) -> None:
    assert missing(Name=name).names == []


def test_a_name_is_told_without_its_trailing_spaces(missing: Says) -> None:
    assert [name.text for name in missing(Name="Imran   ").names] == ["Imran"]


@pytest.mark.parametrize(
    ("sex", "gender"),
    [("Male", Gender.MALE), ("Female", Gender.FEMALE), ("Other", Gender.TRANSGENDER), ("Nan", None), ("", None)],
)
def test_a_blank_sex_is_unknown(missing: Says, sex: str, gender: Gender | None) -> None:
    assert missing(Sex=sex).gender == gender


@pytest.mark.parametrize(
    ("state", "code"),
    [
        ("UTTRAKHAND", 5),
        ("UTTARAKHAND", 5),
        ("DELHI", 7),
        ("UTTAR PRADESH", 9),
        ("Himachal Pradesh", 2),
        ("TIHRI", None),
    ],
)
def test_a_state_is_its_lgd_code_however_it_is_spelt(missing: Says, state: str, code: int | None) -> None:
    place = missing(State=state).event.place
    assert place is not None
    assert place.state == code
    assert state in str(place.raw)


@pytest.mark.parametrize("date", ["14/02/2026", "14-02-2026", "14 Feb 2026", "2026-02-14T00:00:00", "14/02/2026 00:00"])
def test_a_date_is_read_in_each_of_its_shapes(missing: Says, date: str) -> None:
    event = missing(MissingDate=date).event
    assert (event.on, event.at) == (DAY, None)


def test_a_found_date_may_carry_a_time(found: Says) -> None:
    assert found().event.at == datetime.time(14, 30)
    assert found(FoundDateTime="20/02/2026").event.at is None


def test_missing_from_is_a_place_and_sometimes_a_date(missing: Says) -> None:
    dated = missing(MissingFrom="15 Feb 2026", MissingDate=None).event
    assert dated.on == datetime.date(2026, 2, 15)
    assert dated.place is not None
    assert dated.place.raw == "KAPSHERA, SOUTH WEST, DELHI"
    placed = missing(MissingFrom="12 Tooti chowk", MissingDate=None).event
    assert placed.on is None
    assert placed.place is not None
    assert str(placed.place.raw).startswith("12 Tooti chowk")


@pytest.mark.parametrize(
    ("told", "adult"),
    [
        ({"AgeFrom": 18, "AgeTo": 18}, True),
        ({"AgeFrom": 34, "AgeTo": 35}, True),
        ({"AgeFrom": 17, "AgeTo": 18}, False),
        ({"AgeFrom": 16, "AgeTo": 40}, False),
        ({"AgeFrom": None, "AgeTo": None, "BirthYear": 1991}, True),
        ({"AgeFrom": None, "AgeTo": None, "BirthYear": 2008}, False),
        ({"AgeFrom": None, "AgeTo": None}, False),
    ],
)
def test_who_is_surely_an_adult_is_left_out_and_nobody_else(missing: Says, told: dict[str, Any], adult: bool) -> None:
    if adult:
        with pytest.raises(Skipped) as caught:
            missing(**told)
        assert caught.value.code == "adult"
    else:
        assert missing(**told)


def test_an_unknown_word_keeps_its_raw_text_and_is_counted(missing: Says) -> None:
    physical = missing(Complexion="Shallow", Build="Gangly").physical
    assert physical is not None
    assert physical.complexion is not None
    assert physical.build is not None
    assert (physical.complexion.code, physical.complexion.raw) == ("sallow", "Shallow")
    assert (physical.build.code, physical.build.raw) == (None, "Gangly")
    assert missing.rules(Build="Gangly") == {("physical.build", "unmapped_code")}


def test_a_guardian_written_as_son_of_is_the_father_and_a_baby_is_not_its_mother(missing: Says) -> None:
    assert [(r.relation, r.names[0].text) for r in missing(GuardianName="S/O SH. MOHAN LAL").relatives] == [
        ("father", "MOHAN LAL")
    ]
    assert missing(GuardianName="MOHAN LAL").relatives[0].relation == "guardian"
    baby = missing(Name="Baby of Sunita", AgeFrom=0, AgeTo=0)
    assert (baby.names, baby.relatives[0].relation) == ([], "mother")


def test_one_row_is_one_version_from_whichever_answer_it_came(adapter: Zipnet) -> None:
    camel: dict[str, Any] = {name[:1].lower() + name[1:]: value for name, value in MISSING.items()}
    camel["images"] = [{"imageUrl": "/a.jpg"}]
    text = {name: str(value) for name, value in MISSING.items() if name != "MissingPersonId"}
    versions = {adapter.mapping.version(canonical(row)) for row in (MISSING, camel, text, {**MISSING, "Eyes": ""})}
    assert len(versions) == 1
    assert adapter.mapping.version(canonical({**MISSING, "TracingStatus": "Traced"})) not in versions


def test_a_row_goes_by_its_serial_number_or_by_its_key() -> None:
    assert source_id(canonical(MISSING)) == "MP-202602000540"
    assert source_id(canonical({**MISSING, "SerialNumber": "MP-2026"})) == "MP_4540"
    assert source_id(canonical({**FOUND, "UIPFSerialNumber": None})) == "UP_7031"
    assert source_id({"Name": "Ravi"}) is None


def test_the_order_of_words_is_when_they_were_seen(missing: Says) -> None:
    assert missing().recorded_at == datetime.datetime(2026, 3, 1, tzinfo=datetime.UTC)
    moment = created(canonical(MISSING))
    assert moment is not None
    assert moment.isoformat() == "2026-02-15T00:00:00+05:30"
    assert created({"CreatedOn": "01/01/1900"}) is None
