"""The office of erasing: what is due, holds, seals, erasure and its receipts; every act is a line of the audit."""

import datetime
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from contracts import ChildRecord, Problem, Reference, Refused
from contracts.codes import Restriction, Status
from hub.erasing import tombstones
from hub.erasing.ledger import Ledger
from hub.erasing.rules import Rule, rules
from hub.flow import Flow
from hub.index import Work
from hub.index.audit import Line
from hub.index.entry import sealed
from hub.index.erasing import Erasure, Receipt
from hub.index.orders import Order, OrderKind
from hub.index.records import Known
from hub.showing import no_such_entry

log = structlog.get_logger()
_AT_ONCE = 500
#: Matches that are followed from one record to the others of the same child.
_MOST_OF_A_CHILD = 50


@dataclass(frozen=True)
class Said:
    """Who orders it, by which order (its number and day), and why."""

    by: str
    reference: str
    reason: str

    def __post_init__(self) -> None:
        wanting = [name for name in ("by", "reference", "reason") if not getattr(self, name).strip()]
        if wanting:
            problems = [Problem(field=one, rule="missing", message="Say it in a few words.") for one in wanting]
            raise Refused("order_not_stated", "Name the person, the order and the reason.", problems)


@dataclass(frozen=True)
class Due:
    """A record whose time is over, by which rule, since when, and what follows."""

    hub_id: str
    participant: str
    source_id: str
    rule: str
    section: str
    verified: bool
    act: str
    due: datetime.datetime
    held: bool


@dataclass(frozen=True)
class Plan:
    """What an erasure would do: rows by table, who would be told, and what a hold keeps."""

    hub_ids: list[str]
    rows: dict[str, int]
    told: list[str]
    held: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Standing:
    """How an erasure stands: its tombstones, each with its receipt."""

    erasure: Erasure
    receipts: list[Receipt]

    @property
    def taken(self) -> int:
        return sum(one.state == "done" for one in self.receipts)


class Office:
    """Joined once, in ``hub.app``."""

    def __init__(self, flow: Flow, ledger: Ledger, law: Path | None = None) -> None:
        self._flow, self._store, self._ledger, self._law = flow, flow.store, ledger, law

    # What is due

    def due(self, on: datetime.datetime | None = None) -> list[Due]:
        """Records whose time is over on a day (now if absent), longest first."""
        law, moment, found = rules(self._law).rules, on or self._flow.now(), []
        for part in self._ended():
            over = [one for held, record in part if (one := _first_over(law, held, record, moment)) is not None]
            with self._store.read() as work:
                kept = work.orders.held([held.hub_id for held, _, _ in over])
            found += [_due(held, rule, at, held.hub_id in kept) for held, rule, at in over]
        return sorted(found, key=lambda one: (one.due, one.hub_id))

    def _ended(self) -> Iterator[list[tuple[Known, ChildRecord]]]:
        last, part = 0, True
        while part:
            with self._store.read() as work:
                found = work.records.ended_after(last, _AT_ONCE)
            yield found
            part, last = bool(found), found[-1][0].row if found else last

    def apply(self) -> int:
        """Erase what a rule that says ``erase`` has made due and no hold keeps; how many. For the clock."""
        many = 0
        by_itself = any(rule.act == "erase" for rule in rules(self._law).rules)
        for one in self.due() if by_itself else ():
            if one.act == "erase" and not one.held:
                said = Said("clock", one.section, f"rule {one.rule}, due {one.due:%Y-%m-%d}")
                many += len(self.erase([one.hub_id], said, rule=one.rule))
        if many:
            log.warning("retention_applied", erased=many)
        self.settle()
        return many

    # Holds and seals

    def hold(self, name: str, said: Said) -> Order:
        """Let nothing erase a record until it is released."""
        with self._store.write() as work:
            return self._order(work, _held(work, name), OrderKind.HOLD, said)

    def release(self, name: str, said: Said) -> int:
        """End every hold on a record; ``Refused`` (``not_held``)."""
        with self._store.write() as work:
            held = _held(work, name)
            if not (many := work.orders.end(held.hub_id, OrderKind.HOLD, said.by, said.reason, self._flow.now())):
                raise Refused("not_held", "No hold stands on this record.")
            self._note(work, "release", held.hub_id, said, "released")
        return many

    def seal(self, name: str, said: Said) -> Order:
        """Hide a record from everybody but its owner, at once and whatever its owner says of it later."""
        with self._store.write() as work:
            held = self._alone(work, name)
            order = self._order(work, held, OrderKind.SEAL, said)
            self._put(work, held.hub_id, by_order=True)
        return order

    def unseal(self, name: str, said: Said) -> None:
        """End the seal; one that the owner itself put on stays. ``Refused`` (``not_sealed``)."""
        with self._store.write() as work:
            held = self._alone(work, name)
            if not work.orders.end(held.hub_id, OrderKind.SEAL, said.by, said.reason, self._flow.now()):
                raise Refused("not_sealed", "No order seals this record; a seal of its owner is lifted by its owner.")
            self._put(work, held.hub_id, by_order=work.orders.is_owners_own(held.hub_id))
            self._note(work, "unseal", held.hub_id, said, "unsealed")

    def orders(self, what: OrderKind) -> list[Order]:
        """Those that stand."""
        with self._store.read() as work:
            return work.orders.standing(what)

    def _order(self, work: Work, held: Known, what: OrderKind, said: Said) -> Order:
        order = Order(held.hub_id, what, said.reference[:200], said.reason[:200], said.by[:120], self._flow.now())
        work.orders.give(order)
        self._note(work, what.value, held.hub_id, said, "ordered")
        return order

    def _put(self, work: Work, hub_id: str, by_order: bool) -> None:
        """Let the record stand anew, under the seal or without it; its proposals follow."""
        row = work.records.find(hub_id=hub_id)
        record = work.records.record(row)
        if by_order and Restriction.SEALED in record.restrictions:
            work.orders.note_owners_own(hub_id, True)
        known = work.records.known(row.participant, [row.source_id])
        self._flow.put(work, [sealed(record, by_order)], known, self._flow.now(), as_told=False)

    # Erasure

    def plan(self, names: Sequence[str], whole_child: bool = False) -> Plan:
        """Count what erasing these would do, and do nothing."""
        with self._store.read() as work:
            several = _several(work, names, whole_child)
            rows: dict[str, int] = {}
            told: set[str] = set()
            for held in several:
                for table, many in work.erasing.counts(held).items():
                    rows[table] = rows.get(table, 0) + many
                told |= {one.participant for one in work.erasing.told(held)}
            ids = [held.hub_id for held in several]
            return Plan(ids, rows, sorted(told), sorted(work.orders.held(ids)))

    def erase(
        self, names: Sequence[str], said: Said, rule: str | None = None, whole_child: bool = False
    ) -> list[Erasure]:
        """Erase records, each in one transaction with the tombstones that tell of it.

        Raises ``Refused``: ``unknown_case``, ``legal_hold`` (before anything is erased), ``ledger_not_writable``.
        """
        with self._store.read() as work:
            ids = [held.hub_id for held in _several(work, names, whole_child)]
            if work.orders.held(ids):
                raise _legal_hold()
        return [self._erase(hub_id, said, rule) for hub_id in ids]

    def _erase(self, hub_id: str, said: Said, rule: str | None) -> Erasure:
        with self._store.write() as work:
            held, now = self._alone(work, hub_id), self._flow.now()
            if work.orders.held([hub_id]):
                raise _legal_hold()
            erasure = _erasure(held, said, rule, now)
            self._ledger.add([erasure])
            told = tombstones.tell(work, held, erasure, now)
            self._withdraw(work, held, now)
            (held,) = work.records.of_ids([hub_id])
            work.erasing.remove(held)
            erasure = Erasure(**vars(erasure) | {"told": told})
            work.erasing.note(erasure, held.source_id)
            self._note(work, "erase", hub_id, said, "erased", erasure.erasure_id)
        return erasure

    def _withdraw(self, work: Work, held: Known, now: datetime.datetime) -> None:
        """Its matches end as they do when an owner takes a record back, so that its twins are matched again."""
        kind = work.records.find(hub_id=held.hub_id).kind
        ref = Reference(participant=held.participant, source_id=held.source_id, version=held.version)
        gone = ChildRecord(ref=ref, kind=kind, status=Status.WITHDRAWN, recorded_at=held.recorded_at)
        self._flow.put(work, [gone], {held.source_id: held}, now, as_told=False)

    def standing(self, limit: int = 100) -> list[Standing]:
        """The latest erasures with their receipts."""
        with self._store.read() as work:
            return [Standing(one, work.erasing.receipts(one.erasure_id)) for one in work.erasing.all(limit)]

    def settle(self) -> int:
        """Forget what tombstones say once they were taken; how many."""
        many, some = 0, 1
        while some:
            with self._store.write() as work:
                some = work.erasing.settle(_AT_ONCE)
            many += some
        return many

    def scour(self) -> None:
        """Let nothing of what was deleted stay in the database's own log (SQLite)."""
        self._store.scour()

    def _alone(self, work: Work, name: str) -> Known:
        """The entry, with its owner's words kept waiting until this transaction ends."""
        work.records.hold_sender(_held(work, name).participant)
        return _held(work, name)

    def _note(self, work: Work, act: str, hub_id: str, said: Said, outcome: str, detail: str | None = None) -> None:
        line = Line(
            who=f"console:{said.by}"[:120],
            role="operator at the console" if said.by != "clock" else "clock",
            act=act,
            outcome=outcome,
            matter=said.reference[:200],
            detail=detail,
            hub_id=hub_id,
        )
        work.audit.add(line, self._flow.now())


def _legal_hold() -> Refused:
    message = "A legal hold stands on a record: nothing was erased. `trackchild retention holds` names it."
    return Refused("legal_hold", message)


def _held(work: Work, name: str) -> Known:
    """By the hub's number, or by ``participant/source id``; ``Refused`` (``unknown_case``)."""
    participant, slash, source_id = name.partition("/")
    if slash:
        found = work.records.known(participant, [source_id]).get(source_id)
    else:
        found = next(iter(work.records.of_ids([name])), None)
    if found is None:
        raise no_such_entry()
    return found


def _several(work: Work, names: Sequence[str], whole_child: bool) -> list[Known]:
    return _with_twins(work, names) if whole_child else [_held(work, name) for name in names]


def _with_twins(work: Work, names: Sequence[str]) -> list[Known]:
    """These records, and all that a person confirmed to be the same child."""
    found = {held.hub_id: held for held in (_held(work, name) for name in names)}
    waiting = list(found)
    while waiting and len(found) < _MOST_OF_A_CHILD * len(names):
        fresh = set(work.matches.one_child(waiting)) - found.keys()
        found |= {held.hub_id: held for held in work.records.of_ids(fresh)}
        waiting = list(fresh)
    return list(found.values())


def _first_over(
    law: Sequence[Rule], held: Known, record: ChildRecord, moment: datetime.datetime
) -> tuple[Known, Rule, datetime.datetime] | None:
    """The rule that erases if one is over, else the one that was over first."""
    over = [(rule, at) for rule in law if (at := rule.due(record)) is not None and at < moment]
    over.sort(key=lambda one: (one[0].act != "erase", one[1]))
    return (held, *over[0]) if over else None


def _due(held: Known, rule: Rule, at: datetime.datetime, kept: bool) -> Due:
    said = rule.code, rule.section, rule.verified, rule.act
    return Due(held.hub_id, held.participant, held.source_id, *said, at, kept)


def _erasure(held: Known, said: Said, rule: str | None, now: datetime.datetime) -> Erasure:
    return Erasure(
        erasure_id=str(uuid.uuid4()),
        hub_id=held.hub_id,
        participant=held.participant,
        reference=said.reference[:200],
        reason=said.reason[:200],
        rule=rule,
        by=said.by[:120],
        at=now,
    )
