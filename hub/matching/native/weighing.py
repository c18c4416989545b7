"""Scores of pairs one by one: each field's bits, summed in the order of the fields, as ``scoring.weigh`` does."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from hub.matching.model import Model
from hub.matching.native import fields
from hub.matching.native import packed as at
from hub.matching.native.compiled import compiled, loop
from hub.matching.native.packed import Ints, Whole
from hub.matching.native.words import Spelt

FIELDS = 21
(NAME, FATHER, MOTHER, GENDER, AGE, TIME, PLACE, HOME, ADDRESS, LANGUAGES, HEIGHT, BUILD, COMPLEXION, FACE, EYES, HAIR,
 BLOOD, MARKS, DISABILITY, APPAREL, DIARY) = range(FIELDS)  # fmt: skip
Bits = npt.NDArray[np.float64]
Levels = npt.NDArray[np.uint8]
_NAMES, _NICKS, _PARENTS = 6, 3, 4


class Weights(NamedTuple):
    """A model as arrays."""

    bits: Bits
    """(fields, levels): entry 0 is "could not be compared"."""
    rarer: npt.NDArray[np.bool_]
    """(fields, levels): whether rarity is added."""
    known: Bits
    """Prior; bits for each class of rarity, and the least and the most that rarity adds."""


def weights(model: Model) -> Weights:
    """The model's weights laid out."""
    wide = max(len(some) for some in model.weights)
    bits, rarer = np.zeros((FIELDS, wide)), np.zeros((FIELDS, wide), dtype=bool)
    for number, (some, marked) in enumerate(zip(model.weights, model.weighs_rarity, strict=True)):
        # Beyond the last level stands that level again: what is added for rarity looks one further down.
        bits[number], rarer[number, : len(some)] = np.pad(some, (0, wide - len(some)), mode="edge"), marked
    rarity = model.data.frequency
    return Weights(bits, rarer, np.array([model.prior_bits, rarity.bits_per_class, rarity.lowest, rarity.highest]))


@compiled
def weighed(
    left: Whole, i: int, right: Whole, j: int, words: Spelt, steps: Ints, places: Ints, tongues: Whole, marks: Whole,
    diaries: Ints, addresses: Whole, bits: Bits, rarer: npt.NDArray[np.bool_], known: Bits, level: Levels, share: Bits,
) -> float:  # fmt: skip
    """Score of a pair; the fields' levels and shares of it are put into ``level`` and ``share``."""
    _reach(left, i, right, j, places, tongues, marks, diaries, addresses, level)
    for field in range(MOTHER + 1, FIELDS):
        share[field] = bits[field, level[field]]
    for field in range(MOTHER + 1):
        level[field], share[field] = name(left, i, right, j, words, steps, bits, rarer, known, field)
    total = known[0]
    for field in range(FIELDS):
        total += share[field]
    return total


@compiled
def _reach(
    left: Whole,
    i: int,
    right: Whole,
    j: int,
    places: Ints,
    tongues: Whole,
    marks: Whole,
    diaries: Ints,
    addresses: Whole,
    level: Levels,
) -> None:
    """Levels of every field but names."""
    mine, theirs, told = left[i, at.LOOKS], right[j, at.LOOKS], left[i, at.TOLD] & right[j, at.TOLD]
    level[GENDER] = fields.gender(mine >> at.GENDER & 31, theirs >> at.GENDER & 31)
    level[BUILD] = fields.step(mine >> at.BUILD & 31, theirs >> at.BUILD & 31)
    level[COMPLEXION] = fields.step(mine >> at.COMPLEXION & 31, theirs >> at.COMPLEXION & 31)
    level[FACE] = fields.same(mine >> at.FACE & 31, theirs >> at.FACE & 31)
    level[EYES] = fields.same(mine >> at.EYES & 31, theirs >> at.EYES & 31)
    level[BLOOD] = fields.same(left[i, at.BLOOD], right[j, at.BLOOD])
    level[DISABILITY] = fields.in_common(left[i, at.DISABILITIES], right[j, at.DISABILITIES])
    level[AGE] = fields.age(left, i, right, j)
    level[TIME] = fields.time(left[i, at.DAY], right[j, at.DAY])
    event, home = (
        fields.near(places, left[i, at.EVENT], right[j, at.EVENT]),
        fields.near(places, left[i, at.HOME], right[j, at.HOME]),
    )
    level[PLACE], level[HOME] = event & 15, fields.home(home, event)
    address = told >> at.ADDRESSED & 1
    level[ADDRESS] = fields.address(addresses, left[i, at.ADDRESS], right[j, at.ADDRESS], home) if address else 0
    spoken = fields.in_languages(tongues, left[i, at.TONGUES], right[j, at.TONGUES])
    level[LANGUAGES] = fields.languages(spoken, event, home)
    level[HEIGHT] = fields.height(left, i, right, j) if told >> at.TALL & 1 else 0
    level[HAIR] = fields.hair(left, i, right, j) if told >> at.HAIRED & 1 else 0
    level[MARKS] = fields.marks(marks, left, i, right, j) if told >> at.MARKED & 1 else 0
    level[APPAREL] = fields.apparel(left, i, right, j) if told >> at.CLAD & 1 else 0
    level[DIARY] = fields.diary(diaries, left[i, at.DIARIES], right[j, at.DIARIES]) if told >> at.ENTERED & 1 else 0


@compiled
def name(
    left: Whole, i: int, right: Whole, j: int, words: Spelt, steps: Ints, bits: Bits, rarer: npt.NDArray[np.bool_],
    known: Bits, field: int,
) -> tuple[int, float]:  # fmt: skip
    """(level, bits) of the child's, the father's or the mother's name."""
    first = at.NAMES if field == NAME else (at.FATHER if field == FATHER else at.MOTHER)
    wide = _NAMES if field == NAME else _PARENTS
    mine, theirs = left[i, at.TOLD] >> 2 * field & 3, right[j, at.TOLD] >> 2 * field & 3
    level, agreeing = 0, 0
    if mine and theirs:
        level, agreeing = fields.names(words, left, i, right, j, first, wide, min(mine, theirs) == 1)
    if field == NAME:
        nicked = (left[i, at.TOLD] | right[j, at.TOLD]) >> at.NICKED & 1
        level = fields.with_pet_name(level, nicked and _share_a_pet_name(left, i, right, j))
    share = bits[field, level]
    if rarer[field, level]:
        rarity = 0
        for word in range(wide):
            if agreeing >> word & 1:
                rarity += steps[left[i, first + word]]
        share = with_rarity(bits, known, field, level, rarity)
    return level, share


@compiled
def with_rarity(bits: Bits, known: Bits, field: int, level: int, rarity: int) -> float:
    """Bits of a name's level, and what the rarity of its words adds; never less than the next level down."""
    share = bits[field, level]
    worth = min(max(rarity * known[1], known[2]), known[3])
    return max(share + worth, min(bits[field, min(level + 1, bits.shape[1] - 1)], share))


@compiled
def _share_a_pet_name(left: Whole, i: int, right: Whole, j: int) -> bool:
    if fields.share_a_word(left, i, at.NICKS, _NICKS, right, j, at.NICKS, _NICKS):
        return True
    if fields.share_a_word(left, i, at.NAMES, _NAMES, right, j, at.NICKS, _NICKS):
        return True
    return fields.share_a_word(left, i, at.NICKS, _NICKS, right, j, at.NAMES, _NAMES)


@loop
def shares(
    left: Whole, lefts: Ints, right: Whole, rights: Ints, words: Spelt, steps: Ints, places: Ints, tongues: Whole,
    marks: Whole, diaries: Ints, addresses: Whole, bits: Bits, rarer: npt.NDArray[np.bool_], known: Bits,
    levels: Levels, shared: Bits, total: Bits,
) -> None:  # fmt: skip
    """Levels, shares and sums of pairs."""
    for pair in range(len(lefts)):
        total[pair] = weighed(
            left, lefts[pair], right, rights[pair], words, steps, places, tongues, marks, diaries, addresses, bits,
            rarer, known, levels[pair], shared[pair],
        )  # fmt: skip
