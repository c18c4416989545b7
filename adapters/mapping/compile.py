"""A manifest compiled once into one function: an owner's row in, a contract record and what could not be used out."""

import datetime
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from pydantic import ValidationError

from adapters.mapping import body as bodies
from adapters.mapping import telling
from adapters.mapping.lines import field, joined
from adapters.mapping.manifest import Manifest, ManifestError
from adapters.mapping.reading import BLANKS, Row, dig, lowered
from adapters.mapping.shop import Convert, Note, Notes
from contracts import Birth, ChildRecord, Problem, Skipped, problems_of

#: Fields that say whether a person is a child: read first, since most rows of a police list are adults.
_FIRST = ("event", "birth")


_ADULT_MONTHS = 216


_BIRTH = ("date", "year", "age_from_months", "age_to_months", "as_of")


#: Given though empty: a default list is copied deeply by pydantic for each record, at a tenth of the whole time.
_LISTS = ("names", "relatives", "languages", "marks", "disabilities", "diaries", "photos", "restrictions")


_CONTENT = json.JSONEncoder(sort_keys=True, ensure_ascii=False, default=str, separators=(",", ":"))


class Said(NamedTuple):
    """The contract-shaped dict of one row, and what could not be used."""

    record: Row
    notes: Notes


@dataclass(frozen=True)
class Hooks:
    """The two functions of a folder's ``translate.py``; either may be missing."""

    before: Callable[[Row], Row] | None = None
    after: Callable[[Row, Row], Row] | None = None


class Mapping:
    """One manifest, compiled. ``Mapping(manifest)`` raises ``ManifestError`` naming every line that cannot hold."""

    def __init__(self, manifest: Manifest, hooks: Hooks | None = None) -> None:
        self.manifest, self.hooks = manifest, hooks or Hooks()
        about = manifest.adapter
        self._fold, self._skip_adults, self._volatile = about.ignore_case, about.adults == "skip", set(about.volatile)
        names = [item.name for item in manifest.pull.lists] if manifest.pull else [""]
        problems = telling.problems(manifest)
        self._lists = {name: _compiled(manifest, name, problems) for name in names}
        if problems:
            raise ManifestError(about.kind, list(dict.fromkeys(problems)))

    def said(self, body: Row) -> Said:
        """The row as a contract-shaped dict without ``ref``, not yet validated. Pure.

        ``body["@list"]`` says which list the row came from (needed only where there are several). Raises ``Skipped``:
        ``adult``, ``unknown_list``, ``missing_field``, or what the folder's hooks raise.
        """
        if self.hooks.before:
            body = self.hooks.before(body)
        steps = self._steps(body)
        row = lowered(body) if self._fold else body
        notes: Notes = []
        record: Row = {}
        for name, convert in steps.first:
            _put(record, name, convert(row, notes))
        self._leave_out_adults(record)
        for name, convert in steps.rest:
            _put(record, name, convert(row, notes))
        _mend_height(record, notes)
        if self.hooks.after:
            known = record.get("birth"), record.get("event")
            record = self.hooks.after(record, body)
            if (record.get("birth"), record.get("event")) != known:
                self._leave_out_adults(record)
        return Said(record, notes)

    def record(self, participant: str, source_id: str, body: Row) -> tuple[ChildRecord, Notes]:
        """The row as a contract record. Raises ``Skipped`` naming field and rule, never the value."""
        said, notes = self.said(body)
        version = said.pop("ref", {}).get("version") or self.version(body)
        said["ref"] = {"participant": participant, "source_id": source_id, "version": version}
        for name in _LISTS:
            said.setdefault(name, [])
        try:
            return ChildRecord.model_validate(said), notes
        except ValidationError as error:
            problems = problems_of(error)
            raise Skipped("not_in_contract", _sentence(problems), problems) from None

    def version(self, body: Row) -> str:
        """24 hexadecimal digits of the row's content; keys that begin with @ and volatile ones do not count."""
        kept = {key: value for key, value in body.items() if key[:1] != "@" and key not in self._volatile}
        return hashlib.blake2b(_CONTENT.encode(kept).encode(), digest_size=12).hexdigest()

    def _steps(self, body: Row) -> "_Steps":
        name = body.get("@list")
        if name is None and len(self._lists) == 1:
            return next(iter(self._lists.values()))
        if name not in self._lists:
            raise Skipped("unknown_list", "the row does not say which list it is of; set @list to a name of pull.lists")
        return self._lists[name]

    def _leave_out_adults(self, record: Row) -> None:
        if self._skip_adults and (birth := record.get("birth")) is not None and surely_adult(birth, record):
            problem = Problem(field="birth", rule="adult", message="18 or older on the day of the event")
            raise Skipped("adult", "18 or older on the day of the event; the hub keeps children only", [problem])


def surely_adult(birth: Row, record: Row) -> bool:
    """True if even the youngest age that was said is 18 years on the day of the event (else the day it was said).

    An unknown age is not surely adult: such a record is kept.
    """
    months = _months(birth, (record.get("event") or {}).get("on") or birth.get("as_of"))
    return months is not None and months[0] >= _ADULT_MONTHS


def _months(birth: Row, day: Any) -> tuple[int, int] | None:
    return _months_on(day, *(birth.get(key) for key in _BIRTH)) if day is not None else None


@lru_cache(maxsize=65_536)
def _months_on(day: datetime.date, *birth: Any) -> tuple[int, int]:
    return Birth.model_construct(**dict(zip(_BIRTH, birth, strict=True))).months_on(day)


def _mend_height(record: Row, notes: Notes) -> None:
    """74 cm at six years is a typing error: the height is dropped and noted."""
    physical, birth = record.get("physical"), record.get("birth")
    if not physical or not birth or "height_cm" not in physical:
        return
    day = physical.get("as_of") or (record.get("event") or {}).get("on") or birth.get("as_of")
    months = _months(birth, day)
    if months is not None and not bodies.height_fits_age(physical["height_cm"], months):
        del physical["height_cm"]
        notes.append(Note("physical.height_cm", "height_not_of_that_age"))


def _sentence(problems: list[Problem]) -> str:
    first = problems[0]
    return f"{first.field or 'the record'}: {first.message} (rule {first.rule})"[:200]


def _put(record: Row, field: str, value: Any) -> None:
    if value is not None:
        record[field] = value


class _Steps(NamedTuple):
    first: list[tuple[str, Convert]]
    rest: list[tuple[str, Convert]]


def _compiled(manifest: Manifest, name: str, problems: list[Problem]) -> _Steps:
    grouped: dict[str, list[tuple[str, Convert, bool]]] = {}
    for path, lines in manifest.fields_for(name).items():
        key = f"fields_of.{name}.{path}" if path in manifest.fields_of.get(name, {}) else f"fields.{path}"
        convert, constant = field(manifest, path, lines, key, problems)
        if convert is not None:
            grouped.setdefault(path.split(".")[0].split("[")[0], []).append((path, convert, constant))
    steps = [(field, joined(field, parts, problems)) for field, parts in grouped.items()]
    return _Steps([s for s in steps if s[0] in _FIRST], [s for s in steps if s[0] not in _FIRST])


__all__ = ["BLANKS", "Hooks", "Mapping", "Note", "Said", "dig", "lowered", "surely_adult"]
