"""One row against all of a crowd, on either side of the pairs: its best, to the last bit as ``weighing`` scores them.

As in ``ranking`` a bound is worked out first, of what costs little. What the one row has in common with each place and
each set of languages is looked up, since they are far fewer than the rows.
"""

import numpy as np
import numpy.typing as npt

from hub.matching.native import fields
from hub.matching.native import packed as at
from hub.matching.native.compiled import compiled, loop
from hub.matching.native.packed import Ints, Whole
from hub.matching.native.ranking import SLACK, STEP, STEPS, ahead, closer, most_of_parts, put, told_most
from hub.matching.native.weighing import (
    AGE,
    BLOOD,
    DISABILITY,
    HOME,
    LANGUAGES,
    PLACE,
    TIME,
    Bits,
    Levels,
    weighed,
)  # fmt: skip
from hub.matching.native.words import Spelt


@loop
def in_common(
    one: Whole, places: Ints, tongues: Whole, met_places: int, met_tongues: int
) -> tuple[Levels, Levels, Levels]:
    """What ``fields.near`` says of the row's event and of its home with each place, and of its languages with each."""
    event, home = np.zeros(met_places, dtype=np.uint8), np.zeros(met_places, dtype=np.uint8)
    for place in range(met_places):
        event[place] = fields.near(places, one[0, at.EVENT], place)
        home[place] = fields.near(places, one[0, at.HOME], place)
    spoken = np.zeros(met_tongues, dtype=np.uint8)
    for tongue in range(met_tongues):
        spoken[tongue] = fields.in_languages(tongues, one[0, at.TONGUES], tongue)
    return event, home, spoken


@compiled
def _bound(
    one: Whole, crowd: Whole, k: int, searched: bool, event: Levels, home: Levels, spoken: Levels, bits: Bits,
    looks: Bits, names: Bits, parts: Bits,
) -> float:  # fmt: skip
    """As ``ranking._bound``. None of what is compared here but time minds which of the two is searched for."""
    bound = told_most(crowd[k, at.LOOKS], one[0, at.TOLD], crowd[k, at.TOLD], bits, looks, names, parts)
    mine, other = one[0, at.DAY], crowd[k, at.DAY]
    bound += bits[TIME, fields.time(mine, other) if searched else fields.time(other, mine)]
    near_event, near_home = event[crowd[k, at.EVENT]], home[crowd[k, at.HOME]]
    bound += bits[PLACE, near_event & 15] + bits[HOME, fields.home(near_home, near_event)]
    bound += bits[LANGUAGES, fields.languages(spoken[crowd[k, at.TONGUES]], near_event, near_home)]
    bound += bits[AGE, fields.age(one, 0, crowd, k)] + bits[BLOOD, fields.same(one[0, at.BLOOD], crowd[k, at.BLOOD])]
    return bound + bits[DISABILITY, fields.in_common(one[0, at.DISABILITIES], crowd[k, at.DISABILITIES])]


@loop
def best(
    one: Whole, crowd: Whole, start: int, end: int, searched: bool, words: Spelt, steps: Ints, places: Ints,
    tongues: Whole, marks: Whole, diaries: Ints, addresses: Whole, event: Levels, home: Levels, spoken: Levels,
    bits: Bits, rarer: npt.NDArray[np.bool_], known: Bits, at_most: int, least: float,
) -> tuple[Whole, Bits]:  # fmt: skip
    """(rows of the crowd from ``start`` to ``end`` that go best with one, their bits), best first, ties by row.

    ``searched``: whether the one row is searched for. ``event``, ``home``, ``spoken``: as of ``in_common``.
    """
    left, right = (one, crowd) if searched else (crowd, one)
    level, share = np.zeros(len(bits), dtype=np.uint8), np.zeros(len(bits))
    looks, names, parts = np.zeros((5, at.CODES)), np.zeros((3, 3)), most_of_parts(bits)
    ahead(one, 0, steps, bits, rarer, known, looks, names)
    room = min(at_most, end - start) + 1
    kept_left, kept_right, kept_bits = np.zeros(room, dtype=np.int32), np.zeros(room, dtype=np.int32), np.zeros(room)
    others, bounds = np.zeros(end - start, dtype=np.int32), np.zeros(end - start)
    kept, many, top = 0, 0, -1e300
    for k in range(start, end):
        bound = known[0] + SLACK + _bound(one, crowd, k, searched, event, home, spoken, bits, looks, names, parts)
        if bound >= least:
            others[many], bounds[many] = k, bound
            top = max(top, bound)
            many += 1
    high = 1e300
    for step in range(1, STEPS + 1):
        low = top - STEP * step if step < STEPS else -1e300
        for candidate in range(many):
            bound = bounds[candidate]
            if bound < low or bound >= high:
                continue
            enough = least if kept < at_most else max(least, kept_bits[kept - 1])
            if bound < enough:
                continue
            k = others[candidate]
            i, j = (0, k) if searched else (k, 0)
            bound = closer(
                bound,
                enough,
                left,
                i,
                right,
                j,
                crowd[k, at.TOLD],
                words,
                steps,
                marks,
                bits,
                rarer,
                known,
                names,
                parts,
            )
            if bound < enough:
                continue
            score = weighed(
                left, i, right, j, words, steps, places, tongues, marks, diaries, addresses, bits, rarer, known,
                level, share,
            )  # fmt: skip
            if score >= enough:
                kept = put(score, 0, k, 0, kept, at_most, kept_left, kept_right, kept_bits)
        high = low
    return kept_right[:kept].copy(), kept_bits[:kept].copy()
