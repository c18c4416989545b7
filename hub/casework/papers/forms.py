"""The forms as data: what each asks, who may make it, and what was filled in, checked against it."""

import datetime
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache, cached_property
from importlib import resources
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, create_model, model_validator

from contracts import InstitutionKind, Refused
from contracts.base import Line, Text
from contracts.errors import problems_of
from contracts.events import CaseEventKind


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FieldOf(_Row):
    """One field of a form. ``verified`` false: it is not read in the form itself, and the paper says so."""

    name: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]{1,39}$")]
    label: Line
    kind: Literal["line", "text", "day", "number", "yes_no", "choice"] = "line"
    required: bool = False
    verified: bool = True
    choices: list[str] = []

    @model_validator(mode="after")
    def _choices_where_chosen(self) -> Self:
        if (self.kind == "choice") != bool(self.choices):
            raise ValueError(f"{self.name}: a choice has choices, nothing else has")
        return self

    @property
    def type(self) -> Any:
        """What may be filled in."""
        known: dict[str, Any] = {
            "line": Line,
            "text": Text,
            "day": datetime.date,
            "number": Annotated[int, Field(ge=0, le=10_000_000)],
            "yes_no": Literal["yes", "no"],
        }
        kind = Literal[tuple(self.choices)] if self.kind == "choice" else known[self.kind]
        return kind if self.required else kind | None


#: What every paper says of the child; it is written on the paper and kept nowhere else.
OF_CHILD = (
    FieldOf(name="child_name", label="Name of the child, if any"),
    FieldOf(name="child_age", label="Age (stated or by appearance)"),
    FieldOf(name="child_sex", label="Sex"),
    FieldOf(name="child_address", label="Address, as far as it is known", kind="text"),
)


class Form(_Row):
    """One form: its number, rule, who may make it, and the step of the law that it takes."""

    number: Annotated[str, StringConstraints(pattern=r"^[0-9]{1,3}$")]
    title: Line
    rule: Line
    bench: Annotated[list[InstitutionKind], Field(min_length=1)]
    step: CaseEventKind
    steps: list[CaseEventKind] = []
    """Where the field ``step`` chooses between several."""
    by_field: str | None = None
    """The field that says what kind of institution took the step, where it was not the bench."""
    fields: Annotated[list[FieldOf], Field(min_length=1)]

    @cached_property
    def all_fields(self) -> tuple[FieldOf, ...]:
        return (*OF_CHILD, *self.fields)

    @cached_property
    def model(self) -> type[BaseModel]:
        """A model of what may be filled in."""
        asked: dict[str, Any] = {one.name: (one.type, ... if one.required else None) for one in self.all_fields}
        config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)
        return create_model(f"Form{self.number}", __config__=config, **asked)

    def filled(self, answers: Mapping[str, str]) -> dict[str, Any]:
        """The answers, checked; ``Refused`` (``form_not_filled``) names each field, never what was written in it."""
        told = {name: text for name, text in answers.items() if str(text).strip()}
        try:
            return self.model.model_validate(told).model_dump(mode="json")
        except ValidationError as error:
            raise Refused("form_not_filled", f"Fill in Form {self.number} as asked.", problems_of(error)) from None

    def step_of(self, filled: Mapping[str, Any]) -> CaseEventKind:
        return CaseEventKind(filled["step"]) if self.steps else self.step

    def by_of(self, filled: Mapping[str, Any], bench: InstitutionKind | None) -> InstitutionKind | None:
        """Who took the step: the bench, or whom the form names; None for one that is no institution."""
        if self.by_field is None:
            return bench
        said = filled[self.by_field]
        return InstitutionKind(said) if said in set(InstitutionKind) else None


@cache
def forms() -> dict[str, Form]:
    """All, by number; a form that breaks a rule raises pydantic's ``ValidationError``."""
    text = resources.files("hub.casework.papers").joinpath("forms.toml").read_text("utf-8")
    found = [Form.model_validate(one) for one in tomllib.loads(text)["forms"]]
    return {one.number: one for one in found}


def form_of(number: str) -> Form:
    """``Refused`` (``unknown_form``) for one that is not on file."""
    found = forms().get(number)
    if found is None:
        raise Refused("unknown_form", f"No such form is on file. There are: {', '.join(forms())}.")
    return found


def lines_of(form: Form, filled: Mapping[str, Any]) -> Iterator[tuple[str, str, bool]]:
    """(label, what was filled in, whether the field is verified), those that were filled."""
    for one in form.all_fields:
        value = filled.get(one.name)
        if value is not None:
            yield one.label, _said(one, value), one.verified


def _said(field: FieldOf, value: Any) -> str:
    if field.kind == "day":
        return datetime.date.fromisoformat(str(value)).strftime("%d-%m-%Y")
    if field.kind in ("choice", "yes_no"):
        return str(value).replace("_", " ") if str(value).islower() else str(value)
    return str(value)
