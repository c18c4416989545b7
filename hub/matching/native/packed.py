"""Rows of features laid out for the compiled loops: 48 whole numbers of 32 bits, those that every pair reads first.

Words, places, languages, marks and diary entries are numbers of distinct values, and what comparing needs of each value
stands once in a table of its own.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from hub.matching import addresses, births, features, places
from hub.matching.body import KIND_POINTS, LIMB
from hub.matching.columns import Rows, Tables
from hub.matching.comparisons import WIDELY_SPOKEN, family
from hub.matching.features import ROW
from hub.matching.frequency import Frequency
from hub.matching.native.distinct import Distinct
from hub.matching.native.words import Spelt, spelt
from hub.matching.said import common

Whole = npt.NDArray[np.int32]
Ints = npt.NDArray[np.int64]
#: Rows laid out at a time: their features stay in the cache while column after column is taken from them.
_AT_ONCE = 16_384
(TOLD, LOOKS, BASIS, BORN_FROM, BORN_TO, AS_OF, DOUBT, DAY, EVENT, HOME, TONGUES, BLOOD, DISABILITIES, DIARIES, LONGEST,
 NAMES) = range(16)  # fmt: skip
FATHER, MOTHER, NICKS, MARKS, HEIGHT, HEIGHT_ON, HAIR, APPAREL, ADDRESS = 21, 25, 29, 32, 36, 37, 38, 41, 45
WIDE = 48
#: Small codes that stand together in ``LOOKS``, five bits each.
GENDER, BUILD, COMPLEXION, FACE, EYES = range(0, 25, 5)
CODES = 32
#: What a row says of the fields that cost more, in ``TOLD``: two bits for each name (1 told by one word only, 2 by
#: more), then a bit for each of these.
NICKED, MARKED, TWICE_MARKED, TALL, HAIRED, CLAD, ENTERED, ADDRESSED = range(6, 14)
_PLACE = ROW["event"]
_MARK = ROW["marks"].base
_LANGUAGES, _DIARIES, _ADDRESS = (
    np.dtype((np.void, ROW[column].itemsize)) for column in ("languages", "diaries", "address")
)


class Values(NamedTuple):
    """Tables of distinct values by their number; the first row of each stands for nothing told."""

    words: Spelt
    steps: Ints
    """Of each word, how many classes it is rarer than the model's reference."""
    places: Ints
    """(places, 12): state, district, village, station, PIN, sub-district; x, y, z, precision; finer; told."""
    tongues: Whole
    """(sets, 12): four languages, their families, and whether each is widely spoken."""
    marks: Whole
    """(marks, 11): told, kind, part, side, limb, points of the kind, up to five rare words."""
    diaries: Ints
    """(sets, 8): four entries, a number and a station each."""
    addresses: Whole
    """(addresses, 16): eight words, and what having each in common is worth."""


@dataclass(frozen=True)
class Packed:
    """Two tables of rows and the values that they share."""

    left: Whole
    right: Whole
    values: Values


class Packing:
    """Lays rows out, table after table, over one numbering of values."""

    def __init__(self) -> None:
        kinds = (ROW["names"].base, _PLACE, _LANGUAGES, _MARK, _DIARIES, _ADDRESS)
        self._words, self._places, self._tongues, self._marks, self._diaries, self._addresses = map(Distinct, kinds)
        self._of_marks, self._of_addresses = Distinct(_MARK["words"].base), Distinct(ROW["address"].base)

    @property
    def met(self) -> "Met":
        """How many values of each kind were met so far, that of nothing told included."""
        kinds = (self._words, self._places, self._tongues, self._marks, self._diaries, self._addresses)
        return Met(*map(len, kinds))

    def rows(self, table: Rows) -> Whole:
        """(rows, ``WIDE``) numbers of a table of ``ROW``."""
        packed = np.zeros((len(table), WIDE), dtype=np.int32)
        for start in range(0, len(table), _AT_ONCE):
            part = table[start : start + _AT_ONCE]
            self._pack(part, packed[start : start + _AT_ONCE])
        return packed

    def _pack(self, part: Rows, into: Whole) -> None:
        ages = births.ages(Tables(part, part[:0]))
        for at, (age, _) in zip((BORN_FROM, BORN_TO, BASIS, AS_OF, DOUBT), ages, strict=True):
            into[:, at] = age
        for at, plain in _PLAIN.items():
            into[:, at] = part[plain]
        for at, which in ((EVENT, "event"), (HOME, "home")):
            into[:, at] = self._places.coded(part[which])
        into[:, TONGUES] = self._tongues.coded(_whole(part["languages"], _LANGUAGES))
        into[:, DIARIES] = self._diaries.coded(_whole(part["diaries"], _DIARIES))
        into[:, ADDRESS] = self._addresses.coded(_whole(part["address"], _ADDRESS))
        into[:, BLOOD] = _number(part["blood"])
        into[:, LOOKS] = _looks(part)
        for at, which in _NAMED.items():
            into[:, at : at + part[which].shape[1]] = self._words.coded(part[which])
        into[:, HAIR : HAIR + 3], into[:, APPAREL : APPAREL + 4] = part["hair"], part["apparel"]
        into[:, MARKS : MARKS + 4] = self._marks.coded(part["marks"])
        longest = part["longest"]
        for number, which in enumerate(("names", "father", "mother")):
            into[:, LONGEST] |= longest[which].astype(np.int32) << 8 * number
        into[:, TOLD] = _told(into)

    def values(self, frequency: Frequency, centroids: places.Centroids) -> Values:
        """The tables of all values met so far."""
        return Values(*(make() for make in self.makers(frequency, centroids, Met(0, 0, 0, 0, 0, 0))))

    def makers(self, frequency: Frequency, centroids: places.Centroids, since: "Met") -> list[Callable[[], Any]]:
        """What makes the tables of ``Values``, each for the values that were met after ``since``."""
        return [
            lambda: spelt(self._spelt(since.words)),
            # The first word of all is no word.
            lambda: frequency.steps_of(["", *self._spelt(max(since.words, 1))])[min(since.words, 1) :],
            lambda: _located(self._places.values(since.places), centroids),
            lambda: _spoken(self._tongues.values(since.tongues)),
            lambda: _marked(self._marks.values(since.marks), self._of_marks),
            lambda: self._diaries.values(since.diaries).view(np.int64).reshape(-1, 8),
            lambda: _addressed(self._addresses.values(since.addresses), self._of_addresses),
        ]

    def _spelt(self, since: int) -> list[str]:
        return [word.decode() for word in self._words.values(since).tolist()]


class Met(NamedTuple):
    """How many values of each kind there are."""

    words: int
    places: int
    tongues: int
    marks: int
    diaries: int
    addresses: int


_PLAIN = {DAY: "event_on", DISABILITIES: "disabilities", HEIGHT: "height", HEIGHT_ON: "height_on"}
_NAMED = {NAMES: "names", FATHER: "father", MOTHER: "mother", NICKS: "nicks"}


def _looks(part: Rows) -> Whole:
    looks = np.zeros(len(part), dtype=np.int32)
    for shift, column in (
        (GENDER, "gender"),
        (BUILD, "build"),
        (COMPLEXION, "complexion"),
        (FACE, "face"),
        (EYES, "eyes"),
    ):
        looks |= np.minimum(part[column].astype(np.int32), CODES - 1) << shift
    return looks


def _told(packed: Whole) -> Whole:
    told = np.zeros(len(packed), dtype=np.int32)
    for number, at in enumerate((NAMES, FATHER, MOTHER)):
        words = np.where((packed[:, LONGEST] >> 8 * number) & 255 < 2, 1, 2)
        told |= np.where(packed[:, at] > 0, words, 0).astype(np.int32) << 2 * number
    marked = (packed[:, MARKS : MARKS + 4] > 0).sum(axis=1)
    said = {
        NICKED: packed[:, NICKS] > 0,
        MARKED: marked > 0,
        TWICE_MARKED: marked > 1,
        TALL: (packed[:, HEIGHT] > 0) & (packed[:, HEIGHT_ON] > 0),
        HAIRED: (packed[:, HAIR : HAIR + 3] > 0).any(axis=1),
        CLAD: (packed[:, APPAREL : APPAREL + 4] > 0).any(axis=1),
        ENTERED: packed[:, DIARIES] > 0,
        ADDRESSED: packed[:, ADDRESS] > 0,
    }
    for bit, holds in said.items():
        told |= holds.astype(np.int32) << bit
    return told


def _whole(cells: npt.NDArray[Any], dtype: np.dtype[np.void]) -> npt.NDArray[Any]:
    """The cells of each row as one value."""
    return np.ascontiguousarray(cells).view(dtype).ravel()


def _number(words: npt.NDArray[Any]) -> npt.NDArray[np.int32]:
    """Words of up to three letters as whole numbers; 0 is no word."""
    letters = np.ascontiguousarray(words).view(np.uint8).reshape(*words.shape, 3).astype(np.int32)
    number: npt.NDArray[np.int32] = letters[..., 0] | letters[..., 1] << 8 | letters[..., 2] << 16
    return number


def _located(distinct: Rows, centroids: places.Centroids) -> npt.NDArray[np.int64]:
    as_rows = np.zeros(len(distinct), dtype=ROW)
    as_rows["event"] = distinct
    tables = Tables(as_rows, as_rows[:0])
    codes = [distinct[part].astype(np.int64) for part in ("state", "district", *places.LOCALITIES)]
    at = places.positions(tables, "event", 0, centroids)
    more = places.finer(tables, "event")[0], places.told(tables, "event")[0]
    return np.ascontiguousarray(np.stack([*codes, *at, *more], axis=1))


def _spoken(distinct: npt.NDArray[Any]) -> Whole:
    tongues = np.ascontiguousarray(distinct).view(ROW["languages"].base).reshape(len(distinct), features.LANGUAGES)
    wide = np.isin(tongues, WIDELY_SPOKEN)
    return np.concatenate([_number(tongues), _number(family(tongues)), wide.astype(np.int32)], axis=1)


def _addressed(distinct: npt.NDArray[Any], words: Distinct) -> Whole:
    numbers = words.coded(np.ascontiguousarray(distinct).view(words.dtype).reshape(len(distinct), features.ADDRESS))
    worth = _of_words(words, numbers, lambda told: addresses.worth_of(told).astype(np.int32))
    return np.concatenate([numbers, worth], axis=1)


def _of_words(words: Distinct, numbers: npt.NDArray[np.int32], tell: Callable[[list[str]], Any]) -> Any:
    """What is told of each word, in the shape of ``numbers``."""
    met, at = np.unique(np.append(0, numbers), return_inverse=True)  # number 0, no word, comes first
    return tell([word.decode() for word in words.values()[met].tolist()])[at[1:]].reshape(numbers.shape)


def _rare(words: list[str]) -> npt.NDArray[np.bool_]:
    return np.array([word != "" and word not in common() for word in words], dtype=bool)


def _marked(distinct: Rows, words: Distinct) -> Whole:
    numbers = words.coded(distinct["words"])
    told = (distinct["kind"] > 0) | (distinct["part"] > 0) | (numbers > 0).any(axis=1)
    numbers = -np.sort(-np.where(_of_words(words, numbers, _rare), numbers, 0), axis=1)
    kind, part, side = (distinct[column].astype(np.int32) for column in ("kind", "part", "side"))
    said = [told.astype(np.int32), kind, part, side, LIMB[part].astype(np.int32), KIND_POINTS[kind].astype(np.int32)]
    return np.ascontiguousarray(np.concatenate([np.stack(said, axis=1), numbers.astype(np.int32)], axis=1))
