"""Limits of time as the law counts them: hours to the minute; days and months to the end of the day, in Indian time.

The day from which a limit runs is not counted (General Clauses Act 1897 s.9(1)); a month is a calendar month (s.3(35)),
so that four months from 31 October end with the last day of February.
"""

import calendar
import datetime
import re
from dataclasses import dataclass
from typing import Self

INDIA = datetime.timezone(datetime.timedelta(hours=5, minutes=30), "IST")
_FORM = re.compile(r"(-?)(\d{1,4})([hdM])")


@dataclass(frozen=True)
class Duration:
    """``number`` of ``unit``: ``h`` hours, ``d`` days, ``M`` months; negative for limits that end before a day."""

    number: int
    unit: str

    @classmethod
    def read(cls, text: str) -> Self:
        """From ``24h``, ``15d``, ``4M``, ``-15d``; raises ``ValueError``."""
        found = _FORM.fullmatch(text)
        if found is None:
            raise ValueError("a duration is written 24h, 15d, 4M or -15d")
        return cls(int(found[1] + found[2]), found[3])

    def after(self, start: datetime.datetime) -> datetime.datetime:
        """The last moment of a limit that runs from ``start``."""
        if self.unit == "h":
            return start + datetime.timedelta(hours=self.number)
        day = start.astimezone(INDIA).date()
        last = day + datetime.timedelta(days=self.number) if self.unit == "d" else months_later(day, self.number)
        return end_of(last)

    def before(self, end: datetime.datetime) -> datetime.datetime:
        """So long before a moment, for warnings."""
        if self.unit == "M":
            raise ValueError("a warning is so many hours or days before")
        return end - datetime.timedelta(**{"h": {"hours": self.number}, "d": {"days": self.number}}[self.unit])


def end_of(day: datetime.date) -> datetime.datetime:
    """The last second of a day in India."""
    return datetime.datetime.combine(day, datetime.time(23, 59, 59), INDIA)


def months_later(day: datetime.date, months: int) -> datetime.date:
    """The same day so many months later, or the last of that month where it has none."""
    month = day.year * 12 + day.month - 1 + months
    year, month = divmod(month, 12)
    return datetime.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
