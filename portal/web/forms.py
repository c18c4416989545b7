"""From the fields of a form to the hub's questions, or to what is wrong with each, said to the person who filled it."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from pydantic import ValidationError

from contracts import Purpose, SectionName
from contracts.exchange import MatchState, Search
from contracts.live import LiveSearch
from portal.web.language import _, mark

REASON_MOST = 200
"""Letters that a reason may have."""

_SEARCH_FIELDS = (
    "name",
    "kind",
    "status",
    "gender",
    "age_years_from",
    "age_years_to",
    "state",
    "district",
    "event_from",
    "event_to",
    "diary_number",
    "include_ended",
)
#: What to write in a field of the search form whose value could not be read.
_TO_DO = {
    "name": mark("Write a name of at most 200 letters"),
    "age_years_from": mark("The lowest age must be a whole number from 0 to 25, such as 7"),
    "age_years_to": mark("The highest age must be a whole number from 0 to 25, such as 9"),
    "event_from": mark("The first day must be a real date, such as 5 March 2024"),
    "event_to": mark("The last day must be a real date, such as 5 March 2024"),
    "diary_number": mark("Write a diary number of at most 200 letters and digits"),
}
_OTHERWISE = mark("Choose one of the list")


@dataclass(frozen=True)
class Wrong:
    """One thing to mend: the id of the field, and what to do."""

    field: str
    message: str


def search_of(fields: Mapping[str, str]) -> tuple[Search | None, list[Wrong]]:
    """The question behind a filled search form, or what is wrong with it."""
    filled = {name: fields[name] for name in _SEARCH_FIELDS if fields.get(name)}
    try:
        query = Search.model_validate(filled)
    except ValidationError as error:
        names = dict.fromkeys(str(item["loc"][0]) for item in error.errors(include_input=False, include_url=False))
        return None, [Wrong(name, _(_TO_DO.get(name, _OTHERWISE))) for name in names]
    wrong = _contradictions(query) or ([] if set(filled) - {"include_ended"} else [_nothing_asked()])
    return (None, wrong) if wrong else (query, [])


def _nothing_asked() -> Wrong:
    return Wrong("name", _("Write a name, or choose at least one thing to search by"))


def _contradictions(query: Search) -> list[Wrong]:
    wrong = []
    low, high = query.age_years_from, query.age_years_to
    if low is not None and high is not None and low > high:
        wrong.append(Wrong("age_years_to", _("The highest age must not be below the lowest age")))
    if query.event_from and query.event_to and query.event_from > query.event_to:
        wrong.append(Wrong("event_to", _("The last day must not be before the first day")))
    return wrong


def live_of(fields: Mapping[str, str], most: int) -> tuple[LiveSearch | None, list[Wrong]]:
    """The question to the index and the owners behind a filled search form, or what is wrong with it."""
    query, wrong = search_of(fields)
    purpose, case = fields.get("purpose", ""), fields.get("case", "")
    if purpose not in list(Purpose):
        wrong = [*wrong, Wrong("purpose", _("Choose why you need it"))]
    wrong = wrong + _wrong_line("case", case, _("Write the number of the case, such as the FIR number"))
    if query is None or wrong:
        return None, wrong
    asked = query.model_copy(update={"limit": most})
    return LiveSearch(query=asked, purpose=Purpose(purpose), case=case), []


def filled_from(query: Search) -> dict[str, str]:
    """The fields of the search form that would ask ``query`` again."""
    said = query.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
    return {name: str(said[name]) for name in _SEARCH_FIELDS if name in said}


@dataclass(frozen=True)
class Decision:
    """What a person decided about a match, and why."""

    state: MatchState
    reason: str


def decision_of(fields: Mapping[str, str], allowed: tuple[MatchState, ...]) -> tuple[Decision | None, list[Wrong]]:
    """The decision behind a filled form, or what is wrong with it; ``allowed`` are the steps open to this match."""
    state, reason = fields.get("state", ""), fields.get("reason", "")
    wrong = []
    if state not in allowed:
        wrong.append(Wrong("state", _("Choose what you decided")))
    wrong += _wrong_line("reason", reason, _("Write why you decided so, in one sentence"))
    return (None, wrong) if wrong else (Decision(MatchState(state), reason), [])


@dataclass(frozen=True)
class Why:
    """Why an entry is looked at, and for which case."""

    purpose: Purpose
    case: str

    @property
    def query(self) -> str:
        """As it stands in an address."""
        return urlencode({"purpose": self.purpose.value, "case": self.case})


def why_of(fields: Mapping[str, str]) -> tuple[Why | None, list[Wrong]]:
    """The purpose and case that are stated, or what is wrong with them."""
    purpose, case = (fields.get(name, "").strip() for name in ("purpose", "case"))
    wrong = [] if purpose in list(Purpose) else [Wrong("purpose", _("Choose why you need it"))]
    wrong += _wrong_line("case", case, _("Write the number of the case, such as the FIR number"))
    return (None, wrong) if wrong else (Why(Purpose(purpose), case), [])


@dataclass(frozen=True)
class Asked:
    """Which section of a file is asked for, why, and for which case."""

    section: SectionName
    purpose: Purpose
    case: str


def section_of(fields: Mapping[str, str]) -> tuple[Asked | None, list[Wrong]]:
    """The request behind a filled form, or what is wrong with it."""
    section = fields.get("section", "")
    why, wrong = why_of(fields)
    if section not in list(SectionName):
        wrong = [Wrong("section", _("Choose the section that you need")), *wrong]
    return (None, wrong) if wrong or why is None else (Asked(SectionName(section), why.purpose, why.case), [])


def more_sections(fields: Mapping[str, str]) -> list[SectionName]:
    """Sections that are ticked besides the one that is chosen."""
    return [section for section in SectionName if fields.get(f"more_{section}")]


def wrong_sentence(field: str, text: str) -> list[Wrong]:
    """What is wrong with a reason that must be a sentence."""
    if len(text.split()) < 4:
        return [Wrong(field, _("Write in a sentence why this cannot wait"))]
    return _wrong_line(field, text, "")


def wrong_judgement(judged: str, words: str) -> list[Wrong]:
    """What is wrong with the review of a forced look."""
    wrong = [] if judged in ("yes", "no") else [Wrong("justified", _("Choose whether it was justified"))]
    return wrong + _wrong_line("words", words, _("Write how you judge it and why"))


def _wrong_line(field: str, text: str, if_empty: str) -> list[Wrong]:
    if not text:
        return [Wrong(field, if_empty)]
    if len(text) > REASON_MOST:
        return [Wrong(field, _("Write at most %(most)s letters", most=REASON_MOST))]
    return []
