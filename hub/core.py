"""The matching core as the flow uses it: features and hashed keys of a record, and the score of two index entries."""

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from contracts import ChildRecord
from hub import matching
from hub.index.matches import Pair
from hub.index.payload import KeyHash
from hub.index.records import Compared


class Core(Protocol):
    """What the flow asks of the matching core."""

    def prepare(self, record: ChildRecord) -> tuple[bytes, frozenset[int]]:
        """What is compared of a record, packed, and its blocking keys, hashed."""

    def score(self, searched: Compared, found: Compared) -> Pair | None:
        """The pair with its evidence if it is worth proposing, else None."""


class ModelCore:
    """The core of ``hub.matching`` with one model."""

    def __init__(self, secret: bytes, model: Path | None = None, propose_at: float | None = None) -> None:
        self._model = matching.Model.load(model)
        self._propose_at = propose_at if propose_at is not None else self._model.propose_at
        self.key_hash: Callable[[str], int] = KeyHash(secret)
        # Comparing one child with many unpacks the same features again and again.
        self._features = lru_cache(maxsize=20_000)(matching.Features.unpack)

    @property
    def model(self) -> str:
        """The version of the model that every match names."""
        return self._model.version

    def prepare(self, record: ChildRecord) -> tuple[bytes, frozenset[int]]:
        features = matching.prepare(record)
        return features.pack(), frozenset(self.key_hash(key) for key in matching.keys(features))

    def score(self, searched: Compared, found: Compared) -> Pair | None:
        scored = matching.score(self._model, self._features(searched.features), self._features(found.features))
        if scored.probability < self._propose_at:
            return None
        return Pair(
            searched=searched.row,
            found=found.row,
            bits=scored.bits,
            probability=scored.probability,
            prior_bits=scored.prior_bits,
            evidence=tuple(scored.evidence),
            model=self.model,
        )
