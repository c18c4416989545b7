"""Scores of pairs one by one: each field's share of bits, summed in the order of the fields, as ``scoring.weigh`` does.

Fields that cost little are worked out first. A pair of which not even the best that is left could bring it to the bits asked for is
given up; of every other pair the sum is the same as without that.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from hub.matching.model import Model
from hub.matching.native import fields
from hub.matching.native import packed as at
from hub.matching.native.compiled import compiled
from hub.matching.native.packed import Packed, Whole
from hub.matching.native.words import Spelt

FIELDS = 20
(_NAME, _FATHER, _MOTHER, _GENDER, _AGE, _TIME, _PLACE, _HOME, _LANGUAGES, _HEIGHT, _BUILD, _COMPLEXION, _FACE, _EYES,
 _HAIR, _BLOOD, _MARKS, _DISABILITY, _APPAREL, _DIARY) = range(FIELDS)  # fmt: skip
#: What rounding in another order could come to at most: a bound must be missed by more than this.
_SLACK = 1e-6
GIVEN_UP = -1e300
_NAMES, _NICKS, _PARENTS = 6, 3, 4
Bits = npt.NDArray[np.float64]


class Weights(NamedTuple):
    """A model as arrays."""

    bits: Bits
    """(fields, levels): entry 0 is "could not be compared"."""
    rarer: npt.NDArray[np.bool_]
    """(fields, levels): whether rarity is added."""
    most: Bits
    """(fields,): the most that a field can say for a pair, and 0 at least."""
    prior: float
    per_class: float
    lowest: float
    highest: float


def weights(model: Model) -> Weights:
    """The model's weights laid out."""
    wide = max(len(some) for some in model.weights)
    bits, rarer = np.zeros((FIELDS, wide)), np.zeros((FIELDS, wide), dtype=bool)
    for number, (some, marked) in enumerate(zip(model.weights, model.weighs_rarity, strict=True)):
        # Beyond the last level stands that level again: what is added for rarity looks one further down.
        bits[number], rarer[number, : len(some)] = np.pad(some, (0, wide - len(some)), mode="edge"), marked
    rarity = model.data.frequency
    most = np.maximum((bits + rarer * max(rarity.highest, 0.0)).max(axis=1), 0.0)
    return Weights(bits, rarer, most, model.prior_bits, rarity.bits_per_class, rarity.lowest, rarity.highest)


@compiled
def told(row: Whole, i: int) -> int:
    """Which of the fields that cost more a row says anything of, a bit for each."""
    said = (row[i, at.NAMES] > 0) << _NAME | (row[i, at.FATHER] > 0) << _FATHER | (row[i, at.MOTHER] > 0) << _MOTHER
    said |= (row[i, at.HEIGHT] > 0 and row[i, at.HEIGHT_ON] > 0) << _HEIGHT
    said |= ((row[i, at.HAIR] | row[i, at.HAIR + 1] | row[i, at.HAIR + 2]) > 0) << _HAIR
    said |= ((row[i, at.APPAREL] | row[i, at.APPAREL + 1] | row[i, at.APPAREL + 2] | row[i, at.APPAREL + 3]) > 0) << _APPAREL
    marked = row[i, at.MARKS] | row[i, at.MARKS + 1] | row[i, at.MARKS + 2] | row[i, at.MARKS + 3]
    return said | (marked > 0) << _MARKS | (row[i, at.DIARIES] > 0) << _DIARY


@compiled
def weighed(
    left: Whole,
    i: int,
    right: Whole,
    j: int,
    words: Spelt,
    steps: npt.NDArray[np.int64],
    places: npt.NDArray[np.int64],
    tongues: Whole,
    marks: Whole,
    diaries: npt.NDArray[np.int64],
    bits: Bits,
    rarer: npt.NDArray[np.bool_],
    most: Bits,
    known: Bits,
    asked: float,
    level: npt.NDArray[np.uint8],
    share: Bits,
) -> float:
    """Score of a pair, or ``GIVEN_UP`` where it is surely less than ``asked``; ``level`` and ``share`` are filled.

    ``known`` is prior, bits per class of rarity, lowest and highest.
    """
    both = told(left, i) & told(right, j)
    left_event, right_event, left_home, right_home = left[i, at.EVENT], right[j, at.EVENT], left[i, at.HOME], right[j, at.HOME]
    level[_GENDER] = fields.gender(left[i, at.GENDER], right[j, at.GENDER])
    level[_AGE] = 0
    if left[i, at.BASIS] > 0 and right[j, at.BASIS] > 0:
        level[_AGE] = fields.age(
            np.int64(left[i, at.BORN_FROM]), np.int64(left[i, at.BORN_TO]), np.int64(left[i, at.TOLD]), np.int64(left[i, at.DOUBT]),
            np.int64(right[j, at.BORN_FROM]), np.int64(right[j, at.BORN_TO]), np.int64(right[j, at.TOLD]), np.int64(right[j, at.DOUBT]),
        )  # fmt: skip
    level[_TIME] = fields.time(np.int64(left[i, at.DAY]), np.int64(right[j, at.DAY]))
    level[_PLACE] = fields.place(places, left_event, right_event)
    level[_HOME] = fields.home(places, left_home, right_home, left_event, right_event)
    one_state = fields.in_one_state(places, left_event, right_event, left_home, right_home)
    level[_LANGUAGES] = fields.languages(tongues, left[i, at.TONGUES], right[j, at.TONGUES], one_state)
    level[_BUILD] = fields.step(left[i, at.BUILD], right[j, at.BUILD])
    level[_COMPLEXION] = fields.step(left[i, at.COMPLEXION], right[j, at.COMPLEXION])
    level[_FACE] = fields.same(left[i, at.FACE], right[j, at.FACE])
    level[_EYES] = fields.same(left[i, at.EYES], right[j, at.EYES])
    level[_BLOOD] = fields.same(left[i, at.BLOOD], right[j, at.BLOOD])
    level[_DISABILITY] = fields.in_common(left[i, at.DISABILITIES], right[j, at.DISABILITIES])
    bound = known[0]
    for field in (_GENDER, _AGE, _TIME, _PLACE, _HOME, _LANGUAGES, _BUILD, _COMPLEXION, _FACE, _EYES, _BLOOD, _DISABILITY):
        share[field] = bits[field, level[field]]
        bound += share[field]
    for field in (_NAME, _FATHER, _MOTHER, _HEIGHT, _HAIR, _MARKS, _APPAREL, _DIARY):
        level[field] = 0
        share[field] = 0.0
        if both >> field & 1:
            bound += most[field]
    nicked = (left[i, at.NICKS] | right[j, at.NICKS]) > 0
    if nicked and not both >> _NAME & 1:
        bound += most[_NAME]
    asked -= _SLACK
    if bound < asked:
        return GIVEN_UP
    for field in range(_NAME, _MOTHER + 1):
        if both >> field & 1:
            first = at.NAMES if field == _NAME else (at.FATHER if field == _FATHER else at.MOTHER)
            wide = _NAMES if field == _NAME else _PARENTS
            longest = min((left[i, at.LONGEST] >> 8 * field) & 255, (right[j, at.LONGEST] >> 8 * field) & 255)
            reached, agreeing = fields.names(words, left, i, right, j, first, wide, longest < 2)
            level[field] = reached
            rarity = 0
            for word in range(wide):
                if agreeing >> word & 1:
                    rarity += steps[left[i, first + word]]
            bound -= most[field]
            share[field] = 0.0
        else:
            rarity = 0
        if field == _NAME:
            if nicked:
                level[_NAME] = _with_pet_names(left, i, right, j, level[_NAME])
                bound -= 0.0 if both & 1 else most[_NAME]
            elif level[_NAME] > 0:
                level[_NAME] = fields.with_pet_name(level[_NAME], False)
        share[field] = _with_rarity(bits, rarer, known, field, level[field], rarity)
        bound += share[field]
        if bound < asked:
            return GIVEN_UP
    if both >> _MARKS & 1:
        level[_MARKS] = fields.marks(marks, left, i, right, j, at.MARKS)
        share[_MARKS] = bits[_MARKS, level[_MARKS]]
        if bound - most[_MARKS] + share[_MARKS] < asked:
            return GIVEN_UP
    if both >> _HEIGHT & 1:
        born = fields.born_on(
            left[i, at.BASIS], np.int64(left[i, at.BORN_FROM]), np.int64(left[i, at.BORN_TO]),
            right[j, at.BASIS], np.int64(right[j, at.BORN_FROM]), np.int64(right[j, at.BORN_TO]),
        )  # fmt: skip
        level[_HEIGHT] = fields.height(
            np.int64(left[i, at.HEIGHT]), np.int64(right[j, at.HEIGHT]),
            np.int64(left[i, at.HEIGHT_ON]), np.int64(right[j, at.HEIGHT_ON]), born,
        )  # fmt: skip
    days = fields.days_apart(np.int64(left[i, at.DAY]), np.int64(right[j, at.DAY]))
    if both >> _HAIR & 1:
        level[_HAIR] = fields.hair(left, i, right, j, at.HAIR, days)
    if both >> _APPAREL & 1 and days <= _DAYS_WORN:
        level[_APPAREL] = fields.apparel(left, i, right, j, at.APPAREL)
    if both >> _DIARY & 1:
        level[_DIARY] = fields.diary(diaries, left[i, at.DIARIES], right[j, at.DIARIES])
    for field in (_HEIGHT, _HAIR, _APPAREL, _DIARY):
        share[field] = bits[field, level[field]]
    total = known[0]
    for field in range(FIELDS):
        total += share[field]
    return total


_DAYS_WORN = 5


@compiled
def _with_pet_names(left: Whole, i: int, right: Whole, j: int, level: int) -> int:
    shared = fields.share_a_word(left, i, at.NICKS, _NICKS, right, j, at.NICKS, _NICKS)
    shared = shared or fields.share_a_word(left, i, at.NAMES, _NAMES, right, j, at.NICKS, _NICKS)
    shared = shared or fields.share_a_word(left, i, at.NICKS, _NICKS, right, j, at.NAMES, _NAMES)
    return fields.with_pet_name(level, shared)


@compiled
def _with_rarity(
    bits: Bits, rarer: npt.NDArray[np.bool_], known: Bits, field: int, level: int, rarity: int
) -> float:
    """Bits of a name's level, and what the rarity of its words adds; never less than the next level down."""
    share = bits[field, level]
    if not rarer[field, level]:
        return share
    worth = min(max(rarity * known[1], known[2]), known[3])
    floor = min(bits[field, min(level + 1, bits.shape[1] - 1)], share)
    return max(share + worth, floor)


@compiled
def shares(
    left: Whole, lefts: npt.NDArray[np.int64], right: Whole, rights: npt.NDArray[np.int64], words: Spelt,
    steps: npt.NDArray[np.int64], places: npt.NDArray[np.int64], tongues: Whole, marks: Whole,
    diaries: npt.NDArray[np.int64], bits: Bits, rarer: npt.NDArray[np.bool_], most: Bits, known: Bits,
    levels: npt.NDArray[np.uint8], shared: Bits, total: Bits,
) -> None:  # fmt: skip
    """Levels, shares and sums of pairs, all of them worked out to the end."""
    for at_pair in range(len(lefts)):
        total[at_pair] = weighed(
            left, lefts[at_pair], right, rights[at_pair], words, steps, places, tongues, marks, diaries,
            bits, rarer, most, known, -1e200, levels[at_pair], shared[at_pair],
        )  # fmt: skip
