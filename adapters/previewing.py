"""What a manifest makes of a system's rows before anything is taken in: raw, mapped and problems; what is filled."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from adapters.base import Gap, Words
from adapters.by_manifest import ByManifest
from adapters.mapping.manifest import Line, Manifest
from adapters.mapping.reading import lowered, text_reader
from contracts import Skipped

Row = dict[str, Any]
#: Words of a code list that are shown with their counts; a column of free text has more and is no list.
_MOST_WORDS = 200


@dataclass(frozen=True)
class Previewed:
    """One row: the owner's words, what the contract would hold (None where it would be set aside), and why."""

    source_id: str
    raw: Row
    mapped: Row | None
    problems: list[str]


@dataclass
class Preview:
    """The first rows whole, and of all that were read: how many are taken, what is filled, which words have no code."""

    rows: list[Previewed] = field(default_factory=list)
    read: int = 0
    taken: int = 0
    set_aside: Counter[str] = field(default_factory=Counter)
    """Rows that would be set aside, by rule; ``adult`` are left out and not set aside."""
    filled: Counter[str] = field(default_factory=Counter)
    """Contract paths (without list positions) and in how many of the taken records each is filled."""
    unmapped: dict[str, Counter[str]] = field(default_factory=dict)
    """The owner's words that have no code, by contract path, with how often each came."""
    unused: Counter[str] = field(default_factory=Counter)
    """What was said and could not be used: ``path: rule``."""

    def coverage(self) -> dict[str, float]:
        """The share of taken records in which each path is filled, fullest first."""
        fullest = sorted(self.filled.items(), key=lambda item: (-item[1], item[0]))
        return {path: count / self.taken for path, count in fullest}


def preview(adapter: ByManifest, rows: int = 10, read: int = 1_000) -> Preview:
    """Pull at most ``read`` rows from the beginning and translate them; nothing is written anywhere.

    Raises what the pull raises: ``Refused``, ``Unready``.
    """
    made = Preview()
    for words in islice(adapter.pull(None), read):
        made.read += 1
        one = _one(adapter, words, made)
        if len(made.rows) < rows:
            made.rows.append(one)
    return made


def _one(adapter: ByManifest, words: Words | Gap, made: Preview) -> Previewed:
    if isinstance(words, Gap):
        made.set_aside["gap"] += 1
        return Previewed(words.row, {}, None, [words.reason])
    shown = {key: value for key, value in words.body.items() if not key.startswith("@")}
    try:
        record, notes = adapter.mapping.record(adapter.connection.participant, words.source_id, words.body)
    except Skipped as skipped:
        made.set_aside[skipped.code] += 1
        return Previewed(words.source_id, shown, None, [skipped.message])
    made.taken += 1
    mapped = record.model_dump(mode="json", exclude_none=True, exclude={"contract", "ref"})
    mapped = {key: value for key, value in mapped.items() if value not in ([], {})}
    made.filled.update(set(_paths(mapped, "")))
    told = []
    for note in notes:
        made.unused[f"{note.field}: {note.rule}"] += 1
        said = list(_said(adapter.manifest, words, note.field)) if note.rule == "unmapped_code" else []
        counts = made.unmapped.setdefault(note.field, Counter()) if said else Counter()
        counts.update(word for word in said if word in counts or len(counts) < _MOST_WORDS)
        told.append(f"{note.field}: {note.rule}")
    return Previewed(words.source_id, shown, mapped, told)


def _paths(value: Any, at: str) -> Iterator[str]:
    """Paths that hold something; elements of a list share theirs."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _paths(inner, f"{at}.{key}" if at else key)
    elif isinstance(value, list):
        for inner in value:
            yield from _paths(inner, at)
    else:
        yield at


def _said(manifest: Manifest, words: Words, path: str) -> Iterator[str]:
    """What the owner said in the fields that a path is coded from."""
    lines = manifest.fields_for(str(words.body.get("@list"))).get(path, [])
    row = lowered(words.body) if manifest.adapter.ignore_case else words.body
    for line in [lines] if isinstance(lines, Line) else lines:
        for source in line.sources:
            said = text_reader(source, manifest.adapter)(row)
            if said is not None:
                yield said[:60]
