"""What the law asks in one case, from the steps that its owners told: for the case page and the command line."""

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from contracts import CaseEvent, ChildRecord, InstitutionKind
from contracts.codes import AgeBasis, RecordKind, Restriction
from contracts.exchange import Case
from hub.casework.clocks import Clock, clocks
from hub.casework.durations import INDIA
from hub.casework.progress import Finding, Taken, findings, state_of
from hub.casework.statute import Statute, statute_for, statutes


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


#: The kind of an institution on a day, where the directory knows it.
KindOf = Callable[[str, datetime.date], InstitutionKind | None]


def nobody_known(_: str, __: datetime.date) -> InstitutionKind | None:
    """Without a directory."""
    return None


def duties_of(case: Case, now: datetime.datetime, statute: str | None = None) -> Duties | None:
    """None while no step of the case is told. ``statute``: the law that the case was opened under, where it is kept.

    ``Refused`` (``no_law_then``) for a case older than every law on file.
    """
    told = sorted(case.events, key=lambda event: event.at)
    return asked(law_of(case.record, told, statute), case.record, told, now) if told else None


def law_of(record: ChildRecord, told: Sequence[CaseEvent], kept: str | None = None) -> Statute:
    """The law of a case whose steps are ``told``, oldest first: the one it was opened under, whatever came later."""
    known = statutes().get(kept) if kept is not None else None
    machine = machine_of(record)
    if known is not None and known.machine == machine:
        return known
    return statute_for(machine, told[0].at.astimezone(INDIA).date())


def asked(
    statute: Statute,
    record: ChildRecord,
    told: Sequence[CaseEvent],
    now: datetime.datetime,
    kind_of: KindOf = nobody_known,
) -> Duties:
    """What the statute asks in a case with these steps, oldest first."""
    steps = [taken(event, kind_of) for event in told if event.kind.value in statute.step]
    found = clocks(statute, steps, now, _born(record))
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


def taken(event: CaseEvent, kind_of: KindOf = nobody_known) -> Taken:
    """A step as it was told; who took it goes by the directory where the sender does not say it."""
    by = event.by
    if by is None and event.institution is not None:
        by = kind_of(event.institution, event.at.astimezone(INDIA).date())
    return Taken(
        event.kind.value,
        event.at,
        by=by,
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
