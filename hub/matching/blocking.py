"""Blocking keys: short strings that records of one child are likely to share, several kinds for every record."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hub.matching.features import Features
from hub.matching.phonetics import word_keys

_TOLERANCE_MONTHS = {1: 0, 2: 12, 3: 18, 4: 18}
_MOST_YEARS = 7


def keys(features: Features) -> frozenset[str]:
    """All keys of a record. Two records are candidates for each other when they share one, and lie on different sides.

    Kinds: ``n`` a word of the name with the birth decade half; ``nn`` two words; ``f``/``m`` name with a parent's;
    ``p`` place, birth year and quarter of the event; ``t`` birth year and month of the event across the country;
    ``k`` a mark; ``l`` a language away from home; ``d`` a diary.
    """
    row = features.row[0]
    names = _keys_of(row["names"]) + _keys_of(row["nicks"])
    parents = _keys_of(row["father"]) + _keys_of(row["mother"])
    found = {f"nn:{a}.{b}" for a in names for b in names if a < b}
    found |= {f"np:{a}.{b}" for a in names for b in parents}
    found |= {f"pp:{a}.{b}" for a in _keys_of(row["father"]) for b in _keys_of(row["mother"])}
    found |= {f"n:{a}.{y}" for a in names for y in _years(row)} or {f"n:{a}" for a in names}
    found |= {f"p:{place}.{rest}" for place in _places(row) for rest in _people(row, _quarters(row))}
    found |= {f"t:{rest}" for rest in _people(row, _months(row))}
    found |= {f"k:{mark}.{gender}" for mark in _marks(row) for gender in _genders(row)}
    found |= {f"d:{number}" for number in row["diaries"]["number"] if number}
    return frozenset(found)


def _keys_of(words: Any) -> list[str]:
    return sorted({key for word in words if word for key in word_keys(word.decode())})


def _genders(row: Any) -> str:
    return "MF" if row["gender"] in (0, 3) else "_MF"[row["gender"]]


def _years(row: Any) -> list[int]:
    """Years of birth that the record allows for, with the tolerance of its basis; none when that says nothing."""
    if not row["age_basis"]:
        return []
    for spare in (_TOLERANCE_MONTHS[int(row["age_basis"])], 6, 0):
        first, last = (int(row["born_from"]) - spare) // 12, (int(row["born_to"]) + spare) // 12
        if last - first < _MOST_YEARS:
            return list(range(first, last + 1))
    return []


def _people(row: Any, spans: list[int]) -> list[str]:
    return [f"{g}{year}.{span}" for g in _genders(row) for year in _years(row) for span in spans]


def _quarters(row: Any) -> list[int]:
    """Quarter of the event; one who is searched for may be found in the next three, or, dates being wrong, before."""
    if not row["event_on"]:
        return []
    now = int(row["event_on"]) // 91
    return list(range(now - 1, now + 4)) if row["searched"] else [now]


def _months(row: Any) -> list[int]:
    """Month of the event; one who is searched for may be found this month or the next."""
    if not row["event_on"]:
        return []
    now = int(row["event_on"]) // 30
    return [now, now + 1] if row["searched"] else [now]


def _places(row: Any) -> set[str]:
    """Districts of event and home; the states where no district is known of either."""
    districts = {f"D{place['district']}" for place in (row["event"], row["home"]) if place["district"]}
    return districts | {f"S{place['state']}" for place in (row["event"], row["home"]) if place["state"]}


def _marks(row: Any) -> set[str]:
    found = set()
    for mark in row["marks"]:
        if mark["kind"] and mark["part"]:
            found.add(f"{mark['kind']}.{mark['part']}.{mark['side']}")
    return found


@dataclass(frozen=True)
class Plan:
    """Which keys to follow, rarest first, and which were left because they would bring too many candidates."""

    followed: list[str]
    left_out: list[str]


def plan(counts: Mapping[str, int], most: int) -> Plan:
    """Follow the rarest keys until ``most`` candidates (counted with repeats) are reached; at least the rarest one.

    ``counts``: how many entries of the index hold each key of a record. What is left out is to be reported.
    """
    followed: list[str] = []
    left_out: list[str] = []
    total = 0
    for key, count in sorted(counts.items(), key=lambda item: (item[1], item[0])):
        fits = total + count <= most or not followed
        (followed if fits else left_out).append(key)
        total += count if fits else 0
    return Plan(followed, left_out)
