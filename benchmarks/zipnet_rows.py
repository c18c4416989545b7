"""Saved pages of a ZIPNET that never was: seeded rows as its server names them, half CSV files, half JSON pages."""

import csv
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Row = dict[str, Any]
PAGE = 100
CSV_ROWS = 25_000
_GIVEN = [
    "Ravi",
    "Asha",
    "Sita",
    "Mohan",
    "Pooja",
    "Rahul",
    "Anjali",
    "Vikas",
    "Neha",
    "Sonu",
    "Guddi",
    "Priya",
    "Aman",
    "Kajal",
    "Deepak",
    "Rekha",
    "Suraj",
    "Komal",
    "Arjun",
    "Nisha",
    "Imran",
    "Shabnam",
    "Gurpreet",
    "Harjeet",
    "Lakshmi",
    "Karthik",
    "Meena",
    "Sanjay",
    "Payal",
    "Rohit",
    "Kiran",
    "Manoj",
    "Sunita",
    "Ajay",
    "Jyoti",
    "Vijay",
    "Radha",
    "Salman",
    "Farida",
    "Balwinder",
    "Simran",
    "Tanvi",
    "Yash",
    "Zoya",
    "Irfan",
    "Chandni",
    "Bablu",
    "Munni",
    "Chhotu",
    "Rani",
]
_FAMILY = [
    "Kumar",
    "Singh",
    "Prakash",
    "Devi",
    "Sharma",
    "Yadav",
    "Khan",
    "Ansari",
    "Kaur",
    "Gupta",
    "Verma",
    "Paswan",
    "Chaudhary",
    "Mishra",
    "Rajput",
    "Lal",
    "Das",
    "Thakur",
    "Saini",
    "Negi",
    "Rawat",
    "Bisht",
    "Meena",
    "Gurjar",
    "Jat",
    "Chauhan",
    "Tiwari",
    "Pandey",
    "Qureshi",
    "Siddiqui",
    "Gill",
    "Dhillon",
    "Sandhu",
    "Bhatt",
    "Joshi",
]
_PLACES = {
    "DELHI": ("SOUTH WEST", "NORTH WEST", "EAST", "CENTRAL", "OUTER", "DWARKA"),
    "HARYANA": ("GURUGRAM", "FARIDABAD", "SONIPAT", "ROHTAK", "PANIPAT"),
    "UTTAR PRADESH": ("GHAZIABAD", "MEERUT", "AGRA", "KANPUR NAGAR", "LUCKNOW", "BULANDSHAHAR"),
    "RAJASTHAN": ("JAIPUR", "ALWAR", "KOTA", "BIKANER"),
    "PUNJAB": ("LUDHIANA", "AMRITSAR", "PATIALA"),
    "UTTRAKHAND": ("DEHRADUN", "HARIDWAR", "TIHRI"),
    "HIMACHAL PRADESH": ("SHIMLA", "KANGRA"),
    "CHANDIGARH": ("CHANDIGARH",),
}
_SAID = {
    "Build": ("Thin", "Normal", "Strong", ""),
    "Complexion": ("Fair", "Wheatish", "Shallow", "Dark"),
    "Face": ("Oval", "Round", "Long", ""),
    "Hair": ("Normal-Small-Black", "Curly-Long-Black", "Straight-Medium-Brown", ""),
    "DressUpper": ("T-SHIRT", "SHIRT", "BANIAN", "KURTA", "FROCK"),
    "DressUpperColor": ("GRAY", "WHITE", "CREAM", "RED", "BLUE"),
    "DressLower": ("TRACK SUIT LOWER", "JEANS", "PANT", "SALWAR"),
    "DressLowerColor": ("BLACK", "BLUE", "GREEN"),
    "PhysicalDetails": ("Mole on left cheek", "Cut mark on forehead", "", "", "Burn mark right arm", "Til on chin"),
}
COLUMNS = (
    "MissingPersonId", "CreatedOn", "State", "District", "PoliceStation", "FIRNo", "DD_Date", "SerialNumber",
    "MissingFrom", "TracingStatus", "Name", "Sex", "BirthYear", "AgeFrom", "AgeTo", "Address", "GuardianName",
    "Religion",
    "Height", *_SAID, "Remarks", "PinCode", "MissingDate", "ReportingDate",
)  # fmt: skip


def rows(many: int, seed: int, children: float) -> Iterator[Row]:
    """Missing persons; ``children`` is the share of those below 18. One in 200 is such that it is set aside."""
    chance = random.Random(seed)
    for number in range(many):
        yield _row(number, chance, chance.random() < children)


def _row(number: int, chance: random.Random, child: bool) -> Row:
    state = chance.choice(list(_PLACES))
    district = chance.choice(_PLACES[state])
    year, month, day = chance.randint(2012, 2025), chance.randint(1, 12), chance.randint(1, 28)
    age = chance.randint(1, 16) if child else chance.randint(19, 70)
    on = f"{day:02}/{month:02}/{year}"
    given, family = chance.choice(_GIVEN), chance.choice(_FAMILY)
    return {
        "MissingPersonId": number + 1, "CreatedOn": on, "State": state, "District": district,
        "PoliceStation": f"{district} {chance.randint(1, 12)}", "FIRNo": str(chance.randint(1, 900)), "DD_Date": on,
        "SerialNumber": f"MP-{year}{month:02}{number:06}" if number % 200 else f"MP {number}",
        "MissingFrom": f"Near {chance.choice(_FAMILY)} {chance.choice(('market', 'bus stand', 'mandir', 'school'))}",
        "TracingStatus": chance.choice(("Untraced", "Untraced", "Untraced", "Traced")),
        "Name": _misspelt(f"{given} {family}", chance), "Sex": chance.choice(("Male", "Female", "Female")),
        "BirthYear": str(year - age), "AgeFrom": str(age), "AgeTo": str(age + chance.randint(0, 1)),
        "Address": f"H No {chance.randint(1, 999)}, {district}",
        "GuardianName": f"S/O {chance.choice(_GIVEN)} {family}",
        "Religion": chance.choice(("Hindu", "Muslim", "Sikh", "")), "Height": str(min(178, 72 + age * 6)),
        **{name: chance.choice(words) for name, words in _SAID.items()},
        "Remarks": "", "PinCode": f"{chance.randint(110001, 344999)}", "MissingDate": on, "ReportingDate": on,
    }  # fmt: skip


def _misspelt(name: str, chance: random.Random) -> str:
    """Spellings are many: one name in four has a letter doubled or left out."""
    at = chance.randrange(1, len(name) - 1)
    return chance.choice((name, name, name, name[:at] + name[at:][chance.randint(0, 1) :] + ""))


def save(folder: Path, many: int, seed: int = 7, children: float = 1.0) -> None:
    """Files of the rows: the first half CSV, the second half the answers that a browser would have saved."""
    folder.mkdir(parents=True)
    made, half = rows(many, seed, children), many // 2
    for start in range(0, half, CSV_ROWS):
        _save_csv(folder / f"list_{start}.csv", [next(made) for _ in range(min(CSV_ROWS, half - start))])
    for start in range(half, many, PAGE):
        page = [next(made) for _ in range(min(PAGE, many - start))]
        answer = {"draw": 1, "recordsTotal": many, "data": page}
        (folder / f"page_{start}.json").write_text(json.dumps(answer, ensure_ascii=False), encoding="utf-8")


def _save_csv(path: Path, page: list[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as out:
        writing = csv.DictWriter(out, COLUMNS)
        writing.writeheader()
        writing.writerows(page)
