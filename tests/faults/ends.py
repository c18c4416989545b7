"""How a cycle of the hub ended: what its database holds and what the systems around it did, without what is chance."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, create_engine, select

from hub.index.schema import audit, audit_leaves, cursors, inbox, matches, outbox, records, set_aside
from tests.faults.stubs import Stub

_Rows = list[tuple[Any, ...]]


@dataclass(frozen=True)
class Ended:
    """Equal for two runs exactly if nothing was lost, nothing done twice and no order changed."""

    held: dict[str, _Rows]
    notices: dict[tuple[str, str], list[tuple[str, str]]]
    """(lane, record) -> kind and state of each notice, as they were owed."""
    told: dict[tuple[str, str], list[tuple[str, int]]]
    """(system, record) -> kind of each notice it took, in order, and how often."""


def ended(database: str, stubs: dict[str, Stub]) -> Ended:
    """Read once everything is still."""
    engine = create_engine(database)
    with engine.begin() as connection:
        owed = connection.execute(select(outbox).order_by(outbox.c.seq)).all()
        held = _held(connection)
    engine.dispose()
    notices: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for row in owed:
        notices.setdefault((row.lane, row.about), []).append((row.kind, row.state))
    kinds = {row.notice_id: row.kind for row in owed}
    told = {
        (name, about): [(kinds.get(one, "unknown"), stub.effects[one]) for one in order]
        for name, stub in stubs.items()
        for about, order in stub.order.items()
    }
    return Ended(held, notices, told)


def _held(connection: Connection) -> dict[str, _Rows]:
    rows = connection.execute(select(records.c.row, records.c.source_id)).all()
    names = {row.row: row.source_id for row in rows}
    pairs = [
        (names[one.searched], names[one.found], one.state, round(one.bits, 6))
        for one in connection.execute(select(matches))
    ]
    taken = connection.execute(select(outbox.c.lane, audit.c.act).join(audit, audit.c.matter == outbox.c.notice_id))
    in_tree = connection.execute(select(audit.c.act).join(audit_leaves, audit_leaves.c.seq == audit.c.seq)).scalars()
    return {
        "records": _sorted(connection, records.c.participant, records.c.source_id, records.c.version, records.c.status),
        "matches": sorted(pairs),
        "inbox": _sorted(connection, inbox.c.sender, inbox.c.message_id, inbox.c.reply),
        "set aside": _sorted(connection, set_aside.c.source_id, set_aside.c.rule),
        "cursors": _sorted(connection, cursors.c.participant, cursors.c.cursor),
        "taken": sorted(Counter(tuple(row) for row in taken).items()),
        "in the audit's tree": sorted(Counter(in_tree).items()),
    }


def _sorted(connection: Connection, *columns: Any) -> _Rows:
    return sorted(tuple(row) for row in connection.execute(select(*columns)))
