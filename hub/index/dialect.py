"""Where SQLite and PostgreSQL differ: engines, how a transaction opens, upserts, bulk inserts, locks, triggers."""

import functools
import sqlite3
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Connection,
    Dialect,
    Engine,
    Select,
    Table,
    TextClause,
    bindparam,
    create_engine,
    event,
    make_url,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite

from hub.index.columns import Moment, Values, microseconds

_PRAGMAS = (
    "journal_mode=WAL",
    # An acknowledged message must survive a power cut, not only the end of the process.
    "synchronous=FULL",
    "busy_timeout=30000",
    "foreign_keys=ON",
    "cache_size=-65536",
    "temp_store=MEMORY",
    # A record in a large index dirties a hundred pages: at the usual 1,000 every tenth message would wait for the
    # whole log to be written back.
    "wal_autocheckpoint=16384",
)
_LOCKS = 1_024
_BINARY = 1
"""What psycopg calls ``Format.BINARY``."""
_POSTGRESQL: Dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
_KEYS, _SENDERS, _WRAPPED = 7_406, 7_408, 7_409
_LOCK = text("SELECT pg_advisory_xact_lock(:space, n) FROM unnest(CAST(:wanted AS integer[])) AS n")


def engine_for(url: str, pool_size: int = 10) -> Engine:
    """An engine whose transactions are safe to write in from the first statement on, on either database."""
    if make_url(url).get_backend_name() == "sqlite":
        return _sqlite_engine(url)
    return _postgresql_engine(url, pool_size)


#: Of statements that bring many bytes: PostgreSQL else writes each byte as two letters, and the driver reads them.
IN_BINARY = {"in_binary": True}


def _postgresql_engine(url: str, pool_size: int) -> Engine:
    engine = create_engine(url, pool_size=pool_size, max_overflow=pool_size, pool_pre_ping=True, hide_parameters=True)

    @event.listens_for(engine, "before_cursor_execute")
    def _ask_for_bytes(_: Connection, cursor: Any, sql: str, values: Any, context: Any, many: bool) -> None:
        if context is not None and context.execution_options.get("in_binary"):
            cursor.format = _BINARY

    return engine


def _sqlite_engine(url: str) -> Engine:
    engine = create_engine(url, connect_args={"timeout": 30}, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _: Any) -> None:
        # The driver's own transactions begin too late; ours begin in _begin.
        connection.isolation_level = None
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # Taking the write lock first means that no transaction fails half way because another wrote meanwhile.
        reading = connection.get_execution_options().get("reading", False)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine


def is_postgresql(connection: Connection) -> bool:
    return connection.dialect.name == "postgresql"


def insert(connection: Connection, table: Table) -> Any:
    """An INSERT that knows ``on_conflict_do_nothing`` and ``on_conflict_do_update`` on the database at hand."""
    return postgresql.insert(table) if is_postgresql(connection) else sqlite.insert(table)


def upsert(connection: Connection, table: Table, values: Values, keep: Iterable[str] = ()) -> None:
    """Insert, or on a known primary key overwrite all columns but the key and those of ``keep``."""
    key = [column.name for column in table.primary_key]
    statement = insert(connection, table).values(values)
    changed = {name: statement.excluded[name] for name in values if name not in {*key, *keep}}
    connection.execute(statement.on_conflict_do_update(index_elements=key, set_=changed))


def insert_new(connection: Connection, table: Table, values: Values) -> bool:
    """Insert unless a row with that key is there; true if it was inserted."""
    statement = insert(connection, table).values(values).on_conflict_do_nothing()
    # An INSERT's row count is not kept by every driver; a returned row is.
    return connection.execute(statement.returning(*table.primary_key)).first() is not None


def insert_many(
    connection: Connection,
    table: Table,
    rows: Sequence[Values],
    *,
    new_only: bool = False,
    returning: tuple[str, ...] = (),
) -> list[tuple[Any, ...]] | None:
    """Insert rows of equal shape; with ``new_only`` those whose key is there already are left as they are.

    Gives the columns ``returning`` of what was inserted; None where the database does not tell of many (SQLite).
    """
    if not rows:
        return []
    on_postgresql = is_postgresql(connection)
    if on_postgresql and len(rows) == 1:
        one = _one(table, tuple(rows[0]), new_only, returning)
        told = connection.exec_driver_sql(one.sql, _bound(rows, one.converted)[0])
        return [tuple(row) for row in told] if returning else None
    many = _many(table, tuple(rows[0]), new_only, on_postgresql, returning)
    if many.statement is None:
        connection.exec_driver_sql(many.sql, _bound(rows, many.converted))
        return None
    told = connection.execute(many.statement, {name: [row[name] for row in rows] for name in rows[0]})
    return [tuple(row) for row in told] if returning else None


@dataclass(frozen=True)
class _Many:
    """An insert made once for a table and its columns.

    SQLite gets tuples past SQLAlchemy, which spends more on each row than the database does. PostgreSQL gets one array
    for each column in one statement, several times faster than the driver's row by row.
    """

    sql: str
    statement: TextClause | None
    converted: tuple[str, ...]
    """Columns whose values the driver does not know as they are."""


@functools.lru_cache(maxsize=128)
def _many(table: Table, names: tuple[str, ...], new_only: bool, arrays: bool, returning: tuple[str, ...] = ()) -> _Many:
    if not arrays:
        holes = ", ".join("?" * len(names))
        sql = f"INSERT {'OR IGNORE ' if new_only else ''}INTO {_into(table, names)} VALUES ({holes})"  # noqa: S608
        return _Many(sql, None, _moments(table, names))
    casts = ", ".join(f"CAST(:{name} AS {_kind(table, name)}[])" for name in names)
    sql = f"INSERT INTO {_into(table, names)} SELECT * FROM unnest({casts}){_ending(new_only, returning)}"  # noqa: S608
    binds = [bindparam(name, type_=postgresql.ARRAY(table.c[name].type)) for name in names]
    return _Many(sql, text(sql).bindparams(*binds), ())


@functools.lru_cache(maxsize=128)
def _one(table: Table, names: tuple[str, ...], new_only: bool, returning: tuple[str, ...]) -> _Many:
    """For one row on PostgreSQL: arrays of one cost more than the row itself."""
    holes = ", ".join(f"CAST(%s AS {_kind(table, name)})" for name in names)
    sql = f"INSERT INTO {_into(table, names)} VALUES ({holes}){_ending(new_only, returning)}"  # noqa: S608
    return _Many(sql, None, _moments(table, names))


# Every name in these statements comes from the tables of this package.


def _into(table: Table, names: Iterable[str]) -> str:
    return f"{table.name} ({_listed(names)})"


def _ending(new_only: bool, returning: Sequence[str]) -> str:
    """What PostgreSQL does where the key is there, and what it tells."""
    told = f" RETURNING {_listed(returning)}" if returning else ""
    return f"{' ON CONFLICT DO NOTHING' if new_only else ''}{told}"


def _kind(table: Table, name: str) -> str:
    return table.c[name].type.compile(_POSTGRESQL)


def _moments(table: Table, names: Iterable[str]) -> tuple[str, ...]:
    return tuple(name for name in names if isinstance(table.c[name].type, Moment))


def _listed(names: Iterable[str]) -> str:
    return ", ".join(_quoted(name) for name in names)


def _quoted(name: str) -> str:
    return f'"{name}"'


def _bound(rows: Sequence[Values], moments: tuple[str, ...]) -> list[tuple[Any, ...]]:
    if not moments:
        return [tuple(row.values()) for row in rows]
    places = [n for n, name in enumerate(rows[0]) if name in moments]
    bound = []
    for row in rows:
        values = list(row.values())
        for n in places:
            values[n] = microseconds(values[n])
        bound.append(tuple(values))
    return bound


def parts(items: Sequence[Any], size: int) -> Iterable[Sequence[Any]]:
    """``items`` in slices of at most ``size``."""
    return (items[start : start + size] for start in range(0, len(items), size))


def skip_locked(connection: Connection, statement: Select[Any]) -> Select[Any]:
    """Pass over rows that another process holds (SQLite has one writer at a time and needs nothing)."""
    return statement.with_for_update(skip_locked=True) if is_postgresql(connection) else statement


def for_update(connection: Connection, statement: Select[Any]) -> Select[Any]:
    """Hold the rows until the transaction ends."""
    return statement.with_for_update() if is_postgresql(connection) else statement


def hold_together(connection: Connection, numbers: Iterable[int]) -> None:
    """Let transactions that share one of ``numbers`` follow one another (SQLite: they always do).

    Without it two halves of a pair that arrive at one moment would not see each other, and would never be matched.
    The locks are few and taken in order, so that no two transactions wait for each other.
    """
    _hold(connection, _KEYS, sorted({number % _LOCKS for number in numbers}))


def hold_sender(connection: Connection, sender: str) -> None:
    """Let what one participant says be taken in one message after another."""
    _hold(connection, _SENDERS, [zlib.crc32(sender.encode()) >> 1])


def hold_keys(connection: Connection, *, shared: bool) -> None:
    """Let a rotation of keys (not ``shared``) and whoever wraps new ones follow one another."""
    if is_postgresql(connection):
        kind = "_shared" if shared else ""
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock{kind}({_WRAPPED})")


def _hold(connection: Connection, space: int, numbers: Sequence[int]) -> None:
    if numbers and is_postgresql(connection):
        connection.execute(_LOCK, {"space": space, "wanted": list(numbers)})


def rebuild(connection: Connection) -> None:
    """SQLite only; outside of every transaction."""
    driver: Any = connection.connection.driver_connection
    driver.execute("VACUUM").close()


def empty_log(connection: Connection) -> None:
    """SQLite only; outside of every transaction. As far as no reader needs it any more."""
    driver: Any = connection.connection.driver_connection
    driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").close()


def backend(engine: Engine) -> str:
    """``sqlite`` or ``postgresql``."""
    return engine.dialect.name


APPEND_ONLY_SQLITE = (
    "CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END",
    "CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END",
)
APPEND_ONLY_POSTGRESQL = (
    "CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'the audit is append-only'; END $$",
    "CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit "
    "FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only()",
)


def append_only(backend: str, table: str) -> list[str]:
    """Statements that let rows of ``table`` be added only; on PostgreSQL after ``APPEND_ONLY_POSTGRESQL``."""
    if backend == "postgresql":
        return [
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only()"
        ]
    refused = "BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END"
    return [
        f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} {refused}" for act in ("UPDATE", "DELETE")
    ]
