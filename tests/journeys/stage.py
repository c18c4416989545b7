"""The stage of a child's life: four foreign systems and a served hub as processes, the same children told to several.

Every section of a child's eFile carries a sentence that stands nowhere else, so that a database can be searched for it.
"""

import datetime
import itertools
import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import requests

from contracts import Institution, InstitutionKind, Level, Permission
from contracts.exchange import Match, MatchState
from hub.access import Caller
from hub.app import Hub
from hub.settings import Settings
from portal.cli.opened import CONSOLE
from portal.demo import voices, voices_police, voices_rest, world
from portal.demo.processes import Processes
from portal.demo.running import POOL, PROPOSE_BITS, TELL_BITS, found_homes
from portal.demo.taking_part import ACCOUNTS, PASSWORD, TAKING_PART
from tests.journeys.steps import COMMITTEE, Step

INDIA = datetime.timezone(datetime.timedelta(hours=5, minutes=30))
_TELLERS = "police-br", "cci-dl"
#: Where a node keeps the notices it was sent: columns of subject and text, table, column of its record's id.
INBOX = {
    "police-br": ("Vishay", "Sandesh", "suchna", "AbhilekhId"),
    "cci-dl": ("subject", "message", "notice", "admission_no"),
}
#: Section of the homes' eFile -> an entry of it that takes a free sentence.
FREE = {
    "personal_details": "landmark", "admission": "handed_over_by", "case_history": "circumstances_found",
    "health_record": "physical_condition", "schooling": "vocational_aptitude", "counselling_notes": "session_notes",
    "photographs": "remark", "attendance": "remark",
}  # fmt: skip


def sentence(where: str, number: int = 0) -> str:
    """A sentence that stands in one place of one child's file and nowhere else."""
    return f"canary-{number} of {where.replace('_', ' ')}: she hums the song of the ferry at dusk"


@dataclass(frozen=True)
class Child:
    """One synthetic child as told to a station at home, to the railway police elsewhere, and to a home there."""

    number: int
    lost: world.Told
    seen: world.Told

    @property
    def missing(self) -> str:
        return voices_police.source_id(self.lost)

    @property
    def railway(self) -> str:
        return voices.zipnet_id(self.seen)

    @property
    def resident(self) -> str:
        return voices_rest.cci_id(self.seen)

    def rows(self, teller: str) -> Iterator[dict[str, Any]]:
        if teller == "police-br":
            for row in voices_police.rows(self.lost):
                secret = {"GhatnaVivaran": sentence("complaint", self.number)} if row["table"] == "shikayat" else {}
                yield row | secret
        elif teller == "zipnet":
            yield from voices.zipnet(self.seen)
        elif teller == "cci-dl":
            yield from (row for row in voices_rest.cci_rows(self.seen) if row["table"] != "efile")
            for section, entry in FREE.items():
                yield self._section(section, entry)
        elif teller == "pri-br":
            yield from (row for row in voices_rest.pri_rows(self.lost) if row["table"] == "gram")

    def _section(self, section: str, entry: str) -> dict[str, Any]:
        at = self.seen.recorded_at.isoformat(timespec="seconds")
        return {
            "table": "efile", "admission_no": self.resident, "section": section, "revision": 1,
            "content": {entry: sentence(section, self.number)}, "written_by": "case.worker.demo", "written_at": at,
        }  # fmt: skip


def children(many: int, first_day: datetime.datetime) -> list[Child]:
    """Children of one world, each lost in Bihar on the first day and found in Delhi two days later.

    Those that tell their names come first.
    """
    made = world.make(2012)
    told = {(teller, one.serial): one for teller, all_ in made.told.items() for one in all_}
    day = first_day + datetime.timedelta(days=2)
    pairs = [(told[lost], told[seen]) for lost, seen in sorted(made.truth) if (lost[0], seen[0]) == _TELLERS]
    pairs.sort(key=lambda pair: not (pair[1].spelling and pair[0].signs))
    return [
        Child(
            number,
            replace(lost, on=first_day.date(), recorded_at=first_day),
            replace(seen, on=day.date(), recorded_at=day, spelling=lost.spelling, signs=lost.signs),
        )
        for number, (lost, seen) in enumerate(pairs[:many])
    ]


@dataclass
class Stage:
    """Everything that runs: the nodes' databases lie in ``folder``, ``door`` is where the hub is served."""

    folder: Path
    hub: Hub
    door: str
    keys: dict[str, str]
    addresses: dict[str, str]
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def officer(self, login: str) -> Caller:
        found = self.hub.officer(self.hub.sign_in(login, PASSWORD))
        assert found is not None
        return found

    def tell(self, owner: str, source_id: str, steps: list[Step], first_day: datetime.datetime) -> None:
        """A participant tells steps of its own case at the served hub's REST door."""
        events = [one.event(owner, source_id, first_day, f"{owner}-{next(self.numbers)}") for one in steps]
        message = {"message_id": f"message-{next(self.numbers):05}", "events": events}
        answer = self._call("POST", "/events", owner, json=message)
        assert [one["answer"] for one in answer["outcomes"]] == ["accepted"] * len(steps), answer

    def hub_id(self, participant: str, source_id: str) -> str:
        with self.hub.store.read() as work:
            return str(work.records.find(participant=participant, source_id=source_id).hub_id)

    def match(self, one: tuple[str, str], other: tuple[str, str]) -> Match:
        for match in self.hub.matches(CONSOLE, MatchState.PROPOSED, limit=1_000):
            pair = {(match.ref.participant, match.ref.source_id), (match.other.participant, match.other.source_id)}
            if pair == {one, other}:
                return match
        raise AssertionError(f"{one} and {other} are not proposed")

    def ask_node(self, participant: str, method: str, path: str, body: Any = None) -> Any:
        """Somebody at a panchayat's own system."""
        secret = next(one.secret for one in TAKING_PART if one.id == participant)
        answer = requests.request(
            method, self.addresses[participant] + path, json=body, headers={"X-Api-Token": secret}, timeout=20
        )
        assert answer.status_code == 200, answer.text
        return answer.json()

    def tasks(self, kind: str, source_id: str) -> list[dict[str, Any]]:
        """What the village has to do about a record of the station's, the earliest due first."""
        listed = self.ask_node("pri-br", "GET", "/karya")["karya"]
        return [one for one in listed if one["prakar"] == kind and one["sandarbh"] == f"police-br: {source_id}"]

    def rows_of(self, participant: str, query: str, *values: str) -> list[tuple[Any, ...]]:
        """Rows of a node's own database."""
        with closing(sqlite3.connect(self.folder / f"{participant}.sqlite")) as node:
            return node.execute(query, values).fetchall()

    def told_to(self, participant: str, source_id: str) -> list[tuple[Any, ...]]:
        """Subject and text of the notices about one record that a node took."""
        subject, text, table, record = INBOX[participant]
        return self.rows_of(participant, f"SELECT {subject}, {text} FROM {table} WHERE {record} = ?", source_id)

    def _call(self, method: str, path: str, owner: str, **more: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.keys[owner]}"}
        answer = requests.request(method, f"{self.door}/api/v1{path}", headers=headers, timeout=20, **more)
        assert answer.status_code == 200, answer.text
        return answer.json()


@contextmanager
def staged(folder: Path, database: str, told: list[Child]) -> Iterator[Stage]:
    """Four nodes and the hub, five processes; the children are in the nodes, and not in the hub."""
    with Processes(folder / "logs") as processes:
        for taking in TAKING_PART:
            os.environ[taking.secret_variable] = taking.secret
            rows = _written(folder / f"{taking.id}.jsonl", [row for one in told for row in one.rows(taking.id)])
            own = f"sqlite:///{folder / (taking.id + '.sqlite')}"
            processes.start(
                taking.id, "node", taking.kind, "--database", own, "--load", str(rows), secret=taking.secret
            )
        addresses = {taking.id: processes.address(taking.id) for taking in TAKING_PART}
        hub = Hub.open(_settings(database))
        try:
            keys = _introduced(hub, addresses)
            processes.start("hub", "--database", database, "serve", "--port", "0", "--no-clock")
            yield Stage(folder, hub, processes.address("hub"), keys, addresses)
        finally:
            hub.close()


def _settings(database: str) -> Settings:
    return Settings(
        database=database, pool=POOL, propose_bits=PROPOSE_BITS, tell_bits=TELL_BITS, log_level="warning",
        allow_networks=["127.0.0.0/8"],
    )  # fmt: skip


def _introduced(hub: Hub, addresses: dict[str, str]) -> dict[str, str]:
    """Participants, homes, a committee and people; each participant's key."""
    for taking in TAKING_PART:
        made = taking.participant(addresses[taking.id])
        hub.registry.participants.put(made.model_copy(update={"permissions": list(Permission)}))
    found_homes(hub)
    committee = Institution(
        id=COMMITTEE, kind=InstitutionKind.CWC, level=Level.DISTRICT, name="Committee (synthetic)", state=7,
        valid_from=datetime.date(2012, 1, 1),
    )  # fmt: skip
    hub.registry.institutions.add([committee])
    hub.seed_accounts(ACCOUNTS)
    return {taking.id: hub.registry.keys.issue(taking.id).key for taking in TAKING_PART}


def _written(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path
