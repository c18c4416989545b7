"""Index rows and their keys: what is known of a participant's records, and writing many of them at once."""

import datetime
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, bindparam, delete, func, select, tuple_, update

from contracts import ChildRecord
from contracts.codes import ENDED
from hub.index import compared as comparing
from hub.index import dialect
from hub.index.columns import Values
from hub.index.entry import TO_FIND, Entry, Side, columns_of, opaque_id
from hub.index.payload import FEATURES, RECORD, Owner, Seal, dump_record, load_record, pack_keys, unpack_keys
from hub.index.schema import compared, markers, match_keys, records
from hub.index.thin import filled, thinned

_PART = 5_000
#: Rows of a key are counted to here first, and then to so many times as many.
_FIRST_COUNT, _FURTHER = 192, 2
_SIDES = list(Side)


@dataclass(frozen=True)
class Known:
    """What the index holds of one record, without opening its payload."""

    row: int
    hub_id: str
    participant: str
    source_id: str
    version: str
    recorded_at: datetime.datetime
    side: Side
    twin_closed: bool
    sealed: bool
    public_id: str | None
    keys: tuple[int, ...]
    find_keys: tuple[int, ...]

    @property
    def placed_keys(self) -> list[tuple[int, int]]:
        """(key, side) of its rows in the table of keys."""
        return placed(self.side, self.keys, self.find_keys)


class Met(NamedTuple):
    """An entry met by a key: its row, and what is compared of it."""

    row: int
    features: bytes


@dataclass(frozen=True)
class Compared:
    """What matching needs of an entry: its place, who owns it, what is compared of it, and its hashed keys."""

    row: int
    participant: str
    source_id: str
    version: str
    side: Side
    features: bytes
    packed_keys: bytes

    @property
    def keys(self) -> frozenset[int]:
        return frozenset(unpack_keys(self.packed_keys))


_KNOWN = [records.c[name] for name in (*Known.__dataclass_fields__,)]
_COMPARED = select(
    *(records.c[name] for name in ("row", "participant", "source_id", "version", "side", "keys")), compared.c.features
)

# Made once: putting a statement together takes longer than the database needs for it.
_OWN = (records.c.participant == bindparam("owner")) & records.c.source_id.in_(bindparam("told", expanding=True))
_KNOWN_OF = select(*_KNOWN).where(_OWN).order_by(records.c.row).with_for_update()
_ROWS_OF = select(records.c.source_id, records.c.row).where(_OWN)
_BESIDE = records.outerjoin(compared, compared.c.row == records.c.row)
_COMPARED = _COMPARED.execution_options(**dialect.IN_BINARY)
_COMPARED_AT = _COMPARED.select_from(_BESIDE).where(records.c.row.in_(bindparam("rows", expanding=True)))
_OPEN_AFTER = (
    _COMPARED.join_from(compared, records, compared.c.row == records.c.row)
    .where(compared.c.row > bindparam("after"), compared.c.side == bindparam("on_side"))
    .order_by(compared.c.row)
    .limit(bindparam("most"))
)


class Records:
    def __init__(self, connection: Connection, seal: Seal) -> None:
        self._connection, self._seal = connection, seal
        self._sender: str | None = None

    # Reading

    def known(self, participant: str, source_ids: Collection[str]) -> dict[str, Known]:
        """Source id -> what is held of it; the rows are kept from others until the transaction ends."""
        found = self._connection.execute(_KNOWN_OF, {"owner": participant, "told": list(source_ids)})
        return {row.source_id: _known(row) for row in found}

    def at(self, rows: Collection[int]) -> dict[int, Known]:
        query = select(*_KNOWN).where(records.c.row.in_(rows))
        return {row.row: _known(row) for row in self._connection.execute(query)}

    def of_ids(self, hub_ids: Collection[str]) -> list[Known]:
        """What is held of these of the hub's own numbers, kept from others until the transaction ends."""
        found: list[Known] = []
        for part in dialect.parts(sorted(hub_ids), 1_000):
            query = select(*_KNOWN).where(records.c.hub_id.in_(part)).order_by(records.c.row)
            found += map(_known, self._connection.execute(dialect.for_update(self._connection, query)))
        return found

    def find(self, hub_id: str | None = None, participant: str | None = None, source_id: str | None = None) -> Any:
        """The whole row by the hub's id or by the owner's reference; None if there is none."""
        by_id = records.c.hub_id == hub_id
        by_reference = (records.c.participant == participant) & (records.c.source_id == source_id)
        query = select(records).where(by_id if hub_id is not None else by_reference)
        return self._connection.execute(query).one_or_none()

    def hub_ids(self, refs: Collection[tuple[str, str]], veil: int) -> dict[tuple[str, str], str]:
        """(participant, source id) -> the hub's id, of those that have an entry which may be met up to ``veil``."""
        found = {}
        for some in dialect.parts(sorted(refs), 400):
            those = tuple_(records.c.participant, records.c.source_id).in_(some) & (records.c.veil <= veil)
            for row in self._connection.execute(
                select(records.c.participant, records.c.source_id, records.c.hub_id).where(those)
            ):
                found[(row.participant, row.source_id)] = row.hub_id
        return found

    def record(self, row: Row[Any]) -> ChildRecord:
        """The record of a whole row, opened."""
        return load_record(self._seal.open(row.record, RECORD, row.hub_id))

    def compared(self, rows: Sequence[int]) -> dict[int, Compared]:
        """Row -> what matching needs of it."""
        found: dict[int, Compared] = {}
        for part in dialect.parts(rows, _PART):
            rows_read = self._connection.execute(_COMPARED_AT, {"rows": list(part)}).all()
            found |= {one.row: one for one in self._compared(rows_read)}
        return found

    def open_after(self, side: Side, row: int, limit: int) -> list[Compared]:
        """The next entries of a side, in the order of their rows."""
        asked = {"after": row, "on_side": int(side), "most": limit}
        return self._compared(self._connection.execute(_OPEN_AFTER, asked).all())

    def pending(self, limit: int, passing_over: bool = False) -> list[tuple[Known, ChildRecord]]:
        """Entries not prepared for matching yet, with their records; those that others hold may be passed over."""
        query = select(records).where(records.c.pending == 1).order_by(records.c.row).limit(limit)
        held = dialect.skip_locked if passing_over else dialect.for_update
        rows = self._connection.execute(held(self._connection, query)).all()
        opened = self._seal.open_all([row.record for row in rows], RECORD, [row.hub_id for row in rows])
        return [(_known(row), load_record(one)) for row, one in zip(rows, opened, strict=True)]

    def ended_after(self, row: int, limit: int) -> list[tuple[Known, ChildRecord]]:
        """The next entries that their owners closed, by row."""
        ended = records.c.status.in_([one.value for one in ENDED])
        query = select(records).where(records.c.row > row, ended).order_by(records.c.row).limit(limit)
        rows = self._connection.execute(query).all()
        opened = self._seal.open_all([one.record for one in rows], RECORD, [one.hub_id for one in rows])
        return [(_known(one), load_record(record)) for one, record in zip(rows, opened, strict=True)]

    def expired(self, now: datetime.datetime, limit: int) -> dict[str, list[str]]:
        """Participant -> source ids of records whose day has come."""
        query = select(records.c.participant, records.c.source_id).where(records.c.expires_at <= now).limit(limit)
        found: dict[str, list[str]] = {}
        for participant, source_id in self._connection.execute(query):
            found.setdefault(participant, []).append(source_id)
        return found

    def count_pending(self) -> int:
        return self.count(records.c.pending == 1)

    def count(self, *where: ColumnElement[bool]) -> int:
        return self._connection.execute(select(func.count()).select_from(records).where(*where)).scalar_one()

    def count_searched(self) -> int:
        return self.count(records.c.side == Side.SEARCHED)

    def counts(self) -> list[tuple[str, int, int]]:
        """(participant, records, open records) of each."""
        opened = func.count().filter(records.c.side != Side.CLOSED)
        query = select(records.c.participant, func.count(), opened).group_by(records.c.participant)
        return [(name, total, still) for name, total, still in self._connection.execute(query)]

    def candidates(self, keys: Collection[int], side: Side, most: int) -> tuple[list[Met], int]:
        """(entries of ``side`` that share a key, how many keys were not followed).

        The rarest keys are followed first, until ``most`` rows counted with repeats; the rarest one always is.
        """
        if not keys:
            return [], 0
        followed, left_out = self._followed(keys, side, most)
        if not followed:
            return [], left_out
        rows, sealed = zip(*comparing.met(self._connection, followed, side), strict=True)
        met = map(Met, rows, self._opened(rows, sealed))
        return [one for one in met if one.features], left_out  # one that is being erased has none any more

    def _followed(self, keys: Collection[int], side: Side, most: int) -> tuple[list[int], int]:
        """(the rarest keys that bring no more than ``most`` rows together, how many held ones are left out).

        No key is counted further than it takes to know that it is too common: the work does not grow with the index.
        """
        counted: dict[int, int] = {}
        open_keys, bound = list(keys), min(_FIRST_COUNT, most + 1)
        while open_keys:
            held = comparing.count_keys(self._connection, open_keys, side, bound)
            counted |= {key: count for key, count in held if 0 < count < bound}
            open_keys = [key for key, count in held if count >= bound]
            spare = most - sum(counted.values())
            if counted and bound > spare:
                break
            bound = min(spare + 1, bound * _FURTHER) if counted else bound * _FURTHER
        rarest = sorted((count, key) for key, count in counted.items())
        totals = accumulate(count for count, _ in rarest)
        within = [key for (_, key), total in zip(rarest, totals, strict=True) if total <= most]
        followed = within or [key for _, key in rarest[:1]]
        return followed, len(rarest) + len(open_keys) - len(followed)

    def hold(self, keys: Iterable[int]) -> None:
        """Let transactions that touch one of these keys follow one another."""
        dialect.hold_together(self._connection, keys)

    # Writing

    def hold_sender(self, participant: str) -> None:
        """Let what one participant says be taken in one message after another, until this transaction ends."""
        if participant != self._sender:
            dialect.hold_sender(self._connection, participant)
            self._sender = participant

    def repeat(self, moments: dict[int, datetime.datetime]) -> None:
        """The owner said again, later, what stands in these rows."""
        if moments:
            values = [{"the_row": row, "recorded_at": moment} for row, moment in moments.items()]
            self._connection.execute(update(records).where(records.c.row == bindparam("the_row")), values)

    def write(self, entries: Sequence[Entry], known: dict[str, Known], now: datetime.datetime) -> list[Compared]:
        """Insert or overwrite the rows and keys of entries of one participant; as matching sees them, in order."""
        self._seal.ready([_owner(entry) for entry in entries])
        fresh = [entry for entry in entries if entry.record.ref.source_id not in known]
        rows = self._insert(fresh, now)
        rows |= self._update([entry for entry in entries if entry.record.ref.source_id in known], known, now)
        return [_written(entry, rows[entry.record.ref.source_id]) for entry in entries]

    def _insert(self, entries: Sequence[Entry], now: datetime.datetime) -> dict[str, int]:
        if not entries:
            return {}
        new = [self._new(entry, now) for entry in entries]
        told = dialect.insert_many(self._connection, records, new, returning=("source_id", "row"))
        rows = self._rows(entries) if told is None else dict(told)
        self._add_matched([(rows[entry.record.ref.source_id], entry) for entry in entries])
        return rows

    def _rows(self, entries: Sequence[Entry]) -> dict[str, int]:
        """Source id -> row of what one participant told."""
        told = [entry.record.ref.source_id for entry in entries]
        owner = entries[0].record.ref.participant
        return {row[0]: row[1] for row in self._connection.execute(_ROWS_OF, {"owner": owner, "told": told})}

    def _new(self, entry: Entry, now: datetime.datetime) -> Values:
        reference, hub_id = entry.record.ref, opaque_id()
        identity: Values = {"participant": reference.participant, "source_id": reference.source_id, "hub_id": hub_id}
        identity |= {"first_seen": now, "public_id": self._public_id(entry, None)}
        return identity | self._changing(entry, hub_id, now)

    def _update(self, entries: Sequence[Entry], known: dict[str, Known], now: datetime.datetime) -> dict[str, int]:
        if not entries:
            return {}
        before = [known[entry.record.ref.source_id] for entry in entries]
        values = [
            {"the_row": held.row, "public_id": self._public_id(entry, held.public_id)}
            | self._changing(entry, held.hub_id, now)
            for entry, held in zip(entries, before, strict=True)
        ]
        self._connection.execute(update(records).where(records.c.row == bindparam("the_row")), values)
        self._remove_keys(before)
        rows = {held.source_id: held.row for held in before}
        self._add_matched([(rows[entry.record.ref.source_id], entry) for entry in entries])
        return rows

    def _changing(self, entry: Entry, hub_id: str, now: datetime.datetime) -> Values:
        record = self._seal.close(dump_record(entry.record), RECORD, _owner(entry), row=hub_id)
        return columns_of(entry, record, now)

    def _public_id(self, entry: Entry, held: str | None) -> str | None:
        return held or (opaque_id() if entry.record.publication is not None else None)

    def prepare(self, prepared: Sequence[tuple[Known, Entry]]) -> None:
        """Give ported entries what matching needs of them; nothing else of them changes."""
        values = [
            {
                "the_row": held.row,
                "keys": pack_keys(entry.keys),
                "find_keys": pack_keys(entry.find_keys),
                "pending": 0,
            }
            for held, entry in prepared
        ]
        self._connection.execute(update(records).where(records.c.row == bindparam("the_row")), values)
        self._add_matched([(held.row, entry) for held, entry in prepared])

    def built_with(self, fingerprint: str) -> bool:
        """False if the index was built with another core or secret: its keys are gone then, and all waits anew."""
        query = select(markers.c.value).where(markers.c.name == "core")
        before = self._connection.execute(query).scalar_one_or_none()
        if before == fingerprint:
            return True
        dialect.upsert(self._connection, markers, {"name": "core", "value": fingerprint})
        if before is None:
            return True
        self._connection.execute(delete(match_keys))
        comparing.move(self._connection, Side.CLOSED)
        nothing = {"keys": b"", "find_keys": b"", "pending": 1}
        self._connection.execute(update(records).values(nothing))
        return False

    def close_twin(self, held: Known, now: datetime.datetime) -> None:
        """Mark an entry whose confirmed twin was closed: no longer searched for, matched or shown to the public."""
        values = {"twin_closed": True, "side": int(Side.CLOSED), "public": False, "updated": now}
        self._connection.execute(update(records).where(records.c.row == held.row).values(values))
        comparing.move(self._connection, Side.CLOSED, held.row)
        self._remove_keys([held])
        self._add_keys([(held.row, placed(Side.CLOSED, held.keys, held.find_keys))])

    def _add_matched(self, entries: Sequence[tuple[int, Entry]]) -> None:
        """What matching reads of entries, at their rows: features and keys."""
        made = [(row, entry) for row, entry in entries if entry.features]
        self._seal.ready([_owner(entry) for _, entry in made])
        sealed = [(row, int(one.side), self._closed(row, one)) for row, one in made]
        comparing.put(self._connection, sealed)
        self._add_keys((row, _keys_of(entry)) for row, entry in entries)

    def _closed(self, row: int, entry: Entry) -> bytes:
        return self._seal.close(thinned(entry.features), FEATURES, _owner(entry), row=str(row))

    def _add_keys(self, owners: Iterable[tuple[int, list[tuple[int, int]]]]) -> None:
        rows = [{"key": key, "side": side, "row": row} for row, placed in owners for key, side in placed]
        rows.sort(key=lambda row: row["key"])
        dialect.insert_many(self._connection, match_keys, rows, new_only=True)

    def _remove_keys(self, held: Iterable[Known]) -> None:
        gone = [(key, side, one.row) for one in held for key, side in one.placed_keys]
        columns = tuple_(match_keys.c.key, match_keys.c.side, match_keys.c.row)
        for part in dialect.parts(gone, 1_000):
            self._connection.execute(delete(match_keys).where(columns.in_(part)))

    def _compared(self, rows: Sequence[Any]) -> list[Compared]:
        opened = self._opened([row[0] for row in rows], [row[-1] or b"" for row in rows])
        return [
            Compared(number, participant, source_id, version, _SIDES[side], features, keys)
            for (number, participant, source_id, version, side, keys, _), features in zip(rows, opened, strict=True)
        ]

    def _opened(self, rows: Sequence[int], sealed: Sequence[bytes]) -> list[bytes]:
        """Features as they were made, from what is stored of them."""
        return filled(self._seal.open_all(sealed, FEATURES, [str(row) for row in rows]))


def _owner(entry: Entry) -> Owner:
    return Owner(entry.record.ref.participant, entry.record.ref.source_id)


def _written(entry: Entry, row: int) -> Compared:
    reference = entry.record.ref
    return Compared(
        row=row,
        participant=reference.participant,
        source_id=reference.source_id,
        version=reference.version,
        side=entry.side,
        features=entry.features,
        packed_keys=pack_keys(entry.keys),
    )


def _known(row: Any) -> Known:
    values = {name: getattr(row, name) for name in Known.__dataclass_fields__}
    keys = {name: tuple(unpack_keys(values[name])) for name in ("keys", "find_keys")}
    return Known(**values | keys | {"side": Side(row.side)})


def placed(side: int, keys: Iterable[int], find_keys: Iterable[int]) -> list[tuple[int, int]]:
    """(key, side) of an entry's rows in the table of keys."""
    return [(key, int(side)) for key in keys] + [(key, TO_FIND) for key in find_keys]


def _keys_of(entry: Entry) -> list[tuple[int, int]]:
    return placed(entry.side, entry.keys, entry.find_keys)


__all__ = ["Compared", "Known", "Met", "Records"]
