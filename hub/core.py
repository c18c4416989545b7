"""The matching core as the flow uses it: a record made ready for the index, and the pairs worth proposing."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import numpy as np

from contracts import ChildRecord, FieldEvidence
from hub import matching
from hub.index.entry import Entry
from hub.index.matches import Pair
from hub.index.payload import KeyHash
from hub.index.records import Compared, Met
from hub.matching import batch, blocking, scoring
from hub.matching.columns import Rows
from hub.matching.crowd import Crowd, Plain
from hub.matching.features import VERSION
from hub.matching.native import compiled
from hub.weighing import Weighing

#: Entries in memory from which on compiled loops repay their loading.
_WORTH_LOOPS = 20_000


@dataclass(frozen=True)
class Linked:
    """Pairs worth proposing by the row of the searched entry, more than may stand, and what it took."""

    pairs: dict[int, list[Pair]]
    scored: int
    capped: int


class Core(Protocol):
    """What the flow asks of the matching core."""

    best: int
    """How many proposals stand for one searched child at most."""
    tell_bits: float
    """Score from which both owners are told of a proposal."""

    def entry(self, record: ChildRecord) -> Entry:
        """The record with the keys it is found with."""

    def prepared(self, entries: Sequence[Entry]) -> list[Entry]:
        """The entries with what is compared of them and their blocking keys; many at once cost far less each."""

    def score(self, searched: Sequence[Met | Compared], found: Sequence[Met | Compared]) -> list[Pair]:
        """Of all pairs of these, those worth proposing, each with its evidence."""

    def link(self, searched: Sequence[Compared], found: Sequence[Compared], most: int) -> Linked:
        """The best pairs of each searched entry among all found ones that share a key: two tables at once."""

    def name_keys(self, text: str) -> Collection[int]:
        """Hashed keys by which entries with such a name are found."""

    def diary_keys(self, number: str) -> Collection[int]:
        """Hashed keys by which entries with such a diary number are found."""

    def name_likeness(self, text: str, names: Sequence[str]) -> float:
        """How well the best of ``names`` fits, 0 to 1."""


class ModelCore:
    """The core of ``hub.matching`` with one model."""

    def __init__(
        self,
        secret: bytes,
        model: Path | None = None,
        propose_bits: float | None = None,
        pool: int | None = None,
        tell_bits: float = 0.0,
    ) -> None:
        shipped = matching.Model.load(model)
        self._model = shipped if pool is None else shipped.with_pool(pool)
        self.propose_bits = propose_bits if propose_bits is not None else self._model.propose_bits
        self.weigh = Weighing(self._model)
        self._hash = KeyHash(secret)
        self.best, self.tell_bits = self._model.best, tell_bits
        secret_mark = self._hash.of_text("fingerprint") & 0xFFFFFFFF
        self.fingerprint = f"features {VERSION}, keys {blocking.VERSION}, secret {secret_mark:08x}"
        """Tells an index that was built with other features or another secret."""

    def entry(self, record: ChildRecord) -> Entry:
        found_by = {key for name in record.names for key in self.name_keys(name.text)}
        found_by |= {key for diary in record.diaries for key in self.diary_keys(diary.number)}
        return Entry(record, found_by)

    def prepared(self, entries: Sequence[Entry]) -> list[Entry]:
        if not entries:
            return []
        features = [matching.prepare(entry.record).pack() for entry in entries]
        keyed = blocking.keyed(matching.rows(features))
        keys: list[list[int]] = [[] for _ in entries]
        for row, key in zip(keyed.row.tolist(), self._hash.of_numbers(keyed.key).tolist(), strict=True):
            keys[row].append(key)
        ready = zip(entries, features, keys, strict=True)
        return [replace(entry, features=packed, keys=its_keys) for entry, packed, its_keys in ready]

    def score(self, searched: Sequence[Met | Compared], found: Sequence[Met | Compared]) -> list[Pair]:
        if not searched or not found:
            return []
        left, right = _table(searched), _table(found)
        left_at = np.repeat(np.arange(len(searched)), len(found))
        right_at = np.tile(np.arange(len(found)), len(searched))
        weighed = self.weigh(left, right, left_at, right_at)
        worth = np.flatnonzero(weighed.bits >= self.propose_bits)
        return [self._pair(searched[left_at[at]], found[right_at[at]], weighed, int(at)) for at in worth]

    def link(self, searched: Sequence[Compared], found: Sequence[Compared], most: int) -> Linked:
        if not searched or not found:
            return Linked({}, 0, 0)
        # Some of the best may have been rejected by a person: the next best step in.
        links = batch.link(
            self._model,
            _table(searched),
            _table(found),
            most_candidates=most,
            most_met=most,  # as one by one, through the database
            at_most=self.best * 2,
            least_bits=self.propose_bits,
        )
        pairs: dict[int, list[Pair]] = {}
        for at in range(len(links)):
            one, other = searched[links.left[at]], found[links.right[at]]
            pairs.setdefault(one.row, []).append(self._of(one, other, float(links.bits[at]), links.evidence(at)))
        return Linked(pairs, links.candidates, links.capped)

    def crowds(self, many: int) -> tuple[Crowd, Crowd]:
        """Two empty crowds, of those searched for and of those who may be they; some ``many`` will be in both.

        A large crowd is worth loading the compiled loops for, which score to the same bits.
        """
        if many < _WORTH_LOOPS or not compiled.available():
            return Crowd(Plain(self._model, searched=True)), Crowd(Plain(self._model, searched=False))
        from hub.matching.native.crowding import laid_out

        return laid_out(self._model)

    def _pair(self, searched: Met | Compared, found: Met | Compared, weighed: scoring.Weighed, at: int) -> Pair:
        return self._of(searched, found, float(weighed.bits[at]), weighed.evidence(self._model, at))

    def _of(
        self, searched: Met | Compared, found: Met | Compared, bits: float, evidence: Sequence[FieldEvidence]
    ) -> Pair:
        return Pair(
            searched=searched.row,
            found=found.row,
            bits=bits,
            probability=self._model.probability(bits),
            prior_bits=self._model.prior_bits,
            evidence=tuple(evidence),
            model=self._model.version,
        )

    def name_keys(self, text: str) -> Collection[int]:
        return {self._hash.of_text("find name " + key) for key in matching.name_keys(text)}

    def diary_keys(self, number: str) -> Collection[int]:
        return {self._hash.of_text("find diary " + plain_number(number))}

    def name_likeness(self, text: str, names: Sequence[str]) -> float:
        return matching.name_likeness(text, list(names))


def plain_number(number: str) -> str:
    """A diary number as it is compared: ``0117/2026`` and ``117`` are the same."""
    return number.split("/")[0].strip().lstrip("0").lower()


def _table(entries: Sequence[Met | Compared]) -> Rows:
    return matching.rows([entry.features for entry in entries])
