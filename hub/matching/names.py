"""Names as India writes them: one Latin form per word, titles and fillers set apart, pet names as weak evidence."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from hub.matching.scripts import latin

#: A word is kept to this many letters, the width of a column.
WIDTH = 16
_SPLIT = re.compile(r"[\s,;:/|()\[\]{}\"\-_+*&]+|\.(?=\S)")


@dataclass(frozen=True)
class Parsed:
    """What a name field says. All words are folded; order is the writer's."""

    words: tuple[str, ...] = ()
    """The name proper, titles and fillers left out unless nothing else is there."""
    nicks: tuple[str, ...] = ()
    parent: tuple[str, ...] = ()
    """A parent named in the same field: ``Raju s/o Mohan``."""
    mother: tuple[str, ...] = ()
    """The mother of a child without a name: ``Baby of Sunita``."""


@lru_cache(maxsize=200_000)
def fold(word: str) -> str:
    """One Latin form of one word in any script; ``''`` where no letter is left. Unvowelled forms are in capitals.

    >>> fold("Laxmee"), fold("लक्ष्मी"), fold("Choudhary"), fold("محمد")
    ('lakshmi', 'lakshmi', 'chaudhari', 'MHMD')
    """
    text, indic, unvowelled = latin(word)
    if unvowelled:
        return text.upper()[:WIDTH]
    text = text.replace("ee", "e" if indic else "i").replace("oo", "o" if indic else "u")
    for pattern, plain in _RESPELLINGS:
        text = pattern.sub(plain, text)
    return text[:WIDTH]


_RESPELLINGS = [
    (re.compile(pattern), plain)
    for pattern, plain in (
        ("(?<=[aeiou])ou(?=[^aeiou])|(?<=[^aeiou])o[uw](?=[^aeiou])", "au"),
        ("x", "ksh"),
        ("cksh", "ksh"),
        ("ksm", "kshm"),
        ("w", "v"),
        ("ph", "f"),
        ("q", "k"),
        ("ck", "k"),
        ("t?chh?", "C"),
        ("c(?=[aou]|[^h]|$)", "k"),
        ("C", "ch"),
        ("^(?:dny|gny|jny|jn|gn)(?=[aeiou])", "gy"),
        ("(?<=[aeiou])(?:dny|gny|jny|jn)(?=[aeiou])", "gy"),
        ("n[yj]+j", "nj"),
        ("ov$", "av"),
        ("^iy(?=[aeiou])", "y"),
        ("iye?(?=a)", "iy"),
        ("ie$|ey$", "e"),
        ("(?<=[^aeiou])y(?=[^aeiou]|$)", "i"),
        (r"(.)\1+", r"\1"),
    )
]


@cache
def _lists() -> dict[str, frozenset[str]]:
    raw = tomllib.loads((Path(__file__).parent / "words.toml").read_text(encoding="utf-8"))
    return {name: frozenset(" ".join(filter(None, map(fold, w.split()))) for w in words) for name, words in raw.items()}


def _words(text: str) -> list[str]:
    return [word for part in _SPLIT.split(text.replace("@", " alias ")) if (word := fold(part))]


@lru_cache(maxsize=200_000)
def parse(text: str) -> Parsed:
    """Read one name field.

    >>> parse("Smt. Ramwati Devi").words, parse("अज्ञात").words, parse("Baby of Sunita").mother
    (('ramvati',), (), ('sunita',))
    """
    words = _words(text)
    mother = _after(words, "baby_of", at_start=True)
    if mother is not None:
        return Parsed(mother=proper(mother))
    parent = _after(words, "child_of")
    if parent is not None:
        words = words[: len(words) - len(parent)]
        words = _without_marker(words)
    own: list[str] = []
    nicks: list[str] = []
    for name in _split_at(words, "also"):
        kept = proper(name)
        (nicks if kept and all(w in _lists()["nicknames"] for w in kept) else own).extend(kept)
    return Parsed(_distinct(own), _distinct(nicks), proper(parent or []))


def _listed(word: str, name: str) -> bool:
    return (fold(word.lower()) if word.isupper() else word) in _lists()[name]


def proper(words: list[str] | tuple[str, ...]) -> tuple[str, ...]:
    """The words of a name without titles and fillers, as long as something is left; nothing for "Unknown"."""
    if not words or " ".join(words) in _lists()["unknown"] or all(_listed(w, "unknown") for w in words):
        return ()
    words = _joined([w for w in words if not _listed(w, "unknown")])
    for weak in (("appellations", "mohammads"), ("fillers",)):
        words = [w for w in words if not any(_listed(w, name) for name in weak)] or words[:1]
    words = ["mohamad" if _listed(w, "mohammads") else w for w in words]
    return _distinct([_trimmed(w) for w in words if len(w) > 1] or words)


def _joined(words: list[str]) -> list[str]:
    joined: list[str] = []
    for word in words:
        if joined and joined[-1] in _lists()["joiners"]:
            joined[-1] = (joined[-1] + word)[:WIDTH]
        else:
            joined.append(word)
    return joined


def _trimmed(word: str) -> str:
    """``ramkumar`` as ``ram``, as "Ram Kumar" is read: fillers are often written on to the name."""
    for filler in ("kumari", "kumar", "singh", "devi", "bai", "ben", "bhai", "prasad", "lal"):
        if word.endswith(filler) and len(word) - len(filler) >= 3:
            return word.removesuffix(filler)
    return word


def _after(words: list[str], marker: str, at_start: bool = False) -> list[str] | None:
    """The words after the first marker, or None; a marker opening the field counts only with ``at_start``."""
    for start in range(1) if at_start else range(1, len(words)):
        for size in (3, 2, 1):
            if start + size < len(words) and " ".join(words[start : start + size]) in _lists()[marker]:
                return words[start + size :]
    return None


def _without_marker(words: list[str]) -> list[str]:
    for size in (3, 2, 1):
        if len(words) > size and " ".join(words[-size:]) in _lists()["child_of"]:
            return words[:-size]
    return words


def _split_at(words: list[str], marker: str) -> list[list[str]]:
    parts: list[list[str]] = [[]]
    for word in words:
        if word in _lists()[marker] and parts[-1]:
            parts.append([])
        else:
            parts[-1].append(word)
    return parts


def _distinct(words: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))


@lru_cache(maxsize=200_000)
def sound(word: str) -> str:
    """A folded word with the letters merged that writers interchange; vowels and order stay, unlike a phonetic key.

    Two names with the same sound are "spelt differently", a level of its own with its own m and u. For an unvowelled
    word, and whatever is compared with one, see ``skeleton``.
    """
    text = re.sub(r"^y(?=[aeiou])", "j", re.sub(r"(?<=[bcdgjkptsrlm])h", "", word))
    text = text.translate(_MERGED)
    text = re.sub(r"ai|ay|ei|ey", "i", text)
    text = re.sub(r"au|av(?=[^aiu]|$)", "u", text)
    text = re.sub(r"iy?(?=a)", "i", text)
    return re.sub(r"(.)\1+", r"\1", text)


_MERGED = str.maketrans({"z": "j", "w": "b", "v": "b", "e": "i", "o": "u", "f": "p"})


@lru_cache(maxsize=200_000)
def skeleton(word: str) -> str:
    """Consonants that Perso-Arabic writing keeps, for comparing an unvowelled word with any other."""
    text = word.lower()
    if word.islower():
        text = re.sub(r"(?<=[bcdgjkptsrlmnz])h", "", text).replace("f", "p")
    first = re.sub(r"^[aeiou]+", "a", text.replace("v", "w"))[:1]
    text = first + re.sub(r"[aeiouwvye]", "", text[1:] if first else "").removesuffix("h")
    text = text.replace("z", "j").replace("f", "p")
    return re.sub(r"(.)\1+", r"\1", text)
