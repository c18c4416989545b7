"""m and u from unlabelled pairs by EM (Fellegi and Sunter; classification EM after Celeux and Govaert 1992).

u is counted over pairs drawn at random. m is learned from the candidates of a sample of left rows: the blocking keys
are of so many kinds that they keep nearly all true pairs, which among random ones would be too few to learn from.
Fields that are ``open`` keep what they have.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from contracts.errors import Refused
from hub.matching.batch import candidates, shared_once, side_by_side
from hub.matching.columns import Ints, Pairs, Rows, Tables
from hub.matching.frequency import count_words, met_by_chance
from hub.matching.model import Model
from hub.matching.scoring import Bits, Weighed, reach, weigh
from hub.matching.shares import fitted, shares_of, whole_of, with_shares

#: Pairs below this posterior (in bits) are taken as surely different while m is learned.
_HOPELESS = -14.0
_CHUNK = 100_000
#: Pairs drawn at random: one of so many there are, within these limits; more say nothing new of small tables.
_RANDOM_OF, _RANDOM_LEAST, RANDOM_MOST = 60, 400_000, 1_600_000
_MOST_CANDIDATES = 2_000
#: Posterior from which a pair teaches m.
_CERTAIN = 0.9
#: The m begun with counts as so many pairs: it keeps a level that few pairs reach, and yields to what is seen.
_STRENGTH = 30.0


@dataclass(frozen=True)
class Learned:
    """What EM came to."""

    model: Model
    pairs: int
    """How many candidate pairs were looked at."""
    matches: float
    """How many of them EM is all but certain of, by their posteriors."""
    rounds: int


@dataclass
class _Seen:
    """Levels of the pairs that may be true."""

    left: Ints
    """Left row of each pair."""
    levels: list[npt.NDArray[np.uint8]]
    """One (pairs,) array for each field."""
    beyond: Bits
    """Bits of rarity, which EM leaves as they are."""
    pairs: int
    """How many were looked at."""


def learn(
    model: Model,
    left: Rows,
    right: Rows,
    *,
    version: str,
    found: float = 0.3,
    most_left: int = 5_000,
    rounds: int = 25,
    seed: int = 0,
    tables: Tables | None = None,
) -> Learned:
    """A model with m and u learned from unlabelled rows by EM; its levels, order and limits stay.

    ``found`` is the share of left rows that are thought to have their true pair on the right. It sets the prior and is
    not learned: left free, EM raises it until pairs that are merely alike pass for true ones. ``most_left`` bounds the
    sample of left rows whose candidates are looked at. ``tables``: the two, where they will be linked afterwards.
    """
    if not len(left) or not len(right):
        raise Refused("nothing_to_learn_from", "Give rows on both sides; a model is learned from pairs of them.")
    dice = np.random.default_rng(seed)
    model = model.with_reference(met_by_chance(count_words([left, right])))
    tables = tables or Tables(left, right, RANDOM_MOST)
    u = _counted_at_random(model, tables, dice)
    seen = _look(model, tables, np.sort(dice.permutation(len(left))[:most_left]))
    m = [fitted(a, b, field) for a, b, field in zip(shares_of(model, "m"), u, model.fields, strict=True)]
    prior, done, moved = float(np.log2(found / len(right))), 0, 1.0
    while done < rounds and moved >= 1e-4:
        done += 1
        sure = _sure(_posterior(seen, m, u, prior))
        new_m = _maximised(seen, sure, u, model)
        moved = max(float(np.abs(a - b).max()) for a, b in zip(new_m, m, strict=True))
        m = new_m
    learned = with_shares(model, m, u, version, one_in=1 + 2.0**-prior)
    return Learned(learned, seen.pairs, float(sure.sum()), done)


def _counted_at_random(model: Model, tables: Tables, dice: np.random.Generator) -> list[npt.NDArray[np.float64]]:
    """u of each level: its share among random pairs, nearly all of which are of different children."""
    counts = [np.array([level.u for level in field.levels]) for field in model.fields]
    sizes = [len(counted) + 1 for counted in counts]

    def counted(drawn: tuple[Ints, Ints]) -> list[Ints]:
        levels = reach(model, Pairs(tables, *drawn))
        return [np.bincount(one.level, minlength=size)[1:] for one, size in zip(levels, sizes, strict=True)]

    for found in side_by_side(counted, _random_pairs(tables, dice)):
        for count, more in zip(counts, found, strict=True):
            count += more
    had = shares_of(model, "u")
    return [
        before if field.open else whole_of(count, field)
        for count, before, field in zip(counts, had, model.fields, strict=True)
    ]


def _random_pairs(tables: Tables, dice: np.random.Generator) -> Iterator[tuple[Ints, Ints]]:
    for _ in range(_drawn(tables) // _CHUNK):
        yield dice.integers(0, len(tables.left), _CHUNK), dice.integers(0, len(tables.right), _CHUNK)


def _drawn(tables: Tables) -> int:
    return min(max(len(tables.left) * len(tables.right) // _RANDOM_OF, _RANDOM_LEAST), RANDOM_MOST)


def _look(model: Model, tables: Tables, sample: Ints) -> _Seen:
    """The candidates of these left rows."""

    def looked_at(chunk: tuple[Ints, Ints]) -> tuple[list[npt.NDArray[np.uint8]], Bits, Ints, int]:
        lefts, rights = chunk
        weighed = weigh(model, reach(model, Pairs(tables, sample[lefts], rights)))
        at = np.flatnonzero(weighed.bits > _HOPELESS)
        return [levels[at] for levels in weighed.levels], _beyond(model, weighed, at), lefts[at], len(lefts)

    joined = shared_once(tables) if len(sample) == len(tables.left) else None
    cap = _MOST_CANDIDATES, _MOST_CANDIDATES
    kept = list(side_by_side(looked_at, candidates(tables.left[sample], tables.right, *cap, joined).chunks()))
    if not kept:
        raise Refused("nothing_to_learn_from", "No two rows share a blocking key; give more rows.")
    reached = [np.concatenate([one[0][field] for one in kept]) for field in range(len(model.fields))]
    beyond, rows_left = (np.concatenate([one[part] for one in kept]) for part in (1, 2))
    return _Seen(rows_left, reached, beyond, sum(one[3] for one in kept))


def _beyond(model: Model, weighed: Weighed, at: Ints) -> Bits:
    beyond = np.zeros(len(at))
    for share, levels, weights in zip(weighed.shares, weighed.levels, model.weights, strict=True):
        beyond += share[at] - weights[levels[at]]
    return beyond


def _sure(posterior: Bits) -> Bits:
    """Only pairs that are all but certain teach what true pairs are like (classification EM, Celeux and Govaert 1992).

    Counting every doubtful pair by its share drowned the true ones: there are thousands of doubtful pairs for each.
    """
    return np.where(posterior >= _CERTAIN, posterior, 0.0)


def _posterior(seen: _Seen, m: list[Any], u: list[Any], prior: float) -> Bits:
    """Posterior of each pair, given that a left row has one true pair at most: rivals share what there is.

    Without that, EM takes pairs that are alike in what depends on one another (state, home, language) for true ones.
    """
    bits = prior + seen.beyond
    for levels, of_m, of_u in zip(seen.levels, m, u, strict=True):
        bits += np.r_[0.0, np.log2(of_m / of_u)][levels]
    odds = np.exp2(np.clip(bits, -60, 60))
    rivals = np.bincount(seen.left, weights=odds, minlength=1)
    posterior: Bits = odds / (1 + rivals[seen.left])
    return posterior


def _maximised(seen: _Seen, sure: Bits, u: list[Any], model: Model) -> list[Any]:
    m = []
    for levels, of_u, field in zip(seen.levels, u, model.fields, strict=True):
        true = np.bincount(levels, weights=sure, minlength=len(field.levels) + 1)[1:]
        before = np.array([level.m for level in field.levels])
        m.append(fitted((true + _STRENGTH * before) / (true.sum() + _STRENGTH), of_u, field))
    return m
