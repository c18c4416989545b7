"""A hub that answers from memory with synthetic children, and a browser without JavaScript to read its pages with."""

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from starlette.testclient import TestClient

from contracts import (
    AreaKind,
    Birth,
    CaseEvent,
    ChildRecord,
    Officer,
    Participant,
    ParticipantKind,
    Problem,
    Purpose,
    Refused,
    Section,
    SectionField,
    SectionName,
    Unready,
)
from contracts.events import CaseEventKind
from contracts.exchange import Area, Case, GetCase, Hit, Match, MatchState, Search, SearchReply
from contracts.notices import FieldEvidence
from hub.access import Act, Caller, Role, person, require_section
from hub.reports import Access, HubStatus, ParticipantStatus, PublicCard, PullReport, SetAside
from portal.web import pages

NOW = datetime.datetime(2025, 3, 12, 10, 35, tzinfo=datetime.UTC)
MISSING, FOUND = "missing-aaaaaaaaaaaa", "found-bbbbbbbbbbbbbb"
MATCH = "match-0001"
PASSWORD = "correct horse"
HOSTILE = "<script>alert(1)</script>"


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
            "place": {"raw": "गया जंक्शन, प्लेटफार्म 4 के पास", "state": 10, "district": 195},
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


def evidence() -> list[FieldEvidence]:
    rows = [
        ("name", "variant", 6.1, "name: same, spelt differently"),
        ("father", "variant", 4.2, "father’s name: same, spelt differently"),
        ("age", "overlap", 1.9, "age at the time: fits"),
        ("gender", "same", 0.9, "gender: same"),
        ("place", "far", -1.4, "places: 900 km apart"),
        ("mark", "same_rare", 5.6, "mark: same kind at the same place of the body"),
    ]
    return [FieldEvidence(field=f, level=level, bits=bits, words=words) for f, level, bits, words in rows]


def a_match(**changed: Any) -> Match:
    rows = evidence()
    prior = -12.0
    said: dict[str, Any] = {
        "match_id": MATCH,
        "state": "proposed",
        "hub_id": MISSING,
        "other_hub_id": FOUND,
        "ref": missing_record().ref,
        "other": found_record().ref,
        "bits": prior + sum(row.bits for row in rows),
        "probability": 0.975,
        "prior_bits": prior,
        "evidence": rows,
        "model": "2025-01",
        "proposed_at": NOW,
    }
    return Match.model_validate(said | changed)


_STATES = {7: "Delhi", 9: "Uttar Pradesh", 10: "Bihar", 19: "West Bengal"}
_DISTRICTS = {7: {77: "Central", 82: "North West"}, 10: {195: "Gaya", 211: "Patna"}}
_ROLES = {"police": Role.OFFICER, "cwc": Role.COMMITTEE, "home": Role.CCI, "admin": Role.ADMINISTRATOR}


@dataclass
class HubInMemory:
    """What the pages ask of ``hub.app.Hub``, answered from lists; ``asked`` keeps what was asked."""

    records: dict[str, ChildRecord] = field(default_factory=dict)
    found: Match = field(default_factory=a_match)
    cards: list[PublicCard] = field(default_factory=list)
    owner_is_down: bool = False
    broken: bool = False
    asked: list[tuple[Any, ...]] = field(default_factory=list)
    sessions: dict[str, Caller] = field(default_factory=dict)
    total: int | None = None
    withheld: list[str] = field(default_factory=lambda: ["Complainant’s telephone number"])

    def sign_in(self, login: str, password: str) -> str:
        if login == "locked":
            raise Refused("locked_out", "Too many wrong passwords. Wait 15 minutes, or ask your administrator.")
        if login == "busy":
            raise Unready("sign_in_busy", "Many people sign in just now. Try again in a few seconds.")
        if password != PASSWORD or login not in _ROLES | {"auditor": 1}:
            raise Refused("wrong_login", "Login or password is wrong. Check both and try again.")
        role = _ROLES.get(login, Role.AUDITOR)
        token = f"session-of-{login}-{len(self.sessions)}"
        officer = Officer(id=f"{login}.demo", role=role.value, institution="br:ps:gaya-kotwali")
        self.sessions[token] = person(officer, role)
        return token

    def officer(self, token: str) -> Caller | None:
        return self.sessions.get(token)

    def sign_out(self, token: str) -> None:
        self.sessions.pop(token, None)

    def search(self, caller: Caller, query: Search) -> SearchReply:
        caller.require(Act.SEARCH)
        self.asked.append(("search", query))
        hits = [_hit(hub_id, record, query) for hub_id, record in self.records.items()]
        total = len(hits) if self.total is None else self.total
        return SearchReply(total=total, hits=hits if total else [])

    def case(self, caller: Caller, wanted: GetCase) -> Case:
        caller.require(Act.SEE_RECORD)
        self.asked.append(("case", wanted))
        if self.broken:
            raise ValueError("the database said something about Mohammad Rashid")
        record = self.records.get(wanted.hub_id or "")
        if record is None or wanted.hub_id is None:
            raise Refused("unknown_case", "There is no entry of this id. Check the id.")
        event = CaseEvent(
            event_id="e1",
            ref=record.ref,
            kind=CaseEventKind.FIR_REGISTERED,
            at=NOW - datetime.timedelta(days=370),
            section="BNSS s.173",
        )
        return Case(
            hub_id=wanted.hub_id, record=record, events=[event], matches=[self.found], first_seen=NOW, updated=NOW
        )

    def matches(self, caller: Caller, state: MatchState | None = None, limit: int = 50) -> list[Match]:
        caller.require(Act.SEE_MATCHES)
        return [self.found] if state in (None, self.found.state) else []

    def match(self, caller: Caller, match_id: str) -> Match:
        caller.require(Act.SEE_MATCHES)
        if match_id != self.found.match_id:
            raise Refused("unknown_match", "There is no match of this id. Check the id.")
        return self.found

    def decide(self, caller: Caller, match_id: str, state: MatchState, reason: str) -> Match:
        caller.require(Act.DECIDE_MATCH)
        self.found = self.found.model_copy(
            update={"state": state, "reason": reason, "decided_at": NOW, "decided_by": caller.id}
        )
        return self.found

    def read_section(self, caller: Caller, hub_id: str, section: SectionName, purpose: Purpose, case: str) -> Section:
        require_section(caller, section, purpose)
        self.asked.append(("section", section, purpose, case))
        if self.owner_is_down:
            raise Unready("owner_unreachable", "The system of the owner does not answer. Try again later.")
        fields = [
            SectionField(label="Language", value="Speaks Hindi and some Urdu"),
            SectionField(label="बच्चे ने क्या बताया", value="घर रेलवे स्टेशन के पास है\nपिता दर्ज़ी हैं"),
        ]
        ref = self.records[hub_id].ref
        return Section(
            ref=ref, section=section, version="7", changed_at=NOW, fields=fields, withheld=self.withheld
        )

    def public_cards(self, limit: int = 20, offset: int = 0) -> list[PublicCard]:
        return self.cards[offset : offset + limit]

    def public_card(self, public_id: str) -> PublicCard | None:
        return next((card for card in self.cards if card.public_id == public_id), None)

    def accesses(self, caller: Caller, hub_id: str) -> list[Access]:
        caller.require(Act.SEE_ACCESSES)
        return [
            Access(
                at=NOW,
                who="officer:police.demo",
                role="officer",
                institution="br:ps:gaya-kotwali",
                act="read_section",
                purpose="inquiry",
                case="FIR 118/2024",
                detail="profile",
                outcome="answered",
            )
        ]

    def areas(self, kind: AreaKind, state: int | None = None) -> list[Area]:
        named = _STATES if kind == AreaKind.STATE else _DISTRICTS.get(state or 0, {})
        since = datetime.date(2011, 1, 1)
        return [Area(id=f"lgd:{n}", kind=kind, name=name, lgd=n, valid_from=since) for n, name in named.items()]

    def participants(self) -> list[Participant]:
        return [
            Participant(id="police-br", name="Bihar Police", kind=ParticipantKind.STATE_POLICE),
            Participant(id="cci-dl", name="Homes of Delhi (child care software)", kind=ParticipantKind.CCI),
        ]

    def status(self) -> HubStatus:
        run = PullReport(
            run_id="r1", participant="police-br", started_at=NOW, ended_at=NOW, read=1200, indexed=1100, adults=97,
            set_aside=2, gaps=1,
        )  # fmt: skip
        standing = [
            ParticipantStatus(participant="police-br", records=1100, open_records=900, set_aside=2, owed=3, last_run=run),
            ParticipantStatus(participant="cci-dl", dead=1),
        ]
        return HubStatus(database="sqlite", records=123456, matches={"proposed": 12, "confirmed": 3}, participants=standing)

    def laid_aside(self, caller: Caller, participant_id: str | None = None, limit: int = 100) -> list[SetAside]:
        caller.require(Act.OPERATE)
        problem = Problem(field="birth.as_of", rule="missing", message="Give the day on which the age was true.")
        item = SetAside(
            participant="police-br", source_id="BR/2024/77", reason="bad_record", problem=problem, first_at=NOW, last_at=NOW
        )
        return [item] if participant_id in (None, "police-br") else []


def _hit(hub_id: str, record: ChildRecord, query: Search) -> Hit:
    place = record.event.place
    low, high = (months // 12 for months in (record.birth or Birth(year=2015, basis="stated")).months_on(NOW.date()))
    return Hit(
        hub_id=hub_id,
        ref=record.ref,
        kind=record.kind,
        status=record.status,
        names=record.names,
        gender=record.gender,
        age_years_from=low,
        age_years_to=high,
        state=place.state if place else None,
        district=place.district if place else None,
        place=place.raw if place else None,
        event_on=record.event.on,
        score=0.92 if query.name else None,
    )


def a_card(n: int = 1, **changed: Any) -> PublicCard:
    said = {
        "public_id": f"public-{n:04}",
        "name": "मोहम्मद राशिद",
        "age_years": 9,
        "gender": "M",
        "guardian": "Abdul Karim",
        "place": "Gaya Junction",
        "missing_on": datetime.date(2024, 3, 1),
        "participant": "police-br",
    }
    return PublicCard.model_validate(said | changed)


class Browser:
    """A person at a browser: follows forms with the token that the page gave, as a browser would."""

    def __init__(self, client: TestClient) -> None:
        self.client = client

    def get(self, path: str, **more: Any) -> Any:
        return self.client.get(path, **more)

    def token(self, path: str) -> str:
        shown = re.search(r'name="form_token" value="([^"]+)"', self.client.get(path).text)
        assert shown, f"no form on {path}"
        return shown.group(1)

    def send(self, page: str, fields: dict[str, str], to: str | None = None, **more: Any) -> Any:
        """Fill the form of ``page`` and send it."""
        return self.client.post(to or page, data={"form_token": self.token(page)} | fields, **more)

    def sign_in(self, login: str) -> "Browser":
        answer = self.send("/sign-in", {"login": login, "password": PASSWORD})
        assert answer.status_code == 303, answer.text
        return self


@pytest.fixture
def hub() -> HubInMemory:
    return HubInMemory(records={MISSING: missing_record(), FOUND: found_record()}, cards=[a_card()])


@pytest.fixture
def browser(hub: HubInMemory) -> Iterator[Browser]:
    with TestClient(pages(hub), follow_redirects=False, base_url="http://hub.test") as client:  # type: ignore[arg-type]
        yield Browser(client)


@pytest.fixture
def police(browser: Browser) -> Browser:
    return browser.sign_in("police")
