"""64-bit hashes of texts and of combinations: the same in every process and on every machine."""

from functools import lru_cache
from hashlib import blake2b

import numpy as np
import numpy.typing as npt

Hashes = npt.NDArray[np.uint64]


def of_text(text: str) -> np.uint64:
    """Hash of a text; never 0."""
    return _of_text(text)


@lru_cache(maxsize=100_000)
def _of_text(text: str) -> np.uint64:
    return np.uint64(int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "little") or 1)


def mixed(one: Hashes | np.uint64, other: Hashes) -> Hashes:
    """Hash of two hashes in order, element by element (the finaliser of SplitMix64)."""
    # Arrays wrap round in silence, single numbers do not.
    x = np.atleast_1d(np.asarray(one, dtype=np.uint64)) * _GOLDEN + other
    x = (x ^ (x >> _30)) * _FIRST
    x = (x ^ (x >> _27)) * _SECOND
    hashed: Hashes = x ^ (x >> _31)
    return hashed


_GOLDEN, _FIRST, _SECOND = (np.uint64(n) for n in (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB))
_30, _27, _31 = np.uint64(30), np.uint64(27), np.uint64(31)
