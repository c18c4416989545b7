"""What was changed of that which matching compares, in the order of changes, for readers who follow the index.

See ``hub.index.compared`` for why a reader who goes by marks misses nothing.
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from hub.index import compared, dialect
from hub.index.compared import Mark
from hub.index.entry import Side
from hub.index.payload import FEATURES, Seal
from hub.index.schema import markers
from hub.index.thin import filled

_SIDES = list(Side)
#: The marker of the place up to which entries were compared with all others.
LOOKED = "looked_through"


class Changed(NamedTuple):
    """What is compared of an entry, as of its last change."""

    row: int
    side: Side
    features: bytes


class Position(NamedTuple):
    """A place in the order of changes: what comes up to it was dealt with."""

    changed: int
    row: int


class Changes:
    def __init__(self, connection: Connection, seal: Seal) -> None:
        self._connection, self._seal = connection, seal

    def mark(self) -> Mark:
        """The moment in the order of changes, to be taken before what is read up to it."""
        return compared.mark(self._connection)

    def after(self, row: int, limit: int) -> list[Changed]:
        """What is compared of the next entries, whatever their side, in the order of their rows."""
        return self._opened(compared.after(self._connection, row, limit))

    def between(self, since: Mark, now: Mark, at_once: int) -> Iterator[list[Changed]]:
        """What is compared of the entries that changed between two marks; some may have been met before."""
        return map(self._opened, compared.changed(self._connection, since, now, at_once))

    def next(self, after: Position, now: Mark, limit: int) -> list[Position]:
        """The next changes of entries that are open, each entry by its last one."""
        return [Position(*found) for found in compared.following(self._connection, after, now, limit)]

    def looked(self) -> Position | None:
        """Up to where entries were compared with all others; None if they never were."""
        query = select(markers.c.value).where(markers.c.name == LOOKED)
        held = self._connection.execute(query).scalar_one_or_none()
        return None if held is None else Position(*map(int, held.split()))

    def look_from(self, position: Position) -> None:
        """Note up to where they were."""
        values = {"name": LOOKED, "value": f"{position.changed} {position.row}"}
        dialect.upsert(self._connection, markers, values)

    def _opened(self, rows: Sequence[Any]) -> list[Changed]:
        opened = filled(self._seal.open_all([row[2] for row in rows], FEATURES, [str(row[0]) for row in rows]))
        return [Changed(row[0], _SIDES[row[1]], features) for row, features in zip(rows, opened, strict=True)]
