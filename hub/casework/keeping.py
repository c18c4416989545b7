"""Cases kept beside their steps: law, state, debts and findings, written in the transaction of what changes them."""

import datetime
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from contracts import CaseEvent, ChildRecord, InstitutionKind, Refused
from contracts.codes import RecordKind, Status
from contracts.places import DiaryKind
from hub.casework.clocks import Clock
from hub.casework.durations import INDIA
from hub.casework.duties import Duties, KindOf, asked, law_of, machine_of, nobody_known, taken
from hub.casework.statute import NONE, Statute
from hub.index import Work
from hub.index.cases import MISSED, RUNNING, WARNED, Kept, Owed, Wrong
from hub.index.entry import is_withdrawn, place_of, veil_of

#: The law or the day of its opening is not what it should be, or a step: found whenever the case is kept.
_BY_STEPS = (
    "unknown_step",
    "illegal_step",
    "wrong_institution",
    "no_quorum",
    "before_the_last",
    "by_unchecked",
    "members_unchecked",
    "institution_of_other_kind",
    "no_law_then",
)
NO_FIR = "no_fir"
_COMMITTEES = (InstitutionKind.CWC, InstitutionKind.JJB)
_LOOKED_FOR = (Status.REPORTED, Status.ALERTED, Status.UNTRACED, Status.FIR_REGISTERED)

Ref = tuple[str, str]


@dataclass(frozen=True)
class Keeping:
    """``kind_of`` asks the directory, so that what a sender says of who took a step is checked."""

    kind_of: KindOf = nobody_known

    def events_told(self, work: Work, refs: Collection[Ref], now: datetime.datetime) -> None:
        """Steps of these records came in. A record that is not here yet is kept when it comes."""
        for participant, source_id in sorted(refs):
            row = work.records.find(participant=participant, source_id=source_id)
            if row is not None:
                self._keep(work, row, work.records.record(row), now)

    def records_told(self, work: Work, records: Sequence[ChildRecord], now: datetime.datetime) -> None:
        """Records of one participant came in or changed: the cases of those of which a step was told are kept."""
        refs = [(one.ref.participant, one.ref.source_id) for one in records]
        self.events_told(work, work.events.told_of(refs), now)

    def mark_firs(
        self,
        work: Work,
        records: Sequence[ChildRecord],
        rows: Mapping[str, int],
        before: Collection[int],
        now: datetime.datetime,
    ) -> None:
        """Find which of these lack an FIR; ``rows``: source id -> row, ``before``: those that were here before."""
        work.cases.settle(before, [NO_FIR])
        lacking = [rows[one.ref.source_id] for one in records if lacks_fir(one)]
        work.cases.note(Wrong(row, NO_FIR, 0, None, None, None, now) for row in lacking)

    def _keep(self, work: Work, row: Any, record: ChildRecord, now: datetime.datetime) -> None:
        told = work.events.of([(row.participant, row.source_id)])
        if not told or is_withdrawn(record):
            return
        before = work.cases.find(row.hub_id)
        statute = _law(record, told, before)
        duties = None if statute is None else asked(statute, record, told, now, self.kind_of)
        kept = _kept(row, record, told, duties, before, now)
        owed = [] if duties is None else list(_owed(row.row, duties, work.cases.called(row.row)))
        work.cases.keep(kept, owed, self._wrong(row.row, told, duties, now), _BY_STEPS)

    def _wrong(
        self, row: int, told: Sequence[CaseEvent], duties: Duties | None, now: datetime.datetime
    ) -> Iterator[Wrong]:
        if duties is None:
            yield Wrong(row, "no_law_then", 0, told[0].kind.value, told[0].at, None, now)
            return
        for one in duties.findings:
            yield Wrong(row, one.rule, one.place, one.code, one.at, None, now)
        for place, event in enumerate(told):
            for rule in unchecked(duties.statute, event, self.kind_of):
                yield Wrong(row, rule, place, event.kind.value, event.at, None, now)


def lacks_fir(record: ChildRecord) -> bool:
    """A missing child that is looked for without an FIR (WP(C) 75/2012: forthwith)."""
    looked_for = record.kind is RecordKind.MISSING and record.status in _LOOKED_FOR
    return looked_for and all(diary.kind is not DiaryKind.FIR for diary in record.diaries)


def unchecked(statute: Statute, event: CaseEvent, kind_of: KindOf) -> Iterator[str]:
    """What the law asks about who took a step and was not said, or not as the directory has it."""
    step = statute.step.get(event.kind.value)
    if step is None:
        return
    day = event.at.astimezone(INDIA).date()
    on_file = None if event.institution is None else kind_of(event.institution, day)
    if taken(event, kind_of).by is None:
        yield "by_unchecked"
    if on_file is not None and event.by is not None and on_file is not event.by:
        yield "institution_of_other_kind"
    if step.quorum is not None and event.members_present is None:
        yield "members_unchecked"


def _law(record: ChildRecord, told: Sequence[CaseEvent], before: Kept | None) -> Statute | None:
    """The law kept at its opening stays, unless the case turns out to have been opened on another day."""
    same_day = before is not None and before.opened == told[0].at
    try:
        return law_of(record, told, before.statute if before is not None and same_day else None)
    except Refused:
        return None


def _kept(
    row: Any,
    record: ChildRecord,
    told: Sequence[CaseEvent],
    duties: Duties | None,
    before: Kept | None,
    now: datetime.datetime,
) -> Kept:
    place = place_of(record)
    state = NONE if duties is None else duties.state
    return Kept(
        row=row.row,
        hub_id=row.hub_id,
        participant=row.participant,
        source_id=row.source_id,
        machine=machine_of(record),
        statute=None if duties is None else duties.statute.id,
        state=state,
        ended=duties is not None and state in duties.statute.ends,
        opened=told[0].at,
        known_since=now if before is None else before.known_since,
        committee=_committee(told),
        lgd_state=place.state,
        district=place.district,
        veil=int(veil_of(record)),
        updated=now,
    )


def _committee(told: Sequence[CaseEvent]) -> str | None:
    """The committee or board that took the last step of one."""
    named = (event.institution for event in reversed(told) if event.by in _COMMITTEES and event.institution)
    return next(named, None)


def _owed(row: int, duties: Duties, called: Mapping[tuple[str, int, datetime.datetime], int]) -> Iterator[Owed]:
    waits = {limit.code for limit in duties.statute.limits if limit.kind == "wait"}
    for clock in duties.open:
        stage = called.get((clock.code, clock.turn, clock.due), RUNNING)
        at = None if clock.code in waits else _next(clock, stage)
        yield Owed(row, clock.code, clock.turn, clock.due, stage, at)


def _next(clock: Clock, stage: int) -> datetime.datetime | None:
    """When something is next to be said of it, after what was said."""
    return {RUNNING: clock.warn_at, WARNED: clock.due, MISSED: None}[stage]
