"""One institution as one row of a sheet, and back: columns, how each value is written, which cell an error is about."""

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from contracts import CciInfrastructure, Institution, Name, problems_of
from registry import states
from registry.kinds import kinds

_CCI = "cci_"
_OWN = tuple(name for name in Institution.model_fields if name != "cci")
COLUMNS: tuple[str, ...] = (*_OWN, *(_CCI + name for name in CciInfrastructure.model_fields))
#: Without these columns a sheet cannot be read; ``level`` follows from the kind where it is absent.
NEEDED = ("id", "kind", "name", "valid_from")

_DATES = frozenset({"valid_from", "valid_to", "cci_registered_until"})
_TRUTHS = frozenset({"cci_sick_room", "cci_playground", "cci_cctv"})
_YES, _NO = frozenset({"yes", "y", "true", "1"}), frozenset({"no", "n", "false", "0"})
_DAY_FIRST = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", re.ASCII)
_NAME = re.compile(r"(full|alias|nick):([A-Za-z-]*):([A-Za-z]*):(.*)", re.DOTALL)
_BETWEEN_NAMES = re.compile(r"(?<!\\)\|")


@dataclass(frozen=True)
class RowProblem:
    """What is wrong in one cell. ``row`` counts as the spreadsheet does: the header is row 1."""

    row: int
    column: str
    rule: str
    message: str
    """What to do. Repeats no cell."""


def cells(one: Institution) -> list[str]:
    """The institution as text, one cell per column; absent values are empty."""
    values: dict[str, Any] = {name: getattr(one, name) for name in _OWN}
    if one.cci is not None:
        values |= {_CCI + name: getattr(one.cci, name) for name in CciInfrastructure.model_fields}
    return [_written(column, values.get(column)) for column in COLUMNS]


def institution(row: int, cells_: Mapping[str, str]) -> Institution | list[RowProblem]:
    """The institution of a row, or all that is wrong with the row."""
    filled = {column: text for column, text in cells_.items() if text != ""}
    own = {column: _read(column, text) for column, text in filled.items() if not column.startswith(_CCI)}
    cci = {c.removeprefix(_CCI): _read(c, text) for c, text in filled.items() if c.startswith(_CCI)}
    own.setdefault("level", _usual_level(own.get("kind")))
    if cci:
        own["cci"] = cci
    try:
        return Institution.model_validate(own)
    except ValidationError as error:
        found = [(_column(p.field), p.rule, p.message) for p in problems_of(error)]
        return [RowProblem(row, column, rule, _advice(column, message)) for column, rule, message in found]


def column_of(field: str) -> str:
    """The column that a field of the model is in, e.g. ``cci.capacity`` in ``cci_capacity``."""
    return _column(field)


def _column(field: str) -> str:
    first, _, rest = field.partition(".")
    if first == "cci":
        return _CCI + (rest or "kind")
    return first


def _advice(column: str, message: str) -> str:
    if column in _DATES:
        return "Write a day as 2019-03-01 or 01/03/2019."
    if column in _TRUTHS:
        return "Write yes or no."
    if column == "state":
        return "Write the LGD code or the name of a State or UT."
    return message


def _written(column: str, value: Any) -> str:
    if value is None:
        return ""
    if column == "other_names":
        return " | ".join(_written_name(name) for name in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _written_name(name: Name) -> str:
    text = name.text.replace("\\", "\\\\").replace("|", "\\|")
    return f"{name.kind}:{name.lang or ''}:{name.script or ''}:{text}"


def _read(column: str, text: str) -> Any:
    if column == "other_names":
        return [_read_name(part.strip()) for part in _BETWEEN_NAMES.split(text) if part.strip()]
    if column in _DATES:
        return _day(text)
    if column in _TRUTHS:
        return True if text.lower() in _YES else False if text.lower() in _NO else text
    if column == "state" and not text.isdecimal():
        state = states.by_name(text)
        return text if state is None else state.lgd
    return text


def _read_name(part: str) -> dict[str, str | None]:
    told = _NAME.fullmatch(part)
    kind, lang, script, text = told.groups() if told else ("full", "", "", part)
    plain = re.sub(r"\\(.)", r"\1", text, flags=re.DOTALL)
    return {"kind": kind, "lang": lang or None, "script": script or None, "text": plain}


def _day(text: str) -> Any:
    told = _DAY_FIRST.fullmatch(text)
    if told is None:
        return text.removesuffix(" 00:00:00")
    try:
        return datetime.date(int(told[3]), int(told[2]), int(told[1]))
    except ValueError:
        return text


def _usual_level(kind: object) -> object:
    return next((known.level for known in kinds().values() if known.kind == kind), None)
