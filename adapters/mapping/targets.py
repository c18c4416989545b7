"""Paths into the contract: does ``names[hi].text`` exist, what does it hold, and may this value stand there."""

import datetime
import re
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, NamedTuple, Union, get_args, get_origin

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from contracts import ChildRecord

_STEP = re.compile(r"^([a-z_]+)(?:\[([a-z0-9_]+)\])?$")


class Target(NamedTuple):
    """What a contract path holds: ``type`` without None; for ``names`` the list, for ``names[hi]`` one Name."""

    type: Any
    is_list: bool
    tag: str | None


class NoSuchPath(ValueError):
    """The contract has no such path."""


@cache
def target(path: str, root: type[BaseModel] = ChildRecord) -> Target:
    """Resolve a path into a contract model; raises ``NoSuchPath`` saying which step fails and what there is instead."""
    holder: Any = root
    tag, is_list = None, False
    for step in path.split("."):
        name, step_tag = _read(step)
        if not (isinstance(holder, type) and issubclass(holder, BaseModel) and name in holder.model_fields):
            raise NoSuchPath(f"the contract has no {name} here; there is: {', '.join(_offers(holder))}")
        holder, is_list = _held(holder.model_fields[name])
        if step_tag is None and is_list and step != path.split(".")[-1]:
            raise NoSuchPath(f"{name} is a list: write {name}[tag] to say which element")
        if step_tag is not None:
            if not is_list:
                raise NoSuchPath(f"{name} is no list: write {name} without [{step_tag}]")
            tag, is_list = step_tag, False
    return Target(holder, is_list, tag)


def _read(step: str) -> tuple[str, str | None]:
    found = _STEP.match(step)
    if not found:
        raise NoSuchPath("a step reads name or name[tag]")
    return found[1], found[2]


def _offers(holder: Any) -> list[str]:
    return sorted(getattr(holder, "model_fields", {})) or ["nothing below"]


def _held(field: FieldInfo) -> tuple[Any, bool]:
    """The type in a field without None, and whether the field is a list of it."""
    held = bare(field.annotation)
    if get_origin(held) is list:
        return get_args(held)[0], True
    return Annotated[held, *field.metadata] if field.metadata else _annotated(field.annotation), False


def _annotated(annotation: Any) -> Any:
    # Optional[Annotated[X, ...]] keeps its constraints: only None is taken away.
    if get_origin(annotation) in (Union, UnionType):
        rest = [part for part in get_args(annotation) if part is not NoneType]
        return rest[0] if len(rest) == 1 else annotation
    return annotation


def bare(annotation: Any) -> Any:
    """The type without None and without its constraints."""
    annotation = _annotated(annotation)
    return get_args(annotation)[0] if get_origin(annotation) is Annotated else annotation


@cache
def _adapter(path: str, below: str | None) -> TypeAdapter[Any]:
    held = target(f"{path}.{below}" if below else path).type
    return TypeAdapter(held)


def fits(path: str, value: Any, below: str | None = None) -> bool:
    """Whether ``value`` may stand at ``path`` (or at its field ``below``)."""
    try:
        _adapter(path, below).validate_python(value)
    except ValidationError:
        return False
    return True


def as_said(path: str, value: Any) -> Any:
    """A constant as the contract holds it: days and times are no text, everything else stays what it is."""
    held = _adapter(path, None).validate_python(value)
    return held if isinstance(held, datetime.date | datetime.time) else value


@cache
def longest(path: str) -> int:
    """The most letters the text at ``path`` may have."""
    schema = _adapter(path, None).json_schema()
    return int(schema.get("maxLength", 1000))
