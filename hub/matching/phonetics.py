"""The Indic-aware phonetic key: for blocking and for finding by name only, never as evidence."""

import re
from functools import lru_cache

from hub.matching.grades import ALIKE, CLOSE, SAME, grade
from hub.matching.names import parse

_LENGTH = 5


@lru_cache(maxsize=200_000)
def word_keys(word: str) -> frozenset[str]:
    """Keys of one folded word: mostly one; an unvowelled word has one for each way its weak letters may be read.

    >>> word_keys("zakir") == word_keys("jakir"), word_keys("vishvas") == word_keys("bishbas")
    (True, True)
    """
    if not word.isupper():
        return frozenset({_key(word)})
    text = word.lower()
    readings = {
        text,
        text[:1] + text[1:].replace("w", ""),
        text.replace("y", "i"),
        re.sub("(?<=.)w", "", text.replace("y", "i")),
    }
    return frozenset(key for one in readings if (key := _key(one, unvowelled=True)))


def _key(word: str, unvowelled: bool = False) -> str:
    text = re.sub(r"^y(?=[aeiou])", "j", word.lower())
    text = re.sub(r"^[aeiou]+", "A", text)
    text = text.replace("ksh", "ks").replace("gy", "g")
    text = re.sub(r"h$" if unvowelled else r"(?<=[bcdgjkptsrlmnz])h|h$", "", text)
    text = re.sub(r"n(?=[gkjdtpbcs])|m(?=[pb])", "n", text)
    text = re.sub(r"(.)\1+", r"\1", text.translate(_SOUNDS))
    return re.sub(r"[aeiouy]", "", text)[:_LENGTH] or word[:1]


_SOUNDS = str.maketrans({"z": "j", "v": "b", "w": "b", "q": "k", "c": "s", "f": "p", "d": "t", "g": "k"})


def name_keys(text: str) -> frozenset[str]:
    """Keys of every word of a name in any script, to find it by. Empty for "Unknown"."""
    parsed = parse(text)
    return frozenset(key for word in (*parsed.words, *parsed.nicks) for key in word_keys(word))


def name_likeness(text: str, names: list[str]) -> float:
    """How well the best of ``names`` fits what was searched for, 0 to 1, across scripts, order and spelling."""
    asked = _all_words(text)
    return max((_likeness(asked, _all_words(name)) for name in names), default=0.0) if asked else 0.0


def _all_words(text: str) -> tuple[str, ...]:
    parsed = parse(text)
    return parsed.words + parsed.nicks


_WORTH = {SAME: 1.0, CLOSE: 0.95, ALIKE: 0.75}


def _likeness(asked: tuple[str, ...], there: tuple[str, ...]) -> float:
    if not there:
        return 0.0
    found = [max(_WORTH.get(grade(a, b), 0.0) for b in there) for a in asked]
    spare = max(len(there) - len(asked), 0)
    return sum(found) / len(asked) * (1 - 0.05 * min(spare, 4))
