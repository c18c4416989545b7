"""Learning the model: rarity by counting, m and u from unlabelled pairs by EM, then m from people's decisions.

u is counted over pairs drawn at random. m is learned from the candidates of a sample of left rows: the blocking keys
are of so many kinds that they keep nearly all true pairs, which among random ones would be too few to learn from.
Labels come in by ``confirmed`` only. Pairs that people rejected were picked by the model, so they are no sample of
anything: they count in ``reliability``, never in u. Fields that are ``open`` keep what they have.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from contracts.errors import Refused
from hub.matching.batch import Links, candidates
from hub.matching.columns import Ints, Pairs, Rows, Tables
from hub.matching.model import FieldModel, Model
from hub.matching.names import sound
from hub.matching.scoring import Bits, Weighed, reach, weigh

#: Pairs below this posterior (in bits) are taken as surely different while m is learned.
_HOPELESS = -14.0
_CHUNK = 400_000
_RANDOM_CHUNKS = 4
_MOST_CANDIDATES = 2_000
#: The old m counts as so many pairs, so that a level that few pairs reach keeps its sense.
_STRENGTH = 300.0
_LEAST = 1e-7
#: Posterior from which a pair teaches m.
_CERTAIN = 0.9


def count_words(tables: Iterable[Rows]) -> Counter[str]:
    """How often each word of names occurs (by its sound, so that spellings of one name are counted together)."""
    counts: Counter[str] = Counter()
    for table in tables:
        for column in ("names", "father", "mother"):
            words, times = np.unique(np.ascontiguousarray(table[column]), return_counts=True)
            for word, often in zip(words.tolist(), times.tolist(), strict=True):
                if word:
                    counts[sound(word.decode())] += often
    return counts


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
) -> Learned:
    """A model with m and u learned from unlabelled rows by EM; its levels, order and limits stay.

    ``found`` is the share of left rows that are thought to have their true pair on the right. It sets the prior and is
    not learned: left free, EM raises it until pairs that are merely alike pass for true ones. ``most_left`` bounds the
    sample of left rows whose candidates are looked at.
    """
    if not len(left) or not len(right):
        raise Refused("nothing_to_learn_from", "Give rows on both sides; a model is learned from pairs of them.")
    dice = np.random.default_rng(seed)
    tables = Tables(left, right)
    u = _counted_at_random(model, tables, dice)
    seen = _look(model, left[np.sort(dice.permutation(len(left))[:most_left])], right)
    m = [_fitted(a, b, field) for a, b, field in zip(_shares(model, "m"), u, model.fields, strict=True)]
    prior, done, moved = float(np.log2(found / len(right))), 0, 1.0
    while done < rounds and moved >= 1e-4:
        done += 1
        sure = _sure(_posterior(seen, m, u, prior))
        new_m = _maximised(seen, sure, u, model)
        moved = max(float(np.abs(a - b).max()) for a, b in zip(new_m, m, strict=True))
        m = new_m
    learned = _with_shares(model, m, u, version, one_in=1 + 2.0**-prior)
    return Learned(learned, seen.pairs, float(sure.sum()), done)


def _counted_at_random(model: Model, tables: Tables, dice: np.random.Generator) -> list[npt.NDArray[np.float64]]:
    """u of each level: its share among random pairs, nearly all of which are of different children."""
    counts = [np.array([level.u for level in field.levels]) for field in model.fields]
    for _ in range(_RANDOM_CHUNKS):
        lefts, rights = (dice.integers(0, len(side), _CHUNK) for side in (tables.left, tables.right))
        for count, reached in zip(counts, reach(model, Pairs(tables, lefts, rights)), strict=True):
            count += np.bincount(reached.level, minlength=len(count) + 1)[1:]
    had = _shares(model, "u")
    return [
        before if field.open else _whole(count) for count, before, field in zip(counts, had, model.fields, strict=True)
    ]


def _look(model: Model, left: Rows, right: Rows) -> _Seen:
    tables = Tables(left, right)
    kept: list[tuple[list[npt.NDArray[np.uint8]], Bits, Ints]] = []
    looked = 0
    for lefts, rights in candidates(left, right, _MOST_CANDIDATES).chunks():
        weighed = weigh(model, reach(model, Pairs(tables, lefts, rights)))
        at = np.flatnonzero(weighed.bits > _HOPELESS)
        kept.append(([levels[at] for levels in weighed.levels], _beyond(model, weighed, at), lefts[at]))
        looked += len(lefts)
    if not kept:
        raise Refused("nothing_to_learn_from", "No two rows share a blocking key; give more rows.")
    reached = [np.concatenate([one[0][field] for one in kept]) for field in range(len(model.fields))]
    beyond, rows_left = (np.concatenate([one[part] for one in kept]) for part in (1, 2))
    return _Seen(rows_left, reached, beyond, looked)


def _beyond(model: Model, weighed: Weighed, at: Ints) -> Bits:
    beyond = np.zeros(len(at))
    for share, levels, weights in zip(weighed.shares, weighed.levels, model.weights, strict=True):
        beyond += share[at] - weights[levels[at]]
    return beyond


def _shares(model: Model, which: str) -> list[npt.NDArray[np.float64]]:
    return [np.array([getattr(level, which) for level in field.levels]) for field in model.fields]


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
        m.append(_fitted((true + _STRENGTH * before) / (true.sum() + _STRENGTH), of_u, field))
    return m


def _fitted(m: npt.NDArray[np.float64], u: npt.NDArray[np.float64], field: FieldModel) -> npt.NDArray[np.float64]:
    if field.open:
        return np.array([level.m for level in field.levels])
    return _ordered(_whole(m), u) if field.ordered else _whole(m)


def _whole(counts: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Shares that add up to one, none of which is nothing."""
    shares: npt.NDArray[np.float64] = np.maximum(counts / counts.sum(), _LEAST)
    whole: npt.NDArray[np.float64] = shares / shares.sum()
    return whole


def _ordered(m: npt.NDArray[np.float64], u: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """m such that m/u never rises from one level to the next: levels out of order share one ratio, the sum stays."""
    blocks: list[list[int]] = []
    for level in range(len(m)):
        blocks.append([level])
        while len(blocks) > 1 and _ratio(m, u, blocks[-1]) > _ratio(m, u, blocks[-2]):
            blocks[-2:] = [blocks[-2] + blocks[-1]]
    ordered = np.empty_like(m)
    for block in blocks:
        ordered[block] = _ratio(m, u, block) * u[block]
    return ordered


def _ratio(m: npt.NDArray[np.float64], u: npt.NDArray[np.float64], block: list[int]) -> float:
    return float(m[block].sum() / u[block].sum())


def _with_shares(model: Model, m: Sequence[Any], u: Sequence[Any], version: str, one_in: float) -> Model:
    fields = []
    for field, of_m, of_u in zip(model.fields, m, u, strict=True):
        levels = [
            level.model_copy(update={"m": float(a), "u": float(b)})
            for level, a, b in zip(field.levels, of_m, of_u, strict=True)
        ]
        fields.append({**field.model_dump(), "levels": [level.model_dump() for level in levels]})
    return model.with_data(field=fields, version=version, prior={"one_in": max(one_in, 1.5)})


def confirmed(model: Model, left: Rows, right: Rows, *, version: str) -> Model:
    """A model whose m has learned from pairs that people confirmed: left and right rows side by side.

    The m it had counts as three hundred such pairs; u and the prior stay.
    """
    every = np.arange(len(left))
    reached = reach(model, Pairs(Tables(left, right), every, every))
    m, u = [], _shares(model, "u")
    for one, field, of_u in zip(reached, model.fields, u, strict=True):
        seen = np.bincount(one.level, minlength=len(field.levels) + 1)[1:]
        before = np.array([level.m for level in field.levels])
        m.append(_fitted((seen + _STRENGTH * before) / (seen.sum() + _STRENGTH), of_u, field))
    return _with_shares(model, m, u, version, one_in=model.data.prior.one_in)


def calibrated(model: Model, bits: Sequence[float], truths: Sequence[bool], *, version: str) -> Model:
    """A model whose probabilities fit decided pairs: scores in bits, and whether each was confirmed.

    Fields of one record depend on one another, so that sums of bits say too much; ranks stay as they are (Platt 1999,
    with his smoothed targets). Raises ``Refused`` when only one of the two outcomes was decided.
    """
    said, true = np.asarray(bits, dtype=float), np.asarray(truths, dtype=bool)
    yes, no = int(true.sum()), int((~true).sum())
    if not yes or not no:
        raise Refused(
            "nothing_to_learn_from", "Give both confirmed and rejected pairs; probabilities fit neither alone."
        )
    target = np.where(true, (yes + 1) / (yes + 2), 1 / (no + 2))
    fit = np.array([1.0, 0.0])
    design = np.stack([said, np.ones_like(said)])
    for _ in range(100):
        sure = 1 / (1 + np.exp2(-np.clip(fit @ design, -60, 60)))
        weight = np.maximum(sure * (1 - sure), 1e-6) * np.log(2)
        step = np.clip(np.linalg.solve((design * weight) @ design.T, design @ (target - sure)), [-0.2, -2], [0.2, 2])
        fit = np.clip(fit + step, [0.05, -60], [5, 60])
        if np.abs(step).max() < 1e-9:
            break
    slope, shift = fit.tolist()
    return model.with_data(calibration={"slope": slope, "shift": shift}, version=version)


class Change(NamedTuple):
    """A pair that another model would propose, or no longer propose: rows, and bits by the old and by the new."""

    left: int
    right: int
    old: float | None
    new: float | None


@dataclass(frozen=True)
class Shadow:
    """What a new model would change before it goes live."""

    added: list[Change]
    dropped: list[Change]
    kept: int


def shadow(old: Links, new: Links) -> Shadow:
    """Compare what two models propose for the same tables (``batch.link`` with each)."""
    before, after = (_by_pair(links) for links in (old, new))
    added = [Change(*pair, None, bits) for pair, bits in after.items() if pair not in before]
    dropped = [Change(*pair, bits, None) for pair, bits in before.items() if pair not in after]
    return Shadow(added, dropped, len(before.keys() & after.keys()))


def _by_pair(links: Links) -> dict[tuple[int, int], float]:
    return dict(zip(zip(links.left.tolist(), links.right.tolist(), strict=True), links.bits.tolist(), strict=True))


class Bin(NamedTuple):
    """Pairs whose probability lies from ``low`` to ``high``: what was said of them and what came out."""

    low: float
    high: float
    pairs: int
    said: float
    """Mean probability."""
    true: float
    """Share of true pairs."""


_EDGES = (0.0, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 1.0)


def reliability(probabilities: Sequence[float], truths: Sequence[bool], edges: Sequence[float] = _EDGES) -> list[Bin]:
    """A reliability table of decided pairs; bins without pairs are left out."""
    said, true = np.asarray(probabilities, dtype=float), np.asarray(truths, dtype=float)
    which = np.clip(np.searchsorted(edges, said, "right") - 1, 0, len(edges) - 2)
    found = []
    for number in range(len(edges) - 1):
        at = np.flatnonzero(which == number)
        if len(at):
            mean, share = float(said[at].mean()), float(true[at].mean())
            found.append(Bin(edges[number], edges[number + 1], len(at), mean, share))
    return found
