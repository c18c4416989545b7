"""The sweep: of every duty that comes due a warning before and an escalation after, each once, in batches."""

import datetime
import itertools
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from contracts import InstitutionKind, Notice, NoticeKind, Reference
from hub.casework.durations import INDIA
from hub.casework.keeping import Keeping
from hub.casework.offices import Offices
from hub.casework.statute import Limit, limit_of
from hub.index import Store, Work
from hub.index.cases import MISSED, WARNED, Kept, Owed
from hub.index.columns import Values
from hub.leasing import leased

Progress = Callable[[int, int | None], None]
_WORDS = {
    WARNED: "Due by {due}: {words} ({section}). Please see to it, and tell the hub of the step.",
    MISSED: "Overdue since {due}: {words} ({section}). It was escalated to {whom}.",
}
_KINDS = {WARNED: NoticeKind.DUTY_WARNED, MISSED: NoticeKind.DUTY_MISSED}
_LONGEST = 200
#: Ids of notices that follow one another: a million random ones would be written all over their index.
_SWEEPER, _numbers = uuid.uuid4().hex, itertools.count()


@dataclass
class SweepReport:
    """What one sweep did. ``late``: over before the hub knew of the case: listed, and nobody is sent it."""

    looked: int = 0
    warned: int = 0
    missed: int = 0
    late: int = 0
    sent: int = 0
    nobody: int = 0


@dataclass
class _Told:
    calls: list[Values] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    nobody: set[tuple[InstitutionKind, int | None]] = field(default_factory=set)
    anew: dict[int, Kept] = field(default_factory=dict)


class Sweeping:
    """One process sweeps at a time; what a batch did is kept with it, so that another goes on where one ended."""

    def __init__(
        self, store: Store, offices: Offices, keeping: Keeping, batch: int = 10_000, lease_seconds: float = 60.0
    ) -> None:
        self._store, self._offices, self._keeping = store, offices, keeping
        self._batch, self._lease_seconds = batch, lease_seconds

    def run(self, now: datetime.datetime, progress: Progress | None = None) -> SweepReport:
        """Say what has come due by ``now``. ``Unready`` (``already_running``) while another process does."""
        report, systems = SweepReport(), self._offices.systems()
        with leased(self._store, "sweep", self._lease_seconds) as lease:
            while True:
                with self._store.write() as work:
                    lease.confirm(work)
                    moved = work.cases.move_on(now, self._batch)
                    self._tell(work, moved, systems, now, report)
                if progress is not None:
                    progress(report.looked, None)
                if len(moved) < self._batch:
                    return report

    def _tell(
        self, work: Work, moved: Sequence[Owed], systems: Mapping[str, str], now: datetime.datetime, report: SweepReport
    ) -> None:
        kept, told = work.cases.at({one.row for one in moved}), _Told()
        for owed in moved:
            report.looked += 1
            if owed.row in kept:
                self._one(owed, kept[owed.row], systems, now, told, report)
        work.cases.call(told.calls)
        work.outbox.add(told.notices, now)
        for kind, district in told.nobody:
            work.alerts.opened(f"nobody:{kind}:{district}", "hub", "nobody_responsible", kind.value, now)
        self._keeping.events_told(work, [(one.participant, one.source_id) for one in told.anew.values()], now)
        report.sent += len(told.notices)
        report.nobody += len(told.nobody)

    def _one(
        self,
        owed: Owed,
        kept: Kept,
        systems: Mapping[str, str],
        now: datetime.datetime,
        told: _Told,
        report: SweepReport,
    ) -> None:
        limit = limit_of(kept.statute, owed.code)
        if limit is None:
            return
        if limit.every and owed.stage == MISSED:
            told.anew[kept.row] = kept  # the next turn begins
        late = owed.due < kept.known_since
        whom = self._whom(owed.stage, limit, kept, now, told)
        lanes = [] if late else [kept.participant, *(systems[one] for one in whom if one in systems)]
        told.notices += _notices(dict.fromkeys(lanes), owed, kept, limit, whom, now)
        told.calls += _calls(owed, kept, whom, systems, late, now)
        report.late += late
        report.warned += owed.stage == WARNED and not late
        report.missed += owed.stage == MISSED and not late

    def _whom(self, stage: int, limit: Limit, kept: Kept, now: datetime.datetime, told: _Told) -> tuple[str, ...]:
        """A warning goes to those who owe it, an escalation above them, as jurisdictions are today."""
        day = now.astimezone(INDIA).date()
        kinds = limit.owed_by if stage == WARNED else limit.escalates_to
        found = self._offices.of_kinds(kinds, kept, day)
        if stage == MISSED and not found:
            told.nobody |= {(kind, kept.district) for kind in kinds}
        return found


def _calls(
    owed: Owed, kept: Kept, whom: Sequence[str], systems: Mapping[str, str], late: bool, now: datetime.datetime
) -> Iterator[Values]:
    """To the owner, and to each institution."""
    said = {f"participant:{kept.participant}": 0 if late else 1}
    said |= {one: int(one in systems and not late) for one in whom}
    for institution, sent in said.items():
        yield {
            "row": owed.row,
            "code": owed.code,
            "turn": owed.turn,
            "due": owed.due,
            "stage": owed.stage,
            "institution": institution,
            "at": now,
            "told": sent,
        }


def _notices(
    lanes: Mapping[str, None], owed: Owed, kept: Kept, limit: Limit, whom: Sequence[str], now: datetime.datetime
) -> Iterator[Notice]:
    due = owed.due.astimezone(INDIA).strftime("%d-%m-%Y %H:%M IST")
    section = limit.section if limit.verified else f"{limit.section}, not verified"
    above = ", ".join(whom) or "nobody: the directory has no such institution"
    text = _WORDS[owed.stage].format(due=due, words=limit.words, section=section, whom=above)
    about = Reference(participant=kept.participant, source_id=kept.source_id)
    for lane in lanes:
        yield Notice(
            notice_id=f"{_SWEEPER}-{next(_numbers):010}",
            kind=_KINDS[owed.stage],
            to=lane,
            about=about,
            match_id=f"case-{owed.row}-{owed.code.replace('_', '-')}-{owed.turn}",
            created_at=now,
            evidence=[],  # said, since a default list is copied deeply for each
            text=text[:_LONGEST],
        )
