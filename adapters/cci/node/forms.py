"""The eFile's sections as data (``forms.toml``): their entries and labels, and what is kept back from whom."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

#: Why a section is read.
PURPOSES = frozenset({"COMPARISON", "RESTORATION", "ENQUIRY", "CARE", "HOME_VERIFICATION", "AUDIT"})
#: Who comes in conflict with law is shown to the inquiry, to care, and for going home (JJ Act 2015 ss.3(xi), 74).
_OF_CONFLICT_WITH_LAW = frozenset({"RESTORATION", "ENQUIRY", "CARE"})

Entry = Annotated[str, StringConstraints(min_length=1, max_length=4000, strip_whitespace=True)]


class Form(BaseModel):
    """One section: its title, entries with labels, and for which purposes it or an entry of it is shown."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    entries: Annotated[dict[str, str], Field(min_length=1)]
    only_for: frozenset[str] = PURPOSES - {"AUDIT"}
    sensitive: dict[str, frozenset[str]] = {}

    @model_validator(mode="after")
    def _names_are_known(self) -> "Form":
        purposes = self.only_for.union(*self.sensitive.values())
        if self.sensitive.keys() - self.entries.keys() or purposes - PURPOSES:
            raise ValueError(f"{self.title}: only_for and sensitive must name known entries and purposes")
        return self

    def unknown(self, content: dict[str, str]) -> list[str]:
        """Entries that this section does not have."""
        return sorted(content.keys() - self.entries.keys())

    def shown(self, content: dict[str, str], purpose: str, in_conflict_with_law: bool) -> tuple[list[str], list[str]]:
        """Which entries are shown for a purpose and which are kept back, both in the order of the form."""
        there = [entry for entry in self.entries if entry in content]
        open_to = self.only_for & _OF_CONFLICT_WITH_LAW if in_conflict_with_law else self.only_for
        shown = [entry for entry in there if purpose in open_to and purpose in self.sensitive.get(entry, PURPOSES)]
        return shown, [entry for entry in there if entry not in shown]


@cache
def forms() -> dict[str, Form]:
    """Every section by its name."""
    told = tomllib.loads(Path(__file__).with_name("forms.toml").read_text(encoding="utf-8"))
    return {name: Form(**form) for name, form in told["sections"].items()}
