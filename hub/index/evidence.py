"""The audit's Merkle tree as it is kept: which line is which leaf, tiles of hashes, heads and what others say of them.

Tiles follow C2SP tlog-tiles: a tile of level L holds up to 256 hashes of complete subtrees of 256**L leaves. A line has
its leaf when the tree grows, not when it is written, so that writers of lines never wait for one another.
"""

import datetime
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, or_, select

from hub.evidence.offline import merkle
from hub.index import dialect
from hub.index.columns import microseconds
from hub.index.schema import (
    audit,
    audit_cosignatures,
    audit_heads,
    audit_leaves,
    audit_stamps,
    audit_tiles,
    outbox,
    records,
)

WIDTH = 256
#: A transaction that took its number long before it ended is still found this far behind the newest.
_BEHIND = 20_000
_HASH = 32


@dataclass(frozen=True)
class Waiting:
    """A line that is in no leaf yet, as it will be hashed."""

    seq: int
    at: datetime.datetime
    entry: bytes


@dataclass(frozen=True)
class Leaf:
    """A leaf with its line; ``entry`` is None if the line is gone."""

    leaf: int
    seq: int
    entry: bytes | None


@dataclass(frozen=True)
class Kept:
    """A signed head as it was given, with what came to it since. ``stamp``: RFC 3161 token; ``missed``: none came."""

    size: int
    at: datetime.datetime
    checkpoint: str
    cosignatures: tuple[str, ...] = ()
    stamp: bytes | None = None
    missed: bool = False


class Evidence:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._tiles: dict[tuple[int, int], bytes] = {}

    def size(self) -> int:
        """How many leaves there are."""
        return int(self._connection.execute(select(func.coalesce(func.max(audit_leaves.c.leaf), -1))).scalar_one()) + 1

    def waiting(self, limit: int) -> list[Waiting]:
        """Lines without a leaf, oldest first."""
        newest = select(func.coalesce(func.max(audit_leaves.c.seq), 0)).scalar_subquery()
        query = (
            select(audit)
            .outerjoin(audit_leaves, audit_leaves.c.seq == audit.c.seq)
            .where(audit_leaves.c.seq.is_(None), audit.c.seq > newest - _BEHIND)
            .order_by(audit.c.seq)
            .limit(limit)
        )
        return [Waiting(row.seq, row.at, entry_of(row)) for row in self._connection.execute(query)]

    def append(self, lines: Sequence[Waiting]) -> int:
        """Give each line the next leaf; the new size."""
        first = self.size()
        leaves = [{"leaf": first + n, "seq": line.seq} for n, line in enumerate(lines)]
        dialect.insert_many(self._connection, audit_leaves, leaves)
        self._extend(0, first, [merkle.leaf_hash(line.entry) for line in lines])
        return first + len(lines)

    def _extend(self, level: int, first: int, hashes: list[bytes]) -> None:
        """Add hashes to a level from place ``first``; each tile that fills gives one hash to the level above."""
        above: list[bytes] = []
        place, taken = first, 0
        while taken < len(hashes):
            number, held = divmod(place, WIDTH)
            more = hashes[taken : taken + WIDTH - held]
            tile = (self._tile(level, number)[: held * _HASH] if held else b"") + b"".join(more)
            self._save(level, number, tile)
            place, taken = place + len(more), taken + len(more)
            if len(tile) == WIDTH * _HASH:
                above.append(_subtree(tile, 0, WIDTH))
        if above:
            self._extend(level + 1, first // WIDTH, above)

    def _save(self, level: int, number: int, hashes: bytes) -> None:
        self._tiles[level, number] = hashes
        values = {"level": level, "number": number, "hashes": hashes}
        dialect.upsert(self._connection, audit_tiles, values)

    def _tile(self, level: int, number: int) -> bytes:
        if (level, number) not in self._tiles:
            query = select(audit_tiles.c.hashes).where(audit_tiles.c.level == level, audit_tiles.c.number == number)
            self._tiles[level, number] = self._connection.execute(query).scalar_one_or_none() or b""
        return self._tiles[level, number]

    def node(self, height: int, index: int) -> bytes:
        """``merkle.Nodes``; raises ``LookupError`` where the tiles lack what the tree should hold."""
        level, below = divmod(height, 8)
        many = 1 << below
        number, place = divmod(index * many, WIDTH)
        tile = self._tile(level, number)
        if len(tile) < (place + many) * _HASH:
            raise LookupError("the tiles of the audit's tree are incomplete")
        return _subtree(tile, place, many)

    def root(self, size: int) -> bytes:
        """The root of the first ``size`` leaves."""
        return merkle.root(size, self.node)

    def tiles(self) -> dict[tuple[int, int], bytes]:
        """(level, number) -> a hash of all that the tile holds."""
        query = select(audit_tiles.c.level, audit_tiles.c.number, audit_tiles.c.hashes)
        rows = self._connection.execution_options(yield_per=1_000).execute(query)
        return {(level, number): merkle.leaf_hash(hashes) for level, number, hashes in rows}

    # Heads

    def keep_head(self, size: int, checkpoint: str, now: datetime.datetime) -> None:
        self._connection.execute(audit_heads.insert().values(size=size, at=now, checkpoint=checkpoint))

    def cosign(self, size: int, witness: str, line: str, now: datetime.datetime) -> bool:
        """Keep a witness's signature of a head; false if its first one stands already."""
        values = {"size": size, "witness": witness, "line": line, "at": now}
        return dialect.insert_new(self._connection, audit_cosignatures, values)

    def stamp(self, size: int, token: bytes | None, now: datetime.datetime) -> None:
        """Keep a time-stamp of a head, or that none could be had."""
        dialect.upsert(self._connection, audit_stamps, {"size": size, "at": now, "token": token})

    def head(self, size: int | None = None) -> Kept | None:
        """The head of one size, or the newest."""
        query = select(audit_heads.c.size).order_by(audit_heads.c.size.desc()).limit(1)
        wanted = self._connection.execute(query).scalar_one_or_none() if size is None else size
        found = list(self._kept(audit_heads.c.size == wanted))
        return found[0] if found else None

    def heads(self) -> list[Kept]:
        """All heads, smallest first."""
        return list(self._kept(audit_heads.c.size >= 0))

    def _kept(self, wanted: Any) -> Iterator[Kept]:
        said: dict[int, list[str]] = {}
        of_heads = select(audit_cosignatures.c.size, audit_cosignatures.c.line).order_by(audit_cosignatures.c.witness)
        sizes = select(audit_heads.c.size).where(wanted)
        for size, line in self._connection.execute(of_heads.where(audit_cosignatures.c.size.in_(sizes))):
            said.setdefault(size, []).append(line)
        query = (
            select(audit_heads, audit_stamps.c.size.label("stamped"), audit_stamps.c.token)
            .outerjoin(audit_stamps, audit_stamps.c.size == audit_heads.c.size)
            .where(wanted)
            .order_by(audit_heads.c.size)
        )
        for row in self._connection.execute(query):
            missed = row.stamped is not None and row.token is None
            yield Kept(row.size, row.at, row.checkpoint, tuple(said.get(row.size, ())), row.token, missed)

    # Lines

    def leaves(self, after: int = -1, limit: int = 5_000) -> list[Leaf]:
        """Leaves in order with their lines, for the whole tree to be computed anew."""
        query = (
            select(audit_leaves.c.leaf, audit_leaves.c.seq.label("leaf_seq"), audit)
            .outerjoin(audit, audit.c.seq == audit_leaves.c.seq)
            .where(audit_leaves.c.leaf > after)
            .order_by(audit_leaves.c.leaf)
            .limit(limit)
        )
        return [_leaf(row) for row in self._connection.execute(query)]

    def leaves_about(self, *, matter: str | None = None, hub_id: str | None = None) -> list[Leaf]:
        """Those whose line is of one matter (a notice, a case) or one child, notices about it included; with the lines
        that tell their outcome."""
        about = audit.c.matter == matter if matter is not None else _of_child(hub_id)
        opened = select(audit.c.seq).where(about)
        query = (
            select(audit_leaves.c.leaf, audit_leaves.c.seq.label("leaf_seq"), audit)
            .join(audit, audit.c.seq == audit_leaves.c.seq)
            .where(or_(about, audit.c.opening.in_(opened)))
            .order_by(audit_leaves.c.leaf)
        )
        return [_leaf(row) for row in self._connection.execute(query)]

    def count_outside(self, before: datetime.datetime) -> int:
        """Lines older than that which are in no leaf: none of them is proven."""
        query = select(func.count()).select_from(audit).outerjoin(audit_leaves, audit_leaves.c.seq == audit.c.seq)
        return self._connection.execute(query.where(audit_leaves.c.seq.is_(None), audit.c.at < before)).scalar_one()


def _of_child(hub_id: str | None) -> ColumnElement[bool]:
    its = (records.c.participant == outbox.c.lane) & (records.c.source_id == outbox.c.about)
    told = select(outbox.c.notice_id).join(records, its).where(records.c.hub_id == hub_id)
    return (audit.c.hub_id == hub_id) | audit.c.matter.in_(told)


def entry_of(row: Row[Any]) -> bytes:
    """What is hashed of a line: its columns as JSON, sorted, empty ones left out. Nothing said of a child is in it."""
    values = {
        column.name: microseconds(value) if isinstance(value, datetime.datetime) else value
        for column in audit.columns
        if (value := getattr(row, column.name)) is not None
    }
    return json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _leaf(row: Row[Any]) -> Leaf:
    return Leaf(row.leaf, row.leaf_seq, None if row.seq is None else entry_of(row))


def _subtree(tile: bytes, place: int, many: int) -> bytes:
    hashes = [tile[n * _HASH : (n + 1) * _HASH] for n in range(place, place + many)]
    while len(hashes) > 1:
        hashes = [merkle.node_hash(*hashes[n : n + 2]) for n in range(0, len(hashes), 2)]
    return hashes[0]
