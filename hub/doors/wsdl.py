"""The description of the SOAP door: WSDL and XSD as they are served and published, always in the same order."""

import typing
from collections.abc import Iterator
from functools import cache

from lxml import etree
from pydantic import BaseModel

from contracts import base, child, exchange, places
from hub.doors.bridge import facets, shapes
from hub.doors.soap import SOAP11, application, bridge

_XS, _WSDL = "{http://www.w3.org/2001/XMLSchema}", "{http://schemas.xmlsoap.org/wsdl/}"
_SOAP_BINDING = {True: "{http://schemas.xmlsoap.org/wsdl/soap/}", False: "{http://schemas.xmlsoap.org/wsdl/soap12/}"}
_ADDRESS = "urn:trackchild:address"
_SCHEMA_ORDER = ("element", "complexType", "simpleType")
_WSDL_ORDER = ("types", "message", "portType", "binding", "service")
_FACETS = {
    "min_len": "minLength",
    "max_len": "maxLength",
    "pattern": "pattern",
    "ge": "minInclusive",
    "le": "maxInclusive",
}

Facets = frozenset[tuple[str, str]]


@cache
def _template(soap: str) -> bytes:
    document = application(soap).doc.wsdl11
    document.build_interface_document(_ADDRESS)
    root = etree.fromstring(document.get_interface_document())
    _document(_schema(root))
    _name_simple_types(_schema(root))
    _declare_faults(root, _SOAP_BINDING[soap == SOAP11])
    _sort(_schema(root), _SCHEMA_ORDER)
    _sort(root, _WSDL_ORDER)
    return _written(root)


def _sort(parent: etree._Element, order: tuple[str, ...]) -> None:
    parent[:] = sorted(parent, key=lambda part: (order.index(etree.QName(part).localname), part.get("name") or ""))


def _written(root: etree._Element) -> bytes:
    etree.cleanup_namespaces(root, keep_ns_prefixes=["xs", "tns"])
    etree.indent(root)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8") + b"\n"


def _schema(root: etree._Element) -> etree._Element:
    (found,) = root.iter(f"{_XS}schema")
    return found


def _aliases() -> Iterator[tuple[Facets, str]]:
    """The contract's named simple types (``ParticipantId``, ``Line``, ...) by their bounds."""
    for module in (base, child, places, exchange):
        for name, alias in vars(module).items():
            if typing.get_origin(alias) is typing.Annotated and not name.startswith("_"):
                bounds = facets(list(typing.get_args(alias)[1:]))
                yield frozenset((_FACETS[key], str(value)) for key, value in bounds.items()), name


def _name_simple_types(schema: etree._Element) -> None:
    """spyne names a bounded type anew for each field that has it; let those of the contract keep their one name."""
    names = dict(reversed([pair for pair in _aliases() if pair[0]]))
    renamed: dict[str, str] = {}
    for simple in schema.findall(f"{_XS}simpleType"):
        bounds = frozenset(
            (etree.QName(facet).localname, facet.get("value", "")) for facet in simple.iterfind(f"{_XS}restriction/*")
        )
        own = simple.get("name", "")
        if bounds in names and own.endswith("Type"):
            if names[bounds] in renamed.values():
                schema.remove(simple)
            simple.set("name", names[bounds])
            renamed[own] = names[bounds]
    for element in schema.iter(f"{_XS}element"):
        prefix, _, used = element.get("type", "").partition(":")
        element.set("type", f"{prefix}:{renamed.get(used, used)}")


def _document(schema: etree._Element) -> None:
    """Put the words of models, fields and code lists beside their types (spyne puts them where it comes by first)."""
    for old in list(schema.iter(f"{_XS}annotation")):
        typing.cast(etree._Element, old.getparent()).remove(old)
    for part in schema:
        source = bridge.named.get(part.get("name", ""))
        if source is None or part.tag == f"{_XS}element":
            continue
        if issubclass(source, BaseModel):
            docs = {shape.name: shape.doc for shape in shapes(source)}
            for element in part.iter(f"{_XS}element"):
                _annotate(element, docs[element.get("name", "")])
        _annotate(part, None if (source.__doc__ or "").startswith("Enum where") else source.__doc__)


def _annotate(part: etree._Element, words: str | None) -> None:
    if words:
        annotation = etree.Element(f"{_XS}annotation")
        etree.SubElement(annotation, f"{_XS}documentation").text = " ".join(words.split())
        part.insert(0, annotation)


def _declare_faults(root: etree._Element, soap: str) -> None:
    """Say of every operation that its faults carry the contract's ``Fault``."""
    message = etree.SubElement(root, f"{_WSDL}message", name="Fault")
    etree.SubElement(message, f"{_WSDL}part", name="Fault", element="tns:Fault")
    for operation in root.iterfind(f"{_WSDL}portType/{_WSDL}operation"):
        operation.attrib.pop("parameterOrder", "")
        etree.SubElement(operation, f"{_WSDL}fault", name="Fault", message="tns:Fault")
    for operation in root.iterfind(f"{_WSDL}binding/{_WSDL}operation"):
        fault = etree.SubElement(operation, f"{_WSDL}fault", name="Fault")
        etree.SubElement(fault, f"{soap}fault", name="Fault", use="literal")


def wsdl(soap: str, address: str) -> bytes:
    """The WSDL of one SOAP version (its namespace) with the door's address in it."""
    root = etree.fromstring(_template(soap))
    for port in root.iter("{*}address"):
        port.set("location", address)
    return _written(root)


def xsd() -> bytes:
    """The schema of all messages by itself; the same for both versions."""
    schema = _schema(etree.fromstring(_template(SOAP11)))
    return _written(etree.fromstring(etree.tostring(schema, with_tail=False)))
