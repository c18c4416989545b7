"""What each may see of a record: the owner all, officers the index entry, other participants what choosing needs.

A participant sees its own records as it told them. Of another's record it sees: whose it is, kind, status, gender, the
age as a band of whole years, state and district, the month of the event, languages; and the names, if the child is
missing (a missing child is appealed for by name, a child in care is not). Nothing else of it leaves the hub: content is
read live from its owner. Records of children in conflict with law are for committees and their owner, sealed records
for their owner alone; for all others they do not exist.
"""

import datetime
from typing import Any

from contracts import Birth, ChildRecord, Event, Participant, Place
from contracts.codes import RecordKind
from contracts.exchange import Hit
from hub.access import Caller, Role
from hub.index.entry import Veil, born_between, month_number, place_of, veil_of
from hub.index.searching import Found, Sight


def sight_of(caller: Caller) -> Sight:
    """Which entries a caller may meet at all."""
    own = caller.participant.id if caller.participant is not None else None
    return Sight(Veil.COMMITTEE if Role.COMMITTEE in caller.roles else Veil.NONE, own)


def may_meet(caller: Caller, record: ChildRecord) -> bool:
    """Whether the entry exists for the caller."""
    return is_own(caller.participant, record) or veil_of(record) <= sight_of(caller).veil


def is_own(participant: Participant | None, record: ChildRecord) -> bool:
    return participant is not None and participant.id == record.ref.participant


def shown(caller: Caller, record: ChildRecord) -> ChildRecord:
    """The record as far as the caller may see it; ``may_meet`` was asked before."""
    if caller.is_person or is_own(caller.participant, record):
        return record
    return ChildRecord(
        ref=record.ref,
        kind=record.kind,
        status=record.status,
        recorded_at=record.recorded_at,
        names=record.names if record.kind is RecordKind.MISSING else [],
        gender=record.gender,
        birth=_band(record.birth, record.recorded_at.date()),
        languages=record.languages,
        event=Event(on=record.event.on.replace(day=1) if record.event.on else None, place=_coarse(record.event.place)),
        home=_coarse(record.home),
    )


def hit_of(caller: Caller, found: Found, today: datetime.date) -> Hit:
    """One line of a search answer, of what the caller may see."""
    return Hit(hub_id=found.hub_id, score=found.score, **sketch(shown(caller, found.record), today))


def sketch(record: ChildRecord, today: datetime.date) -> dict[str, Any]:
    """What a line of a search answer says of a record that was made ready by ``shown``."""
    place = place_of(record)
    age_from, age_to = age_years(record, today)
    return {
        "ref": record.ref,
        "kind": record.kind,
        "status": record.status,
        "names": record.names,
        "gender": record.gender,
        "age_years_from": age_from,
        "age_years_to": age_to,
        "state": place.state,
        "district": place.district,
        "place": record.event.place.raw if record.event.place else None,
        "event_on": record.event.on,
    }


def age_years(record: ChildRecord, today: datetime.date) -> tuple[int | None, int | None]:
    """Least and greatest age today in completed years; (None, None) when nothing is known."""
    born_from, born_to = born_between(record)
    if born_from is None or born_to is None:
        return None, None
    now = month_number(today)
    return max((now - born_to) // 12, 0), max((now - born_from) // 12, 0)


def _band(birth: Birth | None, day: datetime.date) -> Birth | None:
    if birth is None:
        return None
    as_of = birth.as_of or day
    youngest, oldest = (min(max(months, 0), 1_188) // 12 * 12 for months in birth.months_on(as_of))
    return Birth(age_from_months=youngest, age_to_months=oldest + 11, basis=birth.basis, as_of=as_of)


def _coarse(place: Place | None) -> Place | None:
    if place is None or place.state is None:
        return None
    return Place(state=place.state, district=place.district)
