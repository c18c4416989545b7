"""A section as a form: what is written of it, what of that is new, and where somebody else wrote the same meanwhile.

Nothing is kept between the pages: the form itself carries which version was seen, what its entries are, and of each
value a digest, by which is known whether it was changed here, there, or on both sides.
"""

import hashlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace

from pydantic import TypeAdapter, ValidationError

from contracts import FormEntry, Refused, Section, SectionName
from hub.writing import Draft
from portal.web.forms import Why, Wrong, why_of
from portal.web.language import _

THEIRS, MINE = "theirs", "mine"
_ENTRIES, _SEEN = TypeAdapter(list[FormEntry]), TypeAdapter(dict[str, str])
_EXPIRED = "This form is not valid any more. Go back, read the section again and write anew."


@dataclass(frozen=True)
class Both:
    """One entry that was written here and there: the person chooses."""

    entry: FormEntry
    theirs: str
    mine: str


@dataclass(frozen=True)
class Sheet:
    """A section being written: ``values`` as they stand in the form, ``was`` the digests of what was read."""

    section: SectionName
    why: Why
    write_id: str
    seen: str
    entries: tuple[FormEntry, ...]
    was: Mapping[str, str]
    values: Mapping[str, str]
    both: tuple[Both, ...] = ()

    @property
    def parts(self) -> list[tuple[str, list[FormEntry]]]:
        """The entries under their headings; those of two hands stand apart."""
        parts: list[tuple[str, list[FormEntry]]] = []
        apart = {one.entry.name for one in self.both}
        for entry in self.entries:
            if not parts or parts[-1][0] != (entry.part or ""):
                parts.append((entry.part or "", []))
            if entry.name not in apart:
                parts[-1][1].append(entry)
        return [(title, entries) for title, entries in parts if entries]

    @property
    def entries_json(self) -> str:
        """What the entries are, for the form to carry."""
        return json.dumps([entry.model_dump(mode="json", exclude_defaults=True) for entry in self.entries])

    @property
    def was_json(self) -> str:
        """The digests of what was read, for the form to carry."""
        return json.dumps(dict(self.was))

    @property
    def draft(self) -> Draft:
        """What is new in it; a value that was emptied is taken away."""
        new = {name: value or None for name, value in self.values.items() if self.is_new(name)}
        return Draft(self.write_id, self.seen, new)

    def is_new(self, name: str) -> bool:
        """Whether an entry was changed here since it was read."""
        return digest(self.values.get(name, "")) != self.was.get(name, _EMPTY)


def digest(value: str) -> str:
    """What two equal values have in common, however a browser ends its lines."""
    plain = "\n".join(line.rstrip() for line in value.strip().splitlines())
    return hashlib.blake2b(plain.encode(), digest_size=8).hexdigest()


_EMPTY = digest("")


def opened(section: Section, why: Why) -> Sheet:
    """A section as it was read, ready to be written."""
    said = {field.label: field.value for field in section.fields}
    values = {entry.name: said.get(entry.label, "") for entry in section.form}
    was = {name: digest(value) for name, value in values.items() if value}
    return Sheet(section.section, why, str(uuid.uuid4()), section.version, tuple(section.form), was, values)


def sent(fields: Mapping[str, str]) -> tuple[Sheet, list[Wrong]]:
    """The form that came back, and what is wrong with it. ``Refused`` (``form_expired``) where it is none of ours."""
    why, wrong = why_of(fields)
    try:
        entries, was = _ENTRIES.validate_json(fields["entries"]), _SEEN.validate_json(fields["was"])
        section = SectionName(fields["section"])
        write_id, seen = fields["write_id"], fields["seen"]
    except (KeyError, ValueError, ValidationError):
        raise Refused("form_expired", _EXPIRED) from None
    if why is None:
        raise Refused("form_expired", _EXPIRED)
    values = {entry.name: _lines(fields[f"e.{entry.name}"]) for entry in entries if f"e.{entry.name}" in fields}
    sheet = Sheet(section, why, write_id, seen, tuple(entries), was, values)
    return _chosen(sheet, fields, wrong)


def _chosen(sheet: Sheet, fields: Mapping[str, str], wrong: list[Wrong]) -> tuple[Sheet, list[Wrong]]:
    """Of entries that two hands wrote, the one that was chosen; theirs is what stands there already."""
    asked = [entry for entry in sheet.entries if f"there.{entry.name}" in fields]
    kept = {entry.name for entry in asked if fields.get(f"keep.{entry.name}") == THEIRS}
    open_ = [entry for entry in asked if fields.get(f"keep.{entry.name}") not in (THEIRS, MINE)]
    wrong = wrong + [
        Wrong(f"keep.{one.name}", _("Choose which of the two shall stand: %(label)s", label=one.label)) for one in open_
    ]
    values = {name: value for name, value in sheet.values.items() if name not in kept}
    both = tuple(Both(one, _lines(fields[f"there.{one.name}"]), values.get(one.name, "")) for one in open_)
    return replace(sheet, values=values, both=both), wrong


def beside(mine: Sheet, theirs: Section) -> Sheet:
    """My changes upon what stands there now; what both changed, differently, is for the person to choose."""
    now = opened(theirs, mine.why)
    changed = {name: value for name, value in mine.values.items() if mine.is_new(name)}
    known = {entry.name for entry in now.entries}
    both = tuple(
        Both(entry, now.values[entry.name], changed[entry.name])
        for entry in now.entries
        if entry.name in changed
        and now.was.get(entry.name, _EMPTY) not in (mine.was.get(entry.name, _EMPTY), digest(changed[entry.name]))
    )
    values = {**now.values, **{name: value for name, value in changed.items() if name in known}}
    return replace(now, write_id=mine.write_id, values=values, both=both)


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
