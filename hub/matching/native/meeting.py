"""Whom a left row meets by its keys, each once; of very many those with whom it shares most of what is rare.

The same choice as ``hub.matching.shortlist`` makes of arrays.
"""

import numpy as np

from hub.matching.native.compiled import compiled
from hub.matching.native.packed import Ints, Whole
from hub.matching.shortlist import ONE

#: Columns of ``seen``: the left row that met this right row last, and what they share.
ROW, SHARED = 0, 1


@compiled
def met(
    row: int, entry: int, asked: Ints, start: Ints, times: Ints, held: Whole, seen: Whole, others: Whole
) -> tuple[int, int]:
    """(the first entry of the next left row, how many right rows stand in ``others``)."""
    many = 0
    while entry < len(asked) and asked[entry] == row:
        worth = int(ONE / np.sqrt(times[entry]))
        for posting in range(start[entry], start[entry] + times[entry]):
            other = held[posting]
            if seen[other, ROW] != row:
                seen[other, ROW], seen[other, SHARED] = row, 0
                others[many] = other
                many += 1
            seen[other, SHARED] += worth
        entry += 1
    return entry, many


@compiled
def leave(most: int, seen: Whole, others: Whole, many: int) -> None:
    """Put the ``most`` of them that share most to the front; of equal ones those of lower rows."""
    order = np.empty(many, dtype=np.int64)
    for place in range(many):
        order[place] = others[place] - (np.int64(seen[others[place], SHARED]) << 32)
    first = np.partition(order, most - 1)
    for place in range(most):
        others[place] = first[place] & 0xFFFFFFFF
