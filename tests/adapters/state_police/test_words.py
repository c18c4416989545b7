"""What a state police system says becomes the contract's record, traps included."""

import datetime
from typing import Any

import pytest

from adapters import catalog
from adapters.base import Words
from adapters.state_police.node.service import wsdl
from contracts import ChildRecord, Skipped
from tests.loopback import connection

MISSING = {
    "PratiVedanId": "GB/2026/00001", "Naam": "Rani Kumari रानी", "NaamHindi": "रानी", "PitaKaNaam": "Late Ganesh Ram",
    "UmraVarsh": "9", "UmraMaah": "6", "LingKod": "2", "KadCm": "128 सेमी", "Pehchan": "बाएं गाल पर काला तिल",
    "Vastra": "लाल SHIRT, नीली रंग की पैंट", "Bhasha": "हिन्दी, मैथिली", "ThanaNaam": "FORBESGANJ", "ZilaNaam": "ARARIA",
    "PrathamikiSankhya": "212/26", "PrathamikiTithi": "15-02-2026", "Dhara": "363 IPC", "GhatnaTithi": "14-02-2026",
    "GhatnaSamay": "16:30", "GhatnaSthal": "फारबिसगंज बस स्टैंड", "Pata": "ग्राम Simraha", "PinKod": "854318",
    "Prakashan": "हाँ", "Sthiti": "लापता", "Sanskaran": 3, "AntimParivartan": "2026-02-16 10:20:30",
}  # fmt: skip
FOUND = {
    "PraptId": "PV/2026/00001", "Naam": "नाम अज्ञात", "UmraSe": "8", "UmraTak": "10", "LingKod": "म",
    "PraptiTithi": "01-03-2026", "PraptiSthal": "पटना जंक्शन", "ThanaNaam": "RAIL PATNA JN", "ZilaNaam": "RAIL PATNA",
    "SanhaSankhya": "17/2026", "SupurdSanstha": "बालिका गृह, पटना", "SupurdTithi": "02-03-2026", "Sthiti": "बाल गृह में",
    "Sanskaran": 1, "AntimParivartan": "2026-03-02 09:00:00",
}  # fmt: skip


def missing(**changed: Any) -> ChildRecord:
    return said("gumshuda_bachcha", {**MISSING, **changed})


def found(**changed: Any) -> ChildRecord:
    return said("prapt_vyakti", {**FOUND, **changed})


def said(kind: str, body: dict[str, Any]) -> ChildRecord:
    adapter = catalog.adapter("state_police", connection("police-br", "http://localhost", "u:p"))
    number = body.get("PratiVedanId") or body["PraptId"]
    return adapter.translate(Words(number, {"@list": kind, **body}, ""))


def test_a_missing_diary_is_told_whole() -> None:
    record = missing()
    assert (record.kind, record.status, record.gender, record.ref.version) == ("missing", "untraced", "F", "3")
    assert [(name.text, name.script) for name in record.names] == [("Rani Kumari", "Latn"), ("रानी", "Deva")]
    assert record.relatives[0].names[0].text == "Ganesh Ram"
    assert record.languages == ["hi", "mai"]
    assert record.recorded_at.isoformat() == "2026-02-16T10:20:30+05:30"
    assert record.publication == "consent_of_guardian"


def test_years_and_months_are_one_age_on_the_day_of_the_event() -> None:
    birth = missing().birth
    assert birth is not None
    assert (birth.age_from_months, birth.age_to_months, birth.as_of) == (114, 114, datetime.date(2026, 2, 14))


def test_the_fir_has_number_year_day_station_and_sections() -> None:
    (fir,) = missing().diaries
    assert (fir.kind, fir.number, fir.year, fir.station_raw, fir.sections) == (
        "FIR",
        "212",
        2026,
        "FORBESGANJ",
        ["363 IPC"],
    )


def test_clothes_in_one_field_are_taken_apart_with_their_colours() -> None:
    apparel = missing().apparel
    assert apparel is not None and apparel.upper is not None and apparel.lower is not None
    assert (apparel.upper.item, apparel.upper.colour) == ("shirt", "red")
    assert (apparel.lower.item, apparel.lower.colour) == ("pant", "blue")


@pytest.mark.parametrize(
    ("told", "meant"), [("1", "M"), ("पु", "M"), ("2", "F"), ("म", "F"), ("3", "T"), ("9", None), ("", None)]
)
def test_gender_codes_of_two_generations_of_the_system_are_understood(told: str, meant: str | None) -> None:
    assert missing(LingKod=told).gender == meant


@pytest.mark.parametrize(
    ("district", "code"),
    [("NAUGACHIA", 192), ("BAGAHA", 211), ("मुजफ्फरपुर", 208), ("Muzaffarpur", 208), ("RAIL PATNA", None), ("", None)],
)
def test_a_police_district_maps_to_its_lgd_district_and_a_railway_one_to_none(district: str, code: int | None) -> None:
    place = missing(ZilaNaam=district).event.place
    assert place is not None
    assert (place.state, place.district) == (10, code)


def test_a_placeholder_birth_date_says_nothing_and_the_age_counts() -> None:
    birth = missing(JanmTithi="01-01-1900").birth
    assert birth is not None and birth.date is None and birth.age_from_months == 114


@pytest.mark.parametrize("name", ["नाम अज्ञात", "Unknown", "-", "", "naam agyat"])
def test_an_unknown_name_is_no_name(name: str) -> None:
    assert missing(Naam=name, NaamHindi=None).names == []


@pytest.mark.parametrize("name", ["Baby of Sunita Devi", "B/O Sunita Devi", "Sunita Devi की बच्ची"])
def test_a_newborn_is_not_named_after_its_mother(name: str) -> None:
    record = missing(Naam=name, NaamHindi=None, MataKaNaam=None, UmraVarsh="0", KadCm="")
    assert record.names == []
    assert [(one.relation, one.names[0].text) for one in record.relatives] == [
        ("father", "Ganesh Ram"),
        ("mother", "Sunita Devi"),
    ]


def test_a_phone_number_among_the_marks_is_cut_out() -> None:
    (mark, *rest) = missing(Pehchan="बाएं हाथ पर नाम गुदा हुआ, मो० 9800000022 पर बताएं").marks
    assert (mark.kind, mark.side) == ("tattoo", "left")
    assert "9800000022" not in "".join(one.raw for one in (mark, *rest))


def test_a_child_named_under_the_pocso_act_is_a_victim_and_never_published() -> None:
    record = missing(Dhara="366A IPC, 4/6 POCSO Act")
    assert record.restrictions == ["victim", "not_public"]
    assert record.publication is None


def test_a_found_person_is_told_with_an_age_by_appearance_and_who_holds_the_child() -> None:
    record = found()
    assert (record.kind, record.status, record.names, record.gender) == ("found", "in_care", [], "F")
    assert record.birth is not None and record.birth.basis == "appearance"
    assert (record.birth.age_from_months, record.birth.age_to_months) == (96, 131)
    assert record.custodian is not None and record.custodian.name == "बालिका गृह, पटना"
    assert record.restrictions == ["not_public"]


def test_reversed_ages_are_turned_and_zero_to_zero_says_nothing() -> None:
    turned = found(UmraSe="11", UmraTak="8").birth
    assert turned is not None and (turned.age_from_months, turned.age_to_months) == (96, 143)
    assert found(UmraSe="0", UmraTak="0").birth is None


@pytest.mark.parametrize(
    ("made", "code"),
    [
        (lambda: missing(UmraVarsh="19", UmraMaah=None), "adult"),
        (lambda: missing(Sthiti="क्ष"), "unmapped_code"),
        (lambda: found(Sthiti=""), "missing_field"),
        (lambda: missing(AntimParivartan="कल"), "no_datetime"),
    ],
)
def test_what_cannot_be_taken_in_is_set_aside_with_its_rule(made: Any, code: str) -> None:
    with pytest.raises(Skipped) as caught:
        made()
    assert caught.value.code == code


def test_the_wsdl_in_the_folder_is_the_one_the_node_gives() -> None:
    kept = (catalog.folder("state_police") / "gumshuda.wsdl").read_bytes()
    assert kept == wsdl()
