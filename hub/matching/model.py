"""The model as data: levels with m and u for each field, read from ``model.toml`` and checked as hard as code."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from math import isclose, log2
from pathlib import Path
from typing import Annotated, Any, Self

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from contracts.errors import Refused, problems_of
from hub.matching.comparisons import COMPARISONS, Setting
from hub.matching.frequency import Frequency
from hub.matching.names import fold, sound
from hub.matching.places import Centroids
from hub.matching.written import written

_Share = Annotated[float, Field(gt=0, lt=1)]
_Word = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
_Sound = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]{1,16}$")]
_Code = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{0,5}$")]
_Latitude = Annotated[float, Field(ge=5.0, le=38.0)]
_Longitude = Annotated[float, Field(ge=67.0, le=98.5)]
_Words = Annotated[str, StringConstraints(pattern=r"^[^\"\\\\\n]{2,120}$")]


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Level(_Data):
    """One level of a field: ``m`` of true pairs and ``u`` of other pairs reach it, of those that can be compared."""

    name: _Word
    words: _Words
    m: _Share
    u: _Share
    given: _Word | None = None
    """Under which circumstances the level is reached, where a field has levels for several (see ``conditions``)."""
    by_rarity: bool = False
    """Whether the rarity of the agreeing words is added."""

    @property
    def bits(self) -> float:
        return log2(self.m / self.u)


class FieldModel(_Data):
    name: _Word
    words: _Words
    levels: Annotated[list[Level], Field(min_length=1, max_length=60)]
    ordered: bool = True
    """Best agreement first: no level may weigh more than the one before it."""
    open: bool = False
    """Some comparable pairs reach no level, so m and u need not add up to one."""

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        for some in self.groups:
            self._group_adds_up([self.levels[at] for at in some])
        return self

    def _group_adds_up(self, levels: list[Level]) -> None:
        for share in ("m", "u"):
            total = sum(getattr(level, share) for level in levels)
            if total > 1 + 1e-6 or not (self.open or isclose(total, 1, abs_tol=1e-6)):
                raise ValueError(f"{share} over the levels of {self.name} must add up to 1, not {total:.7f}")
        if len({level.name for level in levels}) != len(levels):
            raise ValueError(f"levels of {self.name} must have different names")
        if self.ordered and any(worse.bits > better.bits + 1e-9 for better, worse in pairwise(levels)):
            raise ValueError(f"levels of {self.name} must stand best agreement first, weights never rising")

    @property
    def groups(self) -> list[list[int]]:
        """Places of the levels of each circumstance; m and u add up to one within each."""
        given = dict.fromkeys(level.given for level in self.levels)
        return [[at for at, level in enumerate(self.levels) if level.given == one] for one in given]


class Prior(_Data):
    one_in: Annotated[float, Field(gt=1)]


class Propose(_Data):
    bits: float
    at_most: Annotated[int, Field(ge=1, le=1000)]


class Calibration(_Data):
    """How a score becomes a probability: its odds are 2 to the power of ``slope`` times the bits plus ``shift``."""

    slope: Annotated[float, Field(gt=0, le=5)] = 1.0
    shift: Annotated[float, Field(ge=-60, le=60)] = 0.0


class Rarity(_Data):
    """What an agreement on a rare or common word is worth beyond its level."""

    reference: Annotated[int, Field(ge=0, le=40)]
    unseen: Annotated[int, Field(ge=0, le=40)]
    bits_per_class: Annotated[float, Field(ge=0, le=1)]
    lowest: Annotated[float, Field(le=0)]
    highest: Annotated[float, Field(ge=0)]


class _File(_Data):
    version: Annotated[str, StringConstraints(pattern=r"^[0-9]+(\.[0-9]+)*(-[a-z0-9.-]+)?$", max_length=40)]
    prior: Prior
    propose: Propose
    calibration: Calibration = Calibration()
    frequency: Rarity
    words: dict[_Sound, Annotated[int, Field(ge=0, le=40)]] = {}
    """Rarity classes of names' words, by their sound, where they were counted; else those of ``frequencies.toml``."""
    districts: dict[_Code, tuple[_Latitude, _Longitude]] = {}
    """Middle points of districts by LGD code, where they were learned."""
    field: list[FieldModel]

    @model_validator(mode="after")
    def _knows_every_comparison(self) -> Self:
        if [one.name for one in self.field] != list(COMPARISONS):
            raise ValueError(f"fields must be, in this order: {', '.join(COMPARISONS)}")
        return self


@dataclass(frozen=True, eq=False)
class Model:
    """Weights, and the data beside them. Immutable; ``with_...`` give changed copies."""

    data: _File
    frequency: Frequency
    centroids: Centroids

    @classmethod
    def load(cls, path: Path | None = None) -> "Model":
        """Read and check a model. Raises ``Refused`` (``invalid_model``) naming each thing that is wrong."""
        path = path or _HERE / "model.toml"
        try:
            data = _File.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
        except ValidationError as error:
            raise Refused(
                "invalid_model", f"Correct {path.name} where the problems say.", problems_of(error)
            ) from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
            raise Refused("invalid_model", f"{path.name} cannot be read as TOML; correct it.") from error
        districts = {int(code): point for code, point in data.districts.items()}
        return cls(data, _frequency(data.frequency, data.words or _common_words()), Centroids(_states(), districts))

    @property
    def version(self) -> str:
        return self.data.version

    @property
    def fields(self) -> list[FieldModel]:
        return self.data.field

    @property
    def propose_bits(self) -> float:
        """Score in bits from which a pair is proposed."""
        return self.data.propose.bits

    @property
    def best(self) -> int:
        """How many candidates a reviewer sees for each child."""
        return self.data.propose.at_most

    def probability(self, bits: float) -> float:
        """How likely a pair with such a score is one child, as calibrated on decided pairs."""
        odds = self.data.calibration.slope * bits + self.data.calibration.shift
        return float(1.0 / (1.0 + 2.0**-odds)) if odds > -1000 else 0.0

    @property
    def setting(self) -> Setting:
        return Setting(self.centroids, self.frequency)

    @cached_property
    def prior_bits(self) -> float:
        return -log2(self.data.prior.one_in - 1)

    @cached_property
    def weights(self) -> list[npt.NDArray[np.float64]]:
        """Bits of each field by level; entry 0 is "could not be compared" and always 0.0."""
        return [np.array([0.0, *(level.bits for level in one.levels)]) for one in self.fields]

    @cached_property
    def weighs_rarity(self) -> list[npt.NDArray[np.bool_]]:
        return [np.array([False, *(level.by_rarity for level in one.levels)]) for one in self.fields]

    def text(self) -> str:
        """The model as the text of a ``model.toml``; ``load`` of it gives the same weights."""
        return written(self.data)

    def with_centroids(self, districts: Mapping[int, tuple[float, float]]) -> "Model":
        """With middle points of districts, LGD code to (latitude, longitude) in degrees."""
        known = replace(self, centroids=Centroids(self.centroids.states, districts))
        return known.with_data(districts={str(code): point for code, point in sorted(districts.items())})

    def with_frequencies(self, counts: Mapping[str, int]) -> "Model":
        """With rarity learned from the index: how often each name's word was seen (see ``learning.count_words``).

        A word that is as rare as one never seen needs no line of its own, so that the model stays small.
        """
        total = max(sum(counts.values()), 1)
        unseen = min(int(log2(total)), _RAREST)
        classes = {word: int(log2(total / count)) for word, count in sorted(counts.items()) if count > 0}
        words = {word: rarity for word, rarity in classes.items() if rarity < unseen}
        told = self.with_data(frequency={**self.data.frequency.model_dump(), "unseen": unseen}, words=words)
        return replace(told, frequency=_frequency(told.data.frequency, words))

    def with_reference(self, reference: int) -> "Model":
        """With another class of words at which an agreement is worth just its level (see ``met_by_chance``)."""
        frequency = {**self.data.frequency.model_dump(), "reference": reference}
        known = replace(self.frequency, reference=reference)
        return replace(self.with_data(frequency=frequency), frequency=known)

    def with_pool(self, candidates: int, found: float = 0.3) -> "Model":
        """With the prior of a pool of so many candidates, in which so large a share of the searched have their pair.

        The prior of the file is that of a large index; in a small one it would hide what is true.
        """
        return self.with_prior(max(candidates / found, 2.0))

    def with_prior(self, one_in: float) -> "Model":
        """With another prior: one of ``one_in`` pairs is true. Its version says so, since every match names it."""
        return self.with_data(version=f"{self.version}-one-in-{one_in:.0f}", prior={"one_in": one_in})

    def with_data(self, **changes: Any) -> "Model":
        """With other weights, checked as if read from a file."""
        return replace(self, data=_File.model_validate({**self.data.model_dump(), **changes}))


_HERE = Path(__file__).parent
#: Words rarer than one in two to the power of this are all as rare as one never seen.
_RAREST = 16


def _frequency(rarity: Rarity, classes: Mapping[str, int]) -> Frequency:
    return Frequency(dict(classes), rarity.unseen, rarity.reference)


def _common_words() -> dict[str, int]:
    raw = tomllib.loads((_HERE / "frequencies.toml").read_text(encoding="utf-8"))
    return {sound(fold(word)): int(rarity) for rarity, words in raw["classes"].items() for word in words}


def _states() -> dict[int, tuple[float, float]]:
    raw = tomllib.loads((_HERE / "states.toml").read_text(encoding="utf-8"))["states"]
    return {int(code): (point[0], point[1]) for code, point in raw.items()}
