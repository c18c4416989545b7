"""What matching compares of each entry, kept apart from the entries: met by its keys, written with when it changed.

``changed`` orders transactions, not rows: everything that was changed below a ``mark`` is visible to whoever reads
after that mark was taken, whatever the order in which transactions end. So a reader who remembers a mark and asks for
all that changed from it on misses nothing, and meets some of it twice. On SQLite, with one writer, ``changed`` is one
more than the largest there is; on PostgreSQL it is the transaction's number, and the mark the oldest that still runs.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from hub.index.dialect import IN_BINARY, is_postgresql

#: Row, side and thinned, sealed features.
Put = tuple[int, int, bytes]

_PUT_SQLITE = """
INSERT INTO compared ("row", side, features, changed)
VALUES (?, ?, ?, (SELECT coalesce(max(changed), 0) + 1 FROM compared))
ON CONFLICT ("row") DO UPDATE SET side = excluded.side, features = excluded.features, changed = excluded.changed
"""
_PUT_POSTGRESQL = """
INSERT INTO compared ("row", side, features, changed)
SELECT *, pg_current_xact_id()::text::bigint
FROM unnest(CAST(%s AS bigint[]), CAST(%s AS smallint[]), CAST(%s AS bytea[]))
ON CONFLICT ("row") DO UPDATE SET side = excluded.side, features = excluded.features, changed = excluded.changed
"""
_MOVE_SQLITE = "UPDATE compared SET side = ?, changed = (SELECT max(changed) + 1 FROM compared)"
_MOVE_POSTGRESQL = "UPDATE compared SET side = %s, changed = pg_current_xact_id()::text::bigint"

_COUNT_SQLITE = """
SELECT k.value, (SELECT count(*) FROM (SELECT 1 FROM match_keys WHERE key = k.value AND side = ? LIMIT ?))
FROM json_each(?) AS k
"""
_COUNT_POSTGRESQL = """
SELECT k, (SELECT count(*) FROM (SELECT 1 FROM match_keys WHERE key = k AND side = %s LIMIT %s) AS counted)
FROM unnest(CAST(%s AS bigint[])) AS k
"""
_MET_SQLITE = """
SELECT "row", features FROM compared
WHERE "row" IN (SELECT "row" FROM match_keys WHERE side = ? AND key IN (SELECT value FROM json_each(?)))
ORDER BY "row"
"""
_MET_POSTGRESQL = """
SELECT c.row, c.features
FROM (SELECT DISTINCT m.row FROM unnest(CAST(%s AS bigint[])) AS k
      CROSS JOIN LATERAL (SELECT row FROM match_keys WHERE key = k AND side = %s OFFSET 0) AS m) AS met
CROSS JOIN LATERAL (SELECT row, features FROM compared WHERE row = met.row OFFSET 0) AS c
ORDER BY c.row
"""
_MARK_SQLITE = "SELECT coalesce(max(changed), 0) + 1, 9223372036854775807 FROM compared"
_MARK_POSTGRESQL = (
    "SELECT pg_snapshot_xmin(s)::text::bigint, pg_snapshot_xmax(s)::text::bigint FROM pg_current_snapshot() AS s"
)


@dataclass(frozen=True)
class Mark:
    """A moment in the order of changes."""

    since: int
    """Whoever knows all that was changed below this needs only what was changed from it on."""
    until: int
    """No change has this number or a larger one yet. Rows of a restored database may: they are no news."""


def put(connection: Connection, rows: Sequence[Put]) -> None:
    """Write what is compared of some entries, in place of what stood there."""
    if not rows:
        return
    if is_postgresql(connection):
        connection.exec_driver_sql(_PUT_POSTGRESQL, tuple(map(list, zip(*rows, strict=True))))
    else:
        connection.exec_driver_sql(_PUT_SQLITE, list(rows))


def move(connection: Connection, side: int, row: int | None = None) -> None:
    """Let an entry, or all, stand on another side."""
    postgresql = is_postgresql(connection)
    sql = _MOVE_POSTGRESQL if postgresql else _MOVE_SQLITE
    if row is None:
        connection.exec_driver_sql(sql, (int(side),))
    else:
        connection.exec_driver_sql(f'{sql} WHERE "row" = {"%s" if postgresql else "?"}', (int(side), row))


def count_keys(connection: Connection, keys: Sequence[int], side: int, bound: int) -> list[tuple[int, int]]:
    """(key, how many rows of a side hold it) for each key; none is counted further than ``bound``."""
    if is_postgresql(connection):
        found = connection.exec_driver_sql(_COUNT_POSTGRESQL, (int(side), bound, list(keys)))
    else:
        found = connection.exec_driver_sql(_COUNT_SQLITE, (int(side), bound, json.dumps(list(keys))))
    return [(key, count) for key, count in found.all()]


def met(connection: Connection, keys: Sequence[int], side: int) -> Sequence[Any]:
    """(row, features as stored) of each entry of a side that holds one of these keys, by row."""
    if is_postgresql(connection):
        return connection.exec_driver_sql(_MET_POSTGRESQL, (list(keys), int(side)), execution_options=IN_BINARY).all()
    return connection.exec_driver_sql(_MET_SQLITE, (int(side), json.dumps(list(keys)))).all()


def mark(connection: Connection) -> Mark:
    """The moment now. Take it before reading what it shall stand for."""
    sql = _MARK_POSTGRESQL if is_postgresql(connection) else _MARK_SQLITE
    return Mark(*connection.exec_driver_sql(sql).one())


def changed(connection: Connection, since: Mark, now: Mark, at_once: int) -> Iterator[Sequence[Any]]:
    """(row, side, features as stored) of what was changed from one mark on, before another; some thousand at a time."""
    sql = 'SELECT "row", side, features FROM compared WHERE changed >= {0} AND changed < {0}'
    sql = sql.format("%s" if is_postgresql(connection) else "?")
    rows = connection.exec_driver_sql(
        sql, (since.since, now.until), execution_options={"yield_per": at_once} | IN_BINARY
    )
    return rows.partitions()


def after(connection: Connection, row: int, at_once: int) -> Sequence[Any]:
    """(row, side, features as stored) of the next entries, by row, whatever their side."""
    hole = "%s" if is_postgresql(connection) else "?"
    sql = f'SELECT "row", side, features FROM compared WHERE "row" > {hole} ORDER BY "row" LIMIT {hole}'  # noqa: S608
    return connection.exec_driver_sql(sql, (row, at_once), execution_options=IN_BINARY).all()


def following(connection: Connection, after: tuple[int, int], now: Mark, limit: int) -> Sequence[Any]:
    """(changed, row) of what was changed next, before a mark, of entries on one of the two sides."""
    hole = "%s" if is_postgresql(connection) else "?"
    sql = (
        f'SELECT changed, "row" FROM compared WHERE (changed, "row") > ({hole}, {hole}) AND changed < {hole} '  # noqa: S608
        f'AND side < 2 ORDER BY changed, "row" LIMIT {hole}'
    )
    return connection.exec_driver_sql(sql, (*after, now.until, limit)).all()
