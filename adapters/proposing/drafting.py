"""From meanings to the lines of a manifest: fields that belong together give one line, the rest one each."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from adapters.mapping.tables import folded
from adapters.mapping.tables import table as packaged
from adapters.proposing import shapes
from adapters.proposing.described import Rows, Seen
from adapters.proposing.guessing import Guess, concepts, guesses
from adapters.proposing.wording import words_of

Line = dict[str, Any]
#: More words than these are no list of codes.
_MOST_CODES = 60


@dataclass
class Draft:
    """What is proposed for one list: its id and since fields, its lines, and the fields that found no place."""

    rows: Rows
    id: str | None = None
    changed: str | None = None
    lines: dict[str, Line | list[Line]] = field(default_factory=dict)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    unmapped: list[tuple[Seen, str]] = field(default_factory=list)
    """Each with the reason: kept by the owner, or not understood."""
    unknown_words: dict[str, list[str]] = field(default_factory=dict)
    """Words of their codes that no table has, by table."""
    placed: dict[str, str] = field(default_factory=dict)
    """Their path -> the meaning it was given."""


def draft(rows: Rows) -> Draft:
    """The proposal for one list of records."""
    found = guesses(rows.fields)
    made = Draft(rows)
    by = {guess.concept: guess for guess in found if concepts()[guess.concept].kept}
    made.placed = {guess.seen.path: name for name, guess in by.items()}
    _unmapped(made, found)
    made.id = _path(by, "id") or _path(by, "fir.number") or _path(by, "diary.number")
    made.changed = _path(by, "changed") or _path(by, "created")
    for part in (_moments, _kind, _status, _names, _birth, _places, _body, _clothes, _diaries, _plain):
        part(made, by)
    return made


def _unmapped(made: Draft, found: list[Guess]) -> None:
    means = {guess.seen.path: concepts()[guess.concept] for guess in found}
    for seen in made.rows.fields:
        concept = means.get(seen.path)
        if concept is None:
            made.unmapped.append((seen, "not understood: give it a line, or leave it out"))
        elif not concept.kept:
            made.unmapped.append((seen, concept.why))


def _path(by: dict[str, Guess], concept: str) -> str | None:
    return by[concept].seen.path if concept in by else None


def _paths(by: dict[str, Guess], *wanted: str) -> list[str]:
    return [path for concept in wanted if (path := _path(by, concept))]


def _one(said: list[str]) -> str | list[str]:
    return said[0] if len(said) == 1 else said


def _put(made: Draft, at: str, paths: list[str], **keys: Any) -> None:
    if paths:
        made.lines[at] = {"from": _one(paths), **keys}


def _moments(made: Draft, by: dict[str, Guess]) -> None:
    sources = _paths(by, "changed", "created", "event.on", "custodian.since")
    lines: list[Line] = [{"from": path, "as": "datetime"} for path in sources]
    if lines:
        lines[-1] |= {"required": True}
        made.lines["recorded_at"] = lines if len(lines) > 1 else lines[0]
    _put(made, "ref.version", _paths(by, "version"))


def _kind(made: Draft, by: dict[str, Guess]) -> None:
    if "kind" in by and _words(made, "kind", by["kind"].seen, shapes.KIND):
        made.lines["kind"] = {"from": by["kind"].seen.path, "as": "code", "table": "kind", "required": True}
        return
    made.lines["kind"] = {"value": kind_of(made.rows)}


def kind_of(rows: Rows) -> str:
    """What a list is about, by its name and its fields' names: found, resident or missing."""
    told = words_of(f"{rows.name} {rows.call.get('path', '')} {rows.call.get('operation', '')}".replace("_", " "))
    columns = tuple(word for seen in rows.fields for word in words_of(seen.path))
    for words in (told, columns):
        for kind in _SAYS:
            if any(word in words for word in _SAYS[kind]):
                return kind
    return "missing"


#: Words of a list's name, or else of its fields, that tell its kind; the first kind that is told of wins.
_SAYS = {"resident": ("admitted",), "missing": ("missing",), "found": ("found",)}
_FIRST_STATUS = {"missing": "reported", "found": "found", "resident": "in_care"}


def _status(made: Draft, by: dict[str, Guess]) -> None:
    kind = made.lines["kind"]
    first = _FIRST_STATUS.get(kind.get("value", "missing") if isinstance(kind, dict) else "missing", "reported")
    if "status" in by:
        _words(made, "status", by["status"].seen, shapes.STATUS)
        made.codes.setdefault("status", {})
        made.lines["status"] = {"from": by["status"].seen.path, "as": "code", "table": "status", "default": first}
    else:
        made.lines["status"] = {"value": first}


def _words(made: Draft, table: str, seen: Seen, known: Mapping[str, object]) -> bool:
    """Fill a code table from the values that were seen; whether any of them is known."""
    codes, unknown = _sorted_out(seen, known)
    if len(codes) + len(unknown) <= _MOST_CODES:
        made.codes.setdefault(table, {}).update(codes)
        made.unknown_words.setdefault(table, []).extend(unknown)
    return bool(codes)


def _sorted_out(seen: Seen, known: Mapping[str, object]) -> tuple[dict[str, str], list[str]]:
    """The values with their codes, and those that ``known`` (by folded word) has none for."""
    codes, unknown = {}, []
    for value in dict.fromkeys(shapes.said(seen.values)):
        if folded(value) in known:
            codes[value] = str(known[folded(value)])
        elif len(value) <= 40:
            unknown.append(value)
    return codes, unknown


def _names(made: Draft, by: dict[str, Guess]) -> None:
    if whole := _paths(by, "names"):
        _put(made, "names", whole, **{"as": "names"})
    if parts := _paths(by, "names[first]", "names[middle]", "names[last]"):
        _put(made, "names[parts]" if whole else "names", parts, **{"as": "names"})
    _put(made, "names[hindi]", _paths(by, "names[hindi]"), **{"as": "names", "lang": "hi"})
    _put(made, "names[alias]", _paths(by, "names[alias]"), **{"as": "names", "kind": "alias"})
    for relation in ("father", "mother", "guardian"):
        at = f"relatives[{relation}]"
        _put(made, at, _paths(by, at), **{"as": "relative", "relation": relation})


def _birth(made: Draft, by: dict[str, Guess]) -> None:
    as_of = _paths(by, "event.on", "created", "changed", "custodian.since")
    lines: list[Line] = []
    if born := _paths(by, "birth.date"):
        lines.append({"from": _one(born), "as": "birth_date", "basis": "stated"})
    ends = _paths(by, "birth.from", "birth.to")
    if len(ends) == 2 and as_of:
        lines.append({"from": ends, "as": "age_range", "basis": "stated", "as_of": _one(as_of)})
    alone = _paths(by, "birth.age") + (ends if len(ends) == 1 else [])
    lines += [{"from": path, "as": "age", "basis": "stated", "as_of": _one(as_of)} for path in alone if as_of]
    if year := _paths(by, "birth.year"):
        lines.append({"from": _one(year), "as": "birth_year", "basis": "stated"})
    if lines:
        made.lines["birth"] = lines if len(lines) > 1 else lines[0]


def _places(made: Draft, by: dict[str, Guess]) -> None:
    _put(made, "event.on", _paths(by, "event.on"), **{"as": "date"})
    _put(made, "event.at", _paths(by, "event.at"), **{"as": "time"})
    _put(made, "event.place.raw", _paths(by, "event.place", "event.station", "event.district", "event.state"))
    _put(made, "event.place.state", _paths(by, "event.state"), **{"as": "code", "table": "state"})
    _put(made, "event.place.pin", _paths(by, "event.place.pin"), **{"as": "pin"})
    _put(made, "home.raw", _paths(by, "home.address", "home.village", "home.district.name", "home.state.name"))
    _put(made, "home.state", _paths(by, "home.state.name"), **{"as": "code", "table": "state"})
    _put(made, "home.pin", _paths(by, "home.pin"), **{"as": "pin"})


def _body(made: Draft, by: dict[str, Guess]) -> None:
    hair = _paths(by, "hair.whole") or _paths(by, "hair.style", "hair.length", "hair.colour")
    _put(made, "physical.hair", hair, **{"as": "hair"})
    _put(made, "marks", _paths(by, "marks"), **{"as": "marks"})


def _clothes(made: Draft, by: dict[str, Guess]) -> None:
    for part in ("upper", "lower"):
        _put(made, f"apparel.{part}", _paths(by, f"{part}.item", f"{part}.colour"), **{"as": "garment"})


def _diaries(made: Draft, by: dict[str, Guess]) -> None:
    for name, kind in (("fir", "FIR"), ("diary", "GD")):
        keys: Line = {"as": "diary", "kind": kind}
        if date := _path(by, f"{name}.date"):
            keys["date"] = date
        if station := _path(by, "event.station"):
            keys["station"] = station
        _put(made, f"diaries[{'fir' if name == 'fir' else 'gd'}]", _paths(by, f"{name}.number"), **keys)


_ALREADY = ("id", "changed", "created", "version", "kind", "status", "names", "relatives", "birth", "hair", "upper",
            "lower", "fir", "diary", "home", "marks")  # fmt: skip
_SHAPED: dict[str, Callable[[], Line]] = {
    "custodian.since": lambda: {"as": "date"},
    "photos": lambda: {"as": "hashes"},
    "gender": lambda: {"as": "code", "table": "gender"},
}


def _plain(made: Draft, by: dict[str, Guess]) -> None:
    """Meanings that are a path of the contract by themselves."""
    for name, guess in by.items():
        if name.split(".")[0].split("[")[0] in _ALREADY or name.startswith("event."):
            continue
        concept = concepts()[name]
        keys = _SHAPED.get(name, dict)()
        if concept.as_ != "text":
            keys = {"as": concept.as_, **({"table": concept.table} if concept.table else {})}
        _put(made, name, [guess.seen.path], **keys)
        if concept.table:
            _unknown(made, concept.table, guess.seen)


def _unknown(made: Draft, table: str, seen: Seen) -> None:
    words = _sorted_out(seen, packaged(table, {}) or {})[1]
    if words and len(words) <= _MOST_CODES:
        made.unknown_words.setdefault(table, []).extend(words)
