"""Addresses as told: words and numbers in common, whatever their order and script; streets, villages, localities.

Codes and distances say where a home lies (``places``); this says what is written there. Districts stand in many
addresses too, so that a pair is weighed by whether the codes of home name one district already.
"""

import numpy as np

from hub.matching.columns import Ints, Pairs, Words
from hub.matching.reached import Reached, any_of, first_that_holds, where_told

#: How many levels there are for each circumstance.
LEVELS = 5
_WORD, _NUMBER = 2, 1


def address(pairs: Pairs) -> Reached:
    """Levels by points, two for a word and one for a number in common: six; four; two; one; none.

    The same five again where both homes lie in one district.
    """
    words = pairs.tables.address_words()
    told = pairs.tables.once("address told", lambda: (any_of(words[0] > 0), any_of(words[1] > 0)))
    return where_told(pairs, told, _told)


def _told(pairs: Pairs) -> Reached:
    points = _points(pairs, *pairs.gathered(pairs.tables.address_words()))
    every = np.ones(len(pairs), dtype=bool)
    level = first_that_holds(every, [points >= 6, points >= 4, points >= 2, points >= 1, every])
    left, right = pairs.column("home", "district")
    level += np.where((left == right) & (left > 0), np.uint8(LEVELS), np.uint8(0))
    return Reached(level)


def _points(pairs: Pairs, left: Words, right: Words) -> Ints:
    worth = pairs.tables.once("worth of address words", lambda: worth_of(pairs.tables.address_vocabulary))
    points = np.zeros(len(left), dtype=np.int64)
    for i in range(left.shape[1]):
        mine = left[:, i]
        if mine.any():  # words of a row stand in front, each once
            points += np.where((mine[:, None] == right).any(axis=1), worth.take(mine), 0)
    return points


def worth_of(vocabulary: list[str]) -> Ints:
    """Points of each word by its number; no word (number 0) is worth nothing."""
    numbers = np.array([word.isdigit() for word in vocabulary])
    worth = np.where(numbers, _NUMBER, _WORD)
    worth[0] = 0
    return worth
