"""The one thread in which a process asks: each call to an owner is plain adapter code in a greenlet of its own.

While one waits for its answer the others go on. A call ends with its result, its error or its deadline, whichever
comes first; a call that nobody waits for any more is broken off. Systems that do not call over the wire get a thread
of a small pool instead, and the same deadline.
"""

import contextlib
import contextvars
import heapq
import itertools
import os
import resource
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import greenlet
import structlog

from adapters import wire
from adapters.outgoing import OPEN_INTERNET, Outgoing
from adapters.wire import Got, Sent
from contracts import TrackChildError, Unready
from hub.asking.curl import Curl, Transfer

log = structlog.get_logger()
#: Calls begun before what was begun is sent on its way.
_AT_ONCE = 64
_IDLE_SECONDS = 30.0


@dataclass(frozen=True)
class Bounds:
    """What asking may take of one process."""

    sockets: int = 2_000
    per_host: int = 8
    idle: int = 400
    """Connections kept open after their answer, for the next question."""
    threads: int = 16
    """For systems that do not call over the wire."""
    outgoing: Outgoing = OPEN_INTERNET


@dataclass(eq=False)
class Task:
    """One call to one owner: begun at ``begin`` and over at ``until``, both in seconds of ``time.monotonic``."""

    name: str
    call: Callable[[], Any]
    until: float
    ended: Callable[["Task"], None]
    begin: float = 0.0
    over_wire: bool = True
    result: Any = None
    error: BaseException | None = None
    began_at: float = 0.0
    ended_at: float | None = None
    cancelled: bool = False
    """True if nobody waited for it any more: how it went says nothing of the system."""
    context: contextvars.Context = field(default_factory=contextvars.copy_context)
    _glet: Any = None
    _waits: Transfer | None = None
    _children: list["Task"] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        return (self.ended_at or time.monotonic()) - self.began_at if self.began_at else 0.0


@dataclass(frozen=True)
class _Together:
    calls: Sequence[Callable[[], Any]]


_BREATH = object()


class _Wire:
    """What an adapter's calls meet in the loop: each hands the thread to the others until it is answered."""

    def __init__(self, main: Any) -> None:
        self._main = main

    def send(self, sent: Sent) -> Got:
        got: Got = self._main.switch(sent)
        return got

    def together(self, calls: Sequence[Callable[[], Any]]) -> list[Any]:
        results: list[Any] = self._main.switch(_Together(calls)) if calls else []
        return results

    def breathe(self) -> None:
        self._main.switch(_BREATH)


class Loop:
    """Starts its thread with the first call and ends it when nothing was asked for half a minute, or by ``close``."""

    def __init__(self, bounds: Bounds = Bounds()) -> None:
        self._bounds = bounds
        self._lock = threading.Lock()
        self._orders: deque[tuple[str, Any]] = deque()
        self._thread: threading.Thread | None = None
        self._pool: ThreadPoolExecutor | None = None
        self._closed = False
        self._bell: int | None = None

    def start(self, tasks: Iterable[Task]) -> None:
        """Begin these calls; each ``task.ended`` is called in the loop's thread, once."""
        self._order("start", list(tasks))

    def cancel(self, tasks: Iterable[Task]) -> None:
        """Nobody waits for these any more: they are broken off and told nothing."""
        self._order("cancel", list(tasks))

    def close(self) -> None:
        """End the thread, breaking off what is under way; every task that was not told yet is told ``hub_ending``."""
        with self._lock:
            self._closed = True
            thread = self._thread
            self._ring()
        if thread is not None:
            thread.join()
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)

    def _order(self, what: str, tasks: list[Task]) -> None:
        with self._lock:
            if self._closed:
                raise Unready("hub_ending", "This process of the hub is ending. Ask again.")
            self._orders.append((what, tasks))
            if self._thread is None:
                self._bell = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
                self._thread = threading.Thread(target=self._run, args=(self._bell,), name="asking", daemon=True)
                self._thread.start()
            else:
                self._ring()

    def _ring(self) -> None:
        if self._bell is not None:
            os.eventfd_write(self._bell, 1)

    def _run(self, bell: int) -> None:
        turning = _Turning(self._bounds, bell, self._in_thread)
        try:
            while self._goes_on(turning):
                turning.turn(self._taken())
        except BaseException as error:
            log.error("asking_failed", error=type(error).__name__)
            with self._lock:
                self._end_thread()
            raise
        finally:
            turning.close(self._taken())
            os.close(bell)

    def _taken(self) -> list[tuple[str, Any]]:
        with self._lock:
            orders = list(self._orders)
            self._orders.clear()
        return orders

    def _goes_on(self, turning: "_Turning") -> bool:
        with self._lock:
            if self._closed or (not self._orders and turning.idle_for(_IDLE_SECONDS)):
                self._end_thread()
                return False
        return True

    def _end_thread(self) -> None:
        self._thread = self._bell = None

    def _in_thread(self, task: Task) -> None:
        """Run a task that blocks in the pool; it comes back as an order."""
        if self._pool is None:
            self._pool = ThreadPoolExecutor(self._bounds.threads, thread_name_prefix="asking")
        self._pool.submit(task.context.run, self._blocking, task)

    def _blocking(self, task: Task) -> None:
        result, error = None, None
        if task.ended_at is None:
            try:
                result = task.call()
            except BaseException as caught:
                error = caught
        with self._lock:
            if not self._closed and self._thread is not None:
                self._orders.append(("over", (task, result, error)))
                self._ring()


class _Turning:
    """The state of one life of the loop's thread; used in it alone."""

    def __init__(self, bounds: Bounds, bell: int, in_thread: Callable[[Task], None]) -> None:
        sockets = _descriptors_for(bounds.sockets)
        self._curl = Curl(sockets, bounds.per_host, min(bounds.idle, sockets), bounds.outgoing)
        self._bell, self._in_thread = bell, in_thread
        self._curl.watch(bell)
        self._wire = _Wire(greenlet.getcurrent())
        self._numbers = itertools.count()
        self._later: list[tuple[float, int, Task]] = []
        self._until: list[tuple[float, int, Task]] = []
        self._waiting: deque[Task] = deque()
        self._breathing: deque[Task] = deque()
        self._live: set[Task] = set()
        self._busy_at = time.monotonic()

    def idle_for(self, seconds: float) -> bool:
        return not self._live and time.monotonic() - self._busy_at > seconds

    def turn(self, orders: list[tuple[str, Any]]) -> None:
        """Take orders, begin some, wait for what happens next, end what is over."""
        for what, given in orders:
            self._obey(what, given)
        self._begin_some()
        for _ in range(len(self._breathing)):
            self._go_on(self._breathing.popleft(), None)
        # Who is begun late ends late: answers that are there already wait until all are begun.
        self._curl.turn(self._pause(), tell=not self._waiting)
        with contextlib.suppress(BlockingIOError):
            os.eventfd_read(self._bell)
        self._expire()

    def close(self, untaken: list[tuple[str, Any]]) -> None:
        """Tell everybody who still waits, those of orders that came too late included."""
        late = [task for what, given in untaken if what == "start" for task in given]
        for task in [*self._live, *late]:
            self._stop(task, told=True, error=Unready("hub_ending", "This process of the hub is ending. Ask again."))
        self._curl.close()

    def _obey(self, what: str, given: Any) -> None:
        self._busy_at = time.monotonic()
        if what == "over":
            task, result, error = given
            self._end(task, result, error)
            return
        for task in given:
            if what == "start":
                self._take(task)
            elif task in self._live:
                task.cancelled = True
                self._stop(task, told=False)

    def _take(self, task: Task) -> None:
        self._live.add(task)
        number = next(self._numbers)
        heapq.heappush(self._until, (task.until, number, task))
        if task.begin > time.monotonic():
            heapq.heappush(self._later, (task.begin, number, task))
        else:
            self._waiting.append(task)

    def _begin_some(self) -> None:
        now = time.monotonic()
        while self._later and self._later[0][0] <= now:
            self._waiting.append(heapq.heappop(self._later)[2])
        for _ in range(min(_AT_ONCE, len(self._waiting))):
            task = self._waiting.popleft()
            if task.ended_at is None:
                self._begin(task)

    def _begin(self, task: Task) -> None:
        task.began_at = time.monotonic()
        if not task.over_wire:
            self._in_thread(task)
            return
        task._glet = greenlet.greenlet(self._performed)
        task._glet.gr_context = task.context
        self._go_on(task, task)

    def _performed(self, task: Task) -> None:
        with wire.over(self._wire):
            task.result = task.call()

    def _go_on(self, task: Task, value: Any, error: BaseException | None = None) -> None:
        """Let the task's code run until it waits again or ends."""
        if task.ended_at is not None:
            return
        task._waits = None
        try:
            asked = task._glet.throw(error) if error is not None else task._glet.switch(value)
        except BaseException as caught:
            self._end(task, None, caught)
            return
        if task._glet.dead:
            self._end(task, task.result, None)
        elif time.monotonic() >= task.until:
            self._stop(task, told=True)
        else:
            self._serve(task, asked)

    def _serve(self, task: Task, asked: Any) -> None:
        if asked is _BREATH:
            self._breathing.append(task)
        elif isinstance(asked, _Together):
            self._begin_together(task, asked.calls)
        else:
            task._waits = Transfer(asked, lambda _, got, error: self._go_on(task, got, error))
            try:
                self._curl.begin(task._waits)
            except TrackChildError as error:
                self._go_on(task, None, error)

    def _begin_together(self, task: Task, calls: Sequence[Callable[[], Any]]) -> None:
        left = len(calls)

        def ended(_: Task) -> None:
            nonlocal left
            left -= 1
            if left == 0:
                errors = [child.error for child in task._children if child.error is not None]
                results = [child.result for child in task._children]
                self._go_on(task, results, errors[0] if errors else None)

        task._children = [Task(task.name, call, task.until, ended, context=task.context.copy()) for call in calls]
        for child in task._children:
            self._take(child)

    def _end(self, task: Task, result: Any, error: BaseException | None, told: bool = True) -> None:
        if task.ended_at is not None:
            return
        task.result, task.error, task.ended_at = result, error, time.monotonic()
        self._busy_at = task.ended_at
        self._live.discard(task)
        task._glet = None
        if told:
            task.ended(task)

    def _stop(self, task: Task, told: bool, error: TrackChildError | None = None) -> None:
        """Break a task off where it waits."""
        if task.ended_at is not None:
            return
        error = error or _ran_out(task)
        for child in task._children:
            self._stop(child, told=False)
        if task._waits is not None:
            self._curl.stop(task._waits)
        glet = task._glet
        self._end(task, None, error, told)
        if glet is not None and not glet.dead and glet:
            glet.throw()  # GreenletExit: its with-blocks close

    def _expire(self) -> None:
        now = time.monotonic()
        while self._until and self._until[0][0] <= now:
            self._stop(heapq.heappop(self._until)[2], told=True)
        if not self._live:
            self._until.clear()

    def _pause(self) -> float:
        if self._waiting or self._breathing:
            return 0.0
        now = time.monotonic()
        soonest = [heap[0][0] for heap in (self._later, self._until) if heap]
        return max(0.0, min([1.0, *(moment - now for moment in soonest)]))


def _ran_out(task: Task) -> TrackChildError:
    """Why a task whose time is over has no answer."""
    waits = next((one._waits for one in (task, *task._children) if one._waits is not None), None)
    reached = None if waits is None or waits.handle is None else waits.reached()
    if waits is not None and reached is None:
        return Unready("no_free_socket", "too much is asked at once; try again in a moment")
    if reached is False:
        return Unready("unreachable", "the source cannot be reached; try later")
    return Unready("timed_out", "the source did not answer in time; try later")


def _descriptors_for(sockets: int) -> int:
    """As many sockets as this process may have; the soft limit of open files is raised where it may be."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = sockets + 512
    if soft != resource.RLIM_INFINITY and soft < wanted:
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
        soft = most
    return sockets if soft == resource.RLIM_INFINITY else max(16, min(sockets, soft - 512))
