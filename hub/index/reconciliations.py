"""What comparing with a source needs of the database: what it lists, what differs from the index, and each run."""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, delete, exists, func, null, or_, select, update

from hub.index import dialect
from hub.index.columns import Values
from hub.index.inventory_tables import differences, inventory, reconciliations
from hub.index.schema import records, set_aside
from hub.reports import Difference, DifferenceKind, Reconciliation, ReconciliationState

_WITHDRAWN = "withdrawn"
_OPEN = (ReconciliationState.LISTING.value, ReconciliationState.HELD.value)


@dataclass(frozen=True)
class Seen:
    """One record as its source lists it; ``aside``: why the hub does not keep it, if it does not."""

    source_id: str
    place: str = ""
    version: str | None = None
    changed_at: datetime.datetime | None = None
    aside: str | None = None


@dataclass(frozen=True)
class Candidate:
    """A record that may differ: what is held here (None: nothing) and what the source listed (None: nothing)."""

    source_id: str
    status: str | None
    here_version: str | None
    here_at: datetime.datetime | None
    there_version: str | None
    there_at: datetime.datetime | None


class Reconciliations:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    # Runs

    def save(self, run: Reconciliation, cursor: str | None = None) -> None:
        """The run as it stands."""
        values = run.model_dump() | {"state": run.state.value, "cursor": cursor}
        dialect.upsert(self._connection, reconciliations, values)

    def find(self, run_id: str) -> Reconciliation | None:
        query = select(reconciliations).where(reconciliations.c.run_id == run_id)
        row = self._connection.execute(dialect.for_update(self._connection, query)).one_or_none()
        return None if row is None else _run(row)

    def latest(self, participant: str | None = None, state: str | None = None, limit: int = 50) -> list[Reconciliation]:
        """Runs, latest first."""
        query = select(reconciliations)
        for column, wanted in ((reconciliations.c.participant, participant), (reconciliations.c.state, state)):
            if wanted is not None:
                query = query.where(column == wanted)
        query = query.order_by(reconciliations.c.started_at.desc(), reconciliations.c.run_id).limit(limit)
        return [_run(row) for row in self._connection.execute(query)]

    def open(self, participant: str) -> tuple[Reconciliation, str | None] | None:
        """The run that broke off while it listed or waits for a person, and how far it had listed."""
        query = select(reconciliations).where(
            reconciliations.c.participant == participant, reconciliations.c.state.in_(_OPEN)
        )
        row = self._connection.execute(query.order_by(reconciliations.c.started_at.desc()).limit(1)).one_or_none()
        return None if row is None else (_run(row), row.cursor)

    def last_listed(self, participant: str) -> int:
        """How many records the source listed at the last comparison that came to its end."""
        ended = reconciliations.c.state.in_((ReconciliationState.ENDED.value, ReconciliationState.RELEASED.value))
        query = select(reconciliations.c.there).where(reconciliations.c.participant == participant, ended)
        found = self._connection.execute(query.order_by(reconciliations.c.started_at.desc()).limit(1))
        return int(found.scalar_one_or_none() or 0)

    def forget(self, before: datetime.datetime) -> None:
        """Differences of runs that were over before then."""
        over = select(reconciliations.c.run_id).where(reconciliations.c.ended_at < before)
        self._connection.execute(delete(differences).where(differences.c.run_id.in_(over)))

    # What the source lists

    def clear(self, participant: str) -> None:
        self._connection.execute(delete(inventory).where(inventory.c.participant == participant))

    def add(self, participant: str, seen: Sequence[Seen]) -> None:
        """Note a page of the source's list; a record that comes again in the same list overwrites itself."""
        newest = {(one.source_id, one.place): one for one in seen}
        rows = [{"participant": participant, **one.__dict__} for one in newest.values()]
        statement = dialect.insert(self._connection, inventory)
        changed = {name: statement.excluded[name] for name in ("version", "changed_at", "aside")}
        key = ["participant", "source_id", "place"]
        if rows:
            self._connection.execute(statement.on_conflict_do_update(index_elements=key, set_=changed), rows)

    def count_listed(self, participant: str) -> tuple[int, int]:
        """(records the source lists, those of them that the hub does not keep)."""
        aside = func.count(inventory.c.source_id.distinct()).filter(inventory.c.aside.is_not(None))
        query = select(func.count(inventory.c.source_id.distinct()), aside).where(_listed_of(participant))
        many, left_out = self._connection.execute(query).one()
        return many, left_out

    def count_held(self, participant: str) -> int:
        """Records of a participant that are not withdrawn."""
        mine = (records.c.participant == participant) & (records.c.status != _WITHDRAWN)
        return self._connection.execute(select(func.count()).select_from(records).where(mine)).scalar_one()

    # What differs: part by part in the order of source ids, so that memory does not grow with the index

    def missing_there(self, participant: str, since: datetime.datetime, after: str, limit: int) -> list[Candidate]:
        """Held here, not listed; what came or changed here since the comparison began is passed over."""
        there = exists().where(inventory.c.participant == participant, inventory.c.source_id == records.c.source_id)
        query = _held_columns().where(
            records.c.participant == participant,
            records.c.status != _WITHDRAWN,
            records.c.updated < since,
            records.c.source_id > after,
            ~there,
        )
        return self._candidates(query.order_by(records.c.source_id).limit(limit))

    def unlike(self, participant: str, since: datetime.datetime, after: str, limit: int) -> list[Candidate]:
        """Held here and listed as another version, or withdrawn here and still listed."""
        same = inventory.c.version == records.c.version
        moment = and_(inventory.c.version.is_(None), inventory.c.changed_at != records.c.recorded_at)
        joined = (inventory.c.participant == records.c.participant) & (inventory.c.source_id == records.c.source_id)
        query = (
            _held_columns(inventory.c.version, inventory.c.changed_at)
            .join(inventory, joined)
            .where(
                records.c.participant == participant,
                records.c.updated < since,
                records.c.source_id > after,
                inventory.c.aside.is_(None),
                or_(~same, moment, and_(records.c.status == _WITHDRAWN, inventory.c.version.is_(None))),
            )
        )
        return self._candidates(query.order_by(records.c.source_id).limit(limit))

    def missing_here(self, participant: str, after: str, limit: int) -> list[Candidate]:
        """Listed, not held, and not set aside either."""
        owner = participant
        held = exists().where(records.c.participant == owner, records.c.source_id == inventory.c.source_id)
        aside = exists().where(
            set_aside.c.participant == owner,
            set_aside.c.source_id == inventory.c.source_id,
            set_aside.c.resolved_at.is_(None),
        )
        query = select(
            inventory.c.source_id, _nothing(), _nothing(), _nothing(), inventory.c.version, inventory.c.changed_at
        ).where(_listed_of(owner), inventory.c.aside.is_(None), inventory.c.source_id > after, ~held, ~aside)
        return self._candidates(query.order_by(inventory.c.source_id).limit(limit))

    def twice(self, participant: str, after: str, limit: int) -> list[Candidate]:
        """Listed in more than one of the source's lists."""
        query = (
            select(inventory.c.source_id, _nothing(), _nothing(), _nothing(), _nothing(), _nothing())
            .where(_listed_of(participant), inventory.c.source_id > after)
            .group_by(inventory.c.source_id)
            .having(func.count() > 1)
        )
        return self._candidates(query.order_by(inventory.c.source_id).limit(limit))

    def _candidates(self, query: Select[Any]) -> list[Candidate]:
        return [Candidate(*row) for row in self._connection.execute(query)]

    # Differences

    def note(self, run_id: str, found: Sequence[Difference]) -> None:
        rows = [{"run_id": run_id} | one.model_dump(exclude={"settled"}) | {"kind": one.kind.value} for one in found]
        dialect.insert_many(self._connection, differences, rows, new_only=True)

    def differences(
        self, run_id: str, after: tuple[str, str] = ("", ""), limit: int = 1_000, unsettled: bool = False
    ) -> list[Difference]:
        """Those of one run by source id and kind, after the given one; ``unsettled``: only what still differs."""
        place = or_(
            differences.c.source_id > after[0],
            and_(differences.c.source_id == after[0], differences.c.kind > after[1]),
        )
        query = select(differences).where(differences.c.run_id == run_id, place)
        if unsettled:
            query = query.where(differences.c.settled.is_(None))
        query = query.order_by(differences.c.source_id, differences.c.kind).limit(limit)
        return [_difference(row) for row in self._connection.execute(query)]

    def every_difference(self, run_id: str) -> Iterator[Difference]:
        """All that still differ or were mended, part by part."""
        after = "", ""
        while part := self.differences(run_id, after):
            yield from (one for one in part if one.settled != "vanished")
            after = part[-1].source_id, part[-1].kind.value

    def of_ids(self, run_id: str, source_ids: Sequence[str]) -> dict[str, list[Difference]]:
        """Source id -> what differs of it and is not settled."""
        query = select(differences).where(
            differences.c.run_id == run_id, differences.c.source_id.in_(source_ids), differences.c.settled.is_(None)
        )
        found: dict[str, list[Difference]] = {}
        for row in self._connection.execute(query):
            found.setdefault(row.source_id, []).append(_difference(row))
        return found

    def settle(self, run_id: str, source_ids: Sequence[str], kinds: Sequence[DifferenceKind], how: str) -> None:
        """What became of these differences."""
        self._change(run_id, source_ids, kinds, {"settled": how})

    def seen_again(self, run_id: str, source_ids: Sequence[str]) -> None:
        """They were met at the second look."""
        self._change(run_id, source_ids, list(DifferenceKind), {"seen_again": True})

    def not_seen_again(self, run_id: str, kinds: Sequence[DifferenceKind], limit: int) -> list[str]:
        """Source ids of differences that the second look did not meet."""
        query = select(differences.c.source_id).where(
            differences.c.run_id == run_id,
            differences.c.kind.in_([kind.value for kind in kinds]),
            differences.c.seen_again.is_(False),
            differences.c.settled.is_(None),
        )
        return list(self._connection.execute(query.order_by(differences.c.source_id).limit(limit)).scalars())

    def counts(self, run_id: str) -> dict[str, int]:
        """Kind -> how many differ; ``pulled`` and ``withdrawn`` -> how many were mended."""
        real = or_(differences.c.settled.is_(None), differences.c.settled != "vanished")
        query = select(differences.c.kind, differences.c.settled, func.count()).where(
            differences.c.run_id == run_id, real
        )
        found: dict[str, int] = {}
        for kind, settled, many in self._connection.execute(query.group_by(differences.c.kind, differences.c.settled)):
            for name in (kind, settled):
                found[name or ""] = found.get(name or "", 0) + many
        return found

    def _change(self, run_id: str, source_ids: Sequence[str], kinds: Sequence[DifferenceKind], values: Values) -> None:
        for part in dialect.parts(source_ids, 1_000):
            these = differences.c.source_id.in_(part) & differences.c.kind.in_([kind.value for kind in kinds])
            self._connection.execute(update(differences).where(differences.c.run_id == run_id, these).values(values))


def _listed_of(participant: str) -> ColumnElement[bool]:
    return inventory.c.participant == participant


def _nothing() -> Any:
    return null()


def _held_columns(version: Any = None, changed_at: Any = None) -> Select[Any]:
    there = (_nothing() if version is None else version, _nothing() if changed_at is None else changed_at)
    return select(records.c.source_id, records.c.status, records.c.version, records.c.recorded_at, *there)


def _run(row: Any) -> Reconciliation:
    values = dict(row._mapping)
    values.pop("cursor")
    return Reconciliation.model_validate(values)


def _difference(row: Any) -> Difference:
    names = ("source_id", "kind", "here_version", "here_at", "there_version", "there_at", "settled")
    return Difference.model_validate({name: getattr(row, name) for name in names})
