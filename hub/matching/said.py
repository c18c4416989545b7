"""Codes and described marks as numbers and plain words: what was said of a body, made comparable."""

import re
import tomllib
from collections.abc import Iterable
from enum import StrEnum
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from contracts import Mark
from contracts.codes import BodyPart, MarkKind, Side
from hub.matching.names import fold, sound


@cache
def _numbers(codes: type[StrEnum]) -> dict[StrEnum, int]:
    return {one: number for number, one in enumerate(codes, start=1)}


def code(value: StrEnum | None) -> int:
    """The place of a code in its list, from 1; 0 when absent."""
    return _numbers(type(value))[value] if value else 0


def address(raw: str) -> list[str]:
    """Words (by their sound in Latin) and numbers of an address, without those that very many addresses have."""
    told = [word for word in _BETWEEN.split(raw.lower()) if word]
    words = map(_of_address, told)
    return [w[:12] for w in words if (len(w) > 1 or w.isdigit()) and w not in _of_addresses()]


@lru_cache(maxsize=200_000)
def _of_address(word: str) -> str:
    return word if any(map(str.isdigit, word)) else sound(fold(word))


_BETWEEN = re.compile(r"[\s.,;:/()\-#'\"]+")


@cache
def _of_addresses() -> frozenset[str]:
    raw = tomllib.loads((Path(__file__).parent / "words.toml").read_text(encoding="utf-8"))
    return frozenset(sound(fold(word)) for word in raw["addresses"])


class Described(NamedTuple):
    kind: int
    part: int
    side: int
    words: tuple[str, ...]


def marks(told: Iterable[Mark]) -> list[Described]:
    """Marks with part, side and kind read from their words where no code was given."""
    return [_described(mark) for mark in told]


def _described(mark: Mark) -> Described:
    words = _plain(mark.raw)
    kind = mark.kind if mark.kind is not MarkKind.OTHER else _first(words, MarkKind)
    part = mark.body_part or _first(words, BodyPart)
    side = mark.side or _first(words, Side)
    known = {one.value for one in (kind, part, side) if one}
    rest = [w for w in words if w not in known and w not in _empty() and len(w) > 1]
    # The rarest words are the longest ones often enough, and the column is short.
    kept = sorted(dict.fromkeys(rest), key=lambda w: (w in common(), -len(w), w))
    return Described(code(kind), code(part), code(side), tuple(w[:12] for w in kept))


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "marks.toml").read_text(encoding="utf-8"))


@cache
def common() -> frozenset[str]:
    """Words that very many marks share: they tell little."""
    return frozenset(_words()["common"])


@cache
def _empty() -> frozenset[str]:
    return frozenset(_words()["empty"])


@cache
def _same() -> dict[str, str]:
    """Folded spelling to plain word; the words of the code lists and of the other lists stand for themselves."""
    codes = [one.value for kind in (MarkKind, BodyPart, Side) for one in kind]
    plain = {fold(word): word for word in (*_words()["empty"], *_words()["common"], *codes)}
    return plain | {fold(other): word for word, others in _words()["same"].items() for other in others}


def _plain(raw: str) -> list[str]:
    words = [fold(word) for word in re.split(r"[\s.,;:/()\-]+", raw.lower())]
    return [_same().get(w, w) for w in words if w]


_Code = TypeVar("_Code", bound=StrEnum)


def _first(words: list[str], codes: type[_Code]) -> _Code | None:
    values = {one.value for one in codes}
    return next((codes(w) for w in words if w in values), None)
