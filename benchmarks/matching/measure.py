"""What a contender's links are worth: recall at ten, F1 at a threshold fixed beforehand, reliability."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from hub.matching import Model
from hub.matching.learning import Bin, calibrated, reliability

#: Probability one half, fixed before any set was scored.
THRESHOLD_BITS = 0.0


@dataclass(frozen=True)
class Share:
    """A share, and what it comes to when the missing children are resampled."""

    value: float
    resampled: Any


def interval(shares: Sequence[Share]) -> tuple[float, float, float]:
    """The mean of a share over several sets, with its 95 % interval over resampled children."""
    mean = np.mean([one.value for one in shares])
    drawn = np.mean([one.resampled for one in shares], axis=0)
    return float(mean), float(np.quantile(drawn, 0.025)), float(np.quantile(drawn, 0.975))


class Quality(NamedTuple):
    recall_at_10: Share
    recall_at_1: Share
    f1: Share
    precision: float
    bins: list[Bin]
    calibrated: list[Bin]
    """Second half of the missing, after calibration on the first half as if people had decided those."""


def quality(result: dict[str, Any], pair: Any, of: int | None = None) -> Quality:
    """Recall over missing children with a true pair; F1 of each child's first link at ``THRESHOLD_BITS``.

    ``of``: look at the first so many missing children only.
    """
    left, right, bits, rank = (result[key] for key in ("left", "right", "bits", "rank"))
    true = right == pair[left]
    in_ten, first, said, right_said = (np.zeros(len(pair), dtype=bool) for _ in range(4))
    in_ten[left[true & (rank <= 10)]] = True
    first[left[true & (rank == 1)]] = True
    sure = (rank == 1) & (bits >= THRESHOLD_BITS)
    said[left[sure]] = True
    right_said[left[sure & true]] = True
    pair = pair[:of]
    in_ten, first, said, right_said = in_ten[:of], first[:of], said[:of], right_said[:of]
    has = pair >= 0
    dice = np.random.default_rng(0)
    draws = [np.arange(len(pair)), *(dice.integers(0, len(pair), len(pair)) for _ in range(400))]
    half = left < len(pair) // 2
    model = calibrated(Model.load(), bits[half].tolist(), true[half].tolist(), version="1.0-calibrated")
    fitted = reliability([model.probability(one) for one in bits[~half].tolist()], true[~half].tolist())
    bins = reliability((1 / (1 + np.exp2(-np.clip(bits, -60, 60)))).tolist(), true.tolist())
    return Quality(
        _share([in_ten[at][has[at]].mean() for at in draws]),
        _share([first[at][has[at]].mean() for at in draws]),
        _share([2 * right_said[at].sum() / max(said[at].sum() + has[at].sum(), 1) for at in draws]),
        float(right_said.sum() / max(said.sum(), 1)),
        bins,
        fitted,
    )


def _share(values: list[Any]) -> Share:
    return Share(float(values[0]), np.array(values[1:]))
