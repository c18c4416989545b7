"""From pydantic to spyne: the SOAP types are derived from the contract's models, never written a second time.

What SOAP cannot say plainly is refused with a clear error when the doors are built: dicts, ``Any``, unions, tuples,
sets, lists in lists, and models that hold themselves.
"""

import datetime
import types
import typing
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

import annotated_types
from pydantic import AwareDatetime, BaseModel
from pydantic.fields import FieldInfo
from spyne.model.complex import ComplexModel, ComplexModelMeta
from spyne.model.enum import Enum
from spyne.model.primitive import Boolean, Date, DateTime, Double, Integer32, Time, Unicode
from spyne.util.xml import get_object_as_xml

NAMESPACE = "urn:trackchild:contract:1"
"""The one XML namespace of the contract; its last part is the contract's major version."""

_SIMPLE: dict[type, Any] = {
    str: Unicode,
    bool: Boolean,
    int: Integer32,
    float: Double,
    datetime.date: Date,
    datetime.time: Time,
    datetime.datetime: DateTime,
    AwareDatetime: DateTime,
}


class Unbridgeable(TypeError):
    """A contract model holds something that SOAP cannot say; the model must change."""


@dataclass(frozen=True)
class Shape:
    """One field of a model, taken apart: what it holds, whether many, whether it may be absent, within which bounds."""

    name: str
    inner: type
    many: bool
    required: bool
    facets: dict[str, Any]
    least: int
    most: int | None
    doc: str | None

    @cached_property
    def model(self) -> type[BaseModel] | None:
        """The nested model, if the field holds one."""
        return self.inner if issubclass(self.inner, BaseModel) else None


def shapes(model: type[BaseModel]) -> Iterator[Shape]:
    """The fields of ``model`` in order; raises ``Unbridgeable`` for what SOAP cannot say."""
    for name, info in model.model_fields.items():
        yield _shape(f"{model.__name__}.{name}", name, info)


def _shape(path: str, name: str, info: FieldInfo) -> Shape:
    bare, notes = _unwrapped(path, info.annotation, list(info.metadata))
    many = typing.get_origin(bare) is list
    least, most = _lengths(notes) if many else (0, None)
    if many:
        bare, notes = _unwrapped(path, typing.get_args(bare)[0], [])
    if not isinstance(bare, type) or typing.get_origin(bare) is not None:
        raise Unbridgeable(f"{path}: {bare} has no plain form in SOAP; use a model, a list of models or a simple type")
    if not (bare in _SIMPLE or issubclass(bare, BaseModel | StrEnum)):
        raise Unbridgeable(f"{path}: {bare.__name__} has no plain form in SOAP; use a model or a simple type")
    return Shape(name, bare, many, info.is_required(), facets(notes), least, most, info.description)


def _unwrapped(path: str, annotation: Any, notes: list[Any]) -> tuple[Any, list[Any]]:
    """Strip ``Annotated`` and ``| None``, gathering the notes on the way."""
    if typing.get_origin(annotation) is typing.Annotated:
        inner, *more = typing.get_args(annotation)
        return _unwrapped(path, inner, [*more, *notes])
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        others = [choice for choice in typing.get_args(annotation) if choice is not type(None)]
        if len(others) != 1:
            raise Unbridgeable(f"{path}: a union has no plain form in SOAP; use one type, or one field for each")
        return _unwrapped(path, others[0], notes)
    return annotation, notes


def _flat(notes: list[Any]) -> Iterator[Any]:
    for note in notes:
        inner = note.metadata if isinstance(note, FieldInfo) else [note]
        for one in inner:
            yield from one if isinstance(one, annotated_types.GroupedMetadata) else [one]


def _lengths(notes: list[Any]) -> tuple[int, int | None]:
    least, most = 0, None
    for note in _flat(notes):
        least = getattr(note, "min_length", None) or least
        most = getattr(note, "max_length", None) or most
    return least, most


def facets(notes: list[Any]) -> dict[str, Any]:
    """Bounds of a simple type in spyne's words."""
    found: dict[str, Any] = {}
    for note in _flat(notes):
        for theirs, ours in (("ge", "ge"), ("le", "le"), ("min_length", "min_len"), ("max_length", "max_len")):
            if getattr(note, theirs, None) is not None:
                found[ours] = getattr(note, theirs)
        pattern = getattr(note, "pattern", None) or getattr(note, "regex", None)
        if pattern:
            found["pattern"] = in_xsd(pattern)
    return found


def in_xsd(pattern: str) -> str:
    """A regular expression as XML Schema writes it, where every expression is anchored at both ends."""
    start = "" if pattern.startswith("^") else ".*"
    end = "" if pattern.endswith("$") else ".*"
    return start + pattern.removeprefix("^").removesuffix("$") + end


class Bridge:
    """Derives spyne types, each once, and turns replies into their instances."""

    def __init__(self, namespace: str = NAMESPACE) -> None:
        self.namespace = namespace
        self._made: dict[type, Any] = {}
        self.named: dict[str, type] = {}
        """Every type that was bridged, by its name in the namespace."""
        self._open: list[type] = []

    def type_of(self, model: type[BaseModel]) -> Any:
        """The spyne class of ``model``; raises ``Unbridgeable`` for what SOAP cannot say."""
        if model in self._open:
            raise Unbridgeable(f"{model.__name__} holds itself; SOAP types of this hub do not nest without end")
        if model not in self._made:
            self._open.append(model)
            members = [(shape.name, self._member(shape)) for shape in shapes(model)]
            self._open.pop()
            self._made[model] = self._named(model, members)
        return self._made[model]

    def _named(self, model: type[BaseModel], members: list[tuple[str, Any]]) -> Any:
        self._claim(model)
        body = {"__namespace__": self.namespace, "__type_name__": model.__name__, "_type_info": members}
        return ComplexModelMeta(model.__name__, (ComplexModel,), body)

    def _claim(self, kind: type) -> None:
        if self.named.setdefault(kind.__name__, kind) is not kind:
            raise Unbridgeable(f"two types are called {kind.__name__}; a name is unique in the contract's namespace")

    def _member(self, shape: Shape) -> Any:
        bounds: dict[str, Any] = {"min_occurs": int(shape.required), "nillable": False}
        if shape.many:
            most = shape.most if shape.most is not None else "unbounded"
            bounds |= {"min_occurs": shape.least if shape.required else 0, "max_occurs": most}
        return self._inner(shape).customize(**bounds, **shape.facets)

    def _inner(self, shape: Shape) -> Any:
        if shape.model is not None:
            return self.type_of(shape.model)
        return self._enum(shape.inner) if issubclass(shape.inner, StrEnum) else _SIMPLE[shape.inner]

    def _enum(self, codes: type[StrEnum]) -> Any:
        if codes not in self._made:
            self._claim(codes)
            made = Enum(*(code.value for code in codes), type_name=codes.__name__)
            made.__namespace__ = self.namespace
            self._made[codes] = made
        return self._made[codes]

    def instance(self, value: BaseModel) -> Any:
        """``value`` as an instance of its spyne class."""
        made = self.type_of(type(value))()
        for name in type(value).model_fields:
            setattr(made, name, self._out(getattr(value, name)))
        return made

    def element(self, value: BaseModel) -> Any:
        """``value`` as an lxml element named after its model."""
        return get_object_as_xml(self.instance(value), self.type_of(type(value)))

    def _out(self, value: Any) -> Any:
        if isinstance(value, BaseModel):
            return self.instance(value)
        if isinstance(value, list):
            return [self._out(item) for item in value] or None
        return str(value) if isinstance(value, StrEnum) else value
