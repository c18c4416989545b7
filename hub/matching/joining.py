"""Which rows of two tables share a blocking key: made and joined in parts, side by side, so that no part is large.

Keys of the right rows that no left row has are dropped at once: of a large table they are most.
"""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np

from hub.matching.blocking import Keyed, keyed
from hub.matching.columns import Ints, Rows, Truths
from hub.matching.hashes import Hashes

_THREADS = min(os.cpu_count() or 1, 8)
#: Rows whose keys are made at a time.
_ROWS = 20_000
#: Flags of keys that a left row has, for each of its keys: few others fall on them by chance.
_FLAGS = 8


class Shared(NamedTuple):
    """The keys of left rows that right rows have too: by left row, rarest first, equally rare ones by their code."""

    asked: Ints
    start: Ints
    """Where the key's right rows start in ``held``."""
    times: Ints
    """How many they are."""
    held: Ints
    """Right rows by key."""


def shared(left: Rows, right: Rows) -> Shared:
    """All keys that rows of both sides have."""
    mine = _in_parts(left, lambda told: told)
    met = _flags([one.key for one in mine])
    some = _in_parts(right, lambda told: _only(told, met))
    key, held = _sorted(np.concatenate([one.key for one in some]), np.concatenate([one.row for one in some]))
    del some
    begins = np.flatnonzero(np.r_[True, key[1:] != key[:-1]][: len(key)])
    distinct, many = key[begins], np.diff(begins, append=len(key))
    del key
    with ThreadPoolExecutor(_THREADS) as threads:
        found = list(threads.map(lambda told: _asked(told, distinct, begins, many), mine))
    asked, start, times = (np.concatenate(part) for part in zip(*found, strict=True))
    return Shared(asked, start, times, held)


def _in_parts(table: Rows, kept: Callable[[Keyed], Keyed]) -> list[Keyed]:
    def made(start: int) -> Keyed:
        told = kept(keyed(table[start : start + _ROWS]))
        return Keyed((told.row + start).astype(np.int32), told.key)

    with ThreadPoolExecutor(_THREADS) as threads:
        return list(threads.map(made, range(0, max(len(table), 1), _ROWS)))


def _flags(parts: list[Hashes]) -> Truths:
    flags = np.zeros(1 << max(12, (_FLAGS * sum(map(len, parts))).bit_length()), dtype=bool)
    for key in parts:
        flags[_place(key, flags)] = True
    return flags


def _place(key: Hashes, flags: Truths) -> Hashes:
    place: Hashes = key & np.uint64(len(flags) - 1)
    return place


def _only(told: Keyed, met: Truths) -> Keyed:
    there = met[_place(told.key, met)]
    return Keyed(told.row[there], told.key[there])


def _sorted(key: Hashes, row: Ints) -> tuple[Hashes, Ints]:
    order = np.argsort(key, kind="stable")
    return key[order], row[order]


def _asked(mine: Keyed, distinct: Hashes, begins: Ints, many: Ints) -> tuple[Ints, Ints, Ints]:
    """(rows, where their keys' right rows start, how many) of one part of the left rows."""
    if not len(distinct):
        return begins, begins, begins
    order = np.argsort(mine.key)  # searching for rising keys stays in the cache
    at = np.empty(len(order), dtype=np.int64)
    at[order] = np.searchsorted(distinct, mine.key[order])
    some = np.flatnonzero(distinct.take(at, mode="clip") == mine.key)
    asked, start, times = mine.row[some].astype(np.int64), begins[at[some]], many[at[some]]
    by = np.lexsort((times, asked))  # stable: equally rare keys of a row stay in the order of their codes
    return asked[by], start[by], times[by]
