"""Taking in what a participant has: pull, translate, index, batch by batch, the cursor saved with what it covers."""

import hashlib
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import structlog
from pydantic import ValidationError

from adapters.base import Adapter, Gap, Words
from contracts import ChildRecord, Problem, Skipped, Unready, problems_of
from contracts.exchange import Answer
from hub.flow import Flow
from hub.index import Work
from hub.index.aside import Laid
from hub.leasing import Lease, leased
from hub.reports import PullReport

Progress = Callable[[int, int | None], None]
log = structlog.get_logger()


@dataclass
class Batch:
    """Some rows of the source, translated: what can be indexed, what is laid aside, what is counted."""

    records: list[ChildRecord] = field(default_factory=list)
    laid: list[Laid] = field(default_factory=list)
    read: int = 0
    adults: int = 0
    gaps: int = 0
    cursor: str | None = None


Seen = Callable[[Batch], None]


class Pulling:
    """One run over one participant's source."""

    def __init__(
        self,
        flow: Flow,
        adapter: Adapter,
        *,
        matching: bool,
        batch_rows: int,
        lease_seconds: float,
        checkpoint: str | None = None,
        seen: Seen = lambda batch: None,
    ) -> None:
        """``checkpoint`` is under which name the cursor is kept, the participant's own if None; ``seen`` is told of
        every batch before it is taken in."""
        self._flow, self._adapter, self._matching = flow, adapter, matching
        self._batch_rows, self._lease_seconds = batch_rows, lease_seconds
        self._participant = adapter.connection.participant
        self._checkpoint, self._seen = checkpoint or self._participant, seen

    def run(self, progress: Progress | None = None) -> PullReport:
        """Take in everything since the cursor; a source that fails meanwhile ends the run with what was taken in.

        Raises ``Unready`` with code ``already_running`` when another process is at it.
        """
        with leased(self._flow.store, f"intake:{self._participant}", self._lease_seconds) as lease:
            with self._flow.store.read() as work:
                cursor = work.runs.cursor(self._checkpoint)
            report = PullReport(run_id=str(uuid.uuid4()), participant=self._participant, started_at=self._flow.now())
            report, error = self._all(cursor, report, lease, progress)
            return self._finish(report, error, lease)

    def _all(
        self, cursor: str | None, report: PullReport, lease: Lease, progress: Progress | None
    ) -> tuple[PullReport, str | None]:
        batches = Batches(self._adapter, self._batch_rows, report.run_id)
        for batch in batches.since(cursor):
            self._seen(batch)
            report = self._take_in(batch, report, lease)
            if progress is not None:
                progress(report.read, None)
        return report, batches.error

    def _take_in(self, batch: Batch, report: PullReport, lease: Lease) -> PullReport:
        with self._flow.store.write() as work:
            lease.confirm(work)
            own, foreign = self._by_owner(batch)
            answers = self._flow.index(work, self._participant, own, self._matching)
            gone = work.erasing.among({(laid.participant, laid.source_id[:200]) for laid in batch.laid})
            for laid in [*batch.laid, *foreign]:
                if (laid.participant, laid.source_id[:200]) not in gone:
                    work.aside.add(laid, self._flow.now())
            report = _counted(report, batch, answers.count(Answer.ACCEPTED), len(answers))
            if batch.cursor is not None:
                work.runs.save_cursor(self._checkpoint, batch.cursor, self._flow.now())
            work.runs.save(report, self._what)
        return report

    def _by_owner(self, batch: Batch) -> tuple[list[ChildRecord], list[Laid]]:
        own = [self._not_ahead(record) for record in batch.records if record.ref.participant == self._participant]
        foreign = [record for record in batch.records if record.ref.participant != self._participant]
        problem = Problem(
            field="ref.participant", rule="own_namespace", message="The adapter gave a record to another participant."
        )
        return own, [
            Laid(self._participant, record.ref.source_id, "refused", problem, record.model_dump(mode="json"))
            for record in foreign
        ]

    def _not_ahead(self, record: ChildRecord) -> ChildRecord:
        """A system that is read is not told that its clock is ahead: its word is taken in, as of now."""
        if not self._flow.is_ahead(record):
            return record
        log.warning("clock_ahead", participant=self._participant)
        return record.model_copy(update={"recorded_at": self._flow.now()})

    def _finish(self, report: PullReport, error: str | None, lease: Lease) -> PullReport:
        report = report.model_copy(update={"ended_at": self._flow.now(), "error": error})
        with self._flow.store.write() as work:
            self._confirm_and_save(work, report, lease)
        counts = report.model_dump(include={"read", "indexed", "unchanged", "adults", "set_aside", "gaps"})
        log.info(
            "intake_ended", participant=self._participant, run=report.run_id, what=self._what, code=error, **counts
        )
        return report

    def _confirm_and_save(self, work: Work, report: PullReport, lease: Lease) -> None:
        lease.confirm(work)
        work.runs.save(report, self._what)

    @property
    def _what(self) -> str:
        return "pull" if self._matching else "port"


def _counted(report: PullReport, batch: Batch, indexed: int, answered: int) -> PullReport:
    return report.model_copy(
        update={
            "read": report.read + batch.read,
            "indexed": report.indexed + indexed,
            "unchanged": report.unchanged + answered - indexed,
            "adults": report.adults + batch.adults,
            "gaps": report.gaps + batch.gaps,
            "set_aside": report.set_aside + batch.read - answered - batch.adults - batch.gaps,
        }
    )


class Batches:
    """Rows of a source in batches, translated; ``error`` is the code that ended the source early, if one did."""

    def __init__(self, adapter: Adapter, rows: int, run_id: str) -> None:
        self._adapter, self._rows, self._run_id = adapter, rows, run_id
        self._participant = adapter.connection.participant
        self.error: str | None = None

    def since(self, cursor: str | None) -> Iterator[Batch]:
        batch = Batch()
        for item in self._items(cursor):
            self._add(batch, item)
            if batch.read >= self._rows:
                yield batch
                batch = Batch()
        if batch.read:
            yield batch

    def _items(self, cursor: str | None) -> Iterator[Words | Gap]:
        try:
            yield from self._adapter.pull(cursor)
        except Unready as error:
            self.error = error.code

    def _add(self, batch: Batch, item: Words | Gap) -> None:
        batch.read += 1
        batch.cursor = item.cursor
        if isinstance(item, Gap):
            batch.gaps += 1
            batch.laid.append(self._gap(item))
            return
        try:
            batch.records.append(self._adapter.translate(item))
        except Skipped as skipped:
            if skipped.code == "adult":
                batch.adults += 1
                return
            problem = skipped.problems[0] if skipped.problems else _problem(skipped.code)
            batch.laid.append(self._laid(item, skipped.code, problem))
        except ValidationError as error:
            batch.laid.append(self._laid(item, "contract_refused", problems_of(error)[0]))
        except Exception as error:
            # A defect of the adapter on one row must not keep back the rows after it; the row stays for inspection.
            log.error("translate_failed", participant=self._participant, error=type(error).__name__)
            batch.laid.append(self._laid(item, "translate_failed", _problem("translate_failed")))

    def _laid(self, words: Words, reason: str, problem: Problem) -> Laid:
        return Laid(self._participant, words.source_id, reason, problem, words.body, run_id=self._run_id)

    def _gap(self, gap: Gap) -> Laid:
        problem = Problem(field="", rule="gap", message="The source could not give this row.")
        original = {"row": gap.row, "reason": gap.reason}
        return Laid(self._participant, gap.row, "gap", problem, original, what="gap", run_id=self._run_id)


def cursor_name(what: str, of: str) -> str:
    """Under which name a cursor besides the participant's own is kept: no longer than an id of a participant may be,
    and never one, since ids have no colon."""
    return f"{what}:{hashlib.blake2b(of.encode(), digest_size=16).hexdigest()}"


def _problem(code: str) -> Problem:
    return Problem(field="", rule=code, message="This row could not be translated. See its original.")
