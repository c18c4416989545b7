"""What a panchayat register says becomes the contract's record, traps included."""

import datetime
from typing import Any

import pytest

from adapters import catalog
from adapters.base import Words
from contracts import ChildRecord, Skipped
from tests.loopback import connection

MISSING = {
    "register_no": "VCPR-188-9001-2026-001", "shreni": "lapata", "darja": "talash_jari", "darj_tithi": "16/02/2026",
    "bachche_ka_naam": "रानी कुमारी", "pukar_naam": "मुन्नी", "ling": "बालिका", "umra": "9 वर्ष", "umra_kab": "14/02/2026",
    "mata": "सुनीता देवी", "pita": "Ramesh Mandal", "bhasha": "मैथिली, हिन्दी", "tola": "मुसहर टोला", "gram": "Simraha",
    "gram_kod": 221345, "panchayat": "Simraha", "prakhand": "Forbesganj", "zila": "Araria", "zila_kod": 188,
    "rajya": "BIHAR", "pin": "854318", "kab_se": "14/02/2026", "kahan_se": "मेला से", "kad": "4 फुट 2 इंच",
    "pehchan_chinh": "बाएं गाल पर काला तिल", "kapde": "पीली फ्रॉक", "prathamiki": "212/2026", "thana": "Forbesganj",
    "sahmati": "हाँ", "sanshodhan": 2, "badla_gaya": "2026-02-17T10:00:00+05:30",
}  # fmt: skip


def said(**changed: Any) -> ChildRecord:
    body = {**MISSING, **changed}
    adapter = catalog.adapter("pri", connection("pri-br", "http://localhost", "token"))
    return adapter.translate(Words(body["register_no"], {"@list": "bal_panji", **body}, ""))


def test_a_child_missing_from_the_village_is_told_whole() -> None:
    record = said()
    assert (record.kind, record.status, record.gender, record.ref.version) == ("missing", "untraced", "F", "2")
    assert [(name.text, name.kind) for name in record.names] == [("रानी कुमारी", "full"), ("मुन्नी", "nick")]
    assert [one.relation for one in record.relatives] == ["mother", "father"]
    assert record.event.on == datetime.date(2026, 2, 14)
    assert record.publication == "consent_of_guardian"


def test_the_home_has_its_village_in_lgd_codes() -> None:
    home = said().home
    assert home is not None
    assert (home.state, home.district, home.village, home.pin) == (10, 188, 221345, "854318")
    assert home.raw == "मुसहर टोला, Simraha, Simraha, Forbesganj, Araria"


@pytest.mark.parametrize(("told", "centimetres"), [("4 फुट 2 इंच", 127), ("4 फीट", 122), ("130", 130), ("", None)])
def test_a_height_in_feet_and_inches_is_understood(told: str, centimetres: int | None) -> None:
    physical = said(kad=told).physical
    assert (physical.height_cm if physical else None) == centimetres


@pytest.mark.parametrize("category", ["jokhim", "palayan", "shala_tyagi", "anath"])
def test_a_child_at_risk_is_never_published_whatever_was_agreed(category: str) -> None:
    record = said(shreni=category, darja="nigrani")
    assert (record.kind, record.status, record.restrictions) == ("at_risk", "reported", ["not_public"])
    assert record.publication is None


def test_a_child_to_whom_harm_was_done_is_a_victim() -> None:
    assert said(shreni="hinsa", darja="nigrani").restrictions == ["victim", "not_public"]


@pytest.mark.parametrize(
    ("told", "form"),
    [
        ({"janm_tithi": "09/03/2014"}, "date"),
        ({"janm_tithi": "01/01/1900"}, "age_from_months"),
        ({"umra": "", "janm_varsh": "2016"}, "year"),
        ({"umra": "", "janm_varsh": "0"}, None),
    ],
)
def test_the_best_known_form_of_the_age_is_taken(told: dict[str, str], form: str | None) -> None:
    birth = said(**told).birth
    given = [name for name in ("date", "age_from_months", "year") if birth and getattr(birth, name) is not None]
    assert given == ([form] if form else [])


def test_clothes_and_colour_are_taken_from_one_text() -> None:
    apparel = said().apparel
    assert apparel is not None and apparel.upper is not None and apparel.lower is None
    assert (apparel.upper.item, apparel.upper.colour) == ("frock", "yellow")


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"shreni": "kuchh aur"}, "unmapped_code"),
        ({"shreni": "shala_tyagi", "darja": "talash_jari"}, "not_in_contract"),
        ({"badla_gaya": "kal"}, "no_datetime"),
        ({"umra": "20 वर्ष"}, "adult"),
    ],
)
def test_what_cannot_be_taken_in_is_set_aside_with_its_rule(changed: dict[str, str], code: str) -> None:
    with pytest.raises(Skipped) as caught:
        said(**changed)
    assert caught.value.code == code
