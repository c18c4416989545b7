"""A telling in the words of the panchayat register and of the homes' software; homes also write eFiles."""

import datetime
import random
from collections.abc import Iterator
from typing import Any

from contracts import CciInfrastructure, Institution, InstitutionKind, Level
from contracts.institutions import CciKind
from portal.demo.world import Told

Row = dict[str, Any]
_LANGUAGE = {"hi": "Hindi", "bho": "Bhojpuri", "mai": "Maithili", "ur": "Urdu", "bn": "Bengali"}
_COMPLEXION = {"Fair": "गोरा", "Wheatish": "गेहुँआ", "Shallow": "सांवला", "Dark": "काला"}
GROUNDS = ["MISSING / RUN AWAY", "FOUND, PARENTS NOT TRACED", "LOST AT STATION"]
HOMES = {
    "DL-CH-01": ("Demo Children's Home (Boys), Alipur", "Children's Home", "NORTH"),
    "DL-CH-02": ("Demo Children's Home (Girls), Nirmal Chhaya", "Children's Home", "WEST"),
    "DL-OS-03": ("Demo Open Shelter, Old Delhi Railway Station", "Open Shelter", "CENTRAL"),
}
_KINDS = {"Children's Home": CciKind.CHILDRENS_HOME, "Open Shelter": CciKind.OPEN_SHELTER}


def _join(*parts: str | None, by: str = " ") -> str:
    return by.join(part for part in parts if part)


def _clothes(told: Told) -> str:
    worn = told.clothes
    return f"{worn.upper_colour} {worn.upper}, {worn.lower_colour} {worn.lower}".lower()


def pri_id(told: Told) -> str:
    """The village register's number."""
    return f"VCPC-{told.recorded_at:%Y}-{told.serial:05d}"


def pri_rows(told: Told) -> Iterator[Row]:
    """The village, the register's entry and the home as the Anganwadi worker verified it."""
    child, chance = told.child, random.Random(told.serial + 21)
    village = 230_000 + sum(map(ord, child.village + child.home.district))
    yield {
        "table": "gram", "gram_kod": village, "gram": child.village, "panchayat": f"{child.village} Panchayat",
        "prakhand": "Sadar", "zila": child.home.district.title(), "gram_pradhan": "Pradhan (demo)",
        "vcpc_sachiv": "AWW (demo)",
    }  # fmt: skip
    yield {
        "table": "bal_panji", "register_no": pri_id(told), "shreni": chance.choice(["lapata", "लापता"]),
        "darja": chance.choice(["darj", "thana_ko_suchit", "talash_jari"]),
        "darj_tithi": told.recorded_at.strftime("%d/%m/%Y"),
        "bachche_ka_naam": _join(child.given.deva, child.family.deva), "pukar_naam": chance.choice(["", "गुड्डू", "मुन्नी"]),
        "ling": {"M": "ladka", "F": "ladki"}[child.gender],
        "umra": str(told.age_years), "umra_kab": told.on.strftime("%d/%m/%Y"),
        "mata": child.mother.deva, "pita": _join(child.father.deva, child.family.deva),
        "bhasha": _LANGUAGE[child.language], "tola": "", "gram": child.village,
        "panchayat": f"{child.village} Panchayat", "prakhand": "Sadar", "zila": child.home.district.title(),
        "rajya": child.home.state_name.title(), "pin": child.pin, "gram_kod": village,
        "kab_se": told.on.strftime("%d/%m/%Y"), "kahan_se": child.village,
        "kad": f"{told.height_cm} cm" if told.height_cm else "", "rang": _COMPLEXION[child.complexion],
        "pehchan_chinh": _join(*(sign.hindi for sign in told.signs), by=", "),
        "kapde": _clothes(told),
        "thana": told.spot.station, "sahmati": chance.choice(["haan", ""]), "tippani": "AWW 94310 00002",
        "sanshodhan": 1, "badla_gaya": told.recorded_at.isoformat(timespec="seconds"),
    }  # fmt: skip
    yield {
        "table": "ghar_satyapan", "register_no": pri_id(told), "abhibhavak_ka_naam": child.father.deva,
        "rishta": "पिता",
        "mobile": "94310 00002", "pata": child.village, "ghar_ki_sthiti": "कच्चा घर, दो कमरे",
        "parivar_ke_sadasya": "5", "aay_ka_srot": "मजदूरी", "bachche_ki_ichchha": "",
        "nishkarsh": "परिवार बच्चे को चाहता है",
        "satyapan_karta": "AWW (demo)", "satyapan_tithi": told.recorded_at.strftime("%d/%m/%Y"), "sanshodhan": 1,
        "badla_gaya": told.recorded_at.isoformat(timespec="seconds"), "badla_kisne": "aww-demo",
    }  # fmt: skip


def cci_id(told: Told) -> str:
    """The home's admission number."""
    return f"{_home(told)}/{told.recorded_at:%Y}/{told.serial:05d}"


def _home(told: Told) -> str:
    if told.serial % 4 == 0:
        return "DL-OS-03"
    return "DL-CH-01" if told.child.gender == "M" else "DL-CH-02"


def cci_rows(told: Told) -> Iterator[Row]:
    """The home, its resident, and four sections of the resident's eFile."""
    name, kind, district = HOMES[_home(told)]
    yield {
        "table": "home", "home_unit": _home(told), "home_name": name, "home_type": kind, "capacity": 60,
        "district": district, "state": "DELHI", "registration_no": f"DL/JJ/41/{_home(told)}", "staff": 14,
    }  # fmt: skip
    yield _resident(told)
    for section, content in _efile(told).items():
        yield {
            "table": "efile", "admission_no": cci_id(told), "section": section, "revision": 1, "content": content,
            "written_by": "case.worker.demo", "written_at": told.recorded_at.isoformat(timespec="seconds"),
        }  # fmt: skip


def institutions() -> list[Institution]:
    """The demo's homes as the registry knows them."""
    return [
        Institution(
            id=f"in:cci:{unit.lower()}", kind=InstitutionKind.CCI, level=Level.DISTRICT, name=name, state=7,
            valid_from=datetime.date(2012, 1, 1), cci=CciInfrastructure(kind=_KINDS[kind], capacity=60),
        )
        for unit, (name, kind, _) in HOMES.items()
    ]  # fmt: skip


def _resident(told: Told) -> Row:
    child, chance = told.child, random.Random(told.serial + 31)
    age = told.age_years or 1
    return {
        "table": "resident", "admission_no": cci_id(told), "home_unit": _home(told),
        "inmate_name": _join(told.spelling, told.family_spelling) or chance.choice(["Unknown", "नाम अज्ञात"]),
        "name_in_hindi": child.given.deva if told.name and chance.random() < 0.4 else "",
        "sex": {"M": "Boy", "F": "Girl"}[child.gender],
        "apparent_age": chance.choice([str(age), f"{max(1, age - 1)}-{age + 1}", f"{age} years"]),
        "age_proof": "APPEARANCE", "age_recorded_on": told.on.strftime("%d-%b-%Y"),
        "father_name": told.father_spelling or "", "mother_name": told.mother_spelling or "",
        "mother_tongue": _LANGUAGE[child.language],
        "height": f"{told.height_cm // 30.48:.0f}'{int(told.height_cm % 30.48 / 2.54)}\"" if told.height_cm else "",
        "build": child.build, "complexion": child.complexion, "face": child.face, "hair": child.hair,
        "ident_marks": _join(*(sign.english for sign in told.signs), by="; "),
        "disability": (child.disability or "").title(),
        "wearing_upper": f"{told.clothes.upper_colour} {told.clothes.upper}".lower(),
        "wearing_lower": f"{told.clothes.lower_colour} {told.clothes.lower}".lower(),
        "category": "CNCP", "admission_ground": chance.choice(GROUNDS),
        "case_status": chance.choice(["PRODUCED", "UNDER INQUIRY"]),
        "cwc_case_no": f"CWC/{chance.randrange(1, 9)}/{chance.randrange(100, 999)}/{told.on:%Y}",
        "produced_on": told.on.strftime("%d-%b-%Y"), "produced_by": "Railway Police",
        "admitted_on": told.recorded_at.strftime("%d-%b-%Y"), "found_on": told.on.strftime("%d-%b-%Y"),
        "found_at": chance.choice(told.spot.spots), "found_district": told.spot.district,
        "found_state": told.spot.state_name, "police_station": told.spot.station,
        "native_place": child.village if chance.random() < 0.5 else "",
        "native_district": child.home.district if chance.random() < 0.35 else "",
        "native_state": child.home.state_name if chance.random() < 0.5 else "",
        "remarks": chance.choice(["", "Superintendent 98110 00003"]), "revision": 1,
        "last_modified": told.recorded_at.isoformat(timespec="seconds"), "modified_by": "case.worker.demo",
    }  # fmt: skip


def without_a_status(told: Told) -> Row:
    """A resident whose case status nobody entered: the hub must set it aside."""
    return _resident(told) | {"admission_no": f"{_home(told)}/2026/99999", "case_status": "??"}


def _efile(told: Told) -> dict[str, dict[str, str]]:
    child = told.child
    return {
        "personal_details": {
            "name": _join(told.spelling, told.family_spelling) or "not told",
            "languages_spoken": _LANGUAGE[child.language],
            "identity_marks": _join(*(sign.english for sign in told.signs), by="; ") or "none seen",
            "address_given": f"Says the village is called {child.village}", "belongings": "a cloth bag",
            "stay_type": "SHORT", "family_contact_no": "not known",
        },
        "case_history": {
            "date_of_admission": told.recorded_at.strftime("%d-%b-%Y"), "brought_by": "Railway Police",
            "circumstances_found": "Found alone on the platform, had boarded a train by mistake.",
            "staying_with": "PARENTS", "reason_for_leaving_family": "Lost on the way", "police_informed": "Yes",
            "efforts_to_trace_family": "Names of villages read to the child; police of three districts asked.",
        },
        "health_record": {
            "examined_by": "Medical officer (demo)", "physical_condition": "Weak, otherwise well",
            "immunisation": "Not known", "treatment": "Iron tablets", "mental_health": "Sleeps badly",
        },
        "counselling_notes": {
            "counsellor": "Counsellor (demo)", "sessions_held": "2", "emotional_state": "Calmer than on admission",
            "session_notes": "Speaks of a river and a brick kiln near home.",
        },
    }  # fmt: skip
