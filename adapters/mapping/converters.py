"""The converters a field line may name: each with its options, how many sources it takes and what it gives."""

from collections.abc import Callable
from typing import NamedTuple

from adapters.mapping.ages import age, age_range, birth_date, birth_year
from adapters.mapping.diaries import diary
from adapters.mapping.looks import disabilities, garment, hair, height, marks, weight
from adapters.mapping.plain import (
    code,
    codes,
    date,
    free_text,
    hashes,
    integer,
    moment,
    name,
    names,
    pin,
    relative,
    said,
    time,
)
from adapters.mapping.shop import Convert, Shop
from adapters.mapping.targets import target


class Converter(NamedTuple):
    """How to make it, the line's keys it reads, how many sources, and what it gives (None: one plain value)."""

    make: Callable[[Shop], Convert]
    options: frozenset[str] = frozenset()
    sources: tuple[int, int] = (1, 1)
    gives: str | None = None


def _c(make: Callable[[Shop], Convert], options: str = "", sources: tuple[int, int] = (1, 1),
       gives: str | None = None) -> Converter:  # fmt: skip
    return Converter(make, frozenset(options.split()), sources, gives)


CONVERTERS: dict[str, Converter] = {
    "text": _c(free_text, sources=(1, 8)),
    "name": _c(name),
    "names": _c(names, "kind lang", sources=(1, 4), gives="Name"),
    "relative": _c(relative, "relation lang", gives="Relative"),
    "date": _c(date, "format"),
    "time": _c(time),
    "datetime": _c(moment, "format"),
    "integer": _c(integer),
    "code": _c(code, "table"),
    "codes": _c(codes, "table separators", gives="list"),
    "said": _c(said, "table", gives="Said"),
    "birth_date": _c(birth_date, "basis format", gives="Birth"),
    "birth_year": _c(birth_year, "basis", gives="Birth"),
    "age": _c(age, "basis as_of", gives="Birth"),
    "age_range": _c(age_range, "basis as_of", (2, 2), gives="Birth"),
    "height": _c(height, "unit"),
    "weight": _c(weight),
    "hair": _c(hair, sources=(1, 3), gives="SaidHair"),
    "garment": _c(garment, sources=(1, 2), gives="Garment"),
    "marks": _c(marks, sources=(1, 6), gives="Mark"),
    "disabilities": _c(disabilities, "table", gives="Disability"),
    "diary": _c(diary, "kind date station", gives="Diary"),
    "pin": _c(pin),
    "hashes": _c(hashes, gives="Photo"),
}


#: Converters that cannot work without a table.
NEED_TABLE = frozenset({"code", "codes", "said"})


def gives_fit(path: str, gives: str | None) -> bool:
    """Whether what a converter gives may stand at ``path``."""
    held = target(path)
    kind = getattr(held.type, "__name__", "")
    if gives is None:
        return not held.is_list and not hasattr(held.type, "model_fields")
    if gives == "list":
        return held.is_list and not hasattr(held.type, "model_fields")
    if gives == "Said":
        return kind.startswith("Said") and "code" in held.type.model_fields
    return bool(kind == gives)
