"""A database filled from a copy: emptied if that was said, brought to the copy's migration, and put in order after."""

import datetime
from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Connection, Engine, delete, func, inspect, select, text, update

from contracts import Refused
from hub.index import dialect
from hub.index.changes import LOOKED
from hub.index.copying import Held, is_filled
from hub.index.erasing import Erasing, Erasure
from hub.index.erasing_tables import erasures
from hub.index.outbox import OWED
from hub.index.payload import Unsealed, unpack_keys
from hub.index.records import placed
from hub.index.schema import leases, markers, match_keys, outbox, records, slots
from hub.index.sealing_tables import child_keys
from hub.sealing.envelope import MARKS

_KEYS = 200_000


def check_empty(engine: Engine) -> None:
    """``Refused`` (``database_not_empty``) unless nothing was ever kept there."""
    if inspect(engine).get_table_names():
        message = "The database is not empty. Name an empty one, or say --force: all that is in it is then lost."
        raise Refused("database_not_empty", message)


def check_alone(connection: Connection) -> None:
    """``Refused`` (``database_in_use``) while others are connected (SQLite: the write lock itself keeps them out)."""
    if not dialect.is_postgresql(connection):
        return
    others = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
        "AND backend_type = 'client backend'"
    )
    if connection.execute(others).scalar_one():
        message = "Others are connected to the database. Stop every hub and worker on it, then restore again."
        raise Refused("database_in_use", message)


def empty(connection: Connection) -> None:
    """Drop whatever the hub made."""
    names = sorted(inspect(connection).get_table_names())
    if dialect.is_postgresql(connection):
        for name in names:
            connection.exec_driver_sql(f'DROP TABLE "{name}" CASCADE')
        connection.exec_driver_sql("DROP FUNCTION IF EXISTS audit_is_append_only() CASCADE")
        return
    connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
    for name in names:
        connection.exec_driver_sql(f'DROP TABLE "{name}"')


def erased(connection: Connection) -> dict[str, Erasure]:
    """Hub's number -> erasure, of everything that this database knows to be erased."""
    if not inspect(connection).has_table(erasures.name):
        return {}
    return {one.hub_id: one for one in Erasing(connection, Unsealed()).all(limit=None)}


def keyless(connection: Connection) -> list[str]:
    """Entries that are closed by a key that is not there: whoever was erased after a backup, by the hub's numbers."""
    key = (child_keys.c.participant == records.c.participant) & (child_keys.c.source_id == records.c.source_id)
    closed = func.substr(records.c.record, 1, len(MARKS[0])).in_(MARKS)
    query = select(records.c.hub_id).outerjoin(child_keys, key).where(closed, child_keys.c.number.is_(None))
    return list(connection.execute(query).scalars())


def clear(connection: Connection, tables: Iterable[Held]) -> None:
    """What the migrations themselves put into tables that are about to be filled."""
    for table in tables:
        if is_filled(connection, table):
            connection.exec_driver_sql(f'DELETE FROM "{table.name}"')  # noqa: S608


def key_again(connection: Connection) -> int:
    """Fill ``match_keys`` from what each record holds of its keys; how many."""
    query = select(*(records.c[name] for name in ("row", "side", "keys", "find_keys")))
    rows = connection.execute(query, execution_options={"yield_per": 5_000})
    part: list[dict[str, Any]] = []
    many = 0
    for key in _keys(rows):
        part.append(key)
        if len(part) == _KEYS:
            many += _add(connection, part)
    return many + _add(connection, part)


def _keys(rows: Any) -> Iterator[dict[str, Any]]:
    for row, side, keys, find_keys in rows:
        for key, place in placed(side, unpack_keys(keys), unpack_keys(find_keys)):
            yield {"key": key, "side": place, "row": row}


def _add(connection: Connection, part: list[dict[str, Any]]) -> int:
    part.sort(key=lambda one: one["key"])
    many = len(part)
    dialect.insert_many(connection, match_keys, part, new_only=True)
    part.clear()
    return many


def make_void(connection: Connection, now: datetime.datetime) -> None:
    """End what processes of the old hub held: their fences are outrun, their claims free, their slots closed.

    What was owed when the copy was made may have been delivered since: it is told under the id that it always had,
    and a system that cannot tell a notice it knows is asked first.
    """
    connection.execute(update(leases).values(fence=leases.c.fence + 1, until=now, holder="restored"))
    connection.execute(update(slots).where(slots.c.ended_at.is_(None)).values(ended_at=now, outcome="restored"))
    free: dict[str, Any] = {"holder": None, "held_until": None, "unsure": True}
    connection.execute(update(outbox).where(outbox.c.state == OWED).values(free))
    # Changes are numbered by each database in its own way: the next look without blocking begins from now.
    connection.execute(delete(markers).where(markers.c.name == LOOKED))
