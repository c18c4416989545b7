"""Scores: the prior and each field's bits added up in the order of the fields, for one pair or for millions."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from contracts import FieldEvidence
from hub.matching.columns import Ints, Pairs, Rows, Tables
from hub.matching.comparisons import COMPARISONS
from hub.matching.features import ROW, Features
from hub.matching.model import Model
from hub.matching.reached import Reached

Bits = npt.NDArray[np.float64]
UNKNOWN = "unknown"


@dataclass(frozen=True)
class Scored:
    """How likely two records are of one child: ``prior_bits`` and the evidence, summed in order, are ``bits``."""

    bits: float
    probability: float
    prior_bits: float
    evidence: list[FieldEvidence]
    """One for each field of the model in its order; level ``unknown`` with 0 bits where it could not be compared."""

    @property
    def not_compared(self) -> list[str]:
        """Fields that could not be compared."""
        return [one.field for one in self.evidence if one.level == UNKNOWN]


def probability(bits: float) -> float:
    """Probability of odds given in bits, taken at their word; see ``Model.probability`` for a calibrated one."""
    return 1.0 / (1.0 + 2.0**-bits) if bits > -1000 else 0.0


@dataclass(frozen=True)
class Weighed:
    """Scores of many pairs, and what they were made of: one (pairs,) array of bits and of levels for each field."""

    bits: Bits
    shares: list[Bits]
    levels: list[npt.NDArray[np.uint8]]

    def evidence(self, model: Model, at: int) -> list[FieldEvidence]:
        """What each field said of the pair at this place."""
        return [
            _evidence(model, number, int(levels[at]), float(shares[at]))
            for number, (levels, shares) in enumerate(zip(self.levels, self.shares, strict=True))
        ]


def _evidence(model: Model, number: int, level: int, bits: float) -> FieldEvidence:
    field = model.fields[number]
    name, words = (UNKNOWN, "could not be compared") if level == 0 else _said(model, number, level)
    return FieldEvidence(field=field.name, level=name, bits=bits, words=f"{field.words}: {words}")


def _said(model: Model, number: int, level: int) -> tuple[str, str]:
    reached = model.fields[number].levels[level - 1]
    return reached.name, reached.words


def reach(model: Model, pairs: Pairs) -> list[Reached]:
    """Level of every field of the model for every pair."""
    return [compare(pairs, model.setting) for compare in COMPARISONS.values()]


def weigh(model: Model, reached: Sequence[Reached]) -> Weighed:
    """Bits from levels. Summed field by field from the prior on, so that every way of running adds in one order."""
    total = np.full(len(reached[0].level), model.prior_bits)
    shares = [_share(model, number, one) for number, one in enumerate(reached)]
    for share in shares:
        total += share
    return Weighed(total, shares, [one.level for one in reached])


def _share(model: Model, number: int, reached: Reached) -> Bits:
    weights = model.weights[number]
    share: Bits = weights.take(reached.level)
    if reached.rarity is None:
        return share
    # Few pairs agree on a word: the others are not touched.
    at = np.flatnonzero(model.weighs_rarity[number][reached.level])
    level, rarity = reached.level[at], model.data.frequency
    worth = np.clip(reached.rarity[at] * rarity.bits_per_class, rarity.lowest, rarity.highest)
    # However common the words: the same is never less than the next level down, alike.
    floor = np.minimum(weights[np.minimum(level + 1, len(weights) - 1)], weights[level])
    share[at] = np.maximum(share[at] + worth, floor)
    return share


def score_pairs(model: Model, left: Rows, right: Rows, left_at: Ints, right_at: Ints) -> Weighed:
    """Score pairs of rows of two tables (searched-for rows left). One vocabulary is made of both tables."""
    return weigh(model, reach(model, Pairs(Tables(left, right), left_at, right_at)))


def score(model: Model, searched: Features, found: Features) -> Scored:
    """Score one pair, with its evidence: the arithmetic of a batch, on a batch of one."""
    return best(model, searched, [found], at_most=1)[0][1]


def best(
    model: Model, searched: Features, candidates: Sequence[Features], at_most: int | None = None
) -> list[tuple[int, Scored]]:
    """The best candidates (place in the sequence, score), best first; ties in the order given.

    Scores all of them at once: use this rather than ``score`` in a loop. ``at_most`` defaults to the model's ten.
    """
    if not candidates:
        return []
    right = _stacked(candidates)
    every = np.arange(len(right))
    return _best(model, score_pairs(model, searched.row, right, np.zeros_like(every), every), at_most)


def best_searched(
    model: Model, found: Features, searched: Sequence[Features], at_most: int | None = None
) -> list[tuple[int, Scored]]:
    """As ``best``, from the other side: which of those searched for the found child may be."""
    if not searched:
        return []
    left = _stacked(searched)
    every = np.arange(len(left))
    return _best(model, score_pairs(model, left, found.row, every, np.zeros_like(every)), at_most)


def _stacked(many: Sequence[Features]) -> Rows:
    return np.frombuffer(b"".join(one.pack() for one in many), dtype=ROW)


def _best(model: Model, weighed: Weighed, at_most: int | None) -> list[tuple[int, Scored]]:
    first = np.argsort(-weighed.bits, kind="stable")[: at_most or model.best]
    return [(int(at), scored(model, weighed, int(at))) for at in first]


def scored(model: Model, weighed: Weighed, at: int) -> Scored:
    """One pair of a batch with its evidence."""
    bits = float(weighed.bits[at])
    return Scored(bits, model.probability(bits), model.prior_bits, weighed.evidence(model, at))
