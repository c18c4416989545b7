"""A child that the public is shown as a PFIF person with one note, and as a placeholder once it is shown no longer."""

import datetime
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from contracts import ChildRecord, pfif
from contracts.atom import utc
from contracts.codes import Gender
from hub.appeals.words import ENGLISH
from hub.index.appeals import Message
from hub.reports import PublicCard
from registry import states

_SEX = {Gender.FEMALE: "female", Gender.MALE: "male", Gender.TRANSGENDER: "other"}


@dataclass(frozen=True)
class Shared:
    """What one person is written from. Without ``card`` it is a placeholder; ``seen`` is the record as far as a
    participant that asks by its key may see it."""

    domain: str
    message: Message
    expires: datetime.datetime
    card: PublicCard | None = None
    owner: str = ""
    web: str = ""
    seen: ChildRecord | None = None

    @property
    def record_id(self) -> str:
        return f"{self.domain}/{self.message.public_id}"


def person(version: str, one: Shared, with_notes: bool) -> ET.Element:
    """The ``person`` element in a version of PFIF."""
    sent = utc(one.message.sent)
    told = {"person_record_id": one.record_id, "entry_date": sent, "source_date": sent, "expiry_date": utc(one.expires)}
    if one.card is None:
        return pfif.person(version, told)
    told |= _of_card(one, one.card) | ({} if one.seen is None else _of_record(one.seen))
    return pfif.person(version, told, [_note(one, one.card)] if with_notes else [])


def _of_card(one: Shared, card: PublicCard) -> dict[str, str]:
    said = {
        "author_name": one.owner,
        "source_name": one.owner,
        "source_url": one.web,
        "full_name": card.name or "unknown",
        "sex": _SEX[card.gender] if card.gender else "",
        "age": "" if card.age_years is None else str(card.age_years),
        "description": "\n".join(_about(card)),
    }
    return {name: value for name, value in said.items() if value}


def _about(card: PublicCard) -> list[str]:
    day = card.missing_on.isoformat() if card.missing_on else None
    lines = [
        card.guardian and ENGLISH.guardian.format(name=card.guardian),
        card.place and ENGLISH.place.format(place=card.place),
        day and ENGLISH.missing_on.format(day=day),
    ]
    return [line for line in lines if line]


def _of_record(record: ChildRecord) -> dict[str, str]:
    """What the table of ``hub.access`` opens beyond the card: further names, the day of birth, the home."""
    home = record.home
    state = None if home is None or home.state is None else states.by_code(home.state)
    said = {
        "alternate_names": "\n".join(name.text for name in record.names[1:]),
        "date_of_birth": record.birth.date.isoformat() if record.birth and record.birth.date else "",
        "home_street": (home.raw or "") if home else "",
        "home_postal_code": (home.pin or "") if home else "",
        "home_state": state.iso if state else "",
        "home_country": "IN" if state else "",
    }
    return {name: value for name, value in said.items() if value}


def _note(one: Shared, card: PublicCard) -> dict[str, str]:
    return {
        "note_record_id": f"{one.domain}/{one.message.identifier}",
        "person_record_id": one.record_id,
        "entry_date": utc(one.message.sent),
        "author_name": one.owner,
        "source_date": utc(one.message.sent),
        "author_made_contact": "false",
        "status": "believed_missing",
        "last_known_location": card.place or "",
        "text": ENGLISH.instruction,
    }
