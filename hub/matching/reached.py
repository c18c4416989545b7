"""What a comparison came to: a level for each pair, and how rare the agreeing words were."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Levels = npt.NDArray[np.uint8]
Truths = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Reached:
    level: Levels
    """(pairs,); 0 where the field could not be compared."""
    rarity: npt.NDArray[np.int64] | None = None
    """(pairs,); sum of the rarity classes of the agreeing words above the model's reference; only for names."""


def first_that_holds(known: Truths, tests: Sequence[Truths]) -> Levels:
    """Level n (from 1) where the n-th test is the first to hold; 0 where unknown or where none holds."""
    level = np.zeros(len(known), dtype=np.uint8)
    for number in range(len(tests), 0, -1):
        level[tests[number - 1]] = number
    level[~known] = 0
    return level
