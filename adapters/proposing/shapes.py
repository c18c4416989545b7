"""What sample values look like: the share of them that a concept could read, and what they give away by themselves."""

import re
from collections.abc import Callable, Sequence

from adapters.mapping import dates
from adapters.mapping.tables import folded, table

#: What may stand where nothing is known; it says nothing for or against.
_BLANK = {"", "-", "--", "na", "n/a", "nil", "none", "null", "unknown", "not known", "0"}
_PIN = re.compile(r"[1-9]\d{2} ?\d{3}")
_HASH = re.compile(r"[0-9a-fA-F]{64}")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/ -]{0,63}")
_PHONE = re.compile(r"(\+?91[ -]?|0)?[6-9]\d{4}[ -]?\d{5}")
_HEIGHT = re.compile(r"\d{1,3}(\.\d+)?\s*(cms?|m|ft|feet|inch|in|'|’|\")?.*", re.IGNORECASE)
_AGE = re.compile(r"(about|approx\.?|लगभग)?\s*\d{1,2}(\.\d+)?\s*(-|to|y|m|d|वर्ष|साल|माह)?.*", re.IGNORECASE)
_STATUS = {
    "untraced": "untraced", "not traced": "untraced", "still missing": "untraced", "missing": "untraced",
    "pending": "untraced", "open": "untraced", "लापता": "untraced", "अज्ञात": "untraced",
    "under investigation": "untraced", "traced": "traced", "found": "traced", "recovered": "traced",
    "located": "traced", "मिला": "traced", "मिल गया": "traced", "बरामद": "traced", "reported": "reported",
    "registered": "fir_registered", "fir registered": "fir_registered", "closed": "closed", "बंद": "closed",
    "cancelled": "cancelled", "restored": "restored", "reunited": "restored", "handed over": "restored",
    "produced": "produced", "in care": "in_care", "in home": "in_care", "residing": "in_care",
    "transferred": "transferred", "died": "deceased", "dead": "deceased", "expired": "deceased",
    "absconded": "ran_away", "escaped": "ran_away", "unidentified": "found", "unclaimed": "found",
}  # fmt: skip
_KIND = {
    "missing": "missing", "lost": "missing", "kidnapped": "missing", "गुमशुदा": "missing", "लापता": "missing",
    "m": "missing",
    "found": "found", "recovered": "found", "unidentified": "found", "rescued": "found", "मिला": "found", "f": "found",
    "resident": "resident", "inmate": "resident", "sighting": "sighting", "seen": "sighting",
}  # fmt: skip
#: Words of a status and of a kind, folded, and what the contract calls them.
STATUS, KIND = ({folded(word): code for word, code in words.items()} for words in (_STATUS, _KIND))


def _reads(read: Callable[[str], object]) -> Callable[[str], bool]:
    def can(value: str) -> bool:
        try:
            return read(value) is not None
        except (ValueError, OverflowError):
            return False

    return can


def _in_table(name: str) -> Callable[[str], bool]:
    words = table(name, {}) or {}
    return lambda value: folded(value) in words


def _is_name(value: str) -> bool:
    letters = sum(ch.isalpha() or ch in " .'@/()" or "\u0900" <= ch <= "\u0dff" for ch in value)
    return letters >= 0.8 * len(value) and not _reads(dates.date_in)(value)


_CHECKS: dict[str, Callable[[str], bool]] = {
    "id": lambda value: bool(_ID.fullmatch(value)),
    "date": _reads(dates.date_in),
    "datetime": _reads(lambda value: dates.moment_in(value, "Asia/Kolkata")),
    "time": lambda value: bool(re.search(r"\d{1,2}[:.]\d{2}", value)),
    "year": lambda value: bool(re.fullmatch(r"(19|20)\d\d", value)),
    "age": lambda value: bool(_AGE.fullmatch(value)) and not _reads(dates.date_in)(value),
    "number": lambda value: bool(re.match(r"\d+(\.\d+)?", value)),
    "decimal": lambda value: bool(re.fullmatch(r"-?\d+\.\d+", value)),
    "height": lambda value: bool(_HEIGHT.fullmatch(value)),
    "pin": lambda value: bool(_PIN.fullmatch(value)),
    "hash": lambda value: bool(_HASH.fullmatch(value)),
    "gender": _in_table("gender"),
    "state": _in_table("state"),
    "name": _is_name,
    "words": lambda value: any(ch.isalpha() for ch in value),
    "status": lambda value: folded(value) in STATUS,
    "kind": lambda value: folded(value) in KIND,
}


def said(values: Sequence[str]) -> list[str]:
    """The values that say something."""
    return [value.strip() for value in values if value.strip().lower() not in _BLANK]


def share(shape: str, values: Sequence[str]) -> float | None:
    """The share of ``values`` that fit the shape; None where there are none to judge by."""
    told = said(values)
    if not told or shape not in _CHECKS:
        return None
    return sum(map(_CHECKS[shape], told)) / len(told)


def table_share(name: str, values: Sequence[str]) -> float | None:
    """The share of ``values`` that a code table knows."""
    told = said(values)
    return sum(map(_in_table(name), told)) / len(told) if told else None


def given_away(values: Sequence[str]) -> str | None:
    """The concept that values alone give away, whatever their column is called: gender, pin, hash, phone."""
    told = said(values)
    if len(told) < 5:
        return None
    for concept, shape in (("gender", "gender"), ("home.pin", "pin"), ("photos", "hash")):
        if sum(map(_CHECKS[shape], told)) >= 0.9 * len(told):
            return concept
    return "phone" if sum(bool(_PHONE.fullmatch(value)) for value in told) >= 0.9 * len(told) else None
