"""One full cycle of the hub, as a process of its own that may be killed at any point of it, and how it must end.

Pull, translate, receive, match, outbox; messages at the door; a person's decision; claim, send, answer, settle; a
notice fetched; the audit's tree. Whoever is killed in it begins again, as clients, clocks and people do.
"""

import datetime
import random
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import time_machine

from adapters.by_manifest import ByManifest
from contracts import Birth, ChildRecord, Event, Name, Officer, Participant, Place, Reference
from contracts.codes import AgeBasis, Gender, RecordKind, Status
from contracts.exchange import AcknowledgeNotice, ListNotices, MatchState, SubmitRecords
from contracts.participants import Endpoint, Permission
from hub.access import EVERYWHERE, Role, machine, person
from hub.app import Hub
from hub.core import ModelCore
from hub.courier import Courier
from hub.flow import Flow
from hub.index.aside import Aside
from hub.index.audit import Audit
from hub.index.evidence import Evidence
from hub.index.inbox import Inbox
from hub.index.lanes import Lanes
from hub.index.leases import Leases
from hub.index.matches import Matches
from hub.index.outbox import Outbox
from hub.index.records import Records
from hub.index.runs import Runs
from hub.lane import Lane
from hub.proposing import Proposing
from hub.pulling import Pulling
from hub.settings import Settings
from tests.faults.killing import Points, let_trace
from tests.faults.stubs import Stub

#: Steps of the cycle by name, beside every statement, commit and call of a socket.
STEPS: tuple[tuple[Any, str], ...] = (
    *((Hub, name) for name in ("pull", "submit_records", "decide", "deliver", "acknowledge_notice", "grow_audit")),
    *((Pulling, name) for name in ("run", "_take_in", "_finish")),
    *((ByManifest, name) for name in ("pull", "translate", "push", "has")),
    *((Flow, name) for name in ("receive", "index", "decide")),
    *((ModelCore, name) for name in ("prepared", "score")),
    *((Proposing, name) for name in ("follow", "withdraw")),
    *((Lane, name) for name in ("serve", "_claim_now", "_push", "_mark", "_done")),
    *((Courier, name) for name in ("_serve",)),
    (Records, "write"),
    *((Matches, name) for name in ("propose", "settle")),
    *((Outbox, name) for name in ("add", "claim", "sending", "done", "acknowledge")),
    *((Inbox, name) for name in ("find", "add")),
    *((Runs, name) for name in ("save_cursor", "save")),
    *((Leases, name) for name in ("take", "give_back")),
    *((Lanes, name) for name in ("begun", "answered")),
    *((Evidence, name) for name in ("append", "waiting")),
    (Aside, "resolve"),
    (Audit, "add"),
)
OFFICER = person(Officer(id="officer.bihar", role="officer"), Role.OFFICER, EVERYWHERE)
_MAY = [Permission.SUBMIT_RECORDS, Permission.NOTICES]
_AT = datetime.datetime(2026, 1, 10, 9, 0, tzinfo=datetime.UTC)
_NAMES = ("Asha Devi Paswan", "Ravi Kumar Manjhi", "Lakshmi Oraon")
_SYLLABLES = tuple("ba di gu ke lo ma ni pu re so ta vi ju he yo dha bhi khu ghe cho".split())  # noqa: SIM905


def fresh_stubs() -> dict[str, Stub]:
    """The systems around the hub: one that is read and told, one that cannot tell a notice it knows."""
    rows = [
        {"id": f"M{n}", "at": f"2026-01-1{n}T09:00:00+05:30", "version": "1", "name": name}
        for n, name in enumerate(_NAMES)
    ]
    return {"police": Stub(dedupes=True, rows=rows), "home": Stub(dedupes=False)}


def settled(database: str, adapters: Path, address: str) -> Settings:
    """A hub whose participants are the stubs at ``address`` and one that fetches its notices."""
    settings = Settings(
        database=database, adapters=[adapters], courier_workers=1, pool=2, propose_bits=0, log_level="error"
    )
    hub = Hub.open(settings)
    for name, kind in (("police", "source_stub"), ("home", "plain_stub"), ("fetcher", None)):
        endpoint = None if kind is None else Endpoint(adapter=kind, url=f"{address}/{name}", timeout_seconds=5)
        one = Participant(id=name, name=name, kind="other", endpoint=endpoint, permissions=_MAY)
        hub.registry.participants.register(one)
    hub.close()
    return settings


def live(settings: Settings, at: int | None = None, reached: Path | None = None, days: int = 0) -> None:
    """One cycle; killed at point number ``at``, or so many days later, when all that the dead held is free."""
    points = Points(at)
    if at is not None or reached is not None:
        points.sql()
        points.sockets()
        for owner, name in STEPS:
            points.around(owner, name)
    hub = Hub.open(settings)
    with time_machine.travel(datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=days), tick=True):
        _cycle(hub)
    hub.close()
    if reached is not None:
        points.keep(reached)


def live_traced(settings: Settings, go: Connection) -> None:
    """One cycle, once a tracer that kills it at a system call has taken hold of the process."""
    let_trace()
    go.recv()
    live(settings)


def _cycle(hub: Hub) -> None:
    hub.pull("police")
    _submit(hub, "home", "message-home-1", [found("home", "F0", 0), found("home", "F1", 1)])
    _submit(hub, "fetcher", "message-fetch-1", [found("fetcher", "F2", 2), found("fetcher", "F3", 0)])
    _decide(hub)
    _submit(hub, "home", "message-home-2", [found("home", "F1", 1, Status.RESTORED)])
    hub.deliver()
    _fetch(hub)
    hub.grow_audit()


def _caller(hub: Hub, name: str) -> Any:
    return machine(next(one for one in hub.participants() if one.id == name))


def _submit(hub: Hub, sender: str, message_id: str, records: list[ChildRecord]) -> None:
    hub.submit_records(_caller(hub, sender), SubmitRecords(message_id=message_id, records=records))


def found(participant: str, source_id: str, name: int, status: Status = Status.IN_CARE) -> ChildRecord:
    version = "1" if status is Status.IN_CARE else "2"
    return ChildRecord(
        ref=Reference(participant=participant, source_id=source_id, version=version),
        kind=RecordKind.FOUND,
        status=status,
        recorded_at=_AT + datetime.timedelta(days=int(version)),
        names=[Name(text=_NAMES[name])],
        gender=Gender.FEMALE,
        birth=Birth(age_from_months=84, age_to_months=95, basis=AgeBasis.STATED, as_of=datetime.date(2026, 1, 1)),
        event=Event(on=datetime.date(2026, 1, 12), place=Place(raw="Near the bus stand", state=10, district=188)),
    )


def _decide(hub: Hub) -> None:
    """A person confirms one proposal, unless it was done."""
    for match in hub.matches(OFFICER):
        pair = {match.ref.source_id, match.other.source_id}
        if pair == {"M1", "F1"} and match.state is MatchState.PROPOSED:
            hub.decide(OFFICER, match.match_id, MatchState.CONFIRMED, "The same mark.")


def _fetch(hub: Hub) -> None:
    caller = _caller(hub, "fetcher")
    for notice in hub.list_notices(caller, ListNotices()).notices:
        hub.acknowledge_notice(caller, AcknowledgeNotice(notice_id=notice.notice_id))


def one_of_a_pair(participant: str, pair: int, searched: bool) -> ChildRecord:
    """One side of pair number ``pair``; children of other pairs are called otherwise."""
    record = found(participant, f"{'M' if searched else 'F'}{pair}", 0)
    chance = random.Random(pair)
    name = Name(text=" ".join("".join(chance.sample(_SYLLABLES, 4)) for _ in range(3)))
    if not searched:
        return record.model_copy(update={"names": [name]})
    return record.model_copy(update={"names": [name], "kind": RecordKind.MISSING, "status": Status.REPORTED})


def keys_of(settings: Settings, *names: str) -> dict[str, str]:
    """A fresh key of each participant."""
    hub = Hub.open(settings)
    keys = {name: str(hub.registry.keys.issue(name).key) for name in names}
    hub.close()
    return keys
