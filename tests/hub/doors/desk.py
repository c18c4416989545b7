"""A small desk in memory behind the doors, with synthetic participants and records."""

import datetime
import threading
from collections.abc import Iterator

from adapters.signing import Identity, identity
from contracts import CaseEvent, ChildRecord, Institution, Notice, Participant, Permission, Problem, Refused
from contracts.evidence import AuditHead, CosignAuditHead, Cosigned, GetAuditHead
from contracts.exchange import (
    Acknowledged,
    AcknowledgeNotice,
    Answer,
    Area,
    Case,
    GetCase,
    Hit,
    ListNotices,
    NoticeList,
    Outcome,
    RegistryAnswer,
    RegistryLookup,
    Search,
    SearchReply,
    SubmitEvents,
    SubmitRecords,
    SubmitReply,
)
from contracts.live import LiveHit, LiveReply, LiveSearch
from contracts.timelines import GetTimeline, Timeline
from hub.access import Caller, machine
from hub.flow import Unread, Unreadable, woven

NOW = datetime.datetime(2019, 3, 2, 9, 30, tzinfo=datetime.UTC)
KEY, READER_KEY = "key-of-police-br", "key-of-a-reader"
_ALL = list(Permission)


def participant(name: str, permissions: list[Permission]) -> Participant:
    return Participant(id=name, name=name, kind="state_police", permissions=permissions)


class MemoryDesk:
    """Keeps records and events in dicts; a participant writes only what is in its own namespace."""

    def __init__(self) -> None:
        self.callers = {
            KEY: machine(participant("police-br", _ALL)),
            READER_KEY: machine(participant("reader", [Permission.SEARCH])),
        }
        self.records: dict[tuple[str, str], ChildRecord] = {}
        self.events: dict[str, CaseEvent] = {}
        self.notices = [notice(1), notice(2)]
        self.lock = threading.Lock()
        self.certificates: set[str] = set()
        self.signatures: set[str] = set()
        self.identity: Identity | None = None
        self.kept: dict[tuple[str, str], tuple[str, str]] = {}

    def kept_reply(self, caller: Caller, key: str, body_hash: str) -> str | None:
        found = self.kept.get((caller.id, key))
        if found is not None and found[0] != body_hash:
            raise Refused("idempotency_key_reused", "Use a new key.")
        return found and found[1]

    def keep_reply(self, caller: Caller, key: str, body_hash: str, reply: str) -> None:
        self.kept.setdefault((caller.id, key), (body_hash, reply))

    def participant_by_key(self, key: str) -> Caller:
        if key not in self.callers:
            raise Refused("wrong_key", "This key is not known. Ask the hub for a new one.")
        return self.callers[key]

    def holder_of_key(self, key: str) -> Caller:
        return self.participant_by_key(key)

    def participant_by_certificate(self, certificate: str) -> Caller:
        if certificate not in self.certificates:
            raise Refused("unknown_certificate", "This certificate is registered for nobody.")
        return self.callers[KEY]

    def certificate_named(self, participant: str, fingerprint: str) -> str:
        found = [one for one in self.certificates if identity.fingerprint(one) == fingerprint]
        if participant != "police-br" or not found:
            raise Refused("unknown_certificate", "This certificate is registered for nobody.")
        return found[0]

    def take_signature(self, caller: Caller, value: str) -> None:
        if value in self.signatures:
            raise Refused("replayed", "This very message came before.")
        self.signatures.add(value)

    def signs(self) -> Identity | None:
        return self.identity

    def submit_records(self, caller: Caller, message: SubmitRecords, unread: Unread) -> SubmitReply:
        outcomes = [self._take(caller, record) for record in woven(message.records, unread)]
        return SubmitReply(message_id=message.message_id, outcomes=outcomes)

    def _take(self, caller: Caller, record: ChildRecord | Unreadable) -> Outcome:
        if isinstance(record, Unreadable):
            return Outcome(id=record.id, answer=Answer.REFUSED, problems=list(record.problems))
        assert caller.participant is not None
        if record.ref.participant != caller.participant.id:
            words = Problem(field="ref.participant", rule="own_namespace", message="Write only records of your own")
            return Outcome(id=record.ref.source_id, answer=Answer.REFUSED, problems=[words])
        with self.lock:
            same = self.records.get((record.ref.participant, record.ref.source_id)) == record
            self.records[record.ref.participant, record.ref.source_id] = record
        return Outcome(id=record.ref.source_id, answer=Answer.UNCHANGED if same else Answer.ACCEPTED)

    def submit_events(self, caller: Caller, message: SubmitEvents, unread: Unread) -> SubmitReply:
        for event in message.events:
            self.events[event.event_id] = event
        outcomes = [Outcome(id=event.event_id, answer=Answer.ACCEPTED) for event in message.events]
        return SubmitReply(message_id=message.message_id, outcomes=outcomes)

    def search(self, caller: Caller, query: Search) -> SearchReply:
        found = [r for r in self.records.values() if query.kind in (None, r.kind)]
        hits = [
            Hit(hub_id=hub_id(r), ref=r.ref, kind=r.kind, status=r.status, names=r.names, gender=r.gender, score=0.5)
            for r in found
        ]
        return SearchReply(total=len(hits), hits=hits[query.offset : query.offset + query.limit])

    def search_live(self, caller: Caller, wanted: LiveSearch) -> Iterator[LiveReply]:
        hits = [LiveHit(live=False, **dict(hit)) for hit in self.search(caller, wanted.query).hits]
        for complete in (False, True):
            yield LiveReply(complete=complete, hits=hits, total=len(hits), sources=[], milliseconds=1)

    def search_live_whole(self, caller: Caller, wanted: LiveSearch) -> LiveReply:
        return list(self.search_live(caller, wanted))[-1]

    def case(self, caller: Caller, wanted: GetCase) -> Case:
        for record in self.records.values():
            if wanted.hub_id == hub_id(record) or wanted.source_id == record.ref.source_id:
                events = [event for event in self.events.values() if event.ref.source_id == record.ref.source_id]
                return Case(hub_id=hub_id(record), record=record, events=events, first_seen=NOW, updated=NOW)
        raise Refused("not_found", "No entry has this id. Search for it.")

    def timeline(self, caller: Caller, wanted: GetTimeline) -> Timeline:
        case = self.case(caller, GetCase(**dict(wanted)))
        return Timeline(hub_id=case.hub_id, records=[], events=case.events)

    def list_notices(self, caller: Caller, wanted: ListNotices) -> NoticeList:
        return NoticeList(notices=self.notices[: wanted.limit])

    def acknowledge_notice(self, caller: Caller, wanted: AcknowledgeNotice) -> Acknowledged:
        return Acknowledged(notice_id=wanted.notice_id, acknowledged_at=NOW)

    def audit_head(self, caller: Caller, wanted: GetAuditHead) -> AuditHead:
        return AuditHead(size=7, checkpoint="hub.test/audit\n7\n", consistency=["A" * 43 + "="], signed_at=NOW)

    def cosign_audit_head(self, caller: Caller, said: CosignAuditHead) -> Cosigned:
        return Cosigned(size=said.size, witness="police-br")

    def lookup(self, caller: Caller, wanted: RegistryLookup) -> RegistryAnswer:
        since = datetime.date(2013, 1, 1)
        home = Institution(
            id="dl:cci:asha",
            kind="CCI",
            level="district",
            name="Asha Home",
            state=7,
            valid_from=since,
            cci={"kind": "CHILDRENS_HOME", "capacity": 40, "cctv": True},
        )
        return RegistryAnswer(
            institutions=[home], areas=[Area(id="dl:d:77", kind="district", name="Central", valid_from=since)]
        )


def hub_id(record: ChildRecord) -> str:
    return f"hub-entry-{record.ref.participant}-{record.ref.source_id}".replace("/", "_")[:40]


def notice(number: int) -> Notice:
    return Notice(
        notice_id=f"notice-{number:04}",
        kind="match_proposed",
        to="police-br",
        about={"participant": "police-br", "source_id": "BR/1"},
        other={"participant": "cci-dl", "source_id": "C-9"},
        bits=11.25,
        probability=0.93,
        evidence=[{"field": "name", "level": "same", "bits": 7.5, "words": "name: same"}],
        created_at=NOW,
        text="This may be the child you look for.",
    )
