"""What operators, command line and clock ask of the hub: pulls, matching, letters, deliveries, how all stands."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import structlog

from adapters import archives
from adapters.base import Adapter, Capability, Step
from adapters.by_manifest import ByManifest
from adapters.reaching import Tried
from adapters.stepping import try_all
from contracts import Participant, Purpose, Refused, tracing
from hub import backfilling, porting
from hub.access import Act, Caller
from hub.backfilling import Backfills, Days
from hub.clock import forget_old_slots
from hub.courier import Courier
from hub.evidence.proofs import Proofs
from hub.flow import Flow
from hub.holding import Holding
from hub.index import Store
from hub.index.alerts import Alert
from hub.index.audit import Line
from hub.letters import Filter, Letter
from hub.looking import look_through
from hub.people import People
from hub.pulling import Pulling, Seen
from hub.rebuilding import match_all, match_owed
from hub.reconciling import Reconcilings
from hub.reports import DeliveryReport, HubStatus, LookReport, MatchReport, PullReport
from hub.settings import Settings
from hub.standing import status_of
from hub.systems import Systems
from hub.watching import answers, metrics
from registry import Registry

log = structlog.get_logger()
Progress = Callable[[int, int | None], None]
"""Called with (done, total); total is None while it is not known."""


class Operating:
    """The half of ``Hub`` that keeps it running; ``hub.app`` joins its parts."""

    settings: Settings
    store: Store
    registry: Registry
    flow: Flow
    systems: Systems
    courier: Courier
    people: People
    proofs: Proofs
    reconciling: Reconcilings
    _holding: Holding

    def participants(self) -> list[Participant]:
        """Everybody who takes part, by id."""
        return self.registry.participants.all()

    def pull(self, participant_id: str, progress: Progress | None = None) -> PullReport:
        """Take in what changed at a participant since its cursor, and match it."""
        with tracing.traced():
            return self._pulling(participant_id, matching=True).run(progress)

    def port(self, participant_id: str, progress: Progress | None = None) -> PullReport:
        """Take in a participant's whole history without matching; ``match_all`` follows as a batch."""
        return self._pulling(participant_id, matching=False).run(progress)

    def port_saved(
        self, participant_id: str, source: Path, seen: porting.Seen, progress: Progress | None = None
    ) -> PullReport:
        """Take in what was saved of a participant's history: a file, a folder or an archive; behind its checkpoint."""
        participant = self.registry.participants.require(participant_id)
        with archives.opened(source) as folder, porting.much_at_once():
            adapter = self.systems.reading_saved(participant, folder)
            held = porting.checkpoint(participant_id, source)
            return self._pulling_by(adapter, False, held, seen.batch).run(progress)

    def backfill(self, participant_id: str, days: Days, progress: Progress | None = None) -> PullReport:
        """Take in what changed at a participant on some days; see ``hub.backfilling``. A finished one is not read anew.

        ``Refused``: ``no_dates``, ``bad_days``.
        """
        participant = self.registry.participants.require(participant_id)
        self.systems.able(participant_id, Capability.PULL) or self._unpullable(participant_id)
        adapter = self.systems.made_for(participant)  # its own: what leaves a list early must not leave a pull's
        if not isinstance(adapter, ByManifest):
            raise Refused("no_dates", "This system's lists are not asked for by date. Port or pull it whole.")
        return backfilling.run(
            self.flow,
            adapter,
            days,
            self.systems.terms(participant_id),
            batch_rows=self.settings.batch_rows,
            lease_seconds=self.settings.lease_seconds,
            progress=progress,
        )

    @property
    def backfills(self) -> Backfills:
        """How the backfills stand, and how one is paused."""
        return Backfills(self.store, self.flow.now)

    def pulled(self) -> list[Participant]:
        """Active participants whose system can be pulled from."""
        return self.systems.all_able(Capability.PULL)

    def pullable(self) -> list[str]:
        """Their ids."""
        return [one.id for one in self.pulled()]

    def match_all(self, progress: Progress | None = None) -> MatchReport:
        """Match every searched-for child against the whole index."""
        return match_all(self.flow, self.settings.lease_seconds, progress)

    def look_through(self, progress: Progress | None = None) -> LookReport:
        """Compare what changed since the last look with every entry of the other side, whatever keys they share."""
        try:
            return look_through(self.flow, self._holding, self.settings.lease_seconds, progress)
        finally:
            if not self.settings.hold_index:
                self._holding.let_go()

    def match_owed(self) -> int:
        """Match some of the records that wait for it (``match_later``); how many."""
        return match_owed(self.flow)

    def count_pending(self) -> int:
        """Records that were ported and wait for ``match_all``."""
        with self.store.read() as work:
            return work.records.count_pending()

    def letters(self, wanted: Filter, limit: int = 100) -> list[Letter]:
        """Notices that did not arrive and are not tried by themselves, latest first."""
        with self.store.read() as work:
            return work.letters.find(wanted, limit)

    def count_letters(self, wanted: Filter) -> dict[str, int]:
        """How many of them would be sent again, by participant."""
        with self.store.read() as work:
            return work.letters.count(wanted)

    def count_overtaken(self, wanted: Filter) -> dict[str, int]:
        """How many would be settled instead of sent, since their owner was told later of the same match."""
        with self.store.read() as work:
            return work.letters.count(wanted, overtaken=True)

    def replay_letters(self, wanted: Filter) -> dict[str, int]:
        """Owe them again, for a person who said so; how many, by participant."""
        with self.store.write() as work:
            counted = work.letters.owe_again(wanted, self.flow.now())
        log.warning("letters_replayed", waiting=sum(counted.values()), participant=wanted.participant)
        return counted

    def letter_taken(self, notice_id: str) -> None:
        """A person found that the owner has it. ``Refused`` (``unknown_letter``)."""
        with self.store.write() as work:
            if not work.letters.taken(notice_id, self.flow.now()):
                raise Refused("unknown_letter", "No such letter lies here. Take the id from `trackchild letters list`.")

    def deliver(self, progress: Progress | None = None) -> DeliveryReport:
        """One round of the courier."""
        return self.courier.deliver(progress)

    def grow_audit(self) -> int:
        """Take the audit's new lines into its tree; how many."""
        return self.proofs.grow()

    def clean_up(self) -> None:
        """Remove what is over: sessions, claims, what reconciliations found long ago."""
        self.people.clean()
        forget_old_slots(self.store)
        self.reconciling.forget()

    def check_participant(self, participant_id: str) -> list[Step]:
        """Try step by step whether a participant's system can be spoken to."""
        return self.systems.adapter(participant_id).check()

    def laid_aside(self, caller: Caller, participant: str | None = None, limit: int = 100) -> list[dict[str, Any]]:
        """What could not be taken in and is not resolved, newest first: which record and rule, without its content."""
        caller.require(Act.OPERATE)
        with self.store.read() as work:
            return work.aside.open(participant, limit, with_original=False)

    def answers(self) -> bool:
        """Whether the database lets something be written now."""
        return answers(self.store)

    def metrics(self) -> bytes:
        """How lanes, runs and queues stand, in Prometheus' text form."""
        return metrics(self.store, [one.id for one in self.participants()])

    def status(self) -> HubStatus:
        """Counts, runs and debts by participant."""
        with self.store.read() as work:
            return status_of(work, self.store.backend, [one.id for one in self.participants()])

    def incidents(self) -> list[Alert]:
        """What is wrong now, by participant: incidents that were opened and not ended. No word on a child."""
        with self.store.read() as work:
            return work.alerts.lasting()

    def _pulling(self, participant_id: str, matching: bool) -> Pulling:
        adapter = self.systems.able(participant_id, Capability.PULL) or self._unpullable(participant_id)
        return self._pulling_by(adapter, matching)

    def _pulling_by(
        self, adapter: Adapter, matching: bool, checkpoint: str | None = None, seen: Seen = lambda batch: None
    ) -> Pulling:
        return Pulling(
            self.flow,
            adapter,
            matching=matching,
            batch_rows=self.settings.batch_rows,
            lease_seconds=self.settings.lease_seconds,
            checkpoint=checkpoint,
            seen=seen,
        )

    def _unpullable(self, participant_id: str) -> Adapter:
        self.systems.adapter(participant_id)  # says more exactly what is wrong, if it is the registration
        raise Refused("cannot_be_pulled", "This participant's system gives nothing by itself; it submits to the doors.")

    def _takes_notices(self, participant_id: str) -> Adapter | None:
        return self.systems.able(participant_id, Capability.PUSH)

    def test_participant(self, participant_id: str, caller: Caller, push: bool = False) -> list[Tried]:
        """Try every step of a participant's system as ``caller``, a person; written into the audit before.

        Records are read at the owner and not kept; ``push`` sends one notice that says that it is a test.
        """
        assert caller.officer is not None
        adapter, officer = self.systems.adapter(participant_id), caller.officer
        line = Line(
            caller.id, officer.role, "test_adapter", "asked", purpose=Purpose.AUDIT.value, detail=participant_id
        )
        with self.store.write() as work:
            work.audit.add(line, self.flow.now())
        return try_all(adapter, officer, push=push)
