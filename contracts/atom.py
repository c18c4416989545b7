"""Atom feeds (RFC 4287) as they are written by the hub and by look-alikes."""

import datetime
import re
from collections.abc import Iterable
from dataclasses import dataclass
from xml.etree import ElementTree as ET

ATOM = "http://www.w3.org/2005/Atom"
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

ET.register_namespace("atom", ATOM)


@dataclass(frozen=True)
class Entry:
    """One entry: ``link`` leads to it, ``content`` is what it carries itself."""

    id: str
    title: str
    updated: datetime.datetime
    link: str | None = None
    link_type: str = "application/xml"
    content: ET.Element | None = None


@dataclass(frozen=True)
class Feed:
    """``author`` is who keeps the feed; ``self_link`` where it is; ``next_link`` where it goes on."""

    id: str
    title: str
    author: str
    updated: datetime.datetime
    self_link: str
    next_link: str | None = None


def add(parent: ET.Element, name: str, text: str | None = None, **attributes: str) -> ET.Element:
    """A child element ``{namespace}name``; characters that XML cannot hold are left out of ``text``."""
    made = ET.SubElement(parent, name, attributes)
    made.text = None if text is None else _NO_XML.sub("", text)
    return made


def feed(about: Feed, entries: Iterable[Entry]) -> ET.Element:
    """The feed as an element."""
    root = ET.Element(_q("feed"))
    _head(root, about.id, about.title, about.updated)
    add(add(root, _q("author")), _q("name"), about.author)
    add(root, _q("link"), rel="self", href=about.self_link, type="application/atom+xml")
    if about.next_link:
        add(root, _q("link"), rel="next", href=about.next_link, type="application/atom+xml")
    for entry in entries:
        made = add(root, _q("entry"))
        _head(made, entry.id, entry.title, entry.updated)
        if entry.link:
            add(made, _q("link"), rel="alternate", href=entry.link, type=entry.link_type)
        if entry.content is not None:
            add(made, _q("content"), type="application/xml").append(entry.content)
    return root


def written(root: ET.Element) -> bytes:
    """The document."""
    made: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return made


def utc(moment: datetime.datetime) -> str:
    """``YYYY-MM-DDTHH:MM:SSZ``."""
    return moment.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _head(parent: ET.Element, id_: str, title: str, updated: datetime.datetime) -> None:
    add(parent, _q("id"), id_)
    add(parent, _q("title"), title)
    add(parent, _q("updated"), utc(updated))


def _q(name: str) -> str:
    return f"{{{ATOM}}}{name}"
