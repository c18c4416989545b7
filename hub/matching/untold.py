"""What a record does not tell: the fields on which it can be compared with nobody."""

import numpy as np

from hub.matching.blocking import keyed
from hub.matching.columns import Pairs, Rows, Tables, Truths
from hub.matching.model import Model
from hub.matching.scoring import reach


def untold(model: Model, table: Rows) -> Truths:
    """(rows, fields of the model): where a row cannot be compared even with itself, it tells nothing of that field.

    What a comparison needs beside the field itself (a height its day, apparel the day of the event) counts too.
    """
    every = np.arange(len(table))
    return np.stack([one.level == 0 for one in reach(model, Pairs(Tables(table, table), every, every))], axis=1)


def unmet(table: Rows) -> Truths:
    """Rows without a single blocking key: they meet nobody, and are compared only where every pair is scored."""
    alone = np.ones(len(table), dtype=bool)
    alone[keyed(table).row] = False
    return alone
