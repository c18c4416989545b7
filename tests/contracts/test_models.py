"""What all models promise: frozen, nothing unknown, nothing of the child in an error, the same through JSON."""

import inspect
import json
import re
from enum import StrEnum
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

import contracts
from contracts import ChildRecord, Model, Name, codes, problems_of
from tests.contracts.strategies import instances, top_models

MODELS = top_models()
CANARY = "Zebulon-Quux"
_BIG = settings(max_examples=40, suppress_health_check=list(HealthCheck), deadline=None)

RECORD: dict[str, Any] = {
    "ref": {"participant": "police-br", "source_id": "BR/2019/1"},
    "kind": "missing",
    "status": "reported",
    "recorded_at": "2019-03-01T10:00:00+05:30",
    "names": [{"text": "Sita"}],
    "birth": {"basis": "stated", "age_from_months": 84, "age_to_months": 95, "as_of": "2019-03-01"},
}


def _errors(values: dict[str, Any]) -> ValidationError:
    with pytest.raises(ValidationError) as caught:
        ChildRecord.model_validate(values)
    return caught.value


def _rules(values: dict[str, Any]) -> dict[str, str]:
    return {problem.field: problem.rule for problem in problems_of(_errors(values))}


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_model_is_frozen_refuses_unknown_fields_and_hides_its_input(model: type[BaseModel]) -> None:
    config = model.model_config
    assert (config["frozen"], config["extra"], config["hide_input_in_errors"]) == (True, "forbid", True)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_public_name_of_the_contract_says_what_it_is_or_has_fields_that_do(model: type[BaseModel]) -> None:
    named = inspect.cleandoc(model.__doc__ or "")
    assert named or all(re.fullmatch(r"[a-z_0-9]+", field) for field in model.model_fields)
    assert model.__name__ in contracts.__all__ or model.__module__ != "contracts.record"


def test_a_record_does_not_change() -> None:
    name = Name(text="Sita")
    with pytest.raises(ValidationError):
        name.text = "Gita"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("change", "field", "rule"),
    [
        ({"gender": "X"}, "gender", "unknown_code"),
        ({"colour_of_sky": "x"}, "colour_of_sky", "unknown_field"),
        ({"recorded_at": "20190301"}, "recorded_at", "date_form"),
        ({"recorded_at": 1551400200}, "recorded_at", "date_form"),
        ({"recorded_at": "2019-03-01T10:00:00"}, "recorded_at", "timezone_aware"),
        ({"event": {"on": 17956}}, "event.on", "date_form"),
        ({"event": {"on": "01/03/2019"}}, "event.on", "date_form"),
        ({"event": {"at": 3600}}, "event.at", "time_form"),
        ({"event": {"place": {"latitude": "NaN"}}}, "event.place.latitude", "finite_number"),
        ({"names": [{"text": "Si\x00ta"}]}, "names.0.text", "control_character"),
        ({"names": [{"text": "Si\ufffeta"}]}, "names.0.text", "control_character"),
        ({"names": [{"text": " "}]}, "names.0.text", "string_too_short"),
        ({"ref": {"participant": "police-br"}}, "ref.source_id", "missing"),
        ({"ref": {"participant": "Police", "source_id": "1"}}, "ref.participant", "pattern"),
        ({"status": "found"}, "", "status_of_kind"),
        ({"birth": {"basis": "stated"}}, "birth", "one_age_form"),
        ({"birth": {"basis": "stated", "year": 2010, "date": "2010-01-01"}}, "birth", "one_age_form"),
        ({"birth": {"basis": "stated", "age_from_months": 3}}, "birth", "age_range_whole"),
        (
            {"birth": {"basis": "stated", "age_from_months": 9, "age_to_months": 8, "as_of": "2019-03-01"}},
            "birth",
            "age_range_order",
        ),
    ],
)
def test_a_fault_names_the_field_and_the_rule(change: dict[str, Any], field: str, rule: str) -> None:
    assert _rules(RECORD | change) == {field: rule}


def test_the_sound_record_is_taken() -> None:
    assert ChildRecord.model_validate(RECORD).names[0].text == "Sita"


_LEAVES = [
    ("kind",),
    ("status",),
    ("gender",),
    ("recorded_at",),
    ("ref", "participant"),
    ("ref", "source_id"),
    ("birth", "basis"),
    ("birth", "as_of"),
    ("event", "on"),
    ("event", "at"),
    ("event", "place", "pin"),
    ("event", "place", "latitude"),
    ("names",),
    ("languages",),
    ("physical", "height_cm"),
    ("home",),
    ("contract",),
]


@_BIG
@given(path=st.sampled_from(_LEAVES), tail=st.text(max_size=8), wrap=st.sampled_from(["text", "list", "dict"]))
def test_an_error_never_repeats_what_was_said(path: tuple[str, ...], tail: str, wrap: str) -> None:
    word: Any = {"text": CANARY + tail, "list": [CANARY + tail], "dict": {CANARY + tail: CANARY}}[wrap]
    values = json.loads(json.dumps(RECORD))
    inner = values
    for step in path[:-1]:
        inner = inner.setdefault(step, {})
    inner[path[-1]] = word
    try:
        ChildRecord.model_validate(values)
    except ValidationError as error:
        told = repr(problems_of(error)) + ("" if wrap == "dict" else str(error))
        assert "Zebulon" not in told


@pytest.mark.parametrize("kind", codes.RecordKind)
def test_every_kind_of_record_has_its_statuses_and_every_other_is_refused(kind: codes.RecordKind) -> None:
    allowed = contracts.record.STATUSES[kind]
    assert allowed
    for status in codes.Status:
        values = RECORD | {"kind": kind, "status": status}
        if status in allowed:
            assert ChildRecord.model_validate(values).ended is (status in codes.ENDED)
        else:
            assert _rules(values) == {"": "status_of_kind"}


def test_every_status_belongs_to_some_kind_and_every_kind_can_end() -> None:
    assert frozenset().union(*contracts.record.STATUSES.values()) == frozenset(codes.Status)
    assert set(contracts.record.STATUSES) == set(codes.RecordKind)
    assert all(allowed & codes.ENDED for allowed in contracts.record.STATUSES.values())


def _code_lists() -> list[type[StrEnum]]:
    modules = [contracts.codes, *(vars(contracts)[n] for n in ("events", "institutions", "notices", "participants"))]
    modules += [contracts.places, contracts.sections, contracts.exchange]
    found = {c for module in modules for c in vars(module).values() if inspect.isclass(c) and issubclass(c, StrEnum)}
    return sorted(found - {StrEnum}, key=lambda codes_: codes_.__name__)


@pytest.mark.parametrize("listed", _code_lists(), ids=lambda listed: listed.__name__)
def test_codes_are_plain_and_unique(listed: type[StrEnum]) -> None:
    values = [code.value for code in listed]
    assert len(values) == len(set(values))
    assert all(re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", value) for value in values)
    assert all(code.name == code.value.upper() for code in listed if listed is not codes.Gender)


@pytest.mark.parametrize("listed", _code_lists(), ids=lambda listed: listed.__name__)
def test_every_code_list_is_documented_with_each_of_its_codes(listed: type[StrEnum]) -> None:
    page = (Path(__file__).parents[2] / "docs" / "codes.md").read_text(encoding="utf-8")
    section = re.search(rf"^## {listed.__name__}$(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL)
    assert section is not None
    assert re.findall(r"^\| `([^`]+)` \|", section[1], re.MULTILINE) == [code.value for code in listed]


@pytest.mark.parametrize("model", [m for m in MODELS if m.__name__ in contracts.__all__], ids=lambda m: m.__name__)
def test_every_instance_survives_json_and_fits_its_json_schema(model: type[Model]) -> None:
    validator = jsonschema.Draft202012Validator(model.model_json_schema())

    @settings(max_examples=15, suppress_health_check=list(HealthCheck), deadline=None)
    @given(instances(model))
    def check(value: Model) -> None:
        text = value.model_dump_json(exclude_none=True)
        assert model.model_validate_json(text) == value
        validator.validate(json.loads(text))

    check()


def test_a_json_schema_refuses_an_unknown_field() -> None:
    validator = jsonschema.Draft202012Validator(ChildRecord.model_json_schema())
    assert not list(validator.iter_errors(RECORD))
    assert list(validator.iter_errors(RECORD | {"foo": 1}))
