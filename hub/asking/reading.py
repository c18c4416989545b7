"""Several sections of one child read live at once, from several owners if need be: the slowest alone sets the time."""

import datetime
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from adapters.base import Capability
from contracts import ChildRecord, Purpose, Refused, Section, SectionName, SectionRequest, TrackChildError
from contracts.live import SourceState
from hub.access import Act, Caller, require_purpose, require_section
from hub.asking.loop import Loop, Task
from hub.asking.noting import Noting
from hub.asking.outcomes import error_of, state_of
from hub.asking.rounds import Round
from hub.asking.sources import Chosen, Source, Sources, at_their_turn
from hub.index import Store
from hub.index.audit import Line
from hub.reading import fetched, line_of, outcome_of, record_of, request_of
from hub.systems import Systems
from registry import Registry


@dataclass(frozen=True)
class Wanted:
    """One section of one entry."""

    hub_id: str
    section: SectionName


@dataclass(frozen=True)
class SectionRead:
    """What became of one: the section, or why there is none. Shown once, kept nowhere."""

    wanted: Wanted
    owner: str
    state: SourceState
    section: Section | None = None
    error: TrackChildError | None = None
    milliseconds: int | None = None


class LiveReading:
    """Reads many sections with one purpose for one case; each is a line of the audit before it is asked for."""

    def __init__(
        self,
        store: Store,
        registry: Registry,
        systems: Systems,
        loop: Loop,
        noting: Noting,
        now: Callable[[], datetime.datetime],
        seconds: float,
        require_proof: Callable[[], None] = lambda: None,
    ) -> None:
        self._store, self._registry, self._systems, self._loop = store, registry, systems, loop
        self._noting, self._now, self._seconds, self._require_proof = noting, now, seconds, require_proof
        self._sources = Sources(systems)

    def sections(self, caller: Caller, wanted: Sequence[Wanted], purpose: Purpose, case: str) -> list[SectionRead]:
        """What became of each, in the order asked for.

        Raises before anything is asked what ``hub.reading`` does (``section_not_allowed``, ``purpose_not_allowed``,
        ``no_case_stated``, ``unknown_case``); what an owner raises stands beside its section.
        """
        caller.require(Act.READ_SECTION)
        purpose, case = require_purpose(caller, purpose, case)
        if not wanted:
            return []
        self._require_proof()
        reads = self._opened(caller, wanted, purpose, case)
        asked = Round(self._loop, [read.task for read in reads if read.task is not None])
        try:
            asked.all()
        finally:
            asked.close()
            self._close(reads)
        return [read.told() for read in reads]

    def _opened(self, caller: Caller, wanted: Sequence[Wanted], purpose: Purpose, case: str) -> list["_Read"]:
        """The lines of the audit and whom to ask, in one transaction."""
        now = self._now()
        with self._store.write() as work:
            known = [record_of(work, caller, one.hub_id) for one in wanted]
            records = [record for record, _ in known]
            ties = [tied for _, tied in known]
            officers = [require_section(caller, one.section, tied) for one, tied in zip(wanted, ties, strict=True)]
            able = self._owners(records)
            sources = {source.id: source for source in able.asked}
            chosen = at_their_turn(work, able, now, datetime.timedelta(seconds=self._seconds))
            why = {one.participant: one.code or "" for one in chosen.not_asked}
            reads = []
            for one, record, officer in zip(wanted, records, officers, strict=True):
                line = line_of(officer, one.section, purpose, case, one.hub_id)
                opening = work.audit.add(line, now)
                owner = record.ref.participant
                source = sources.get(owner) if owner not in why else None
                task = None
                if source is not None:
                    request = request_of(record.ref, officer, one.section, purpose, case, now)
                    task = self._task(source, request)
                reads.append(_Read(one, owner, line, opening, task, why.get(owner)))
        return reads

    def _owners(self, records: Sequence[ChildRecord]) -> Chosen:
        owners = sorted({record.ref.participant for record in records})
        known = [one for name in owners if (one := self._registry.participants.get(name)) is not None]
        return self._sources.able(known, Capability.FETCH)

    def _task(self, source: Source, request: SectionRequest) -> Task:
        begin = time.monotonic()
        until = begin + min(self._seconds, source.endpoint.timeout_seconds)
        call = partial(_read, source, request, self._systems)
        return Task(source.id, call, until, lambda _: None, over_wire=source.adapter.over_wire)

    def _close(self, reads: Sequence["_Read"]) -> None:
        """What became of each is written beside the answer: the lines that it was asked stand already."""
        closing = [replace(read.line, outcome=read.outcome(), opening=read.opening) for read in reads]
        self._noting.later(closing, [read.task for read in reads if read.task is not None])


@dataclass(frozen=True)
class _Read:
    wanted: Wanted
    owner: str
    line: Line
    opening: int
    task: Task | None
    why_not: str | None

    def _error(self) -> TrackChildError | None:
        if self.task is not None:
            return error_of(self.task) if self.task.ended_at is not None else _broken_off()
        if self.why_not is not None:
            return Refused(self.why_not, "The owner's system is not asked now. Try later, or ask the owner directly.")
        return Refused("owner_cannot_be_read", "The owner's system cannot be read live. Ask the owner directly.")

    def outcome(self) -> str:
        error = self._error()
        return "answered" if error is None else outcome_of(error)

    def told(self) -> SectionRead:
        error = self._error()
        if error is not None:
            state = SourceState.NOT_ASKED if self.task is None else state_of(error)
            return SectionRead(self.wanted, self.owner, state, error=error, milliseconds=self._milliseconds())
        assert self.task is not None
        section: Section = self.task.result
        return SectionRead(self.wanted, self.owner, SourceState.ANSWERED, section, None, self._milliseconds())

    def _milliseconds(self) -> int | None:
        return None if self.task is None else round(self.task.seconds * 1000)


def _broken_off() -> TrackChildError:
    return Refused("hub_ending", "The reading was broken off at the hub. Ask again.")


def _read(source: Source, request: SectionRequest, systems: Systems) -> Section:
    adapter = source.adapter if source.adapter.over_wire else systems.adapter(source.id)
    return fetched(adapter, request)
