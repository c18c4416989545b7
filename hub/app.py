"""The one place where the parts are joined: ``Hub``, the object that doors, portal and command line talk to."""

from collections.abc import Sequence
from typing import Self

import structlog

import registry
import registry.secrets
from adapters.signing import Identity, identity_of
from contracts import AreaKind, Permission, Purpose, Refused, Section, SectionName, SectionWritten
from contracts.evidence import AuditHead, CosignAuditHead, Cosigned, GetAuditHead
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
from contracts.live import LiveReply, LiveSearch
from contracts.timelines import GetTimeline, Timeline
from hub.access import Act, Caller, Tie, require_permission
from hub.alerting import Alerting, by_mail
from hub.appeals import Appeals
from hub.asking.joined import Asking
from hub.asking.reading import SectionRead, Wanted
from hub.asking.searching import Answers
from hub.casework.office import Casework
from hub.citizens import Citizens
from hub.citizens.mailing import Mailing
from hub.core import ModelCore
from hub.courier import Courier, Policy
from hub.enriching import Enriching
from hub.erasing.ledger import Ledger
from hub.erasing.office import Office
from hub.evidence.lines import taken
from hub.evidence.proofs import Proofs
from hub.expiring import Expiry
from hub.finding import Finding
from hub.flow import NOTHING_UNREAD, Flow, Unread, woven
from hub.glass import Glass
from hub.holding import Holding
from hub.homeward import Homeward
from hub.index import Store
from hub.index.audit import Line
from hub.index.inbox import Received
from hub.index.migrations import upgrade
from hub.jurisdiction import Jurisdictions, is_near, tie
from hub.knowing import Knowing, namespace
from hub.logs import configure
from hub.operating import Operating
from hub.people import People
from hub.reading import Reading
from hub.reconciling import Reconcilings, Rules
from hub.reports import Access, Account, PublicCard
from hub.sealing.opening import open_safe
from hub.sealing.running import Encrypting
from hub.second_factor import SecondFactor
from hub.settings import Settings, from_environment
from hub.showing import sight_of
from hub.systems import Systems
from hub.timelines import timeline_of
from hub.writing import Draft, Writing, draft_key

log = structlog.get_logger()


class Hub(Knowing, Operating):
    """Everything that can be asked of the hub. Every method is safe to call from several threads."""

    def __init__(self, settings: Settings, store: Store) -> None:
        """Join the parts around a store that is up to date."""
        self.settings, self.store = settings, store
        secret = settings.index_secret.get_secret_value().encode()
        self._core = core = ModelCore(secret, settings.model, settings.propose_bits, settings.pool, settings.tell_bits)
        self.registry = registry.Registry(store.engine)
        self.systems = Systems(self.registry, settings.adapters, settings.outgoing)
        cap, later = settings.candidates_cap, settings.match_later
        self.casework = Casework(store, self.registry, core, settings.lease_seconds)
        keeping = self.casework.keeping
        self.homeward = Homeward(store, self.registry)
        self.flow = Flow(
            store, core, Enriching(self.registry), cap, later, keeping=keeping, decided=self.homeward.decided
        )
        self.people = People(
            store,
            session_hours=settings.session_hours,
            failures=settings.sign_in_failures,
            lock_out_minutes=settings.lock_out_minutes,
            at_once=settings.sign_in_at_once,
            second=SecondFactor(secret),
            must_have_second=settings.second_factor == "required",
            scope_of=Jurisdictions(self.registry).scope,
        )
        self.glass = Glass(store)
        self._identity = _identity(settings)
        self.expiry = Expiry(store, self.registry, self.systems, self._identity)
        self._finding, self._holding = Finding(store, core), Holding(store, core)
        self.proofs = Proofs(store, settings)
        rules = Rules(settings.gone_share, page_rows=settings.batch_rows, lease_seconds=settings.lease_seconds)
        self.reconciling = Reconcilings(self.flow, self.systems, rules)
        self.encrypting = Encrypting(store, settings.encryption_key)
        self.erasing = Office(self.flow, Ledger(settings.ledger), settings.retention)
        self.alerting = Alerting(store, settings.alert_url, outgoing=settings.outgoing, mail=by_mail(settings))
        self.citizens, self.mailing = Citizens(store, self.registry), Mailing(store, settings)
        self.appeals = Appeals(store, self.registry, settings)
        self._reading = Reading(store, self.systems.able, require_proof=self.proofs.require_current)
        self._writing = Writing(store, self.systems.able, require_proof=self.proofs.require_current)
        self.asking = Asking(
            store, self.registry, self.systems, self._finding, settings, _policy(settings), self.proofs.require_current
        )
        self.courier = Courier(store, self._takes_notices, _policy(settings), terms=self.systems.terms)

    @classmethod
    def open(cls, settings: Settings | None = None) -> Self:
        """Join the parts as ``settings`` say (from the environment if absent) and bring the database up to date."""
        settings = settings or from_environment()
        if not structlog.is_configured():
            configure(settings.log_format, settings.log_level)
        store = Store.at(settings.database, settings.pool_size)
        upgrade(store.engine)
        registry.seed(store.engine)
        try:
            open_safe(store, settings.encryption_key)
        except Refused:
            store.close()
            raise
        hub = cls(settings, store)
        hub._check_index()
        return hub

    def _check_index(self) -> None:
        with self.store.write() as work:
            if not work.records.built_with(self._core.fingerprint):
                log.warning("index_to_be_prepared_anew", what="run match_all")

    def close(self) -> None:
        """Break off live questions, write down what ended, and let go of the database."""
        self.asking.close()
        self.store.close()

    # The doors: participants' machines, known by their key. Each call needs the permission of its name.

    def kept_reply(self, caller: Caller, key: str, body_hash: str) -> str | None:
        """The reply given under an idempotency key; ``Refused`` (``idempotency_key_reused``) for another body."""
        with self.store.read() as work:
            kept = work.replies.find(namespace(caller), key)
            other = kept is not None and not work.inbox.is_same(kept, body_hash)
        if other:
            raise Refused("idempotency_key_reused", "This Idempotency-Key came with another body. Use a new key.")
        return None if kept is None else kept.reply

    def keep_reply(self, caller: Caller, key: str, body_hash: str, reply: str) -> None:
        """Keep a reply under an idempotency key, for ever; the first one stays."""
        with self.store.write() as work:
            work.replies.keep(namespace(caller), key, Received(body_hash, reply), self.flow.now())

    def submit_records(self, caller: Caller, message: SubmitRecords, unread: Unread = NOTHING_UNREAD) -> SubmitReply:
        """Take in records of the caller's namespace; the same message gets the same reply again.

        ``unread`` are those that the door could not read: they are answered in their place and set aside.
        """
        sender = require_permission(caller, Permission.SUBMIT_RECORDS)
        return self.flow.receive(sender.id, message.message_id, woven(message.records, unread))

    def submit_events(self, caller: Caller, message: SubmitEvents, unread: Unread = NOTHING_UNREAD) -> SubmitReply:
        """Take in steps of the caller's own cases, each event id once."""
        sender = require_permission(caller, Permission.SUBMIT_EVENTS)
        return self.flow.receive_events(sender.id, message.message_id, woven(message.events, unread))

    def search(self, caller: Caller, query: Search) -> SearchReply:
        """Search the index; what a participant sees of others' records: see ``hub.showing``."""
        self._may(caller, Act.SEARCH, Permission.SEARCH)
        return self._finding.search(caller, query)

    def search_live(self, caller: Caller, wanted: LiveSearch) -> Answers:
        """Search the index and ask the owners' systems too; the answer grows until it is whole (``hub.asking``)."""
        return self.asking.searching.search(caller, wanted)

    def search_live_whole(self, caller: Caller, wanted: LiveSearch) -> LiveReply:
        """The same, whole."""
        return self.search_live(caller, wanted).whole()

    def case(self, caller: Caller, wanted: GetCase) -> Case:
        """One entry, as far as the caller may see it; the look at it is written into the audit first."""
        self._may(caller, Act.SEE_RECORD, Permission.GET_CASE)
        with self.store.write() as work:
            found = self._finding.case(work, caller, wanted)
            work.audit.add(_look(caller, Act.SEE_RECORD, found.hub_id, wanted), self.flow.now())
        return found

    def timeline(self, caller: Caller, wanted: GetTimeline) -> Timeline:
        """One child across all owners, as far as the caller may see it."""
        return self.case_and_timeline(caller, GetCase(**dict(wanted)))[1]

    def case_and_timeline(self, caller: Caller, wanted: GetCase) -> tuple[Case, Timeline]:
        """One entry and the timeline of its child; the look at each entry told of is written into the audit first."""
        self._may(caller, Act.SEE_RECORD, Permission.GET_CASE)
        with self.store.write() as work:
            first = self._finding.case(work, caller, wanted)
            found = timeline_of(self._finding, work, caller, first, wanted, self.flow.now())
            for one in found.records:
                work.audit.add(_look(caller, Act.SEE_RECORD, one.hub_id, wanted), self.flow.now())
        return first, found

    def shows_partly(self, caller: Caller, hub_id: str) -> bool:
        """Whether an entry lies elsewhere for the caller, so that a part of it alone is shown."""
        with self.store.read() as work:
            row = work.records.find(hub_id=hub_id)
            record = None if row is None else work.records.record(row)
            return record is not None and tie(work, caller, hub_id, record) is Tie.ELSEWHERE

    def list_notices(self, caller: Caller, wanted: ListNotices) -> NoticeList:
        """What is owed to the caller, oldest first."""
        lane = require_permission(caller, Permission.NOTICES).id
        with self.store.read() as work:
            return NoticeList(notices=work.outbox.waiting(lane, wanted.after, wanted.limit))

    def acknowledge_notice(self, caller: Caller, wanted: AcknowledgeNotice) -> Acknowledged:
        """The caller took a notice, by fetch or by push: it is owed no longer. ``Refused`` (``unknown_notice``)."""
        lane = require_permission(caller, Permission.NOTICES).id
        with self.store.write() as work:
            at, notice = work.outbox.acknowledge(lane, wanted.notice_id, self.flow.now())
            if notice is not None:
                work.audit.add(taken(notice, "fetched"), self.flow.now())
        if at is None:
            raise Refused("unknown_notice", "No such notice was owed to you. Take the id from ListNotices.")
        return Acknowledged(notice_id=wanted.notice_id, acknowledged_at=at)

    def lookup(self, caller: Caller, wanted: RegistryLookup) -> RegistryAnswer:
        """Institutions and areas of the directory."""
        self._may(caller, Act.LOOKUP_REGISTRY, Permission.REGISTRY_LOOKUP)
        return self.registry.lookup(wanted)

    def audit_head(self, caller: Caller, wanted: GetAuditHead) -> AuditHead:
        """The newest signed head of the audit, proven to go on from one that the witness saw."""
        require_permission(caller, Permission.WITNESS)
        return self.proofs.heads.head(wanted)

    def cosign_audit_head(self, caller: Caller, said: CosignAuditHead) -> Cosigned:
        """Keep a witness's signature of a head."""
        return self.proofs.heads.cosign(require_permission(caller, Permission.WITNESS), said)

    # People: the portal.

    def seed_accounts(self, accounts: Sequence[Account]) -> None:
        """Create or overwrite accounts (trials and first set-up)."""
        self.people.seed(accounts)

    def sign_in(self, login: str, password: str, code: str = "") -> str:
        """A session token; see ``People.sign_in``."""
        return self.people.sign_in(login, password, code)

    def officer(self, token: str) -> Caller | None:
        """Who holds the session, or None."""
        return self.people.officer(token)

    def sign_out(self, token: str) -> None:
        """End the session at once."""
        self.people.sign_out(token)

    def matches(self, caller: Caller, state: MatchState | None = None, limit: int = 50) -> list[Match]:
        """Matches of the caller's jurisdiction that it may meet, open ones first, best first."""
        caller.require(Act.SEE_MATCHES)
        with self.store.read() as work:
            near = None if caller.scope.everywhere else is_near(work, caller)
            return work.matches.best(state, sight_of(caller).veil, limit, near)

    def match(self, caller: Caller, match_id: str) -> Match:
        """One match with its evidence; ``Refused`` (``unknown_match``)."""
        caller.require(Act.SEE_MATCHES)
        with self.store.read() as work:
            found = work.matches.find(match_id, sight_of(caller).veil)
            near = is_near(work, caller)
            hidden = found is None or not (near(found.hub_id) or near(found.other_hub_id))
        if found is None or hidden:
            raise Refused("unknown_match", "There is no such match. Open it from the list of matches.")
        return found

    def decide(self, caller: Caller, match_id: str, state: MatchState, reason: str) -> Match:
        """A person's decision; raises ``Refused`` with code ``illegal_step`` where the state cannot follow."""
        caller.require(Act.DECIDE_MATCH)
        if not caller.is_person:
            raise Refused("only_a_person", "Only a person who signed in decides about a match.")
        if not reason.strip():
            raise Refused("no_reason", "State the reason for the decision.")
        self.match(caller, match_id)
        return self.flow.decide(match_id, state, caller.id, reason.strip()[:200])

    def read_section(self, caller: Caller, hub_id: str, section: SectionName, purpose: Purpose, case: str) -> Section:
        """One section live from its owner, audited before it is read and never kept."""
        return self._reading.section(caller, hub_id, section, purpose, case)

    def write_section(
        self, caller: Caller, hub_id: str, section: SectionName, draft: Draft, purpose: Purpose, case: str
    ) -> SectionWritten:
        """Some entries of one section written live at its owner, audited before and never kept."""
        return self._writing.section(caller, hub_id, section, draft, purpose, case)

    def draft_key(self, caller: Caller) -> bytes:
        """By which a person’s browser closes drafts: 32 bytes, the same for this person alone."""
        return draft_key(self.settings.index_secret.get_secret_value(), caller)

    def read_sections(self, caller: Caller, wanted: Sequence[Wanted], purpose: Purpose, case: str) -> list[SectionRead]:
        """Several sections live at once, of one or several entries; each owner's failure stands beside its section."""
        return self.asking.reading.sections(caller, wanted, purpose, case)

    def public_cards(self, limit: int = 20, offset: int = 0) -> list[PublicCard]:
        """Missing children whose card may be shown to everybody, newest first."""
        return self._finding.public_cards(min(limit, 100), offset)

    def public_card(self, public_id: str) -> PublicCard | None:
        """One card, or None once it may not be shown."""
        return self._finding.public_card(public_id)

    def public_id(self, hub_id: str) -> str | None:
        """The random id of an entry's card while everybody may see it, else None."""
        return self._finding.public_id(hub_id)

    def has_ended(self, public_id: str) -> bool:
        """Whether a card was of this id and may not be shown any more; why is told to nobody."""
        return self._finding.has_ended(public_id)

    def accesses(self, caller: Caller, hub_id: str) -> list[Access]:
        """The audit lines of one child, newest first; this look is itself a line of it."""
        caller.require(Act.SEE_ACCESSES)
        with self.store.write() as work:
            lines = work.audit.of(hub_id)
            work.audit.add(_look(caller, Act.SEE_ACCESSES, hub_id), self.flow.now())
        return lines

    def areas(self, kind: AreaKind, state: int | None = None) -> list[Area]:
        """The areas of one kind today, of one state where it is given, by name."""
        return sorted(self.registry.areas.of_kind(kind, state), key=lambda area: area.name)

    def stations(self, district: int) -> list[Area]:
        """The police stations that cover a district (its LGD code), by name."""
        found = self.registry.areas.by_lgd(AreaKind.DISTRICT, district)
        return [] if found is None else self.registry.coverage.stations(found.id)

    def _may(self, caller: Caller, act: Act, permission: Permission) -> None:
        if caller.participant is not None:
            require_permission(caller, permission)
        else:
            caller.require(act)


def _policy(settings: Settings) -> Policy:
    return Policy(
        workers=settings.courier_workers,
        attempts=settings.delivery_attempts,
        first=settings.retry_first_seconds,
        longest=settings.retry_longest_seconds,
        hold=settings.lease_seconds,
    )


def _look(caller: Caller, act: Act, hub_id: str, wanted: GetCase | None = None) -> Line:
    officer = caller.officer
    return Line(
        who=caller.id,
        role=officer.role if officer else ", ".join(sorted(caller.roles)),
        act=act.value,
        outcome="shown",
        institution=officer.institution if officer else None,
        hub_id=hub_id,
        purpose=wanted.purpose.value if wanted and wanted.purpose else None,
        matter=wanted.case if wanted else None,
    )


def _identity(settings: Settings) -> Identity | None:
    return None if settings.signing_key is None else identity_of(registry.secrets.read(f"file:{settings.signing_key}"))
