"""A live search: who asks and may, whom it is put to, and one answer that grows until it is whole."""

import datetime
import threading
import time
import uuid
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from adapters.base import Capability, Finds
from contracts import ChildRecord, Permission, Refused, Unready
from contracts.exchange import Search
from contracts.live import LiveReply, LiveSearch, SearchRequest, SourceAnswer, SourceState
from hub.access import Act, Caller, require_permission, require_purpose
from hub.asking.loop import Loop, Task
from hub.asking.merging import Merging
from hub.asking.noting import Noting, Question
from hub.asking.outcomes import answer_of
from hub.asking.rounds import Round
from hub.asking.sources import Chosen, Source, Sources, at_their_turn, only
from hub.finding import Finding
from hub.index import Store, Work
from hub.index.audit import Line
from hub.showing import is_own, sight_of
from hub.systems import Systems
from registry import Registry


@dataclass(frozen=True)
class Patience:
    """How long is waited, in seconds, and how many questions one process has under way."""

    whole: float = 10.0
    source: float = 5.0
    at_once: int = 8
    tell_every: float = 0.25


@dataclass(frozen=True)
class Parts:
    """What a live search stands on."""

    store: Store
    registry: Registry
    systems: Systems
    finding: Finding
    loop: Loop
    noting: Noting


class LiveSearching:
    """Every question is written down before it is asked; nothing of an answer is."""

    def __init__(
        self,
        parts: Parts,
        patience: Patience,
        now: Callable[[], datetime.datetime],
        require_proof: Callable[[], None] = lambda: None,
    ) -> None:
        self._parts, self._patience, self._now, self._require_proof = parts, patience, now, require_proof
        self._sources = Sources(parts.systems)
        self._lately: dict[str, float] = {}
        """Seconds that each owner's system took when it last answered: this process, or one before it."""
        self._under_way = threading.BoundedSemaphore(patience.at_once)

    def prepare(self) -> int:
        """Make the adapters of all that can be searched, so that the first question need not; how many there are."""
        with self._parts.store.read() as work:
            self._remember(work)
        return len(self._sources.able(self._parts.registry.participants.all(), Capability.SEARCH).asked)

    def _remember(self, work: Work) -> None:
        self._lately = work.lanes.seconds() | self._lately

    def search(self, caller: Caller, wanted: LiveSearch) -> "Answers":
        """The answer as it grows; the last one is complete. Closing the iterator breaks the question off.

        Raises at once, before anybody is asked, ``Refused`` (``not_allowed``, ``not_permitted``, ``no_case_stated``,
        ``purpose_not_allowed``, ``no_officer_named``, ``live_search_has_no_pages``, ``unknown_participant``) and
        ``Unready`` (``too_many_live``, ``database_busy``, ``audit_behind``).
        """
        question = _question(caller, wanted)
        self._require_proof()
        if not self._under_way.acquire(blocking=False):
            raise Unready("too_many_live", "Too many live searches are under way. Try again in a moment.", 2)
        try:
            begun = self._begin(question, wanted)
        except BaseException:
            self._under_way.release()
            raise
        return Answers(self._told(begun))

    def _begin(self, question: Question, wanted: LiveSearch) -> "_Begun":
        began, now, caller = time.monotonic(), self._now(), question.caller
        asker = caller.participant.id if caller.participant is not None else None
        able = self._sources.able(only(self._parts.registry.participants.all(), wanted.participants, asker),
                                  Capability.SEARCH)  # fmt: skip
        indexed = self._parts.finding.found(caller, wanted.query.model_copy(update={"limit": 100}))
        patience = datetime.timedelta(seconds=wanted.source_seconds or self._patience.source)
        with self._parts.store.write() as work:
            if not self._lately:
                self._remember(work)
            chosen = at_their_turn(work, able, now, patience)
            opening, line = self._parts.noting.opened(work, question, [source.id for source in chosen.asked])
        fits = self._parts.finding.fits(caller, wanted.query)
        merging = Merging(caller, wanted.query, self._parts.finding.today, fits, indexed)
        tasks = self._tasks(chosen, _request(question, wanted.query, now), wanted, began)
        return _Begun(caller, merging, chosen, tasks, opening, line, began)

    def _tasks(self, chosen: Chosen, request: SearchRequest, wanted: LiveSearch, began: float) -> list[Task]:
        whole = began + (wanted.seconds or self._patience.whole)
        now = self._now()
        tasks = [self._task(source, request, wanted, now, whole) for source in chosen.asked]
        # Who took longest lately, or is not known yet, is asked first: a question that is begun late ends late.
        return sorted(tasks, key=lambda task: -self._lately.get(task.name, self._patience.source))

    def _task(
        self, source: Source, request: SearchRequest, wanted: LiveSearch, now: datetime.datetime, whole: float
    ) -> Task:
        begin = time.monotonic() + ((source.begin - now).total_seconds() if source.begin else 0.0)
        most = min(wanted.source_seconds or self._patience.source, source.endpoint.timeout_seconds)
        call = partial(_searched, source, request, self._parts.systems)
        return Task(source.id, call, min(begin + most, whole), _nobody, begin, over_wire=source.adapter.over_wire)

    def _told(self, begun: "_Begun") -> Generator[LiveReply]:
        """The first word, what ends, the last word; then how it went is written down, whoever is still there."""
        answers = {one.participant: one for one in begun.chosen.not_asked}
        asked = None
        try:
            asked = Round(self._parts.loop, begun.tasks)
            yield self._reply(begun, [*answers.values(), *begun.asked_now()], complete=False)
            yield from self._as_it_comes(begun, asked, answers)
            yield self._reply(begun, [answers[name] for name in sorted(answers)], complete=True)
        finally:
            if asked is not None:
                asked.close()
            self._under_way.release()
            self._parts.noting.close_later(begun.opening, begun.line, answers.values(), begun.tasks)

    def _as_it_comes(self, begun: "_Begun", asked: Round, answers: dict[str, SourceAnswer]) -> Iterator[LiveReply]:
        fresh: list[SourceAnswer] = []
        told_at = time.monotonic()
        while not asked.over:
            for task in asked.some(self._patience.tell_every):
                answers[task.name] = self._taken(task, begun)
                self._lately[task.name] = task.seconds
                fresh.append(answers[task.name])
            if not asked.over and time.monotonic() - told_at >= self._patience.tell_every:
                # Told even if nothing came, so that it is noticed when the asker is gone.
                yield self._reply(begun, fresh, complete=False)
                fresh, told_at = [], time.monotonic()

    def _taken(self, task: Task, begun: "_Begun") -> SourceAnswer:
        if not isinstance(task.result, Finds):
            return answer_of(task)
        records = self._to_be_met(begun.caller, task.result.records)
        return answer_of(task, begun.merging.take(task.name, records), task.result.left_out)

    def _to_be_met(self, caller: Caller, told: Sequence[ChildRecord]) -> Sequence[ChildRecord]:
        """What an owner told, without what is sealed or was erased here and its system still holds open."""
        if not told:
            return told
        refs, own = {(one.ref.participant, one.ref.source_id) for one in told}, caller.participant
        with self._parts.store.read() as work:
            closed = work.orders.veiled(refs, sight_of(caller).veil) | work.erasing.among(refs)
        return [one for one in told if (one.ref.participant, one.ref.source_id) not in closed or is_own(own, one)]

    def _reply(self, begun: "_Begun", sources: list[SourceAnswer], complete: bool) -> LiveReply:
        with self._parts.store.read() as work:
            ranked = begun.merging.ranked(work)
        milliseconds = round((time.monotonic() - begun.began) * 1000)
        return LiveReply(
            complete=complete, hits=ranked.hits, total=ranked.total, sources=sources, milliseconds=milliseconds
        )


class Answers(Iterator[LiveReply]):
    """The answer as it grows. It is under way from the moment it is made: close it, or read it to its end."""

    def __init__(self, told: Generator[LiveReply]) -> None:
        self._told = told
        self._first: LiveReply | None = next(told)

    def __next__(self) -> LiveReply:
        first, self._first = self._first, None
        return next(self._told) if first is None else first

    def close(self) -> None:
        self._told.close()

    def whole(self) -> LiveReply:
        """The last word alone."""
        for reply in self:
            if reply.complete:
                self.close()
                return reply
        raise AssertionError("an answer ends with a complete one")


@dataclass(frozen=True)
class _Begun:
    caller: Caller
    merging: Merging
    chosen: Chosen
    tasks: list[Task]
    opening: int
    line: Line
    began: float

    def asked_now(self) -> list[SourceAnswer]:
        return [SourceAnswer(participant=source.id, state=SourceState.ASKED) for source in self.chosen.asked]


def _question(caller: Caller, wanted: LiveSearch) -> Question:
    if caller.participant is not None:
        require_permission(caller, Permission.SEARCH_LIVE)
    else:
        caller.require(Act.SEARCH_LIVE)
    officer = caller.officer if caller.participant is None else wanted.officer
    if officer is None:
        raise Refused("no_officer_named", "Name the officer who asks, by officer id and role.")
    require_purpose(caller, wanted.purpose, wanted.case)
    if wanted.query.offset:
        raise Refused("live_search_has_no_pages", "A live search has no pages. Narrow it, or raise its limit.")
    looked_by = wanted.query.model_dump(exclude_defaults=True).keys() - {"limit", "offset"}
    return Question(caller, officer, wanted.purpose, wanted.case, " ".join(sorted(looked_by)))


def _request(question: Question, query: Search, now: datetime.datetime) -> SearchRequest:
    return SearchRequest(
        request_id=str(uuid.uuid4()),
        query=query,
        purpose=question.purpose,
        case=question.case,
        officer=question.officer,
        asked_at=now,
    )


def _searched(source: Source, request: SearchRequest, systems: Systems) -> Finds:
    # One that blocks runs in a thread of the pool, and its adapter is that thread's own.
    adapter = source.adapter if source.adapter.over_wire else systems.adapter(source.id)
    return adapter.search(request)


def _nobody(_: Task) -> None:
    return None
