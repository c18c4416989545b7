"""The real hub on SQLite with synthetic children, one owner's system played, and a browser without JavaScript."""

import datetime
import re
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI

from adapters.base import Adapter, Capability, Connection
from contracts import (
    CaseEvent,
    ChildRecord,
    Officer,
    Participant,
    ParticipantKind,
    Permission,
    Refused,
    Section,
    SectionField,
    SectionRequest,
    Unready,
)
from contracts.events import CaseEventKind
from contracts.exchange import Match, Search
from hub.access import EVERYWHERE, Role, person
from hub.app import Hub
from hub.people import People
from hub.reading import Reading
from hub.reports import Account
from hub.settings import Settings
from portal.web import app
from portal.web.server import address_of, listen, server

NOW = datetime.datetime(2025, 3, 12, 10, 35, tzinfo=datetime.UTC)
PASSWORD = "correct horse"
ROLES = {
    "police": Role.OFFICER,
    "cwc": Role.COMMITTEE,
    "home": Role.CCI,
    "admin": Role.ADMINISTRATOR,
    "auditor": Role.AUDITOR,
}
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
SAID = "The child speaks of a river"
#: What an address of an entry ends with: why it is looked at, and for which case.
WHY = "?purpose=match_review&case=FIR+118%2F2024"


def missing_record(**changed: Any) -> ChildRecord:
    """A boy reported missing in Bihar, told in Devanagari and Latin."""
    said: dict[str, Any] = {
        "ref": {"participant": "police-br", "source_id": "BR/2024/118"},
        "kind": "missing",
        "status": "untraced",
        "recorded_at": NOW,
        "names": [
            {"text": "मोहम्मद राशिद", "lang": "hi", "script": "Deva"},
            {"text": "Mohammad Rashid", "script": "Latn"},
            {"text": "Raju", "kind": "nick"},
        ],
        "gender": "M",
        "birth": {"age_from_months": 96, "age_to_months": 107, "basis": "stated", "as_of": "2024-03-01"},
        "relatives": [{"relation": "father", "names": [{"text": "अब्दुल करीम", "lang": "hi"}]}],
        "languages": ["hi", "ur", "bho"],
        "physical": {
            "height_cm": 121,
            "complexion": {"code": "wheatish", "raw": "गेहुँआ"},
            "hair": {"style": "straight", "colour": "black", "raw": "Straight-Small-Black"},
        },
        "marks": [{"kind": "scar", "body_part": "eyebrow", "side": "left", "raw": "Cut mark over left eyebrow"}],
        "apparel": {"upper": {"item": "shirt", "colour": "blue", "raw": "नीली शर्ट"}, "footwear": "Hawai chappal"},
        "event": {
            "on": "2024-03-01",
            "at": "17:30",
            "place": {"raw": "गया जंक्शन, प्लेटफार्म 4 के पास", "state": 10, "district": 196},
        },
        "diaries": [
            {"kind": "FIR", "number": "118", "year": 2024, "station_raw": "Gaya Kotwali", "sections": ["BNS s.137"]}
        ],
        "photos": [{"sha256": "a" * 64}],
        "publication": "police_appeal",
    }
    return ChildRecord.model_validate(said | changed)


def found_record(**changed: Any) -> ChildRecord:
    """A boy in a home in Delhi who may be the same."""
    said: dict[str, Any] = {
        "ref": {"participant": "cci-dl", "source_id": "DL-CH-04/0071"},
        "kind": "resident",
        "status": "in_care",
        "recorded_at": NOW,
        "names": [{"text": "Rasheed"}, {"text": "محمد رشید", "lang": "ur", "script": "Arab"}],
        "gender": "M",
        "birth": {"age_from_months": 96, "age_to_months": 120, "basis": "appearance", "as_of": "2024-03-20"},
        "relatives": [{"relation": "father", "names": [{"text": "Abdul Kareem"}]}],
        "languages": ["hi"],
        "marks": [{"kind": "cut", "body_part": "eyebrow", "side": "left", "raw": "old cut, left eyebrow"}],
        "event": {"on": "2024-03-19", "place": {"raw": "Old Delhi Railway Station", "state": 7, "district": 77}},
        "custodian": {"name": "Children’s Home for Boys, Lajpat Nagar", "since": "2024-03-20"},
        "restrictions": ["not_public"],
    }
    return ChildRecord.model_validate(said | changed)


@dataclass
class OwnerOfFiles(Adapter):
    """The owner's system as the hub meets it: answers one section, withholds one label, or is down."""

    down: bool = False
    silent: bool = False
    asked: list[SectionRequest] = field(default_factory=list)
    capabilities = frozenset({Capability.FETCH})

    def __post_init__(self) -> None:
        super().__init__(Connection("police-br", "http://owner.test"))

    def fetch(self, request: SectionRequest) -> Section:
        self.asked.append(request)
        if self.down:
            raise Unready("owner_unreachable", "The owner's system does not answer. Try again in some minutes.")
        if self.silent:
            raise Refused("not_written", "Nothing is written in this section yet.")
        fields = [
            SectionField(label="Told by the child", value=SAID),
            SectionField(label="बच्चे ने क्या बताया", value="घर रेलवे स्टेशन के पास है\nपिता दर्ज़ी हैं"),
        ]
        withheld = ["Complainant’s telephone number"]
        told = {"ref": request.ref, "section": request.section, "version": "7", "changed_at": NOW}
        return Section.model_validate(told | {"fields": fields, "withheld": withheld})


@dataclass
class Desk:
    """A hub with two participants and two children who may be one, and the owner's system that is read live."""

    hub: Hub
    owner: OwnerOfFiles
    sent: int = 0

    def tell(self, *records: ChildRecord) -> None:
        """Records as their owners submit them."""
        for record in records:
            self.sent += 1
            reply = self.hub.flow.receive(record.ref.participant, f"message-{self.sent:04}", [record])
            assert reply.outcomes[0].answer == "accepted", reply

    def hub_id(self, source_id: str) -> str:
        """The hub's id of an entry."""
        found = self.hub.search(COMMITTEE, Search(limit=100, include_ended=True)).hits
        return next(hit.hub_id for hit in found if hit.ref.source_id == source_id)

    @property
    def match(self) -> Match:
        """The best match of the two children."""
        return self.hub.matches(COMMITTEE)[0]


COMMITTEE = person(
    # The tests' own look at the hub, under a name of its own in the audit.
    officer=Officer(id="test", role="committee"),
    role=Role.COMMITTEE,
    scope=EVERYWHERE,
)


def _take_part(hub: Hub) -> None:
    for id_, name, kind in (
        ("police-br", "Bihar Police", ParticipantKind.STATE_POLICE),
        ("cci-dl", "Homes of Delhi", ParticipantKind.CCI),
    ):
        hub.registry.participants.put(Participant(id=id_, name=name, kind=kind, permissions=list(Permission)))


def _first_told(desk: Desk) -> None:
    desk.tell(missing_record(), found_record())
    reported = CaseEvent(
        event_id="e1",
        ref=missing_record().ref,
        kind=CaseEventKind.FIR_REGISTERED,
        at=NOW - datetime.timedelta(days=370),
        section="BNSS s.173",
    )
    desk.hub.flow.receive_events("police-br", "message-e1", [reported])


@pytest.fixture(scope="session")
def filled_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A hub's database with accounts, participants and the two children; each test takes a copy."""
    path = tmp_path_factory.mktemp("portal") / "hub.sqlite"
    hub = Hub.open(Settings(database=f"sqlite:///{path}"))
    hub.people = People(hub.store, hasher=CHEAP, scope_of=lambda institution, on: EVERYWHERE)
    hub.seed_accounts([Account(login=who, password=PASSWORD, name=who, role=role) for who, role in ROLES.items()])
    _take_part(hub)
    _first_told(Desk(hub, OwnerOfFiles()))
    hub.close()
    return path


@pytest.fixture
def desk(filled_database: Path, tmp_path: Path) -> Iterator[Desk]:
    path = tmp_path / "hub.sqlite"
    shutil.copy(filled_database, path)
    hub = Hub.open(Settings(database=f"sqlite:///{path}"))
    hub.people = People(hub.store, hasher=CHEAP, scope_of=lambda institution, on: EVERYWHERE)
    owner = OwnerOfFiles()
    hub._reading = Reading(hub.store, lambda _participant, _capability: owner)
    yield Desk(hub, owner, sent=100)
    hub.close()


@contextmanager
def served(application: FastAPI) -> Iterator[str]:
    """The application on a free port of the loopback, by the server that the portal runs on; its address."""
    listening, serving = listen("127.0.0.1", 0), server(application)
    thread = threading.Thread(target=serving.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        yield address_of(listening)
    finally:
        while not serving.started and thread.is_alive():
            time.sleep(0.01)
        serving.should_exit = True
        thread.join()


@pytest.fixture
def address(desk: Desk) -> Iterator[str]:
    with served(app(desk.hub)) as where:
        yield where


class Browser:
    """A person at a browser without JavaScript: keeps cookies, sends forms with the token that the page gave."""

    def __init__(self, client: httpx.Client) -> None:
        self.client = client

    def get(self, path: str, **more: Any) -> httpx.Response:
        return self.client.get(path, **more)

    def token(self, path: str) -> str:
        shown = re.search(r'name="form_token" value="([^"]+)"', self.client.get(path).text)
        assert shown, f"no form on {path}"
        return shown.group(1)

    def send(self, page: str, fields: dict[str, str], to: str | None = None, **more: Any) -> httpx.Response:
        """Fill the form of ``page`` and send it."""
        return self.client.post(to or page, data={"form_token": self.token(page)} | fields, **more)

    def sign_in(self, login: str) -> "Browser":
        answer = self.send("/sign-in", {"login": login, "password": PASSWORD})
        assert answer.status_code == 303, answer.text
        return self

    def search(self, **fields: str) -> httpx.Response:
        """Send the search form and follow its redirect."""
        return self.send("/search", fields, follow_redirects=True)


@pytest.fixture
def browser(address: str) -> Iterator[Browser]:
    with httpx.Client(base_url=address) as client:
        yield Browser(client)


@pytest.fixture
def police(browser: Browser) -> Browser:
    return browser.sign_in("police")


@pytest.fixture
def password() -> str:
    return PASSWORD


@pytest.fixture
def said_by_owner() -> str:
    """What the owner's system answers to a live read."""
    return SAID


@pytest.fixture
def missing() -> Callable[..., ChildRecord]:
    """Makes the record of the missing boy, changed as asked; ``source_id`` and ``version`` go into its reference."""

    def made(source_id: str = "BR/2024/118", version: str = "1", **changed: Any) -> ChildRecord:
        ref = {"participant": "police-br", "source_id": source_id, "version": version}
        return missing_record(ref=ref, **changed)

    return made


@pytest.fixture
def new_browser() -> Iterator[Callable[[str], Browser]]:
    """Opens further browsers, each a person with cookies of their own."""
    with ExitStack() as opened:
        yield lambda address: Browser(opened.enter_context(httpx.Client(base_url=address)))
