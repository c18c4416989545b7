"""A model as the text of a ``model.toml``, which ``Model.load`` reads back to the same weights."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hub.matching.model import FieldModel, _File


def written(data: "_File") -> str:
    """The text of the file."""
    return "\n".join(_lines(data)) + "\n"


def _lines(data: "_File") -> Iterator[str]:
    yield f'version = "{data.version}"'
    for name in ("prior", "propose", "calibration", "frequency"):
        yield f"\n[{name}]"
        yield from (f"{key} = {value!r}" for key, value in getattr(data, name).model_dump().items())
    if data.words:
        yield "\n# Rarity of names' words, counted: class n is about one in 2**n names.\n[words]"
        yield from (f"{word} = {rarity}" for word, rarity in data.words.items())
    if data.districts:
        yield "\n# Middle points of districts by LGD code, from the points that records told.\n[districts]"
        yield from (f"{code} = [{at[0]!r}, {at[1]!r}]" for code, at in data.districts.items())
    for field in data.field:
        yield from _field(field)


def _field(field: "FieldModel") -> Iterator[str]:
    yield f'\n[[field]]\nname = "{field.name}"\nwords = "{field.words}"'
    yield from (f"{flag} = {str(getattr(field, flag)).lower()}" for flag in ("ordered", "open"))
    yield "levels = ["
    for level in field.levels:
        more = ", by_rarity = true" if level.by_rarity else ""
        more += f', given = "{level.given}"' if level.given else ""
        yield f'  {{ name = "{level.name}", words = "{level.words}", m = {level.m!r}, u = {level.u!r}{more} }},'
    yield "]"
