"""Fields that say the less, the more another has said: their levels are told apart by the circumstances.

Two children found in the district of their home agree on the place and on the home for one reason; two of one state
speak one language. Adding both up as if they were independent says far too much, so that home and languages have
levels, m and u for each circumstance, and a pair is weighed by those of its own (a conditional dependence as in
Fellegi and Sunter 1969, section 3, and Winkler 1993).
"""

import numpy as np

from hub.matching.columns import Pairs, Truths
from hub.matching.places import LEVELS, Centroids, place
from hub.matching.reached import Levels, Reached


def home(pairs: Pairs, centroids: Centroids) -> Reached:
    """Levels of ``places.place``: events in different states or one unknown; in one state; in one district."""
    state, district = _same(pairs, "event", "state"), _same(pairs, "event", "district")
    circumstance = np.where(district, np.uint8(2), state.astype(np.uint8))
    return _under(place("home", pairs, centroids), circumstance, LEVELS)


def languages(pairs: Pairs, spoken: Reached, levels: int) -> Reached:
    """Levels of languages: nothing told lies in one state; events or homes do."""
    state = _same(pairs, "event", "state") | _same(pairs, "home", "state")
    return _under(spoken, state.astype(np.uint8), levels)


def _under(reached: Reached, circumstance: Levels, levels: int) -> Reached:
    known = reached.level > 0
    return Reached(np.where(known, reached.level + circumstance * np.uint8(levels), np.uint8(0)).astype(np.uint8))


def _same(pairs: Pairs, which: str, part: str) -> Truths:
    left, right = pairs.column(which, part)
    same: Truths = (left == right) & (left > 0)
    return same
