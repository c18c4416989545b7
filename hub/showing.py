"""What each may see of a record: the table of ``hub.access`` applied to its fields.

A participant sees its own records as it told them. Records of children in conflict with law are for committees, boards
and their owner, sealed records for their owner alone; for all others they do not exist.
"""

import datetime
from typing import Any

from contracts import Birth, ChildRecord, Event, Name, Participant, Place, Purpose, Refused
from contracts.codes import RecordKind
from contracts.exchange import Hit
from hub.access import Caller, Group, Role, Tie, Verdict
from hub.index.entry import Veil, born_between, month_number, place_of, veil_of
from hub.index.searching import Found, Sight
from hub.jurisdiction import nearness

_BENCH = frozenset({Role.COMMITTEE, Role.BOARD})
_BODY = ("physical", "marks", "disabilities", "apparel")
_PLACE = ("diaries", "custodian")


def sight_of(caller: Caller) -> Sight:
    """Which entries a caller may meet at all."""
    own = caller.participant.id if caller.participant is not None else None
    return Sight(Veil.COMMITTEE if caller.roles & _BENCH else Veil.NONE, own)


def may_meet(caller: Caller, record: ChildRecord) -> bool:
    """Whether the entry exists for the caller."""
    return is_own(caller.participant, record) or veil_of(record) <= sight_of(caller).veil


def is_own(participant: Participant | None, record: ChildRecord) -> bool:
    return participant is not None and participant.id == record.ref.participant


def shown(caller: Caller, record: ChildRecord, tie: Tie, purpose: Purpose | None) -> ChildRecord:
    """The record as far as the table of ``hub.access`` lets the caller see it; ``may_meet`` was asked before."""
    if is_own(caller.participant, record):
        return record
    sees = {group: caller.sees(tie, purpose, group) for group in Group}
    if sees[Group.CARD] is Verdict.DENY:
        raise Refused("not_allowed", "Your role does not see children. Ask the administrator of your institution.")
    whole = _parts(record, sees)
    return ChildRecord(
        ref=record.ref,
        kind=record.kind,
        status=record.status,
        recorded_at=record.recorded_at,
        gender=record.gender,
        languages=record.languages,
        restrictions=record.restrictions,
        **whole,
    )


def listed(caller: Caller, record: ChildRecord) -> ChildRecord:
    """The record as it stands in a list of hits."""
    return shown(caller, record, nearness(caller, record), None)


def _parts(record: ChildRecord, sees: dict[Group, Verdict]) -> dict[str, Any]:
    """What each group adds to the card: all of it, a part of it, or nothing."""
    named = Group.APPEAL if record.kind is RecordKind.MISSING else Group.NAME
    body, place, family = (sees[group] is Verdict.ALLOW for group in (Group.BODY, Group.PLACE, Group.FAMILY))
    return {
        "names": _names(record.names, sees[named]),
        "birth": record.birth if body else _band(record.birth, record.recorded_at.date()),
        "event": record.event if place else _coarse_event(record.event),
        "home": record.home if family else _coarse(record.home),
        "relatives": record.relatives if family else [],
        "photos": record.photos if sees[Group.PHOTO] is Verdict.ALLOW else [],
        **({name: getattr(record, name) for name in _BODY} if body else {}),
        **({name: getattr(record, name) for name in _PLACE} if place else {}),
    }


def _names(names: list[Name], verdict: Verdict) -> list[Name]:
    """Masked: the first letter of each word."""
    if verdict is Verdict.ALLOW:
        return names
    return [_initials(name) for name in names] if verdict is Verdict.MASK else []


def _initials(name: Name) -> Name:
    return name.model_copy(update={"text": " ".join(word[0] + "." for word in name.text.split())})


def _coarse_event(event: Event) -> Event:
    return Event(on=event.on.replace(day=1) if event.on else None, place=_coarse(event.place))


def hit_of(caller: Caller, found: Found, today: datetime.date) -> Hit:
    """One line of a search answer, of what the caller may see."""
    return Hit(hub_id=found.hub_id, score=found.score, **sketch(listed(caller, found.record), today))


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


def no_such_entry() -> Refused:
    """What is answered of an entry that is not there, or that the caller may not meet: nothing tells the two apart."""
    return Refused("unknown_case", "There is no such entry. Search for it, or check the reference.")
