"""Dates and times as Indian systems write them; a placeholder is no date."""

import datetime
import re
from functools import lru_cache
from zoneinfo import ZoneInfo

_MONTHS = {name: number for number, name in enumerate(
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], start=1)}  # fmt: skip
_DAY_FIRST = re.compile(r"(\d{1,2})\s?[/.\-\s]\s?(\d{1,2})\s?[/.\-\s]\s?(\d{4}|\d{2})(?!\d)")
_YEAR_FIRST = re.compile(r"(\d{4})[/.\-](\d{1,2})[/.\-](\d{1,2})(?!\d)")
_COMPACT = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})$")
_NAMED = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[\s\-/.,]*([A-Za-z]{3})[a-z]*[\s\-/.,]*(\d{4})(?!\d)")
_DOTNET = re.compile(r"/Date\((-?\d{1,15})(?:[+-]\d{4})?\)/")
_TIME = re.compile(r"(?<!\d)(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:\.\d+)?)?\s*([AaPp]\.?[Mm]\b)?")
_ZONE = re.compile(r"(Z|[+-]\d{2}:?\d{2})$")
#: 01/01/1900 and 01/01/1970 are how databases write nothing; nobody searched for today vanished before 1950.
_PLACEHOLDERS = {datetime.date(1970, 1, 1)}
EARLIEST = datetime.date(1950, 1, 1)
#: Of a birth where people of any age are told of.
EARLIEST_BIRTH = datetime.date(1900, 1, 2)
INDIA = ZoneInfo("Asia/Kolkata")


class Placeholder(ValueError):
    """The text is a date that stands for no date."""


@lru_cache(maxsize=65_536)
def date_in(text: str, form: str | None = None, earliest: datetime.date = EARLIEST) -> datetime.date:
    """The date in ``text``; raises ``Placeholder`` for 01/01/1900 and its like, ``ValueError`` if there is none.

    Takes DD/MM/YYYY, DD-MM-YYYY, DD.MM.YYYY, YYYY-MM-DD, YYYYMMDD, 15 Feb 2026, /Date(ms)/, each with or without a
    time behind it; ``form`` (strptime) allows one form only.
    """
    text = _western(text.strip())
    day = datetime.datetime.strptime(text, form).date() if form else _any_form(text)
    if day < earliest or day in _PLACEHOLDERS:
        raise Placeholder("a placeholder date")
    return day


def _any_form(text: str) -> datetime.date:
    if found := _DAY_FIRST.match(text):
        year = int(found[3]) + (2000 if len(found[3]) == 2 else 0)
        return datetime.date(year, int(found[2]), int(found[1]))
    if found := _YEAR_FIRST.match(text) or _COMPACT.match(text):
        return datetime.date(*(int(part) for part in found.groups()))
    if found := _NAMED.match(text):
        return datetime.date(int(found[3]), _MONTHS.get(found[2].lower(), 0), int(found[1]))
    if found := _DOTNET.match(text):
        return datetime.datetime.fromtimestamp(int(found[1]) / 1000, INDIA).date()
    raise ValueError("no date")


@lru_cache(maxsize=65_536)
def time_in(text: str) -> datetime.time:
    """The time of day in ``text``: 14:30, 2.30 PM, behind a date or alone. Raises ``ValueError`` if there is none."""
    text = _western(text)
    # A date written with dots looks like a time, so it is taken away first.
    found = _TIME.search(_DAY_FIRST.sub(" ", _YEAR_FIRST.sub(" ", text), count=1))
    if not found:
        raise ValueError("no time")
    hour = int(found[1])
    if found[4]:
        if not 1 <= hour <= 12:
            raise ValueError("no time")
        hour = hour % 12 + (12 if found[4][0] in "Pp" else 0)
    return datetime.time(hour, int(found[2]), int(found[3] or 0))


@lru_cache(maxsize=65_536)
def moment_in(text: str, zone: str = "Asia/Kolkata", form: str | None = None) -> datetime.datetime:
    """An aware moment; one without a zone is local to ``zone``, one without a time is its midnight."""
    text = _western(text.strip())
    local = ZoneInfo(zone)
    if form:
        moment = datetime.datetime.strptime(text, form)
        return moment if moment.tzinfo else moment.replace(tzinfo=local)
    if found := _DOTNET.match(text):
        return datetime.datetime.fromtimestamp(int(found[1]) / 1000, datetime.UTC)
    if _YEAR_FIRST.match(text):
        try:
            moment = datetime.datetime.fromisoformat(text.replace(" +", "+"))
            return moment if moment.tzinfo else moment.replace(tzinfo=local)
        except ValueError:
            pass
    day = date_in(text)
    try:
        clock = time_in(text)
    except ValueError:
        clock = datetime.time()
    return datetime.datetime.combine(day, clock, local)


def _western(text: str) -> str:
    return text if text.isascii() else "".join(str(int(c)) if c.isdecimal() else c for c in text)
