"""Sittings with their cause lists, numbers of orders, and transfers between committees."""

import datetime
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, func, select, update

from hub.index import dialect
from hub.index.case_tables import case_orders, cases, listings, sittings, transfers
from hub.index.schema import records


@dataclass(frozen=True)
class Sitting:
    """``seats``: who sat, once it was held; until then None."""

    sitting_id: str
    institution: str
    at: datetime.datetime
    seats: str | None
    made_by: str

    @property
    def seated(self) -> list[str]:
        return self.seats.split(",") if self.seats else []


@dataclass(frozen=True)
class Listed:
    """One line of a cause list."""

    place: int
    row: int
    hub_id: str
    participant: str
    source_id: str
    purpose: str
    outcome: str | None
    state: str | None
    statute: str | None


@dataclass(frozen=True)
class Order:
    """What the hub keeps of a paper: its number, form, day and hash."""

    order_no: str
    institution: str
    form: str
    year: int
    serial: int
    row: int
    sitting_id: str | None
    made_at: datetime.datetime
    made_by: str
    sha256: str


@dataclass(frozen=True)
class Transfer:
    """A case on its way; ``received_at`` None: not acknowledged yet."""

    transfer_id: str
    row: int
    hub_id: str
    from_institution: str
    to_institution: str
    ordered_at: datetime.datetime
    ordered_by: str
    received_at: datetime.datetime | None
    received_by: str | None


_SITTING = [sittings.c[name] for name in Sitting.__dataclass_fields__]
_ORDER = [case_orders.c[name] for name in Order.__dataclass_fields__]
_TRANSFER = [records.c.hub_id if name == "hub_id" else transfers.c[name] for name in Transfer.__dataclass_fields__]


class Sittings:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def plan(self, sitting: Sitting) -> None:
        dialect.insert_many(self._connection, sittings, [vars(sitting)])

    def of(self, institution: str, limit: int) -> list[Sitting]:
        """Latest first."""
        query = select(*_SITTING).where(sittings.c.institution == institution).order_by(sittings.c.at.desc())
        return [Sitting(*one) for one in self._connection.execute(query.limit(limit))]

    def find(self, sitting_id: str) -> Sitting | None:
        found = self._connection.execute(select(*_SITTING).where(sittings.c.sitting_id == sitting_id)).one_or_none()
        return None if found is None else Sitting(*found)

    def hold(self, sitting_id: str, seats: str) -> None:
        self._connection.execute(update(sittings).where(sittings.c.sitting_id == sitting_id).values(seats=seats))

    def list_case(self, sitting_id: str, row: int, purpose: str) -> None:
        """At the end of the cause list, once."""
        last = select(func.coalesce(func.max(listings.c.place), 0)).where(listings.c.sitting_id == sitting_id)
        place = self._connection.execute(last).scalar_one() + 1
        values = {"sitting_id": sitting_id, "place": place, "row": row, "purpose": purpose, "outcome": None}
        dialect.insert_many(self._connection, listings, [values], new_only=True)

    def listed(self, sitting_id: str) -> list[Listed]:
        """The cause list, in its order."""
        entry = [records.c[name] for name in ("hub_id", "participant", "source_id")]
        query = (
            select(listings.c.place, listings.c.row, *entry, listings.c.purpose, listings.c.outcome)
            .add_columns(cases.c.state, cases.c.statute)
            .join_from(listings, records, records.c.row == listings.c.row)
            .outerjoin(cases, cases.c.row == listings.c.row)
            .where(listings.c.sitting_id == sitting_id)
        )
        return [Listed(*one) for one in self._connection.execute(query.order_by(listings.c.place))]

    def outcome(self, sitting_id: str, row: int, outcome: str) -> None:
        mine = (listings.c.sitting_id == sitting_id) & (listings.c.row == row)
        self._connection.execute(update(listings).where(mine).values(outcome=outcome))

    # Orders

    def next_serial(self, institution: str, form: str, year: int) -> int:
        """The next number of a form in a year; the institution is held until the transaction ends."""
        dialect.hold_sender(self._connection, institution)
        mine = (case_orders.c.institution == institution) & (case_orders.c.form == form) & (case_orders.c.year == year)
        last = select(func.coalesce(func.max(case_orders.c.serial), 0)).where(mine)
        return int(self._connection.execute(last).scalar_one()) + 1

    def add_order(self, order: Order) -> None:
        dialect.insert_many(self._connection, case_orders, [vars(order)])

    def orders_of(self, row: int) -> list[Order]:
        query = select(*_ORDER).where(case_orders.c.row == row).order_by(case_orders.c.made_at)
        return [Order(*one) for one in self._connection.execute(query)]

    def order_of_hash(self, sha256: str) -> Order | None:
        found = self._connection.execute(select(*_ORDER).where(case_orders.c.sha256 == sha256)).first()
        return None if found is None else Order(*found)

    # Transfers

    def send(self, transfer: Transfer) -> None:
        values = vars(transfer) | {}
        values.pop("hub_id")
        dialect.insert_many(self._connection, transfers, [values])

    def transfer(self, transfer_id: str) -> Transfer | None:
        found = self._transfers(transfers.c.transfer_id == transfer_id)
        return found[0] if found else None

    def under_way(self, institution: str) -> list[Transfer]:
        """From or to it, not acknowledged yet, oldest first."""
        mine = (transfers.c.to_institution == institution) | (transfers.c.from_institution == institution)
        return self._transfers(mine & transfers.c.received_at.is_(None))

    def receive(self, transfer_id: str, by: str, now: datetime.datetime) -> None:
        mine = transfers.c.transfer_id == transfer_id
        self._connection.execute(update(transfers).where(mine).values(received_at=now, received_by=by))

    def _transfers(self, which: ColumnElement[bool]) -> list[Transfer]:
        query = select(*_TRANSFER).join_from(transfers, records, records.c.row == transfers.c.row).where(which)
        return [Transfer(*one) for one in self._connection.execute(query.order_by(transfers.c.ordered_at))]
