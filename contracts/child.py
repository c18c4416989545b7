"""The child as described: names, age, relatives, body, marks, clothes. Raw words beside every code."""

import datetime
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from contracts import codes
from contracts.base import Day, LanguageTag, Line, Model, NameText, Sha256, Text

Months = Annotated[int, Field(ge=0, le=1200)]


class Name(Model):
    """One name as somebody wrote it. Several names of one child stand side by side; none is the true one."""

    text: NameText
    kind: codes.NameKind = codes.NameKind.FULL
    lang: LanguageTag | None = None
    script: Annotated[str, StringConstraints(pattern=r"^[A-Z][a-z]{3}$")] | None = None
    """ISO 15924, e.g. Deva, Latn, Arab."""


class Birth(Model):
    """What is known of the age, how, and on which day it was true. Exactly one of date, year or age range is given.

    An age of 7 years stated on 2019-03-01 is ``age_from_months=84, age_to_months=95, as_of=2019-03-01``.
    """

    date: Day | None = None
    year: Annotated[int, Field(ge=1900, le=2100)] | None = None
    age_from_months: Months | None = None
    age_to_months: Months | None = None
    basis: codes.AgeBasis
    as_of: Day | None = None
    """The day on which an age range was true; required with a range."""

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        ranged = self.age_from_months is not None or self.age_to_months is not None
        if sum((self.date is not None, self.year is not None, ranged)) != 1:
            raise PydanticCustomError(
                "one_age_form", "Give exactly one of: date, year, or age_from_months with age_to_months"
            )
        if ranged and (self.age_from_months is None or self.age_to_months is None or self.as_of is None):
            raise PydanticCustomError(
                "age_range_whole", "An age range needs age_from_months, age_to_months and as_of (the day it was true)"
            )
        if ranged and (self.age_from_months or 0) > (self.age_to_months or 0):
            raise PydanticCustomError("age_range_order", "age_from_months must not be above age_to_months")
        return self

    def months_on(self, day: datetime.date) -> tuple[int, int]:
        """Youngest and oldest possible age in completed months on ``day`` (negative if not yet born)."""
        if self.date is not None:
            months = (day.year - self.date.year) * 12 + day.month - self.date.month - (day.day < self.date.day)
            return months, months
        if self.year is not None:
            if_born_first_of_january = (day.year - self.year) * 12 + day.month - 1
            if_born_last_of_december = if_born_first_of_january - 11 - (day.day < 31)
            return if_born_last_of_december, if_born_first_of_january
        assert self.as_of is not None and self.age_from_months is not None and self.age_to_months is not None
        since = (day.year - self.as_of.year) * 12 + day.month - self.as_of.month - (day.day < self.as_of.day)
        begun = day.day != self.as_of.day  # in a begun month some have completed one more month and some have not
        return self.age_from_months + since, self.age_to_months + since + begun


class Relative(Model):
    """A parent or other relative, by the names that were given."""

    relation: codes.Relation
    names: Annotated[list[Name], Field(min_length=1, max_length=6)]


class SaidBuild(Model):
    code: codes.Build | None = None
    raw: Line | None = None


class SaidComplexion(Model):
    code: codes.Complexion | None = None
    raw: Line | None = None


class SaidFace(Model):
    code: codes.Face | None = None
    raw: Line | None = None


class SaidHair(Model):
    """Hair in three codes; ZIPNET writes them in one, as ``Normal-Small-Black``."""

    style: codes.HairStyle | None = None
    length: codes.HairLength | None = None
    colour: codes.HairColour | None = None
    raw: Line | None = None


class SaidEyes(Model):
    code: codes.Eyes | None = None
    raw: Line | None = None


class Physical(Model):
    """Body as described; height in centimetres, weight in kilograms, on ``as_of`` if it is known when."""

    height_cm: Annotated[int, Field(ge=30, le=230)] | None = None
    weight_kg: Annotated[int, Field(ge=1, le=200)] | None = None
    as_of: Day | None = None
    build: SaidBuild | None = None
    complexion: SaidComplexion | None = None
    face: SaidFace | None = None
    hair: SaidHair | None = None
    eyes: SaidEyes | None = None
    blood_group: Annotated[str, StringConstraints(pattern=r"^(A|B|AB|O)[+-]$")] | None = None


class Mark(Model):
    """An identification mark: what, where, which side, and the words it was told in."""

    kind: codes.MarkKind = codes.MarkKind.OTHER
    body_part: codes.BodyPart | None = None
    side: codes.Side | None = None
    raw: Text


class Disability(Model):
    kind: codes.DisabilityKind
    raw: Line | None = None


class Garment(Model):
    item: codes.GarmentItem | None = None
    colour: codes.Colour | None = None
    raw: Line | None = None


class Apparel(Model):
    """What the child wore on the day of the event. Evidence only while the two events are days apart."""

    upper: Garment | None = None
    lower: Garment | None = None
    footwear: Line | None = None
    accessories: Line | None = None


class Photo(Model):
    """A photograph by reference. The bytes stay with the owner and are read live."""

    sha256: Sha256
    media_type: Annotated[str, StringConstraints(pattern=r"^image/(jpeg|png|webp)$")] = "image/jpeg"
    captured_on: Day | None = None
