"""Where the directory is kept: one database, by an engine or by a connection whose transaction is the caller's."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, Table, select, update
from sqlalchemy.dialects import postgresql, sqlite

from registry.answering import answering
from registry.tables import directory_state

Values = Mapping[str, Any]


class Store:
    """Opens transactions on an engine, or joins the one of a given connection.

    ``Unready`` (``database_busy``) where the database does not answer.
    """

    def __init__(self, bind: Engine | Connection) -> None:
        self._bind = bind
        self._reader = bind.execution_options(reading=True) if isinstance(bind, Engine) else None
        if self._reader is not None and bind.dialect.name == "postgresql":
            # Each statement sees what is committed, in a transaction or not: opening and ending one are two more trips.
            self._reader = self._reader.execution_options(isolation_level="AUTOCOMMIT")

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection to read with; takes no write lock."""
        if self._reader is None:
            assert isinstance(self._bind, Connection)
            yield self._bind
            return
        with answering(), self._reader.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A connection whose changes hold all or none; on a caller's connection they wait for the caller's commit.

        That needs a savepoint, which Python's SQLite driver honours only if the engine opens its transactions itself.
        """
        if isinstance(self._bind, Connection):
            with self._bind.begin_nested():
                yield self._bind
            return
        with answering(), self._bind.begin() as connection:
            yield connection


def insert(connection: Connection, table: Table) -> Any:
    """An INSERT that knows ``on_conflict_do_nothing`` and ``on_conflict_do_update`` on the database at hand."""
    return postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)


def insert_new(connection: Connection, table: Table, rows: Sequence[Values]) -> None:
    """Insert the rows whose primary key is not there yet; all rows name the same columns."""
    if rows:
        connection.execute(insert(connection, table).on_conflict_do_nothing(), rows)


def upsert(connection: Connection, table: Table, rows: Sequence[Values]) -> None:
    """Insert, or overwrite the row of the same primary key; all rows name the same columns."""
    if not rows:
        return
    key = [column.name for column in table.primary_key]
    statement = insert(connection, table)
    changed = {name: statement.excluded[name] for name in rows[0] if name not in key}
    connection.execute(statement.on_conflict_do_update(index_elements=key, set_=changed), rows)


def in_parts(values: Iterable[str], size: int = 5_000) -> Iterator[list[str]]:
    """``values`` without repeats, in lists short enough for one IN (...)."""
    distinct = list(dict.fromkeys(values))
    return (distinct[start : start + size] for start in range(0, len(distinct), size))


def touch(connection: Connection) -> None:
    """Say that the directory changed, so that readers of other processes look again."""
    raised = connection.execute(update(directory_state).values(revision=directory_state.c.revision + 1))
    if raised.rowcount == 0:
        insert_new(connection, directory_state, [{"one": 1, "revision": 1}])


def revision(connection: Connection) -> int:
    """How often the directory was changed."""
    return connection.execute(select(directory_state.c.revision)).scalar() or 0
