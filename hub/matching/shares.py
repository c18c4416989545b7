"""Shares m and u of levels as arrays: made whole, kept in order, and put back into a model."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from hub.matching.model import FieldModel, Model

#: The old m counts as so many pairs, so that a level that few pairs reach keeps its sense.
STRENGTH = 300.0
_LEAST = 1e-7


def shares_of(model: Model, which: str) -> list[npt.NDArray[np.float64]]:
    """``m`` or ``u`` of each field's levels."""
    return [np.array([getattr(level, which) for level in field.levels]) for field in model.fields]


def fitted(m: npt.NDArray[np.float64], u: npt.NDArray[np.float64], field: FieldModel) -> npt.NDArray[np.float64]:
    """m made whole and, where the field's levels are ordered, put in order; what an open field has stays."""
    if field.open:
        return np.array([level.m for level in field.levels])
    shares = whole_of(m, field)
    if field.ordered:
        for some in field.groups:
            shares[some] = _ordered(shares[some], u[some])
    return shares


def whole_of(counts: npt.NDArray[np.float64], field: FieldModel) -> npt.NDArray[np.float64]:
    """Shares that add up to one within each circumstance of the field, none of which is nothing."""
    shares = np.empty(len(counts))
    for some in field.groups:
        shares[some] = whole(counts[some])
    return shares


def whole(counts: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Shares that add up to one, none of which is nothing."""
    shares: npt.NDArray[np.float64] = np.maximum(counts / counts.sum(), _LEAST)
    return np.asarray(shares / shares.sum())


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


def with_shares(model: Model, m: Sequence[Any], u: Sequence[Any], version: str, one_in: float) -> Model:
    """The model with these m and u, checked as if read from a file."""
    fields = []
    for field, of_m, of_u in zip(model.fields, m, u, strict=True):
        levels = [
            level.model_copy(update={"m": float(a), "u": float(b)})
            for level, a, b in zip(field.levels, of_m, of_u, strict=True)
        ]
        fields.append({**field.model_dump(), "levels": [level.model_dump() for level in levels]})
    return model.with_data(field=fields, version=version, prior={"one_in": max(one_in, 1.5)})
