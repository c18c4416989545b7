"""Institutions of child protection, from ministry to village, and the two kinds of area they are responsible for."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from contracts.base import Day, InstitutionId, Line, Model, Text
from contracts.child import Name
from contracts.places import LgdState


class Level(StrEnum):
    CENTRAL = "central"
    STATE = "state"
    DISTRICT = "district"
    SUB_DIVISION = "sub_division"
    BLOCK = "block"
    VILLAGE = "village"


class AreaKind(StrEnum):
    """Nodes of the two jurisdiction trees. The police tree and the civil tree meet only in the coverage relation."""

    POLICE_STATE = "police_state"
    POLICE_RANGE = "police_range"
    POLICE_DISTRICT = "police_district"
    POLICE_SUB_DIVISION = "police_sub_division"
    POLICE_STATION = "police_station"
    STATE = "state"
    DISTRICT = "district"
    SUB_DISTRICT = "sub_district"
    BLOCK = "block"
    GRAM_PANCHAYAT = "gram_panchayat"
    VILLAGE = "village"


class InstitutionKind(StrEnum):
    """Every kind of TrackChild 1.0's stakeholder table (NIC stakeholder slides 2013; JJ Act 2015)."""

    MHA = "MHA"
    NCRB = "NCRB"
    CBI = "CBI"
    MWCD = "MWCD"
    CPSU = "CPSU"
    MOPR = "MOPR"
    CRIME_BRANCH = "CRIME_BRANCH"
    SCRB = "SCRB"
    DWCD = "DWCD"
    SPSU = "SPSU"
    SCPC = "SCPC"
    DPRD = "DPRD"
    DCRB = "DCRB"
    DCPS = "DCPS"
    CCI = "CCI"
    CWC = "CWC"
    JJB = "JJB"
    DM = "DM"
    SP = "SP"
    ZP = "ZP"
    SDO = "SDO"
    THANA = "THANA"
    SJPU = "SJPU"
    CWPO = "CWPO"
    BDO = "BDO"
    BCPC = "BCPC"
    PANCHAYAT_SAMITI = "PANCHAYAT_SAMITI"
    VCPC = "VCPC"
    GRAM_PRADHAN = "GRAM_PRADHAN"
    ULB = "ULB"


class CciKind(StrEnum):
    """JJ Act 2015 s.2(21) with the sections that define each, and two kinds of the JJ Act 2000."""

    CHILDRENS_HOME = "CHILDRENS_HOME"
    OPEN_SHELTER = "OPEN_SHELTER"
    OBSERVATION_HOME = "OBSERVATION_HOME"
    SPECIAL_HOME = "SPECIAL_HOME"
    PLACE_OF_SAFETY = "PLACE_OF_SAFETY"
    SAA = "SAA"
    FIT_FACILITY = "FIT_FACILITY"
    SHELTER_HOME = "SHELTER_HOME"
    AFTERCARE_ORG = "AFTERCARE_ORG"


class Admits(StrEnum):
    BOYS = "boys"
    GIRLS = "girls"
    BOTH = "both"


class CciInfrastructure(Model):
    """What a child care institution has. ``kind`` and ``capacity`` are required; the rest as far as it is known."""

    kind: CciKind
    capacity: Annotated[int, Field(ge=1, le=5000)]
    admits: Admits | None = None
    age_from: Annotated[int, Field(ge=0, le=23)] | None = None
    age_to: Annotated[int, Field(ge=0, le=23)] | None = None
    registration_no: Line | None = None
    """Registration under JJ Act 2015 s.41."""
    registered_until: Day | None = None
    dormitories: Annotated[int, Field(ge=0, le=500)] | None = None
    toilets: Annotated[int, Field(ge=0, le=1000)] | None = None
    staff: Annotated[int, Field(ge=0, le=2000)] | None = None
    case_workers: Annotated[int, Field(ge=0, le=500)] | None = None
    sick_room: bool | None = None
    class_rooms: Annotated[int, Field(ge=0, le=200)] | None = None
    playground: bool | None = None
    cctv: bool | None = None


class Institution(Model):
    """One institution, for the span of days in which it was as described."""

    id: InstitutionId
    kind: InstitutionKind
    level: Level
    name: Line
    other_names: Annotated[list[Name], Field(max_length=8)] = []
    state: LgdState | None = None
    """LGD state code; absent only for central institutions."""
    area: InstitutionId | None = None
    """The node of a jurisdiction tree that it is responsible for."""
    parent: InstitutionId | None = None
    """The institution it answers to."""
    address: Text | None = None
    phone: Annotated[str, StringConstraints(pattern=r"^[0-9+() -]{3,20}$")] | None = None
    email: Annotated[str, StringConstraints(pattern=r"^[!-?A-~]+@[!-?A-~]+$", max_length=120)] | None = None
    valid_from: Day
    valid_to: Day | None = None
    """Last day; absent while it exists."""
    cci: CciInfrastructure | None = None
