"""The converter of police diary entries: numbers with labels, with years, and glued to their date."""

import datetime
import re

from adapters.mapping import dates
from adapters.mapping.privacy import redacted
from adapters.mapping.reading import Row
from adapters.mapping.shop import Convert, Notes, Shop, first_day

_LABEL = re.compile(r"^(?:F\.?I\.?R|D\.?D|G\.?D|case|crime|cr)?\.?\s*(?:no|number|entry)?[\s.:]*", re.IGNORECASE)


_GLUED = re.compile(r"^(\d+?)\s*-?\s*((?:0[1-9]|[12]\d|3[01])[/-](?:0[1-9]|1[0-2])[/-](?:19|20)\d\d)$")


_YEARED = re.compile(r"^(.+?)\s*[/-]\s*((?:19|20)\d\d|\d\d)$")


_NUMBER = re.compile(r"^[0-9A-Za-z/-]{1,20}$")


def diary(shop: Shop) -> Convert:
    """A diary entry by its number: ``105``, ``105/2026``, ``FIR No. 105/26``, or glued to its date (11715/02/2026).

    ``kind`` FIR | DD | GD; ``date`` and ``station`` are source paths beside it.
    """
    text, kind, unreadable = shop.one(), shop.line.kind or "FIR", shop.note("no_diary_number")
    days = shop.texts(shop.line.date)
    station = shop.read(shop.line.station) if shop.line.station else None

    def convert(row: Row, notes: Notes) -> Row | None:
        told = text(row)
        if told is None:
            return None
        number, year, day = _diary_parts(told)
        if number is None:
            notes.append(unreadable)
            return None
        day = first_day(days, row) or day
        entry: Row = {"kind": kind, "number": number}
        if day is not None:
            entry["on"] = day
        if (year or day) is not None:
            entry["year"] = year or (day.year if day else None)
        if station is not None and (where := station(row)) is not None:
            entry["station_raw"] = redacted(where)[:200]
        return entry

    return convert


def _diary_parts(told: str) -> tuple[str | None, int | None, datetime.date | None]:
    """Number, year and date in a diary's field; no number if it cannot be read."""
    told = _LABEL.sub("", told.strip(), count=1).strip()
    year = day = None
    if found := _GLUED.match(told):
        try:
            day = dates.date_in(found[2])
            told = found[1]
        except ValueError:
            return None, None, None
    elif found := _YEARED.match(told):
        told, year = found[1].strip(), int(found[2]) if len(found[2]) == 4 else 2000 + int(found[2])
    number = re.sub(r"[\s.]", "", told)
    if not _NUMBER.match(number) or not any(letter.isdigit() for letter in number):
        return None, None, None
    return number, year if year is None or 1950 <= year <= 2100 else None, day
