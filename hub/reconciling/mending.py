"""The second look: what differs is read from the source again, and mended only if it still does."""

from collections.abc import Iterator, Sequence
from itertools import islice

from adapters.base import Adapter, Capability
from hub.flow import Flow
from hub.index import Work
from hub.index.records import Known
from hub.leasing import Lease
from hub.reconciling.listing import Look, by_pull, read
from hub.reports import Difference, DifferenceKind, Reconciliation
from hub.withdrawing import GONE, withdraw

_AT_ONCE = 200
#: Above so many differences the whole source is read again, not record by record.
_ONE_BY_ONE = 5_000
_PULLED = (DifferenceKind.MISSING_HERE, DifferenceKind.STALE_HERE)
_OF_VERSIONS = (*_PULLED, DifferenceKind.NEWER_HERE)


class Mending:
    """One run's second look. ``mend`` False only drops what no longer differs."""

    def __init__(self, flow: Flow, adapter: Adapter, run: Reconciliation, lease: Lease, mend: bool) -> None:
        self._flow, self._adapter, self._run, self._lease, self._mend = flow, adapter, run, lease, mend

    def look_again(self) -> int:
        """Raises ``Unready`` where the source breaks off: what was mended before stays. Returns gaps met."""
        gaps = 0
        looks = self._looks()
        while part := list(islice(looks, _AT_ONCE)):
            gaps += sum(look.seen is None for look in part)
            self._take(part)
        self._settle_the_unmet(gaps)
        return gaps

    def _looks(self) -> Iterator[Look]:
        if Capability.ONE in self._adapter.capabilities and self._run.differ <= _ONE_BY_ONE:
            return self._one_by_one()
        return by_pull(self._adapter, None)

    def _one_by_one(self) -> Iterator[Look]:
        after = "", ""
        while part := self._unsettled(after):
            for source_id in dict.fromkeys(one.source_id for one in part if one.kind is not DifferenceKind.TWICE):
                words = self._adapter.one(source_id)
                if words is not None:
                    yield read(self._adapter, words)
            after = part[-1].source_id, part[-1].kind.value

    def _unsettled(self, after: tuple[str, str]) -> list[Difference]:
        with self._flow.store.read() as work:
            return work.reconciliations.differences(self._run.run_id, after, _AT_ONCE, unsettled=True)

    # Those that were met.

    def _take(self, part: Sequence[Look]) -> None:
        met = {look.seen.source_id: look for look in part if look.seen is not None}
        with self._flow.store.write() as work:
            self._lease.confirm(work)
            differing = work.reconciliations.of_ids(self._run.run_id, list(met))
            if not differing:
                return
            who = self._run.participant
            work.records.hold_sender(who)
            known = work.records.known(who, list(differing))
            work.reconciliations.seen_again(self._run.run_id, list(differing))
            self._settle(work, list(differing), (DifferenceKind.MISSING_THERE,), "vanished")
            unlike = {one: found for one, found in differing.items() if any(d.kind in _OF_VERSIONS for d in found)}
            alike = [one for one in unlike if _alike(met[one], known.get(one))]
            self._settle(work, alike, _OF_VERSIONS, "vanished")
            if self._mend:
                self._pull(work, [met[one] for one in unlike if one not in alike], unlike, known)

    def _pull(
        self, work: Work, looks: Sequence[Look], unlike: dict[str, list[Difference]], known: dict[str, Known]
    ) -> None:
        """The source's own word of now stands above what was compared with it, whatever its version says."""
        wanted = [look.record for look in looks if look.record is not None]
        pulled = [
            record
            for record in wanted
            if any(
                one.kind in _PULLED and _as_compared(one, known.get(one.source_id))
                for one in unlike[record.ref.source_id]
            )
        ]
        ids = [record.ref.source_id for record in pulled]
        if ids:
            self._flow.index(work, self._run.participant, pulled, yielding=frozenset(ids))
            self._settle(work, ids, _PULLED, "pulled")

    # Those that were not.

    def _settle_the_unmet(self, gaps: int) -> None:
        """What the source has no longer is withdrawn; not while it leaves gaps, in which it may well be."""
        run_id = self._run.run_id
        while unmet := self._unmet(_OF_VERSIONS):
            with self._flow.store.write() as work:
                self._lease.confirm(work)
                self._settle(work, unmet, _OF_VERSIONS, "vanished")
        while self._mend and (gone := self._unmet((DifferenceKind.MISSING_THERE,))):
            with self._flow.store.write() as work:
                self._lease.confirm(work)
                work.records.hold_sender(self._run.participant)
                sure = [] if gaps or self._run.gaps else self._unchanged(work, gone)
                withdraw(self._flow, work, self._run.participant, sure)
                self._settle(work, sure, (DifferenceKind.MISSING_THERE,), "withdrawn")
                rest = sorted(set(gone) - set(sure))
                work.reconciliations.settle(run_id, rest, (DifferenceKind.MISSING_THERE,), "left")

    def _unmet(self, kinds: Sequence[DifferenceKind]) -> list[str]:
        with self._flow.store.read() as work:
            return work.reconciliations.not_seen_again(self._run.run_id, kinds, _AT_ONCE)

    def _unchanged(self, work: Work, source_ids: Sequence[str]) -> list[str]:
        """Those that are here still as they were compared."""
        known = work.records.known(self._run.participant, source_ids)
        found = work.reconciliations.of_ids(self._run.run_id, source_ids)
        return [one for one, said in found.items() if _as_compared(said[0], known.get(one))]

    def _settle(self, work: Work, source_ids: Sequence[str], kinds: Sequence[DifferenceKind], how: str) -> None:
        work.reconciliations.settle(self._run.run_id, source_ids, kinds, how)


def _as_compared(one: Difference, known: Known | None) -> bool:
    here = (None, None) if known is None else (known.version, known.recorded_at)
    return here == (one.here_version, one.here_at) or (one.here_version is None and known is None)


def _alike(look: Look, known: Known | None) -> bool:
    """Whether the two sides say the same now: nothing to keep and nothing kept, or the same version."""
    if look.record is None:
        return True  # set aside or an adult: told elsewhere
    return known is not None and known.version != GONE and known.version == look.record.ref.version
