"""Answering a call, the same for both doors: permission first, then the message, and each record of it by itself."""

import re
from collections.abc import Iterator
from typing import Any

from pydantic import Field, TypeAdapter, ValidationError, create_model

from contracts import Model, Problem, Refused, SourceId, problems_of
from contracts.exchange import Answer, Outcome, SubmitReply
from contracts.versions import renewed
from hub.access import Caller, require_permission
from hub.doors.calls import CALLS, Call, Desk, Parts, valid

_UNREADABLE = "(unreadable)"
_ID = TypeAdapter(SourceId)


def perform(call: Call, desk: Desk, caller: Caller, values: Any) -> Model:
    """Answer one call. ``values`` are plain JSON values as they came; raises ``Refused`` naming field and rule."""
    require_permission(caller, call.permission)
    if call.parts is not None:
        return _submit(call, call.parts, desk, caller, values)
    return call.ask(desk, caller, valid(call.request, values))


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
    items: list[Any] = getattr(envelope, parts.field)
    read = [_read(parts, item) for item in items]
    good = [one for one in read if not isinstance(one, Outcome)]
    message = {name: getattr(envelope, name) for name in type(envelope).model_fields} | {parts.field: good}
    told = iter(_told(call, desk, caller, message, len(good)))
    outcomes = [one if isinstance(one, Outcome) else next(told) for one in read]
    placed = [_placed(parts, number, outcome) for number, outcome in enumerate(outcomes)]
    return SubmitReply(message_id=message["message_id"], outcomes=placed)


def _read(parts: Parts, item: Any) -> Model | Outcome:
    """One item as its model, or the outcome that refuses it."""
    try:
        return parts.item.model_validate(renewed(item))
    except ValidationError as error:
        problems = problems_of(error)
    except Refused as error:
        problems = error.problems
    return Outcome(id=_id_of(parts, item), answer=Answer.REFUSED, problems=problems[:50])


def _id_of(parts: Parts, item: Any) -> str:
    """The id as it was sent, if it looks like one: anything else might be words about a child."""
    for step in parts.id_at:
        item = item.get(step) if isinstance(item, dict) else None
    try:
        return _ID.validate_python(item)
    except ValidationError:
        return _UNREADABLE


def _told(call: Call, desk: Desk, caller: Caller, message: dict[str, Any], count: int) -> list[Outcome]:
    """What the desk says of the good items; it is not asked when there are none."""
    if not count:
        return []
    reply = call.ask(desk, caller, call.request.model_validate(message))
    assert isinstance(reply, SubmitReply)
    if len(reply.outcomes) != count:
        raise Refused("message_id_reused", "This message_id was given to another message. Give each message its own.")
    return reply.outcomes


def _placed(parts: Parts, number: int, outcome: Outcome) -> Outcome:
    """The outcome with its fields written as paths in the message that was sent."""
    if not outcome.problems:
        return outcome
    return outcome.model_copy(update={"problems": list(_paths(f"{parts.field}.{number}", outcome.problems))})


def _paths(place: str, problems: list[Problem]) -> Iterator[Problem]:
    for problem in problems:
        field = re.sub(r"^(records|events)\.\d+(\.|$)", "", problem.field)
        yield problem.model_copy(update={"field": f"{place}.{field}"[:200].rstrip(".")})
