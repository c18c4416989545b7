"""Field lines checked against the contract before the first row is read, and made into functions of a row."""

from collections.abc import Callable
from typing import Any

from adapters.mapping.converters import CONVERTERS, NEED_TABLE, gives_fit
from adapters.mapping.manifest import Line, Manifest
from adapters.mapping.reading import Row, getter, text_reader
from adapters.mapping.shop import Convert, Notes, Shop
from adapters.mapping.tables import Code, table
from adapters.mapping.targets import NoSuchPath, as_said, fits, target
from contracts import Problem, Skipped


def field(
    manifest: Manifest, path: str, lines: Line | list[Line], key: str, problems: list[Problem]
) -> tuple[Convert | None, bool]:
    """The function of one contract path: its line, or the first of several that says something; None if it is wrong."""
    several = lines if isinstance(lines, list) else [lines]
    found = [p for line in several for p in _wrong(manifest, path, line, key)]
    if found or not several:
        problems += found or [Problem(field=key, rule="empty", message="give at least one line")]
        return None, False
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
        is_one_of_list = target(path).is_list and not isinstance(line.value, list)
        value = (
            [line.value]
            if is_one_of_list
            else line.value
            if isinstance(line.value, list)
            else as_said(path, line.value)
        )
        return lambda row, notes: value
    about = manifest.adapter

    def tables(name: str | None) -> dict[str, Code]:
        return table(name or "", manifest.codes) or {}

    shop = Shop(
        path, line, lambda p: text_reader(p, about), lambda p: getter(p, about.ignore_case), tables, about.languages,
        about.timezone, about.adults == "keep",
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


def joined(field: str, parts: list[tuple[str, Convert, bool]], problems: list[Problem]) -> Convert:
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
