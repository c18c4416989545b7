"""What the index holds beside records that come in, asked in one statement: most records have none of it."""

from collections.abc import Collection
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, Connection, bindparam, exists, select

from hub.index import dialect
from hub.index.erasing_tables import erasures
from hub.index.schema import events, set_aside

_TOLD: BindParameter[Any] = bindparam("told", expanding=True)
_OWNER: BindParameter[Any] = bindparam("owner")
_LAID = exists().where(
    set_aside.c.resolved_at.is_(None), set_aside.c.participant == _OWNER, set_aside.c.source_id.in_(_TOLD)
)
_STEPPED = exists().where(events.c.participant == _OWNER, events.c.source_id.in_(_TOLD))
_HELD = select(exists(select(1).select_from(erasures)), _LAID, _STEPPED)


class Held(NamedTuple):
    """Whether any child at all was erased; whether of these records something waits aside, or a step was told."""

    erased: bool
    aside: bool
    stepped: bool


class Beside:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def held(self, owner: str, source_ids: Collection[str]) -> Held:
        """What there is of these records of one participant."""
        found = [False, False, False]
        for part in dialect.parts(sorted(source_ids), 5_000):
            row = self._connection.execute(_HELD, {"owner": owner, "told": part}).one()
            found = [one or bool(more) for one, more in zip(found, row, strict=True)]
        return Held(*found)
