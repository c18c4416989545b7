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
    parts = [_untold(model, table[at : at + _AT_ONCE]) for at in range(0, len(table), _AT_ONCE)]
    return np.concatenate(parts) if parts else np.zeros((0, len(model.fields)), dtype=bool)


_AT_ONCE = 50_000


def _untold(model: Model, table: Rows) -> Truths:
    table, every = table.copy(), np.arange(len(table))
    for column in ("names", "nicks", "father", "mother"):
        table[column][:, 1:] = b""  # one word tells a name; with more, each would be graded against each
    return np.stack([one.level == 0 for one in reach(model, Pairs(Tables(table, table), every, every))], axis=1)


def unmet(table: Rows) -> Truths:
    """Rows without a single blocking key: they meet nobody, and are compared only where every pair is scored."""
    alone = np.ones(len(table), dtype=bool)
    alone[keyed(table).row] = False
    return alone
