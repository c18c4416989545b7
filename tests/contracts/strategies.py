"""Valid instances of any contract model, drawn from the models' own fields and bounds (synthetic throughout)."""

import datetime
import re
from enum import StrEnum
from functools import cache
from typing import Any

from hypothesis import strategies as st
from pydantic import AwareDatetime, BaseModel

from contracts import Birth, ChildRecord, Model
from contracts.events import CaseFact
from contracts.record import STATUSES
from hub.doors.bridge import Shape, shapes

_INDIA = [datetime.UTC, datetime.timezone(datetime.timedelta(hours=5, minutes=30))]
_DAYS = st.dates(datetime.date(1950, 1, 1), datetime.date(2030, 12, 31))
_FACTS = [
    st.fixed_dictionaries({"name": st.just(name), "value": value})
    for name, value in (
        ("offence", st.sampled_from(["petty", "serious", "heinous"])),
        ("conditions_met", st.sampled_from(["yes", "no"])),
        ("release_on", _DAYS.map(datetime.date.isoformat)),
    )
]
_CHARACTERS = st.characters(codec="utf-8", categories=["L", "Mn", "Mc", "Nd", "Zs", "P", "S"])


def _text(facets: dict[str, Any]) -> st.SearchStrategy[str]:
    least, most = facets.get("min_len", 0), facets.get("max_len", 200)
    if "pattern" in facets:
        found = st.from_regex(re.compile(facets["pattern"], re.ASCII), fullmatch=True)
    else:
        found = st.text(_CHARACTERS, min_size=least, max_size=min(most, 60)).map(str.strip)
    return found.filter(lambda text: least <= len(text) <= most and text == text.strip())


def _simple(shape: Shape) -> st.SearchStrategy[Any]:
    low, high = shape.facets.get("ge"), shape.facets.get("le")
    if issubclass(shape.inner, StrEnum):
        return st.sampled_from(list(shape.inner))
    if shape.inner is bool:
        return st.booleans()
    if shape.inner is int:
        return st.integers(-(2**31) if low is None else low, 2**31 - 1 if high is None else high)
    if shape.inner is float:
        return st.floats(low, high, allow_nan=False, allow_infinity=False)
    if shape.inner is datetime.date:
        return _DAYS
    if shape.inner is datetime.time:
        return st.times().map(lambda t: t.replace(microsecond=0, fold=0))
    if shape.inner is AwareDatetime:
        moments = st.datetimes(datetime.datetime(1950, 1, 1), datetime.datetime(2030, 1, 1))
        return st.builds(lambda m, zone: m.replace(tzinfo=zone, fold=0), moments, st.sampled_from(_INDIA))
    return _text(shape.facets)


def _field(shape: Shape) -> st.SearchStrategy[Any]:
    one: st.SearchStrategy[Any] = instances(shape.model) if shape.model else _simple(shape)  # type: ignore[arg-type]
    if shape.many:
        return st.lists(one, min_size=shape.least, max_size=max(shape.least, 2))
    return one if shape.required else st.none() | one


@cache
def instances(model: type[Model]) -> st.SearchStrategy[Any]:
    """Valid instances of ``model``."""
    if model is Birth:
        return births().map(Birth.model_validate)
    if model is CaseFact:
        return st.one_of(_FACTS).map(CaseFact.model_validate)
    fields = {shape.name: _field(shape) for shape in shapes(model)}
    if model is ChildRecord:
        fields |= {"contract": st.just("1.0"), "status": st.integers(0, 99)}
    return st.fixed_dictionaries(fields).map(lambda values: _made(model, values))


def _made(model: type[Model], values: dict[str, Any]) -> Model:
    given = {name: value for name, value in values.items() if value is not None}
    if model is ChildRecord:
        allowed = sorted(STATUSES[given["kind"]])
        given["status"] = allowed[given["status"] % len(allowed)]
    return model.model_validate(given)


@st.composite
def births(draw: st.DrawFn) -> dict[str, Any]:
    """The fields of a ``Birth`` in one of its three forms."""
    form = draw(st.sampled_from(["date", "year", "range"]))
    if form == "date":
        return {"basis": "documented", "date": draw(_DAYS)}
    if form == "year":
        return {"basis": "stated", "year": draw(st.integers(1950, 2030))}
    low = draw(st.integers(0, 240))
    high = draw(st.integers(low, 240))
    return {"basis": "stated", "age_from_months": low, "age_to_months": high, "as_of": draw(_DAYS)}


def top_models() -> list[type[BaseModel]]:
    """Every contract model, each once."""
    found: list[type[BaseModel]] = []
    waiting: list[type[BaseModel]] = list(Model.__subclasses__())
    while waiting:
        one = waiting.pop()
        waiting.extend(one.__subclasses__())
        if one.__module__.startswith("contracts."):
            found.append(one)
    return sorted(found, key=lambda model: model.__name__)
