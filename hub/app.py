"""The one place where the parts are joined: ``Hub``, the object that doors, portal and command line talk to."""

from collections.abc import Callable, Sequence
from typing import Self

from contracts import AreaKind, Participant, Purpose, Section, SectionName
from contracts.exchange import (
    Acknowledged,
    AcknowledgeNotice,
    Area,
    Case,
    GetCase,
    ListNotices,
    Match,
    MatchState,
    NoticeList,
    RegistryAnswer,
    RegistryLookup,
    Search,
    SearchReply,
    SubmitEvents,
    SubmitRecords,
    SubmitReply,
)
from hub.access import Caller
from hub.reports import Access, Account, DeliveryReport, HubStatus, MatchReport, PublicCard, PullReport, SetAside
from hub.settings import Settings

Progress = Callable[[int, int | None], None]
"""Called with (done, total); total is None while it is not known."""


class Hub:
    """Everything that can be asked of the hub. Every method is safe to call from several threads."""

    @classmethod
    def open(cls, settings: Settings | None = None) -> Self:
        """Join the parts as ``settings`` say (from the environment if absent) and bring the database up to date."""
        raise NotImplementedError

    def close(self) -> None:
        """Let go of the database."""
        raise NotImplementedError

    # The doors: participants' machines, known by their key.

    def participant_by_key(self, key: str) -> Caller:
        """Who holds ``key``; raises ``Refused`` with code ``wrong_key``."""
        raise NotImplementedError

    def submit_records(self, caller: Caller, message: SubmitRecords) -> SubmitReply:
        """Take in records of the caller's namespace; the same message gets the same reply again."""
        raise NotImplementedError

    def submit_events(self, caller: Caller, message: SubmitEvents) -> SubmitReply:
        raise NotImplementedError

    def search(self, caller: Caller, query: Search) -> SearchReply:
        raise NotImplementedError

    def case(self, caller: Caller, wanted: GetCase) -> Case:
        raise NotImplementedError

    def list_notices(self, caller: Caller, wanted: ListNotices) -> NoticeList:
        raise NotImplementedError

    def acknowledge_notice(self, caller: Caller, wanted: AcknowledgeNotice) -> Acknowledged:
        raise NotImplementedError

    def lookup(self, caller: Caller, wanted: RegistryLookup) -> RegistryAnswer:
        raise NotImplementedError

    # People: the portal.

    def seed_accounts(self, accounts: Sequence[Account]) -> None:
        """Create or update accounts (trials and first set-up)."""
        raise NotImplementedError

    def sign_in(self, login: str, password: str) -> str:
        """A session token; raises ``Refused`` (``wrong_login``, ``locked_out``) or ``Unready`` (``sign_in_busy``)."""
        raise NotImplementedError

    def officer(self, token: str) -> Caller | None:
        """Who holds the session, or None."""
        raise NotImplementedError

    def sign_out(self, token: str) -> None:
        raise NotImplementedError

    def matches(self, caller: Caller, state: MatchState | None = None, limit: int = 50) -> list[Match]:
        """Matches, best first."""
        raise NotImplementedError

    def match(self, caller: Caller, match_id: str) -> Match:
        raise NotImplementedError

    def decide(self, caller: Caller, match_id: str, state: MatchState, reason: str) -> Match:
        """A person's decision; raises ``Refused`` with code ``illegal_step`` where the state cannot follow."""
        raise NotImplementedError

    def read_section(self, caller: Caller, hub_id: str, section: SectionName, purpose: Purpose, case: str) -> Section:
        """One section live from its owner, audited before it is read and never kept."""
        raise NotImplementedError

    def public_cards(self, limit: int = 20, offset: int = 0) -> list[PublicCard]:
        """Missing children whose card may be shown to everybody, newest first."""
        raise NotImplementedError

    def public_card(self, public_id: str) -> PublicCard | None:
        raise NotImplementedError

    def accesses(self, caller: Caller, hub_id: str) -> list[Access]:
        """The audit lines of one child, newest first."""
        raise NotImplementedError

    def areas(self, kind: AreaKind, state: int | None = None) -> list[Area]:
        """Areas of one kind as of today, in one State or in all, by name (for lists to choose from)."""
        raise NotImplementedError

    def participants(self) -> list[Participant]:
        """Everybody who takes part, without secrets (for names on pages)."""
        raise NotImplementedError

    # Operations: command line and clock.

    def laid_aside(self, caller: Caller, participant_id: str | None = None, limit: int = 100) -> list[SetAside]:
        """What could not be taken in and waits for its owner, newest first, without its content."""
        raise NotImplementedError

    def pull(self, participant_id: str, progress: Progress | None = None) -> PullReport:
        """Take in what changed at a participant since its cursor, and match it."""
        raise NotImplementedError

    def port(self, participant_id: str, progress: Progress | None = None) -> PullReport:
        """Take in a participant's whole history without matching; ``match_all`` follows as a batch."""
        raise NotImplementedError

    def match_all(self, progress: Progress | None = None) -> MatchReport:
        """Match every searched-for child against the whole index."""
        raise NotImplementedError

    def deliver(self, progress: Progress | None = None) -> DeliveryReport:
        """One round of the courier."""
        raise NotImplementedError

    def status(self) -> HubStatus:
        raise NotImplementedError
