"""What is written of a question: a line of the audit before it is asked, its outcome and how each system did after."""

import datetime
import hashlib
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import structlog

from contracts import Officer, Purpose
from contracts.live import SourceAnswer
from hub.access import Act, Caller
from hub.asking.loop import Task
from hub.asking.outcomes import error_of, failure_of
from hub.courier import Policy
from hub.index import Store, Work
from hub.index.audit import Line
from hub.lane import Shared, failed

log = structlog.get_logger()
#: Failures written in one go before others may write.
_AT_ONCE = 50


@dataclass(frozen=True)
class Question:
    """Who asks what, why and for which case. ``criteria`` names the fields looked by, never what stands in them."""

    caller: Caller
    officer: Officer
    purpose: Purpose
    case: str
    criteria: str

    def line(self, asked: Sequence[str]) -> Line:
        """The line that stands before anything is asked."""
        own = self.caller.participant
        return Line(
            who=f"officer:{self.officer.id}" if own is None else f"participant:{own.id} officer:{self.officer.id}",
            role=self.officer.role,
            institution=self.officer.institution,
            act=Act.SEARCH_LIVE.value,
            purpose=self.purpose.value,
            matter=self.case.strip()[:200],
            detail=f"{len(asked)} asked, list {audience(asked)}: {self.criteria}"[:80],
            outcome="asked",
        )


def audience(asked: Sequence[str]) -> str:
    """The list of those asked, by a digest under which it is kept once."""
    return hashlib.sha256(" ".join(sorted(asked)).encode()).hexdigest()[:16]


class Noting:
    """Writes it. What comes after the answer is written beside it, so that nobody waits for it."""

    def __init__(self, store: Store, policy: Policy, now: Callable[[], datetime.datetime]) -> None:
        self._store, self._now = store, now
        ending = threading.Event()
        self._shared = Shared(store, policy, now, ending, ending.wait)
        self._writing: set[threading.Thread] = set()

    def opened(self, work: Work, question: Question, asked: Sequence[str]) -> tuple[int, Line]:
        """The line and its number, in the transaction that asks."""
        line = question.line(asked)
        work.audit.keep_audience(audience(asked), sorted(asked))
        return work.audit.add(line, self._now()), line

    def close_later(self, opening: int, line: Line, answers: Iterable[SourceAnswer], tasks: Sequence[Task]) -> None:
        """Write how it ended, in a thread of its own that ``finish`` waits for."""
        counted = Counter(answer.state.value for answer in answers)
        outcome = ", ".join(f"{state} {many}" for state, many in sorted(counted.items()))
        closing = replace(line, outcome=outcome[:80] or "nobody to ask", opening=opening)
        self.later([closing], tasks)

    def later(self, closing: Sequence[Line], tasks: Sequence[Task]) -> None:
        """Write these lines and how the systems did, in a thread of its own."""
        thread = threading.Thread(target=self._close, args=(closing, tasks), name="asking notes")
        self._writing = {one for one in self._writing if one.is_alive()} | {thread}
        thread.start()

    def finish(self) -> None:
        """Wait until all is written."""
        for thread in list(self._writing):
            thread.join()

    def _close(self, closing: Sequence[Line], tasks: Sequence[Task]) -> None:
        try:
            with self._store.write() as work:
                for line in closing:
                    work.audit.add(line, self._now())
            self.lanes(tasks)
        except Exception as error:
            log.error("asking_not_noted", error=type(error).__name__)

    def lanes(self, tasks: Sequence[Task]) -> None:
        """How each system did, in its lane: the courier and the next question know it."""
        ended = [task for task in tasks if task.ended_at is not None and not task.cancelled]
        failures = {task.name: why for task in ended if (why := failure_of(error_of(task))) is not None}
        well = {task.name: task.seconds for task in ended if task.error is None and task.name not in failures}
        with self._store.write() as work:
            over = work.lanes.all_answered(well, self._now())
        for lane in over:
            log.warning("incident_ended", lane=lane)
        for lane, (code, retry_after) in failures.items():
            failed(self._shared, lane, code, retry_after)
