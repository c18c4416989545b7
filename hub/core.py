"""The matching core as the flow uses it: a record made ready for the index, and the pairs worth proposing."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import numpy as np

from contracts import ChildRecord
from hub import matching
from hub.index.entry import Entry
from hub.index.matches import Pair
from hub.index.payload import KeyHash
from hub.index.records import Compared
from hub.matching import scoring
from hub.matching.columns import Rows


class Core(Protocol):
    """What the flow asks of the matching core."""

    best: int
    """How many proposals stand for one searched child at most."""

    def entry(self, record: ChildRecord) -> Entry:
        """The record with the keys it is found with."""

    def prepared(self, entry: Entry) -> Entry:
        """The entry with what is compared of it and its blocking keys."""

    def score(self, searched: Sequence[Compared], found: Sequence[Compared]) -> list[Pair]:
        """Of all pairs of these, those worth proposing, each with its evidence."""

    def name_keys(self, text: str) -> Collection[int]:
        """Hashed keys by which entries with such a name are found."""

    def diary_keys(self, number: str) -> Collection[int]:
        """Hashed keys by which entries with such a diary number are found."""

    def name_likeness(self, text: str, names: Sequence[str]) -> float:
        """How well the best of ``names`` fits, 0 to 1."""


class ModelCore:
    """The core of ``hub.matching`` with one model."""

    def __init__(self, secret: bytes, model: Path | None = None, propose_bits: float | None = None) -> None:
        self._model = matching.Model.load(model)
        self._propose_bits = propose_bits if propose_bits is not None else self._model.propose_bits
        self._hash = KeyHash(secret)
        self.best = self._model.best

    def entry(self, record: ChildRecord) -> Entry:
        found_by = {key for name in record.names for key in self.name_keys(name.text)}
        found_by |= {key for diary in record.diaries for key in self.diary_keys(diary.number)}
        return Entry(record, found_by)

    def prepared(self, entry: Entry) -> Entry:
        features = matching.prepare(entry.record)
        keys = [self._hash(key) for key in matching.keys(features)]
        return replace(entry, features=features.pack(), keys=keys)

    def score(self, searched: Sequence[Compared], found: Sequence[Compared]) -> list[Pair]:
        if not searched or not found:
            return []
        left, right = _table(searched), _table(found)
        left_at = np.repeat(np.arange(len(searched)), len(found))
        right_at = np.tile(np.arange(len(found)), len(searched))
        weighed = scoring.score_pairs(self._model, left, right, left_at, right_at)
        worth = np.flatnonzero(weighed.bits >= self._propose_bits)
        return [self._pair(searched[left_at[at]], found[right_at[at]], weighed, int(at)) for at in worth]

    def _pair(self, searched: Compared, found: Compared, weighed: scoring.Weighed, at: int) -> Pair:
        bits = float(weighed.bits[at])
        return Pair(
            searched=searched.row,
            found=found.row,
            bits=bits,
            probability=matching.probability(bits),
            prior_bits=self._model.prior_bits,
            evidence=tuple(weighed.evidence(self._model, at)),
            model=self._model.version,
        )

    def name_keys(self, text: str) -> Collection[int]:
        return {self._hash("find name " + key) for key in matching.name_keys(text)}

    def diary_keys(self, number: str) -> Collection[int]:
        return {self._hash("find diary " + plain_number(number))}

    def name_likeness(self, text: str, names: Sequence[str]) -> float:
        return matching.name_likeness(text, list(names))


def plain_number(number: str) -> str:
    """A diary number as it is compared: ``0117/2026`` and ``117`` are the same."""
    return number.split("/")[0].strip().lstrip("0").lower()


def _table(entries: Sequence[Compared]) -> Rows:
    return matching.rows([entry.features for entry in entries])
