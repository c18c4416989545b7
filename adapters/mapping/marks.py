"""Marks told in free text: one entry per told mark, with kind, body part and side where a known word says so."""

import re
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

from adapters.mapping.privacy import REMOVED

_PARTS = re.compile(r"[;,\n|।]+|\s(?:and|&|तथा|एवं|और)\s|\.\s", re.IGNORECASE)
# Not \w+: Python's \w does not hold Devanagari's vowel signs.
_WORDS = re.compile(r"[^\s;,.()/:\-]+")
_ANY_MARK = "scar"
_LONGEST, _MOST = 1000, 20
_NOTHING = re.compile(
    r"^(?:nil|none|no|na|n/a|not known|not visible|no (?:visible |specific |identification )?marks?"
    r"|(?:कोई )?(?:निशान )?नहीं)$",
    re.IGNORECASE,
)


def _vocabulary() -> dict[str, tuple[str, str]]:
    told = tomllib.loads(Path(__file__).with_name("marks.toml").read_text(encoding="utf-8"))
    return {word: (aspect, code) for aspect, codes in told.items() for code, words in codes.items() for word in words}


_KNOWN = _vocabulary()


@lru_cache(maxsize=16_384)
def _one(text: str) -> tuple[tuple[str, str], ...]:
    found: dict[str, str] = {}
    for word in _WORDS.findall(text.casefold()):
        aspect, code = _KNOWN.get(word, ("", ""))
        if aspect and (aspect not in found or found[aspect] == _ANY_MARK):
            found[aspect] = code
    return tuple(found.items())


def marks_in(text: str) -> list[dict[str, Any]]:
    """``mole on left cheek, burn`` -> two marks. A piece that only says where belongs to the piece before it."""
    marks: list[dict[str, Any]] = []
    for piece in _PARTS.split(text):
        piece = piece.strip(" .-:")
        if not piece or _NOTHING.match(piece):
            continue
        said = dict(_one(piece))
        if not said and REMOVED in piece:
            continue  # whose number it was is no mark
        if marks and "kind" not in said and "body_part" in said and "body_part" not in marks[-1]:
            marks[-1].update(said, raw=f"{marks[-1]['raw']}, {piece}"[:_LONGEST])
        else:
            marks.append({**said, "raw": piece[:_LONGEST]})
    return marks[:_MOST]
