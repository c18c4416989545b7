"""How alike two words are, for one pair at a time: the grades of ``hub.matching.grades``, without a table of words.

A word is a line of eight whole numbers (one line of the cache), so that the loops need no other memory: two forms of
up to sixteen letters, a byte each; their lengths; which letters they have; whether the word is unvowelled.
"""

import numpy as np
import numpy.typing as npt

from hub.matching.grades import ALIKE, CLOSE, DIFFERENT, SAME
from hub.matching.names import WIDTH, skeleton, sound
from hub.matching.native.compiled import compiled

Spelt = npt.NDArray[np.int64]
"""(words, 8): ``_SOUND`` and ``_SKELETON`` with two numbers each, their lengths, their letters, ``_BARE``."""
_SOUND, _SKELETON, _LENGTHS, _LETTERS, _BARE = 0, 2, 4, 5, 6
_HALF = 32


def spelt(vocabulary: list[str]) -> Spelt:
    """What comparing needs of each word; number 0 is no word."""
    bare = np.array([word.isupper() for word in vocabulary], dtype=bool)
    sounds = _forms([sound(word) for word in vocabulary])
    bones = _forms([skeleton(word) for word in vocabulary])
    told = np.zeros((len(vocabulary), 8), dtype=np.int64)
    told[:, _SOUND : _SOUND + 2], told[:, _SKELETON : _SKELETON + 2] = sounds.view(np.int64), bones.view(np.int64)
    for form, shift in ((sounds, 0), (bones, _HALF)):
        told[:, _LENGTHS] |= (form != 0).sum(axis=1) << shift
        told[:, _LETTERS] |= np.bitwise_or.reduce(_letters(form), axis=1) << shift
    told[:, _BARE] = bare
    return told


def _forms(words: list[str]) -> npt.NDArray[np.uint8]:
    laid = np.array([word.encode() for word in words], dtype=f"S{WIDTH}")
    return np.ascontiguousarray(laid).view(np.uint8).reshape(len(words), WIDTH)


def _letters(forms: npt.NDArray[np.uint8]) -> npt.NDArray[np.int64]:
    """A bit for each letter; letters of one bit are taken for one another, which only makes the filter coarser."""
    return np.where(forms > 0, np.int64(1) << (forms.astype(np.int64) & 31), np.int64(0))


@compiled
def grade_of(words: Spelt, left: int, right: int) -> int:
    """Grade of two words by their numbers."""
    if left == 0 or right == 0:
        return DIFFERENT
    if left == right:
        return SAME
    at, shift = _SOUND, 0
    if words[left, _BARE] | words[right, _BARE]:
        at, shift = _SKELETON, _HALF
    one, other = (words[left, _LENGTHS] >> shift) & 31, (words[right, _LENGTHS] >> shift) & 31
    shorter = min(one, other)
    most = (shorter >= 4) + (shorter >= 8)  # edits that still count as alike
    letters = ((words[left, _LETTERS] ^ words[right, _LETTERS]) >> shift) & 0xFFFFFFFF
    for _ in range(2 * most):  # each edit changes two letters of a word at most
        letters &= letters - (letters > 0)
    if letters or abs(one - other) > most:
        return DIFFERENT
    apart = edits(words[left, at], words[left, at + 1], one, words[right, at], words[right, at + 1], other)
    if apart == 0 and shorter >= 2:
        return CLOSE
    return ALIKE if 0 < apart <= most else DIFFERENT


@compiled
def _letter(low: int, high: int, at: int) -> int:
    return ((low if at < 8 else high) >> ((at & 7) << 3)) & 255


@compiled
def edits(low: int, high: int, many: int, other_low: int, other_high: int, others: int) -> int:
    """Optimal string alignment distance of two forms of so many letters, as far as 2; 3 is any more."""
    # What is equal at both ends costs nothing.
    first = 0
    while first < many and first < others and _letter(low, high, first) == _letter(other_low, other_high, first):
        first += 1
    while many > first and others > first:
        if _letter(low, high, many - 1) != _letter(other_low, other_high, others - 1):
            break
        many -= 1
        others -= 1
    if many == first or others == first:
        return min(max(many, others) - first, 3)
    if many == first + 1 and others == first + 1:
        return 1
    return _aligned(low, high, many, other_low, other_high, others, first)


@compiled
def _aligned(low: int, high: int, many: int, other_low: int, other_high: int, others: int, first: int) -> int:
    """The distance of what lies between the equal ends, in one word of bits (Hyyrö 2003)."""
    wide = many - first
    every = (1 << wide) - 1
    up, down, met, before = every, 0, 0, 0
    apart, last = wide, 1 << (wide - 1)
    for j in range(first, others):
        letter = _letter(other_low, other_high, j)
        here = 0
        for i in range(wide):
            here |= (_letter(low, high, first + i) == letter) << i
        swapped = (((~met) & here) << 1) & before
        met = ((((here & up) + up) ^ up) | here | down | swapped) & every
        more = (down | ~(met | up)) & every
        less = met & up
        apart += (more & last) != 0
        apart -= (less & last) != 0
        more = ((more << 1) | 1) & every
        less = (less << 1) & every
        up = (less | ~(met | more)) & every
        down = more & met
        before = here
    return min(apart, 3)
