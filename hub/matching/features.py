"""What matching needs of a record, as one fixed row of numbers and folded words; many rows make a table."""

import datetime
from dataclasses import dataclass
from hashlib import blake2b
from math import cos, radians, sin
from typing import Any, Literal

import numpy as np

from contracts import Birth, ChildRecord, Diary, Garment, Place
from contracts.codes import AgeBasis, NameKind, RecordKind, Relation
from hub.matching import said
from hub.matching.names import parse

#: Raised by one whenever a row's layout or the folding of words changes: packed rows of another version are refused.
VERSION = 2
NAMES, NICKS, PARENTS, LANGUAGES, MARKS, MARK_WORDS, DIARIES, ADDRESS = 6, 3, 4, 4, 4, 5, 4, 8
EARTH = 63_710
"""Radius of the earth in the unit of positions, 100 m."""

_WORD = "S16"
_PLACE = [(part, "<i4") for part in ("state", "district", "sub_district", "village", "pin", "x", "y", "z")]
_PLACE = [*_PLACE, ("station", "<i8")]
#: One record. 0 is unknown in every number, ``b""`` in every word; code n is the n-th of its list.
ROW = np.dtype(
    [
        ("version", "u1"),
        ("searched", "u1"),
        ("gender", "u1"),
        ("age_basis", "u1"),
        ("born_from", "<i2"),  # months since January 1900; earliest and latest month of birth
        ("born_to", "<i2"),
        ("age_as_of", "<i2"),  # month in which the age was true
        ("event_on", "<i4"),  # day, as date.toordinal
        ("event", _PLACE),
        ("home", _PLACE),
        ("address", "S12", ADDRESS),  # words of home as told
        ("names", _WORD, NAMES),
        ("nicks", _WORD, NICKS),
        ("father", _WORD, PARENTS),
        ("mother", _WORD, PARENTS),
        ("longest", [("names", "u1"), ("father", "u1"), ("mother", "u1")]),  # words of the longest single name
        ("languages", "S3", LANGUAGES),
        ("height", "<i2"),  # millimetres
        ("height_on", "<i4"),  # day
        ("build", "u1"),
        ("complexion", "u1"),
        ("face", "u1"),
        ("eyes", "u1"),
        ("hair", "u1", 3),  # style, length, colour
        ("blood", "S3"),
        ("marks", [("kind", "u1"), ("part", "u1"), ("side", "u1"), ("words", "S12", MARK_WORDS)], MARKS),
        ("disabilities", "u1"),  # one bit for each kind
        ("apparel", "u1", 4),  # upper item, upper colour, lower item, lower colour
        ("diaries", [("number", "<i8"), ("station", "<i8")], DIARIES),
    ]
)

Side = Literal["searched", "candidate"]


def sides(kind: RecordKind) -> Side:
    """Whether a record of this kind is searched for, or is a candidate to be one who is searched for."""
    return "searched" if kind in (RecordKind.MISSING, RecordKind.AT_RISK) else "candidate"


class StaleFeatures(ValueError):
    """A packed row of another version: prepare it again from its record."""


@dataclass(frozen=True, eq=False)
class Features:
    """One row, with the two words of it that others ask for by name."""

    row: np.ndarray[Any, np.dtype[np.void]]
    """Shape (1,), dtype ``ROW``."""

    @property
    def side(self) -> Side:
        return "searched" if self.row["searched"][0] else "candidate"

    def pack(self) -> bytes:
        """Fixed length (``ROW.itemsize`` bytes); compresses and encrypts well, and many concatenate to a table."""
        return self.row.tobytes()

    @classmethod
    def unpack(cls, packed: bytes) -> "Features":
        """Raises ``StaleFeatures`` when the bytes were packed by another version."""
        return cls(rows([packed]))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Features) and self.pack() == other.pack()

    def __hash__(self) -> int:
        return hash(self.pack())


def rows(packed: list[bytes]) -> np.ndarray[Any, np.dtype[np.void]]:
    """Packed features as one table, in their order. Raises ``StaleFeatures`` when any is of another version."""
    whole = {len(one) for one in packed} <= {ROW.itemsize}
    table = np.frombuffer(b"".join(packed) if whole else b"", dtype=ROW)
    if not whole or (table["version"] != VERSION).any():
        raise StaleFeatures("features were packed by another version; prepare them again from their records")
    return table


def prepare(record: ChildRecord) -> Features:
    """Everything of a record that matching can use. Pure; needs no model."""
    table = np.zeros(1, dtype=ROW)
    row = table[0]
    row["version"], row["searched"] = VERSION, sides(record.kind) == "searched"
    row["gender"] = said.code(record.gender)
    row["event_on"] = record.event.on.toordinal() if record.event.on else 0
    _place(row["event"], record.event.place)
    # Children mostly go missing from near home: where no home is told, the place stands for it.
    home = record.home or (record.event.place if row["searched"] else None)
    _place(row["home"], home)
    _fill(row["address"], said.address(home.raw) if home and home.raw else [])
    if record.birth:
        _birth(row, record.birth)
    _names(row, record)
    _fill(row["languages"], [tag.split("-")[0] for tag in record.languages])
    _body(row, record)
    for slot, diary in zip(row["diaries"], [d for d in record.diaries if d.year or d.on], strict=False):
        slot["number"], slot["station"] = _diary(diary)
    return Features(table)


def _fill(column: Any, values: list[str] | tuple[str, ...]) -> None:
    kept = list(dict.fromkeys(values))[: len(column)]
    column[: len(kept)] = kept


def _names(row: Any, record: ChildRecord) -> None:
    words: list[str] = []
    nicks: list[str] = []
    father, mother = _relatives(record)
    for name in record.names:
        parsed = parse(name.text)
        nicks.extend(parsed.nicks)
        father.append(parsed.parent)
        mother.append(parsed.mother)
        if name.kind is NameKind.NICK:
            nicks.extend(parsed.words)
        else:
            words.extend(parsed.words)
            row["longest"]["names"] = max(row["longest"]["names"], len(parsed.words))
    _fill(row["names"], words)
    _fill(row["nicks"], [nick for nick in nicks if nick not in words])
    for which, names in (("father", father), ("mother", mother)):
        # A family name that the child bears too was counted with the child's own name.
        own = [tuple(word for word in name if word not in words) or name for name in names]
        _fill(row[which], [word for name in own for word in name])
        row["longest"][which] = max(map(len, own), default=0)


def _relatives(record: ChildRecord) -> tuple[list[tuple[str, ...]], list[tuple[str, ...]]]:
    """Names of the father (of the guardian, where no father is told) and of the mother, each as its words."""
    told: dict[Relation, list[tuple[str, ...]]] = {}
    for relative in record.relatives:
        for name in relative.names:
            parsed = parse(name.text)
            if parsed.words or parsed.nicks:
                told.setdefault(relative.relation, []).append(parsed.words or parsed.nicks)
    father = told.get(Relation.FATHER) or told.get(Relation.GUARDIAN) or []
    return list(father), list(told.get(Relation.MOTHER) or [])


def _birth(row: Any, birth: Birth) -> None:
    today = datetime.date(2000, 1, 1)
    youngest, oldest = birth.months_on(today)
    row["age_basis"] = said.code(birth.basis)
    row["born_to"] = _month(today) - youngest - (birth.date is None or birth.date.day > 1)
    row["born_from"] = _month(today) - oldest - (birth.date is not None and birth.date.day > 1)
    row["age_as_of"] = _month(birth.as_of) if birth.as_of else 0
    if birth.date is not None and birth.basis is AgeBasis.DOCUMENTED:
        row["age_as_of"] = 0


def _month(day: datetime.date) -> int:
    return (day.year - 1900) * 12 + day.month - 1


def _place(slot: Any, place: Place | None) -> None:
    if place is None:
        return
    for part in ("state", "district", "sub_district", "village"):
        slot[part] = getattr(place, part) or 0
    slot["pin"] = int(place.pin or 0)
    slot["station"] = _hash(place.police_station) if place.police_station else 0
    if place.latitude is not None and place.longitude is not None:
        slot["x"], slot["y"], slot["z"] = position(place.latitude, place.longitude)


def position(latitude: float, longitude: float) -> tuple[int, int, int]:
    """A point on the globe in 100 m from its centre, so that distances are whole numbers everywhere."""
    lat, lon = radians(latitude), radians(longitude)
    return (
        round(EARTH * cos(lat) * cos(lon)),
        round(EARTH * cos(lat) * sin(lon)),
        round(EARTH * sin(lat)),
    )


def _hash(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "little", signed=True) or 1


def _diary(diary: Diary) -> tuple[int, int]:
    year = diary.year or (diary.on.year if diary.on else 0)
    number = diary.number.split("/")[0].lstrip("0").lower()
    station = diary.station or ""
    return _hash(f"{diary.kind}:{number}:{year}"), _hash(station) if station else 0


def _body(row: Any, record: ChildRecord) -> None:
    body = record.physical
    if body:
        row["height"] = (body.height_cm or 0) * 10
        measured = body.as_of or record.event.on
        row["height_on"] = measured.toordinal() if measured else 0
        row["build"] = said.code(body.build.code if body.build else None)
        row["complexion"] = said.code(body.complexion.code if body.complexion else None)
        row["face"] = said.code(body.face.code if body.face else None)
        row["eyes"] = said.code(body.eyes.code if body.eyes else None)
        row["blood"] = body.blood_group or ""
        if body.hair:
            row["hair"] = [said.code(c) for c in (body.hair.style, body.hair.length, body.hair.colour)]
    for slot, mark in zip(row["marks"], said.marks(record.marks), strict=False):
        slot["kind"], slot["part"], slot["side"] = mark.kind, mark.part, mark.side
        _fill(slot["words"], mark.words)
    row["disabilities"] = sum(1 << bit for bit in {said.code(d.kind) - 1 for d in record.disabilities})
    if record.apparel:
        worn = [garment or Garment() for garment in (record.apparel.upper, record.apparel.lower)]
        row["apparel"] = [said.code(one) for garment in worn for one in (garment.item, garment.colour)]
