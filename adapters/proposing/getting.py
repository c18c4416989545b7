"""A description from a file or an address, laid into a folder with all it imports: nothing is fetched later."""

import re
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urljoin, urlsplit

from lxml import etree

from adapters.base import Connection
from adapters.mapping.manifest import Reach
from adapters.outgoing import ANYWHERE
from adapters.rest import bounded, guarded, raise_for, session
from adapters.xml_reading import BadXml, parsed
from contracts import Refused

_MOST_DOCUMENTS, _MOST_BYTES, _SECONDS = 40, 20_000_000, 30.0
#: Where a WSDL or schema names another document.
_NAMES = {"import": ("schemaLocation", "location"), "include": ("schemaLocation",), "redefine": ("schemaLocation",)}


def document(source: str, into: Path, name: str) -> Path:
    """One document from ``source`` (path or http address) as ``into/name``.

    Raises ``Refused`` (``no_such_file``, ``bad_url``, ``answer_too_large`` ...) and ``Unready`` if not reached.
    """
    target = into / name
    target.write_bytes(_bytes(source))
    return target


def wsdl(source: str, into: Path) -> Path:
    """A WSDL and all it imports, each under a name of its own in ``into``; the places in them are rewritten to these.

    What is imported must lie on the same host, or below the same folder. Raises as ``document`` does, and ``Refused``
    (``wsdl_import``) for an import from elsewhere.
    """
    taken: dict[str, str] = {source: _free_name(source, set(), "service.wsdl")}
    waiting = [source]
    while waiting:
        at = waiting.pop(0)
        root = _parsed(_bytes(at))
        for element, attribute in _imports(root):
            meant = _meant(at, element.get(attribute, ""), source)
            if meant not in taken:
                taken[meant] = _free_name(meant, set(taken.values()), "schema.xsd")
                waiting.append(meant)
            element.set(attribute, taken[meant])
        if len(taken) > _MOST_DOCUMENTS:
            raise Refused(
                "wsdl_import", f"the WSDL imports more than {_MOST_DOCUMENTS} documents; ask for one whole WSDL"
            )
        (into / taken[at]).write_bytes(etree.tostring(root, encoding="utf-8", xml_declaration=True))
    return into / taken[source]


def is_address(source: str) -> bool:
    """Whether a source is an address rather than a path."""
    return source.startswith(("http://", "https://"))


def _bytes(source: str) -> bytes:
    if is_address(source):
        return _fetched(source)
    path = Path(source)
    if not path.is_file():
        raise Refused("no_such_file", f"there is no file {source}; check the path")
    if path.stat().st_size > _MOST_BYTES:
        raise Refused("file_too_large", f"{path.name} is larger than 20 MB; give the description of one service")
    return path.read_bytes()


def _fetched(address: str) -> bytes:
    parts = urlsplit(address)
    connection = Connection("new", f"{parts.scheme}://{parts.netloc}", None, _SECONDS, ANYWHERE)
    with guarded(), session(connection, Reach(transport="rest", auth_required=False)) as opened:
        answer = opened.get(address, timeout=_SECONDS, allow_redirects=False, stream=True)
        raise_for(answer)
        return bounded(answer, _MOST_BYTES, _SECONDS)


def _parsed(content: bytes) -> etree._Element:
    try:
        return parsed(content)
    except BadXml as wrong:
        raise Refused("unreadable_description", f"the description {wrong}") from None


def _imports(root: etree._Element) -> list[tuple[etree._Element, str]]:
    found = []
    for element in root.iter(etree.Element):
        for attribute in _NAMES.get(etree.QName(element).localname, ()):
            if element.get(attribute):
                found.append((element, attribute))
    return found


def _meant(at: str, place: str, source: str) -> str:
    """What an import means, seen from the document that names it; refused where it lies elsewhere."""
    if is_address(at):
        meant = urljoin(at, place)
        if urlsplit(meant).netloc != urlsplit(source).netloc or not is_address(meant):
            raise Refused("wsdl_import", "the WSDL imports a document from another host; ask for one whole WSDL")
        return meant
    if "://" in place:
        raise Refused("wsdl_import", "the WSDL imports a document by its address; save it beside the WSDL")
    path = (Path(at).parent / unquote(place)).resolve()
    if not path.is_relative_to(Path(source).resolve().parent):
        raise Refused("wsdl_import", "the WSDL imports a document from outside its folder; put it there")
    return str(path)


def _free_name(source: str, taken: set[str], otherwise: str) -> str:
    parts = urlsplit(source) if is_address(source) else None
    plain = re.sub(r"[^\w.-]", "_", PurePosixPath(parts.path if parts else source).name) or otherwise
    ending = PurePosixPath(otherwise).suffix
    stem = plain if plain.lower().endswith((".wsdl", ".xsd")) else f"{PurePosixPath(plain).stem}{ending}"
    number, name = 1, stem
    while name in taken:
        number, name = number + 1, f"{PurePosixPath(stem).stem}_{number + 1}{PurePosixPath(stem).suffix}"
    return name
