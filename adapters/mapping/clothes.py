"""Clothes told in one free text: taken apart into upper and lower garment, each with its colour."""

import re
from functools import cache, lru_cache

from adapters.mapping.tables import folded, packaged

_PIECES = re.compile(r"[,;।/+]|\s+(?:और|तथा|एवं|व|and|with)\s+", re.IGNORECASE)
_LABEL = re.compile(r"^\s*(?:ऊपर|नीचे|upar|neeche|upper|lower)\s*[:\-]\s*", re.IGNORECASE)
_OF_COLOUR = re.compile(r"\s+(?:रंग\s+(?:का|की|के)|(?:colou?r(?:ed)?))(?=\s)", re.IGNORECASE)
_LOWER = frozenset({"pant", "jeans", "half_pant", "pyjama", "track_suit", "salwar", "skirt", "lehenga", "leggings"})

Piece = tuple[str, str | None]


@lru_cache(maxsize=16_384)
def clothes_in(text: str) -> dict[str, Piece]:
    """The first ``upper`` and the first ``lower`` garment as (what, colour); a piece that no table knows is upper.

    >>> clothes_in("लाल SHIRT, नीली रंग की पैंट")
    {'upper': ('SHIRT', 'लाल'), 'lower': ('पैंट', 'नीली')}
    """
    found: dict[str, Piece] = {}
    for piece in _PIECES.split(text):
        what, colour = _apart(_LABEL.sub("", piece).strip())
        if what:
            found.setdefault("lower" if _garments().get(folded(what)) in _LOWER else "upper", (what, colour))
    return found


def _apart(piece: str) -> Piece:
    # The longest beginning that is a colour is the colour: light blue shirt.
    words = _OF_COLOUR.sub("", piece).split()
    for end in range(min(3, len(words) - 1), 0, -1):
        if folded(" ".join(words[:end])) in _colours():
            return " ".join(words[end:]), " ".join(words[:end])
    return piece, None


@cache
def _garments() -> dict[str, str | int]:
    return {folded(word): code for word, code in packaged()["garment"].items()}


@cache
def _colours() -> frozenset[str]:
    return frozenset(folded(word) for word in packaged()["colour"])
