"""One participant's lane, served for a while by one courier: claim, push, write down what became of it."""

import datetime
import random
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

import structlog

from adapters.base import Adapter
from contracts import Notice, Refused, Unready, tracing
from contracts.participants import Delivery
from hub.evidence.lines import taken
from hub.index import Store, Work
from hub.index.lanes import LaneState
from hub.index.outbox import Owed, Told, Why
from hub.leasing import process_name

Progress = Callable[[int, int | None], None]
log = structlog.get_logger()
_INDIA = ZoneInfo("Asia/Kolkata")
#: Failures in a row after which a lane is left alone.
_ENOUGH = 3
_CLAIMED_AT_ONCE = 10
#: What was taken so long ago is written down before the next one is told.
_WRITE_AFTER = datetime.timedelta(seconds=0.2)
#: Seconds after which a database that did not answer is asked again.
_DATABASE_AGAIN = 0.5
_HOUR = datetime.timedelta(hours=1)
#: Refusals that speak of the endpoint and not of the notice: it stays owed until somebody mends the endpoint.
_ABOUT_THE_ENDPOINT = frozenset(
    {"bad_url", "bad_wsdl", "files_only", "no_secret", "no_such_address", "no_such_binding"}
    | {"no_such_operation", "redirected"}
    | {"tls_failed", "wrong_credentials"}
)
#: Failures after which the notice surely did not arrive.
_SURELY_NOT_TAKEN = frozenset({"unreachable"})
#: Failures that speak of the system, whichever notice met them.
_ABOUT_THE_SYSTEM = frozenset({"unreachable", "timed_out", "broken_off_by_source"})


@dataclass(frozen=True)
class Policy:
    """How hard to try; all in seconds but the counts."""

    workers: int = 8
    attempts: int = 40
    first: float = 5.0
    longest: float = 3_600.0
    hold: float = 60.0
    """How long a courier begins attempts on what it claimed; the claim lasts as much longer as an attempt may take."""
    turn: float = 5.0
    """How long one lane is served before the others get a look again."""

    def wait(self, failures: int) -> datetime.timedelta:
        """Exponential, with jitter, so that those who failed together do not come back together."""
        most = min(self.first * 2.0 ** min(max(failures - 1, 0), 30), self.longest)
        return datetime.timedelta(seconds=most * random.uniform(0.75, 1.0))


@dataclass(frozen=True)
class Shared:
    """What all lanes of one courier share. ``pause`` waits that many seconds, or until the courier ends."""

    store: Store
    policy: Policy
    now: Callable[[], datetime.datetime]
    ending: threading.Event
    pause: Callable[[float], object]


class Counts:
    """What became of notices, counted across threads."""

    def __init__(self, total: int, progress: Progress | None) -> None:
        self.said: Counter[str] = Counter()
        self._total, self._progress, self._lock = total, progress, threading.Lock()

    def add(self, what: str) -> None:
        with self._lock:
            self.said[what] += 1
            if self._progress is not None:
                self._progress(self.said.total(), self._total)


def opens(window: str | None, now: datetime.datetime) -> bool:
    """Whether ``now`` lies in a window of the Indian day such as ``22:00-06:00``."""
    if window is None:
        return True
    begin, _, end = window.partition("-")
    at = now.astimezone(_INDIA).strftime("%H:%M")
    return begin <= at < end if begin < end else at >= begin or at < end


def trip(shared: Shared, lane: str, code: str, retry_after: int | None) -> None:
    """A failure that concerns the whole lane: nobody tries it again for a while."""
    with shared.store.write() as work:
        state = work.lanes.failed(lane, code, shared.now())
        begins = _leave_alone(shared, work, state, retry_after)
    _tell(lane, code, state, begins)


def failed(shared: Shared, lane: str, code: str, retry_after: int | None) -> None:
    """One failure of a system that was asked something; after enough of them nobody tries it for a while."""
    with shared.store.write() as work:
        state = work.lanes.failed(lane, code, shared.now())
        enough = retry_after or state.opened_at is not None or state.failures >= _ENOUGH
        begins = _leave_alone(shared, work, state, retry_after) if enough else False
    _tell(lane, code, state, begins)


def _leave_alone(shared: Shared, work: Work, state: LaneState, retry_after: int | None) -> bool:
    now = shared.now()
    wait = datetime.timedelta(seconds=retry_after) if retry_after else shared.policy.wait(state.failures - _ENOUGH + 1)
    return work.lanes.leave_alone(state.lane, now + wait, now)


def _tell(lane: str, code: str, state: LaneState, begins: bool) -> None:
    if begins:
        log.warning("incident_opened", lane=lane, code=code, failures=state.failures)


@dataclass(frozen=True)
class _Taken:
    """A notice that its owner took, not written down yet."""

    notice: Notice
    trace: str | None
    told: Told


@dataclass
class Lane:
    """One courier's turn at one participant."""

    shared: Shared
    name: str
    adapter: Adapter
    terms: Delivery
    counts: Counts
    _holder: str = field(default_factory=process_name)
    _slot: tuple[str, int] | None = None
    _pace: int = 1
    """How many are claimed next: a system that was away is not met with everything at once."""
    _stopped: bool = False
    _taken: list["_Taken"] = field(default_factory=list)

    def serve(self, turn: float | None) -> None:
        """Until nothing is due, the system fails too often, the turn is over or the courier ends."""
        if not self._take_slot():
            return
        until = None if turn is None else self.shared.now() + datetime.timedelta(seconds=turn)
        try:
            while not self._over(until) and (claimed := self._claim()):
                self._push_all(claimed)
        finally:
            # Each thread has connections of its own: kept, they would be as many as threads times participants. They
            # are closed before the slot is given back, for whoever takes it opens one.
            self.adapter.rest()
            self._free_slot()

    def _over(self, until: datetime.datetime | None) -> bool:
        return self._stopped or self.shared.ending.is_set() or (until is not None and self.shared.now() >= until)

    # The worker cap, over all processes: as many leases as the participant bears couriers.

    def _take_slot(self) -> bool:
        now = self.shared.now()
        with self.shared.store.write() as work:
            for number in range(self.terms.workers):
                name = f"lane:{self.name}:{number}"
                fence = work.leases.take(name, self._holder, now, now + self._hold)
                if fence is not None:
                    self._slot = name, fence
                    return True
        return False

    def _free_slot(self) -> None:
        assert self._slot is not None
        with self.shared.store.write() as work:
            work.leases.give_back(*self._slot, self.shared.now())

    @property
    def _hold(self) -> datetime.timedelta:
        """Longer than what is begun in it can take (to connect, send, read and ask): nobody else comes meanwhile."""
        seconds = self.shared.policy.hold + 4 * self.adapter.connection.timeout_seconds
        return datetime.timedelta(seconds=seconds)

    # Claiming: at the participant's rate, and one alone to a system that did not answer.

    def _claim(self) -> list[Owed]:
        while True:
            claimed, wait = self._claim_now()
            if wait <= 0 or wait > 1:
                return claimed
            self.shared.pause(wait)
            if self.shared.ending.is_set():
                return []

    def _claim_now(self) -> tuple[list[Owed], float]:
        """What was claimed, or in how many seconds the rate allows more."""
        now, slot = self.shared.now(), self._slot
        assert slot is not None
        with self.shared.store.write() as work:
            state = work.lanes.hold(self.name, now)
            until = self._claims_end = now + self._hold
            self._begin_until = now + datetime.timedelta(seconds=self.shared.policy.hold)
            if state.resume_at > now or not work.leases.renew(*slot, until):
                return [], 0
            if state.next_at is not None and state.next_at > now:
                return [], (state.next_at - now).total_seconds()
            claimed = work.outbox.claim(self.name, self._holder, now, until, self._limit(state))
            if claimed:
                work.lanes.begun(self.name, now, self._next_at(now, len(claimed)))
                if state.opened_at is not None:
                    work.lanes.keep_out(self.name, until)
            return claimed, 0

    def _limit(self, state: LaneState) -> int:
        if state.opened_at is not None or not self.adapter.dedupes:
            return 1
        if self.terms.per_second is None:
            return self._pace
        # What the rate allows in a twentieth of a second, so that no second holds noticeably more than it may.
        return min(self._pace, max(1, int(self.terms.per_second / 20)))

    def _next_at(self, now: datetime.datetime, many: int) -> datetime.datetime | None:
        rate = self.terms.per_second
        return None if rate is None else now + datetime.timedelta(seconds=many / rate)

    # Pushing.

    def _push_all(self, claimed: Sequence[Owed]) -> None:
        try:
            self._push_each(claimed)
        finally:
            self._write_taken()

    def _push_each(self, claimed: Sequence[Owed]) -> None:
        for number, owed in enumerate(claimed):
            if self._stopped or self.shared.ending.is_set() or self.shared.now() >= self._begin_until:
                with self.shared.store.write() as work:
                    work.outbox.give_back([one.seq for one in claimed[number:]], self._holder)
                return
            self._write_taken(older_than=_WRITE_AFTER)
            with tracing.traced(owed.trace):
                self._push(owed)
        self._pace = min(2 * self._pace, _CLAIMED_AT_ONCE)

    def _push(self, owed: Owed) -> None:
        begun = self.shared.now()
        try:
            how, foreign_id = self._told(owed)
        except Refused as refused:
            if refused.code in _ABOUT_THE_ENDPOINT:
                self._again(owed, refused.code, None, whole_lane=True)
            else:
                self._dead(owed, _why(refused), begun)
        except Unready as unready:
            self._again(owed, unready.code, unready.retry_after_seconds)
        except Exception as error:
            log.error("push_failed", lane=self.name, notice=owed.notice.notice_id, error=type(error).__name__)
            self._again(owed, f"defect: {type(error).__name__}", None)
        else:
            if how:
                self._done(owed, how, foreign_id, begun)

    def _told(self, owed: Owed) -> tuple[str, str | None]:
        """How the owner came to have it, and its own id for it; the first is empty where it is not ours to push."""
        if not self.adapter.dedupes:
            had = self.adapter.has(owed.notice) if owed.unsure else False
            if had is None:
                self._doubt(owed)
                return "", None
            if had:
                return "asked", None
            if not self._mark(owed):
                return "", None
        receipt = self.adapter.push(owed.notice)
        return "pushed", receipt.foreign_id and receipt.foreign_id[:200]

    def _mark(self, owed: Owed) -> bool:
        """Written down before it is sent: who finds it after a crash asks before sending again."""
        now = self.shared.now()
        with self.shared.store.write() as work:
            held = self._slot is not None and work.leases.renew(*self._slot, now + self._hold)
            return held and work.outbox.sending(owed.seq, self._holder, now, now + self._hold)

    # What became of it.

    def _done(self, owed: Owed, how: str, foreign_id: str | None, begun: datetime.datetime) -> None:
        """Written down with what is taken in the next moment, by a system that knows a notice again; else at once."""
        told = Told(owed.seq, how, foreign_id, begun, self.shared.now())
        self._taken.append(_Taken(owed.notice, owed.trace, told))
        if not self.adapter.dedupes:
            self._write_taken()

    def _write_taken(self, older_than: datetime.timedelta | None = None) -> None:
        now = self.shared.now()
        if not self._taken or (older_than is not None and now - self._taken[0].told.end < older_than):
            return
        told = self._taken
        many, ends = self._write_patiently(told, now)
        self._taken = []
        for _ in range(many):
            self.counts.add("delivered")
        if ends:
            log.warning("incident_ended", lane=self.name)
        for one in told:
            with tracing.traced(one.trace):
                log.info("notice_delivered", lane=self.name, notice=one.notice.notice_id)

    def _write_patiently(self, told: Sequence["_Taken"], now: datetime.datetime) -> tuple[int, bool]:
        """While the database is away what the owner took is known here alone: it is waited for as long as the claims
        last, so that nothing is told again. How many were written, and whether an incident ends."""
        while True:
            try:
                return self._write(told, now)
            except Unready:
                if self.shared.ending.is_set() or self.shared.now() >= self._claims_end:
                    raise
                self.shared.pause(_DATABASE_AGAIN)

    def _write(self, told: Sequence["_Taken"], now: datetime.datetime) -> tuple[int, bool]:
        with self.shared.store.write() as work:
            ends = work.lanes.answered(self.name, now)
            mine = work.outbox.all_done(self._holder, [one.told for one in told])
            written = [one for one in told if one.told.seq in mine]
            work.audit.add_all((taken(one.notice, one.told.how, one.told.begun), one.told.end) for one in written)
        return len(written), ends

    def _dead(self, owed: Owed, why: Why, begun: datetime.datetime) -> None:
        self._write_taken()  # what came before comes first
        now = self.shared.now()
        with self.shared.store.write() as work:
            ends = work.lanes.answered(self.name, now)
            if work.outbox.dead(owed.seq, self._holder, why, (begun, now)):
                self.counts.add("dead")
        if ends:
            log.warning("incident_ended", lane=self.name)
        log.warning("notice_dead", lane=self.name, notice=owed.notice.notice_id, code=why.code)

    def _doubt(self, owed: Owed) -> None:
        with self.shared.store.write() as work:
            if work.outbox.doubt(owed.seq, self._holder, Why("in_doubt"), self.shared.now()):
                self.counts.add("doubt")
        log.warning("notice_in_doubt", lane=self.name, notice=owed.notice.notice_id)

    def _again(self, owed: Owed, code: str, seconds: int | None, whole_lane: bool = False) -> None:
        """Later; if it is the system that fails, in a row, the whole lane later."""
        self._write_taken()  # what came before comes first
        now = self.shared.now()
        unsure = not self.adapter.dedupes and (owed.unsure or not _surely_not_taken(code, seconds))
        of_the_system = bool(seconds) or whole_lane or owed.attempts == 0 or code in _ABOUT_THE_SYSTEM
        with self.shared.store.write() as work:
            state = work.lanes.failed(self.name, code, now, in_a_row=of_the_system)
            # A system that answers nothing says nothing about one notice: only what fails beside others is laid aside.
            counts = state.opened_at is None and not whole_lane
            if counts and owed.attempts + 1 >= self.shared.policy.attempts:
                if work.outbox.dead(owed.seq, self._holder, Why(code), (now, now)):
                    self.counts.add("dead")
            elif work.outbox.retry(owed.seq, self._holder, code, self._due(owed, state, seconds), unsure, counts):
                self.counts.add("retried")
            begins = self._look_at(work, state, seconds, whole_lane)
        _tell(self.name, code, state, begins)

    def _due(self, owed: Owed, state: LaneState, seconds: int | None) -> datetime.datetime:
        """When it is tried again: in an hour whose failures are spent, only after that hour."""
        wait = datetime.timedelta(seconds=seconds) if seconds else self.shared.policy.wait(owed.attempts + 1)
        due = self.shared.now() + wait
        if state.hour_from is not None and state.hour_failures >= self.terms.failures_per_hour:
            due = max(due, state.hour_from + _HOUR)
        return due

    def _look_at(self, work: Work, state: LaneState, seconds: int | None, whole_lane: bool) -> bool:
        """Leave the lane alone if it is to be; true if an incident begins with it."""
        if not (seconds or whole_lane or state.opened_at is not None or state.failures >= _ENOUGH):
            return False
        self._stopped = True
        return _leave_alone(self.shared, work, state, seconds)


def _why(refused: Refused) -> Why:
    if not refused.problems:
        return Why(refused.code)
    return Why(refused.code, refused.problems[0].field, refused.problems[0].rule)


def _surely_not_taken(code: str, retry_after: int | None) -> bool:
    """Whoever names a time to come back at has not taken it."""
    return code in _SURELY_NOT_TAKEN or retry_after is not None
