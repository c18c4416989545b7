"""An index row before it has a place: drawn from a record, what matching compares of it, and its blocking keys."""

import datetime
import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from contracts import ChildRecord, Place
from contracts.codes import PublicationBasis, RecordKind, Restriction, Status
from hub.index.columns import Values
from hub.index.payload import pack_keys


class Side(IntEnum):
    """On which side of a match an entry stands."""

    SEARCHED = 0
    CANDIDATE = 1
    CLOSED = 2


#: In place of a side: a key of a name or diary number, by which people find an entry whatever its side.
TO_FIND = 3


class Veil(IntEnum):
    """Who may meet an entry: all with a right to search, committees and the owner, the owner alone."""

    NONE = 0
    COMMITTEE = 1
    OWNER = 2


_SEARCHED = frozenset({RecordKind.MISSING, RecordKind.AT_RISK})
#: A public card stands only while the police look for the child (domain notes 3.5).
_PUBLIC = frozenset({Status.FIR_REGISTERED, Status.ALERTED, Status.UNTRACED})


@dataclass(frozen=True)
class Entry:
    """One record ready to be indexed. All keys, for matching and for finding it, are hashed already.

    Without ``features`` it waits to be prepared for matching.
    """

    record: ChildRecord
    find_keys: Collection[int]
    features: bytes = b""
    keys: Collection[int] = ()
    twin_closed: bool = False

    @property
    def side(self) -> Side:
        return Side.CLOSED if self.twin_closed else side_of(self.record)


def is_withdrawn(record: ChildRecord) -> bool:
    """Whether its owner took it back, or let it expire."""
    return record.status is Status.WITHDRAWN


def as_it_stands(record: ChildRecord, now: datetime.datetime) -> ChildRecord:
    """The record, or what may be kept of it once it is withdrawn or expired: that there was one (PFIF 1.4, expiry)."""
    expired = record.expires_at is not None and record.expires_at <= now
    return tombstone(record) if expired or is_withdrawn(record) else record


def tombstone(record: ChildRecord, **changed: Any) -> ChildRecord:
    """A withdrawn record without a word about the child; ``changed`` are other fields of it."""
    kept = ("ref", "kind", "recorded_at", "restrictions", "expires_at")
    said = {name: getattr(record, name) for name in kept} | {"status": Status.WITHDRAWN}
    return ChildRecord(**said | changed)


def sealed(record: ChildRecord, by_order: bool = True) -> ChildRecord:
    """The record under a seal; or without one, where ``by_order`` is False."""
    others = [one for one in record.restrictions if one is not Restriction.SEALED]
    return record.model_copy(update={"restrictions": [*others, Restriction.SEALED] if by_order else others})


def side_of(record: ChildRecord) -> Side:
    """A closed record is on neither side."""
    if record.ended or Restriction.SEALED in record.restrictions:
        return Side.CLOSED
    return Side.SEARCHED if record.kind in _SEARCHED else Side.CANDIDATE


def veil_of(record: ChildRecord) -> Veil:
    if Restriction.SEALED in record.restrictions:
        return Veil.OWNER
    return Veil.COMMITTEE if Restriction.IN_CONFLICT_WITH_LAW in record.restrictions else Veil.NONE


def is_public(record: ChildRecord) -> bool:
    """Only a missing child that is looked for, with a basis, and with no restriction whatever (JJ Act 2015 s.74)."""
    return (
        record.kind is RecordKind.MISSING
        and record.status in _PUBLIC
        and isinstance(record.publication, PublicationBasis)
        and not record.restrictions
    )


def month_number(day: datetime.date) -> int:
    """Months since year 0."""
    return day.year * 12 + day.month - 1


def born_between(record: ChildRecord) -> tuple[int | None, int | None]:
    """First and last possible month of birth, as month numbers; (None, None) when nothing is known."""
    if record.birth is None:
        return None, None
    day = record.birth.as_of or record.recorded_at.date()
    youngest, oldest = record.birth.months_on(day)
    return month_number(day) - oldest - 1, month_number(day) - youngest


def place_of(record: ChildRecord) -> Place:
    """Where the event was, else where the home is."""
    for place in (record.event.place, record.home):
        if place is not None and place.state is not None:
            return place
    return record.event.place or record.home or Place()


def newness(recorded_at: datetime.datetime, version: str) -> tuple[datetime.datetime, list[int | str]]:
    """Orders two words of one owner; of equal times the higher version counts (``10`` above ``9``)."""
    return recorded_at, [int(part) if part.isdigit() else part for part in re.split(r"([0-9]+)", version)]


def opaque_id() -> str:
    """128 random bits: tells nothing and cannot be guessed."""
    return secrets.token_urlsafe(16)


def columns_of(entry: Entry, sealed_record: bytes, now: datetime.datetime) -> Values:
    """The row's changing columns; ``hub_id``, ``public_id`` and ``first_seen`` stay as they were made."""
    record, place = entry.record, place_of(entry.record)
    born_from, born_to = born_between(record)
    return {
        "version": record.ref.version,
        "recorded_at": record.recorded_at,
        "kind": record.kind.value,
        "status": record.status.value,
        "side": int(entry.side),
        "veil": int(veil_of(record)),
        "public": is_public(record) and not entry.twin_closed,
        "pending": int(not entry.features),
        "gender": record.gender.value if record.gender else None,
        "state": place.state,
        "district": place.district,
        "event_month": month_number(record.event.on) if record.event.on else None,
        "born_from": born_from,
        "born_to": born_to,
        "updated": now,
        "expires_at": None if is_withdrawn(record) else record.expires_at,
        "record": sealed_record,
        "keys": pack_keys(entry.keys),
        "find_keys": pack_keys(entry.find_keys),
    }
