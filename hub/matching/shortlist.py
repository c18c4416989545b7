"""Of very many right rows that a left row meets by its keys, those that are looked at: they share most of what is rare.

A key that ``n`` right rows hold is worth ``1 / sqrt(n)`` to each of them, as a whole number, so that sums do not depend
on their order; what two rows share is the sum over the keys that they have in common. The power was chosen on a set of
200,000 children a side that nothing is reported on: powers of the logarithm, from one to six, found as many or fewer.
"""

from typing import NamedTuple

import numpy as np

from hub.matching.columns import Ints

#: What a key is worth that one right row holds.
ONE = 1 << 20


class Met(NamedTuple):
    """Pairs by left row and right row, each once, and who else was met."""

    left: Ints
    right: Ints
    over_row: Ints
    """Left rows that met more than are looked at."""
    over: Ints
    """How many more."""


def worth(times: Ints) -> Ints:
    """What keys are worth that so many right rows hold."""
    whole: Ints = (ONE / np.sqrt(times)).astype(np.int64)
    return whole


def met(asked: Ints, times: Ints, right: Ints, most: int) -> Met:
    """Who is looked at. ``asked``, ``times``: left rows, rising, of keys and how many right rows hold each of them.

    ``right``: those right rows, one key after the other. ``most``: how many are looked at for a left row.
    """
    none = np.zeros(0, dtype=np.int64)
    wide = np.int64(right.max(initial=0) + 1)
    pairs = np.repeat(asked, times) * wide + right
    if not _crowded(asked, times, most):
        pairs.sort()  # np.unique of numpy 2.4 hashes, which is several times slower here
        pairs = pairs[np.flatnonzero(np.diff(pairs, prepend=-1))]
        return Met(pairs // wide, pairs % wide, none, none)
    order = np.argsort(pairs, kind="stable")
    pairs = pairs[order]
    begins = np.flatnonzero(np.diff(pairs, prepend=-1))
    shared = np.add.reduceat(np.repeat(worth(times), times)[order], begins)
    return _most_shared(*np.divmod(pairs[begins], wide), shared, most)


def _crowded(asked: Ints, times: Ints, most: int) -> bool:
    """Whether any left row may meet more than are looked at."""
    begins = np.flatnonzero(np.diff(asked, prepend=-1))
    return bool(len(begins)) and int(np.add.reduceat(times, begins).max()) > most


def _most_shared(left: Ints, right: Ints, shared: Ints, most: int) -> Met:
    order = np.lexsort((right, -shared, left))
    begins = np.flatnonzero(np.diff(left, prepend=-1))
    many = np.diff(begins, append=len(left))
    place = np.arange(len(left)) - np.repeat(begins, many)
    kept = np.sort(order[place < most])
    over = np.flatnonzero(many > most)
    return Met(left[kept], right[kept], left[begins[over]], many[over] - most)
