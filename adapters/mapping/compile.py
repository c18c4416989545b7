"""A manifest's field lines, checked against the contract and compiled once into one function of a row."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from pydantic import ValidationError

from adapters.mapping import body as bodies
from adapters.mapping.converters import CONVERTERS, NEED_TABLE, Convert, Note, Notes, Row, Shop, Text, gives_fit
from adapters.mapping.manifest import About, Fields, Line, Manifest, ManifestError
from adapters.mapping.tables import Code, table
from adapters.mapping.targets import NoSuchPath, fits, target
from contracts import Birth, ChildRecord, Problem, Reference, Skipped, problems_of

#: What says nothing in any system seen so far, folded to lower case.
BLANKS = frozenset(
    [
        "",
        "-",
        "--",
        "---",
        ".",
        "..",
        "...",
        "na",
        "n/a",
        "n.a.",
        "n.a",
        "nan",
        "nil",
        "none",
        "null",
        "not known",
        "unknown",
        "un known",
        "not available",
        "not applicable",
        "अज्ञात",
        "नामालूम",
        "ना मालूम",
    ]
)
#: Fields that say whether a person is a child: read first, since most rows of a police list are adults.
_FIRST = ("event", "birth")
_ADULT_MONTHS = 216


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
        problems: list[Problem] = []
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
        for field, convert in steps.first:
            _put(record, field, convert(row, notes))
        self._leave_out_adults(record)
        for field, convert in steps.rest:
            _put(record, field, convert(row, notes))
        _mend_height(record, notes)
        if self.hooks.after:
            record = self.hooks.after(record, body)
            self._leave_out_adults(record)
        return Said(record, notes)

    def record(self, participant: str, source_id: str, body: Row) -> tuple[ChildRecord, Notes]:
        """The row as a contract record. Raises ``Skipped`` naming field and rule, never the value."""
        said, notes = self.said(body)
        version = said.pop("ref", {}).get("version") or self.version(body)
        said["ref"] = {"participant": participant, "source_id": source_id, "version": version}
        try:
            return ChildRecord.model_validate(said), notes
        except ValidationError as error:
            problems = problems_of(error)
            raise Skipped("not_in_contract", _sentence(problems), problems) from None

    def version(self, body: Row) -> str:
        """24 hexadecimal digits of the row's content; keys that begin with @ and volatile ones do not count."""
        kept = {key: value for key, value in body.items() if key[:1] != "@" and key not in self._volatile}
        text = json.dumps(kept, sort_keys=True, ensure_ascii=False, default=str, separators=(",", ":"))
        return hashlib.blake2b(text.encode(), digest_size=12).hexdigest()

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
    return Birth.model_construct(**birth).months_on(day) if day is not None else None


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


def lowered(value: Any) -> Any:
    """The same with every key in lower case, at every depth."""
    if isinstance(value, dict):
        return {
            key.lower(): lowered(inner) if isinstance(inner, dict | list) else inner for key, inner in value.items()
        }
    return [lowered(inner) for inner in value] if isinstance(value, list) else value


class _Steps(NamedTuple):
    first: list[tuple[str, Convert]]
    rest: list[tuple[str, Convert]]


def _compiled(manifest: Manifest, name: str, problems: list[Problem]) -> _Steps:
    grouped: dict[str, list[tuple[str, Convert, bool]]] = {}
    for path, lines in manifest.fields_for(name).items():
        key = f"fields_of.{name}.{path}" if path in manifest.fields_of.get(name, {}) else f"fields.{path}"
        convert, constant = _field(manifest, path, lines, key, problems)
        grouped.setdefault(path.split(".")[0].split("[")[0], []).append((path, convert, constant))
    steps = [(field, _joined(field, parts, problems)) for field, parts in grouped.items()]
    return _Steps([s for s in steps if s[0] in _FIRST], [s for s in steps if s[0] not in _FIRST])


def _field(
    manifest: Manifest, path: str, lines: Line | list[Line], key: str, problems: list[Problem]
) -> tuple[Convert, bool]:
    """The function of one contract path: its line, or the first of several that says something."""
    several = lines if isinstance(lines, list) else [lines]
    found = [p for line in several for p in _wrong(manifest, path, line, key)]
    if found or not several:
        problems += found or [Problem(field=key, rule="empty", message="give at least one line")]
        return (lambda row, notes: None), False
    made = [_line(manifest, path, line) for line in several]
    constant = all(line.value is not None for line in several)
    return (made[0] if len(made) == 1 else _first_of(made)), constant


def _wrong(manifest: Manifest, path: str, line: Line, key: str) -> list[Problem]:
    """Everything about a line that cannot hold, so that it is found before the first row is read."""

    def problem(rule: str, message: str) -> list[Problem]:
        return [Problem(field=key[:200], rule=rule, message=message[:200])]

    try:
        held = target(path)
    except NoSuchPath as error:
        return problem("no_such_path", str(error))
    if line.value is not None:
        value = line.value[0] if held.is_list and isinstance(line.value, list) and line.value else line.value
        return [] if fits(path, value) else problem("bad_value", "the contract does not take this value here")
    converter = CONVERTERS.get(line.as_)
    if converter is None:
        return problem("no_such_converter", f"as = {line.as_!r} is not one of: {', '.join(sorted(CONVERTERS))}")
    if not gives_fit(path, converter.gives):
        return problem("wrong_converter", f"converter {line.as_} does not give what the contract holds here")
    least, most = converter.sources
    if not least <= len(line.sources) <= most:
        return problem("wrong_sources", f"converter {line.as_} takes {least} to {most} sources in from")
    return _wrong_options(line, problem) + _wrong_table(manifest, path, line, problem)


_ALWAYS = {"source", "value", "as_", "required", "default"}


def _wrong_options(line: Line, problem: Callable[[str, str], list[Problem]]) -> list[Problem]:
    converter = CONVERTERS[line.as_]
    given = line.model_fields_set - _ALWAYS - converter.options
    found = [p for name in sorted(given) for p in problem("no_such_option", f"{name} is no option of {line.as_}")]
    if "as_of" in converter.options and not line.as_of:
        found += problem("missing", f"{line.as_} needs as_of: the source path of the day on which the age was true")
    if "relation" in converter.options and not line.relation:
        found += problem("missing", "relative needs relation: father, mother, guardian, sibling, spouse or other")
    if line.relation and not fits("relatives[x].relation", line.relation):
        found += problem("bad_value", "relation is one of: father, mother, guardian, sibling, spouse, other")
    if line.kind and not (fits("names[x].kind", line.kind) or fits("diaries[x].kind", line.kind)):
        found += problem("bad_value", "kind is full, alias or nick of a name; FIR, DD or GD of a diary")
    return found


def _wrong_table(
    manifest: Manifest, path: str, line: Line, problem: Callable[[str, str], list[Problem]]
) -> list[Problem]:
    if line.as_ not in NEED_TABLE and line.table is None:
        return []
    words = table(line.table, manifest.codes) if line.table else None
    if words is None:
        return problem("no_such_table", f"{line.as_} needs table: a name of [codes.*] or of the package's own tables")
    below = {"said": "code", "disabilities": "kind"}.get(line.as_)
    place = f"{path}[x]" if below == "kind" and target(path).is_list else path
    bad = sorted({str(code) for code in words.values() if not fits(place, code, below)})
    if line.default is not None and not fits(place, line.default, below):
        bad.append(str(line.default))
    return problem("unknown_code", f"codes the contract does not have here: {', '.join(bad)}") if bad else []


def _line(manifest: Manifest, path: str, line: Line) -> Convert:
    if line.value is not None:
        value = [line.value] if target(path).is_list and not isinstance(line.value, list) else line.value
        return lambda row, notes: value
    about = manifest.adapter

    def tables(name: str | None) -> dict[str, Code]:
        return table(name or "", manifest.codes) or {}

    shop = Shop(
        path, line, lambda p: _text(p, about), lambda p: _getter(p, about.ignore_case), tables, about.languages,
        about.timezone,
    )  # fmt: skip
    convert = CONVERTERS[line.as_].make(shop)
    if line.default is not None:
        convert = _with_default(convert, line.default)
    return _required(convert, path) if line.required else convert


def _with_default(convert: Convert, default: Any) -> Convert:
    def or_default(row: Row, notes: Notes) -> Any:
        value = convert(row, notes)
        return default if value is None else value

    return or_default


def _required(convert: Convert, path: str) -> Convert:
    def or_skip(row: Row, notes: Notes) -> Any:
        value = convert(row, notes)
        if value is None:
            rule = next((note.rule for note in reversed(notes) if note.field == path), "missing_field")
            raise Skipped(rule, f"{path}: the manifest requires it and the source does not say it usably",
                          [Problem(field=path, rule=rule, message="required by the manifest")])  # fmt: skip
        return value

    return or_skip


def _first_of(made: list[Convert]) -> Convert:
    def first(row: Row, notes: Notes) -> Any:
        for convert in made:
            if (value := convert(row, notes)) is not None:
                return value
        return None

    return first


def _joined(field: str, parts: list[tuple[str, Convert, bool]], problems: list[Problem]) -> Convert:
    """One top field of the record from its parts: a plain value, an object, or a list of elements by tag."""
    if len(parts) == 1 and parts[0][0] == field:
        only = parts[0][1]
        return _listed([only]) if target(field).is_list else only
    if not target(field).is_list:
        return _object([(path.removeprefix(f"{field}."), convert) for path, convert, _ in parts], field, problems)
    elements: dict[str, list[tuple[str, Convert, bool]]] = {}
    for path, convert, constant in parts:
        elements.setdefault(path.split(".")[0], []).append((path, convert, constant))
    return _listed([_element(head, group, problems) for head, group in elements.items()])


def _element(head: str, group: list[tuple[str, Convert, bool]], problems: list[Problem]) -> Convert:
    if len(group) == 1 and group[0][0] == head:
        return group[0][1]
    build = _object([(path.removeprefix(f"{head}."), convert) for path, convert, _ in group], head, problems)
    constants = {path.removeprefix(f"{head}.").split(".")[0] for path, _, constant in group if constant}

    def element(row: Row, notes: Notes) -> Any:
        # An element of which only constants are known (lang = "hi" and no text) says nothing.
        value = build(row, notes)
        return value if value is not None and not value.keys() <= constants else None

    return element


def _listed(made: list[Convert]) -> Convert:
    def listed(row: Row, notes: Notes) -> list[Any] | None:
        found: list[Any] = []
        for convert in made:
            value = convert(row, notes)
            said = value if isinstance(value, list) else [] if value is None else [value]
            # The same name stands in two fields more often than not; it is told once.
            found += [one for one in said if one not in found]
        return found or None

    return listed


def _object(parts: list[tuple[str, Convert]], where: str, problems: list[Problem]) -> Convert:
    below: dict[str, list[tuple[str, Convert]]] = {}
    for path, convert in parts:
        head, _, rest = path.partition(".")
        below.setdefault(head, []).append((rest, convert))
    items = []
    for head, group in below.items():
        if any(not rest for rest, _ in group) and len(group) > 1:
            problems.append(Problem(field=f"fields.{where}.{head}", rule="said_twice",
                                    message="give the whole or its parts, not both"))  # fmt: skip
        items.append((head, group[0][1] if not group[0][0] else _object(group, f"{where}.{head}", problems)))

    def build(row: Row, notes: Notes) -> Row | None:
        found: Row = {}
        for key, convert in items:
            value = convert(row, notes)
            if value is not None:
                found[key] = value
        return found or None

    return build


def _getter(path: str, fold: bool) -> Callable[[Row], Any]:
    steps = (path.lower() if fold else path).split(".")
    if len(steps) == 1:
        return lambda row, key=steps[0]: row.get(key)  # type: ignore[misc]
    return lambda row: dig(row, steps)


def dig(value: Any, steps: list[str]) -> Any:
    """What lies below ``value`` at the given steps: keys of dicts, positions of lists; None if it is not there."""
    for step in steps:
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        else:
            return None
    return value


def _text(path: str, about: About) -> Text:
    get, blanks = _getter(path, about.ignore_case), BLANKS | {blank.lower() for blank in about.blanks}
    longest = max(map(len, blanks))

    def text(row: Row) -> str | None:
        said = get(row)
        if type(said) is not str:
            if said is None or isinstance(said, dict | list | bool):
                return None if said is None or not isinstance(said, bool) else str(said).lower()
            said = f"{said:g}" if isinstance(said, float) and said.is_integer() else str(said)
        said = said.strip()
        if not said or (len(said) <= longest and said.lower() in blanks):
            return None
        return said

    return text


__all__ = ["Fields", "Hooks", "Mapping", "Note", "Reference", "Said", "dig", "lowered", "surely_adult"]
