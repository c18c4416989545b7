"""Writes the contract's published forms: WSDL, XSD, JSON Schema and OpenAPI, all drawn from the models."""

import json
from pathlib import Path
from typing import Any

import contracts
from contracts import Model
from hub.doors.calls import CALLS
from hub.doors.openapi import document
from hub.doors.soap import SOAP11, SOAP12
from hub.doors.wsdl import wsdl, xsd

PUBLISHED = Path(contracts.__file__).parent / "published"
#: Stands in the published WSDLs where the address of a running hub belongs.
_EXAMPLE = "http://hub.example"
TOP: tuple[type[Model], ...] = (
    contracts.ChildRecord,
    contracts.CaseEvent,
    contracts.Notice,
    contracts.SectionRequest,
    contracts.Section,
    contracts.SectionWriting,
    contracts.SectionWritten,
    contracts.Institution,
    contracts.Participant,
    contracts.Fault,
    *dict.fromkeys(model for call in CALLS for model in (call.request, call.reply)),
)


def forms() -> dict[str, bytes]:
    """Every published file by its path; the same models always give the same bytes."""
    schemas = {f"json/{model.__name__}.schema.json": _json(_schema(model)) for model in TOP}
    return {
        "hub.wsdl": wsdl(SOAP11, f"{_EXAMPLE}/soap"),
        "hub12.wsdl": wsdl(SOAP12, f"{_EXAMPLE}/soap12"),
        "hub.xsd": xsd(),
        "openapi.json": _json(document()),
        **schemas,
    }


def publish(target: Path = PUBLISHED) -> list[Path]:
    """Write all forms below ``target`` and remove files of older ones there; returns what was written."""
    written = []
    for name, content in forms().items():
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        written.append(path)
    for stale in set(target.rglob("*")) - set(written):
        if stale.suffix in (".wsdl", ".xsd", ".json"):
            stale.unlink()
    return written


def _schema(model: type[Model]) -> dict[str, Any]:
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **model.model_json_schema()}


def _json(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()
