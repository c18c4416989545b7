"""The body as described: height against growth, looks with their weak reliability, marks, disabilities, clothes."""

from itertools import combinations, permutations

import numpy as np

from contracts.codes import BodyPart, MarkKind
from hub.matching.births import days_apart
from hub.matching.columns import Ints, Pairs, Truths, Words
from hub.matching.reached import Levels, Reached, any_of, first_that_holds, where_told
from hub.matching.said import code, common

# Median height in millimetres at each birthday, 0 to 18, boys and girls together (rounded from WHO growth references;
# project table, good to a few centimetres, which is what a described height is).
MEDIAN = np.array(
    [500, 750, 870, 955, 1030, 1095, 1155, 1215, 1270, 1325, 1380, 1440, 1500, 1560, 1605, 1640, 1665, 1680, 1690],
    np.int64,
)
GUESS = 60
"""A height told by eye is off by some 6 cm."""


def height(pairs: Pairs) -> Reached:
    """Levels: just as grown since; as grown; near that; off; further. Needs both heights, both days and one birth."""
    tall, day = pairs.tables.column("height"), pairs.tables.column("height_on")
    told = pairs.tables.once("height told", lambda: ((tall[0] > 0) & (day[0] > 0), (tall[1] > 0) & (day[1] > 0)))
    return where_told(pairs, told, _height_told)


def _height_told(pairs: Pairs) -> Reached:
    (tall_l, tall_r), (day_l, day_r) = pairs.number("height"), pairs.number("height_on")
    born = _born(pairs)
    known = (born > 0) | (np.abs(day_l - day_r) <= 180)
    grown = np.where(born > 0, _expected(day_r, born) - _expected(day_l, born), 0)
    off = np.abs((tall_r - tall_l) - grown)
    slack = GUESS + np.abs(grown) * 2 // 10
    tests = [2 * off <= slack, off <= slack, off <= 2 * slack, off <= 4 * slack, np.ones(len(pairs), dtype=bool)]
    return Reached(first_that_holds(known, tests))


def _born(pairs: Pairs) -> Ints:
    """Middle of the narrower birth range (of both, if equally wide) as a day; 0 where neither is known."""
    (from_l, from_r), (to_l, to_r) = pairs.number("born_from"), pairs.number("born_to")
    has_l, has_r = pairs.number("age_basis")
    wide_l = np.where(has_l > 0, to_l - from_l, 9999)
    wide_r = np.where(has_r > 0, to_r - from_r, 9999)
    twice = np.where(wide_l <= wide_r, from_l + to_l, 0) + np.where(wide_r <= wide_l, from_r + to_r, 0)
    months = twice // np.where(wide_l == wide_r, 4, 2)
    return np.where((has_l > 0) | (has_r > 0), 693_596 + months * 146_097 // 4800, 0)


def _expected(day: Ints, born: Ints) -> Ints:
    days = np.clip(day - born, 0, 18 * 365)
    years = np.minimum(days // 365, 17)
    low, high = MEDIAN[years], MEDIAN[years + 1]
    out: Ints = low + (high - low) * (days - years * 365) // 365
    return out


def step(column: str, pairs: Pairs) -> Reached:
    """For codes that lie on a scale. Levels: the same; next to each other; further apart."""
    left, right = pairs.number(column)
    apart = np.abs(left - right)
    return Reached(first_that_holds((left > 0) & (right > 0), [apart == 0, apart == 1, apart > 1]))


def same(column: str, pairs: Pairs) -> Reached:
    """Levels: the same; different."""
    left, right = pairs.column(column)
    return Reached(first_that_holds((left > 0) & (right > 0), [left == right, left != right]))


def hair(pairs: Pairs) -> Reached:
    """Style and colour; length only while the events are two months apart. Levels: all told agree; some; none."""
    hair = pairs.tables.column("hair")
    told = pairs.tables.once("hair told", lambda: (any_of(hair[0] > 0), any_of(hair[1] > 0)))
    return where_told(pairs, told, _hair_told)


def _hair_told(pairs: Pairs) -> Reached:
    left, right = pairs.column("hair")
    told = (left > 0) & (right > 0)
    told[:, 1] &= days_apart(pairs) <= 60
    agree = ((left == right) & told).sum(axis=1)
    of = told.sum(axis=1)
    return Reached(first_that_holds(np.asarray(of > 0), [agree == of, agree > 0, agree == 0]))


def blood(pairs: Pairs) -> Reached:
    """Levels: the same; different."""
    left, right = pairs.column("blood")
    return Reached(first_that_holds((left != b"") & (right != b""), [left == right, left != right]))


def disability(pairs: Pairs) -> Reached:
    """Levels: a kind in common; none. One that is not mentioned is unknown, not absent."""
    left, right = pairs.number("disabilities")
    shared = np.asarray((left & right) > 0)
    return Reached(first_that_holds((left > 0) & (right > 0), [shared, ~shared]))


def marks(pairs: Pairs) -> Reached:
    """Levels by points: two marks of each alike; one the same; alike; somewhat; a little; nothing alike."""
    told = pairs.tables.once("marks told", lambda: _told(pairs))
    some = pairs.tables.once("marks told of", lambda: (any_of(told[0]), any_of(told[1])))
    return where_told(pairs, some, _marks_told)


def _marks_told(pairs: Pairs) -> Reached:
    has_l, has_r = pairs.gathered(pairs.tables.once("marks told", lambda: _told(pairs)))
    columns = [pairs.column("marks", which) for which in ("kind", "part", "side")]
    words = pairs.gathered(pairs.tables.once("rare words of marks", lambda: _rare_words(pairs)))
    alike = np.zeros((has_l.shape[1], has_r.shape[1], len(pairs)), dtype=bool)
    best = np.full(len(pairs), -9, dtype=np.int64)
    for i, j in np.ndindex(alike.shape[:2]):
        here = np.flatnonzero(has_l[:, i] & has_r[:, j])
        if len(here):
            kind, part, side = ((left[here, i], right[here, j]) for left, right in columns)
            points = _by_kind(*kind) + _by_part(*part, *side) + _by_words(words[0][here, i], words[1][here, j])
            best[here] = np.maximum(best[here], points)
            alike[i, j, here] = points >= 4
    every = np.ones(len(pairs), dtype=bool)
    return Reached(first_that_holds(every, [_two(alike), best >= 6, best >= 4, best >= 3, best >= 1, every]))


def _two(alike: Truths) -> Truths:
    """Where two marks of one are each alike another mark of the other; ``alike`` is (marks, marks, pairs)."""
    two = np.zeros(alike.shape[2], dtype=bool)
    for i, k in combinations(range(alike.shape[0]), 2):
        for j, m in permutations(range(alike.shape[1]), 2):
            two |= alike[i, j] & alike[k, m]
    return two


def _told(pairs: Pairs) -> tuple[Truths, Truths]:
    """Which marks each row of either table tells: (rows, marks)."""
    kind, part, words = (
        pairs.tables.column("marks", "kind"),
        pairs.tables.column("marks", "part"),
        pairs.tables.mark_words(),
    )
    left, right = ((kind[n] > 0) | (part[n] > 0) | (words[n] > 0).any(axis=2) for n in (0, 1))
    return left, right


def _rare_words(pairs: Pairs) -> tuple[Words, Words]:
    """Words of marks without those that very many marks have, each row's pushed to the front."""
    rare = np.array([word not in common() and word != "" for word in pairs.tables.mark_vocabulary])
    left, right = (-np.sort(-np.where(rare[words], words, 0), axis=2) for words in pairs.tables.mark_words())
    return left, right


#: Points for a shared kind: a tattoo or deformity is rarer than a mole or a scar.
KIND_POINTS = np.ones(len(MarkKind) + 1, dtype=np.int64)
KIND_POINTS[[0, code(MarkKind.OTHER)]] = 0
KIND_POINTS[[code(k) for k in (MarkKind.TATTOO, MarkKind.DEFORMITY, MarkKind.BURN, MarkKind.BIRTHMARK)]] = 2


def _by_kind(left: Ints, right: Ints) -> Ints:
    points: Ints = np.where(left == right, KIND_POINTS[left], 0)
    return points


#: Parts that one word names in Hindi or that one clerk calls so and another so: हाथ is hand and arm, पैर foot and leg.
_LIMBS = (
    {BodyPart.HAND, BodyPart.ARM, BodyPart.WRIST, BodyPart.ELBOW, BodyPart.FINGER},
    {BodyPart.FOOT, BodyPart.LEG, BodyPart.ANKLE, BodyPart.KNEE, BodyPart.THIGH},
    {BodyPart.HEAD, BodyPart.FOREHEAD},
)
LIMB = np.zeros(len(BodyPart) + 1, dtype=np.int64)
for _number, _parts in enumerate(_LIMBS, 1):
    LIMB[[code(part) for part in _parts]] = _number


def _by_part(left: Ints, right: Ints, side_left: Ints, side_right: Ints) -> Ints:
    told = (left > 0) & (right > 0)
    near = (LIMB[left] > 0) & (LIMB[left] == LIMB[right])
    points = np.where(told, np.where(left == right, 2, np.where(near, 1, -2)), 0)
    sided = (side_left > 0) & (side_right > 0) & ((left == right) | near)
    out: Ints = points + np.where(sided, np.where(side_left == side_right, 1, -2), 0)
    return out


def _by_words(left: Words, right: Words) -> Ints:
    """Two points for each rare word in common, four at most."""
    shared = np.zeros(len(left), dtype=np.int64)
    for i in range(left.shape[1]):
        mine = left[:, i]
        if not mine.any():
            break  # words stand in front
        for j in range(right.shape[1]):
            shared += (mine == right[:, j]) & (mine > 0)
    return np.minimum(2 * shared, 4)


def apparel(pairs: Pairs) -> Reached:
    """Only while the events are five days apart. Levels: three or more of item and colour agree; two; one; none."""
    worn = pairs.tables.column("apparel")
    told = pairs.tables.once("apparel told", lambda: (any_of(worn[0] > 0), any_of(worn[1] > 0)))
    return where_told(pairs, told, _apparel_told)


def _apparel_told(pairs: Pairs) -> Reached:
    near = np.flatnonzero(days_apart(pairs) <= 5)
    level = np.zeros(len(pairs), dtype=np.uint8)
    level[near] = _worn(pairs.some(near))
    return Reached(level)


def _worn(pairs: Pairs) -> Levels:
    left, right = pairs.column("apparel")
    told = (left > 0) & (right > 0)
    agree = ((left == right) & told).sum(axis=1)
    return first_that_holds(any_of(told), [agree >= 3, agree == 2, agree == 1, agree == 0])
