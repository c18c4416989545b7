"""One reconciliation from its listing to its end, resumed where it broke off, or held for a person."""

import datetime
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import islice

import structlog

from adapters.base import Adapter, Capability
from contracts import Refused, Unready
from hub.flow import Flow
from hub.index import Work
from hub.leasing import Lease, leased
from hub.reconciling.comparing import compare, counted, looks_wrong
from hub.reconciling.listing import how_of, listed
from hub.reconciling.mending import Mending
from hub.reports import Reconciliation, ReconciliationState

Progress = Callable[[int, int | None], None]
State = ReconciliationState
log = structlog.get_logger()
#: A list that broke off longer ago says nothing of today.
_STALE = datetime.timedelta(hours=24)
HELD = "reconciliation_held"


@dataclass(frozen=True)
class Rules:
    """When a source is believed, and how much is read at once."""

    gone_share: float = 0.05
    gone_least: int = 5
    page_rows: int = 500
    lease_seconds: float = 60.0


class Reconciling:
    """Compares one participant's records with its source, which ``adapter`` speaks to."""

    def __init__(self, flow: Flow, adapter: Adapter, rules: Rules | None = None) -> None:
        self._flow, self._adapter, self._rules = flow, adapter, rules or Rules()
        self._participant = adapter.connection.participant

    def run(self, mend: bool, progress: Progress | None = None) -> Reconciliation:
        """List the source, compare, look again, mend. A source that breaks off leaves the run ``listing``.

        Raises ``Unready`` with code ``already_running`` while another process is at it.
        """
        with self._leased() as lease:
            run, cursor = self._begun(mend)
            log.info("reconciliation_began", participant=self._participant, run=run.run_id, resumed=cursor is not None)
            try:
                run = self._list(run, cursor, lease, progress)
                return self._compare(run, lease)
            except Unready as error:
                return self._broke_off(run, error)

    def release(self, run_id: str, by: str, reason: str) -> Reconciliation:
        """A person believes a held answer: it is looked at again and mended, what is gone withdrawn."""
        with self._leased() as lease:
            run = self._held(run_id)
            gaps = Mending(self._flow, self._adapter, run, lease, mend=True).look_again()
            return self._end(run, lease, State.RELEASED, gaps, decided_by=by, reason=reason)

    def discard(self, run_id: str, by: str, reason: str) -> Reconciliation:
        """A person does not believe it: nothing changes."""
        with self._leased() as lease:
            return self._end(self._held(run_id), lease, State.DISCARDED, decided_by=by, reason=reason)

    def _leased(self) -> AbstractContextManager[Lease]:
        return leased(self._flow.store, f"reconcile:{self._participant}", self._rules.lease_seconds)

    # 1. List: page by page into the database, so that a run that breaks off goes on where it was.

    def _begun(self, mend: bool) -> tuple[Reconciliation, str | None]:
        now = self._flow.now()
        with self._flow.store.write() as work:
            before = work.reconciliations.open(self._participant)
            if before is not None:
                self._not_held(before[0])
                if before[1] is not None and now - before[0].started_at < _STALE:
                    return before[0].model_copy(update={"mend": mend, "why": None}), before[1]
                work.reconciliations.save(before[0].model_copy(update={"state": State.DISCARDED, "ended_at": now}))
            work.reconciliations.clear(self._participant)
            run = Reconciliation(
                run_id=str(uuid.uuid4()),
                participant=self._participant,
                how=how_of(self._adapter),
                mend=mend,
                started_at=now,
            )
            work.reconciliations.save(run)
        return run, None

    def _not_held(self, run: Reconciliation) -> None:
        if run.state is State.HELD:
            raise Refused(
                "reconciliation_held",
                "The last one waits for a person. Look at it: trackchild reconciliations list; release or discard it.",
            )

    def _list(self, run: Reconciliation, cursor: str | None, lease: Lease, progress: Progress | None) -> Reconciliation:
        looks, done = listed(self._adapter, run.how, cursor), 0
        while page := list(islice(looks, self._rules.page_rows)):
            done += len(page)
            run = run.model_copy(update={"gaps": run.gaps + sum(look.seen is None for look in page)})
            with self._flow.store.write() as work:
                lease.confirm(work)
                work.reconciliations.add(self._participant, [look.seen for look in page if look.seen is not None])
                work.reconciliations.save(run, page[-1].cursor)
            if progress is not None:
                progress(done, None)
        return run

    # 2. Compare, and hold what cannot be believed.

    def _compare(self, run: Reconciliation, lease: Lease) -> Reconciliation:
        compare(self._flow.store, run, lease)
        said = self._adapter.count() if Capability.INVENTORY in self._adapter.capabilities else None
        with self._flow.store.write() as work:
            lease.confirm(work)
            run = self._counted(work, run)
            last = work.reconciliations.last_listed(self._participant)
            why = looks_wrong(run, last, self._rules.gone_share, self._rules.gone_least, said)
            if why is not None:
                return self._hold(work, run, why)
            work.reconciliations.save(run)
        gaps = Mending(self._flow, self._adapter, run, lease, run.mend).look_again() if run.differ else 0
        return self._end(run, lease, State.ENDED, gaps)

    def _counted(self, work: Work, run: Reconciliation) -> Reconciliation:
        there, left_out = work.reconciliations.count_listed(self._participant)
        here = work.reconciliations.count_held(self._participant)
        return counted(work, run.model_copy(update={"here": here, "there": there, "left_out": left_out}))

    def _hold(self, work: Work, run: Reconciliation, why: str) -> Reconciliation:
        held = run.model_copy(update={"state": State.HELD, "why": why})
        work.reconciliations.save(held)
        work.alerts.opened(f"reconcile:{self._participant}", self._participant, HELD, why, self._flow.now())
        log.warning("reconciliation_held", participant=self._participant, run=run.run_id, why=why)
        return held

    # 3. End.

    def _held(self, run_id: str) -> Reconciliation:
        with self._flow.store.write() as work:
            run = work.reconciliations.find(run_id)
        if run is None or run.participant != self._participant or run.state is not State.HELD:
            raise Refused("not_held", "No such reconciliation is held. See: trackchild reconciliations list.")
        return run

    def _end(
        self,
        run: Reconciliation,
        lease: Lease,
        state: State,
        gaps: int = 0,
        decided_by: str | None = None,
        reason: str | None = None,
    ) -> Reconciliation:
        now = self._flow.now()
        with self._flow.store.write() as work:
            lease.confirm(work)
            done = counted(work, run).model_copy(update={"state": state, "ended_at": now})
            if gaps or run.gaps:
                done = done.model_copy(update={"why": "gaps"})
            if decided_by is not None:
                done = done.model_copy(update={"decided_by": decided_by, "decided_at": now, "reason": reason})
            work.reconciliations.save(done)
            work.reconciliations.clear(self._participant)
            work.alerts.ended(f"reconcile:{self._participant}", self._participant, HELD, state.value, now)
        counts = done.model_dump(include={"here", "there", "withdrawn", "pulled_again"})
        log.info("reconciliation_ended", participant=self._participant, run=run.run_id, differ=done.differ, **counts)
        return done

    def _broke_off(self, run: Reconciliation, error: Unready) -> Reconciliation:
        """What was listed stays for a day; nothing that was not listed is taken as gone."""
        with self._flow.store.write() as work:
            before = work.reconciliations.open(self._participant)
            listed_to = before[1] if before is not None else None
            broken = (before[0] if before is not None else run).model_copy(update={"why": error.code})
            work.reconciliations.save(broken, listed_to)
        log.warning("reconciliation_broke_off", participant=self._participant, run=run.run_id, code=error.code)
        return broken
