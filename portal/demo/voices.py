"""One telling in the words of the system it was told to: rows as a clerk there would have typed them.

Each voice gives the rows for one telling and the id under which the owner keeps it. The faults are those that the
sources are known for: blank or ``Unknown`` names, reversed ages, placeholder dates, scripts mixed in one field.
"""

import datetime
import random
from collections.abc import Callable, Iterator
from typing import Any

from portal.demo import voices_police, voices_rest
from portal.demo.world import Told, World, names

Row = dict[str, Any]
Voice = Callable[[Told], Iterator[Row]]


def _date(day: datetime.date) -> str:
    return day.strftime("%d/%m/%Y")


def zipnet_id(told: Told) -> str:
    """ZIPNET's serial number: ``MP-`` or ``UIPF-``, year and month, six digits."""
    return f"{'MP' if told.side == 'missing' else 'UIPF'}-{told.recorded_at:%Y%m}{told.serial:06d}"


def zipnet(told: Told) -> Iterator[Row]:
    """A row of ZIPNET's missing or unidentified persons (fields as the server names them)."""
    yield zipnet_missing(told) if told.side == "missing" else zipnet_found(told)


def _zipnet_person(told: Told) -> Row:
    child, chance = told.child, random.Random(told.serial)
    return {
        "CreatedOn": told.recorded_at.strftime("%Y-%m-%dT%H:%M:%S"),
        "State": told.spot.state_name,
        "District": told.spot.district + chance.choice(["", "", " DISTRICT"]),
        "PoliceStation": told.spot.station,
        "Sex": {"M": "Male", "F": "Female", None: "Nan"}[told.gender],
        "Height": str(told.height_cm) if told.height_cm else "",
        "Build": child.build,
        "Complexion": child.complexion,
        "Face": child.face,
        "Hair": child.hair,
        "DressUpper": told.clothes.upper,
        "DressUpperColor": told.clothes.upper_colour,
        "DressLower": told.clothes.lower,
        "DressLowerColor": told.clothes.lower_colour,
        "PhysicalDetails": ", ".join(sign.english for sign in told.signs),
        "Religion": "",
        "Remarks": chance.choice(["", "", "IO HC Demo contact 98110 00000", "No clue so far"]),
        "DD_Date": _date(told.recorded_at.date()),
    }


def zipnet_missing(told: Told) -> Row:
    child, chance = told.child, random.Random(told.serial + 1)
    name = f"{told.spelling} {told.family_spelling}"
    return _zipnet_person(told) | {
        "table": "missing_persons",
        "MissingPersonId": 100_000 + told.serial,
        "SerialNumber": zipnet_id(told),
        "Name": chance.choice([name, name.upper(), f"{told.child.given.deva} {told.spelling}"]),
        "GuardianName": f"{told.father_spelling} {told.family_spelling}",
        "BirthYear": str(child.born.year) if chance.random() < 0.3 else "",
        **_age_range(told, chance),
        "Address": f"Village {child.village}, {child.home.district}, {child.home.state_name}",
        "PinCode": child.pin,
        "MissingFrom": chance.choice(told.spot.spots),
        "MissingDate": _date(told.on),
        "FIRNo": chance.choice([str(chance.randrange(1, 900)), "-"]),
        "ReportingDate": _date(told.recorded_at.date()),
        "TracingStatus": "Untraced",
        "ComplainantPhoneNo": "9810000000",
        "ContactPerson": "SHO",
    }


def zipnet_found(told: Told) -> Row:
    chance = random.Random(told.serial + 2)
    return _zipnet_person(told) | {
        "table": "unidentified_persons",
        "UnIdentifiedPersonId": 500_000 + told.serial,
        "UIPFSerialNumber": zipnet_id(told),
        "Name": told.spelling or chance.choice(["Unknown", ""]),
        **_age_range(told, chance, spread=1),
        "DDNo": f"{chance.randrange(1, 90)}A",
        "FoundDateTime": _date(told.on),
        "FoundPlace": chance.choice(told.spot.spots),
    }


def _age_range(told: Told, chance: random.Random, spread: int = 0) -> Row:
    if told.age_years is None:
        return {"AgeFrom": "0", "AgeTo": "0"}
    low, high = max(0, told.age_years - spread), told.age_years + spread
    return (
        {"AgeFrom": str(high), "AgeTo": str(low)}
        if chance.random() < 0.03
        else {"AgeFrom": str(low), "AgeTo": str(high)}
    )


def zipnet_adults(seed: int, count: int) -> Iterator[Row]:
    """Adults, who are most of ZIPNET and none of the hub's business; one of the rows crashes the source."""
    chance = random.Random(seed)
    for number in range(count):
        created = datetime.datetime(2024, 6, 1) + datetime.timedelta(minutes=chance.randrange(1_200_000))
        yield {
            "table": "missing_persons", "MissingPersonId": 900_000 + number, "CreatedOn": created.isoformat(),
            "SerialNumber": f"MP-{created:%Y%m}{900_000 + number}", "State": "DELHI", "District": "CENTRAL",
            "PoliceStation": "PAHAR GANJ", "FIRNo": "-", "DD_Date": _date(created.date()), "MissingFrom": "Paharganj",
            "TracingStatus": chance.choice(["Traced", "Untraced"]), "Name": chance.choice(names("man")).latin,
            "Sex": "Male", "AgeFrom": str(chance.randrange(18, 70)), "AgeTo": "0", "MissingDate": _date(created.date()),
            "ReportingDate": "01/01/1900", "Poison": number == count // 2,
        }  # fmt: skip


VOICES: dict[str, tuple[Voice, Callable[[Told], str]]] = {
    "zipnet": (zipnet, zipnet_id),
    "police-br": (voices_police.rows, voices_police.source_id),
    "pri-br": (voices_rest.pri_rows, voices_rest.pri_id),
    "cci-dl": (voices_rest.cci_rows, voices_rest.cci_id),
}


#: Adults beside the children of ZIPNET; one of these rows crashes the source whenever a page holds it.
ADULTS = 500


def rows(world: World, teller: str) -> Iterator[Row]:
    """All that was told to one system, in its words, with rows that no system should have and all have."""
    voice, _ = VOICES[teller]
    for told in world.told[teller]:
        yield from voice(told)
    if teller == "zipnet":
        yield from zipnet_adults(len(world.truth), ADULTS)
    if teller == "cci-dl":
        yield voices_rest.without_a_status(world.told[teller][0])


def pairs(world: World) -> set[tuple[tuple[str, str], tuple[str, str]]]:
    """The truth: (searched-for, found) pairs as (participant, source id), for measuring only; no system is told."""
    ids = {
        (teller, told.side, told.serial): VOICES[teller][1](told)
        for teller in world.told
        for told in world.told[teller]
    }
    return {
        ((lost[0], ids[lost[0], "missing", lost[1]]), (seen[0], ids[seen[0], "found", seen[1]]))
        for lost, seen in world.truth
    }
