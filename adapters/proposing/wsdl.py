"""A WSDL as a described system of transport ``soap``: its binding, its operations, and which of them list records."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import zeep.exceptions
from lxml import etree
from zeep import Settings
from zeep.wsdl import Document
from zeep.wsdl.bindings.soap import SoapBinding

from adapters.base import Connection
from adapters.mapping.manifest import Reach
from adapters.proposing.described import Described, Rows, Seen
from adapters.proposing.samples import listed_as
from adapters.soap import PinnedTransport
from adapters.xml_reading import BadXml, parsed
from contracts import Refused

_XS = "{http://www.w3.org/2001/XMLSchema}"
_DEPTH = 6
#: First words of an operation that writes; what it answers is no list to pull.
_WRITES = ("add", "save", "insert", "update", "delete", "remove", "post", "put", "send", "submit", "push", "upload")


def described(path: Path) -> Described:
    """What the WSDL offers; its imports must lie beside it. Raises ``Refused`` (code ``unreadable_description``).

    A WSDL that breaks rules zeep insists on is read without them, and the manifest says ``strict = false``.
    """
    document, strict = _document(path)
    name, binding = _binding(document, path)
    operations = list(_operations(binding))
    enums = dict(_enumerations(path.parent))
    found = tuple(rows for operation in operations if (rows := _rows(operation, enums)))
    connection: dict[str, Any] = {"wsdl": path.name, "binding": name} | ({} if strict else {"strict": False})
    if b"UsernameToken" in path.read_bytes():
        connection["auth"] = "wsse"
    beside = {file.name: file.read_bytes() for file in path.parent.iterdir() if _belongs(file, path)}
    return Described("soap", found, connection, tuple(map(_line, operations)), (), beside)


def _belongs(file: Path, wsdl: Path) -> bool:
    return file == wsdl or file.suffix.lower() in (".xsd", ".wsdl")


def _document(path: Path) -> tuple[Document, bool]:
    reach = Reach(transport="soap", wsdl=path.name, binding="{urn:unknown}Unknown", auth_required=False)
    transport = PinnedTransport(Connection("new", "http://localhost/"), reach, path.parent)
    for strict in (True, False):
        settings = Settings(strict=strict, forbid_dtd=True, forbid_entities=True, xml_huge_tree=False)
        try:
            return Document(str(path), transport, settings=settings), strict  # type: ignore[arg-type]
        except Refused:
            raise
        except (zeep.exceptions.Error, etree.LxmlError, OSError, KeyError, ValueError, AttributeError, TypeError):
            continue
    raise Refused("unreadable_description", f"{path.name} cannot be read as a WSDL; get it again from the owner")


def _binding(document: Document, path: Path) -> tuple[str, SoapBinding]:
    found = [(str(name), one) for name, one in document.bindings.items() if isinstance(one, SoapBinding)]
    if not found:
        raise Refused("unreadable_description", f"{path.name} has no SOAP binding; is it the service's own WSDL?")
    return max(found, key=lambda pair: len(pair[1].all()))  # the first where several offer the same


class _Operation(NamedTuple):
    name: str
    asks: Any
    answers: Any


def _operations(binding: SoapBinding) -> Iterator[_Operation]:
    for name, operation in binding.all().items():
        yield _Operation(name, _body(operation.input), _body(operation.output))


def _body(message: Any) -> Any:
    """The type of a message's body; None for one without."""
    body = getattr(message, "body", None)
    return getattr(body, "type", None)


def _line(operation: _Operation) -> str:
    asked = ", ".join(f"{name}: {_type(element.type)}" for name, element in _elements(operation.asks))
    return f"{operation.name}({asked})"


def _elements(held: Any) -> list[tuple[str, Any]]:
    return [(name, one) for name, one in getattr(held, "elements", []) if hasattr(one, "type")]


def _rows(operation: _Operation, enums: dict[str, tuple[str, ...]]) -> Rows | None:
    if operation.name.lower().startswith(_WRITES):
        return None
    found = next(_lists(operation), None)
    if found is None:
        return None
    at, item = found
    fields = tuple(_fields(item, "", enums, 0))
    parameters = tuple(_fields(operation.asks, "", enums, 0)) if operation.asks is not None else ()
    named = listed_as(operation.name)
    call = {"operation": operation.name}
    return Rows(named, fields, call, at, parameters, tuple(_beside(operation, at))) if len(fields) > 1 else None


def _beside(operation: _Operation, at: str) -> Iterator[str]:
    """Plain values of the answer that are not in its rows."""
    parts = _elements(operation.answers)
    root = parts[0][1].type if len(parts) == 1 else operation.answers
    for seen in _fields(root, "", {}, 0):
        if not f"{seen.path}.".startswith(f"{at}."):
            yield seen.path


def _lists(operation: _Operation) -> Iterator[tuple[str, Any]]:
    """Where the answer repeats an element that holds others, as zeep hands answers over: a lone part is unwrapped."""
    parts = _elements(operation.answers)
    if len(parts) == 1:
        element = parts[0][1]
        if element.accepts_multiple:
            yield "", element.type
            return
        yield from _repeated(element.type, "", 0)
    else:
        yield from _repeated(operation.answers, "", 0)


def _repeated(held: Any, at: str, depth: int) -> Iterator[tuple[str, Any]]:
    if depth > _DEPTH:
        return
    for name, element in _elements(held):
        here = f"{at}.{name}" if at else name
        if element.accepts_multiple and _elements(element.type):
            yield here, element.type
        elif not element.accepts_multiple:
            yield from _repeated(element.type, here, depth + 1)


def _fields(held: Any, at: str, enums: dict[str, tuple[str, ...]], depth: int) -> Iterator[Seen]:
    for name, element in _elements(held):
        here = f"{at}.{name}" if at else name
        if _elements(element.type) and not element.accepts_multiple and depth < _DEPTH:
            yield from _fields(element.type, here, enums, depth + 1)
        else:
            yield Seen(here, "", _type(element.type), enums.get(str(getattr(element.type, "name", "")), ()))


def _type(held: Any) -> str:
    name = str(getattr(held, "name", "") or "")
    return {"dateTime": "date-time", "int": "integer", "long": "integer"}.get(name, name)


def _enumerations(folder: Path) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The words of every named list of codes in the folder's documents: zeep does not keep them."""
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() in (".wsdl", ".xsd"):
            try:
                root = parsed(path.read_bytes())
            except BadXml:
                continue
            for kind in root.iter(f"{_XS}simpleType"):
                words = tuple(one.get("value", "") for one in kind.iter(f"{_XS}enumeration"))
                if words and kind.get("name"):
                    yield kind.get("name", ""), words
