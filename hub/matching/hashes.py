"""64-bit hashes of texts and of combinations: the same in every process and on every machine."""

from hashlib import blake2b

import numpy as np
import numpy.typing as npt

Hashes = npt.NDArray[np.uint64]


def of_text(text: str) -> np.uint64:
    """Hash of a text; never 0."""
    return np.uint64(int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "little") or 1)


def mixed(one: Hashes | np.uint64, other: Hashes) -> Hashes:
    """Hash of two hashes in order, element by element (the finaliser of SplitMix64)."""
    with np.errstate(over="ignore"):
        x = np.asarray(one, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15) + other
        x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        hashed: Hashes = x ^ (x >> np.uint64(31))
    return hashed
