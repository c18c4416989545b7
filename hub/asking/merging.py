"""One answer of what the index holds and what owners told: each child once, ranked, whatever the order of arrival."""

import datetime
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from adapters.choosing import fits as holds
from contracts import ChildRecord, Reference
from contracts.exchange import Search
from contracts.live import LiveHit
from hub.access import Caller
from hub.core import plain_number
from hub.index import Work
from hub.index.searching import Found
from hub.showing import listed, may_meet, sight_of, sketch

Key = tuple[str, str]
#: Participant and source id: whose record it is.


@dataclass(frozen=True)
class Told:
    """One record that fits, as the caller may see it."""

    key: Key
    record: ChildRecord
    score: float
    live: bool
    hub_id: str | None = None

    @property
    def newness(self) -> tuple[bool, datetime.datetime, Key]:
        return self.live, self.record.recorded_at, self.key


@dataclass(frozen=True)
class Ranked:
    """The best children, and how many there are."""

    total: int
    hits: list[LiveHit]


class Merging:
    """What one question has found so far. The answer depends on what was told, never on when."""

    def __init__(
        self,
        caller: Caller,
        query: Search,
        today: datetime.date,
        fits: Callable[[ChildRecord], float | None],
        indexed: tuple[int, Sequence[Found]],
    ) -> None:
        self._caller, self._query, self._today, self._fits = caller, query, today, fits
        total, found = indexed
        self._beyond = total - len(found)  # of the index, more than were looked at here
        self._indexed = {_key(one.record.ref): self._of_index(one) for one in found}
        self._live: dict[Key, Told] = {}
        self._hub_ids: dict[Key, str] = {}
        self._looked_up: set[Key] = set()

    def _of_index(self, one: Found) -> Told:
        record = listed(self._caller, one.record)
        return Told(_key(record.ref), record, 1.0 if one.score is None else one.score, False, one.hub_id)

    def take(self, participant: str, records: Sequence[ChildRecord]) -> int:
        """What one owner told; how many of its records are in the answer. Only its own records count."""
        kept = 0
        for record in records:
            if record.ref.participant != participant or not may_meet(self._caller, record):
                continue
            seen = listed(self._caller, record)
            score = self._fits(record) if holds(seen, self._query, self._today) else None
            if score is not None:
                self._live[_key(record.ref)] = Told(_key(record.ref), seen, score, True)
                kept += 1
        return kept

    def ranked(self, work: Work) -> Ranked:
        """The answer as it stands: best name first, then what was read live, then the newest word."""
        told = {**self._indexed, **self._live}
        self._look_up(work, told)
        children = [_newest_first(child) for child in _children(told, self._pairs(work, told))]
        children.sort(key=_order)
        best = children[: self._query.limit]
        return Ranked(len(children) + self._beyond, [self._hit(child) for child in best])

    def _look_up(self, work: Work, told: dict[Key, Told]) -> None:
        """Which of the live records the index has an entry of, that may be opened."""
        fresh = {key for key in told if key not in self._looked_up}
        if fresh:
            self._hub_ids |= work.records.hub_ids(fresh, sight_of(self._caller).veil)
            self._looked_up |= fresh
        self._hub_ids |= {key: one.hub_id for key, one in self._indexed.items() if one.hub_id is not None}

    def _pairs(self, work: Work, told: dict[Key, Told]) -> list[tuple[Key, Key]]:
        """Records that are one child: a person found so, or both owners name the same diary, sex and name."""
        by_id = {self._hub_ids[key]: key for key in told if key in self._hub_ids}
        pairs = [(by_id[one], by_id[other]) for one, other in work.matches.same_child(by_id)]
        first: dict[tuple[object, ...], Key] = {}
        for key in sorted(told):
            for mark in _diaries(told[key].record):
                pairs.append((first.setdefault(mark, key), key))
        return pairs

    def _hit(self, child: list[Told]) -> LiveHit:
        head = child[0]
        return LiveHit(
            hub_id=next((self._hub_ids[one.key] for one in child if one.key in self._hub_ids), None),
            score=max(one.score for one in child),
            live=head.live,
            also=[one.record.ref for one in sorted(child[1:], key=lambda one: one.key)][:50],
            **sketch(head.record, self._today),
        )


def _key(ref: Reference) -> Key:
    return ref.participant, ref.source_id


def _newest_first(child: list[Told]) -> list[Told]:
    return sorted(child, key=lambda one: one.newness, reverse=True) if len(child) > 1 else child


def _order(child: list[Told]) -> tuple[object, ...]:
    head, on = child[0], child[0].record.event.on
    return -round(max(one.score for one in child), 6), not head.live, -(on.toordinal() if on else 0), head.key


def _diaries(record: ChildRecord) -> Iterable[tuple[object, ...]]:
    """What only one child has: a numbered entry of one station and year, with the child's sex and first name."""
    names = sorted(name.text.casefold() for name in record.names)
    for diary in record.diaries:
        station = diary.station or (diary.station_raw or "").casefold()
        if diary.year and station and names:
            number = plain_number(diary.number)
            yield diary.kind, number, diary.year, station, record.kind, record.gender, names[0]


def _children(told: dict[Key, Told], pairs: Iterable[tuple[Key, Key]]) -> list[list[Told]]:
    """The records gathered by child (union-find)."""
    head = {key: key for key in told}

    def found(key: Key) -> Key:
        while head[key] != key:
            head[key] = head[head[key]]
            key = head[key]
        return key

    for one, other in pairs:
        first, second = sorted((found(one), found(other)))
        head[second] = first
    children: dict[Key, list[Told]] = {}
    for key in sorted(told):
        children.setdefault(found(key), []).append(told[key])
    return list(children.values())
