"""What the state police show of a report, to whom and for which purpose; the rest is named and withheld."""

from dataclasses import dataclass

from adapters.lookalike.rows import Row
from adapters.state_police.node import tables
from adapters.state_police.node.register import Register

#: Purposes (Prayojan): comparing, restoration, inquiry, care, verifying the home, audit.
PURPOSES = frozenset({"MILAN", "PUNARVAS", "JAANCH", "DEKHBHAL", "GRIH_SATYAPAN", "LEKHA"})
#: Who asks, as it is noted.
WHO = ("AdhikariId", "AdhikariPad", "AdhikariSanstha")
_MAY_CALL_FAMILY = frozenset({"PUNARVAS", "JAANCH", "GRIH_SATYAPAN"})
_FAMILY = frozenset({"ShikayatkartaNaam", "Mobile", "Pata"})
#: What says which file it is and how old, and nothing of the child: an auditor sees this and no more.
_HEADER = frozenset({"AbhilekhId", "PratiVedanId", "PraptId", "Sanskaran", "AntimParivartan", "ParivartanKarta"})


class Denied(Exception):
    """The part is not shown; ``code`` says why."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


@dataclass(frozen=True)
class Shown:
    """One part of a file as it is shown to one asker, and the names of what is kept back."""

    row: Row
    withheld: list[str]


def detail(register: Register, number: str, part: str, purpose: str) -> Shown:
    """``SAMPARK`` (complainant and investigating officer) or ``PARICHAY`` (the whole report) of one report."""
    if purpose not in PURPOSES:
        raise Denied("Prayojan", f"Prayojan must be one of: {', '.join(sorted(PURPOSES))}")
    row = register.one(tables.shikayat, number) if part == "SAMPARK" else register.report(number)
    if row is None:
        raise Denied("AbhilekhNahi", "abhilekh nahi mila: nothing is kept under this AbhilekhId")
    return _shown(row, purpose)


def _shown(row: Row, purpose: str) -> Shown:
    told = {name for name, value in row.items() if value not in (None, "")}
    hidden = told - _HEADER if purpose == "LEKHA" else set() if purpose in _MAY_CALL_FAMILY else told & _FAMILY
    return Shown({name: None if name in hidden else value for name, value in row.items()}, sorted(hidden))
