"""Each left row's best right rows, and no more than were asked for.

Of every candidate a bound is worked out first, of what costs little: no field that is left can bring more than its best
level, and a name no more than its own words are rare. Candidates whose bound stays behind what is kept already are not
looked at any further; all others are scored as ``weighing`` does, so that what is kept is the same to the last bit.
"""

import numpy as np
import numpy.typing as npt

from hub.matching.native import fields
from hub.matching.native import packed as at
from hub.matching.native.compiled import compiled, loop
from hub.matching.native.meeting import leave, met
from hub.matching.native.packed import Ints, Whole
from hub.matching.native.weighing import (
    ADDRESS,
    AGE,
    APPAREL,
    BLOOD,
    BUILD,
    COMPLEXION,
    DIARY,
    DISABILITY,
    EYES,
    FACE,
    FATHER,
    GENDER,
    HAIR,
    HEIGHT,
    HOME,
    LANGUAGES,
    MARKS,
    MOTHER,
    NAME,
    PLACE,
    TIME,
    Bits,
    Levels,
    name,
    weighed,
    with_rarity,
)  # fmt: skip
from hub.matching.native.words import Spelt

#: What rounding in another order could come to at most: a bound must be missed by more than this.
SLACK = 1e-6
#: Candidates are gone through from the highest bounds down, in steps of so many bits: what is kept rises at once.
STEP, STEPS = 4.0, 4
_PARTS, _PET_NAME = 8, 7
_MARKS_TOLD = (1 << at.MARKED | 1 << at.TWICE_MARKED) >> at.NICKED


@compiled
def most_of_parts(bits: Bits) -> Bits:
    """The most that each combination of what is told by both can bring: ``packed.NICKED`` and what follows, as bits."""
    most = np.zeros(1 << _PARTS)
    for said in range(1 << _PARTS):
        for bit, field in (
            (at.TALL, HEIGHT),
            (at.HAIRED, HAIR),
            (at.CLAD, APPAREL),
            (at.ENTERED, DIARY),
            (at.ADDRESSED, ADDRESS),
        ):
            if said >> (bit - at.NICKED) & 1:
                most[said] += max(bits[field].max(), 0.0)
        if said >> (at.TWICE_MARKED - at.NICKED) & 1:
            most[said] += max(bits[MARKS].max(), 0.0)
        elif said >> (at.MARKED - at.NICKED) & 1:
            most[said] += max(bits[MARKS, 2:].max(), 0.0)
    return most


@loop
def near_all(places: Ints) -> Levels:
    """What ``fields.near`` says of every two places."""
    near = np.zeros((len(places), len(places)), dtype=np.uint8)
    for one in range(len(places)):
        for other in range(len(places)):
            near[one, other] = fields.near(places, one, other)
    return near


@compiled
def ahead(
    left: Whole, i: int, steps: Ints, bits: Bits, rarer: npt.NDArray[np.bool_], known: Bits, looks: Bits, names: Bits
) -> None:
    """Tables for one left row: bits by each code of the right row's looks; the most by how its names are told."""
    mine = left[i, at.LOOKS]
    for code in range(at.CODES):
        looks[0, code] = bits[GENDER, fields.gender(mine >> at.GENDER & 31, code)]
        looks[1, code] = bits[BUILD, fields.step(mine >> at.BUILD & 31, code)]
        looks[2, code] = bits[COMPLEXION, fields.step(mine >> at.COMPLEXION & 31, code)]
        looks[3, code] = bits[FACE, fields.same(mine >> at.FACE & 31, code)]
        looks[4, code] = bits[EYES, fields.same(mine >> at.EYES & 31, code)]
    for field in range(3):
        first = at.NAMES if field == NAME else (at.FATHER if field == FATHER else at.MOTHER)
        rarity = 0
        for word in range(6 if field == NAME else 4):
            rarity += max(steps[left[i, first + word]], 0)
        mine = left[i, at.TOLD] >> 2 * field & 3
        for theirs in range(3):
            most = -1e300 if mine and theirs else 0.0
            for level in range(4 if min(mine, theirs) == 1 else 1, bits.shape[1]):
                if mine and theirs:
                    share = bits[field, level]
                    most = max(most, with_rarity(bits, known, field, level, rarity) if rarer[field, level] else share)
            names[field, theirs] = most


@compiled
def told_most(theirs: int, mine_told: int, told: int, bits: Bits, looks: Bits, names: Bits, parts: Bits) -> float:
    """Bits of the other row's ``theirs`` looks, and the most that what either side told could bring."""
    most = looks[0, theirs & 31] + looks[1, theirs >> 5 & 31] + looks[2, theirs >> 10 & 31]
    most += looks[3, theirs >> 15 & 31] + looks[4, theirs >> 20 & 31]
    most += names[0, told & 3] + names[1, told >> 2 & 3] + names[2, told >> 4 & 3]
    most += parts[(mine_told & told) >> at.NICKED]
    if (mine_told | told) >> at.NICKED & 1:
        most += max(bits[NAME, _PET_NAME], 0.0)
    return most


@compiled
def closer(
    bound: float, enough: float, left: Whole, i: int, right: Whole, j: int, told: int, words: Spelt, steps: Ints,
    marks: Whole, bits: Bits, rarer: npt.NDArray[np.bool_], known: Bits, names: Bits, parts: Bits,
) -> float:  # fmt: skip
    """The bound with names and marks as they are, in place of the most they could be; it stops once below ``enough``.

    ``told``: what the candidate of the two rows told.
    """
    for field in range(MOTHER + 1):
        so_much = told >> 2 * field & 3
        if so_much and bound >= enough:
            _, said = name(left, i, right, j, words, steps, bits, rarer, known, field)
            bound += said - names[field, so_much]
    both = left[i, at.TOLD] & right[j, at.TOLD]
    if bound >= enough and both >> at.MARKED & 1:
        bound += bits[MARKS, fields.marks(marks, left, i, right, j)]
        bound -= parts[both >> at.NICKED & _MARKS_TOLD]
    return bound


@compiled
def _bound(
    left: Whole, i: int, right: Whole, j: int, places: Ints, near: Levels, tongues: Whole, bits: Bits, looks: Bits,
    names: Bits, parts: Bits,
) -> float:  # fmt: skip
    """Bits of what costs little, without the prior, and the most that the rest could bring."""
    bound = told_most(right[j, at.LOOKS], left[i, at.TOLD], right[j, at.TOLD], bits, looks, names, parts)
    bound += bits[AGE, fields.age(left, i, right, j)] + bits[TIME, fields.time(left[i, at.DAY], right[j, at.DAY])]
    if len(near):
        event, home = near[left[i, at.EVENT], right[j, at.EVENT]], near[left[i, at.HOME], right[j, at.HOME]]
    else:
        event = fields.near(places, left[i, at.EVENT], right[j, at.EVENT])
        home = fields.near(places, left[i, at.HOME], right[j, at.HOME])
    bound += bits[PLACE, event & 15] + bits[HOME, fields.home(home, event)]
    spoken = fields.in_languages(tongues, left[i, at.TONGUES], right[j, at.TONGUES])
    bound += bits[LANGUAGES, fields.languages(spoken, event, home)]
    bound += bits[BLOOD, fields.same(left[i, at.BLOOD], right[j, at.BLOOD])]
    return bound + bits[DISABILITY, fields.in_common(left[i, at.DISABILITIES], right[j, at.DISABILITIES])]


@loop
def best(
    left: Whole, right: Whole, asked: Ints, start: Ints, times: Ints, held: Whole, words: Spelt, steps: Ints,
    places: Ints, tongues: Whole, marks: Whole, diaries: Ints, addresses: Whole, near: Levels, bits: Bits,
    rarer: npt.NDArray[np.bool_], known: Bits, at_most: int, least: float, most: int, over: Whole, seen: Whole,
    kept_left: Whole, kept_right: Whole, kept_bits: Bits,
) -> tuple[int, int]:  # fmt: skip
    """(pairs kept, pairs looked at, each once). What is kept is by left row and best first, ties by right row.

    ``asked``, ``start``, ``times``, ``most``: as in ``batch.Candidates``. ``over``: for each left row, how many more it
    met. ``seen``: as of ``meeting``, -1 at first. ``near``: as of ``near_all``, or empty. ``kept_...``: room for
    ``at_most`` of each row.
    """
    level, share = np.zeros(len(bits), dtype=np.uint8), np.zeros(len(bits))
    looks, names, parts = np.zeros((5, at.CODES)), np.zeros((3, 3)), most_of_parts(bits)
    room = _most_postings(asked, times)
    others, bounds = np.zeros(room, dtype=np.int32), np.zeros(room)
    kept, looked, entry = 0, 0, 0
    while entry < len(asked):
        row, first, top = asked[entry], kept, -1e300
        ahead(left, row, steps, bits, rarer, known, looks, names)
        entry, many = met(row, entry, asked, start, times, held, seen, others)
        if many > most:
            leave(most, seen, others, many)
            over[row], many = many - most, most
        for candidate in range(many):
            bounds[candidate] = known[0] + SLACK + _bound(
                left, row, right, others[candidate], places, near, tongues, bits, looks, names, parts
            )  # fmt: skip
            top = max(top, bounds[candidate])
        looked += many
        high = 1e300
        for step in range(1, STEPS + 1):
            low = top - STEP * step if step < STEPS else -1e300
            for candidate in range(many):
                bound = bounds[candidate]
                if bound < low or bound >= high:
                    continue
                enough = least if kept - first < at_most else max(least, kept_bits[kept - 1])
                if bound < enough:
                    continue
                other = others[candidate]
                bound = closer(
                    bound, enough, left, row, right, other, right[other, at.TOLD], words, steps, marks, bits, rarer,
                    known, names, parts,
                )  # fmt: skip
                if bound < enough:
                    continue
                score = weighed(
                    left, row, right, other, words, steps, places, tongues, marks, diaries, addresses, bits, rarer,
                    known, level, share,
                )  # fmt: skip
                if score >= enough:
                    kept = put(score, row, other, first, kept, at_most, kept_left, kept_right, kept_bits)
            high = low
    return kept, looked


@compiled
def _most_postings(asked: Ints, times: Ints) -> int:
    most, here = 0, 0
    for entry in range(len(asked)):
        here = times[entry] + (here if entry and asked[entry] == asked[entry - 1] else 0)
        most = max(most, here)
    return most


@compiled
def put(
    score: float, row: int, other: int, first: int, kept: int, at_most: int, kept_left: Whole, kept_right: Whole,
    kept_bits: Bits,
) -> int:  # fmt: skip
    """Put a pair where it belongs among those of its left row; how many pairs are kept now."""
    if kept - first == at_most:
        if score == kept_bits[kept - 1] and other > kept_right[kept - 1]:
            return kept
        kept -= 1
    place = kept
    while place > first and (
        kept_bits[place - 1] < score or (kept_bits[place - 1] == score and kept_right[place - 1] > other)
    ):
        kept_bits[place], kept_right[place] = kept_bits[place - 1], kept_right[place - 1]
        place -= 1
    kept_left[kept], kept_bits[place], kept_right[place] = row, score, other
    return kept + 1
