"""Measures of the body: ages, heights and weights as they are written, and what is not possible."""

import re
from functools import lru_cache

_AGE_PARTS = re.compile(
    r"(\d{1,3})(?:\.\d+)?\s*(?:-|to|–|से)?\s*(\d{1,3})?\s*"
    r"(years?|yrs?|y|वर्ष|साल|months?|mths?|mon|m|माह|महीने|महीना|days?|d|दिन)?(?![a-z])\.?",
    re.IGNORECASE,
)
_YEARS, _MONTHS, _DAYS = {"y", "व", "स"}, {"m", "म"}, {"d", "द"}
_FEET = re.compile(
    r"(\d)\s*(?:feet|foot|ft|'|’|′|फीट|फुट)\.?\s*(?:(\d{1,2})\s*(?:inches|inch|in|\"|''|”|″|इंच)?\.?)?", re.IGNORECASE
)
_NUMBER = re.compile(r"\d{1,3}(?:\.\d{1,2})?")
_OLDEST_YEARS = 99
#: (least, most) centimetres by completed years: about four standard deviations either side of the WHO growth
#: standards' medians, rounded outwards; a guard against typing errors, no statement on any child.
_HEIGHTS = [
    (38, 88), (58, 102), (66, 112), (72, 122), (78, 130), (83, 138), (87, 146), (92, 153), (95, 160), (98, 166),
    (101, 172), (104, 180), (107, 188), (111, 196), (115, 204), (119, 210), (122, 214), (124, 218),
]  # fmt: skip


@lru_cache(maxsize=8_192)
def age_months_in(text: str) -> tuple[int, int]:
    """Youngest and oldest completed months: ``7`` -> 84..95, ``5-7 yrs`` -> 60..95, ``7 yrs 3 months`` -> 87..87.

    Raises ``ValueError`` if it is no age.
    """
    low = high = 0
    finest = ""
    for number, until, unit in _AGE_PARTS.findall(text):
        first = unit[:1].lower() or "y"
        scale = 12 if first in _YEARS else 1 if first in _MONTHS else 0
        a, b = sorted((int(number), int(until or number)))
        low, high, finest = low + a * scale, high + b * scale, first
    if not finest:
        raise ValueError("no age")
    if finest in _YEARS:
        high += 11
    if high > _OLDEST_YEARS * 12 + 11:
        raise ValueError("no possible age")
    return low, high


def years_to_months(low: int, high: int) -> tuple[int, int]:
    """Completed years, both ends included, as months: 7, 8 -> 84..107."""
    return low * 12, high * 12 + 11


@lru_cache(maxsize=8_192)
def height_cm_in(text: str, unit: str | None = None) -> int:
    """Centimetres from ``150``, ``150 cm``, ``5'4"``, ``5 feet 4 inch``; raises ``ValueError`` if it is none.

    ``unit`` is what a bare number means (default cm). A bare 5.4 is refused: nobody can say what it means.
    """
    if found := _FEET.search(text):
        centimetres = int(found[1]) * 30.48 + int(found[2] or 0) * 2.54
    else:
        numbers = [float(number) for number in _NUMBER.findall(text)[:2]]
        if not numbers:
            raise ValueError("no height")
        centimetres = sum(numbers) / len(numbers) * {"m": 100.0, "ft": 30.48, "in": 2.54}.get(unit or "cm", 1.0)
    if not 30 <= centimetres <= 230:
        raise ValueError("no possible height")
    return round(centimetres)


def height_fits_age(height_cm: int, months: tuple[int, int]) -> bool:
    """False if no child of that age (youngest, oldest in months) is that tall: 74 cm at 6 years."""
    youngest, oldest = (min(max(m // 12, 0), len(_HEIGHTS) - 1) for m in months)
    return _HEIGHTS[youngest][0] <= height_cm <= _HEIGHTS[oldest][1]
