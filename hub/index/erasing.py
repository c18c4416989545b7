"""Erasing an entry: every row that holds a word or number of the child, its key, and what is kept of the erasure."""

import datetime
import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Table, and_, delete, func, or_, select, tuple_, update

from hub.index import compared as comparing
from hub.index import dialect
from hub.index.case_tables import case_calls, case_duties, case_findings, case_orders, cases, listings, transfers
from hub.index.columns import Values
from hub.index.entry import Side
from hub.index.erasing_tables import erasures, record_orders, tombstones
from hub.index.inventory_tables import differences, inventory, reconciliations
from hub.index.payload import Owner, Seal
from hub.index.people_tables import glass
from hub.index.records import Known
from hub.index.schema import events, match_keys, match_steps, matches, outbox, records, set_aside
from hub.index.sealing_tables import child_keys
from registry.tables import participants

Reference = tuple[str, str]
#: Participant and source id.

#: Tables that hold no word of a child, or (``compared``) are emptied of it in another way.
UNTOUCHED = frozenset(
    {
        *("accounts", "alerts", "audiences", "compared", "cursors", "erasures", "hub_keys", "lanes", "leases"),
        *("markers", "reconciliations", "runs", "sessions", "sittings", "slots", "tombstones"),
        # What citizens report is about nobody's record, and closed by a key of the report's own.
        *("citizen_reports", "mails"),
        # Messages of an alert are numbers and a keyed digest; what ended is cancelled and forgotten after 30 days.
        "appeals",
        # The audit proves what was done; replies (inbox) name a record by its owner's number at most.
        *("audit", "audit_cosignatures", "audit_heads", "audit_leaves", "audit_stamps", "audit_tiles", "inbox"),
    }
)


@dataclass(frozen=True)
class Erasure:
    """What is kept of it: the hub's own number of what there was, whose it was, who ordered it, and why."""

    erasure_id: str
    hub_id: str
    participant: str
    reference: str
    reason: str
    rule: str | None
    by: str
    at: datetime.datetime
    told: int = 0
    """How many owners of other records were told that it must go."""


@dataclass(frozen=True)
class Receipt:
    """What became of one tombstone: ``state`` of the outbox, and when it was taken."""

    notice_id: str
    participant: str
    state: str
    how: str | None
    sent_at: datetime.datetime | None
    settled_at: datetime.datetime | None


_OF_CASES = (cases, case_duties, case_calls, case_orders, listings, transfers)


class Reached(NamedTuple):
    """Who was told, for which record of its own by which match; without one it was told as the law escalates."""

    participant: str
    source_id: str | None = None
    match_id: str | None = None


_NO_TOMBSTONE = outbox.c.notice_id.not_in(select(tombstones.c.notice_id))
_TRIED = or_(
    outbox.c.state == "done",
    outbox.c.attempts > 0,
    outbox.c.unsure,
    outbox.c.held_until.is_not(None),
    outbox.c.sent_at.is_not(None),
)
_ERASURE = [erasures.c[name] for name in Erasure.__dataclass_fields__]


class Erasing:
    """The erasures of one transaction."""

    UNTOUCHED = UNTOUCHED

    def __init__(self, connection: Connection, seal: Seal) -> None:
        self._connection, self._seal = connection, seal

    @staticmethod
    def reached(held: Known) -> list[tuple[Table, ColumnElement[bool]]]:
        """Every table that holds something of a child, and which of its rows do."""
        return _rows_of(held)

    # What would go, and what goes

    def counts(self, held: Known) -> dict[str, int]:
        """Table -> rows that hold something of this entry."""
        counted: dict[str, int] = {}
        for table, which in _rows_of(held):
            query = select(func.count()).select_from(table).where(which)
            counted[table.name] = counted.get(table.name, 0) + int(self._connection.execute(query).scalar_one())
        return {name: many for name, many in counted.items() if many}

    def told(self, held: Known) -> list[Reached]:
        """Each whom a notice of this entry may have reached."""
        query = select(outbox.c.lane, outbox.c.about, func.max(outbox.c.match_id)).where(_of_its_matches(held.row))
        query = query.where(_TRIED).group_by(outbox.c.lane, outbox.c.about).order_by("lane", "about")
        found = [Reached(row[0], row[1], row[2]) for row in self._connection.execute(query)]
        known = {one.participant for one in found}
        return found + [Reached(lane) for lane in sorted(set(self._escalated(held)) - known)]

    def _escalated(self, held: Known) -> list[str]:
        """Whom a missed limit of its case was escalated to."""
        others = (outbox.c.lane != held.participant) & _of_its_case(held)
        return list(self._connection.execute(select(outbox.c.lane).where(others, _TRIED).distinct()).scalars())

    def remove(self, held: Known) -> None:
        """Delete all of it, and destroy the child's key. An empty row of what is compared stays as the signal to
        whoever holds the index in memory."""
        self._be_thorough()
        for table, which in _rows_of(held):
            self._connection.execute(delete(table).where(which))
        comparing.put(self._connection, [(held.row, int(Side.CLOSED), b"")])
        self._seal.destroy(Owner(held.participant, held.source_id))

    def _be_thorough(self) -> None:
        """SQLite else leaves what was deleted in the free parts of its file."""
        if not dialect.is_postgresql(self._connection):
            self._connection.exec_driver_sql("PRAGMA secure_delete = ON").close()

    # What is kept

    def note(self, erasure: Erasure, source_id: str) -> None:
        values: Values = {name: getattr(erasure, name) for name in Erasure.__dataclass_fields__}
        known_by = self._seal.tag(_hash((erasure.participant, source_id)))
        self._connection.execute(erasures.insert().values(values | {"known_by": known_by}))

    def _destroy_spent(self) -> None:
        owed = select(tombstones.c.erasure_id).join(outbox, outbox.c.notice_id == tombstones.c.notice_id)
        spent = child_keys.c.source_id.not_in(owed.where(outbox.c.body != b""))
        self._connection.execute(delete(child_keys).where(child_keys.c.participant == "-", spent))

    def tell(self, erasure_id: str, notice_ids: Sequence[str]) -> None:
        """These notices are its tombstones."""
        rows = [{"notice_id": one, "erasure_id": erasure_id} for one in notice_ids]
        dialect.insert_many(self._connection, tombstones, rows)

    def among(self, refs: Collection[Reference]) -> set[Reference]:
        """Which of these records were erased: they are not taken in again."""
        if not refs or not self._any():
            return set()
        found: set[Reference] = set()
        for part in dialect.parts(sorted(refs), 1_000):
            by_hash = {name: ref for ref in part for name in self._names(ref)}
            query = select(erasures.c.known_by).where(erasures.c.known_by.in_(list(by_hash)))
            found |= {by_hash[one] for one in self._connection.execute(query).scalars()}
        return found

    def _any(self) -> bool:
        return self._connection.execute(select(1).select_from(erasures).limit(1)).first() is not None

    def _names(self, ref: Reference) -> set[str]:
        """By what a record is known: keyed, or as it was before the hub had a key for it."""
        plain = _hash(ref)
        return {plain, self._seal.tag(plain)}

    def all(self, limit: int | None = 1_000) -> list[Erasure]:
        """The latest first."""
        query = select(*_ERASURE).order_by(erasures.c.at.desc(), erasures.c.erasure_id).limit(limit)
        return [Erasure(**row._mapping) for row in self._connection.execute(query)]

    def ids(self) -> set[str]:
        """The hub's numbers of everything that was erased."""
        return set(self._connection.execute(select(erasures.c.hub_id)).scalars())

    def find(self, erasure_id: str) -> Erasure | None:
        row = self._connection.execute(select(*_ERASURE).where(erasures.c.erasure_id == erasure_id)).one_or_none()
        return None if row is None else Erasure(**row._mapping)

    def receipts(self, erasure_id: str) -> list[Receipt]:
        """What became of its tombstones, by participant."""
        columns = [outbox.c[name] for name in ("notice_id", "state", "how", "sent_at", "settled_at")]
        query = select(outbox.c.lane.label("participant"), *columns)
        query = query.join(tombstones, tombstones.c.notice_id == outbox.c.notice_id)
        query = query.where(tombstones.c.erasure_id == erasure_id).order_by(outbox.c.lane, outbox.c.notice_id)
        return [Receipt(**row._mapping) for row in self._connection.execute(query)]

    def settle(self, limit: int = 500) -> int:
        """Of tombstones that were taken nothing is kept but that they were; how many were made so now. The key of an
        erasure whose tombstones all were taken is destroyed."""
        taken = select(outbox.c.notice_id).join(tombstones, tombstones.c.notice_id == outbox.c.notice_id)
        taken = taken.where(outbox.c.state == "done", outbox.c.about != "").limit(limit)
        ids = self._connection.execute(taken).scalars().all()
        if ids:
            self._be_thorough()
            nothing: Values = {"body": b"", "about": "", "match_id": None}
            self._connection.execute(update(outbox).where(outbox.c.notice_id.in_(ids)).values(nothing))
            self._destroy_spent()
        return len(ids)

    def states(self) -> dict[str, dict[str, int]]:
        """Erasure -> state of its tombstones -> how many."""
        query = select(tombstones.c.erasure_id, outbox.c.state, func.count())
        query = query.join(outbox, outbox.c.notice_id == tombstones.c.notice_id)
        found: dict[str, dict[str, int]] = {}
        for erasure_id, state, many in self._connection.execute(
            query.group_by(tombstones.c.erasure_id, outbox.c.state)
        ):
            found.setdefault(erasure_id, {})[state] = int(many)
        return found


def _rows_of(held: Known) -> list[tuple[Table, ColumnElement[bool]]]:
    """Every table that holds something of a child, and which of its rows do; in the order in which they go."""
    owner = {"participant": held.participant, "source_id": held.source_id}
    its_match = select(matches.c.match_id).where(_is_side(held.row))
    runs = select(reconciliations.c.run_id).where(reconciliations.c.participant == held.participant)
    about_it = (outbox.c.lane == held.participant) & (outbox.c.about == held.source_id)
    return [
        (outbox, or_(_of_its_matches(held.row), about_it, _of_its_case(held)) & _NO_TOMBSTONE),
        *((table, table.c.row == held.row) for table in _OF_CASES),
        (case_findings, (case_findings.c.row == held.row) | (case_findings.c.other == held.row)),
        (match_steps, match_steps.c.match_id.in_(its_match)),
        (matches, _is_side(held.row)),
        (match_keys, _its_keys(held)),
        (events, _owned(events, owner)),
        (set_aside, _owned(set_aside, owner)),
        (inventory, _owned(inventory, owner)),
        (differences, (differences.c.source_id == held.source_id) & differences.c.run_id.in_(runs)),
        (glass, glass.c.hub_id == held.hub_id),
        (record_orders, record_orders.c.hub_id == held.hub_id),
        (child_keys, _owned(child_keys, owner)),
        (records, records.c.row == held.row),
    ]


def _of_its_case(held: Known) -> ColumnElement[bool]:
    """What was escalated to others; by lane, since that is the way to them."""
    about = outbox.c.lane.in_(select(participants.c.id)) & (outbox.c.about == held.source_id)
    return about & outbox.c.match_id.startswith(f"case-{held.row}-")


def _its_keys(held: Known) -> ColumnElement[bool]:
    columns = tuple_(match_keys.c.key, match_keys.c.side, match_keys.c.row)
    return columns.in_([(key, side, held.row) for key, side in held.placed_keys])


def _owned(table: Table, owner: dict[str, Any]) -> ColumnElement[bool]:
    return and_(*(table.c[name] == value for name, value in owner.items()))


def _is_side(row: int) -> ColumnElement[bool]:
    return or_(matches.c.searched == row, matches.c.found == row)


def _of_its_matches(row: int) -> ColumnElement[bool]:
    """Notices of a match of this entry, met by whose record they are about: there is no way to them by their match."""
    either = or_(records.c.row == matches.c.searched, records.c.row == matches.c.found)
    sides = select(records.c.participant, records.c.source_id).join_from(matches, records, either).where(_is_side(row))
    its_match = select(matches.c.match_id).where(_is_side(row))
    return tuple_(outbox.c.lane, outbox.c.about).in_(sides) & outbox.c.match_id.in_(its_match)


def _hash(ref: Reference) -> str:
    return hashlib.sha256("\x00".join(ref).encode()).hexdigest()
