"""Errors sorted by what to do next; each names field and rule and repeats nothing that was said of a child."""

import re
from typing import Annotated

from pydantic import Field, ValidationError

from contracts.base import Line, Model


class Problem(Model):
    """One thing that is wrong: where, which rule, and what to do about it."""

    field: Annotated[str, Field(max_length=200)]
    """Dotted path in the message, e.g. ``records.0.birth.as_of``; empty when the whole message is meant."""
    rule: Line
    """A stable code, e.g. ``missing``, ``unknown_code``, ``own_namespace``; each has an entry in docs/errors.md."""
    message: Line


class Fault(Model):
    """The body of every refusal at either door (RFC 9457 in spirit; the same under a SOAP fault's detail)."""

    code: Line
    message: Line
    problems: Annotated[list[Problem], Field(max_length=100)] = []
    retry_after_seconds: int | None = None


class TrackChildError(Exception):
    """Base of the three; ``code`` is stable and documented, ``message`` one sentence with what to do next."""

    def __init__(self, code: str, message: str, problems: list[Problem] | None = None) -> None:
        super().__init__(f"{code}: {message}")
        self.code, self.message, self.problems = code, message, problems or []

    def fault(self) -> Fault:
        """The error as it is shown to the other side."""
        return Fault(code=self.code, message=self.message, problems=self.problems[:100])


class Refused(TrackChildError):
    """The sender must change something. Never retried."""


class Unready(TrackChildError):
    """It may work later. Retried with backoff; ``retry_after_seconds`` where the other side said when."""

    def __init__(self, code: str, message: str, retry_after_seconds: int | None = None) -> None:
        super().__init__(code, message)
        self.retry_after_seconds = retry_after_seconds

    def fault(self) -> Fault:
        return Fault(code=self.code, message=self.message, retry_after_seconds=self.retry_after_seconds)


class Skipped(TrackChildError):
    """This record is set aside with its reason and its original; the run goes on."""


#: pydantic's own names are kept as rules, save these, which have a plainer one and say what to do.
_PLAINER: dict[str, tuple[str, str | None]] = {
    "enum": ("unknown_code", None),
    "extra_forbidden": ("unknown_field", "This field is not part of the contract; leave it out"),
    "missing": ("missing", "This field is required; give it"),
    "string_pattern_mismatch": ("pattern", None),
}


def _shown(part: int | str) -> str:
    # A sender's own unknown field name may carry anything, so only what looks like one of a field is repeated.
    return str(part) if re.fullmatch(r"\d+|[a-z]\w{0,39}", str(part), re.ASCII) else "(unreadable name)"


def problems_of(error: ValidationError, prefix: str = "") -> list[Problem]:
    """Turn pydantic's errors into problems: path and rule kept, the input never repeated.

    Show these and not ``str(error)``, which repeats the names of unknown fields, whatever they hold.

    >>> from contracts import Name
    >>> try: Name(text="")
    ... except ValidationError as e: problems_of(e)[0].rule
    'string_too_short'
    """
    found = []
    for item in error.errors(include_input=False, include_url=False, include_context=False):
        path = ".".join(_shown(part) for part in item["loc"])
        field = ".".join(part for part in (prefix, path) if part)
        rule, message = _PLAINER.get(item["type"], (item["type"], None))
        found.append(Problem(field=field[:200], rule=rule[:200], message=(message or item["msg"])[:200]))
    return found
