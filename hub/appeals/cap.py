"""One message as a CAP 1.2 document (OASIS CAP-v1.2; ITU-T X.1303), in English and Hindi."""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from contracts.atom import add
from hub.appeals.words import TONGUES, Tongue
from hub.finding import INDIA
from hub.index.appeals import CANCEL, Message
from hub.reports import PublicCard

CAP = "urn:oasis:names:tc:emergency:cap:1.2"
MIME = "application/cap+xml"
#: Child Abduction Emergency: the code of a child alert in the list that SAME receivers know (47 CFR 11.31).
_SAME = "CAE"

ET.register_namespace("cap", CAP)


@dataclass(frozen=True)
class Area:
    """Where an alert is for: ``geocodes`` are (valueName, value)."""

    name: str
    geocodes: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Sender:
    """Who alerts: ``domain`` is CAP's sender, ``status`` its status."""

    domain: str
    status: str


@dataclass(frozen=True)
class Told:
    """What one message is written from. Without ``card`` it is a Cancel; ``web`` is the card's page."""

    message: Message
    earlier: Sequence[Message]
    area: Area
    expires: datetime.datetime
    card: PublicCard | None = None
    owner: str | None = None
    web: str | None = None


def alert(told: Told, sender: Sender) -> ET.Element:
    """The document's root. It holds nothing of the child but what its public card shows, a Cancel nothing at all."""
    message = told.message
    root = ET.Element(_q("alert"))
    head = {
        "identifier": message.identifier,
        "sender": sender.domain,
        "sent": moment(message.sent),
        "status": sender.status,
        "msgType": message.kind,
        "scope": "Public",
        "references": " ".join(f"{sender.domain},{one.identifier},{moment(one.sent)}" for one in told.earlier),
    }
    for name, value in head.items():
        if value:
            add(root, _q(name), value)
    for tongue in TONGUES:
        _info(root, told, tongue)
    return root


def title(told: Told) -> str:
    """A line for lists, in English."""
    return _headline(told, TONGUES[0])


def moment(at: datetime.datetime) -> str:
    """CAP's time: Indian time with its offset, whole seconds, never ``Z`` (section 3.3.2)."""
    return at.astimezone(INDIA).isoformat(timespec="seconds")


def _info(root: ET.Element, told: Told, tongue: Tongue) -> None:
    over = told.message.kind == CANCEL
    info = add(root, _q("info"))
    fields = [
        ("language", tongue.tag),
        ("category", "Rescue"),
        ("category", "Safety"),
        ("event", tongue.event),
        ("responseType", "AllClear" if over else "Monitor"),
        ("urgency", "Past" if over else "Immediate"),
        ("severity", "Unknown" if over else "Severe"),
        ("certainty", "Unknown" if over else "Likely"),
    ]
    for name, value in fields:
        add(info, _q(name), value)
    _pair(info, "eventCode", "SAME", _SAME)
    _rest(info, told, tongue)
    _area(info, told.area)


def _rest(info: ET.Element, told: Told, tongue: Tongue) -> None:
    over = told.card is None
    fields = [
        ("effective", moment(told.message.sent)),
        ("expires", moment(told.expires)),
        ("senderName", told.owner),
        ("headline", _headline(told, tongue)),
        ("description", tongue.over_text if told.card is None else "\n".join(_said(told.card, tongue))),
        ("instruction", None if over else tongue.instruction),
        ("web", told.web),
        ("contact", None if over else "1098"),
    ]
    for name, value in fields:
        if value:
            add(info, _q(name), value)


def _headline(told: Told, tongue: Tongue) -> str:
    return tongue.over if told.card is None else tongue.headline.format(name=told.card.name or tongue.unnamed)


def _said(card: PublicCard, tongue: Tongue) -> Iterator[str]:
    if card.gender is not None:
        yield tongue.gender[card.gender]
    if card.age_years is not None:
        yield tongue.age.format(years=card.age_years)
    if card.guardian:
        yield tongue.guardian.format(name=card.guardian)
    if card.place:
        yield tongue.place.format(place=card.place)
    if card.missing_on is not None:
        yield tongue.missing_on.format(day=card.missing_on.isoformat())
    if not (card.gender or card.place or card.missing_on):
        yield tongue.event


def _area(info: ET.Element, area: Area) -> None:
    made = add(info, _q("area"))
    add(made, _q("areaDesc"), area.name)
    for name, value in area.geocodes:
        _pair(made, "geocode", name, value)


def _pair(parent: ET.Element, kind: str, name: str, value: str) -> None:
    made = add(parent, _q(kind))
    add(made, _q("valueName"), name)
    add(made, _q("value"), value)


def _q(name: str) -> str:
    return f"{{{CAP}}}{name}"
