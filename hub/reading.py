"""A live read of one section of an eFile: audited before it is asked for, shown once, never kept."""

import datetime
import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from adapters.base import Adapter, Capability
from contracts import ChildRecord, Officer, Purpose, Reference, Refused, Section, SectionName, SectionRequest, Unready
from contracts.errors import TrackChildError
from hub.access import Act, Caller, Tie, require_purpose, require_section
from hub.index import Store, Work
from hub.index.audit import Line
from hub.jurisdiction import tie
from hub.showing import may_meet, no_such_entry

Answer = TypeVar("Answer")


class AtOwners:
    """What is done live at an owner's: ``adapter_for`` gives the system of a participant that can do it, or None."""

    def __init__(
        self,
        store: Store,
        adapter_for: Callable[[str, Capability], Adapter | None],
        now: Callable[[], datetime.datetime] = lambda: datetime.datetime.now(datetime.UTC),
        require_proof: Callable[[], None] = lambda: None,
    ) -> None:
        self._store, self._adapter_for, self._now, self._require_proof = store, adapter_for, now, require_proof

    def _noted(self, line: Line, done: str, ask: Callable[[], Answer]) -> Answer:
        """What ``ask`` gives, between two lines of the audit: one before it is asked, and how it went."""
        opening = self._write(line)
        try:
            answer = ask()
        except BaseException as error:
            self._write(replace(line, outcome=outcome_of(error), opening=opening))
            raise
        self._write(replace(line, outcome=done, opening=opening))
        return answer

    def _write(self, line: Line) -> int:
        with self._store.write() as work:
            return work.audit.add(line, self._now())


class Reading(AtOwners):
    """The system of a participant that can be read from is asked."""

    def section(self, caller: Caller, hub_id: str, section: SectionName, purpose: Purpose, case: str) -> Section:
        """Ask the owner. The line in the audit is there before the question is; without it nothing is asked.

        Raises ``Refused`` (``not_allowed``, ``section_not_allowed``, ``purpose_not_allowed``, ``no_case_stated``,
        ``unknown_case``, ``owner_cannot_be_read``, or the owner's own) and ``Unready`` (the owner's own,
        ``owner_failed``, ``owner_answered_else``, ``audit_behind``).
        """
        caller.require(Act.READ_SECTION)
        purpose, case = require_purpose(caller, purpose, case)
        self._require_proof()
        with self._store.read() as work:
            record, tied = record_of(work, caller, hub_id)
        officer = require_section(caller, section, tied)
        line = line_of(officer, section, purpose, case, hub_id)
        return self._noted(line, "answered", lambda: self._ask(record.ref, officer, section, purpose, case))

    def _ask(self, ref: Reference, officer: Officer, section: SectionName, purpose: Purpose, case: str) -> Section:
        adapter = self._adapter_for(ref.participant, Capability.FETCH)
        if adapter is None:
            raise Refused("owner_cannot_be_read", "The owner's system cannot be read live. Ask the owner directly.")
        return fetched(adapter, request_of(ref, officer, section, purpose, case, self._now()))


def record_of(work: Work, caller: Caller, hub_id: str) -> tuple[ChildRecord, Tie]:
    """The entry as the index has it, if the caller may meet it, and how it is tied to the caller.

    ``Refused`` (``unknown_case``).
    """
    row = work.records.find(hub_id=hub_id)
    record = None if row is None else work.records.record(row)
    if record is None or not may_meet(caller, record):
        raise no_such_entry()
    return record, tie(work, caller, hub_id, record)


def request_of(
    ref: Reference, officer: Officer, section: SectionName, purpose: Purpose, case: str, now: datetime.datetime
) -> SectionRequest:
    """The question as it travels to the owner."""
    return SectionRequest(
        request_id=str(uuid.uuid4()),
        ref=ref,
        section=section,
        purpose=purpose,
        case=case,
        officer=officer,
        asked_at=now,
    )


def fetched(adapter: Adapter, request: SectionRequest) -> Section:
    """The owner's answer, if it is one to the question. What escapes an adapter is passed on by its kind alone."""
    answer = _fetched(adapter, request)
    same = (answer.ref.participant, answer.ref.source_id, answer.section)
    if same != (request.ref.participant, request.ref.source_id, request.section):
        raise Unready("owner_answered_else", "The owner's system answered something else. Tell its operator.")
    return answer


def _fetched(adapter: Adapter, request: SectionRequest) -> Section:
    try:
        return adapter.fetch(request)
    except TrackChildError:
        raise
    except Exception as error:
        # What went wrong may repeat what was read: only its kind is passed on.
        raise Unready("owner_failed", f"Reading from the owner failed ({type(error).__name__}). Try later.") from None


def line_of(
    officer: Officer, section: SectionName, purpose: Purpose, case: str, hub_id: str, act: Act = Act.READ_SECTION
) -> Line:
    """The line of the audit that stands before the owner is asked to read or write."""
    return Line(
        who=f"officer:{officer.id}",
        role=officer.role,
        institution=officer.institution,
        act=act.value,
        purpose=purpose.value,
        matter=case.strip()[:200],
        detail=section.value,
        hub_id=hub_id,
        outcome="asked",
    )


def outcome_of(error: BaseException) -> str:
    """How the audit tells of a question that was not answered."""
    code = error.code if isinstance(error, TrackChildError) else type(error).__name__
    return f"not answered: {code}"[:80]
