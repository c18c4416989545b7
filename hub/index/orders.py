"""Orders that stand on an entry: seals, under which nobody but its owner meets it, and holds, which nothing erases."""

import datetime
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, func, select, tuple_, update

from hub.index import dialect
from hub.index.columns import Values
from hub.index.erasing_tables import record_orders
from hub.index.schema import records


class OrderKind(StrEnum):
    """``hold``: a legal hold. ``seal``: hidden by order, and kept."""

    HOLD = "hold"
    SEAL = "seal"


@dataclass(frozen=True)
class Order:
    """Who ordered what of an entry, under which reference (of a Board, Committee or court), and when it ended."""

    hub_id: str
    what: OrderKind
    reference: str
    reason: str
    by: str
    at: datetime.datetime
    ended_at: datetime.datetime | None = None
    ended_by: str | None = None
    ended_reason: str | None = None


_COLUMNS = [record_orders.c[name] for name in Order.__dataclass_fields__]


class Orders:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def give(self, order: Order) -> None:
        """Let it stand from now on."""
        values: Values = {name: getattr(order, name) for name in Order.__dataclass_fields__}
        self._connection.execute(record_orders.insert().values(values | {"what": order.what.value}))
        self._mark_sealed(order.hub_id)

    def end(self, hub_id: str, what: OrderKind, by: str, reason: str, now: datetime.datetime) -> int:
        """End every order of a kind on an entry; how many stood."""
        ended: Values = {"ended_at": now, "ended_by": by, "ended_reason": reason}
        standing = _standing(hub_id, what)
        many = self._connection.execute(update(record_orders).where(*standing).values(ended)).rowcount
        self._mark_sealed(hub_id)
        return int(many)

    def standing(self, what: OrderKind, hub_id: str | None = None) -> list[Order]:
        """Orders of a kind that stand, oldest first."""
        query = select(*_COLUMNS).where(*_standing(hub_id, what)).order_by(record_orders.c.seq)
        return [_order(row) for row in self._connection.execute(query)]

    def held(self, hub_ids: Collection[str]) -> set[str]:
        """Which of these entries nothing may erase."""
        found: set[str] = set()
        for part in dialect.parts(sorted(hub_ids), 1_000):
            query = select(record_orders.c.hub_id).where(record_orders.c.hub_id.in_(part))
            found |= set(self._connection.execute(query.where(*_standing(None, OrderKind.HOLD))).scalars())
        return found

    def note_owners_own(self, hub_id: str, sealed: bool) -> None:
        """Whether the owner itself says that the record is sealed: lifting the order does not open that."""
        standing = _standing(hub_id, OrderKind.SEAL)
        self._connection.execute(update(record_orders).where(*standing).values(owners_own=sealed))

    def is_owners_own(self, hub_id: str) -> bool:
        """The same, asked; of the last seal, whether or not it stands."""
        mine = (record_orders.c.hub_id == hub_id) & (record_orders.c.what == OrderKind.SEAL.value)
        query = select(record_orders.c.owners_own).where(mine).order_by(record_orders.c.seq.desc()).limit(1)
        return bool(self._connection.execute(query).scalar())

    def veiled(self, refs: Collection[tuple[str, str]], veil: int) -> set[tuple[str, str]]:
        """Which of these (participant, source id) have an entry that may not be met at ``veil``."""
        found: set[tuple[str, str]] = set()
        columns = records.c.participant, records.c.source_id
        for part in dialect.parts(sorted(refs), 400):
            query = select(*columns).where(tuple_(*columns).in_(part), records.c.veil > veil)
            found |= {(row[0], row[1]) for row in self._connection.execute(query)}
        return found

    def _mark_sealed(self, hub_id: str) -> None:
        sealed = select(func.count() > 0).where(*_standing(hub_id, OrderKind.SEAL)).scalar_subquery()
        self._connection.execute(update(records).where(records.c.hub_id == hub_id).values(sealed=sealed))


def _standing(hub_id: str | None, what: OrderKind) -> list[ColumnElement[bool]]:
    stands: list[ColumnElement[bool]] = [record_orders.c.what == what.value, record_orders.c.ended_at.is_(None)]
    return stands if hub_id is None else [*stands, record_orders.c.hub_id == hub_id]


def _order(row: object) -> Order:
    values = {name: getattr(row, name) for name in Order.__dataclass_fields__}
    return Order(**values | {"what": OrderKind(values["what"])})
