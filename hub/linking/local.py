"""The engine on one machine: two tables in memory, pairs by the hundred thousand."""

from collections.abc import Iterator

import numpy as np

from hub.linking.pairs import Block, Found, Limits
from hub.linking.table import Progress
from hub.matching import Model, batch
from hub.matching.columns import Rows, Tables


def link(
    model: Model, left: Rows, right: Rows, limits: Limits, progress: Progress, tables: Tables | None = None
) -> Found:
    """The best pairs of each left row. Memory holds features and keys of both tables and one chunk of pairs.

    ``tables``: the two, where a model was learned from them before.
    """
    links = batch.link(
        model,
        left,
        right,
        most_candidates=limits.most_candidates,
        most_met=limits.most_met,
        at_most=limits.best,
        least_bits=limits.least_bits,
        exhaustive=limits.everything,
        progress=progress,
        tables=tables,
    )
    counts = (links.capped, links.keys_left_out, links.pairs_left_out)
    return Found(_blocks(links), len(links), links.candidates, *counts)


def _blocks(links: batch.Links) -> Iterator[Block]:
    for start, weighed in links.weighed():
        at = slice(start, start + len(weighed.bits))
        levels, shares = np.stack(weighed.levels, axis=1), np.stack(weighed.shares, axis=1)
        yield Block(links.left[at], links.right[at], links.bits[at], links.rank[at], levels, shares)
