"""Matches: pairs that may be one child, their evidence, and how each came to its state."""

import datetime
import itertools
import json
import uuid
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, case, func, or_, select, update

from contracts import FieldEvidence, Reference
from contracts.exchange import Match, MatchState
from hub.index import dialect
from hub.index.columns import Values
from hub.index.entry import Veil
from hub.index.schema import match_steps, matches, records

#: Who brings a match to a state that follows from what is compared alone.
EVIDENCE = "evidence"


@dataclass(frozen=True)
class Pair:
    """A pair as scored; ``searched`` and ``found`` are row numbers."""

    searched: int
    found: int
    bits: float
    probability: float
    prior_bits: float
    evidence: tuple[FieldEvidence, ...]
    model: str


@dataclass(frozen=True)
class Fresh:
    """A pair that is proposed for the first time; ``told``: whether the owners hear of it."""

    pair: Pair
    told: bool
    match_id: str = field(default_factory=lambda: str(uuid.uuid4()))


@dataclass(frozen=True)
class Standing:
    """What stands of a pair already."""

    match_id: str
    searched: int
    found: int
    state: MatchState
    bits: float
    facts: str | None
    """Hash of what was compared when a person last rejected it."""
    told: bool
    """Whether the owners know of it."""


_STANDING = [matches.c[name] for name in Standing.__dataclass_fields__]
_IS_OF = or_(matches.c.searched == bindparam("row"), matches.c.found == bindparam("row"))
_OF_ROW = select(*_STANDING).where(_IS_OF).order_by(matches.c.match_id).with_for_update()
_OF_SEARCHED = select(*_STANDING).where(matches.c.searched.in_(bindparam("rows", expanding=True)))
_ADD_STEP = match_steps.insert()
_DECIDED = [MatchState.CONFIRMED.value, MatchState.REUNITED.value, MatchState.REJECTED.value]
#: How many matches are looked at to find those of one jurisdiction.
_LOOKED_AT = 1_000
_one, _other = records.alias("one"), records.alias("other")


class Matches:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    # For the flow

    def of_row(self, row: int) -> list[Standing]:
        """Every match that this entry is part of, held until the transaction ends."""
        return [_standing(found) for found in self._connection.execute(_OF_ROW, {"row": row})]

    def of_searched(self, rows: Collection[int]) -> list[Standing]:
        """Every match of these searched-for entries."""
        found: list[Standing] = []
        for part in dialect.parts(list(rows), 5_000):
            found += [_standing(row) for row in self._connection.execute(_OF_SEARCHED, {"rows": list(part)})]
        return found

    def decided(self) -> list[Standing]:
        """Every match that a person confirmed or rejected, for learning."""
        query = select(*_STANDING).where(matches.c.state.in_(_DECIDED)).order_by(matches.c.match_id)
        return [_standing(found) for found in self._connection.execute(query)]

    def standing(self, match_id: str) -> Standing | None:
        query = select(*_STANDING).where(matches.c.match_id == match_id)
        row = self._connection.execute(dialect.for_update(self._connection, query)).one_or_none()
        return None if row is None else _standing(row)

    def propose(self, fresh: Sequence[Fresh], now: datetime.datetime) -> None:
        """New matches, all at once."""
        proposed = {"state": MatchState.PROPOSED.value, "proposed_at": now}
        rows = [
            {"match_id": one.match_id, "searched": one.pair.searched, "found": one.pair.found, "told": one.told}
            | proposed
            | _scored(one.pair)
            for one in fresh
        ]
        dialect.insert_many(self._connection, matches, rows)
        steps = [_step(one.match_id, MatchState.PROPOSED, _by(one.pair), None, one.pair.bits, now) for one in fresh]
        dialect.insert_many(self._connection, match_steps, steps)

    def propose_again(self, standing: Standing, pair: Pair, told: bool, now: datetime.datetime) -> None:
        """A withdrawn or rejected pair for which new facts speak; what a person once rejected stays known."""
        values = _scored(pair) | {"state": MatchState.PROPOSED.value, "told": told, "proposed_at": now}
        values |= {"decided_at": None, "decided_by": None, "reason": None}
        self._change(standing.match_id, values)
        self._step(standing.match_id, MatchState.PROPOSED, _by(pair), None, pair.bits, now)

    def rescore(self, standing: Standing, pair: Pair, told: bool) -> None:
        """The same proposal on newer evidence."""
        self._change(standing.match_id, _scored(pair) | {"told": told})

    def settle(
        self,
        standing: Standing,
        state: MatchState,
        by: str,
        reason: str,
        now: datetime.datetime,
        facts: str | None = None,
    ) -> None:
        """Bring a match to a state that a person, an owner's word or the evidence decided."""
        values = {"state": state.value, "decided_at": now, "decided_by": by, "reason": reason[:200], "facts": facts}
        self._change(standing.match_id, values)
        self._step(standing.match_id, state, by, reason[:200], standing.bits, now)

    def rejected_bits(self, match_id: str) -> float:
        """What the evidence weighed when a person last rejected the pair."""
        mine = (match_steps.c.match_id == match_id) & (match_steps.c.state == MatchState.REJECTED.value)
        by_a_person = mine & (match_steps.c.by != EVIDENCE)
        query = select(match_steps.c.bits).where(by_a_person).order_by(match_steps.c.seq.desc()).limit(1)
        return float(self._connection.execute(query).scalar_one())

    def flag(self, match_id: str, why: str | None) -> None:
        """A person must look at it; None once one did."""
        self._change(match_id, {"flag": why})

    def _change(self, match_id: str, values: Values) -> None:
        self._connection.execute(update(matches).where(matches.c.match_id == match_id).values(values))

    def _step(
        self, match_id: str, state: MatchState, by: str, reason: str | None, bits: float, now: datetime.datetime
    ) -> None:
        self._connection.execute(_ADD_STEP, _step(match_id, state, by, reason, bits, now))

    # For readers

    def find(self, match_id: str, veil: int = Veil.OWNER) -> Match | None:
        """One match, if its entries both may be met at ``veil``."""
        query = _shown().where(matches.c.match_id == match_id, _one.c.veil <= veil, _other.c.veil <= veil)
        row = self._connection.execute(query).one_or_none()
        return None if row is None else _match(row)

    def best(
        self, state: MatchState | None, veil: int, limit: int, near: Callable[[str], bool] | None = None
    ) -> list[Match]:
        """Matches of entries that both may be met at ``veil``; open ones first, best first.

        ``near`` chooses by either entry's id, among the best thousand.
        """
        query = _shown().where(_one.c.veil <= veil, _other.c.veil <= veil)
        if state is not None:
            query = query.where(matches.c.state == state.value)
        opened = case((matches.c.state == MatchState.PROPOSED.value, 0), else_=1)
        query = query.order_by(opened, matches.c.bits.desc(), matches.c.match_id)
        if near is None:
            return [_match(row) for row in self._connection.execute(query.limit(limit))]
        rows = self._connection.execute(query.limit(_LOOKED_AT)).all()
        chosen = (row for row in rows if near(row.one_hub_id) or near(row.other_hub_id))
        return [_match(row) for row in itertools.islice(chosen, limit)]

    def of_entry(self, hub_id: str, veil: int | None = None, own: str | None = None) -> list[Match]:
        """The matches of one entry, best first; with ``veil`` only those whose entries both may be met at it, or are of
        the participant ``own``."""
        query = _shown().where(or_(_one.c.hub_id == hub_id, _other.c.hub_id == hub_id))
        if veil is not None:
            query = query.where(*(or_(side.c.veil <= veil, side.c.participant == own) for side in (_one, _other)))
        return [_match(row) for row in self._connection.execute(query.order_by(matches.c.bits.desc()))]

    def same_child(self, hub_ids: Collection[str]) -> list[tuple[str, str]]:
        """Pairs among these entries that a person found to be one child."""
        if len(hub_ids) < 2:
            return []
        among = _one.c.hub_id.in_(hub_ids), _other.c.hub_id.in_(hub_ids)
        return [(one, other) for one, other in self._connection.execute(_one_child().where(*among))]

    def one_child(self, hub_ids: Collection[str]) -> set[str]:
        """The entries that a person found to be the same child as one of these."""
        either = or_(_one.c.hub_id.in_(hub_ids), _other.c.hub_id.in_(hub_ids))
        return {one for pair in self._connection.execute(_one_child().where(either)) for one in pair}

    def counterparts(self, hub_id: str) -> list[str]:
        """The entries that a match which is open or confirmed joins to this one."""
        open_ = matches.c.state.in_([MatchState.PROPOSED, MatchState.CONFIRMED, MatchState.REUNITED])
        query = _shown().where(or_(_one.c.hub_id == hub_id, _other.c.hub_id == hub_id), open_)
        rows = self._connection.execute(query).all()
        return [row.other_hub_id if row.one_hub_id == hub_id else row.one_hub_id for row in rows]

    def counts(self) -> dict[str, int]:
        query = select(matches.c.state, func.count()).group_by(matches.c.state)
        return {row[0]: row[1] for row in self._connection.execute(query)}

    def steps(self, match_id: str) -> Sequence[Row[Any]]:
        """How it came to its state, oldest first."""
        query = select(match_steps).where(match_steps.c.match_id == match_id).order_by(match_steps.c.seq)
        return self._connection.execute(query).all()


def _one_child() -> Select[Any]:
    """Pairs of entries that a person found to be one child, by the hub's numbers."""
    query = select(_one.c.hub_id, _other.c.hub_id).join_from(matches, _one, _one.c.row == matches.c.searched)
    query = query.join(_other, _other.c.row == matches.c.found)
    return query.where(matches.c.state.in_([MatchState.CONFIRMED.value, MatchState.REUNITED.value]))


def _by(pair: Pair) -> str:
    return "model " + pair.model


def _step(match_id: str, state: MatchState, by: str, reason: str | None, bits: float, now: datetime.datetime) -> Values:
    return {"match_id": match_id, "state": state.value, "at": now, "by": by[:120], "reason": reason, "bits": bits}


def _scored(pair: Pair) -> Values:
    evidence = json.dumps([one.model_dump() for one in pair.evidence], ensure_ascii=False)
    score = {"bits": pair.bits, "probability": pair.probability, "prior_bits": pair.prior_bits}
    return score | {"evidence": evidence, "model": pair.model}


def _standing(row: Any) -> Standing:
    match_id, searched, found, state, bits, facts, told = row
    return Standing(match_id, searched, found, MatchState(state), bits, facts, told)


def _shown() -> Select[Any]:
    one = [_one.c[name].label(f"one_{name}") for name in ("hub_id", "participant", "source_id", "version")]
    other = [_other.c[name].label(f"other_{name}") for name in ("hub_id", "participant", "source_id", "version")]
    query = select(matches, *one, *other).join(_one, _one.c.row == matches.c.searched)
    return query.join(_other, _other.c.row == matches.c.found)


def _match(row: Row[Any]) -> Match:
    return Match(
        match_id=row.match_id,
        state=row.state,
        hub_id=row.one_hub_id,
        other_hub_id=row.other_hub_id,
        ref=Reference(participant=row.one_participant, source_id=row.one_source_id, version=row.one_version),
        other=Reference(participant=row.other_participant, source_id=row.other_source_id, version=row.other_version),
        bits=row.bits,
        probability=row.probability,
        prior_bits=row.prior_bits,
        evidence=json.loads(row.evidence),
        model=row.model,
        proposed_at=row.proposed_at,
        decided_at=row.decided_at,
        decided_by=row.decided_by,
        reason=row.reason,
    )
