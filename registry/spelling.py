"""How a place name is written: one folded form for its many spellings, and how near two folded forms are."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA, JaroWinkler

_ROMAN = {"I": "1", "II": "2", "III": "3", "IV": "4", "V": "5"}
#: Words that say what kind of thing is named, not which one.
_STATION_WORDS = {"PS", "THANA", "थाना"}
_DISTRICT_WORDS = {"DISTRICT", "DISTT", "DISTRICTS", "DIST", "DT", "POLICE", "जिला"}
_PHRASES = ((r"\bP\.?\s*S\.?(?=\s|$|:)", " PS "), (r"\bPOLICE STATION\b", " PS "), (r"\bPOLICE THANA\b", " PS "))
_PHASE = re.compile(r"\b(?:PHASE|PH)\b[\s.-]*(IV|V|I{1,3}|[1-5])\b")
_PHASE_GLUED = re.compile(r"(?<=[A-Z])(?:PHASE|PH)(IV|V|I{1,3}|[1-5])$")
_NUMBER_WORD = re.compile(r"\b(?:NO|NUMBER|NUM)\b\.?(?=\s*-?\s*\d)")
_DIRECTIONS = re.compile(r"NORTH|SOUTH|EAST|WEST|OUTER|CENTRAL|RURAL|URBAN|UTTAR|DAKSHIN|PURB|PASCHIM")
_LETTERS = re.compile(r"[^\w]|_", re.UNICODE)


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text).upper()
    # Accents over Latin letters go; the vowel signs of Indian scripts are letters and stay.
    kept = "".join(c for c in decomposed if not "\u0300" <= c <= "\u036f")
    return unicodedata.normalize("NFC", kept).replace("&", " AND ")


def _folded(text: str, noise: frozenset[str] | set[str]) -> str:
    words = [word for word in re.split(r"[\s.,:;()\[\]/'’`-]+", text) if word and word not in noise]
    joined = "".join(_LETTERS.sub("", word) for word in words if word)
    return joined or "".join(text.split())


@lru_cache(maxsize=65_536)
def fold_station(text: str) -> str:
    """One form for a station's name: ``P.S. Mayur Vihar Phase-I`` and ``MAYURVIHARPH1`` are ``MAYURVIHARPH1``."""
    plain = _plain(text)
    for pattern, word in _PHRASES:
        plain = re.sub(pattern, word, plain)
    plain = _PHASE.sub(lambda m: " PH" + _ROMAN.get(m[1], m[1]), plain)
    plain = _NUMBER_WORD.sub(" ", plain)
    return _PHASE_GLUED.sub(lambda m: "PH" + _ROMAN.get(m[1], m[1]), _folded(plain, _STATION_WORDS))[:200]


@lru_cache(maxsize=8_192)
def fold_district(text: str) -> str:
    """One form for a district's name: ``SOUTH WEST DISTRICT`` and ``South-West`` are ``SOUTHWEST``."""
    return _folded(_plain(text), _DISTRICT_WORDS)[:100]


@lru_cache(maxsize=65_536)
def fold(text: str) -> str:
    """One form for any other name: letters and digits in capitals, nothing else."""
    return _folded(_plain(text), frozenset())[:200]


def _tells_apart(one: str, other: str) -> bool:
    """True if numbers or directions differ: SECTOR 23 is not SECTOR 24, VASANT KUNJ NORTH not VASANT KUNJ SOUTH."""
    return re.findall(r"\d+", one) != re.findall(r"\d+", other) or _DIRECTIONS.findall(one) != _DIRECTIONS.findall(
        other
    )


def likeness(one: str, other: str, strict: bool = True) -> float:
    """0 to 1, for two folded forms; if ``strict``, 0 where a number or a direction tells them apart."""
    if one == other:
        return 1.0
    if strict and _tells_apart(one, other):
        return 0.0
    # Typing errors count by OSA; Jaro-Winkler forgives a lost ending, which registers cut off.
    return (OSA.normalized_similarity(one, other) + JaroWinkler.similarity(one, other)) / 2


def nearest(
    folded: str, among: Iterable[str], at_least: float = 0.8, limit: int = 5, strict: bool = True
) -> list[tuple[str, float]]:
    """The folded forms most like ``folded``, best first, with their likeness."""
    rough = process.extract(
        folded, list(among), scorer=JaroWinkler.similarity, score_cutoff=at_least - 0.1, limit=limit * 5
    )
    scored = [(other, likeness(folded, other, strict)) for other, _, _ in rough]
    kept = [pair for pair in scored if pair[1] >= at_least]
    return sorted(kept, key=lambda pair: (-pair[1], pair[0]))[:limit]
