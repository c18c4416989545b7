"""Reconciliations as the hub offers them: run for a participant, listed, and decided by a person where held."""

import datetime
from collections.abc import Iterator
from itertools import chain

from adapters.base import Capability
from contracts import Participant, Refused
from hub.flow import Flow
from hub.reconciling.running import Progress, Reconciling, Rules
from hub.reports import Difference, Reconciliation
from hub.systems import Systems
from hub.withdrawing import expire

_KEPT = datetime.timedelta(days=90)


class Reconcilings:
    """Joined once, in ``hub.app``."""

    def __init__(self, flow: Flow, systems: Systems, rules: Rules) -> None:
        self._flow, self._systems, self._rules = flow, systems, rules

    def able(self) -> list[Participant]:
        """Participants whose source can be compared with."""
        by_list = self._systems.all_able(Capability.INVENTORY)
        by_pull = self._systems.all_able(Capability.PULL)
        return list({one.id: one for one in chain(by_list, by_pull)}.values())

    def run(self, participant_id: str, mend: bool = False, progress: Progress | None = None) -> Reconciliation:
        """Compare with the source; with ``mend`` also pull again and withdraw. ``Refused`` (``cannot_be_compared``,
        ``reconciliation_held``), ``Unready`` (``already_running``)."""
        return self._of(participant_id).run(mend, progress)

    def release(self, run_id: str, by: str, reason: str) -> Reconciliation:
        """A person believes the held answer. ``Refused`` (``not_held``, ``no_reason``)."""
        return self._of(self._held(run_id)).release(run_id, by, _said(reason))

    def discard(self, run_id: str, by: str, reason: str) -> Reconciliation:
        """A person does not believe it; nothing changes. ``Refused`` (``not_held``, ``no_reason``)."""
        return self._of(self._held(run_id)).discard(run_id, by, _said(reason))

    def latest(self, participant_id: str | None = None, limit: int = 50) -> list[Reconciliation]:
        """Runs, newest first."""
        with self._flow.store.read() as work:
            return work.reconciliations.latest(participant_id, limit=limit)

    def differences(self, run_id: str) -> Iterator[Difference]:
        """What a run found, by id."""
        with self._flow.store.read() as work:
            yield from work.reconciliations.every_difference(run_id)

    def forget(self) -> None:
        """Remove what runs found that ended a quarter of a year ago; the runs themselves stay."""
        with self._flow.store.write() as work:
            work.reconciliations.forget(self._flow.now() - _KEPT)

    def expire(self) -> int:
        """Take back every record whose day has come; how many."""
        return expire(self._flow)

    def _of(self, participant_id: str) -> Reconciling:
        for what in (Capability.INVENTORY, Capability.PULL):
            adapter = self._systems.able(participant_id, what)
            if adapter is not None:
                return Reconciling(self._flow, adapter, self._rules)
        self._systems.adapter(participant_id)  # says more exactly what is wrong, if it is the registration
        raise Refused("cannot_be_compared", "This participant's system can neither be listed nor pulled from.")

    def _held(self, run_id: str) -> str:
        with self._flow.store.read() as work:
            run = work.reconciliations.find(run_id)
        if run is None:
            raise Refused("not_held", "No such reconciliation is held. See: trackchild reconcile list.")
        return run.participant


def _said(reason: str) -> str:
    if not reason.strip():
        raise Refused("no_reason", "State the reason for the decision.")
    return reason.strip()[:200]
