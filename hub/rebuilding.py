"""Matching as a batch: every searched-for child against the whole index, scored together, written part by part."""

import datetime
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

import structlog

from contracts import ChildRecord
from hub.core import Linked
from hub.flow import Flow
from hub.index import Store, Work
from hub.index.entry import Side
from hub.index.matches import Pair, Standing
from hub.index.records import Compared, Known
from hub.leasing import Lease, leased
from hub.proposing import Proposing
from hub.reports import MatchReport

Progress = Callable[[int, int | None], None]
log = structlog.get_logger()
_READ_AT_ONCE = 5_000
_LINKED_AT_ONCE = 20_000
_WRITTEN_AT_ONCE = 200
_PREPARED_AT_ONCE = 1_000
#: What waits is matched one by one up to here; of more, a batch makes shorter work.
_ONE_BY_ONE = 2_000


def match_all(flow: Flow, lease_seconds: float, progress: Progress | None = None) -> MatchReport:
    """Match after a port. Each part is a transaction of its own, so it may be broken off and begun again.

    Raises ``Unready`` with code ``already_running`` when another process is at it.
    """
    begun, report = time.monotonic(), MatchReport()
    with leased(flow.store, "match_all", lease_seconds) as lease:
        _prepare_all(flow, lease)
        found = [one for part in _entries(flow.store, Side.CANDIDATE, _READ_AT_ONCE) for one in part]
        with flow.store.read() as work:
            total = work.records.count_searched()
        for searched in _entries(flow.store, Side.SEARCHED, _LINKED_AT_ONCE):
            for so_far in _linked(flow, searched, found, report, lease):
                report = so_far
                if progress is not None:
                    progress(report.searched, total)
    report = report.model_copy(update={"seconds": time.monotonic() - begun})
    log.info("match_all_ended", searched=report.searched, scored=report.pairs_scored, proposed=report.proposed)
    return report


def match_owed(flow: Flow, at_once: int = 50) -> int:
    """Match some of what waits for it, each as if it had come now; how many. Where very many wait it is a port: none.

    Any number of processes may do so at once: each passes over what another one holds.
    """
    with flow.store.write() as work:
        if work.records.count_pending() > _ONE_BY_ONE:
            return 0
        waiting = work.records.pending(at_once, passing_over=True)
        _prepare(flow, work, waiting)
        changed = work.records.compared([held.row for held, _ in waiting])
        flow.proposing().follow(work, [changed[row] for row in sorted(changed)], flow.now())
    return len(waiting)


def _prepare_all(flow: Flow, lease: Lease) -> None:
    """Give what was ported its features and keys."""
    while _prepare_some(flow, lease):
        pass


def _prepare_some(flow: Flow, lease: Lease) -> int:
    with flow.store.write() as work:
        lease.confirm(work)
        waiting = work.records.pending(_PREPARED_AT_ONCE)
        _prepare(flow, work, waiting)
    return len(waiting)


def _prepare(flow: Flow, work: Work, waiting: list[tuple[Known, ChildRecord]]) -> None:
    if waiting:
        entries = [replace(flow.core.entry(record), twin_closed=held.twin_closed) for held, record in waiting]
        ready = flow.core.prepared(entries)
        work.records.prepare([(held, entry) for (held, _), entry in zip(waiting, ready, strict=True)])


def _entries(store: Store, side: Side, at_once: int) -> Iterator[list[Compared]]:
    last = 0
    while True:
        with store.read() as work:
            part = work.records.open_after(side, last, at_once)
        if not part:
            return
        yield part
        last = part[-1].row


def _linked(
    flow: Flow, searched: list[Compared], found: list[Compared], report: MatchReport, lease: Lease
) -> Iterator[MatchReport]:
    """Score some searched children against all found ones, then let the best stand, part by part."""
    links = flow.core.link(searched, found, flow.candidates_cap)
    report = _added(report, pairs_scored=links.scored, capped=links.capped)
    writing = _Writing(flow, links, {one.row: one.features for one in [*searched, *found]})
    for start in range(0, len(searched), _WRITTEN_AT_ONCE):
        part = searched[start : start + _WRITTEN_AT_ONCE]
        proposing = writing.part(part, lease)
        tally = proposing.tally
        report = _added(
            report,
            searched=len(part),
            pairs_scored=tally.scored,
            proposed=tally.proposed,
            withdrawn=tally.withdrawn,
            capped=tally.capped,
        )
        yield report


class _Writing:
    """Writes what was linked. Entries that changed since they were read are matched anew, one by one."""

    def __init__(self, flow: Flow, links: Linked, read: dict[int, bytes]) -> None:
        self._flow, self._links, self._read = flow, links, read

    def part(self, searched: list[Compared], lease: Lease) -> Proposing:
        proposing, now = self._flow.proposing(), self._flow.now()
        with self._flow.store.write() as work:
            lease.confirm(work)
            work.records.hold(key for one in searched for key in one.keys)
            held = _by_searched(work.matches.of_searched([one.row for one in searched]))
            entries = work.records.compared(list(self._concerned(searched, held)))
            for one in searched:
                self._choose(work, proposing, entries[one.row], held.get(one.row, []), entries, now)
        return proposing

    def _concerned(self, searched: list[Compared], held: dict[int, list[Standing]]) -> Iterator[int]:
        for one in searched:
            yield one.row
            yield from (pair.found for pair in self._pairs(one.row))
            yield from (standing.found for standing in held.get(one.row, []))

    def _pairs(self, row: int) -> list[Pair]:
        return self._links.pairs.get(row, [])

    def _choose(
        self,
        work: Work,
        proposing: Proposing,
        searched: Compared,
        held: list[Standing],
        entries: dict[int, Compared],
        now: datetime.datetime,
    ) -> None:
        pairs = self._pairs(searched.row)
        rows = [searched.row, *(pair.found for pair in pairs), *(one.found for one in held)]
        if searched.side is not Side.SEARCHED:
            return  # closed meanwhile, and followed when it was
        if self._as_read(entries[row] for row in rows):
            proposing.stand(work, searched, held, pairs, entries, now)
        else:
            proposing.choose(work, searched, held, now)

    def _as_read(self, entries: Iterable[Compared]) -> bool:
        return all(one.side is not Side.CLOSED and self._read.get(one.row) == one.features for one in entries)


def _by_searched(standing: Iterable[Standing]) -> dict[int, list[Standing]]:
    found: dict[int, list[Standing]] = {}
    for one in standing:
        found.setdefault(one.searched, []).append(one)
    return found


def _added(report: MatchReport, **counts: int) -> MatchReport:
    return report.model_copy(update={name: getattr(report, name) + count for name, count in counts.items()})
