"""The codes of the contract in plain words, and dates, ages and numbers as people in India write them."""

import datetime
from collections.abc import Iterator
from enum import StrEnum
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time

from contracts import Birth, Purpose, SectionName, codes
from contracts.events import CaseEventKind
from contracts.exchange import MatchState
from contracts.live import SourceState
from contracts.timelines import CustodyState
from hub.access import Role
from hub.casework.clocks import Standing
from portal.web.language import _, current, mark

INDIA = ZoneInfo("Asia/Kolkata")

#: Words for codes whose own name, with spaces, would not say enough.
_SPOKEN: tuple[tuple[StrEnum, str], ...] = (
    (codes.RecordKind.MISSING, mark("Missing child")),
    (codes.RecordKind.FOUND, mark("Found child")),
    (codes.RecordKind.RESIDENT, mark("Child in a home")),
    (codes.RecordKind.SIGHTING, mark("Sighting by a citizen")),
    (codes.RecordKind.AT_RISK, mark("Child at risk")),
    (codes.Status.FIR_REGISTERED, mark("FIR registered")),
    (codes.Status.UNTRACED, mark("Not traced yet")),
    (codes.Status.PRODUCED, mark("Produced before the committee")),
    (codes.Status.AGED_OUT, mark("Has turned 18")),
    (codes.Gender.MALE, mark("Boy")),
    (codes.Gender.FEMALE, mark("Girl")),
    (codes.Gender.TRANSGENDER, mark("Transgender")),
    (codes.NameKind.FULL, mark("Name")),
    (codes.NameKind.ALIAS, mark("Also known as")),
    (codes.NameKind.NICK, mark("Called at home")),
    (codes.AgeBasis.DOCUMENTED, mark("from a document")),
    (codes.AgeBasis.STATED, mark("as stated")),
    (codes.AgeBasis.ESTIMATED, mark("as estimated")),
    (codes.AgeBasis.APPEARANCE, mark("by appearance")),
    (codes.Restriction.NOT_PUBLIC, mark("Not to be shown to the public")),
    (codes.Restriction.IN_CONFLICT_WITH_LAW, mark("Child in conflict with law: identity protected (JJ Act 2015 s.74)")),
    (codes.Restriction.VICTIM, mark("Victim or witness: identity protected (JJ Act 2015 s.74; POCSO Act s.23)")),
    (codes.Restriction.SEALED, mark("Sealed by order")),
    (codes.PublicationBasis.CONSENT_OF_GUARDIAN, mark("Published with the guardian’s consent")),
    (codes.PublicationBasis.POLICE_APPEAL, mark("Published as a police appeal")),
    (codes.PublicationBasis.ORDER_OF_COMMITTEE, mark("Published by order of the committee")),
    (CaseEventKind.FIR_REGISTERED, mark("FIR registered")),
    (CaseEventKind.PRODUCED, mark("Produced before the committee")),
    (CaseEventKind.PLACED, mark("Placed in care")),
    (CaseEventKind.SIR_DONE, mark("Social investigation report done")),
    (CaseEventKind.ICP_DONE, mark("Individual care plan done")),
    (CaseEventKind.HOME_VERIFIED, mark("Home verified")),
    (Standing.RUNNING, mark("Due")),
    (Standing.WARNING, mark("Due soon")),
    (Standing.MISSED, mark("Overdue since")),
    (CustodyState.HELD, mark("In care")),
    (CustodyState.WITH_FAMILY, mark("With the family")),
    (MatchState.PROPOSED, mark("To be reviewed")),
    (MatchState.CONFIRMED, mark("Confirmed as the same child")),
    (MatchState.REJECTED, mark("Rejected: not the same child")),
    (MatchState.WITHDRAWN, mark("Withdrawn: the records changed")),
    (SectionName.INDIVIDUAL_CARE_PLAN, mark("Individual care plan")),
    (SectionName.SOCIAL_INVESTIGATION, mark("Social investigation report")),
    (Purpose.MATCH_REVIEW, mark("To review a match")),
    (Purpose.RESTORATION, mark("To restore the child to the family")),
    (Purpose.INQUIRY, mark("For an inquiry")),
    (Purpose.CARE, mark("For the care of the child")),
    (Purpose.HOME_VERIFICATION, mark("To verify the child’s home")),
    (Purpose.AUDIT, mark("For an audit")),
    (Role.OFFICER, mark("Police officer")),
    (Role.COMMITTEE, mark("Committee (CWC, JJB) or child protection unit")),
    (Role.CCI, mark("Child care institution")),
    (Role.ADMINISTRATOR, mark("Administrator of the hub")),
    (Role.AUDITOR, mark("Auditor")),
)
#: The same by list and code, since equal codes of two lists are equal strings: a status and a kind are both ``found``.
_WORDS = {(type(code), code.value): text for code, text in _SPOKEN}

_LANGUAGES = {
    "as": "Assamese",
    "bn": "Bengali",
    "brx": "Bodo",
    "doi": "Dogri",
    "en": "English",
    "gu": "Gujarati",
    "hi": "Hindi",
    "kn": "Kannada",
    "ks": "Kashmiri",
    "kok": "Konkani",
    "mai": "Maithili",
    "ml": "Malayalam",
    "mni": "Manipuri",
    "mr": "Marathi",
    "ne": "Nepali",
    "or": "Odia",
    "pa": "Punjabi",
    "sa": "Sanskrit",
    "sat": "Santali",
    "sd": "Sindhi",
    "ta": "Tamil",
    "te": "Telugu",
    "ur": "Urdu",
    "bho": "Bhojpuri",
}


def of(code: StrEnum | str | None) -> str:
    """A code in words: from the table, else its own name with spaces.

    >>> of(codes.Status.UNTRACED), of(codes.Colour.SKY_BLUE), of(None)
    ('Not traced yet', 'Sky blue', '')
    """
    if not code:
        return ""
    return _(_english(code))


def _english(code: StrEnum | str) -> str:
    words = _WORDS.get((type(code), code.value)) if isinstance(code, StrEnum) else None
    return words or str(code).replace("_", " ").capitalize()


#: Lists of the contract whose codes stand on pages.
_SHOWN: tuple[type[StrEnum], ...] = (
    *(one for one in vars(codes).values() if isinstance(one, type) and issubclass(one, StrEnum) and one is not StrEnum),
    CaseEventKind,
    CustodyState,
    MatchState,
    Purpose,
    SectionName,
)


def of_codes() -> Iterator[tuple[str, str]]:
    """Every code that a page may show, by the name of its list, with its English words: for the catalogues."""
    for listed in _SHOWN:
        for code in listed:
            yield listed.__name__, _english(code)
    for tag in _LANGUAGES.values():
        yield "languages", tag


def purpose(code: str | None) -> str:
    """The purpose of a reading, as the audit holds it, in words."""
    return of(Purpose(code)) if code in list(Purpose) else of(code)


#: What is wrong in a case, and what to do about it.
_RULES = {
    "no_law_then": mark("Opened before every law on file: a person must say what it owes."),
    "no_fir": mark("A missing child without an FIR: register it forthwith and tell its number (WP(C) 75/2012)."),
    "unknown_step": mark("A step that this law does not know: tell it by the name that it has there."),
    "illegal_step": mark("A step out of order: tell the step that comes before it, or correct its day."),
    "before_the_last": mark("A step dated before the one that came before it: correct the day."),
    "wrong_institution": mark("A step by an institution that may not take it: correct who took it."),
    "no_quorum": mark("Too few members sat for this step: it must be taken again by a full bench."),
    "by_unchecked": mark("Who took the step was not said: tell the institution."),
    "members_unchecked": mark("How many members sat was not said: tell it, since this step needs a quorum."),
    "institution_of_other_kind": mark("The institution is of another kind in the directory than the sender says."),
    "two_ids": mark("Two entries of one owner look like one child: its owner must join them."),
    "two_matches": mark("Two entries of one owner were confirmed as the same child: its owner must join them."),
}


def rule(code: str) -> str:
    """What is wrong in a case, in words."""
    return _(_RULES[code]) if code in _RULES else of(code)


def step(code: str) -> str:
    """A step of a case, as it is kept, in words."""
    return of(CaseEventKind(code)) if code in list(CaseEventKind) else of(code)


def rules() -> list[str]:
    """The codes of all that can be wrong."""
    return list(_RULES)


def role(code: str) -> str:
    """A role, as the audit holds it, in words."""
    return of(Role(code)) if code in list(Role) else code


def language(tag: str) -> str:
    """The English name of a language tag; the tag itself where it is not one of India's."""
    return _(_LANGUAGES.get(tag.partition("-")[0], tag))


def day(on: datetime.date | None) -> str:
    """A date as ``5 March 2024``, which nobody reads the wrong way round."""
    return _dated(on, "d MMMM y") if on else ""


def short_day(on: datetime.date | None) -> str:
    """A date for a narrow column, e.g. ``5 Mar 2024``."""
    return _dated(on, "d MMM y") if on else ""


def _dated(on: datetime.date, pattern: str) -> str:
    language = current.get()
    return language.digits(format_date(on, pattern, locale=language.locale))


def moment(at: datetime.datetime | None) -> str:
    """A moment in Indian time, e.g. ``5 March 2024, 4:05 pm``."""
    if at is None:
        return ""
    local = at.astimezone(INDIA)
    return f"{day(local.date())}, {clock(local.time())}"


def clock(at: datetime.time) -> str:
    """A time of day, e.g. ``4:05 pm``."""
    language = current.get()
    return language.digits(format_time(at, "h:mm a", tzinfo=INDIA, locale=language.locale))


def number(value: int) -> str:
    """A whole number in groups, as the language of the request writes it."""
    return current.get().number(value)


def _years_and_months(months: int) -> str:
    years, rest = divmod(max(months, 0), 12)
    if years == 0:
        return _("%(months)s months", months=rest)
    return _("%(years)s years", years=years) if years != 1 else _("1 year")


def age_span(youngest: int, oldest: int) -> str:
    """An age in words from completed months; ``8 to 9 years`` where it is a range.

    >>> age_span(96, 107), age_span(96, 119), age_span(5, 5)
    ('8 years', '8 to 9 years', '5 months')
    """
    low, high = max(youngest, 0) // 12, max(oldest, 0) // 12
    if low == high:
        return _years_and_months(youngest)
    return _("%(low)s to %(high)s years", low=low, high=high)


def hit_age(low: int | None, high: int | None) -> str:
    """The age of a line of a search answer, in whole years today."""
    if low is None and high is None:
        return ""
    first, last = (low if low is not None else high), (high if high is not None else low)
    return str(first) if first == last else _("%(low)s to %(high)s", low=first, high=last)


def birth(known: Birth) -> str:
    """How an age became known, e.g. ``7 years on 1 March 2019, as stated``."""
    basis = of(known.basis)
    if known.date is not None:
        return _("born on %(day)s, %(basis)s", day=day(known.date), basis=basis)
    if known.year is not None:
        return _("born in %(year)s, %(basis)s", year=known.year, basis=basis)
    assert known.age_from_months is not None and known.age_to_months is not None
    age = age_span(known.age_from_months, known.age_to_months)
    return _("%(age)s on %(day)s, %(basis)s", age=age, day=day(known.as_of), basis=basis)


def today() -> datetime.date:
    """The day it is in India."""
    return datetime.datetime.now(INDIA).date()


def bits(value: float) -> str:
    """A weight with its sign, e.g. ``+4.2`` or ``−1.3`` (a real minus sign).

    >>> bits(4.21), bits(-1.25), bits(0)
    ('+4.2', '−1.2', '0.0')
    """
    rounded = f"{abs(value):.1f}"
    if float(rounded) == 0:
        return rounded
    return f"{'+' if value > 0 else '−'}{rounded}"


def chance(probability: float) -> str:
    """A probability as people say it.

    >>> chance(0.972), chance(0.9999), chance(0.0001)
    ('97 in 100', 'more than 99 in 100', 'less than 1 in 100')
    """
    if probability > 0.99:
        return _("more than 99 in 100")
    if probability < 0.01:
        return _("less than 1 in 100")
    return _("%(n)s in 100", n=round(probability * 100))


def moment_now() -> str:
    """The present moment in Indian time."""
    return moment(datetime.datetime.now(datetime.UTC))


#: How an owner's system took a question -> what it is called, and the colour of its tag.
_STATES: dict[SourceState, tuple[str, str]] = {
    SourceState.ASKED: (mark("being asked"), "blue"),
    SourceState.ANSWERED: (mark("answered"), "green"),
    SourceState.SLOW: (mark("too slow"), "yellow"),
    SourceState.DOWN: (mark("no answer"), "red"),
    SourceState.REFUSED: (mark("refused"), "orange"),
    SourceState.UNREADABLE: (mark("answer not usable"), "purple"),
    SourceState.NOT_ASKED: (mark("not asked"), "grey"),
}
#: Why, where the state alone does not say it.
_WHY = {
    "at_its_rate": mark("it is asked as often as it bears"),
    "cannot_be_searched": mark("it offers no live search"),
    "left_alone": mark("it did not answer lately and is tried again later"),
    "live_search_not_allowed": mark("its owner does not allow it"),
    "no_free_socket": mark("too much is asked at once"),
    "outside_hours": mark("only at its own hours"),
    "participant_paused": mark("it does not take part at present"),
    "rows_left_out": mark("some records could not be read"),
    "timed_out": mark("no answer within its time"),
    "unreachable": mark("it cannot be reached"),
    "wrong_credentials": mark("it does not let the hub in, or not for this purpose"),
}


def source_state(state: SourceState) -> str:
    """What an owner's system did with a question."""
    return _(_STATES[state][0])


def source_colour(state: SourceState) -> str:
    """The colour of its tag."""
    return _STATES[state][1]


def why(code: str) -> str:
    """A code of a system's answer in words; the code itself where there are none."""
    return _(_WHY[code]) if code in _WHY else code.replace("_", " ")
