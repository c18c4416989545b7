"""The tables of keys: whether the hub seals, and by which key-encryption keys; rewrapped a part at a time."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, bindparam, func, select, update

from hub.index import dialect
from hub.index.columns import Values
from hub.index.payload import Owner
from hub.index.safe import CLOSING, ON, SWITCH, whose
from hub.index.schema import events, inbox, markers, outbox, records, set_aside
from hub.index.sealing_tables import child_keys, hub_keys
from hub.sealing import envelope
from hub.sealing.keyring import Keyring, missing


@dataclass(frozen=True)
class KeyCount:
    """How many keys are wrapped by one key-encryption key."""

    kek: str
    many: int


class Keys:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def is_switched_on(self) -> bool:
        return self.marker(SWITCH) == ON

    def switch_on(self) -> None:
        self.mark(SWITCH, ON)

    def is_new(self) -> bool:
        """Whether nothing was ever said to this hub."""
        tables = (records, events, inbox, set_aside, outbox)
        return not any(self._connection.execute(select(1).select_from(one).limit(1)).first() for one in tables)

    def marker(self, name: str) -> str | None:
        return self._connection.execute(select(markers.c.value).where(markers.c.name == name)).scalar_one_or_none()

    def mark(self, name: str, value: str) -> None:
        dialect.upsert(self._connection, markers, {"name": name, "value": value})

    def check(self, keyring: Keyring) -> None:
        """``Refused`` (``encryption_key_missing``) unless every key-encryption key in use is there."""
        if {one.kek for one in self.counts(hub_keys)} - set(keyring.ids):
            raise missing()

    def counts(self, table: Table = child_keys) -> list[KeyCount]:
        query = select(table.c.kek, func.count()).group_by(table.c.kek).order_by(table.c.kek)
        return [KeyCount(*row) for row in self._connection.execute(query)]

    # Rotation: only the wrapping changes, a part at a time; whoever reads meanwhile finds either.

    def close_by(self, kek: str) -> None:
        """Let new keys be wrapped by this key-encryption key, in every process, from the end of this transaction on."""
        dialect.hold_keys(self._connection, shared=False)
        self.mark(CLOSING, kek)

    def closing(self) -> str | None:
        return self.marker(CLOSING)

    def rewrap(self, keyring: Keyring, limit: int) -> int:
        """Wrap some keys by the current key-encryption key; how many. 0: all are, or others hold the rest."""
        new = keyring.current
        query = select(child_keys).where(child_keys.c.kek != new).limit(limit)
        rows = self._connection.execute(dialect.skip_locked(self._connection, query)).all()
        changed = [
            {"which": row.number, "new_kek": new, "new_wrapped": _again(keyring, row, whose(row.number, _owner(row)))}
            for row in rows
        ]
        if changed:
            values: Values = {"kek": bindparam("new_kek"), "wrapped": bindparam("new_wrapped")}
            self._connection.execute(
                update(child_keys).where(child_keys.c.number == bindparam("which")).values(values), changed
            )
        return len(changed)

    def rewrap_own(self, keyring: Keyring) -> None:
        """The same of the hub's own keys."""
        for row in self._connection.execute(select(hub_keys).where(hub_keys.c.kek != keyring.current)).all():
            values = {"kek": keyring.current, "wrapped": _again(keyring, row, row.purpose.encode())}
            self._connection.execute(update(hub_keys).where(hub_keys.c.purpose == row.purpose).values(values))


def _again(keyring: Keyring, row: Any, bound: bytes) -> bytes:
    key = envelope.unwrap(keyring.cipher(row.kek), row.wrapped, bound)
    return envelope.wrap(keyring.cipher(keyring.current), key, bound)


def _owner(row: Any) -> Owner:
    return Owner(row.participant, row.source_id)
