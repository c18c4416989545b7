"""Closing what an existing database holds in clear, a part at a time; how far it came is in the same transaction.

Whoever was ended goes on where it was; what a process of before writes meanwhile is met by going through once more.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Column, Connection, Table, and_, bindparam, delete, func, select, tuple_, update

from contracts import Notice
from hub.index import aside, dialect, events, outbox
from hub.index.columns import Values
from hub.index.payload import EVENT, FEATURES, NOTICE, ORIGINAL, RECORD, Owner, Seal
from hub.index.schema import compared, inbox, markers, records, set_aside
from hub.index.schema import events as events_table
from hub.index.schema import outbox as outbox_table
from hub.sealing.envelope import MARKS, is_closed

_MARKER = "closing "


@dataclass(frozen=True)
class _Kept:
    """One table: its key, what is closed in it, for what, whose it is and what names the row."""

    table: Table
    key: tuple[str, ...]
    column: str
    purpose: str
    owners: Callable[[Any], Sequence[Owner]]
    row: Callable[[Any], str]

    @property
    def keys(self) -> list[Column[Any]]:
        return [self.table.c[name] for name in self.key]


def _of(row: Any) -> list[Owner]:
    return [Owner(row.participant, row.source_id)]


def _spoken_of(row: Any) -> list[Owner]:
    return outbox.owners_of(Notice.model_validate_json(row.body))


def _event(row: Any) -> str:
    return events.row_of(row.sender, row.event_id)


def _original(row: Any) -> str:
    return aside.row_of(row.participant, row.source_id, row.original_hash)


_KEPT = (
    _Kept(records, ("row",), "record", RECORD, _of, lambda row: str(row.hub_id)),
    _Kept(compared, ("row",), "features", FEATURES, _of, lambda row: str(row.row)),
    _Kept(events_table, ("sender", "event_id"), "body", EVENT, _of, _event),
    _Kept(outbox_table, ("seq",), "body", NOTICE, _spoken_of, lambda row: str(row.notice_id)),
    _Kept(set_aside, ("seq",), "original", ORIGINAL, _of, _original),
)
TABLES = tuple(kept.table.name for kept in _KEPT)


class Closing:
    """Of one transaction."""

    def __init__(self, connection: Connection, seal: Seal) -> None:
        self._connection, self._seal = connection, seal

    def open_rows(self) -> dict[str, int]:
        """Table -> rows that still lie in clear."""
        found = {}
        for kept in _KEPT:
            column = kept.table.c[kept.column]
            clear = (func.length(column) > 0) & func.substr(column, 1, len(MARKS[0])).not_in(MARKS)
            query = select(func.count()).select_from(kept.table).where(clear)
            found[kept.table.name] = int(self._connection.execute(query).scalar_one())
        return found

    def some(self, name: str, limit: int) -> int | None:
        """Close what lies in clear of the next rows of a table; how many were looked at, None at its end."""
        kept = next(one for one in _KEPT if one.table.name == name)
        rows = self._next(kept, limit)
        if not rows:
            self._connection.execute(delete(markers).where(markers.c.name == _MARKER + name))
            return None
        self._close(
            kept, [SimpleNamespace(**row) for row in rows if row[kept.column] and not is_closed(row[kept.column])]
        )
        last = json.dumps([rows[-1][one] for one in kept.key])
        dialect.upsert(self._connection, markers, {"name": _MARKER + name, "value": last})
        return len(rows)

    def _next(self, kept: _Kept, limit: int) -> list[dict[str, Any]]:
        told = select(markers.c.value).where(markers.c.name == _MARKER + kept.table.name)
        after = self._connection.execute(told).scalar_one_or_none()
        query = select(kept.table).order_by(*kept.keys).limit(limit)
        if kept.table is compared:
            query = query.add_columns(records.c.participant, records.c.source_id)
            query = query.join(records, records.c.row == compared.c.row)
        if after is not None:
            query = query.where(tuple_(*kept.keys) > tuple(json.loads(after)))
        if dialect.is_postgresql(self._connection):
            query = query.with_for_update(of=kept.table)
        return [dict(row) for row in self._connection.execute(query).mappings()]

    def _close(self, kept: _Kept, rows: Sequence[SimpleNamespace]) -> None:
        owners = [kept.owners(row) for row in rows]
        self._seal.ready([one for some in owners for one in some])
        changed = []
        for row, whose in zip(rows, owners, strict=True):
            values: Values = {f"is_{name}": getattr(row, name) for name in kept.key}
            if kept.table is set_aside:
                row.original_hash = values["new_hash"] = self._tagged(row.original_hash)
            body = self._seal.close(getattr(row, kept.column), kept.purpose, *whose, row=kept.row(row))
            changed.append(values | {"new": body})
        if changed:
            self._connection.execute(_change(kept), changed)

    def _tagged(self, held: str) -> str:
        return held if held.startswith("~") else self._seal.tag(held)

    def tag_some(self, limit: int) -> int:
        """Key the hashes of messages that were taken in before; how many. 0: all are."""
        plain = and_(inbox.c.body_hash.not_like("~%"), inbox.c.message_id.not_like("sig:%"))
        query = select(inbox.c.sender, inbox.c.message_id, inbox.c.body_hash).where(plain).limit(limit)
        rows = self._connection.execute(query).all()
        changed = [{"is_sender": row[0], "is_id": row[1], "new": self._seal.tag(row[2])} for row in rows]
        if changed:
            mine = (inbox.c.sender == bindparam("is_sender")) & (inbox.c.message_id == bindparam("is_id"))
            self._connection.execute(update(inbox).where(mine).values(body_hash=bindparam("new")), changed)
        return len(changed)


def _change(kept: _Kept) -> Any:
    mine = and_(*(kept.table.c[name] == bindparam(f"is_{name}") for name in kept.key))
    values: Values = {kept.column: bindparam("new")}
    if kept.table is set_aside:
        values["original_hash"] = bindparam("new_hash")
    return update(kept.table).where(mine).values(values)
