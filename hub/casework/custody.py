"""Who holds a child and since when: the last step that changed it, or an owner's own word where that is newer."""

import datetime
from collections.abc import Iterable

from contracts import CaseEvent, ChildRecord, InstitutionKind
from contracts.events import CaseEventKind
from contracts.timelines import Custody, CustodyState
from hub.casework.durations import INDIA

_STEPS = CaseEventKind
_AFTER: dict[CaseEventKind, CustodyState] = {
    **dict.fromkeys(
        (
            _STEPS.PLACED,
            _STEPS.TRANSFERRED,
            _STEPS.LONG_TERM_PLACED,
            _STEPS.FOSTERED,
            _STEPS.PLACED_OBSERVATION_HOME,
            _STEPS.PLACED_OF_SAFETY,
        ),
        CustodyState.HELD,
    ),
    **dict.fromkeys((_STEPS.RESTORED, _STEPS.ADOPTED, _STEPS.RELEASED), CustodyState.WITH_FAMILY),
    _STEPS.RAN_AWAY: CustodyState.RAN_AWAY,
    _STEPS.DECEASED: CustodyState.DECEASED,
}
#: They order a placement and hold no child: their step does not say where.
_ORDERS = frozenset({InstitutionKind.CWC, InstitutionKind.JJB})


def custody_of(records: Iterable[ChildRecord], events: Iterable[CaseEvent], now: datetime.datetime) -> Custody | None:
    """``records`` and ``events`` are of one child, as far as they may be seen; None while nothing is told.

    The last change by ``now`` holds. On one day a step that ends a stay goes before an owner's word that names who
    holds the child, and that word before a placement that does not say where. A word without a day is the oldest.
    """
    told = sorted((event for event in events if event.kind in _AFTER and event.at <= now), key=lambda one: one.at)
    by_step = _of_step(told[-1]) if told else None
    by_word = max((found for record in records if (found := _of_word(record, now))), key=_day, default=None)
    if by_step is None or by_word is None:
        return by_step or by_word
    return by_word if _outweighs(by_word, by_step) else by_step


def _of_step(event: CaseEvent) -> Custody:
    state = _AFTER[event.kind]
    names_holder = state is CustodyState.HELD and event.by not in _ORDERS
    return Custody(
        state=state,
        since=event.at.astimezone(INDIA).date(),
        institution=event.institution if names_holder else None,
        told_by=event.ref.participant,
    )


def _of_word(record: ChildRecord, now: datetime.datetime) -> Custody | None:
    held = record.custodian
    if held is None or (held.institution is None and held.name is None):
        return None
    if held.since is not None and held.since > now.astimezone(INDIA).date():
        return None
    return Custody(
        state=CustodyState.HELD,
        since=held.since,
        institution=held.institution,
        name=held.name,
        told_by=record.ref.participant,
    )


def _outweighs(word: Custody, step: Custody) -> bool:
    where_unsaid = step.state is CustodyState.HELD and step.institution is None
    return _day(word) > _day(step) or (where_unsaid and _day(word) == _day(step))


def _day(custody: Custody) -> datetime.date:
    return custody.since or datetime.date.min
