"""Every table as text out of one snapshot, and back in: rows in the form of PostgreSQL's COPY, whatever the database.

So a copy made of SQLite fills PostgreSQL and the other way round, and both databases give the same bytes for the same
rows. What follows from other tables (``match_keys``) or must not outlive a move (``sessions``) is not copied.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import Boolean, Connection, Engine, Float, LargeBinary, Numeric, String, inspect, text
from sqlalchemy.types import TypeEngine

from contracts import Refused
from hub.index.dialect import is_postgresql

LEFT_OUT = frozenset({"alembic_version", "match_keys", "sessions"})
_BLOCK = 1 << 20
_ROWS = 5_000


@dataclass(frozen=True)
class Held:
    """One table as it stands in a database: its columns, what each holds, and the columns of its primary key."""

    name: str
    columns: tuple[str, ...]
    kinds: tuple[str, ...]
    key: tuple[str, ...]

    @property
    def listed(self) -> str:
        return ", ".join(f'"{name}"' for name in self.columns)

    def ordered(self, connection: Connection) -> str:
        """By primary key, text by its bytes: the same order on both databases."""
        kinds = dict(zip(self.columns, self.kinds, strict=True))
        collate = ' COLLATE "C"' if is_postgresql(connection) else ""
        return ", ".join(f'"{name}"{collate if kinds[name] == "text" else ""}' for name in self.key)


@contextmanager
def snapshot(engine: Engine) -> Iterator[Connection]:
    """A connection that sees the database as it is now until it is closed, while others go on writing."""
    with engine.connect() as opened:
        connection = opened.execution_options(reading=True)
        if is_postgresql(connection):
            connection = connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        with connection.begin():
            revision(connection)  # the snapshot begins with the first look
            yield connection


def revision(connection: Connection) -> str:
    """The migration at which the database stands; ``Refused`` (``no_hub_here``) where there is none."""
    if not inspect(connection).has_table("alembic_version"):
        raise Refused("no_hub_here", "No hub ever kept anything in this database. Name the one that is meant.")
    return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one())


def is_filled(connection: Connection, table: Held) -> bool:
    return connection.exec_driver_sql(f'SELECT 1 FROM "{table.name}" LIMIT 1').first() is not None  # noqa: S608


def held(connection: Connection) -> list[Held]:
    """The tables that are copied, by name."""
    looking = inspect(connection)
    names = sorted(set(looking.get_table_names()) - LEFT_OUT)
    return [_held(name, looking.get_columns(name), looking.get_pk_constraint(name)) for name in names]


def _held(name: str, columns: Any, key: Any) -> Held:
    kinds = tuple(_kind(column["type"]) for column in columns)
    return Held(name, tuple(column["name"] for column in columns), kinds, tuple(key["constrained_columns"]))


def _kind(of: TypeEngine[Any]) -> str:
    if isinstance(of, LargeBinary):
        return "bytes"
    if isinstance(of, Boolean):
        return "bool"
    if isinstance(of, Float | Numeric) and not isinstance(of, Boolean):
        return "float"
    if isinstance(of, String):
        return "text"
    return "date" if of.__visit_name__.lower() == "date" else "int"


# Out


def blocks(connection: Connection, table: Held) -> Iterator[bytes]:
    """The rows of a table in the order of its primary key, a line each, in blocks of about a megabyte."""
    query = f'SELECT {table.listed} FROM "{table.name}" ORDER BY {table.ordered(connection)}'  # noqa: S608
    rows = _copied_out(connection, query) if is_postgresql(connection) else _written(connection, query, table)
    block = bytearray()
    for row in rows:
        block += row
        if len(block) >= _BLOCK:
            yield bytes(block)
            block.clear()
    if block:
        yield bytes(block)


def _copied_out(connection: Connection, query: str) -> Iterator[bytes]:
    with _cursor(connection) as cursor:
        cursor.execute("SET LOCAL datestyle = 'ISO'")
        cursor.execute("SET LOCAL bytea_output = 'hex'")
        with cursor.copy(f"COPY ({query}) TO STDOUT") as copy:
            yield from copy


def _written(connection: Connection, query: str, table: Held) -> Iterator[bytes]:
    write = [_WRITTEN[kind] for kind in table.kinds]
    cursor = connection.connection.cursor()
    try:
        for row in cursor.execute(query):
            told = [r"\N" if value is None else one(value) for one, value in zip(write, row, strict=True)]
            yield ("\t".join(told) + "\n").encode()
    finally:
        cursor.close()


_ESCAPED = {"\\": r"\\", "\b": r"\b", "\f": r"\f", "\n": r"\n", "\r": r"\r", "\t": r"\t", "\v": r"\v"}
_PLAIN = {written: plain for plain, written in _ESCAPED.items()}
_TABLE = str.maketrans(_ESCAPED)
_ESCAPE = re.compile(r"\\.")


def _float(value: float) -> str:
    return repr(float(value)).removesuffix(".0")


_WRITTEN: dict[str, Callable[[Any], str]] = {
    "bytes": lambda value: r"\\x" + value.hex(),
    "bool": lambda value: "t" if value else "f",
    "float": _float,
    "text": lambda value: value.translate(_TABLE),
    "date": str,
    "int": str,
}


# In


def fill(connection: Connection, table: Held, lines: Iterable[bytes]) -> None:
    """Add rows to a table that is empty; ``lines`` are whole lines or blocks of them, as they were copied out."""
    if is_postgresql(connection):
        _copy_in(connection, f'COPY "{table.name}" ({table.listed}) FROM STDIN', lines)
        _count_on(connection, table)
        return
    holes = ", ".join("?" * len(table.columns))
    sql = f'INSERT INTO "{table.name}" ({table.listed}) VALUES ({holes})'  # noqa: S608
    _insert(connection, sql, (_read(line, table) for block in lines for line in block.splitlines()))


def _copy_in(connection: Connection, sql: str, lines: Iterable[bytes]) -> None:
    with _cursor(connection) as cursor, cursor.copy(sql) as copy:
        for block in lines:
            copy.write(block)


def _insert(connection: Connection, sql: str, rows: Iterator[tuple[Any, ...]]) -> None:
    while part := list(islice(rows, _ROWS)):
        connection.exec_driver_sql(sql, part)


def _count_on(connection: Connection, table: Held) -> None:
    """New rows are numbered after those that came."""
    for name, kind in zip(table.columns, table.kinds, strict=True):
        if kind == "int" and name in table.key and _is_numbered(connection, table.name, name):
            sql = f"SELECT setval(pg_get_serial_sequence('{table.name}', '{name}'), max(\"{name}\")) "
            connection.exec_driver_sql(sql + f'FROM "{table.name}" HAVING max("{name}") IS NOT NULL')


def _is_numbered(connection: Connection, table: str, column: str) -> bool:
    asked = text("SELECT pg_get_serial_sequence(:table, :column)")
    return connection.execute(asked, {"table": table, "column": column}).scalar() is not None


def _read(line: bytes, table: Held) -> tuple[Any, ...]:
    told = line.decode().split("\t")
    return tuple(None if one == r"\N" else _READ[kind](one) for one, kind in zip(told, table.kinds, strict=True))


def _unescaped(told: str) -> str:
    return _ESCAPE.sub(lambda found: _PLAIN.get(found[0], found[0][1]), told) if "\\" in told else told


_READ: dict[str, Callable[[str], Any]] = {
    "bytes": lambda told: bytes.fromhex(told[3:]),
    "bool": lambda told: int(told == "t"),
    "float": float,
    "text": _unescaped,
    "date": str,
    "int": int,
}


def _cursor(connection: Connection) -> Any:
    driver: Any = connection.connection.driver_connection
    return driver.cursor()
