"""The look without blocking: whatever changed since the last one is compared with all entries of the other side.

Blocking follows the rarest keys as far as the cap and answers at once; this comes after it, finds what it left out, and
leaves the deciding to the same rules (``hub.proposing``). It may be broken off anywhere: the next one goes on there.
"""

import time
from collections.abc import Callable, Sequence

import structlog

from hub.flow import Flow
from hub.holding import Holding
from hub.index.changes import Position
from hub.index.compared import Mark
from hub.index.entry import Side
from hub.leasing import Lease, leased
from hub.reports import LookReport

Progress = Callable[[int, int | None], None]
log = structlog.get_logger()
_AT_ONCE = 50


def look_through(flow: Flow, holding: Holding, lease_seconds: float, progress: Progress | None = None) -> LookReport:
    """Look at all that changed since the last look; the first one only notes where to begin.

    Raises ``Unready`` with code ``already_running`` when another process is at it.
    """
    begun, report = time.monotonic(), LookReport()
    with leased(flow.store, "look_through", lease_seconds) as lease:
        with flow.store.write() as work:
            now, position = work.changes.mark(), work.changes.looked()
            if position is None:
                work.changes.look_from(_begin(now))
        if position is None:
            return report
        holding.follow()
        while changes := _next(flow, position, now):
            looked, proposed = _look_at(flow, holding, lease, [one.row for one in changes])
            report = report.model_copy(
                update={"looked": report.looked + looked, "proposed": report.proposed + proposed}
            )
            position = changes[-1]
            _note(flow, min(position, _begin(now)))
            if progress is not None:
                progress(report.looked, None)
        _note(flow, _begin(now))
    report = report.model_copy(update={"seconds": time.monotonic() - begun})
    log.info("look_through_ended", looked=report.looked, proposed=report.proposed)
    return report


def _begin(now: Mark) -> Position:
    return Position(now.since, -1)


def _next(flow: Flow, position: Position, now: Mark) -> list[Position]:
    with flow.store.read() as work:
        return work.changes.next(position, now, _AT_ONCE)


def _note(flow: Flow, position: Position) -> None:
    with flow.store.write() as work:
        work.changes.look_from(position)


def _look_at(flow: Flow, holding: Holding, lease: Lease, rows: Sequence[int]) -> tuple[int, int]:
    """(how many were looked at, how many proposals are new)."""
    with flow.store.read() as work:
        entries = work.records.compared(rows)
    # Some of the best may have been rejected by a person: the next best step in.
    also = {one.row: holding.best(one, 2 * flow.core.best) for one in entries.values() if one.side is not Side.CLOSED}
    proposing = flow.proposing()
    with flow.store.write() as work:
        lease.confirm(work)
        current = work.records.compared(list(also))
        proposing.follow(work, [one for one in current.values() if one.side is not Side.CLOSED], flow.now(), also)
    return len(current), proposing.tally.proposed
