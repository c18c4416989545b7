"""Answering a call, the same for both doors: permission first, then the message, and each record of it by itself."""

import re
from collections.abc import Iterator
from typing import Any

from pydantic import Field, TypeAdapter, ValidationError, create_model

from contracts import Model, Problem, Refused, SourceId, problems_of
from contracts.exchange import Outcome, SubmitReply
from contracts.versions import renewed
from hub.access import Caller, require_permission
from hub.doors.calls import CALLS, Call, Desk, Parts, valid
from hub.flow import Unreadable

_UNREADABLE = "(unreadable)"
_ID = TypeAdapter(SourceId)


def perform(call: Call, desk: Desk, caller: Caller, values: Any) -> Model:
    """Answer one call. ``values`` are plain JSON values as they came; raises ``Refused`` naming field and rule."""
    require_permission(caller, call.permission)
    if call.parts is not None:
        return _submit(call, call.parts, desk, caller, values)
    return call.ask(desk, caller, valid(call.request, values))


def begin(call: Call, desk: Desk, caller: Caller, values: Any) -> Any:
    """The same for a call whose answer grows: the answer under way."""
    require_permission(caller, call.permission)
    return getattr(desk, str(call.grows))(caller, valid(call.request, values))


def _envelope(call: Call, parts: Parts) -> type[Model]:
    """The call's request with its items still unread: one malformed item must not refuse the others."""
    info = call.request.model_fields[parts.field]
    (longest,) = (note.max_length for note in info.metadata if hasattr(note, "max_length"))
    items: Any = (list[Any], Field(min_length=1, max_length=longest))
    others: Any = {n: (f.annotation, f) for n, f in call.request.model_fields.items() if n != parts.field}
    return create_model(f"{call.name}Envelope", __base__=Model, **others, **{parts.field: items})


_ENVELOPES = {call.name: _envelope(call, call.parts) for call in CALLS if call.parts is not None}


def _submit(call: Call, parts: Parts, desk: Desk, caller: Caller, values: Any) -> SubmitReply:
    envelope = valid(_ENVELOPES[call.name], values)
    read = [_read(parts, item) for item in getattr(envelope, parts.field)]
    unread = {place: one for place, one in enumerate(read) if isinstance(one, Unreadable)}
    fields = {name: getattr(envelope, name) for name in type(envelope).model_fields}
    fields[parts.field] = [one for one in read if not isinstance(one, Unreadable)]
    # Not validated again: every item is, and a message of which none can be read is still told, so as to be kept.
    reply = call.ask(desk, caller, call.request.model_construct(**fields), unread)
    assert isinstance(reply, SubmitReply)
    placed = [_placed(parts, place, outcome) for place, outcome in enumerate(reply.outcomes)]
    return reply.model_copy(update={"outcomes": placed})


def _read(parts: Parts, item: Any) -> Model | Unreadable:
    """One item as its model, or what is wrong with it."""
    try:
        return parts.item.model_validate(renewed(item))
    except ValidationError as error:
        problems = problems_of(error)
    except Refused as error:
        problems = error.problems
    original = item if isinstance(item, dict) else {"value": item}
    return Unreadable(_id_of(parts, item), tuple(problems[:50]), original)


def _id_of(parts: Parts, item: Any) -> str:
    """The id as it was sent, if it looks like one: anything else might be words about a child."""
    for step in parts.id_at:
        item = item.get(step) if isinstance(item, dict) else None
    try:
        return _ID.validate_python(item)
    except ValidationError:
        return _UNREADABLE


def _placed(parts: Parts, number: int, outcome: Outcome) -> Outcome:
    """The outcome with its fields written as paths in the message that was sent."""
    if not outcome.problems:
        return outcome
    return outcome.model_copy(update={"problems": list(_paths(f"{parts.field}.{number}", outcome.problems))})


def _paths(place: str, problems: list[Problem]) -> Iterator[Problem]:
    for problem in problems:
        field = re.sub(r"^(records|events)\.\d+(\.|$)", "", problem.field)
        yield problem.model_copy(update={"field": f"{place}.{field}"[:200].rstrip(".")})
