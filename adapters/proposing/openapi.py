"""An OpenAPI document (2.0, 3.0, 3.1; JSON or YAML) as a described system of transport ``rest``."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from adapters.proposing.described import Described, Rows, Seen
from adapters.proposing.samples import listed_as
from contracts import Refused

_MOST_BYTES = 20_000_000
_DEPTH = 6
Node = dict[str, Any]
_AUTH = {"basic": "basic", "bearer": "bearer"}


def described(path: Path) -> Described:
    """What the document offers. Raises ``Refused`` (code ``unreadable_description``)."""
    document = _read(path)
    operations = list(_operations(document))
    found = [rows for target, method, said in operations if (rows := _rows(document, target, method, said))]
    lines = tuple(
        f"{method} {target}  {said.get('summary') or said.get('operationId') or ''}".rstrip()
        for target, method, said in operations
    )
    return Described("rest", tuple(found), _security(document), lines)


def _read(path: Path) -> Node:
    if path.stat().st_size > _MOST_BYTES:
        raise Refused(
            "unreadable_description", f"{path.name} is larger than 20 MB; give the description of one service"
        )
    text = path.read_text(encoding="utf-8-sig")
    try:
        document = json.loads(text) if text.lstrip().startswith("{") else yaml.safe_load(text)
    except (ValueError, yaml.YAMLError, RecursionError):
        raise Refused("unreadable_description", f"{path.name} is neither JSON nor YAML") from None
    if not isinstance(document, dict) or not isinstance(document.get("paths"), dict):
        raise Refused("unreadable_description", f"{path.name} has no paths; is it an OpenAPI document?")
    return document


def _operations(document: Node) -> Iterator[tuple[str, str, Node]]:
    base = str(document.get("basePath") or "").rstrip("/")
    for target, item in document["paths"].items():
        for method, said in item.items() if isinstance(item, dict) else ():
            if method.lower() in ("get", "post", "put", "delete", "patch") and isinstance(said, dict):
                shared = item.get("parameters") or []
                yield base + target, method.upper(), {**said, "parameters": [*shared, *(said.get("parameters") or [])]}


def _rows(document: Node, target: str, method: str, said: Node) -> Rows | None:
    """The operation as a list of records: its answer holds an array of objects. None where it does not."""
    if method not in ("GET", "POST") or "{" in target:
        return None
    answer = _answer(document, said)
    found = next(iter(sorted(_arrays(document, answer, "", 0), key=lambda pair: pair[0].count("."))), None)
    if found is None:
        return None
    at, item = found
    fields = tuple(_fields(document, item, "", 0))
    name = listed_as(str(said.get("operationId") or target.strip("/").replace("/", "_")))
    call = {"path": target} | ({"method": "POST"} if method == "POST" else {})
    beside = tuple(
        seen.path for seen in _fields(document, answer, "", 0) if seen.path.split(".")[0] != at.split(".")[0]
    )
    return Rows(name, fields, call, at, tuple(_parameters(document, said)), beside) if fields else None


def _resolved(document: Node, node: Any) -> Node:
    """The node, or what its ``$ref`` inside this document points to; nothing is fetched."""
    for _ in range(20):
        ref = node.get("$ref") if isinstance(node, dict) else None
        if not isinstance(ref, str) or not ref.startswith("#/"):
            break
        node = document
        for step in ref[2:].split("/"):
            node = node.get(step.replace("~1", "/").replace("~0", "~"), {}) if isinstance(node, dict) else {}
    if not isinstance(node, dict):
        return {}
    whole = dict(node)
    for part in node.get("allOf") or []:
        inner = _resolved(document, part)
        whole["properties"] = {**inner.get("properties", {}), **whole.get("properties", {})}
    return whole


def _answer(document: Node, said: Node) -> Node:
    answers = said.get("responses") or {}
    chosen: Node = next((answers[code] for code in ("200", 200, "201", "default") if code in answers), {})
    chosen = _resolved(document, chosen)
    content = chosen.get("content") or {}
    kind = next((kind for kind in content if "json" in kind), next(iter(content), None))
    return _resolved(document, content[kind].get("schema") if kind else chosen.get("schema"))


def _arrays(document: Node, schema: Node, at: str, depth: int) -> Iterator[tuple[str, Node]]:
    if depth > _DEPTH:
        return
    if schema.get("type") == "array" or "items" in schema:
        item = _resolved(document, schema.get("items"))
        if item.get("properties"):
            yield at, item
        return
    for name, inner in (schema.get("properties") or {}).items():
        yield from _arrays(document, _resolved(document, inner), f"{at}.{name}" if at else name, depth + 1)


def _fields(document: Node, schema: Node, at: str, depth: int) -> Iterator[Seen]:
    for name, said in (schema.get("properties") or {}).items():
        inner = _resolved(document, said)
        here = f"{at}.{name}" if at else str(name)
        if inner.get("properties") and depth < _DEPTH:
            yield from _fields(document, inner, here, depth + 1)
        else:
            yield Seen(here, _title(inner), _type(inner), _values(inner))


def _title(schema: Node) -> str:
    told = str(schema.get("title") or schema.get("description") or "")
    return re.split(r"[.;:(\n,]", told)[0].strip()[:60]


def _type(schema: Node) -> str:
    kind = schema.get("type")
    kind = next((one for one in kind if one != "null"), "") if isinstance(kind, list) else kind
    return str(schema.get("format") if schema.get("format") in ("date", "date-time") else kind or "")


def _values(schema: Node) -> tuple[str, ...]:
    said = [*(schema.get("enum") or []), *(schema.get("examples") or [])]
    said += [schema["example"]] if "example" in schema else []
    return tuple(str(value) for value in said if value is not None and not isinstance(value, dict | list))


def _parameters(document: Node, said: Node) -> Iterator[Seen]:
    for given in said["parameters"]:
        parameter = _resolved(document, given)
        if parameter.get("in") == "query" and parameter.get("name"):
            schema = _resolved(document, parameter.get("schema") or parameter)
            yield Seen(str(parameter["name"]), str(parameter.get("description") or "")[:80], _type(schema))
    body = _resolved(document, said.get("requestBody") or {})
    for kind, content in (body.get("content") or {}).items():
        if "json" in kind:
            yield from _fields(document, _resolved(document, content.get("schema")), "", 0)


def _security(document: Node) -> Node:
    schemes = (document.get("components") or {}).get("securitySchemes") or document.get("securityDefinitions") or {}
    for scheme in schemes.values():
        kind, how = scheme.get("type"), str(scheme.get("scheme") or "").lower()
        if kind == "apiKey" and scheme.get("in") == "header":
            return {"auth": "api_key", "auth_header": str(scheme.get("name") or "X-Api-Key")}
        if kind == "basic" or how in _AUTH:
            return {"auth": _AUTH.get(how, "basic")}
        if kind in ("oauth2", "openIdConnect"):
            return {"auth": "bearer"}
    return {}
