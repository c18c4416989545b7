"""Pays what is owed: finds the lanes in which notices are due and has each served, however many processes do so.

A lane is one participant. It is served by as many couriers at one time as its system bears; one that does not answer is
left alone for longer and longer, so that it costs the others nothing. How one lane is served: see ``hub.lane``.
"""

import datetime
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import structlog

from adapters.base import Adapter
from contracts import Refused
from contracts.participants import Delivery
from hub.index import Store
from hub.index.outbox import Due
from hub.lane import Counts, Lane, Policy, Progress, Shared, opens, trip
from hub.reports import DeliveryReport

__all__ = ["Courier", "Policy"]
log = structlog.get_logger()
AdapterFor = Callable[[str], Adapter | None]


class Courier:
    """``adapter_for`` gives the system that takes a participant's notices, or None if it fetches them itself."""

    def __init__(
        self,
        store: Store,
        adapter_for: AdapterFor,
        policy: Policy | None = None,
        now: Callable[[], datetime.datetime] = lambda: datetime.datetime.now(datetime.UTC),
        terms: Callable[[str], Delivery] = lambda _: Delivery(),
        pause: Callable[[float], object] | None = None,
    ) -> None:
        self._adapter_for, self._terms, self._policy = adapter_for, terms, policy or Policy()
        self._ending = threading.Event()
        self._shared = Shared(store, self._policy, now, self._ending, pause or self._ending.wait)
        self._busy: Counter[str] = Counter()
        self._suspects: set[Future[None]] = set()
        self._lock = threading.Lock()

    def deliver(self, progress: Progress | None = None) -> DeliveryReport:
        """Deliver everything that is due, once, at most ``workers`` lanes at a time."""
        with self._shared.store.read() as work:
            due, total = work.outbox.lanes_due(self._shared.now()), work.outbox.count_owed()
        counts = Counts(total, progress)
        with ThreadPoolExecutor(self._policy.workers, thread_name_prefix="courier") as pool:
            turns = [pool.submit(self._serve, one.lane, counts, None) for one in self._turns(due)]
            for turn in turns:
                turn.result()
        with self._shared.store.read() as work:
            waiting = work.outbox.count_owed()
        return DeliveryReport(waiting=waiting, **counts.said)

    def run(self, every: float) -> None:
        """Deliver what falls due until ``end`` is called, looking every so many seconds; a lane is given turns."""
        with ThreadPoolExecutor(self._policy.workers, thread_name_prefix="courier") as pool:
            while not self._ending.is_set():
                try:
                    began = self._look(pool)
                except Exception as error:
                    log.error("courier_did_not_look", error=type(error).__name__)
                    began = False
                self._ending.wait(min(every, 0.05) if began else every)

    def end(self) -> None:
        """Finish what is on its way, give back the rest, begin nothing."""
        self._ending.set()

    def _look(self, pool: ThreadPoolExecutor) -> bool:
        """Give a turn to each lane that is due and not at its full number here; true if any was given."""
        with self._shared.store.read() as work:
            due = work.outbox.lanes_due(self._shared.now())
        began = False
        for one in self._turns(due):
            began |= self._begin(pool, one)
        return began

    def _begin(self, pool: ThreadPoolExecutor, due: Due) -> bool:
        """Those that failed lately get at most half of the threads, so that they cannot keep out the others."""
        with self._lock:
            self._suspects = {turn for turn in self._suspects if not turn.done()}
            if due.failures and len(self._suspects) >= max(1, self._policy.workers // 2):
                return False
            if self._busy[due.lane] >= self._terms(due.lane).workers:
                return False
            self._busy[due.lane] += 1
        turn = pool.submit(self._turn, due.lane)
        if due.failures:
            self._suspects.add(turn)
        return True

    def _turn(self, lane: str) -> None:
        try:
            self._serve(lane, Counts(0, None), self._policy.turn)
        except Exception as error:  # the claims run out and are taken up again
            log.error("turn_failed", lane=lane, error=type(error).__name__)
            self._ending.wait(1)
        finally:
            with self._lock:
                self._busy[lane] -= 1

    def _turns(self, due: list[Due]) -> list[Due]:
        """Each lane once, then again those that bear more couriers and have the work for them."""
        now = self._shared.now()
        open_now = [(one, self._terms(one.lane)) for one in due]
        found = [(one, terms) for one, terms in open_now if opens(terms.window, now)]
        most = max((terms.workers for _, terms in found), default=0)
        return [one for n in range(most) for one, terms in found if n < terms.workers and (n == 0 or one.many > 10 * n)]

    def _serve(self, lane: str, counts: Counts, turn: float | None) -> None:
        try:
            adapter = self._adapter_for(lane)
        except Refused as refused:
            # Nothing was sent: when somebody mends the endpoint, everything is still there.
            trip(self._shared, lane, refused.code, None)
            return
        if adapter is None:
            return
        Lane(self._shared, lane, adapter, self._terms(lane), counts).serve(turn)
