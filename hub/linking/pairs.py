"""Pairs that an engine found, some thousand at a time, as arrays: what both engines hand to the writer."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from hub.matching.batch import MET
from hub.matching.columns import Ints
from hub.matching.scoring import Bits


class Block(NamedTuple):
    """Pairs by left row and rank, all arrays equally long."""

    left: Ints
    right: Ints
    bits: Bits
    rank: Ints
    levels: npt.NDArray[np.uint8]
    """(pairs, fields): level that each field of the model reached; 0 where it could not be compared."""
    shares: Bits
    """(pairs, fields): bits of each field; with the prior they add up to ``bits``."""


@dataclass(frozen=True)
class Found:
    """What an engine found. ``blocks`` is read once."""

    blocks: Iterator[Block]
    kept: int
    scored: int
    capped: int
    keys_left_out: int
    pairs_left_out: int


@dataclass(frozen=True)
class Limits:
    """Which pairs to look at and to keep."""

    most_candidates: int
    best: int
    least_bits: float
    everything: bool

    @property
    def most_met(self) -> int:
        """Pairs, with repeats, that the keys which are followed for a left row may bring."""
        return MET * self.most_candidates
