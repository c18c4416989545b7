"""What the law asks in one case, from the steps that its owners told: for the case page and the command line."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from contracts import CaseEvent, ChildRecord
from contracts.codes import AgeBasis, RecordKind, Restriction
from contracts.exchange import Case
from hub.casework.clocks import Clock, clocks
from hub.casework.durations import INDIA
from hub.casework.progress import Finding, Taken, findings, state_of
from hub.casework.statute import Statute, statute_for


@dataclass(frozen=True)
class Duties:
    """``open`` clocks, soonest due first; ``over``: those that were met, late or stopped; ``findings``: steps that the
    law does not allow where they stand. ``unknown``: steps told that the statute does not know."""

    statute: Statute
    state: str
    open: list[Clock]
    over: list[Clock]
    findings: list[Finding]
    unknown: list[str]


def duties_of(case: Case, now: datetime.datetime) -> Duties | None:
    """None while no step of the case is told. ``Refused`` (``no_law_then``) for a case older than every law on file."""
    told = sorted(case.events, key=lambda event: event.at)
    if not told:
        return None
    statute = statute_for(machine_of(case.record), told[0].at.astimezone(INDIA).date())
    steps = [_taken(event) for event in told if event.kind.value in statute.step]
    found = clocks(statute, steps, now, _born(case.record))
    whole = _begun(statute, steps)
    return Duties(
        statute=statute,
        state=state_of(statute, whole),
        open=[clock for clock in found if clock.open],
        over=[clock for clock in found if not clock.open],
        findings=findings(statute, whole),
        unknown=_unknown(told, statute),
    )


def machine_of(record: ChildRecord) -> str:
    """``ccl`` for a child in conflict with law, ``missing`` for one that is searched for, ``cncp`` for all others."""
    if Restriction.IN_CONFLICT_WITH_LAW in record.restrictions:
        return "ccl"
    return "missing" if record.kind is RecordKind.MISSING else "cncp"


def _begun(statute: Statute, steps: list[Taken]) -> list[Taken]:
    """The steps with the first one, where its owner told only later ones: that there is a record says that it was
    taken, but not when, so that no clock runs from it."""
    told = bool(steps) and steps[0].code == statute.start
    return steps if told or not steps else [Taken(statute.start, steps[0].at), *steps]


def _taken(event: CaseEvent) -> Taken:
    return Taken(
        event.kind.value,
        event.at,
        by=event.by,
        journey=datetime.timedelta(minutes=event.journey_minutes or 0),
        present=event.members_present,
        facts={fact.name.value: fact.value for fact in event.facts},
    )


def _born(record: ChildRecord) -> datetime.date | None:
    """The day of birth where it is documented; an estimated age decides no limit."""
    birth = record.birth
    return birth.date if birth is not None and birth.date is not None and birth.basis is AgeBasis.DOCUMENTED else None


def _unknown(told: Sequence[CaseEvent], statute: Statute) -> list[str]:
    return list(dict.fromkeys(event.kind.value for event in told if event.kind.value not in statute.step))
