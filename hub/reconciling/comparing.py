"""What differs between the index and what a source listed: found in the database, part by part, and named."""

from collections.abc import Callable, Iterator

from hub.index import Store, Work
from hub.index.entry import newness
from hub.index.reconciliations import Candidate, Reconciliations
from hub.leasing import Lease
from hub.reports import Difference, DifferenceKind, Reconciliation
from hub.withdrawing import GONE

_AT_ONCE = 1_000
Part = Callable[[Reconciliations, str], list[Candidate]]


def compare(store: Store, run: Reconciliation, lease: Lease) -> None:
    """Note every difference of a run whose source is listed."""
    who, since = run.participant, run.started_at
    parts: list[tuple[Part, DifferenceKind | None]] = [
        (lambda on, after: on.missing_there(who, since, after, _AT_ONCE), DifferenceKind.MISSING_THERE),
        (lambda on, after: on.unlike(who, since, after, _AT_ONCE), None),
        (lambda on, after: on.missing_here(who, after, _AT_ONCE), DifferenceKind.MISSING_HERE),
        (lambda on, after: on.twice(who, after, _AT_ONCE), DifferenceKind.TWICE),
    ]
    for part, kind in parts:
        for found in _read(store, part):
            named = [(one, kind or kind_of(one)) for one in found]
            with store.write() as work:
                lease.confirm(work)
                work.reconciliations.note(run.run_id, [_difference(one, what) for one, what in named if what])


def _read(store: Store, part: Part) -> Iterator[list[Candidate]]:
    after = ""
    while True:
        with store.read() as work:
            found = part(work.reconciliations, after)
        if not found:
            return
        yield found
        after = found[-1].source_id


def kind_of(one: Candidate) -> DifferenceKind | None:
    """What an unlike record is; None where its owner withdrew it and still lists it as what it was."""
    if one.status == "withdrawn":
        return DifferenceKind.MISSING_HERE if one.here_version == GONE else _later_than_withdrawn(one)
    if one.here_at is None or one.there_at is None:
        return DifferenceKind.STALE_HERE  # nothing says which is later: the source is asked again
    if one.there_at != one.here_at:
        return DifferenceKind.STALE_HERE if one.there_at > one.here_at else DifferenceKind.NEWER_HERE
    here, there = one.here_version or "", one.there_version or ""
    later = here.isdigit() and there.isdigit() and newness(one.here_at, here) > newness(one.there_at, there)
    return DifferenceKind.NEWER_HERE if later else DifferenceKind.STALE_HERE


def _later_than_withdrawn(one: Candidate) -> DifferenceKind | None:
    later = one.here_at is not None and one.there_at is not None and one.there_at > one.here_at
    return DifferenceKind.STALE_HERE if later else None


def _difference(one: Candidate, kind: DifferenceKind) -> Difference:
    return Difference(
        source_id=one.source_id,
        kind=kind,
        here_version=one.here_version,
        here_at=one.here_at,
        there_version=one.there_version,
        there_at=one.there_at,
    )


def counted(work: Work, run: Reconciliation) -> Reconciliation:
    """The run with what it found and mended, counted."""
    counts = work.reconciliations.counts(run.run_id)
    found = {kind.value: counts.get(kind.value, 0) for kind in DifferenceKind}
    mended = {"pulled_again": counts.get("pulled", 0), "withdrawn": counts.get("withdrawn", 0)}
    return run.model_copy(update=found | mended)


def looks_wrong(run: Reconciliation, last: int, share: float, least: int, said: int | None) -> str | None:
    """Why a person must believe the source first; ``last`` is how much it listed before, ``said`` what it says it has.

    More may be gone than ``least`` records and than ``share`` of what was there only if a person says so.
    """
    if run.there == 0 and max(run.here, last) > 0:
        return "empty_answer"
    most = max(least, share * max(run.here, last))
    if run.missing_there > most or last - run.there > most:
        return "small_answer"
    if said is not None and said - run.there > most:
        return "short_list"
    return None
