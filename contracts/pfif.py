"""PFIF 1.1 to 1.4 (People Finder Interchange Format, zesty.ca/pfif) as data, and how a record of it is written.

Everywhere else a person or note is a dict under the names of 1.4, values as text.
"""

from collections.abc import Iterable, Mapping
from xml.etree import ElementTree as ET

from contracts.atom import add

VERSIONS = ("1.1", "1.2", "1.3", "1.4")
NEWEST = "1.4"
#: Name in 1.4 -> name before, and the first version that has today's name.
RENAMED = {
    "home_postal_code": ("home_zip", "1.2"),
    "given_name": ("first_name", "1.4"),
    "family_name": ("last_name", "1.4"),
    "author_made_contact": ("found", "1.4"),
    "description": ("other", "1.4"),
}
#: What is left of an expired record.
PLACEHOLDER = ("person_record_id", "source_date", "entry_date", "expiry_date")
_LABEL, _INDENT = "description:", "    "

_ORIGIN = "author_name author_email author_phone source_name source_date source_url"
_PERSON = {
    "1.1": f"person_record_id entry_date {_ORIGIN} given_name family_name home_city home_state home_neighborhood"
    " home_street home_postal_code photo_url description",
    "1.2": f"person_record_id entry_date {_ORIGIN} given_name family_name sex date_of_birth age home_street"
    " home_neighborhood home_city home_state home_postal_code home_country photo_url description",
    "1.3": f"person_record_id entry_date expiry_date {_ORIGIN} full_name given_name family_name sex date_of_birth age"
    " home_street home_neighborhood home_city home_state home_postal_code home_country photo_url description",
    "1.4": f"person_record_id entry_date expiry_date {_ORIGIN} full_name given_name family_name alternate_names"
    " description sex date_of_birth age home_street home_neighborhood home_city home_state home_postal_code"
    " home_country photo_url profile_urls",
}
_AUTHOR = "entry_date author_name author_email author_phone source_date author_made_contact"
_FOUND = "email_of_found_person phone_of_found_person last_known_location text"
_NOTE = {
    "1.1": f"note_record_id {_AUTHOR} {_FOUND}",
    "1.2": f"note_record_id person_record_id linked_person_record_id {_AUTHOR} status {_FOUND}",
    "1.3": f"note_record_id person_record_id linked_person_record_id {_AUTHOR} status {_FOUND}",
    "1.4": f"note_record_id person_record_id linked_person_record_id {_AUTHOR} status {_FOUND} photo_url",
}
_MUST = {
    "1.1": ("given_name", "family_name"),
    "1.2": ("given_name", "family_name"),
    "1.3": ("source_date", "full_name"),
    "1.4": ("source_date", "full_name"),
}
Fields = Mapping[str, str]

for _version in VERSIONS:
    _prefix = "pfif" if _version == NEWEST else "pfif" + _version.replace(".", "")
    ET.register_namespace(_prefix, f"http://zesty.ca/pfif/{_version}")


def namespace(version: str) -> str:
    """The XML namespace of a version."""
    return f"http://zesty.ca/pfif/{version}"


def fields(kind: str, version: str) -> list[str]:
    """The fields of a ``person`` or ``note`` in the order of the standard, under their names of 1.4."""
    return (_PERSON if kind == "person" else _NOTE)[version].split()


def name_in(version: str, field: str) -> str:
    """How a version calls a field of 1.4."""
    before, since = RENAMED.get(field, (field, "1.1"))
    return before if version < since else field


def person(version: str, said: Fields, notes: Iterable[Fields] = ()) -> ET.Element:
    """A person with its notes. Before 1.3 the full name is told as given and family name."""
    root = ET.Element(_q(version, "person"))
    placeholder = said.keys() <= set(PLACEHOLDER)
    told = said if placeholder else _named(version, said)
    _write(root, version, "person", told, () if placeholder else _MUST[version])
    for one in notes:
        _write(add(root, _q(version, "note")), version, "note", one, ("author_name", "source_date", "text"))
    return root


def document(version: str, inside: Iterable[ET.Element]) -> ET.Element:
    """The root element around persons and notes."""
    root = ET.Element(_q(version, "pfif"))
    root.extend(inside)
    return root


def _write(parent: ET.Element, version: str, kind: str, said: Fields, must: Iterable[str]) -> None:
    for field in fields(kind, version):
        value = said.get(field, "")
        if value and field == "description" and version < "1.4":
            value = _labelled(value)
        if value or field in must:
            add(parent, _q(version, name_in(version, field)), value)


def _named(version: str, said: Fields) -> Fields:
    full = said.get("full_name", "").partition("\n")[0]
    if version >= "1.3" or not full or said.get("given_name") or said.get("family_name"):
        return said
    given, _, family = full.rpartition(" ")
    return {**said, "given_name": given or family, "family_name": family if given else ""}


def _labelled(text: str) -> str:
    """The free text as ``other`` holds it: under a label, indented."""
    return "\n".join([_LABEL, *(_INDENT + line for line in text.splitlines())])


def unlabelled(other: str) -> str:
    """The free text back out of ``other``; text with further labels stays as it is."""
    lines = other.strip().splitlines()
    if not lines or not lines[0].startswith(_LABEL):
        return other
    rest = [lines[0].removeprefix(_LABEL), *lines[1:]]
    if any(line and not line[0].isspace() and ":" in line.split(" ")[0] for line in rest[1:]):
        return other
    return "\n".join(line.strip() for line in rest).strip()


def _q(version: str, name: str) -> str:
    return f"{{{namespace(version)}}}{name}"
