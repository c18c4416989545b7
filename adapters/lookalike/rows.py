"""A look-alike system's own SQLite database: opened, filled from a file of rows in its own words, and read in order."""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    MetaData,
    Table,
    and_,
    create_engine,
    event,
    or_,
    select,
    true,
    tuple_,
)
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.exc import SQLAlchemyError

from adapters.lookalike.starting import CannotStart

Row = dict[str, Any]
_BATCH = 1000


def rows_in(path: Path) -> Iterator[Row]:
    """The rows of a file, one JSON object a line."""
    with path.open(encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines if line.strip())


class Database:
    """Opens (and creates) the database at an SQLAlchemy URL of SQLite; ``CannotStart`` where it cannot.

    With ``migrations`` (a folder, see ``adapters.lookalike.migrating``) it is brought up to date by these.
    """

    def __init__(self, url: str, metadata: MetaData, migrations: Path | None = None) -> None:
        self._metadata = metadata
        try:
            self._engine = create_engine(url)
            event.listen(self._engine, "connect", _set_up)
            self._bring_up(migrations)
        except (SQLAlchemyError, ImportError):
            raise CannotStart(
                "The node's --database cannot be opened. Give sqlite:///FILE in a folder that is there."
            ) from None

    def _bring_up(self, migrations: Path | None) -> None:
        if migrations is None:
            self._metadata.create_all(self._engine)
            return
        from adapters.lookalike.migrating import upgrade  # a third of a second that other nodes do not need

        with self.writing() as connection:
            upgrade(connection, migrations)

    def close(self) -> None:
        self._engine.dispose()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction, committed at the end."""
        with self._engine.begin() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        with self._engine.connect() as connection:
            yield connection

    def take(self, rows: Iterable[Row], tables: dict[str, Table]) -> None:
        """Put rows ``{"table": NAME, ...columns}`` into their tables; a row that is there is replaced.

        Raises ``KeyError`` for a table or column that does not exist.
        """
        waiting: dict[str, list[Row]] = {}
        for row in rows:
            name = row["table"]
            waiting.setdefault(name, []).append(_whole(tables[name], row))
            if len(waiting[name]) == _BATCH:
                self._replace(tables[name], waiting.pop(name))
        for name, rest in waiting.items():
            self._replace(tables[name], rest)

    def _replace(self, table: Table, rows: list[Row]) -> None:
        statement = insert(table)
        changed = {column.name: column for column in statement.excluded if not column.primary_key}
        keyed = statement.on_conflict_do_update(index_elements=list(table.primary_key), set_=changed)
        with self.writing() as connection:
            connection.execute(keyed, rows)

    def keep_once(self, table: Table, unique: str, row: Row) -> tuple[int, bool]:
        """Insert a row unless its ``unique`` value is there: the row's number, and whether it was known already."""
        keep = insert(table).values(**row).on_conflict_do_nothing(index_elements=[unique])
        number = next(iter(table.primary_key))
        with self.writing() as connection:
            known = connection.execute(keep).rowcount == 0
            found = connection.execute(select(number).where(table.c[unique] == row[unique])).scalar_one()
        return int(found), known

    def one(self, table: Table, number: str | int) -> Row | None:
        """The row with this primary key."""
        with self.reading() as connection:
            row = connection.execute(select(table).where(_key(table) == number)).mappings().first()
        return None if row is None else dict(row)

    def changed(
        self, table: Table, by: str, since: str | None, after: str | None, limit: int, *where: ColumnElement[bool]
    ) -> list[Row]:
        """Rows whose ``by`` is at or after ``since`` and that lie behind the position ``after``, in order, ties by key.

        A position is what :func:`position` gives for the last row of a page. Raises ``ValueError`` for any other text.
        """
        query = select(table).where(*where).order_by(table.c[by], _key(table)).limit(limit)
        if since:
            query = query.where(table.c[by] >= since)
        if after:
            query = query.where(tuple_(table.c[by], _key(table)) > tuple_(*_parts(after)))
        with self.reading() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]

    def found(self, table: Table, *where: ColumnElement[bool], newest: str, limit: int) -> list[Row]:
        """Rows that hold, by their column ``newest`` latest first."""
        query = select(table).where(*where).order_by(table.c[newest].desc(), _key(table)).limit(limit)
        with self.reading() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]

    def all(self, table: Table) -> list[Row]:
        """Every row of one table, for those who run the system."""
        with self.reading() as connection:
            return [dict(row) for row in connection.execute(select(table).order_by(_key(table))).mappings()]


def holding(words: str, *columns: ColumnElement[Any]) -> ColumnElement[bool]:
    """Rows in whose columns each of the words occurs somewhere, whatever the case of Latin letters."""
    found = [or_(*(column.icontains(word, autoescape=True) for column in columns)) for word in words.split()]
    return and_(true(), *found)


def position(table: Table, by: str, row: Row) -> str:
    """Where a row lies in the order of :meth:`Database.changed`."""
    return f"{row[by]}|{row[_key(table).name]}"


def _parts(place: str) -> tuple[str, str]:
    when, bar, number = place.partition("|")
    if not bar:
        raise ValueError("not a position that was given out")
    return when, number


def _key(table: Table) -> Column[Any]:
    return next(iter(table.primary_key))


def _whole(table: Table, row: Row) -> Row:
    unknown = row.keys() - table.c.keys() - {"table"}
    if unknown:
        raise KeyError(f"table {table.name} has no column {sorted(unknown)[0]}")
    return {column.name: row.get(column.name, _unless_told(column)) for column in table.c}


def _unless_told(column: Column[Any]) -> Any:
    return getattr(column.default, "arg", None)


def _set_up(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA busy_timeout=10000")
