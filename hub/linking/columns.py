"""From a row of a file to a record: the row is one of the contract's, or a mapping says what its columns mean."""

import tomllib
from collections import Counter
from pathlib import Path
from typing import Any, Literal, Protocol

from pydantic import ValidationError

from adapters.mapping import Manifest, ManifestError, Mapping
from adapters.mapping.manifest import Line, parse
from contracts import ChildRecord, Problem, Refused, Skipped, problems_of
from contracts.versions import renewed
from hub.linking.files import Row

Side = Literal["left", "right"]
SIDES: tuple[Side, Side] = ("left", "right")
_RECORDED = "2000-01-01T00:00:00Z"
#: What a person on either side is where the columns do not say it: searched for on the left, a candidate on the right.
_BY_SIDE: dict[Side, dict[str, Any]] = {
    "left": {"kind": {"value": "missing"}, "status": {"value": "reported"}},
    "right": {"kind": {"value": "found"}, "status": {"value": "found"}},
}


class Reader(Protocol):
    """Makes records of one side's rows."""

    unused: Counter[str]
    """What was said and could not be used, by field and rule."""

    def check(self, row: Row, name: str) -> None:
        """See by its first row whether the file ``name`` can be read at all; raises ``Refused`` saying why not."""

    def read(self, row: Row) -> tuple[str, ChildRecord]:
        """(the person's id in its file, the record). Raises ``Skipped`` naming field and rule."""


class OfContract:
    """Rows that are records of the contract."""

    def __init__(self) -> None:
        self.unused: Counter[str] = Counter()

    def check(self, row: Row, name: str) -> None:
        if "ref" not in row:
            raise Refused(
                "columns_needed",
                f"{name} holds no records of the contract; say by --columns mapping.toml what its columns mean.",
            )

    def read(self, row: Row) -> tuple[str, ChildRecord]:
        try:
            record = ChildRecord.model_validate(renewed(row))
        except ValidationError as error:
            raise _skipped(problems_of(error)) from None
        except Refused as error:
            raise _skipped(error.problems) from None
        return f"{record.ref.participant}:{record.ref.source_id}", record


class ByColumns:
    """Rows whose columns a mapping names: an adapter's manifest, of which most may be left out."""

    def __init__(self, manifest: Manifest, side: Side) -> None:
        lists = {one.name: one for one in manifest.pull.lists} if manifest.pull else {}
        if len(lists) != 1 and set(lists) != {"left", "right"}:
            problem = Problem(
                field="pull.lists", rule="sides", message="give one list for both files, or left and right"
            )
            raise ManifestError(manifest.adapter.kind, [problem])
        self._list = lists.get(side) or next(iter(lists.values()))
        self._mapping, self._said = Mapping(manifest), 0
        self._columns = _columns(manifest, self._list.name) | {self._list.id}
        self._id, self.unused = self._list.id, Counter[str]()

    def check(self, row: Row, name: str) -> None:
        folded = self._mapping.manifest.adapter.ignore_case
        there = {key.lower() if folded else key for key in row}
        absent = sorted(column for column in self._columns if (column.lower() if folded else column) not in there)
        if absent:
            problems = [
                Problem(field=f"{name}: {one}"[:200], rule="no_such_column", message=_offer(row)) for one in absent
            ]
            raise Refused(
                "columns_absent", f"{name} lacks columns that the mapping names. Correct the mapping.", problems
            )

    def read(self, row: Row) -> tuple[str, ChildRecord]:
        said = str(row.get(self._id) or "").strip()
        if not said:
            raise Skipped("no_id", "the row has no id", [Problem(field=self._id, rule="no_id", message="give an id")])
        # The record's own id stays inside: ids of plain files need not look like the contract's.
        record, notes = self._mapping.record("columns", "row", {**row, "@list": self._list.name})
        self.unused.update(f"{note.field}: {note.rule}" for note in notes)
        return said, record


def _offer(row: Row) -> str:
    return f"the file has: {', '.join(sorted(key for key in row if key))}"[:200]


def _columns(manifest: Manifest, name: str) -> set[str]:
    """The columns that field lines read; a path into a nested value counts by its first step."""
    lines = [one for some in manifest.fields_for(name).values() for one in (some if isinstance(some, list) else [some])]
    said = [path for line in lines for path in _sources(line)]
    return {path.split(".")[0] for path in said}


def _sources(line: Line) -> list[str]:
    beside = [line.as_of, line.date, [line.station] if line.station else None]
    told = [[one] if isinstance(one, str) else one or [] for one in beside]
    return [*line.sources, *(path for some in told for path in some)]


def _skipped(problems: list[Problem]) -> Skipped:
    first = problems[0]
    return Skipped("not_in_contract", f"{first.field}: {first.message} (rule {first.rule})"[:200], problems)


def readers(path: Path | None) -> dict[Side, Reader]:
    """The readers of both sides; raises ``ManifestError`` naming key and rule where the mapping cannot hold."""
    if path is None:
        return {"left": OfContract(), "right": OfContract()}
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        problem = Problem(field="(file)", rule="unreadable", message=f"not readable as TOML: {error}"[:200])
        raise ManifestError(path.name, [problem]) from None
    return {side: ByColumns(parse(_whole(said, side), path.name), side) for side in SIDES}


def _whole(said: dict[str, Any], side: Side) -> dict[str, Any]:
    """The mapping as a manifest: what a plain file of people has no words for is filled in.

    People of any age are linked unless the mapping says ``adults = "skip"``.
    """
    about = {"kind": "columns", "title": "Columns of a file", "adults": "keep"} | said.get("adapter", {})
    fields = {**_BY_SIDE[side], "recorded_at": {"value": _RECORDED}, **said.get("fields", {})}
    pull = said.get("pull", {})
    lists = [{"path": "*"} | one for one in pull["lists"]] if isinstance(pull.get("lists"), list) else pull.get("lists")
    return {
        **said,
        "adapter": about,
        "connection": {"transport": "files"} | said.get("connection", {}),
        "pull": {**pull, **({"lists": lists} if lists is not None else {})},
        "fields": fields,
    }
