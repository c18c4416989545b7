"""How a value is read out of an owner's row: by path, as a text that says something, or not at all."""

import re
from collections.abc import Callable
from typing import Any

from adapters.mapping.manifest import About

Row = dict[str, Any]
Text = Callable[[Row], str | None]
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")


#: What says nothing in any system seen so far, folded to lower case.
BLANKS = frozenset({
    "", "-", "--", "---", ".", "..", "...", "na", "n/a", "n.a.", "n.a", "nan", "nil", "none", "null",
    "not known", "unknown", "un known", "name not known", "name unknown", "no name", "unnamed",
    "not available", "not applicable", "अज्ञात", "नाम अज्ञात", "अज्ञात नाम", "नामालूम", "ना मालूम", "पता नहीं", "मालूम नहीं",
})  # fmt: skip


def lowered(value: Any) -> Any:
    """The same with every key in lower case, at every depth."""
    if isinstance(value, dict):
        return {
            key.lower(): lowered(inner) if isinstance(inner, dict | list) else inner for key, inner in value.items()
        }
    return [lowered(inner) for inner in value] if isinstance(value, list) else value


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


def getter(path: str, fold: bool) -> Callable[[Row], Any]:
    steps = (path.lower() if fold else path).split(".")
    if len(steps) == 1:
        return lambda row, key=steps[0]: row.get(key)  # type: ignore[misc]
    whole = ".".join(steps)  # a heading may hold full stops itself: "FIR No."
    return lambda row: row[whole] if whole in row else dig(row, steps)


def text_reader(path: str, about: About) -> Text:
    get, blanks = getter(path, about.ignore_case), BLANKS | {blank.lower() for blank in about.blanks}
    longest, simple, key = max(map(len, blanks)), "." not in path, path.lower() if about.ignore_case else path

    def worded(said: Any) -> str | None:
        if said is None or isinstance(said, dict | list):
            return None
        if isinstance(said, bool):
            return str(said).lower()
        return f"{said:g}" if isinstance(said, float) and said.is_integer() else str(said)

    def text(row: Row) -> str | None:
        said = row.get(key) if simple else get(row)
        if type(said) is not str and (said := worded(said)) is None:
            return None
        if not said.isprintable():
            said = _CONTROL.sub(" ", said)
        said = said.strip()
        if not said or (len(said) <= longest and said.lower() in blanks):
            return None
        return said

    return text
