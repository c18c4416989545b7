"""Where and when: places in LGD codes with their raw words, the event of a record, and police diary references."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from contracts.base import Day, InstitutionId, Line, Model, Text, TimeOfDay

LgdState = Annotated[int, Field(ge=1, le=99)]
LgdCode = Annotated[int, Field(ge=1, le=9_999_999)]


class Place(Model):
    """A place as told, with the codes that could be found for it (LGD: Local Government Directory)."""

    raw: Text | None = None
    state: LgdState | None = None
    """LGD state code, e.g. 7 for Delhi."""
    district: LgdCode | None = None
    """LGD district code. A police district is not one: it maps through the registry's coverage."""
    sub_district: LgdCode | None = None
    village: LgdCode | None = None
    police_station: InstitutionId | None = None
    pin: Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{5}$")] | None = None
    latitude: Annotated[float, Field(ge=5.0, le=38.0)] | None = None
    longitude: Annotated[float, Field(ge=67.0, le=98.5)] | None = None


class Event(Model):
    """When and where the child went missing, was found, admitted or seen. Absent is unknown, never a placeholder."""

    on: Day | None = None
    at: TimeOfDay | None = None
    """Local Indian time, where it was noted."""
    place: Place | None = None


class DiaryKind(StrEnum):
    """First Information Report, Daily Diary, General Diary."""

    FIR = "FIR"
    DD = "DD"
    GD = "GD"


class Diary(Model):
    """A police diary entry. A number alone is unique only with its station and year."""

    kind: DiaryKind
    number: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z/-]{1,20}$")]
    year: Annotated[int, Field(ge=1950, le=2100)] | None = None
    on: Day | None = None
    station: InstitutionId | None = None
    station_raw: Line | None = None
    sections: Annotated[list[Line], Field(max_length=20)] = []
