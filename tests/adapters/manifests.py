"""Small manifests for tests of the mapping: some field lines in, what they say of a row out."""

from typing import Any

import pytest

from adapters.mapping import Hooks, ManifestError, Mapping, Note
from adapters.mapping.manifest import parse

LIST = {"name": "a", "path": "/a", "id": "I"}
NAMES = {"names": {"from": "N", "as": "names"}}
HEIGHT = {"physical.height_cm": {"from": "H", "as": "height"}}
BASE = {
    "kind": {"value": "missing"},
    "status": {"value": "untraced"},
    "recorded_at": {"from": "At", "as": "datetime", "required": True},
}
AT = {"At": "2026-02-15T10:00:00"}


def manifest(fields: dict[str, Any], **more: Any) -> dict[str, Any]:
    adapter = {"kind": "xy", "title": "A system"} | more.pop("adapter", {})
    return {"adapter": adapter, "connection": {"transport": "rest"}, "fields": {**BASE, **fields}, **more}


def mapping(fields: dict[str, Any], hooks: Hooks | None = None, **more: Any) -> Mapping:
    return Mapping(parse(manifest(fields, **more)), hooks)


def said(fields: dict[str, Any], row: dict[str, Any], **more: Any) -> dict[str, Any]:
    return mapping(fields, **more).said({**AT, **row}).record


def notes(fields: dict[str, Any], row: dict[str, Any], **more: Any) -> list[Note]:
    return mapping(fields, **more).said({**AT, **row}).notes


def refused(fields: dict[str, Any], **more: Any) -> list[tuple[str, str]]:
    with pytest.raises(ManifestError) as caught:
        mapping(fields, **more)
    assert caught.value.code == "bad_manifest"
    return [(problem.field, problem.rule) for problem in caught.value.problems]
