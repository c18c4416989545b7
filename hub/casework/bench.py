"""The bench: sittings and cause lists, orders on the forms, transfers acknowledged by those who receive the case."""

import datetime
import hashlib
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from contracts import CaseEvent, ChildRecord, InstitutionKind, Notice, NoticeKind, Officer, Reference, Refused
from contracts.events import CaseEventKind, CaseFact, CaseFactName
from hub.access import Act, Caller
from hub.casework.durations import INDIA
from hub.casework.duties import law_of
from hub.casework.keeping import Keeping
from hub.casework.offices import Offices
from hub.casework.papers.forms import Form, form_of, lines_of
from hub.casework.papers.printing import Paper, Said, pdf_of
from hub.casework.progress import Taken, require_step
from hub.casework.statute import NONE, Statute
from hub.index import Store, Work
from hub.index.audit import Line
from hub.index.sittings import Listed, Order, Sitting, Transfer
from hub.showing import no_such_entry

#: Who may sit: JJ Act 2015 s.27 (chairperson and four), s.4 (magistrate and two social workers).
SEATS = {
    InstitutionKind.CWC: ("chairperson", "member_1", "member_2", "member_3", "member_4"),
    InstitutionKind.JJB: ("principal_magistrate", "social_worker_1", "social_worker_2"),
}
#: Under what the hub keeps steps that were taken here, beside those that owners told.
HERE = "hub:bench"


@dataclass(frozen=True)
class Made:
    """A paper that was made. The hub keeps ``order``; ``pdf`` is kept by the institution."""

    order: Order
    pdf: bytes


@dataclass(frozen=True)
class Entry:
    """The entry that a step is about."""

    row: int
    hub_id: str
    ref: Reference
    record: ChildRecord


class Bench:
    def __init__(self, store: Store, offices: Offices, keeping: Keeping, now: Callable[[], datetime.datetime]) -> None:
        self._store, self._offices, self._keeping, self._now = store, offices, keeping, now

    # Sittings

    def plan(self, caller: Caller, at: datetime.datetime) -> Sitting:
        """Call a sitting of the caller's committee or board."""
        officer, institution, _ = self._bench(caller)
        sitting = Sitting(str(uuid.uuid4()), institution, at, None, f"officer:{officer.id}")
        with self._store.write() as work:
            work.sittings.plan(sitting)
        return sitting

    def sittings(self, caller: Caller, limit: int = 50) -> list[Sitting]:
        """Those of the caller's committee or board, latest first."""
        _, institution, _ = self._bench(caller)
        with self._store.read() as work:
            return work.sittings.of(institution, limit)

    def sitting(self, caller: Caller, sitting_id: str) -> tuple[Sitting, list[Listed]]:
        """One with its cause list; ``Refused`` (``unknown_sitting``)."""
        _, institution, _ = self._bench(caller)
        with self._store.read() as work:
            return _its(work, sitting_id, institution), work.sittings.listed(sitting_id)

    def list_case(self, caller: Caller, sitting_id: str, hub_id: str, purpose: str) -> None:
        """Put a case on the cause list of a sitting that was not held yet."""
        _, institution, _ = self._bench(caller)
        with self._store.write() as work:
            if _its(work, sitting_id, institution).seats is not None:
                raise Refused("sitting_over", "This sitting was held. Put the case on the list of the next one.")
            work.sittings.list_case(sitting_id, _entry(work, hub_id).row, purpose[:40])

    def hold(self, caller: Caller, sitting_id: str, seats: Sequence[str]) -> None:
        """Say who sits; steps taken at the sitting are checked against it."""
        _, institution, kind = self._bench(caller)
        present = [seat for seat in SEATS[kind] if seat in seats]
        if not present:
            raise Refused("nobody_sits", f"Say who sits: {', '.join(SEATS[kind])}.")
        with self._store.write() as work:
            _its(work, sitting_id, institution)
            work.sittings.hold(sitting_id, ",".join(present))

    # Orders

    def order(
        self, caller: Caller, hub_id: str, number: str, answers: Mapping[str, str], matter: str, sitting_id: str | None
    ) -> Made:
        """Take the step of a form and give its paper. ``Refused``: ``unknown_form``, ``form_not_filled``,
        ``not_your_form``, ``no_sitting``, ``illegal_step``, ``wrong_institution``, ``no_quorum``."""
        officer, institution, kind = self._bench(caller)
        form = form_of(number)
        if kind not in form.bench:
            raise Refused("not_your_form", f"Form {number} is for {', '.join(form.bench)}.")
        filled, now = form.filled(answers), self._now()
        with self._store.write() as work:
            sitting = None if sitting_id is None else _its(work, sitting_id, institution)
            entry = _entry(work, hub_id)
            by, seats = form.by_of(filled, kind), sitting.seated if sitting else []
            step = form.step_of(filled)
            self._take(work, entry, step, institution, by, len(seats) or None, _facts(filled), now)
            serial = work.sittings.next_serial(institution, number, now.astimezone(INDIA).year)
            made = _made(form, filled, entry, officer, institution, sitting, serial, now)
            work.sittings.add_order(made.order)
            if sitting is not None:
                work.sittings.outcome(sitting.sitting_id, entry.row, step.value)
            work.audit.add(_line(caller, officer, institution, hub_id, matter, made.order.order_no), now)
        return made

    def orders(self, hub_id: str) -> list[Order]:
        """What is kept of the papers of a case."""
        with self._store.read() as work:
            return work.sittings.orders_of(_entry(work, hub_id).row)

    def known(self, pdf: bytes) -> Order | None:
        """The order whose paper this is, byte for byte."""
        with self._store.read() as work:
            return work.sittings.order_of_hash(hashlib.sha256(pdf).hexdigest())

    # Transfers

    def transfer(self, caller: Caller, hub_id: str, to: str) -> Transfer:
        """Send a case to another committee, of this state or another; it has it once it acknowledges."""
        officer, institution, kind = self._bench(caller)
        now = self._now()
        if to == institution or self._offices.kind_of(to, now.astimezone(INDIA).date()) is not kind:
            raise Refused("no_such_bench", f"Name another {kind} of the directory, by its id.")
        with self._store.write() as work:
            entry = _entry(work, hub_id)
            self._take(work, entry, CaseEventKind.TRANSFERRED, institution, kind, None, [], now)
            by = f"officer:{officer.id}"
            sent = Transfer(str(uuid.uuid4()), entry.row, hub_id, institution, to, now, by, None, None)
            work.sittings.send(sent)
        return sent

    def transfers(self, caller: Caller) -> list[Transfer]:
        """Those under way from or to the caller's committee or board, oldest first."""
        _, institution, _ = self._bench(caller)
        with self._store.read() as work:
            return work.sittings.under_way(institution)

    def receive(self, caller: Caller, transfer_id: str) -> None:
        """Acknowledge that the case was handed over. ``Refused`` (``unknown_transfer``) to anybody else."""
        officer, institution, kind = self._bench(caller)
        now = self._now()
        with self._store.write() as work:
            sent = work.sittings.transfer(transfer_id)
            if sent is None or sent.to_institution != institution or sent.received_at is not None:
                raise Refused("unknown_transfer", "No such case is on its way to you. Take it from the list.")
            entry = _entry(work, sent.hub_id)
            self._take(work, entry, CaseEventKind.TRANSFER_RECEIVED, institution, kind, None, [], now)
            work.sittings.receive(transfer_id, f"officer:{officer.id}", now)

    # What all of them do

    def _bench(self, caller: Caller) -> tuple[Officer, str, InstitutionKind]:
        caller.require(Act.RUN_SITTINGS)
        officer = caller.officer
        if officer is None or officer.institution is None:
            raise Refused("no_bench", "Your account belongs to no committee or board. Ask the administrator.")
        kind = self._offices.kind_of(officer.institution, self._now().astimezone(INDIA).date())
        if kind not in SEATS:
            raise Refused("no_bench", "Your institution is no committee or board in the directory.")
        return officer, officer.institution, kind

    def _take(
        self,
        work: Work,
        entry: Entry,
        step: CaseEventKind,
        institution: str,
        by: InstitutionKind | None,
        present: int | None,
        facts: list[CaseFact],
        now: datetime.datetime,
    ) -> None:
        """Take a step that the law allows now; the owner of the entry is told, in this transaction."""
        statute, state = _standing(work, entry, now)
        section = _allowed(statute, state, Taken(step.value, now, by, present=present))
        event = CaseEvent(
            event_id=f"here:{uuid.uuid4()}",
            ref=entry.ref,
            kind=step,
            at=now,
            institution=institution if by in SEATS else None,
            by=by,
            members_present=present,
            facts=facts,
            section=section,
        )
        work.events.add(HERE, [event], now)
        self._keeping.events_told(work, {(entry.ref.participant, entry.ref.source_id)}, now)
        work.outbox.add([_notice(entry.ref, event, institution, now)], now)


def _entry(work: Work, hub_id: str) -> Entry:
    row = work.records.find(hub_id=hub_id)
    if row is None:
        raise no_such_entry()
    record = work.records.record(row)
    return Entry(row.row, row.hub_id, record.ref, record)


def _its(work: Work, sitting_id: str, institution: str) -> Sitting:
    found = work.sittings.find(sitting_id)
    if found is None or found.institution != institution:
        raise Refused("unknown_sitting", "Your committee or board has no such sitting. Take it from the list.")
    return found


def _standing(work: Work, entry: Entry, now: datetime.datetime) -> tuple[Statute, str]:
    """The law and the state of a case; of one without steps the state that its first step brings."""
    told = work.events.of([(entry.ref.participant, entry.ref.source_id)])
    kept = work.cases.find(entry.hub_id)
    opening = told or [CaseEvent(event_id="-", ref=entry.ref, kind=CaseEventKind.FOUND, at=now)]
    statute = law_of(entry.record, opening, None if kept is None else kept.statute)
    begun = statute.step[statute.start].target(NONE)
    return statute, begun if kept is None or kept.state == NONE else kept.state


def _allowed(statute: Statute, state: str, taken: Taken) -> str | None:
    """The section of the step; papers without a step of the law (an escort) change no state."""
    step = statute.step.get(taken.code)
    if step is None:
        if taken.code in (CaseEventKind.ORDER_MADE, CaseEventKind.ESCORTED):
            return None
        raise Refused("illegal_step", f"{statute.regime} has no such step in a case of this kind.")
    if step.quorum is not None and taken.present is None:
        raise Refused("no_sitting", f"At least {step.quorum} members must sit ({step.section}): make it at a sitting.")
    require_step(statute, state, taken)
    return step.section


def _facts(filled: Mapping[str, Any]) -> list[CaseFact]:
    names = [name for name in CaseFactName if filled.get(name.value) is not None]
    return [CaseFact(name=name, value=str(filled[name.value])) for name in names]


def _made(
    form: Form,
    filled: Mapping[str, Any],
    entry: Entry,
    officer: Officer,
    institution: str,
    sitting: Sitting | None,
    serial: int,
    now: datetime.datetime,
) -> Made:
    local = now.astimezone(INDIA)
    number = f"{institution}/{form.number}/{local.year}/{serial:04}"
    paper = Paper(
        form=form.number,
        title=form.title,
        rule=form.rule,
        number=number,
        bench=institution,
        made_on=local.strftime("%d-%m-%Y"),
        case=entry.hub_id,
        sitting=None if sitting is None else sitting.at.astimezone(INDIA).strftime("%d-%m-%Y %H:%M"),
        seats=[seat.replace("_", " ") for seat in (sitting.seated if sitting else [])] or ["signature"],
        lines=[Said(*line) for line in lines_of(form, filled)],
    )
    pdf, sitting_id = pdf_of(paper), None if sitting is None else sitting.sitting_id
    sha256, by = hashlib.sha256(pdf).hexdigest(), f"officer:{officer.id}"
    order = Order(number, institution, form.number, local.year, serial, entry.row, sitting_id, now, by, sha256)
    return Made(order, pdf)


def _notice(ref: Reference, event: CaseEvent, institution: str, now: datetime.datetime) -> Notice:
    what = event.kind.value.replace("_", " ")
    section = f" ({event.section})" if event.section else ""
    return Notice(
        notice_id=str(uuid.uuid4()),
        kind=NoticeKind.STEP_TAKEN,
        to=ref.participant,
        about=ref,
        created_at=now,
        text=f"In the case of your record {ref.source_id} {institution} took the step: {what}{section}."[:200],
    )


def _line(caller: Caller, officer: Officer, institution: str, hub_id: str, matter: str, number: str) -> Line:
    return Line(
        who=caller.id,
        role=officer.role,
        act="make_order",
        outcome="made",
        institution=institution,
        hub_id=hub_id,
        matter=matter[:200],
        detail=number[:80],
    )
