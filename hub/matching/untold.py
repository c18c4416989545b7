"""What a record does not tell: the fields on which it can be compared with nobody."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from hub.matching.blocking import keyed
from hub.matching.columns import Pairs, Rows, Tables, Truths
from hub.matching.model import Model
from hub.matching.scoring import reach


def untold(model: Model, table: Rows) -> Truths:
    """(rows, fields of the model): where a row cannot be compared even with itself, it tells nothing of that field.

    A diary and a mark are told by few; what counts is what each of the record's own would need to be compared.
    """
    every = np.arange(len(table))
    return np.stack([one.level == 0 for one in reach(model, Pairs(Tables(table, table), every, every))], axis=1)


def unmet(table: Rows) -> Truths:
    """Rows without a single blocking key: they meet nobody, and are compared only where every pair is scored."""
    alone = np.ones(len(table), dtype=bool)
    alone[keyed(table).row] = False
    return alone


def counted(names: Sequence[str], untold: Truths) -> Counter[str]:
    """How many rows tell nothing of each field."""
    return Counter(dict(zip(names, untold.sum(axis=0).tolist(), strict=True)))
