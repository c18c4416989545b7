"""What people's decisions teach: m from confirmed pairs, probabilities from all decided ones, and how well they fit.

Labels reach a model here and nowhere else. Pairs that people rejected were picked by the model, so they are no sample
of anything: they count in ``calibrated`` and ``reliability``, never in u.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from contracts.errors import Refused
from hub.matching.columns import Pairs, Rows, Tables
from hub.matching.model import Model
from hub.matching.scoring import reach
from hub.matching.shares import STRENGTH, fitted, shares_of, with_shares


def confirmed(model: Model, left: Rows, right: Rows, *, version: str) -> Model:
    """A model whose m has learned from pairs that people confirmed: left and right rows side by side.

    The m it had counts as three hundred such pairs; u and the prior stay.
    """
    every = np.arange(len(left))
    reached = reach(model, Pairs(Tables(left, right), every, every))
    m, u = [], shares_of(model, "u")
    for one, field, of_u in zip(reached, model.fields, u, strict=True):
        seen = np.bincount(one.level, minlength=len(field.levels) + 1)[1:]
        before = np.array([level.m for level in field.levels])
        m.append(fitted((seen + STRENGTH * before) / (seen.sum() + STRENGTH), of_u, field))
    return with_shares(model, m, u, version, one_in=model.data.prior.one_in)


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
