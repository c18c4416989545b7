"""A telling in the words of the state police system: Hindi and English mixed, its own codes, dates as typed there."""

import random
from collections.abc import Iterator
from typing import Any

from portal.demo.world import Told

Row = dict[str, Any]
_COLOUR = {"Fair": "गोरा", "Wheatish": "गेहुँआ", "Shallow": "सांवला", "Dark": "काला"}
_BUILD = {"Thin": "दुबला", "Normal": "सामान्य", "Strong": "मजबूत"}
_FACE = {"Oval": "अंडाकार", "Round": "गोल", "Long": "लम्बा"}
_LANGUAGE = {"hi": "हिन्दी", "bho": "भोजपुरी", "mai": "मैथिली", "ur": "उर्दू", "bn": "बांग्ला"}


def source_id(told: Told) -> str:
    """The system's own number: state, kind, year and serial."""
    return f"BR-{'GB' if told.side == 'missing' else 'PV'}-{told.recorded_at:%Y}-{told.serial:06d}"


def rows(told: Told) -> Iterator[Row]:
    """The report, and of the missing also the complaint that came with it."""
    yield {
        "table": "thana", "ThanaKod": _station(told), "ThanaNaam": told.spot.station, "ThanaNaamHindi": "",
        "AnumandalNaam": "SADAR", "ZilaNaam": told.spot.district,
    }  # fmt: skip
    yield _missing(told) if told.side == "missing" else _found(told)
    if told.side == "missing":
        yield _complaint(told)


def _station(told: Told) -> str:
    return "BR" + "".join(letter for letter in told.spot.district + told.spot.station if letter.isalpha())[:10].upper()


def _person(told: Told, chance: random.Random) -> Row:
    child = told.child
    latin = " ".join(part for part in (told.spelling, told.family_spelling) if part)
    deva = child.given.deva + (f" {child.family.deva}" if told.family_spelling else "")
    mixed = chance.choice([latin, deva, f"{deva} ({latin})"]) if told.name else chance.choice(["नाम अज्ञात", ""])
    signs = [chance.choice([sign.english, sign.hindi]) for sign in told.signs]
    return {
        "Naam": mixed,
        "NaamHindi": child.given.deva if told.name and chance.random() < 0.5 else "",
        "PitaKaNaam": chance.choice([told.father_spelling, child.father.deva]) if told.father_spelling else "",
        "MataKaNaam": chance.choice([told.mother_spelling, child.mother.deva]) if told.mother_spelling else "",
        "LingKod": chance.choice({"M": ["1", "पु"], "F": ["2", "म"]}[child.gender]),
        "KadCm": str(told.height_cm or ""),
        "Rang": chance.choice([child.complexion, _COLOUR[child.complexion]]),
        "SharirikBanavat": _BUILD[child.build],
        "Chehra": _FACE[child.face],
        "Baal": child.hair,
        "Pehchan": "; ".join(signs),
        "Vastra": f"{told.clothes.upper_colour} {told.clothes.upper}, {told.clothes.lower_colour} {told.clothes.lower}",
        "Bhasha": _LANGUAGE[child.language],
        "ThanaKod": _station(told),
        "ThanaNaam": told.spot.station,
        "ZilaNaam": told.spot.district,
        "Sanskaran": 1,
        "AntimParivartan": told.recorded_at.strftime("%Y-%m-%d %H:%M:%S"),
        "Tippani": chance.choice(["", "सम्पर्क 94310 00000", "खोज जारी है"]),
    }


def _missing(told: Told) -> Row:
    chance = random.Random(told.serial + 11)
    return _person(told, chance) | {
        "table": "gumshuda_bachcha",
        "PratiVedanId": source_id(told),
        "UmraVarsh": str(told.age_years),
        "JanmTithi": told.child.born.strftime("%d-%m-%Y") if chance.random() < 0.25 else "",
        "PrathamikiSankhya": f"{chance.randrange(1, 999)}/{told.recorded_at:%y}",
        "PrathamikiTithi": told.recorded_at.strftime("%d-%m-%Y"),
        "Dhara": chance.choice(["363 IPC", "137(2) BNS"]),
        "GhatnaTithi": told.on.strftime("%d-%m-%Y"),
        "GhatnaSthal": chance.choice(told.spot.spots + told.spot.hindi_spots),
        "Pata": f"ग्राम {told.child.village}, थाना {told.spot.station}, जिला {told.child.home.district}",
        "PinKod": told.child.pin,
        "Prakashan": chance.choice(["हाँ", "हाँ", ""]),
        "Sthiti": chance.choice(["लापता", "प्राथमिकी दर्ज", "खोज जारी"]),
    }


def _found(told: Told) -> Row:
    chance = random.Random(told.serial + 12)
    return _person(told, chance) | {
        "table": "prapt_vyakti",
        "PraptId": source_id(told),
        "UmraSe": str(max(0, (told.age_years or 1) - 1)),
        "UmraTak": str((told.age_years or 1) + 1),
        "PraptiTithi": told.on.strftime("%d-%m-%Y"),
        "PraptiSthal": chance.choice(told.spot.spots + told.spot.hindi_spots),
        "SanhaSankhya": f"{chance.randrange(1, 60)}/{told.on:%Y}",
        "BatayaPata": chance.choice(["", told.child.village, f"{told.child.village}, {told.child.home.district}"]),
        "SupurdSanstha": "बाल गृह (डेमो)",
        "Sthiti": chance.choice(["प्राप्त", "समिति में प्रस्तुत", "बाल गृह में"]),
    }


def _complaint(told: Told) -> Row:
    return {
        "table": "shikayat", "AbhilekhId": source_id(told), "ShikayatkartaNaam": told.child.father.latin,
        "Sambandh": "पिता", "Mobile": "94310 00000", "Pata": f"ग्राम {told.child.village}",
        "AnusandhanPadadhikari": "Demo Officer", "AdhikariPad": "SI", "AdhikariMobile": "94310 00001",
        "GhatnaVivaran": "बच्चा घर से निकला और वापस नहीं आया।", "Sanskaran": 1,
        "AntimParivartan": told.recorded_at.strftime("%Y-%m-%d %H:%M:%S"), "ParivartanKarta": "demo-thana",
    }  # fmt: skip
