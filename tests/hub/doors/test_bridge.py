"""The bridge from pydantic to spyne: what it carries survives the journey, what it cannot say it refuses."""

import datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from lxml import etree
from pydantic import BaseModel, create_model

from contracts import Model
from hub.doors.bridge import Bridge, Unbridgeable, in_xsd, shapes
from hub.doors.envelope import values
from hub.doors.publish import PUBLISHED, TOP
from hub.doors.soap import bridge
from tests.contracts.strategies import instances

SCHEMA = etree.XMLSchema(etree.parse(str(PUBLISHED / "hub.xsd")))
_ELEMENTS = {e.get("name") for e in etree.parse(str(PUBLISHED / "hub.xsd")).getroot().iterfind("{*}element")}


class Loop(Model):
    inner: "Loop | None" = None


class Ring(Model):
    items: "list[Link]" = []


class Link(Model):
    ring: Ring | None = None


Ring.model_rebuild()


@pytest.mark.parametrize(
    ("annotation", "words"),
    [
        (dict[str, str], "no plain form"),
        (Any, "no plain form"),
        (int | str, "union"),
        (int | str | None, "union"),
        (tuple[int, int], "no plain form"),
        (set[int], "no plain form"),
        (frozenset[int], "no plain form"),
        (list[list[int]], "no plain form"),
        (list[int | str], "union"),
        (bytes, "no plain form"),
        (datetime.timedelta, "no plain form"),
        (object, "no plain form"),
    ],
    ids=str,
)
def test_what_soap_cannot_say_is_refused_by_field(annotation: Any, words: str) -> None:
    odd: type[BaseModel] = create_model("Odd", field=(annotation, ...))
    with pytest.raises(Unbridgeable, match=rf"Odd\.field: .*{words}"):
        Bridge().type_of(odd)


@pytest.mark.parametrize("model", [Loop, Ring, Link], ids=lambda model: model.__name__)
def test_a_model_that_holds_itself_is_refused(model: type[BaseModel]) -> None:
    with pytest.raises(Unbridgeable, match="holds itself"):
        Bridge().type_of(model)


def test_two_types_of_one_name_are_refused() -> None:
    first, second = create_model("Twin", a=(int, ...)), create_model("Twin", b=(int, ...))
    both = create_model("Both", first=(first, ...), second=(second, ...))
    with pytest.raises(Unbridgeable, match="Twin"):
        Bridge().type_of(both)


def test_a_type_is_made_once() -> None:
    assert bridge.type_of(TOP[0]) is bridge.type_of(TOP[0])


@pytest.mark.parametrize(
    ("pattern", "expected"), [("^a+$", "a+"), ("^(https?)://", "(https?)://.*"), ("x", ".*x.*"), ("a$", ".*a")]
)
def test_a_pattern_is_anchored_at_both_ends_in_xml_schema(pattern: str, expected: str) -> None:
    assert in_xsd(pattern) == expected


def test_bounds_and_absence_are_read_from_the_model() -> None:
    found = {shape.name: shape for shape in shapes(TOP[0])}
    assert (found["names"].many, found["names"].most, found["names"].required) == (True, 12, False)
    assert (found["ref"].required, found["birth"].required) == (True, False)


@pytest.mark.parametrize("model", TOP, ids=lambda model: model.__name__)
def test_every_instance_goes_through_xml_and_comes_back_the_same(model: type[Model]) -> None:
    @settings(max_examples=15, suppress_health_check=list(HealthCheck), deadline=None)
    @given(instances(model))
    def check(value: Model) -> None:
        sent = etree.fromstring(etree.tostring(bridge.element(value)))
        assert model.model_validate(values(sent, model)) == value
        if model.__name__ in _ELEMENTS:
            SCHEMA.assertValid(sent)

    check()
