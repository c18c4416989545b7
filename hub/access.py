"""Who may do what: one table of role x act, the sections and purposes each may name, and the caller it is asked of.

Everything that is not written here is denied. A machine's rights are its permissions in the registry; a person's are
the rows below. Issue 5 of the project narrows the rows by jurisdiction; the questions asked of this module stay.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from contracts import Officer, Participant, Permission, Purpose, Refused, SectionName


class Role(StrEnum):
    """What somebody is to the hub. A person has one, a participant's machine is always ``machine``."""

    OFFICER = "officer"
    """Police: a station, an SJPU, a district or state unit."""
    COMMITTEE = "committee"
    """CWC, JJB and the district child protection unit that serves them."""
    CCI = "cci"
    """A child care institution."""
    ADMINISTRATOR = "administrator"
    """Runs the hub: participants, queues, schedules. Sees no child."""
    AUDITOR = "auditor"
    """Reads who read what."""
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
    SEE_ACCESSES = "see_accesses"
    SEE_PUBLIC_CARDS = "see_public_cards"
    LOOKUP_REGISTRY = "lookup_registry"
    OPERATE = "operate"


_EVERYONE = frozenset({Act.SEE_PUBLIC_CARDS, Act.LOOKUP_REGISTRY})
_CASEWORK = _EVERYONE | {Act.SEARCH, Act.SEARCH_LIVE, Act.SEE_RECORD, Act.SEE_MATCHES, Act.READ_SECTION}

#: Role -> what it may do. Absent means denied.
ALLOWED: dict[Role, frozenset[Act]] = {
    Role.OFFICER: _CASEWORK | {Act.DECIDE_MATCH},
    Role.COMMITTEE: _CASEWORK | {Act.DECIDE_MATCH, Act.SEE_ACCESSES},
    Role.CCI: _CASEWORK,
    Role.ADMINISTRATOR: _EVERYONE | {Act.OPERATE},
    Role.AUDITOR: _EVERYONE | {Act.SEE_ACCESSES},
    Role.CITIZEN: _EVERYONE,
    Role.MACHINE: frozenset(),
}

_ALL_SECTIONS = frozenset(SectionName)
#: Role -> sections of an eFile it may ask its owner for; the owner's answer may be narrower still.
SECTIONS: dict[Role, frozenset[SectionName]] = {
    Role.OFFICER: frozenset({SectionName.PROFILE, SectionName.PHOTOGRAPHS, SectionName.CONTACT}),
    Role.COMMITTEE: _ALL_SECTIONS,
    Role.CCI: _ALL_SECTIONS,
}

#: Role -> purposes it may state for a live read.
PURPOSES: dict[Role, frozenset[Purpose]] = {
    Role.OFFICER: frozenset({Purpose.MATCH_REVIEW, Purpose.RESTORATION, Purpose.INQUIRY}),
    Role.COMMITTEE: frozenset(
        {Purpose.MATCH_REVIEW, Purpose.RESTORATION, Purpose.INQUIRY, Purpose.CARE, Purpose.HOME_VERIFICATION}
    ),
    Role.CCI: frozenset({Purpose.CARE, Purpose.RESTORATION, Purpose.MATCH_REVIEW}),
}


@dataclass(frozen=True)
class Caller:
    """Who asks: a participant's machine (``participant``), a person (``officer``), or the public (neither)."""

    participant: Participant | None = None
    officer: Officer | None = None
    roles: frozenset[Role] = field(default=frozenset())

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


def machine(participant: Participant) -> Caller:
    """The caller behind a participant's key."""
    return Caller(participant=participant, roles=frozenset({Role.MACHINE}))


def person(officer: Officer, role: Role) -> Caller:
    """The caller behind a sign-in."""
    return Caller(officer=officer, roles=frozenset({role}))


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


def require_section(caller: Caller, section: SectionName, purpose: Purpose) -> Officer:
    """The officer, if a role of theirs may ask for this section with this purpose; raises ``Refused`` otherwise."""
    caller.require(Act.READ_SECTION)
    if caller.officer is None:
        raise Refused("not_allowed", "Only a person who signed in may read a file. Sign in first.")
    if not any(section in SECTIONS.get(role, frozenset()) for role in caller.roles):
        raise Refused("section_not_allowed", f"Your role may not read the section {section}. Ask the committee.")
    require_purpose(caller, purpose)
    return caller.officer


def require_purpose(caller: Caller, purpose: Purpose) -> None:
    """Raise ``Refused`` (``purpose_not_allowed``) unless a role of a person may state this purpose."""
    if not any(purpose in PURPOSES.get(role, frozenset()) for role in caller.roles):
        raise Refused("purpose_not_allowed", f"Your role may not read for the purpose {purpose}. State another.")
