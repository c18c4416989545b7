"""The table of calls: what can be asked at the doors. Both doors are generated from it and call the same functions."""

from dataclasses import dataclass
from typing import Any, Protocol, TypeVar, cast

from pydantic import BaseModel, ValidationError

from adapters.signing import Identity
from contracts import CaseEvent, ChildRecord, Model, Permission, Refused, problems_of
from contracts.evidence import AuditHead, CosignAuditHead, Cosigned, GetAuditHead
from contracts.exchange import (
    Acknowledged,
    AcknowledgeNotice,
    Case,
    GetCase,
    ListNotices,
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
from hub.access import Caller
from hub.flow import Unread

M = TypeVar("M", bound=BaseModel)


class Desk(Protocol):
    """Who answers behind the doors: the hub, or a small one in memory for tests.

    ``unread`` are the items of a message that do not fit the contract, by their place: answered and set aside there.
    """

    def participant_by_key(self, key: str) -> Caller: ...
    def holder_of_key(self, key: str) -> Caller: ...
    def participant_by_certificate(self, certificate: str) -> Caller: ...
    def certificate_named(self, participant: str, fingerprint: str) -> str: ...
    def take_signature(self, caller: Caller, value: str) -> None: ...
    def signs(self) -> Identity | None: ...
    def kept_reply(self, caller: Caller, key: str, body_hash: str) -> str | None: ...
    def keep_reply(self, caller: Caller, key: str, body_hash: str, reply: str) -> None: ...
    def submit_records(self, caller: Caller, message: SubmitRecords, unread: Unread) -> SubmitReply: ...
    def submit_events(self, caller: Caller, message: SubmitEvents, unread: Unread) -> SubmitReply: ...
    def search(self, caller: Caller, query: Search) -> SearchReply: ...
    def search_live_whole(self, caller: Caller, wanted: LiveSearch) -> LiveReply: ...
    def search_live(self, caller: Caller, wanted: LiveSearch) -> Any: ...
    def case(self, caller: Caller, wanted: GetCase) -> Case: ...
    def timeline(self, caller: Caller, wanted: GetTimeline) -> Timeline: ...
    def list_notices(self, caller: Caller, wanted: ListNotices) -> NoticeList: ...
    def acknowledge_notice(self, caller: Caller, wanted: AcknowledgeNotice) -> Acknowledged: ...
    def audit_head(self, caller: Caller, wanted: GetAuditHead) -> AuditHead: ...
    def cosign_audit_head(self, caller: Caller, said: CosignAuditHead) -> Cosigned: ...
    def lookup(self, caller: Caller, wanted: RegistryLookup) -> RegistryAnswer: ...


@dataclass(frozen=True)
class Parts:
    """A call whose message holds many items, each of which is answered by itself."""

    field: str
    item: type[Model]
    id_at: tuple[str, ...]
    """Where an item keeps the id that its answer is given under."""


@dataclass(frozen=True)
class Call:
    """One row of the table."""

    name: str
    request: type[Model]
    reply: type[Model]
    permission: Permission
    asks: str
    """The method of the desk."""
    method: str
    path: str
    """Of the REST door, under ``/api/v1``; names in braces are fields of the request."""
    summary: str
    parts: Parts | None = None
    changes: bool = False
    """True if it changes something: its reply is kept under an Idempotency-Key. Answers to questions never are."""

    grows: str | None = None
    """The method of the desk by which the answer comes as it grows, where the REST door is asked for events."""

    @property
    def in_body(self) -> bool:
        """True if the REST door takes the request as a JSON body; else path and query carry it."""
        return self.method == "POST" and "{" not in self.path

    def ask(self, desk: Desk, caller: Caller, request: Model, *more: Any) -> Model:
        """Put a valid request to the desk."""
        return cast(Model, getattr(desk, self.asks)(caller, request, *more))


CALLS: tuple[Call, ...] = (
    Call(
        "SubmitRecords",
        SubmitRecords,
        SubmitReply,
        Permission.SUBMIT_RECORDS,
        "submit_records",
        "POST",
        "/records",
        "Tell the hub of up to 500 children's records of your own; each is answered by itself.",
        Parts("records", ChildRecord, ("ref", "source_id")),
        changes=True,
    ),
    Call(
        "SubmitEvents",
        SubmitEvents,
        SubmitReply,
        Permission.SUBMIT_EVENTS,
        "submit_events",
        "POST",
        "/events",
        "Tell the hub of up to 500 steps in cases of your own; each is answered by itself.",
        Parts("events", CaseEvent, ("event_id",)),
        changes=True,
    ),
    Call(
        "Search",
        Search,
        SearchReply,
        Permission.SEARCH,
        "search",
        "POST",
        "/search",
        "Search the index. A POST, so that no name of a child stands in an address or its log.",
    ),
    Call(
        "LiveSearch",
        LiveSearch,
        LiveReply,
        Permission.SEARCH_LIVE,
        "search_live_whole",
        "POST",
        "/search/live",
        "Search the index and ask the owners' systems too; each owner's state is told beside what was found.",
        grows="search_live",
    ),
    Call(
        "GetCase",
        GetCase,
        Case,
        Permission.GET_CASE,
        "case",
        "GET",
        "/case",
        "One index entry with its timeline and its matches.",
    ),
    Call(
        "GetTimeline",
        GetTimeline,
        Timeline,
        Permission.GET_CASE,
        "timeline",
        "GET",
        "/children/{hub_id}/timeline",
        "One child's timeline across all owners, and who holds the child now.",
    ),
    Call(
        "ListNotices",
        ListNotices,
        NoticeList,
        Permission.NOTICES,
        "list_notices",
        "GET",
        "/notices",
        "Notices to you that you have not acknowledged, oldest first.",
    ),
    Call(
        "AcknowledgeNotice",
        AcknowledgeNotice,
        Acknowledged,
        Permission.NOTICES,
        "acknowledge_notice",
        "POST",
        "/notices/{notice_id}/acknowledgement",
        "Say that you have taken a notice in; it is not listed or sent again.",
        changes=True,
    ),
    Call(
        "GetAuditHead",
        GetAuditHead,
        AuditHead,
        Permission.WITNESS,
        "audit_head",
        "GET",
        "/audit/head",
        "The newest signed head of the hub's audit, proven to go on from the one that you saw.",
    ),
    Call(
        "CosignAuditHead",
        CosignAuditHead,
        Cosigned,
        Permission.WITNESS,
        "cosign_audit_head",
        "POST",
        "/audit/cosignatures",
        "Say that you saw a head of the audit and that it goes on from all that you saw before.",
        changes=True,
    ),
    Call(
        "RegistryLookup",
        RegistryLookup,
        RegistryAnswer,
        Permission.REGISTRY_LOOKUP,
        "lookup",
        "GET",
        "/registry",
        "Institutions and areas of the directory.",
    ),
)
BY_NAME = {call.name: call for call in CALLS}


def valid(model: type[M], values: Any) -> M:
    """``values`` as a request, or ``Refused`` with code ``invalid_message`` and every problem by field and rule."""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise Refused(
            "invalid_message", "The message does not fit the contract. Mend the fields named.", problems_of(error)
        ) from None
