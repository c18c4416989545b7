"""The level that each field of one pair reaches: the comparisons of ``hub.matching.comparisons``, pair by pair.

The numpy comparisons are what is right; a test holds these to them, level by level, on records that may say anything.
Level 0 is "could not be compared". What every pair asks for is said without branches: which way they go cannot be
foretold, and one that is guessed wrong costs more than all the arithmetic.
Arguments are plain numbers, or a table of distinct values and a place in it.
"""

import numpy as np
import numpy.typing as npt

from hub.matching import addresses, births, body, places
from hub.matching.grades import SAME
from hub.matching.native import packed as at
from hub.matching.native.compiled import compiled
from hub.matching.native.packed import Whole
from hub.matching.native.words import Spelt, grade_of

_BY_DAYS, _FAR = births.BY_DAYS, births.FAR
_DRIFT, _DAYS_UNKNOWN = births.DRIFT, 1_000_000
_MEDIAN, _GUESS = body.MEDIAN, body.GUESS
_POINT, _DISTRICT, _NONE = places.POINT, places.DISTRICT, places.NONE
_KM_10, _KM_60, _KM_200, _KM_800 = (places.within(km) for km in (10, 60, 200, 800))
_LANGUAGE_LEVELS, _PLACE_LEVELS, _ADDRESS_LEVELS = 4, places.LEVELS, addresses.LEVELS
_PET_NAME, _DIFFERENT_NAME = 7, 9
_TRANSGENDER = 3


@compiled
def gender(left: int, right: int) -> int:
    other = (left != right) * (2 - ((left == _TRANSGENDER) | (right == _TRANSGENDER)))
    return ((left > 0) & (right > 0)) * (1 + other)


@compiled
def same(left: int, right: int) -> int:
    return ((left > 0) & (right > 0)) * (1 + (left != right))


@compiled
def step(left: int, right: int) -> int:
    return ((left > 0) & (right > 0)) * (1 + min(abs(left - right), 2))


@compiled
def in_common(left: int, right: int) -> int:
    return ((left > 0) & (right > 0)) * (1 + ((left & right) == 0))


@compiled
def age(left: Whole, i: int, right: Whole, j: int) -> int:
    from_l, to_l, from_r, to_r = (
        left[i, at.BORN_FROM],
        left[i, at.BORN_TO],
        right[j, at.BORN_FROM],
        right[j, at.BORN_TO],
    )
    between = max(from_l - to_r, from_r - to_l, 0)
    middle = abs((from_l + to_l) - (from_r + to_r))
    slack = left[i, at.DOUBT] + right[j, at.DOUBT] + abs(left[i, at.AS_OF] - right[j, at.AS_OF]) * _DRIFT // 100
    near = (between == 0) | ((middle <= 48) & (between <= min(slack, 12)))
    # Each of these holds wherever one after it does.
    level = 6 - (between <= 2 * slack + 12) - (between <= slack) - near - ((between == 0) & (middle <= 26))
    close = (between <= 1) & (middle <= 14) & ((to_l - from_l) + (to_r - from_r) <= 26)
    return ((left[i, at.BASIS] > 0) & (right[j, at.BASIS] > 0)) * (close + (1 - close) * level)


@compiled
def time(missing: int, found: int) -> int:
    return _BY_DAYS[min(max(found - missing, -_FAR), _FAR) + _FAR] * ((missing > 0) & (found > 0))


@compiled
def _days_apart(left: Whole, i: int, right: Whole, j: int) -> int:
    one, other = np.int64(left[i, at.DAY]), np.int64(right[j, at.DAY])
    return abs(one - other) if one > 0 and other > 0 else _DAYS_UNKNOWN


@compiled
def _shared(some: npt.NDArray[np.int64], left: int, right: int, part: int) -> bool:
    return some[left, part] != 0 and some[left, part] == some[right, part]


@compiled
def place(some: npt.NDArray[np.int64], left: int, right: int) -> int:
    """Columns as in ``packed.Values.places``."""
    if not (some[left, 11] and some[right, 11]):
        return 0
    if _shared(some, left, right, 2) or _shared(some, left, right, 3):
        return 1
    if _shared(some, left, right, 4) or _shared(some, left, right, 5):
        return 1
    if _shared(some, left, right, 1):
        return 2
    precise = min(some[left, 9], some[right, 9])
    state = _shared(some, left, right, 0)
    if precise == _NONE and not state:
        return 0
    x, y, z = some[left, 6] - some[right, 6], some[left, 7] - some[right, 7], some[left, 8] - some[right, 8]
    apart = x * x + y * y + z * z
    if precise == _POINT and apart <= _KM_10:
        return 2
    if state and not (some[left, 10] and some[right, 10]):
        return 3
    if precise >= _DISTRICT and apart <= _KM_200:
        return 4 if apart <= _KM_60 else 5
    if state:
        return 6
    return 7 if apart <= _KM_800 else 8


@compiled
def near(some: npt.NDArray[np.int64], left: int, right: int) -> int:
    """The level of ``place``, and above it a bit each for one state and one district."""
    return place(some, left, right) | _shared(some, left, right, 0) << 4 | _shared(some, left, right, 1) << 5


@compiled
def home(near_home: int, near_event: int) -> int:
    """From what ``near`` says of homes and of events."""
    level = near_home & 15
    return (level > 0) * (level + _PLACE_LEVELS * max((near_event >> 4) & 1, 2 * ((near_event >> 5) & 1)))


@compiled
def languages(spoken: int, near_event: int, near_home: int) -> int:
    """From the level of ``in_languages`` and what ``near`` says of events and homes."""
    return (spoken > 0) * (spoken + _LANGUAGE_LEVELS * (((near_event | near_home) >> 4) & 1))


@compiled
def in_languages(spoken: Whole, left: int, right: int) -> int:
    """Columns as in ``packed.Values.tongues``."""
    if spoken[left, 0] == 0 or spoken[right, 0] == 0:
        return 0
    level = 4
    for i in range(4):
        if spoken[left, i] == 0:
            continue
        for j in range(4):
            if spoken[right, j] == 0:
                continue
            if spoken[left, i] == spoken[right, j]:
                level = min(level, 2 if spoken[left, 8 + i] else 1)
            elif spoken[left, 4 + i] == spoken[right, 4 + j]:
                level = min(level, 3)
    return level


@compiled
def address(some: Whole, left: int, right: int, near_home: int) -> int:
    """Columns as in ``packed.Values.addresses``; ``near_home`` as of ``near``."""
    points = 0
    for a in range(8):
        for b in range(8):
            if some[left, a] and some[left, a] == some[right, b]:
                points += some[left, 8 + a]
                break
    level = 5 - (points >= 1) - (points >= 2) - (points >= 4) - (points >= 6)
    return level + _ADDRESS_LEVELS * (near_home >> 5 & 1)


@compiled
def height(left: Whole, i: int, right: Whole, j: int) -> int:
    """Of two heights that are told with their days."""
    born = _born(left, i, right, j)
    day_l, day_r = np.int64(left[i, at.HEIGHT_ON]), np.int64(right[j, at.HEIGHT_ON])
    if born <= 0 and abs(day_l - day_r) > 180:
        return 0
    grown = _expected(day_r, born) - _expected(day_l, born) if born > 0 else 0
    off = abs((np.int64(right[j, at.HEIGHT]) - np.int64(left[i, at.HEIGHT])) - grown)
    slack = _GUESS + abs(grown) * 2 // 10
    if off <= slack:
        return 1 if 2 * off <= slack else 2
    if off <= 2 * slack:
        return 3
    return 4 if off <= 4 * slack else 5


@compiled
def _born(left: Whole, i: int, right: Whole, j: int) -> int:
    """Middle of the narrower birth range (of both, if equally wide) as a day; 0 where neither is known."""
    if left[i, at.BASIS] == 0 and right[j, at.BASIS] == 0:
        return 0
    from_l, to_l = np.int64(left[i, at.BORN_FROM]), np.int64(left[i, at.BORN_TO])
    from_r, to_r = np.int64(right[j, at.BORN_FROM]), np.int64(right[j, at.BORN_TO])
    wide_l = to_l - from_l if left[i, at.BASIS] > 0 else 9999
    wide_r = to_r - from_r if right[j, at.BASIS] > 0 else 9999
    if wide_l == wide_r:
        months = (from_l + to_l + from_r + to_r) // 4
    else:
        months = (from_l + to_l if wide_l < wide_r else from_r + to_r) // 2
    return 693_596 + months * 146_097 // 4800


@compiled
def _expected(day: int, born: int) -> int:
    days = min(max(day - born, 0), 18 * 365)
    years = min(days // 365, 17)
    return _MEDIAN[years] + (_MEDIAN[years + 1] - _MEDIAN[years]) * (days - years * 365) // 365


@compiled
def marks(some: Whole, left: Whole, i: int, right: Whole, j: int) -> int:
    """Columns as in ``packed.Values.marks``; each row has four numbers of marks."""
    best, alike, told = -9, 0, False
    for a in range(4):
        mine = left[i, at.MARKS + a]
        if not some[mine, 0]:
            continue
        for b in range(4):
            theirs = right[j, at.MARKS + b]
            if some[theirs, 0]:
                told = True
                points = _points(some, mine, theirs)
                best = max(best, points)
                if points >= 4:
                    alike |= 1 << (4 * a + b)
    if not told:
        return 0
    if alike & (alike - 1) and _two(alike):
        return 1
    if best >= 6:
        return 2
    if best >= 4:
        return 3
    if best >= 3:
        return 4
    return 5 if best >= 1 else 6


@compiled
def _two(alike: int) -> bool:
    """Whether two marks of one are each alike another mark of the other; a bit for each of four by four."""
    for a in range(3):
        for b in range(4):
            if (alike >> (4 * a + b)) & 1:
                elsewhere = 0xFFFF & ~(0x1111 << b)
                if (alike >> (4 * a + 4)) & (elsewhere >> (4 * a + 4)):
                    return True
    return False


@compiled
def _points(some: Whole, left: int, right: int) -> int:
    points = some[left, 5] if some[left, 1] == some[right, 1] else 0
    if some[left, 2] > 0 and some[right, 2] > 0:
        whole = some[left, 2] == some[right, 2]
        near = some[left, 4] > 0 and some[left, 4] == some[right, 4]
        points += 2 if whole else (1 if near else -2)
        if (whole or near) and some[left, 3] > 0 and some[right, 3] > 0:
            points += 1 if some[left, 3] == some[right, 3] else -2
    elif some[left, 2] == some[right, 2] and some[left, 3] > 0 and some[right, 3] > 0:
        points += 1 if some[left, 3] == some[right, 3] else -2
    shared = 0
    for a in range(6, 11):
        for b in range(6, 11):
            shared += some[left, a] > 0 and some[left, a] == some[right, b]
    return points + min(2 * shared, 4)


@compiled
def hair(left: Whole, i: int, right: Whole, j: int) -> int:
    """Style, length and colour; length only while the events are two months apart."""
    days = _days_apart(left, i, right, j)
    agree, of = 0, 0
    for part in range(3):
        one, other = left[i, at.HAIR + part], right[j, at.HAIR + part]
        if one > 0 and other > 0 and (part != 1 or days <= 60):
            of += 1
            agree += one == other
    if of == 0:
        return 0
    return 1 if agree == of else (2 if agree > 0 else 3)


@compiled
def apparel(left: Whole, i: int, right: Whole, j: int) -> int:
    """Item and colour, upper and lower, only while the events are five days apart."""
    if _days_apart(left, i, right, j) > 5:
        return 0
    agree, of = 0, 0
    for part in range(4):
        one, other = left[i, at.APPAREL + part], right[j, at.APPAREL + part]
        if one > 0 and other > 0:
            of += 1
            agree += one == other
    return 4 - min(agree, 3) if of else 0


@compiled
def diary(some: npt.NDArray[np.int64], left: int, right: int) -> int:
    level = 0
    for a in range(0, 8, 2):
        for b in range(0, 8, 2):
            if some[left, a] != 0 and some[left, a] == some[right, b]:
                if some[left, a + 1] != 0 and some[left, a + 1] == some[right, b + 1]:
                    return 1
                if some[left, a + 1] == 0 or some[right, b + 1] == 0:
                    level = 2
    return level


@compiled
def names(words: Spelt, left: Whole, i: int, right: Whole, j: int, first: int, most: int, one: bool) -> tuple[int, int]:
    """(level, which left words are told the same: a bit for each); both sides have a word from ``first`` on.

    ``one``: where no single name of one side has more than one word.
    """
    best, told_same, alike = 0, 0, 0
    for a in range(most):
        mine = left[i, first + a]
        if mine == 0:
            break
        for b in range(most):
            theirs = right[j, first + b]
            if theirs == 0:
                break
            grade = grade_of(words, mine, theirs)
            alike += grade > 0
            best = max(best, grade)
            told_same |= (grade == SAME) << a
    second = _second(words, left, i, right, j, first, most) if alike > 1 and not one else 0
    return _name_level(best, second, one), told_same


@compiled
def _second(words: Spelt, left: Whole, i: int, right: Whole, j: int, first: int, most: int) -> int:
    """The weaker of the best two grades on different words of both sides."""
    second = 0
    for a in range(most):
        for b in range(most):
            grade = grade_of(words, left[i, first + a], right[j, first + b])
            if grade > second:
                for c in range(a + 1, most):
                    for d in range(most):
                        if d != b:
                            other = grade_of(words, left[i, first + c], right[j, first + d])
                            second = max(second, min(grade, other))
    return second


@compiled
def _name_level(best: int, second: int, one: bool) -> int:
    """Levels of ``namings.parent``."""
    if one:
        return 7 - best if best > 0 else _DIFFERENT_NAME
    if second > 0:
        return 4 - second
    if best == 0:
        return _DIFFERENT_NAME
    return 7 if best == SAME else 8


@compiled
def with_pet_name(level: int, shared: bool) -> int:
    """Levels of ``namings.child`` from those of ``namings.parent``."""
    if shared:
        return level if 0 < level < _PET_NAME else _PET_NAME
    return level + 1 if level >= _PET_NAME else level


@compiled
def share_a_word(left: Whole, i: int, at: int, many: int, right: Whole, j: int, other: int, others: int) -> bool:
    for a in range(at, at + many):
        if left[i, a] == 0:
            break
        for b in range(other, other + others):
            if left[i, a] == right[j, b]:
                return True
    return False
