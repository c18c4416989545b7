"""Who may see and do what: one table of role x tie x purpose x field group, and the caller it is asked of.

Everything that is not written here is denied. A machine's rights are its permissions in the registry and the row
``machine`` below. ``tie`` is how a caller's institution stands to a child's record: see ``hub.jurisdiction``.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Literal

from contracts import ChildRecord, Officer, Participant, Permission, Place, Purpose, Refused, SectionName


class Role(StrEnum):
    """What somebody is to the hub. A person has one, a participant's machine is always ``machine``."""

    OFFICER = "officer"
    """Police station: its SHO and officers."""
    SJPU = "sjpu"
    """Special juvenile police unit of a district, and its child welfare police officers."""
    DISTRICT_POLICE = "district_police"
    """SP, DCRB: the police of a district."""
    STATE_POLICE = "state_police"
    """SCRB, crime branch, AHTU: the police of a state; NCRB and CBI for all of them."""
    COMMITTEE = "committee"
    """Child Welfare Committee (CWC)."""
    BOARD = "board"
    """Juvenile Justice Board (JJB)."""
    DCPU = "dcpu"
    """District child protection unit (DCPS)."""
    CCI = "cci"
    """A child care institution."""
    PRI = "pri"
    """Panchayat bodies and village committees: VCPC, Gram Pradhan, BCPC, BDO, ZP."""
    STATE = "state"
    """Department of a state: counts, no child."""
    MINISTRY = "ministry"
    """Ministry and its programme units: counts, no child."""
    ADMINISTRATOR = "administrator"
    """Runs the hub: participants, queues, schedules. Sees no child."""
    AUDITOR = "auditor"
    """Reads who read what. Sees no child."""
    CITIZEN = "citizen"
    """The public, without sign-in."""
    MACHINE = "machine"
    """A participant's own system, known by its key."""


class Act(StrEnum):
    """What can be asked of the hub."""

    SEARCH = "search"
    SEARCH_LIVE = "search_live"
    """Ask the owners' own systems too."""
    SEE_RECORD = "see_record"
    SEE_MATCHES = "see_matches"
    DECIDE_MATCH = "decide_match"
    READ_SECTION = "read_section"
    WRITE_SECTION = "write_section"
    ASK_HOME = "ask_home"
    """Have the panchayat of the child's home verify it."""
    BREAK_GLASS = "break_glass"
    REVIEW_GLASS = "review_glass"
    SEE_ACCESSES = "see_accesses"
    SEE_COUNTS = "see_counts"
    SEE_DUTIES = "see_duties"
    """What is due in the cases of one's jurisdiction, and what was escalated."""
    SEE_FINDINGS = "see_findings"
    """What is wrong in the cases of one's jurisdiction."""
    RUN_SITTINGS = "run_sittings"
    """Sit: cause list, steps, orders, transfers of one's own committee or board."""
    TAKE_REPORTS = "take_reports"
    """Read what citizens report, and take it up."""
    SEE_PUBLIC_CARDS = "see_public_cards"
    LOOKUP_REGISTRY = "lookup_registry"
    OPERATE = "operate"


class Tie(StrEnum):
    """How the caller's institution stands to a record."""

    OWN = "own"
    """It told it, holds the child, or keeps its diary entry."""
    AREA = "area"
    """The child went missing, was found or lives in its jurisdiction."""
    MATCHED = "matched"
    """A match that is open or confirmed joins it to a record of its own or of its area."""
    ELSEWHERE = "elsewhere"
    """None of these."""


class Group(StrEnum):
    """Fields of a record that are shown or hidden together."""

    CARD = "card"
    """Whose it is, kind, status, gender, age as a band of years, state and district, month, languages."""
    APPEAL = "appeal"
    """The names of a missing child: it is appealed for by name."""
    NAME = "name"
    """The names of any other child."""
    FAMILY = "family"
    """Parents and guardians, home address."""
    BODY = "body"
    """Exact age, build, marks, disabilities, clothes."""
    PLACE = "place"
    """Day and exact place, diary entries, who holds the child."""
    PHOTO = "photo"
    CASE = "case"
    """The timeline and the matches."""


class Verdict(IntEnum):
    """The least of several verdicts holds."""

    DENY = 0
    MASK = 1
    """Shown in part: initials, a band of years, the district."""
    ALLOW = 2


_LETTER = {"A": Verdict.ALLOW, "M": Verdict.MASK, "-": Verdict.DENY}
_POLICE = (Role.OFFICER, Role.SJPU, Role.DISTRICT_POLICE, Role.STATE_POLICE)
_BENCH = (Role.COMMITTEE, Role.BOARD, Role.DCPU)

#: The table. Columns: card, appeal, name, family, body, place, photo, case. A: allow, M: mask, -: deny.
TABLE: tuple[tuple[tuple[Role, ...], Tie, str], ...] = (
    # roles                 tie               c a n f b p f c
    (_POLICE + _BENCH, Tie.OWN, "A A A A A A A A"),
    (_POLICE + _BENCH, Tie.AREA, "A A A A A A A A"),
    (_POLICE + _BENCH, Tie.MATCHED, "A A A A A A A A"),
    (_POLICE + _BENCH, Tie.ELSEWHERE, "A A M M A M - -"),
    ((Role.CCI,), Tie.OWN, "A A A A A A A A"),
    ((Role.CCI,), Tie.AREA, "A A M - A M - -"),
    ((Role.CCI,), Tie.MATCHED, "A A A A A A A A"),
    ((Role.CCI,), Tie.ELSEWHERE, "A A M - A M - -"),
    ((Role.PRI,), Tie.OWN, "A A A A A A A A"),
    ((Role.PRI,), Tie.AREA, "A A A A M M - -"),
    ((Role.PRI,), Tie.MATCHED, "A A A A M M - A"),
    ((Role.PRI,), Tie.ELSEWHERE, "A A - - - M - -"),
    ((Role.MACHINE,), Tie.OWN, "A A A A A A A A"),
    ((Role.MACHINE,), Tie.AREA, "A A - M - M - -"),
    ((Role.MACHINE,), Tie.MATCHED, "A A - M - M - -"),
    ((Role.MACHINE,), Tie.ELSEWHERE, "A A - M - M - -"),
)

#: What a purpose needs at most; None is the list that a search gives.
PURPOSE_TABLE: dict[Purpose | None, str] = {
    None: "A A A - M A - -",
    Purpose.MATCH_REVIEW: "A A A A A A A A",
    Purpose.INQUIRY: "A A A A A A A A",
    Purpose.RESTORATION: "A A A A A A A A",
    Purpose.CARE: "A A A A A A A A",
    Purpose.HOME_VERIFICATION: "A A A A M M - -",
    Purpose.AUDIT: "- - - - - - - -",
}

#: Role -> purposes it may state.
PURPOSES: dict[Role, frozenset[Purpose]] = {
    **dict.fromkeys(_POLICE, frozenset({Purpose.MATCH_REVIEW, Purpose.RESTORATION, Purpose.INQUIRY})),
    **dict.fromkeys(
        _BENCH,
        frozenset(
            {Purpose.MATCH_REVIEW, Purpose.RESTORATION, Purpose.INQUIRY, Purpose.CARE, Purpose.HOME_VERIFICATION}
        ),
    ),
    Role.CCI: frozenset({Purpose.CARE, Purpose.RESTORATION, Purpose.MATCH_REVIEW}),
    Role.PRI: frozenset({Purpose.HOME_VERIFICATION, Purpose.RESTORATION}),
    Role.MACHINE: frozenset(Purpose) - {Purpose.AUDIT},
}

_EVERYONE = frozenset({Act.SEE_PUBLIC_CARDS, Act.LOOKUP_REGISTRY})
_CASEWORK = _EVERYONE | {
    Act.SEARCH,
    Act.SEARCH_LIVE,
    Act.SEE_RECORD,
    Act.SEE_MATCHES,
    Act.READ_SECTION,
    Act.SEE_COUNTS,
    Act.SEE_DUTIES,
    Act.SEE_FINDINGS,
}

#: Role -> what it may do. Absent means denied.
ALLOWED: dict[Role, frozenset[Act]] = {
    Role.OFFICER: _CASEWORK | {Act.DECIDE_MATCH, Act.BREAK_GLASS, Act.TAKE_REPORTS},
    Role.SJPU: _CASEWORK | {Act.DECIDE_MATCH, Act.BREAK_GLASS, Act.TAKE_REPORTS},
    Role.DISTRICT_POLICE: _CASEWORK | {Act.DECIDE_MATCH, Act.BREAK_GLASS, Act.REVIEW_GLASS, Act.TAKE_REPORTS},
    Role.STATE_POLICE: _CASEWORK | {Act.DECIDE_MATCH, Act.BREAK_GLASS, Act.REVIEW_GLASS, Act.TAKE_REPORTS},
    Role.COMMITTEE: _CASEWORK
    | {Act.ASK_HOME, Act.RUN_SITTINGS, Act.DECIDE_MATCH, Act.SEE_ACCESSES, Act.BREAK_GLASS, Act.REVIEW_GLASS},
    Role.BOARD: _CASEWORK
    | {Act.ASK_HOME, Act.RUN_SITTINGS, Act.DECIDE_MATCH, Act.SEE_ACCESSES, Act.BREAK_GLASS, Act.REVIEW_GLASS},
    Role.DCPU: _CASEWORK | {Act.ASK_HOME, Act.DECIDE_MATCH, Act.BREAK_GLASS, Act.WRITE_SECTION},
    Role.CCI: (_CASEWORK - {Act.SEE_FINDINGS}) | {Act.WRITE_SECTION},
    Role.PRI: _EVERYONE | {Act.SEARCH, Act.SEE_RECORD, Act.READ_SECTION},
    Role.STATE: _EVERYONE | {Act.SEE_COUNTS},
    Role.MINISTRY: _EVERYONE | {Act.SEE_COUNTS},
    Role.ADMINISTRATOR: _EVERYONE | {Act.OPERATE},
    Role.AUDITOR: _EVERYONE | {Act.SEE_ACCESSES, Act.REVIEW_GLASS},
    Role.CITIZEN: _EVERYONE,
    Role.MACHINE: frozenset(),
}

_ALL_SECTIONS = frozenset(SectionName)
_POLICE_SECTIONS = frozenset({SectionName.PROFILE, SectionName.PHOTOGRAPHS, SectionName.CONTACT})
#: Roles and tie -> sections of an eFile it may ask its owner for; the owner's answer may be narrower still.
SECTION_TABLE: tuple[tuple[tuple[Role, ...], tuple[Tie, ...], frozenset[SectionName]], ...] = (
    (_POLICE, (Tie.OWN, Tie.AREA, Tie.MATCHED), _POLICE_SECTIONS),
    (_BENCH, (Tie.OWN, Tie.AREA, Tie.MATCHED), _ALL_SECTIONS),
    ((Role.CCI,), (Tie.OWN,), _ALL_SECTIONS),
    ((Role.CCI,), (Tie.MATCHED,), frozenset({SectionName.PROFILE, SectionName.PHOTOGRAPHS})),
    ((Role.PRI,), (Tie.OWN, Tie.AREA, Tie.MATCHED), frozenset({SectionName.CONTACT})),
)

#: Roles and tie -> sections of an eFile it may have its owner write. The unit's officers report on the family and plan
#: the care of a child whom a home holds (JJ Model Rules 2016 Forms 7 and 22).
WRITE_TABLE: tuple[tuple[tuple[Role, ...], tuple[Tie, ...], frozenset[SectionName]], ...] = (
    ((Role.CCI,), (Tie.OWN,), _ALL_SECTIONS),
    (
        (Role.DCPU,),
        (Tie.OWN, Tie.AREA, Tie.MATCHED),
        frozenset({SectionName.SOCIAL_INVESTIGATION, SectionName.INDIVIDUAL_CARE_PLAN}),
    ),
)


def verdict(role: Role, tie: Tie, purpose: Purpose | None, group: Group) -> Verdict:
    """The cell of the table: what ``role`` so tied sees of ``group`` for ``purpose`` (None: in a list of hits)."""
    if purpose is not None and purpose not in PURPOSES.get(role, frozenset()):
        return Verdict.DENY
    place = list(Group).index(group)
    row = next((letters for roles, at, letters in TABLE if role in roles and at is tie), "- - - - - - - -")
    return min(_cell(row, place), _cell(PURPOSE_TABLE.get(purpose, "- - - - - - - -"), place))


def _cell(letters: str, place: int) -> Verdict:
    return _LETTER[letters.split()[place]]


def sections(role: Role, tie: Tie) -> frozenset[SectionName]:
    """The sections that ``role`` so tied may ask for."""
    open_ = [named for roles, ties, named in SECTION_TABLE if role in roles and tie in ties]
    return frozenset().union(*open_)


def sections_written(role: Role, tie: Tie) -> frozenset[SectionName]:
    """The sections that ``role`` so tied may write."""
    return frozenset().union(*(named for roles, ties, named in WRITE_TABLE if role in roles and tie in ties))


@dataclass(frozen=True)
class Scope:
    """The jurisdiction of a caller's institution, in LGD codes. Empty: nowhere."""

    everywhere: bool = False
    states: frozenset[int] = frozenset()
    districts: frozenset[int] = frozenset()
    villages: frozenset[int] = frozenset()
    institution: str | None = None

    def owns(self, record: ChildRecord) -> bool:
        """Whether the institution holds the child, keeps its diary entry or is the station of the event."""
        held = [] if record.custodian is None else [record.custodian.institution]
        station = [] if record.event.place is None else [record.event.place.police_station]
        return self.institution is not None and self.institution in [
            *held,
            *station,
            *(diary.station for diary in record.diaries),
        ]

    def covers(self, record: ChildRecord) -> bool:
        """Whether the child went missing, was found or lives in the jurisdiction."""
        return self.everywhere or any(self._holds(place) for place in (record.event.place, record.home))

    def _holds(self, place: Place | None) -> bool:
        return place is not None and (
            place.state in self.states or place.district in self.districts or place.village in self.villages
        )


NOWHERE, EVERYWHERE = Scope(), Scope(everywhere=True)


@dataclass(frozen=True)
class Caller:
    """Who asks: a participant's machine (``participant``), a person (``officer``), or the public (neither)."""

    participant: Participant | None = None
    officer: Officer | None = None
    roles: frozenset[Role] = field(default=frozenset())
    scope: Scope = NOWHERE

    @property
    def id(self) -> str:
        """For logs and the audit, e.g. ``participant:police-br`` or ``officer:cwc.demo``; never a person's name."""
        if self.officer is not None:
            return f"officer:{self.officer.id}"
        return f"participant:{self.participant.id}" if self.participant is not None else "public"

    @property
    def is_person(self) -> bool:
        """True for somebody who signed in."""
        return self.officer is not None

    def may(self, act: Act) -> bool:
        """True if any of the caller's roles allows ``act``."""
        return any(act in ALLOWED[role] for role in self.roles)

    def require(self, act: Act) -> None:
        """Raise ``Refused`` with code ``not_allowed`` unless the caller may do ``act``."""
        if not self.may(act):
            raise Refused("not_allowed", f"Your role does not allow: {act}. Ask the administrator of your institution.")

    def sees(self, tie: Tie, purpose: Purpose | None, group: Group) -> Verdict:
        """The best that any of the caller's roles gives."""
        return max((verdict(role, tie, purpose, group) for role in self.roles), default=Verdict.DENY)

    def sections(self, ties: Iterable[Tie] = tuple(Tie)) -> frozenset[SectionName]:
        """Sections that the caller may ask for, so tied; by default under any tie."""
        return frozenset().union(*(sections(role, tie) for role in self.roles for tie in ties))

    def sections_written(self, ties: Iterable[Tie] = tuple(Tie)) -> frozenset[SectionName]:
        """Sections that the caller may write, so tied; by default under any tie."""
        return frozenset().union(*(sections_written(role, tie) for role in self.roles for tie in ties))

    def purposes(self) -> frozenset[Purpose]:
        """Purposes that the caller may state."""
        return frozenset().union(*(PURPOSES.get(role, frozenset()) for role in self.roles))


def machine(participant: Participant) -> Caller:
    """The caller behind a participant's key."""
    return Caller(participant=participant, roles=frozenset({Role.MACHINE}))


def person(officer: Officer, role: Role, scope: Scope) -> Caller:
    """The caller behind a sign-in."""
    return Caller(officer=officer, roles=frozenset({role}), scope=scope)


def public() -> Caller:
    """Somebody who did not sign in."""
    return Caller(roles=frozenset({Role.CITIZEN}))


def require_permission(caller: Caller, permission: Permission) -> Participant:
    """The participant behind ``caller``, if its key may do this; raises ``Refused`` with code ``not_permitted``."""
    if caller.participant is None or permission not in caller.participant.permissions:
        raise Refused("not_permitted", f"This key may not: {permission}. Ask the hub to add the permission.")
    if not caller.participant.active:
        raise Refused("participant_paused", "This participant is paused. Ask the hub to activate it again.")
    return caller.participant


def require_purpose(caller: Caller, purpose: Purpose | None, case: str | None) -> tuple[Purpose, str]:
    """What is stated, or ``Refused``: ``no_purpose_stated``, ``purpose_not_allowed``, ``no_case_stated``."""
    if purpose is None:
        raise Refused("no_purpose_stated", "State why you read: every look at a child names a purpose and a case.")
    if purpose not in caller.purposes():
        raise Refused("purpose_not_allowed", f"Your role may not read for the purpose {purpose}. State another.")
    if case is None or not case.strip():
        raise Refused("no_case_stated", "State the case or match that you read for.")
    return purpose, case.strip()


def require_section(
    caller: Caller, section: SectionName, tie: Tie, act: Literal[Act.READ_SECTION, Act.WRITE_SECTION] = Act.READ_SECTION
) -> Officer:
    """The officer, if so tied a role of theirs may do this with the section; raises ``Refused`` otherwise."""
    caller.require(act)
    if caller.officer is None:
        raise Refused("not_allowed", "Only a person who signed in may open a file. Sign in first.")
    writes = act is Act.WRITE_SECTION
    if section not in (caller.sections_written((tie,)) if writes else caller.sections((tie,))):
        verb = "write" if writes else "read"
        raise Refused("section_not_allowed", f"Your role may not {verb} the section {section}. Ask the committee.")
    return caller.officer
