"""Reading SOAP messages: safe parsing, the envelope, and a body element as plain values in the shape of a model."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from lxml import etree
from pydantic import BaseModel

from contracts import Model, Refused
from hub.doors.bridge import NAMESPACE, Shape, shapes

_XSI_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
_QUALIFIED = f"{{{NAMESPACE}}}"
_DEEPEST = 40
_TOO_DEEP = etree.XPath("boolean(" + "/*" * (_DEEPEST + 1) + ")")
_UNKNOWN_DEEPEST = 4


def parsed(body: bytes) -> etree._Element:
    """The message's root; raises ``Refused`` for what is empty, malformed, or holds a DOCTYPE."""
    if not body.strip():
        raise Refused("empty_body", "The message is empty. Send a SOAP envelope.")
    if b"<!DOCTYPE" in body:
        raise Refused("doctype", "A message must not hold a DOCTYPE or entities. Leave them out.")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        line = error.lineno or 0  # the parser's own words repeat the message
        raise Refused("malformed_xml", f"The message is not well-formed XML (line {line}). Mend it.") from None
    if _TOO_DEEP(root):
        raise Refused("too_deep", f"The message nests deeper than {_DEEPEST} elements. Nothing of it needs to.")
    return root


def opened(root: etree._Element, soap: str) -> tuple[list[etree._Element], etree._Element]:
    """Header elements and the one body element of an envelope in the SOAP namespace ``soap``."""
    if etree.QName(root).localname != "Envelope" or etree.QName(root).namespace != soap:
        raise Refused(
            "wrong_envelope", f"Send an Envelope in the namespace {soap}; the other SOAP has its own address."
        )
    headers = list(root.iterfind(f"{{{soap}}}Header/*"))
    bodies = root.findall(f"{{{soap}}}Body")
    if len(bodies) != 1 or len(bodies[0]) != 1:
        raise Refused("unknown_call", "Send one Body with one call in it.")
    return headers, bodies[0][0]


def check_understood(headers: list[etree._Element], soap: str, known: set[str]) -> None:
    """Refuse a header that must be understood and is none that we know (SOAP 1.1 4.2.3, SOAP 1.2 part 1, 5.2.3)."""
    for header in headers:
        if header.tag not in known and header.get(f"{{{soap}}}mustUnderstand") in ("1", "true"):
            raise Refused("must_understand", "The message asks for a header that this hub does not know. Leave it out.")


@cache
def _fields(model: type[BaseModel]) -> dict[str, Shape]:
    return {shape.name: shape for shape in shapes(model)}


def values(element: etree._Element, model: type[Model]) -> dict[str, Any]:
    """The children of ``element`` as plain values in the shape of ``model``; validating them is left to the model.

    A field that the model does not know is kept, so that the model refuses it (or a renamed one finds its place).
    """
    known = _fields(model)
    told: dict[str, list[Any]] = {}
    for child in element:
        name = _own_name(child)
        told.setdefault(name, []).append(_value(child, known.get(name)))
    empty: dict[str, Any] = {name: [] for name, shape in known.items() if shape.many and shape.least == 0}
    return empty | {name: items if _is_list(known.get(name), items) else items[0] for name, items in told.items()}


def _is_list(shape: Shape | None, items: list[Any]) -> bool:
    # What is told twice and should be told once stays a list, which the model refuses.
    return (shape is not None and shape.many) or len(items) > 1


def _own_name(child: etree._Element) -> str:
    if not child.tag.startswith(_QUALIFIED):
        raise Refused("wrong_namespace", f"Write every field of a message in the namespace {NAMESPACE}.")
    return child.tag.removeprefix(_QUALIFIED)


def _value(child: etree._Element, shape: Shape | None) -> Any:
    if child.get(_XSI_NIL) in ("1", "true"):
        return None
    if shape is None:
        return _unknown(child, _UNKNOWN_DEEPEST)
    if shape.model is not None:
        return values(child, shape.model)  # type: ignore[arg-type]
    return list(_tags(child)) or child.text or ""


def _unknown(child: etree._Element, depth: int) -> Any:
    if not len(child) or not depth:
        return child.text or ""
    return {etree.QName(one).localname: _unknown(one, depth - 1) for one in child}


def _tags(child: etree._Element) -> Iterator[str]:
    """Elements where text should be: handed on as a list, which no simple field takes."""
    return (etree.QName(one).localname for one in child)
