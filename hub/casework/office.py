"""Casework as the portal and the command line ask for it: what is due and by whom, what is wrong, the sweep."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass

from contracts import Refused
from contracts.exchange import Case
from hub.access import Act, Caller
from hub.casework.bench import Bench
from hub.casework.doubles import Doubles
from hub.casework.duties import Duties, duties_of
from hub.casework.keeping import Keeping
from hub.casework.offices import Offices
from hub.casework.quarterly import Quarter, Report, report_of
from hub.casework.statute import limit_of
from hub.casework.sweeping import Progress, Sweeping, SweepReport
from hub.core import Core
from hub.flow import utc_now
from hub.index import Store
from hub.index.cases import MISSED, WARNED, Kept, Owed, Within, Wrong
from hub.showing import sight_of
from registry import Amiss, Registry

_SOON = datetime.timedelta(days=7)


@dataclass(frozen=True)
class Standing:
    """A case as it stands. ``older``: it was opened before every law on file, so that nobody can say what it owes."""

    duties: Duties | None
    older: bool
    opened: datetime.datetime | None
    wrong: list[Wrong]


@dataclass(frozen=True)
class Due:
    """One line of a list of what is due: which case, what, when, under which section."""

    hub_id: str
    participant: str
    source_id: str
    lgd_state: int | None
    district: int | None
    code: str
    words: str
    section: str
    verified: bool
    due: datetime.datetime
    overdue: bool
    warned: bool


@dataclass(frozen=True)
class Found:
    """One line of a list of what is wrong."""

    hub_id: str
    participant: str
    source_id: str
    lgd_state: int | None
    district: int | None
    rule: str
    step: str | None
    at: datetime.datetime | None
    found_at: datetime.datetime
    other_hub_id: str | None = None
    """The other entry, where it is about two."""


class Casework:
    def __init__(
        self,
        store: Store,
        registry: Registry,
        core: Core,
        lease_seconds: float,
        now: Callable[[], datetime.datetime] = utc_now,
    ) -> None:
        self._store, self._registry, self._now = store, registry, now
        self._doubles = Doubles(store, core, lease_seconds)
        self.offices = Offices(registry)
        self.keeping = Keeping(self.offices.kind_of)
        self.bench = Bench(store, self.offices, self.keeping, now)
        self._sweeping = Sweeping(store, self.offices, self.keeping, lease_seconds=lease_seconds)

    def standing(self, case: Case) -> Standing:
        """What is owed in a case that the caller was shown, and what is wrong in it."""
        with self._store.read() as work:
            kept = work.cases.find(case.hub_id)
            wrong = [] if kept is None else work.cases.wrong(kept.row)
        opened = min((event.at for event in case.events), default=None)
        shown = wrong if case.events else []  # who sees no step sees nothing that is wrong with one
        try:
            return Standing(duties_of(case, self._now(), kept.statute if kept else None), False, opened, shown)
        except Refused:
            return Standing(None, True, opened, shown)

    def sweep(self, progress: Progress | None = None, now: datetime.datetime | None = None) -> SweepReport:
        """Warn of what is due soon and escalate what is over, each once."""
        return self._sweeping.run(now or self._now(), progress)

    def look_for_doubles(self, progress: Progress | None = None) -> int:
        """Find two entries of one owner that are one child, among what changed since the last look; how many."""
        return self._doubles.run(self._now(), progress)

    def stations_amiss(self, caller: Caller) -> list[Amiss]:
        """Stations of the caller's states that the directory has under the wrong supervisor, as of today."""
        caller.require(Act.SEE_FINDINGS)
        scope, found = caller.scope, self._registry.amiss()
        return [
            one
            for one in found
            if scope.everywhere or one.state in scope.states or one.institution == scope.institution
        ]

    def quarterly(self, caller: Caller, quarter: str, committee: str | None = None) -> Report:
        """Form 16 and s.40(4) of a committee in the caller's jurisdiction, or of the whole of it."""
        caller.require(Act.SEE_FINDINGS)
        return report_of(self._store, within_of(caller), committee, Quarter.read(quarter))

    def due(self, caller: Caller, limit: int = 100, within: datetime.timedelta = _SOON) -> list[Due]:
        """What is overdue or due soon in the caller's jurisdiction, longest overdue first."""
        caller.require(Act.SEE_DUTIES)
        now = self._now()
        with self._store.read() as work:
            found = work.cases.overdue(within_of(caller), now + within, limit)
        return [line for owed, kept in found if (line := _due(owed, kept, now)) is not None]

    def findings(self, caller: Caller, rule: str | None = None, offset: int = 0, limit: int = 100) -> list[Found]:
        """What is wrong in cases of the caller's jurisdiction, newest first."""
        caller.require(Act.SEE_FINDINGS)
        with self._store.read() as work:
            found = work.cases.findings(within_of(caller), rule, offset, limit)
        return [_found(*one) for one in found]

    def count_findings(self, caller: Caller) -> dict[str, int]:
        """Rule -> how many in the caller's jurisdiction."""
        caller.require(Act.SEE_FINDINGS)
        with self._store.read() as work:
            return work.cases.count_findings(within_of(caller))


def within_of(caller: Caller) -> Within:
    """The caller's jurisdiction and what it may meet, for a query."""
    scope, veil = caller.scope, int(sight_of(caller).veil)
    return Within(scope.everywhere, scope.states, scope.districts, scope.institution, veil)


def _due(owed: Owed, kept: Kept, now: datetime.datetime) -> Due | None:
    limit = limit_of(kept.statute, owed.code)
    if limit is None or limit.kind == "wait":
        return None
    return Due(
        hub_id=kept.hub_id,
        participant=kept.participant,
        source_id=kept.source_id,
        lgd_state=kept.lgd_state,
        district=kept.district,
        code=owed.code,
        words=limit.words,
        section=limit.section,
        verified=limit.verified,
        due=owed.due,
        overdue=owed.stage == MISSED or owed.due <= now,
        warned=owed.stage == WARNED,
    )


def _found(
    wrong: Wrong,
    hub_id: str,
    participant: str,
    source_id: str,
    state: int | None,
    district: int | None,
    other: str | None,
) -> Found:
    when = wrong.at, wrong.found_at
    return Found(hub_id, participant, source_id, state, district, wrong.rule, wrong.step, *when, other)
