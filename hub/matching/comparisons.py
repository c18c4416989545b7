"""The comparisons of this domain: for each pair of records, which level of agreement a field reached.

Each comparison takes ``Pairs`` (left searched for, right candidate) and gives ``Reached``. Level 0 is always "could not
be compared"; the other levels stand in ``model.toml`` in the same order, best agreement first. Whole numbers only, so
that one pair and a million pairs come to the same levels.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hub.matching import addresses, births, body, conditions, namings, places
from hub.matching.columns import Pairs
from hub.matching.frequency import Frequency
from hub.matching.reached import Levels, Reached, any_of, by_value, first_that_holds, where_told

Comparison = Callable[[Pairs, "Setting"], Reached]


@dataclass(frozen=True)
class Setting:
    """What comparisons need besides the records: data of the model."""

    centroids: places.Centroids
    frequency: Frequency


def _gender(pairs: Pairs) -> Reached:
    """Levels: the same; one of them transgender; different."""
    left, right = pairs.column("gender")
    return Reached(
        first_that_holds((left > 0) & (right > 0), [left == right, (left == 3) | (right == 3), left != right])
    )


def _diary(pairs: Pairs, _: Setting) -> Reached:
    """A shared diary entry; entries that differ say nothing, since each side keeps its own."""
    numbers = pairs.tables.column("diaries", "number")
    told = pairs.tables.once("diaries told", lambda: (any_of(numbers[0] != 0), any_of(numbers[1] != 0)))
    return where_told(pairs, told, _diary_told)


def _diary_told(pairs: Pairs) -> Reached:
    (left_no, right_no), (left_at, right_at) = pairs.column("diaries", "number"), pairs.column("diaries", "station")
    same = (left_no[:, :, None] == right_no[:, None, :]) & (left_no[:, :, None] != 0)
    there = (left_at[:, :, None] == right_at[:, None, :]) & (left_at[:, :, None] != 0)
    blank = (left_at[:, :, None] == 0) | (right_at[:, None, :] == 0)
    full = (same & there).any(axis=(1, 2))
    number = (same & blank).any(axis=(1, 2))
    return Reached(first_that_holds(full | number, [full, number]))


def _languages(pairs: Pairs) -> Reached:
    left, right = pairs.column("languages")
    known = (left[:, 0] != b"") & (right[:, 0] != b"")
    filled = (left[:, :, None] != b"") & (right[:, None, :] != b"")
    shared = (left[:, :, None] == right[:, None, :]) & filled
    wide = np.isin(left, WIDELY_SPOKEN)[:, :, None]
    related = (family(left)[:, :, None] == family(right)[:, None, :]) & filled
    levels = [(shared & ~wide).any(axis=(1, 2)), shared.any(axis=(1, 2)), related.any(axis=(1, 2))]
    return Reached(first_that_holds(known, [*levels, np.ones(len(pairs), dtype=bool)]))


WIDELY_SPOKEN = np.array([b"hi", b"en", b"ur"])
_FAMILIES = (
    b"hi bho mai mag awa raj bgc ur pa doi ks sd gu".split(),
    b"bn as or mni brx".split(),
    b"mr kok".split(),
    b"ta ml".split(),
    b"te kn".split(),
    b"ne".split(),
    b"sat mun hoc kru".split(),
)


def family(tongues: npt.NDArray[np.bytes_]) -> npt.NDArray[np.bytes_]:
    """For each language the first of its family; a language of no family here stands for itself."""
    family = tongues.copy()
    for members in _FAMILIES:
        family[np.isin(tongues, members)] = members[0]
    return family


#: Every comparison by the name of its field in ``model.toml``, in the order in which evidence is shown and summed.
COMPARISONS: dict[str, Comparison] = {
    "name": lambda pairs, setting: namings.child(pairs, setting.frequency),
    "father": lambda pairs, setting: namings.parent("father", pairs, setting.frequency),
    "mother": lambda pairs, setting: namings.parent("mother", pairs, setting.frequency),
    "gender": lambda pairs, _: by_value(pairs, "gender", _gender),
    "age": lambda pairs, _: births.age(pairs),
    "time": lambda pairs, _: births.time(pairs),
    "place": lambda pairs, setting: places.place("event", pairs, setting.centroids),
    "home": lambda pairs, setting: conditions.home(pairs, setting.centroids),
    "address": lambda pairs, _: addresses.address(pairs),
    "languages": lambda pairs, _: conditions.languages(pairs, by_value(pairs, "languages", _languages), levels=4),
    "height": lambda pairs, _: body.height(pairs),
    "build": lambda pairs, _: by_value(pairs, "build", lambda some: body.step("build", some)),
    "complexion": lambda pairs, _: by_value(pairs, "complexion", lambda some: body.step("complexion", some)),
    "face": lambda pairs, _: by_value(pairs, "face", lambda some: body.same("face", some)),
    "eyes": lambda pairs, _: by_value(pairs, "eyes", lambda some: body.same("eyes", some)),
    "hair": lambda pairs, _: body.hair(pairs),
    "blood": lambda pairs, _: by_value(pairs, "blood", body.blood),
    "marks": lambda pairs, _: body.marks(pairs),
    "disability": lambda pairs, _: by_value(pairs, "disabilities", body.disability),
    "apparel": lambda pairs, _: body.apparel(pairs),
    "diary": _diary,
}

__all__ = ["COMPARISONS", "Comparison", "Levels", "Reached", "Setting"]
