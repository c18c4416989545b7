"""Synthetic records for the tests of matching, plain and by Hypothesis."""

import datetime as dt
from typing import Any

from hypothesis import strategies as st

from contracts import (
    Apparel,
    Birth,
    ChildRecord,
    Diary,
    Disability,
    Event,
    Garment,
    Mark,
    Name,
    Physical,
    Place,
    Reference,
    Relative,
    codes,
)

STATUS = {"missing": "untraced", "at_risk": "reported", "found": "found", "resident": "in_care", "sighting": "reported"}


def a_record(kind: str = "missing", **said: Any) -> ChildRecord:
    """A record that says nothing but what it is told to."""
    ref = Reference(participant="police-br", source_id="1")
    moment = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
    return ChildRecord.model_validate({"ref": ref, "kind": kind, "status": STATUS[kind], "recorded_at": moment, **said})


def named(*texts: str) -> list[Name]:
    return [Name(text=text) for text in texts]


def father(text: str) -> list[Relative]:
    return [Relative(relation=codes.Relation.FATHER, names=named(text))]


def aged(years: int, on: dt.date, basis: str = "stated", to: int | None = None) -> Birth:
    months = (years * 12, ((years if to is None else to) + 1) * 12 - 1)
    return Birth(age_from_months=months[0], age_to_months=months[1], as_of=on, basis=codes.AgeBasis(basis))


_NAMES = "Rakesh|राकेश|Rajesh Yadav|राजेश|Sunita Devi|Suneeta|Md Arif|محمد عارف|Chhotu|Guddi|Unknown|Om Prakash|ரமேஷ்|Rames Kumar Sah"  # noqa: E501
_name = st.builds(Name, text=st.sampled_from(_NAMES.split("|")), kind=st.sampled_from(list(codes.NameKind)))
_day = st.dates(dt.date(2010, 1, 1), dt.date(2024, 12, 31))
#: Words and numbers of an address, few, so that two addresses often share some.
_spoken = st.sampled_from(["12", "47", "305", "Rampur", "Shivpuri", "Mohanpura", "Kalibari", "Dhanbasti"])
_place = st.builds(
    Place,
    state=st.none() | st.sampled_from([7, 9, 10, 19, 33]),
    district=st.none() | st.integers(1, 6),
    village=st.none() | st.integers(1, 4),
    police_station=st.none() | st.sampled_from(["br:ps:a", "br:ps:b"]),
    pin=st.none() | st.sampled_from(["800001", "110001"]),
    latitude=st.none() | st.floats(8.1, 34),
    longitude=st.none() | st.floats(69, 97),
    raw=st.none() | st.lists(_spoken, min_size=1, max_size=6, unique=True).map(" ".join),
)
_birth = st.one_of(
    st.builds(Birth, date=_day, basis=st.sampled_from(list(codes.AgeBasis))),
    st.builds(Birth, year=st.integers(2000, 2020), basis=st.sampled_from(list(codes.AgeBasis))),
    st.builds(
        lambda years, more, on, basis: aged(years, on, basis, years + more),
        st.integers(0, 16),
        st.integers(0, 3),
        _day,
        st.sampled_from([one.value for one in codes.AgeBasis]),
    ),
)
_physical = st.builds(
    Physical,
    height_cm=st.none() | st.integers(50, 180),
    as_of=st.none() | _day,
    build=st.none() | st.builds(lambda code: {"code": code}, st.sampled_from(list(codes.Build))),
    complexion=st.none() | st.builds(lambda code: {"code": code}, st.sampled_from(list(codes.Complexion))),
    hair=st.none()
    | st.builds(
        lambda style, length: {"style": style, "length": length},
        st.sampled_from(list(codes.HairStyle)),
        st.none() | st.sampled_from(list(codes.HairLength)),
    ),
    blood_group=st.none() | st.sampled_from(["A+", "O-"]),
    face=st.none() | st.builds(lambda code: {"code": code}, st.sampled_from(list(codes.Face))),
    eyes=st.none() | st.builds(lambda code: {"code": code}, st.sampled_from(list(codes.Eyes))),
)
_mark = st.builds(
    Mark,
    raw=st.sampled_from(["old cut mark on left cheek", "तिल", "tattoo of trishul right arm", "burn on hand", "x"]),
    side=st.none() | st.sampled_from(list(codes.Side)),
)
_garment = st.builds(
    Garment,
    item=st.none() | st.sampled_from(list(codes.GarmentItem)),
    colour=st.none() | st.sampled_from(list(codes.Colour)),
)
_said = st.fixed_dictionaries(
    {
        "names": st.lists(_name, max_size=3),
        "gender": st.none() | st.sampled_from(list(codes.Gender)),
        "birth": st.none() | _birth,
        "relatives": st.lists(
            st.builds(
                Relative, relation=st.sampled_from(list(codes.Relation)), names=st.lists(_name, min_size=1, max_size=2)
            ),
            max_size=3,
        ),
        "languages": st.lists(st.sampled_from(["hi", "ur", "bho", "ta", "sat", "hi-Latn"]), max_size=3),
        "physical": st.none() | _physical,
        "marks": st.lists(_mark, max_size=3),
        "disabilities": st.lists(st.builds(Disability, kind=st.sampled_from(list(codes.DisabilityKind))), max_size=2),
        "apparel": st.none() | st.builds(Apparel, upper=st.none() | _garment, lower=st.none() | _garment),
        "event": st.builds(Event, on=st.none() | _day, place=st.none() | _place),
        "home": st.none() | _place,
        "diaries": st.lists(
            st.builds(
                Diary,
                kind=st.sampled_from(["FIR", "GD"]),
                number=st.sampled_from(["105", "0105/19", "7"]),
                year=st.none() | st.just(2019),
                station=st.none() | st.sampled_from(["br:ps:a", "br:ps:b"]),
            ),
            max_size=2,
        ),
    }
)


def records(*kinds: str) -> st.SearchStrategy[ChildRecord]:
    """Records of the given kinds that may say anything, or nothing."""
    return st.builds(lambda kind, said: a_record(kind, **said), st.sampled_from(kinds), _said)
