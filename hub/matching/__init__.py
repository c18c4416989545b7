"""The matching core: which records may be of one child, how likely, and why. Arithmetic only, no input or output.

One new record: ``keys(prepare(record))`` finds candidates in the index, ``best(model, ...)`` scores them all at once.
Many records: ``batch.link`` over two tables of packed features. Both are the same sums to the last bit.
"""

from hub.matching.blocking import Plan, keys, keys_of, plan
from hub.matching.features import Features, Side, StaleFeatures, prepare, rows, sides
from hub.matching.model import Model
from hub.matching.phonetics import name_keys, name_likeness
from hub.matching.scoring import Scored, best, best_searched, probability, score

__all__ = [
    "Features",
    "Model",
    "Plan",
    "Scored",
    "Side",
    "StaleFeatures",
    "best",
    "best_searched",
    "keys",
    "keys_of",
    "name_keys",
    "name_likeness",
    "plan",
    "prepare",
    "probability",
    "rows",
    "score",
    "sides",
]
