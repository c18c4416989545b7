"""Which script a name is written in, and how a field that holds several names is taken apart."""

import re
from functools import lru_cache

from adapters.mapping.privacy import REMOVED, redacted

#: ISO 15924 codes and the letters they cover, for the scripts of India's scheduled languages.
_RANGES = {
    "Latn": "A-Za-z\u00c0-\u024f\u1e00-\u1eff",
    "Deva": "\u0900-\u0963\u0970-\u097f\ua8e0-\ua8ff",
    "Beng": "\u0980-\u09ff",
    "Guru": "\u0a00-\u0a7f",
    "Gujr": "\u0a80-\u0aff",
    "Orya": "\u0b00-\u0b7f",
    "Taml": "\u0b80-\u0bff",
    "Telu": "\u0c00-\u0c7f",
    "Knda": "\u0c80-\u0cff",
    "Mlym": "\u0d00-\u0d7f",
    "Arab": "\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc",
    "Olck": "\u1c50-\u1c7f",
    "Mtei": "\uabc0-\uabff",
}
_RUN = re.compile("|".join(f"(?P<{code}>[{letters}\u200c\u200d.'’ -]*[{letters}][{letters}\u200c\u200d.'’ -]*)"
                           for code, letters in _RANGES.items()))  # fmt: skip
_ALIAS = re.compile(r"\s*(?:@+|\b(?:alias|urf)\b\.?|(?<!\S)(?:उर्फ|उर्फ़|عرف)(?!\S))\s*", re.IGNORECASE)
_APPELLATION = re.compile(
    r"^(?:(?:mr|mrs|ms|shri|smt|sh|km|kum|late|master|श्री|श्रीमती|सुश्री|स्व)[.\s]\s*|(?:[sdwc]/o|पुत्र|पुत्री)\b[.\s]*)+",
    re.IGNORECASE,
)
_EDGE = " \t.,;:|/\\-–()[]{}\"'’*_`~"
#: MDDS G01.02-04: a name has at most 99 characters.
_LONGEST = 99


@lru_cache(maxsize=65_536)
def by_script(text: str) -> tuple[tuple[str, str | None], ...]:
    """The words of each script joined, in order of appearance: ``राम Ram कुमार`` -> राम कुमार (Deva), Ram (Latn)."""
    if text.isascii():
        return ((text, "Latn"),) if any(map(str.isalpha, text)) else ()
    runs: dict[str, list[str]] = {}
    for run in _RUN.finditer(text):
        runs.setdefault(str(run.lastgroup), []).append(run.group().strip(_EDGE))
    return tuple((" ".join(words), code) for code, words in runs.items()) or ((text, None),)


@lru_cache(maxsize=65_536)
def names_in(text: str) -> tuple[tuple[str, bool, str | None], ...]:
    """Every name in one field: (text, is an alias, script). Appellations, phone numbers and stray marks are left out.

    >>> names_in("SH. RAM LAL @ CHHOTU")
    (('RAM LAL', False, 'Latn'), ('CHHOTU', True, 'Latn'))
    """
    found = []
    for place, part in enumerate(_ALIAS.split(redacted(text).replace(REMOVED, " "))):
        for words, script in by_script(part):
            name = bare(words)
            if name:
                found.append((name, place > 0, script))
    return tuple(found)


def bare(text: str) -> str:
    """A name without appellation (MDDS) and marks at its edges, at most 99 characters."""
    return _APPELLATION.sub("", " ".join(text.split()).strip(_EDGE)).strip(_EDGE)[:_LONGEST].strip()
