"""What a converter is made from and how it reads a row: the vocabulary of all converters.

A converter reads texts (blanks gone, edges stripped) and gives a value for the contract, or None where nothing is said.
What it could not use it notes: ``placeholder_date``, ``unmapped_code``, ``no_age`` ...
"""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from adapters.mapping import dates
from adapters.mapping.manifest import Line, paths
from adapters.mapping.reading import Row, Text
from adapters.mapping.tables import Code


class Note(NamedTuple):
    """Something that was said and could not be used; countable, and free of what was said."""

    field: str
    rule: str


Notes = list[Note]


Convert = Callable[[Row, Notes], Any]


@dataclass(frozen=True)
class Shop:
    """What a converter is made from: its line, its place in the contract, and how to read a row."""

    path: str
    line: Line
    read: Callable[[str], Text]
    raw: Callable[[str], Callable[[Row], Any]]
    table: Callable[[str | None], dict[str, Code]]
    languages: dict[str, str]
    zone: str
    any_age: bool = False
    """Whether people of any age are told of, so that a birth before 1950 is no placeholder."""

    def texts(self, said: str | list[str] | None = None) -> list[Text]:
        """Readers of the given paths, or of the line's own sources."""
        return [self.read(path) for path in (paths(said) if said is not None else self.line.sources)]

    def one(self) -> Text:
        return self.texts()[0]

    def note(self, rule: str) -> Note:
        return Note(self.path, rule)


def of_text(shop: Shop, turn: Callable[[str], Any], rule: str) -> Convert:
    """A converter of one text whose ``turn`` raises ValueError where the text says nothing it can use."""
    text, note, placeholder = shop.one(), shop.note(rule), shop.note("placeholder_date")

    def convert(row: Row, notes: Notes) -> Any:
        said = text(row)
        if said is None:
            return None
        try:
            return turn(said)
        except dates.Placeholder:
            notes.append(placeholder)
        except (ValueError, OverflowError):
            notes.append(note)
        return None

    return convert


def of_words(shop: Shop, turn: Callable[[tuple[str | None, ...]], tuple[Row, int]]) -> Convert:
    """A converter of coded words, of which there are few: ``turn`` gives the value and how many had no code."""
    texts, unmapped = shop.texts(), shop.note("unmapped_code")
    known = lru_cache(maxsize=16_384)(turn)

    def convert(row: Row, notes: Notes) -> Row | None:
        words = tuple([text(row) for text in texts])
        if not any(words):
            return None
        value, without = known(words)
        if without:
            notes.extend([unmapped] * without)
        return dict(value)  # a copy: what is remembered must not be changed by whoever gets it

    return convert


def first_day(texts: list[Text], row: Row) -> datetime.date | None:
    for text in texts:
        said = text(row)
        if said is not None:
            try:
                return dates.date_in(said)
            except (ValueError, OverflowError):
                continue
    return None
