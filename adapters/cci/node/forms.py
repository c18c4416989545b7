"""The eFile's sections as data (``forms.toml``): their entries and labels, and what is kept back from whom."""

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

#: Why a section is read.
PURPOSES = frozenset({"COMPARISON", "RESTORATION", "ENQUIRY", "CARE", "HOME_VERIFICATION", "AUDIT"})
#: Who comes in conflict with law is shown to the inquiry, to care, and for going home (JJ Act 2015 ss.3(xi), 74).
_OF_CONFLICT_WITH_LAW = frozenset({"RESTORATION", "ENQUIRY", "CARE"})
#: Sheets of a section that a reading gives, the newest; the rest is looked up at the home.
_SHEETS_GIVEN = 12
_ON_SHEET = re.compile(r"([1-9][0-9]{0,3})/([a-z0-9_]+)", re.ASCII)

Entry = Annotated[str, StringConstraints(min_length=1, max_length=4000, strip_whitespace=True)]
Said = dict[str, str]


class _Form(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Sheets(_Form):
    """What is written again and again in a section: a session of counselling, the report of a fortnight."""

    title: str
    entries: Annotated[dict[str, str], Field(min_length=1)]


class Form(_Form):
    """One section: its title, entries with labels, and for which purposes it or an entry of it is shown."""

    title: str
    entries: Annotated[dict[str, str], Field(min_length=1)]
    only_for: frozenset[str] = PURPOSES - {"AUDIT"}
    sensitive: dict[str, frozenset[str]] = {}
    parts: dict[str, str] = {}
    choices: dict[str, list[str]] = {}
    sheets: Sheets | None = None

    @model_validator(mode="after")
    def _names_are_known(self) -> "Form":
        purposes = self.only_for.union(*self.sensitive.values())
        known = self.entries.keys() | (self.sheets.entries.keys() if self.sheets else set())
        if (self.sensitive.keys() | self.parts.keys() | self.choices.keys()) - known or purposes - PURPOSES:
            raise ValueError(f"{self.title}: only_for, sensitive, parts, choices must name known entries and purposes")
        return self

    def unknown(self, content: Said) -> list[str]:
        """Entries that this section does not have."""
        return sorted(name for name in content if self.label(name) is None)

    def not_offered(self, content: Said) -> list[str]:
        """Entries whose answer is none of those that the form prints."""
        return sorted(name for name, said in content.items() if said and said not in self.choices.get(name, [said]))

    def label(self, name: str) -> str | None:
        """An entry's printed label; of the third session's ``3/held_on``: ``Session 3: Held on``."""
        sheet = _ON_SHEET.fullmatch(name)
        if sheet is None:
            return self.entries.get(name)
        inner = self.sheets.entries.get(sheet[2]) if self.sheets else None
        return f"{self.sheets.title} {sheet[1]}: {inner}" if self.sheets and inner else None

    def names(self, content: Said) -> list[str]:
        """Every entry in the order of the form: those printed, then the newest sheets, the newest first."""
        numbers = sorted(_numbers(content), reverse=True)[:_SHEETS_GIVEN]
        return [*self.entries, *(f"{number}/{name}" for number in numbers for name in self._on_sheet())]

    def older(self, content: Said) -> int:
        """How many sheets there are besides those that a reading gives."""
        return max(0, len(_numbers(content)) - _SHEETS_GIVEN)

    def shown(self, content: Said, purpose: str, in_conflict_with_law: bool) -> tuple[list[str], list[str]]:
        """Which entries are shown for a purpose and which are kept back, both in the order of the form."""
        there = [entry for entry in self.names(content) if entry in content]
        shown = [entry for entry in there if self.open_to(entry, purpose, in_conflict_with_law)]
        return shown, [entry for entry in there if entry not in shown]

    def to_fill(self, content: Said, purpose: str, in_conflict_with_law: bool) -> list[dict[str, Any]]:
        """What may be written for a purpose: each entry's name, label, part and choices; one new sheet besides."""
        new = max(_numbers(content), default=0) + 1
        names = [
            *self.entries,
            *(f"{new}/{name}" for name in self._on_sheet()),
            *self.names(content)[len(self.entries) :],
        ]
        part, told = "", []
        for name in names:
            sheet = _ON_SHEET.fullmatch(name)
            part = f"{self.sheets.title} {sheet[1]}" if sheet and self.sheets else self.parts.get(name, part)
            if self.open_to(name, purpose, in_conflict_with_law):
                told.append({"entry": name, "label": self.label(name), "part": part, "choices": self.choices.get(name)})
        return told

    def open_to(self, name: str, purpose: str, in_conflict_with_law: bool) -> bool:
        """Whether an entry is shown, and may be written, for a purpose."""
        purposes = self.only_for & _OF_CONFLICT_WITH_LAW if in_conflict_with_law else self.only_for
        return purpose in purposes and purpose in self.sensitive.get(name.partition("/")[2] or name, PURPOSES)

    def _on_sheet(self) -> list[str]:
        return list(self.sheets.entries) if self.sheets else []


def _numbers(content: Said) -> set[int]:
    return {int(sheet[1]) for name in content if (sheet := _ON_SHEET.fullmatch(name))}


@cache
def _told() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("forms.toml").read_text(encoding="utf-8"))


@cache
def forms() -> dict[str, Form]:
    """Every section by its name."""
    return {name: Form(**form) for name, form in _told()["sections"].items()}


@cache
def infrastructure() -> Form:
    """What is kept of the home itself (registration under JJ Act 2015 s.41, capacity, staff, facilities)."""
    return Form(**_told()["infrastructure"])
