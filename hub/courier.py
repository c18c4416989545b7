"""Pays what is owed: claims notices that are due, pushes them to their participants, and writes down what became of it.

A lane is one participant. One thread serves a lane at a time; a lane whose system does not answer is left alone for
longer and longer, so that it costs the others nothing. A notice is pushed at least once, always under the same id.
"""

import datetime
import random
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Lock

import structlog

from adapters.base import Adapter
from contracts import Refused, Unready
from hub.index import Store
from hub.index.outbox import Owed
from hub.leasing import process_name
from hub.reports import DeliveryReport

Progress = Callable[[int, int | None], None]
log = structlog.get_logger()
#: Failures in a row after which a lane is left alone.
_ENOUGH = 3
_CLAIMED_AT_ONCE = 10


@dataclass(frozen=True)
class Policy:
    """How hard to try; all in seconds but the counts."""

    workers: int = 8
    attempts: int = 40
    first: float = 5.0
    longest: float = 3_600.0
    hold: float = 60.0
    """How long a claim lasts; a courier that dies gives its notices back after it."""

    def wait(self, failures: int) -> datetime.timedelta:
        """Exponential, with jitter, so that those who failed together do not come back together."""
        most = min(self.first * 2.0 ** min(failures - 1, 30), self.longest)
        return datetime.timedelta(seconds=most * random.uniform(0.75, 1.0))


class Courier:
    """``adapter_for`` gives the system that takes a participant's notices, or None if it fetches them itself."""

    def __init__(
        self,
        store: Store,
        adapter_for: Callable[[str], Adapter | None],
        policy: Policy | None = None,
        now: Callable[[], datetime.datetime] = lambda: datetime.datetime.now(datetime.UTC),
    ) -> None:
        self._store, self._adapter_for, self._now = store, adapter_for, now
        self._policy = policy or Policy()
        self._holder = process_name()

    def deliver(self, progress: Progress | None = None) -> DeliveryReport:
        """Deliver everything that is due, lane by lane, at most ``workers`` lanes at a time."""
        with self._store.read() as work:
            lanes, total = work.outbox.lanes_due(self._now()), work.outbox.count_owed()
        counts = _Counts(total, progress)
        with ThreadPoolExecutor(self._policy.workers, thread_name_prefix="courier") as pool:
            for served in [pool.submit(self._serve, lane, counts) for lane in lanes]:
                served.result()
        with self._store.read() as work:
            waiting = work.outbox.count_owed()
        return DeliveryReport(waiting=waiting, **counts.said)

    def _serve(self, lane: str, counts: "_Counts") -> None:
        try:
            adapter = self._adapter_for(lane)
        except Refused as refused:
            # Nothing was sent: when somebody mends the endpoint, everything is still there.
            self._leave_alone(lane, refused.code, None)
            return
        if adapter is not None:
            _Lane(self, lane, adapter, counts).run()

    def _leave_alone(self, lane: str, code: str, seconds: int | None) -> None:
        with self._store.write() as work:
            failures = work.outbox.failures(lane) + 1
            wait = datetime.timedelta(seconds=seconds) if seconds else self._policy.wait(failures)
            work.outbox.leave_alone(lane, failures, self._now() + wait)
        log.warning("lane_left_alone", lane=lane, code=code, failures=failures)


class _Counts:
    """What became of notices, counted across threads."""

    def __init__(self, total: int, progress: Progress | None) -> None:
        self.said: Counter[str] = Counter()
        self._total, self._progress, self._lock = total, progress, Lock()

    def add(self, what: str) -> None:
        with self._lock:
            self.said[what] += 1
            if self._progress is not None:
                self._progress(self.said.total(), self._total)


class _Lane:
    """One participant, served until nothing is due or its system fails too often in a row."""

    def __init__(self, courier: Courier, name: str, adapter: Adapter, counts: _Counts) -> None:
        self._store, self._policy = courier._store, courier._policy
        self._now, self._holder = courier._now, courier._holder
        self._courier, self._name, self._adapter, self._counts = courier, name, adapter, counts
        self._failed_in_a_row = 0
        self._tripped = False

    def run(self) -> None:
        while not self._tripped and (claimed := self._claim()):
            self._push_all(claimed)

    def _claim(self) -> list[Owed]:
        now = self._now()
        self._held_until = now + datetime.timedelta(seconds=self._policy.hold)
        with self._store.write() as work:
            return work.outbox.claim(self._name, self._holder, now, self._held_until, _CLAIMED_AT_ONCE)

    def _push_all(self, claimed: Sequence[Owed]) -> None:
        for number, owed in enumerate(claimed):
            if self._tripped or self._now() >= self._held_until:
                with self._store.write() as work:
                    work.outbox.give_back([one.seq for one in claimed[number:]], self._holder)
                return
            self._push(owed)

    def _push(self, owed: Owed) -> None:
        try:
            receipt = self._adapter.push(owed.notice)
        except Refused as refused:
            self._dead(owed, refused.code)
        except Unready as unready:
            self._again(owed, unready.code, unready.retry_after_seconds)
        except Exception as error:
            log.error("push_failed", lane=self._name, notice=owed.notice.notice_id, error=type(error).__name__)
            self._again(owed, f"defect: {type(error).__name__}", None)
        else:
            self._done(owed, receipt.foreign_id)

    def _done(self, owed: Owed, foreign_id: str | None) -> None:
        with self._store.write() as work:
            if work.outbox.done(owed.seq, self._holder, foreign_id and foreign_id[:200], self._now()):
                self._counts.add("delivered")
            work.outbox.answers_again(self._name)
        self._failed_in_a_row = 0

    def _dead(self, owed: Owed, code: str) -> None:
        with self._store.write() as work:
            if work.outbox.dead(owed.seq, self._holder, code, self._now()):
                self._counts.add("dead")
        log.warning("notice_dead", lane=self._name, notice=owed.notice.notice_id, code=code)

    def _again(self, owed: Owed, code: str, seconds: int | None) -> None:
        if owed.attempts + 1 >= self._policy.attempts:
            self._dead(owed, code)
            return
        wait = datetime.timedelta(seconds=seconds) if seconds else self._policy.wait(owed.attempts + 1)
        with self._store.write() as work:
            if work.outbox.retry(owed.seq, self._holder, code, self._now() + wait):
                self._counts.add("retried")
        self._failed_in_a_row += 1
        if seconds or self._failed_in_a_row >= _ENOUGH:
            self._tripped = True
            self._courier._leave_alone(self._name, code, seconds)
