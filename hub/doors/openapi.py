"""The OpenAPI description of the REST door, drawn from the table of calls and the contract's models."""

import re
from functools import cache
from typing import Any

from pydantic.json_schema import models_json_schema

from contracts import CONTRACT_VERSION, Fault, Model
from hub.doors.calls import CALLS, Call

_REF = "#/components/schemas/{model}"
_PROBLEM = {"application/problem+json": {"schema": {"$ref": _REF.format(model="Fault")}}}


@cache
def document() -> dict[str, Any]:
    """The whole description (OpenAPI 3.1)."""
    models: list[type[Model]] = [Fault, *(model for call in CALLS for model in (call.request, call.reply))]
    _, schemas = models_json_schema([(model, "validation") for model in models], ref_template=_REF)
    paths: dict[str, Any] = {}
    for call in CALLS:
        paths.setdefault(call.path, {})[call.method.lower()] = _operation(call, schemas["$defs"])
    return {
        "openapi": "3.1.0",
        "info": {"title": "TrackChild hub", "version": CONTRACT_VERSION, "description": _ABOUT},
        "servers": [{"url": "/api/v1"}],
        "security": [{"key": []}],
        "paths": paths,
        "components": {
            "schemas": dict(sorted(schemas["$defs"].items())),
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer", "description": "The participant's key."}},
        },
    }


_EVENTS = (
    "Events ``partial`` as answers come and ``whole`` at the end, each with a LiveReply as its data; a partial one "
    "names the sources that changed since the last. ``error`` has a Fault."
)
_ABOUT = "The same calls as the SOAP door. Every refusal is a Fault that names field, rule and what to do."


def _operation(call: Call, schemas: dict[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {"operationId": call.name, "summary": call.summary}
    if call.in_body:
        content = {"application/json": {"schema": {"$ref": _REF.format(model=call.request.__name__)}}}
        made["requestBody"] = {"required": True, "content": content}
    else:
        made["parameters"] = _parameters(call, schemas[call.request.__name__])
    reply = {"application/json": {"schema": {"$ref": _REF.format(model=call.reply.__name__)}}}
    if call.grows is not None:
        reply["text/event-stream"] = {"schema": {"type": "string", "description": _EVENTS}}
    made["responses"] = {
        "200": {"description": " ".join((call.reply.__doc__ or call.reply.__name__).split()), "content": reply},
        "default": {"description": "Refused, or not ready; the code says what to do.", "content": _PROBLEM},
    }
    return made


def _parameters(call: Call, schema: dict[str, Any]) -> list[dict[str, Any]]:
    in_path = set(re.findall(r"\{(\w+)\}", call.path))
    required = in_path | set(schema.get("required", ()))
    return [
        {"name": name, "in": "path" if name in in_path else "query", "required": name in required, "schema": field}
        for name, field in schema["properties"].items()
    ]
