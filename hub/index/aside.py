"""What could not be taken in: reason, place and original, until a later good version resolves it."""

import datetime
import hashlib
import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, update

from contracts import Problem
from hub.index import dialect
from hub.index.payload import ORIGINAL, Owner, Seal
from hub.index.schema import runs, set_aside


@dataclass(frozen=True)
class Laid:
    """One item to set aside; ``what`` is ``record`` or ``gap`` (a row that its source could not give)."""

    participant: str
    source_id: str
    reason: str
    problem: Problem
    original: dict[str, Any]
    what: str = "record"
    run_id: str | None = None


_WAITING = set_aside.c.resolved_at.is_(None) & (set_aside.c.participant == bindparam("owner"))
_TOLD = set_aside.c.source_id.in_(bindparam("told", expanding=True))
_RESOLVE = update(set_aside).where(_WAITING, _TOLD).values(resolved_at=bindparam("resolved_at"))


class Aside:
    def __init__(self, connection: Connection, seal: Seal) -> None:
        self._connection, self._seal = connection, seal

    def add(self, laid: Laid, now: datetime.datetime) -> None:
        """Keep it; the same original a second time only renews ``last_at``."""
        original = json.dumps(laid.original, sort_keys=True, ensure_ascii=False, default=str).encode()
        owner = Owner(laid.participant, laid.source_id[:200])
        tag = self._seal.tag(hashlib.sha256(original).hexdigest())
        values = {
            "participant": laid.participant,
            "source_id": laid.source_id[:200],
            "what": laid.what,
            "reason": laid.reason[:80],
            "field": laid.problem.field,
            "rule": laid.problem.rule,
            "message": laid.problem.message,
            "original": self._seal.close(original, ORIGINAL, owner, row=row_of(*owner, tag)),
            "original_hash": tag,
            "run_id": laid.run_id,
            "first_at": now,
            "last_at": now,
        }
        statement = dialect.insert(self._connection, set_aside).values(values)
        key = ["participant", "source_id", "original_hash"]
        self._connection.execute(statement.on_conflict_do_update(index_elements=key, set_={"last_at": now}))

    def resolve(self, participant: str, source_ids: Collection[str], now: datetime.datetime) -> None:
        """A good version of these came: what was laid aside of them is settled."""
        self._connection.execute(_RESOLVE, {"owner": participant, "told": list(source_ids), "resolved_at": now})

    def open(
        self, participant: str | None = None, limit: int = 100, with_original: bool = True
    ) -> list[dict[str, Any]]:
        """Unresolved items, newest first; under ``original`` what was sent, or None where it is not wanted."""
        query = select(set_aside).where(set_aside.c.resolved_at.is_(None)).order_by(set_aside.c.seq.desc())
        if participant is not None:
            query = query.where(set_aside.c.participant == participant)
        rows = self._connection.execute(query.limit(limit)).mappings()
        return [dict(row) | {"original": self._opened(row) if with_original else None} for row in rows]

    def of_ports(self, participant: str) -> Iterator[dict[str, Any]]:
        """Unresolved items that ports of a participant laid aside, oldest first, each with its original."""
        ports = select(runs.c.run_id).where(runs.c.participant == participant, runs.c.what == "port")
        query = select(set_aside).where(
            set_aside.c.resolved_at.is_(None),
            set_aside.c.participant == participant,
            set_aside.c.run_id.in_(ports),
            set_aside.c.seq > bindparam("after"),
        )
        query, after = query.order_by(set_aside.c.seq).limit(1_000), 0
        while rows := self._connection.execute(query, {"after": after}).mappings().all():
            yield from (dict(row) | {"original": self._opened(row)} for row in rows)
            after = rows[-1]["seq"]

    def _opened(self, row: Any) -> Any:
        bound = row_of(row["participant"], row["source_id"], row["original_hash"])
        return json.loads(self._seal.open(row["original"], ORIGINAL, bound))

    def counts(self) -> dict[str, int]:
        """Participant -> unresolved items."""
        query = select(set_aside.c.participant, func.count()).where(set_aside.c.resolved_at.is_(None))
        return {row[0]: row[1] for row in self._connection.execute(query.group_by(set_aside.c.participant))}


def row_of(participant: str, source_id: str, original_hash: str) -> str:
    """What names a row in this table, to bind what is closed in it."""
    return f"{participant}\0{source_id}\0{original_hash}"
