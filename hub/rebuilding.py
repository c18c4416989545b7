"""Matching as a batch: every searched-for child against the whole index, in transactions of a few hundred."""

import datetime
import time
from collections.abc import Callable
from dataclasses import replace

import structlog

from contracts import ChildRecord
from hub.flow import Flow
from hub.index import Work
from hub.index.entry import Entry, Side
from hub.index.matches import Standing
from hub.index.records import Compared, Known
from hub.leasing import Lease, leased
from hub.proposing import Proposing, Tally
from hub.reports import MatchReport

Progress = Callable[[int, int | None], None]
log = structlog.get_logger()
_AT_ONCE = 100
_PREPARED_AT_ONCE = 500


def match_all(flow: Flow, lease_seconds: float, progress: Progress | None = None) -> MatchReport:
    """Match after a port. Each part is a transaction of its own, so it may be broken off and begun again.

    Raises ``Unready`` with code ``already_running`` when another process is at it.
    """
    begun = time.monotonic()
    report = MatchReport()
    with leased(flow.store, "match_all", lease_seconds) as lease:
        _prepare_all(flow, lease)
        with flow.store.read() as work:
            total = work.records.count_searched()
        last: int | None = 0
        while last is not None:
            report, last = _part(flow, last, report, lease)
            if progress is not None:
                progress(report.searched, total)
    report = report.model_copy(update={"seconds": time.monotonic() - begun})
    log.info("match_all_ended", searched=report.searched, scored=report.pairs_scored, proposed=report.proposed)
    return report


def _prepare_all(flow: Flow, lease: Lease) -> None:
    """Give what was ported its features and keys."""
    while _prepare_some(flow, lease):
        pass


def _prepare_some(flow: Flow, lease: Lease) -> int:
    with flow.store.write() as work:
        lease.confirm(work)
        waiting = work.records.pending(_PREPARED_AT_ONCE)
        if waiting:
            work.records.prepare([(held, _prepared(flow, held, record)) for held, record in waiting])
    return len(waiting)


def _prepared(flow: Flow, held: Known, record: ChildRecord) -> Entry:
    return flow.core.prepared(replace(flow.core.entry(record), twin_closed=held.twin_closed))


def _part(flow: Flow, last: int, report: MatchReport, lease: Lease) -> tuple[MatchReport, int | None]:
    """The report with the next entries matched, and the row of the last of them; None when there were no more."""
    proposing = flow.proposing()
    with flow.store.write() as work:
        lease.confirm(work)
        part = _settled(work, last)
        _choose_all(work, proposing, part, flow.now())
        standing = [one for one in part.values() if one.side is Side.SEARCHED]
    return _added(report, len(standing), proposing.tally), max(part, default=None)


def _settled(work: Work, last: int) -> dict[int, Compared]:
    # Read again once others who write entries with the same keys must wait: they may have changed these just before.
    found = work.records.searched_after(last, _AT_ONCE)
    work.records.hold(key for entry in found for key in entry.keys)
    return work.records.compared([entry.row for entry in found])


def _choose_all(work: Work, proposing: Proposing, part: dict[int, Compared], now: datetime.datetime) -> None:
    held: dict[int, list[Standing]] = {}
    for one in work.matches.of_searched(part):
        held.setdefault(one.searched, []).append(one)
    for entry in part.values():
        if entry.side is Side.SEARCHED:
            proposing.choose(work, entry, held.get(entry.row, []), now)


def _added(report: MatchReport, searched: int, tally: Tally) -> MatchReport:
    return report.model_copy(
        update={
            "searched": report.searched + searched,
            "pairs_scored": report.pairs_scored + tally.scored,
            "proposed": report.proposed + tally.proposed,
            "withdrawn": report.withdrawn + tally.withdrawn,
        }
    )
