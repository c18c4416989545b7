"""The description of the SOAP door: WSDL and XSD as they are served and published, always in the same order."""

from functools import cache

from lxml import etree

from hub.doors.soap import application

_XS = "{http://www.w3.org/2001/XMLSchema}"
_ADDRESS = "urn:trackchild:address"
_ORDER = ("element", "complexType", "simpleType")


@cache
def _template(soap: str) -> bytes:
    document = application(soap).doc.wsdl11
    document.build_interface_document(_ADDRESS)
    root = etree.fromstring(document.get_interface_document())
    schema = _schema(root)
    schema[:] = sorted(schema, key=lambda part: (_ORDER.index(etree.QName(part).localname), part.get("name") or ""))
    etree.cleanup_namespaces(root, keep_ns_prefixes=["xs", "tns"])
    etree.indent(root)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8") + b"\n"


def _schema(root: etree._Element) -> etree._Element:
    (found,) = root.iter(f"{_XS}schema")
    return found


def wsdl(soap: str, address: str) -> bytes:
    """The WSDL of one SOAP version (its namespace) with the door's address in it."""
    root = etree.fromstring(_template(soap))
    for port in root.iter("{*}address"):
        port.set("location", address)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8") + b"\n"


def xsd(soap: str) -> bytes:
    """The schema of all messages by itself; the same for both versions."""
    schema = _schema(etree.fromstring(_template(soap)))
    alone = etree.fromstring(etree.tostring(schema, with_tail=False))
    etree.cleanup_namespaces(alone, keep_ns_prefixes=["xs", "tns"])
    etree.indent(alone)
    return etree.tostring(alone, xml_declaration=True, encoding="UTF-8") + b"\n"
