"""XML from strangers as a tree: no entities, no DTD, nothing fetched."""

from lxml import etree


class BadXml(ValueError):
    """What is wrong with a document, to be put behind its name: "is no well-formed XML; get it again"."""


def parsed(content: bytes) -> etree._Element:
    """The root element; raises ``BadXml`` for what is not well-formed or has a DTD."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError:
        raise BadXml("is no well-formed XML; get it again") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise BadXml("has a DTD, which is not read; get one without")
    return root
