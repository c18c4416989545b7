"""One section of an owner's file as a manifest describes it: its answer read, what may be written, and the writing."""

import datetime
import hashlib
import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from adapters.base import now
from adapters.mapping.compile import dig
from adapters.mapping.dates import moment_in
from adapters.mapping.manifest import FetchSection, StoreSection
from contracts import (
    FormEntry,
    Refused,
    Section,
    SectionField,
    SectionImage,
    SectionRequest,
    SectionWriting,
    SectionWritten,
    Unready,
)

Row = dict[str, Any]
MOST = 500
"""Fields of a section."""


def section_of(
    form: FetchSection,
    answer: Any,
    request: SectionRequest,
    zone: str,
    entries: Mapping[str, str] = MappingProxyType({}),
) -> Section:
    """The owner's answer as a section; raises ``Unready`` where it is none.

    ``entries`` (label -> the owner's name) is what may be written, where the answer does not say it itself.
    """
    record = dig(answer, form.record.split(".")) if form.record else answer
    if not isinstance(record, dict):
        raise Unready("unexpected_answer", "the source's answer holds no section where the manifest says")
    labels = form.fields if isinstance(form.fields, dict) else {key: key for key in record}
    shown = [
        SectionField(label=label, value=worded(value))
        for label, path in labels.items()
        if (value := dig(record, path.split("."))) is not None
    ]
    known = {path: label for label, path in labels.items()}
    meta = {
        path: _beside(record, answer, path) for path in (form.version, form.changed_at, form.changed_by, form.withheld)
    }
    return Section(
        ref=request.ref, section=request.section, fields=shown[:MOST],
        version=_said(meta[form.version]) or _content(record),
        changed_at=_moment(_said(meta[form.changed_at]), zone),
        changed_by=_said(meta[form.changed_by]) or None,
        withheld=_labels(meta[form.withheld], known),
        form=_form(form, answer) or [FormEntry(name=name, label=label) for label, name in entries.items()],
        images=_images(form, answer),
    )  # fmt: skip


def _beside(record: Row, answer: Any, path: str | None) -> Any:
    """What a section says of itself: in the record, or beside it in the answer."""
    if path is None:
        return None
    found = dig(record, path.split("."))
    return dig(answer, path.split(".")) if found is None else found


def worded(value: Any) -> str:
    """A value of a section as text: lists line by line, objects as ``label: value``; at most 4,000 letters."""
    if isinstance(value, list):
        return "\n".join(worded(inner) for inner in value)[:4000]
    if isinstance(value, dict):
        return "; ".join(f"{key}: {worded(inner)}" for key, inner in value.items() if inner is not None)[:4000]
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)[:4000]


def _labels(found: Any, known: dict[str, str]) -> list[str]:
    return [known.get(str(word), str(word))[:200] for word in found][:MOST] if isinstance(found, list) else []


def _said(found: Any) -> str | None:
    return None if found is None else str(found)[:200]


def _moment(said: str | None, zone: str) -> datetime.datetime:
    try:
        return moment_in(said, zone) if said else now()
    except ValueError:
        return now()


def _content(record: Row) -> str:
    return hashlib.blake2b(json.dumps(record, sort_keys=True, default=str).encode(), digest_size=12).hexdigest()


def _form(form: FetchSection, answer: Any) -> list[FormEntry]:
    """What the answer says may be written; an entry that is none is left out."""
    rows = _beside({}, answer, form.form)
    if not isinstance(rows, list):
        return []
    told = ({name: row.get(path) for name, path in form.form_fields.items()} for row in rows if isinstance(row, dict))
    made = (_entry({name: value for name, value in one.items() if value}) for one in told)
    return [entry for entry in made if entry is not None][:MOST]


def _entry(said: Row) -> FormEntry | None:
    try:
        return FormEntry.model_validate(said)
    except ValidationError:
        return None


def _images(form: FetchSection, answer: Any) -> list[SectionImage]:
    rows = _beside({}, answer, form.images)
    found = []
    for row in rows if isinstance(rows, list) else []:
        try:
            found.append(SectionImage.model_validate({name: value for name, value in row.items() if value}))
        except (ValidationError, AttributeError):
            continue
    return found[:6]


def writing_fields(form: StoreSection, writing: SectionWriting) -> Row:
    """What is written, by the owner's names: the writing's own number, the version seen, and the entries."""
    changes = {change.name: change.value for change in writing.changes}
    return {form.write_id: writing.write_id, form.seen: writing.seen, form.changes: changes}


def taken(form: StoreSection, status: int, answer: Any, writing: SectionWriting, zone: str) -> SectionWritten:
    """The owner's answer to a writing.

    Raises ``Refused`` (``section_overtaken``, ``entry_not_allowed``, ``entry_not_taken``) and ``Unready``
    (``not_confirmed``).
    """
    if status in form.overtaken_status:
        raise Refused("section_overtaken", "Somebody else wrote this section meanwhile. Compare, then write again.")
    if status in form.denied_status:
        raise Refused("entry_not_allowed", "The owner does not take an entry of this for this purpose. State another.")
    if status in form.unfit_status:
        raise Refused("entry_not_taken", "The owner takes an entry only in its own form. Choose what the form offers.")
    version = _said(_beside({}, answer, form.version))
    if not version:
        raise Unready("not_confirmed", "The owner answered without saying that it is written. Send it again later.")
    changed_at = _moment(_said(_beside({}, answer, form.changed_at)), zone)
    already = form.already is not None and _beside({}, answer, form.already) is True
    return SectionWritten(
        ref=writing.ref, section=writing.section, version=version, changed_at=changed_at, already_written=already
    )
