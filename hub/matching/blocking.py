"""Blocking keys: what records of one child are likely to share, several kinds for every record, for one or for many.

Two records are candidates for each other when they share a key and lie on different sides. What the keys join:

====== ======================================================================================================
name   a word of the name (by its phonetic key), alone and with each year of birth that is possible
names  two words of the name; a word and a parent's; a father's and a mother's; a father's, gender and year of birth;
       gender and how a word and a parent's begin, since slips of the pen mostly come later
place  gender, year of birth, district (or state) of event or home, and quarter of the event; gender, district and
       quarter, whatever the age
time   gender, year of birth and month of the event, anywhere in the country
speech gender, year of birth, a language that few speak, and half-year of the event
home   gender, year of birth and district, whatever the time
mark   gender, and kind, part and side of a mark; the same with year of birth and state
diary  a diary entry
====== ======================================================================================================

One who is searched for looks ahead in time: his keys name the spans in which he may have been found.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from hub.matching.columns import Ints, Rows
from hub.matching.features import Features, rows
from hub.matching.hashes import Hashes, mixed, of_text
from hub.matching.phonetics import word_keys

#: Of the keys as such: a hub whose index holds keys of another version is told to build them anew.
VERSION = 2
_TOLERANCE_MONTHS = np.array([0, 0, 12, 18, 18])
_MOST_YEARS = 7
_WIDELY_SPOKEN = (b"hi", b"en", b"ur", b"")


class Told(NamedTuple):
    """Things that rows say: row numbers, rising, and a code for each."""

    row: Ints
    code: Hashes


class Keyed(NamedTuple):
    """Keys of a table: row numbers, rising, and keys; each pair once."""

    row: Ints
    key: Hashes


def keys(features: Features) -> frozenset[str]:
    """All keys of one record as short strings."""
    return frozenset(f"{key:016x}" for key in keyed(features.row).key.tolist())


def keys_of(many: Sequence[Features]) -> list[frozenset[str]]:
    """Keys of many records at once: the same as ``keys`` of each, at a small part of the time."""
    found: list[set[str]] = [set() for _ in many]
    told = keyed(rows([one.pack() for one in many]))
    for row, key in zip(told.row.tolist(), told.key.tolist(), strict=True):
        found[row].add(f"{key:016x}")
    return [frozenset(some) for some in found]


def keyed(table: Rows) -> Keyed:
    """All keys of all rows of a table."""
    names = _both(_spoken(table, "names"), _spoken(table, "nicks"))
    father, mother = _spoken(table, "father"), _spoken(table, "mother")
    years, genders = _years(table), _genders(table)
    person = _joined("person", genders, years)
    found = [
        _joined("name", names),
        _joined("name", names, years),
        _two_words(names),
        _joined("parent", names, _both(father, mother)),
        _joined("parents", father, mother),
        _joined("father", father, person),
        _joined("openings", genders, _openings(table, "names", "nicks"), _openings(table, "father", "mother")),
        _joined("place", person, _places(table), _spans(table, 91, back=1, ahead=3)),
        _joined("time", person, _spans(table, 30, back=0, ahead=1)),
        _joined("speech", person, _languages(table), _spans(table, 182, back=1, ahead=4)),
        _joined("there", genders, _places(table, ("district",)), _spans(table, 91, back=1, ahead=3)),
        _joined("home", person, _places(table, ("district",))),
        _joined("mark", genders, _marks(table)),
        _joined("mark", person, _places(table, ("state",)), _marks(table)),
        _joined("diary", _cells(table["diaries"]["number"])),
    ]
    row, key = (np.concatenate([one[part] for one in found]) for part in (0, 1))
    return Keyed(*_once(row, key))


def _joined(kind: str, first: Told, *rest: Told) -> Told:
    """Every combination of what a row says: one key for each; none where one of them is not told."""
    row, code = first.row, mixed(of_text(kind), first.code)
    for other in rest:
        start, end = np.searchsorted(other.row, row, "left"), np.searchsorted(other.row, row, "right")
        times = end - start
        at = _counted_from(start, times)
        row, code = np.repeat(row, times), mixed(np.repeat(code, times), other.code[at])
    return Told(row, code)


def _counted_from(start: Ints, times: Ints) -> Ints:
    """From each start so many numbers upwards, one after the other."""
    ends = np.cumsum(times)
    counted: Ints = np.repeat(start - (ends - times), times) + np.arange(ends[-1] if len(ends) else 0)
    return counted


def _two_words(names: Told) -> Told:
    """Each two words of a name, whichever stands first."""
    start, end = np.searchsorted(names.row, names.row, "left"), np.searchsorted(names.row, names.row, "right")
    times = end - start
    a, b = np.repeat(names.code, times), names.code[_counted_from(start, times)]
    ordered = np.flatnonzero(a < b)
    row = np.repeat(names.row, times)[ordered]
    return Told(row, mixed(of_text("names"), mixed(a[ordered], b[ordered])))


def _both(one: Told, other: Told) -> Told:
    return Told(*_once(np.concatenate([one.row, other.row]), np.concatenate([one.code, other.code])))


def _once(row: Ints, code: Hashes) -> tuple[Ints, Hashes]:
    """Sorted by row and code, each pair once."""
    order = np.lexsort((code, row))
    row, code = row[order], code[order]
    fresh = np.ones(len(row), dtype=bool)
    np.not_equal(row[1:], row[:-1], out=fresh[1:])
    fresh[1:] |= code[1:] != code[:-1]
    return row[fresh], code[fresh]


def _cells(cells: npt.NDArray[Any]) -> Told:
    """Filled cells of a number column of several to a row."""
    row, at = np.nonzero(cells)
    return Told(row.astype(np.int64), cells[row, at].astype(np.int64).view(np.uint64))


def _openings(table: Rows, *columns: str) -> Told:
    """The first two letters of the phonetic keys of all words of these name columns."""
    return _both(*(_spoken(table, column, 2) for column in columns))


def _spoken(table: Rows, column: str, letters: int | None = None) -> Told:
    """Phonetic keys of the words of a name column, or their first so many letters."""
    words = np.ascontiguousarray(table[column])
    row, at = np.nonzero(words != b"")
    distinct, which = np.unique(words[row, at], return_inverse=True)
    sounds = [sorted({key[:letters] for key in word_keys(word.decode())}) for word in distinct.tolist()]
    times = np.array([len(some) for some in sounds], dtype=np.int64)
    codes = np.array([of_text(one) for some in sounds for one in some], dtype=np.uint64)
    start, repeat = (np.cumsum(times) - times)[which], times[which]
    return Told(*_once(np.repeat(row, repeat).astype(np.int64), codes[_counted_from(start, repeat)]))


def _genders(table: Rows) -> Told:
    """A gender that is unknown or transgender may have been told as either."""
    told = table["gender"].astype(np.int64)
    row = np.repeat(np.arange(len(table)), np.where((told == 1) | (told == 2), 1, 2))
    second = np.zeros(len(row), dtype=bool)
    np.equal(row[1:], row[:-1], out=second[1:])
    return Told(row, np.where((told[row] == 1) | (told[row] == 2), told[row], 1 + second).astype(np.uint64))


def _years(table: Rows) -> Told:
    """Years of birth that are possible, with the tolerance of the basis as far as the span stays short enough."""
    known = table["age_basis"] > 0
    spare = _TOLERANCE_MONTHS[table["age_basis"]]
    first, last = (table[side].astype(np.int64) for side in ("born_from", "born_to"))
    for less in (6, 0):
        wide = (last + spare) // 12 - (first - spare) // 12 >= _MOST_YEARS
        spare = np.where(wide, np.minimum(spare, less), spare)
    start, end = (first - spare) // 12, (last + spare) // 12
    return _counted(start, np.where(known & (end - start < _MOST_YEARS), end - start + 1, 0))


def _spans(table: Rows, days: int, back: int, ahead: int) -> Told:
    """Span of so many days in which the event lies; of one searched for also the spans before and after it."""
    day, searched = table["event_on"].astype(np.int64), table["searched"] > 0
    span = day // days
    start = np.where(searched, span - back, span)
    return _counted(start, np.where(day > 0, np.where(searched, back + ahead + 1, 1), 0))


def _counted(start: Ints, times: Ints) -> Told:
    return Told(np.repeat(np.arange(len(start)), times), _counted_from(start, times).astype(np.uint64))


def _places(table: Rows, parts: tuple[str, ...] = ("district", "state")) -> Told:
    """Districts and states of event and home; both, since often only the state is known of the other record."""
    columns = [table[which][part].astype(np.int64) for which in ("event", "home") for part in parts]
    levels = [10_000_000 * (1 + (part == "state")) for _ in ("event", "home") for part in parts]
    coded = [np.where(one > 0, one + level, 0) for one, level in zip(columns, levels, strict=True)]
    return Told(*_once(*_cells(np.stack(coded, axis=1))))


def _languages(table: Rows) -> Told:
    tongues = np.ascontiguousarray(table["languages"])
    row, at = np.nonzero(~np.isin(tongues, _WIDELY_SPOKEN))
    distinct, which = np.unique(tongues[row, at], return_inverse=True)
    codes = np.array([of_text(tongue.decode()) for tongue in distinct.tolist()], dtype=np.uint64)
    return Told(row.astype(np.int64), codes[which])


def _marks(table: Rows) -> Told:
    marks = table["marks"]
    kind, part, side = (marks[column].astype(np.int64) for column in ("kind", "part", "side"))
    return _cells(np.where((kind > 0) & (part > 0), (kind * 100 + part) * 10 + side, 0))


@dataclass(frozen=True)
class Plan:
    """Which keys to follow, rarest first, and which were left because they would bring too many candidates."""

    followed: list[str]
    left_out: list[str]


def plan(counts: Mapping[str, int], most: int) -> Plan:
    """Follow the rarest keys until ``most`` candidates (counted with repeats) are reached; at least the rarest one.

    ``counts``: how many entries of the other side hold each key of a record. What is left out is to be reported.
    """
    followed: list[str] = []
    left_out: list[str] = []
    total = 0
    for key, count in sorted(counts.items(), key=lambda item: (item[1], item[0])):
        fits = total + count <= most or not followed
        (followed if fits else left_out).append(key)
        total += count if fits else 0
    return Plan(followed, left_out)
