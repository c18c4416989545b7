"""A thousand words of children pushed through every way into the hub: none comes out where no child's word belongs."""

import json
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import httpx
import pytest
import requests

from contracts import Participant, Permission
from contracts.participants import Endpoint
from hub.access import Role
from hub.app import Hub
from hub.people import People
from hub.reports import Account
from hub.settings import Settings
from tests.attacks.canaries import CANARIES, WORDS, addresses_of, found_in, without_fields
from tests.hub.asking.owners import MANIFEST, Owners, serving
from tests.hub.doors.messages import PATHS, envelope, headers, xml
from tests.portal.cli.conftest import Started, Typed
from tests.portal.cli.test_serve import LIMIT, Field
from tests.portal.web.conftest import CHEAP, PASSWORD, Browser

WHY = "?purpose=inquiry&case=FIR+118%2F2024"
JSON = {"Content-Type": "application/json"}
#: What may hold a child's words: what was told, kept for comparing or for a person who mends it. Nothing else may.
KEPT = {"records", "compared", "events", "outbox", "set_aside"}
SAID = CANARIES[0]
"""Whose words stand where one child is enough."""
_KINDS = """
[push]
path = "/push/notices"
known = "known"
receipt = "no"

[push.fields]
number = { from = "notice_id" }

[fetch.sections.profile]
path = "/{id}/profile"
record = "entries"
asker = { who = "officer.id", why = "purpose", case = "case" }
"""


@dataclass
class Heard:
    """All that came out of the hub where no word of a child belongs, by what it was."""

    said: dict[str, str] = field(default_factory=dict)

    def add(self, what: str, text: str) -> None:
        self.said[what] = self.said.get(what, "") + "\n" + text

    def answer(self, what: str, answer: requests.Response | httpx.Response, *, at: int = 0, entry: str = "") -> None:
        """Headers of an answer, the body too if it is an error, but for fields of forms and the name of ``entry``."""
        assert answer.status_code == at or (not at and answer.status_code >= 400), (
            what,
            answer.status_code,
            answer.text[:400],
        )
        self.add(f"headers of {what}", str(dict(answer.headers)))
        if answer.status_code >= 400:
            self.add(f"body of {what}", without_fields(answer.text).replace(entry, ""))
        else:
            self.add(f"addresses on {what}", addresses_of(answer.text))

    def leaked(self) -> dict[str, list[str]]:
        return {what: found for what, text in self.said.items() if (found := found_in(text))}


@dataclass
class Served(Field):
    """A served hub with owners' systems, and what was heard of it."""

    owners: Owners
    heard: Heard
    start: Callable[..., Started]

    def owner(self, name: str, how: str, body: Any) -> None:
        """The system of ``name`` answers everything with ``body`` from now on."""
        self.owners.how[name] = how
        self.owners.words[name] = body if isinstance(body, bytes) else json.dumps(body).encode()

    def told(self, message: str, records: list[dict[str, Any]]) -> None:
        """Records at the REST door; what is answered of each is nobody's word."""
        answer = self.rest("SubmitRecords", {"message_id": message, "records": records})
        self.heard.answer("records told", answer, at=200)
        self.heard.add("what became of records", answer.text)

    def typed(self, what: str, *arguments: str, code: int, shows: bool = False) -> str:
        """A command as a process of its own; what it prints, which is heard too unless it ``shows`` children."""
        process = self.start(*arguments).process
        printed = process.communicate(timeout=60)[0]
        assert process.returncode == code, (what, process.returncode)
        if not shows:
            self.heard.add(f"printed by {what}", printed)
        return str(printed)


def _prepared(hub: Hub, owners: Owners) -> str:
    """Participants whose systems are the owners', people who sign in; the key of police-br."""
    for name in ("police-br", "far", "sick"):
        kind = "state_police" if name == "police-br" else "other"
        endpoint = Endpoint(adapter="owner", url=owners.url(name))
        one = Participant(id=name, name=name, kind=kind, permissions=list(Permission), endpoint=endpoint)
        hub.registry.participants.put(one)
    hub.people = People(hub.store, hasher=CHEAP)
    people = {"police": Role.OFFICER, "admin": Role.ADMINISTRATOR}
    hub.seed_accounts(
        [
            Account(login=who, password=PASSWORD, name=who, role=role, institution="in:ncrb")
            for who, role in people.items()
        ]
    )
    return hub.registry.keys.issue("police-br").key


@contextmanager
def _environment(folder: Path, owners: Owners) -> Iterator[dict[str, str]]:
    adapters = folder / "adapters"
    (adapters / "owner").mkdir(parents=True)
    manifest = MANIFEST.format(kind="owner", fetch=_KINDS).replace("200000", "9000000")
    (adapters / "owner" / "manifest.toml").write_text(manifest, encoding="utf-8")
    yield {
        "TRACKCHILD_DATABASE": f"sqlite:///{folder / 'hub.sqlite'}",
        "TRACKCHILD_ADAPTERS": json.dumps([str(adapters)]),
        "TRACKCHILD_ALERT_URL": owners.url("alerts") + "/told/here",
        "TRACKCHILD_LOG_LEVEL": "debug",
        "TRACKCHILD_BODY_LIMIT_BYTES": str(LIMIT),
        "TRACKCHILD_LIVE_SECONDS": "2",
    }


@pytest.fixture
def served(tmp_path: Path, start: Callable[..., Started], monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    with serving() as owners, _environment(tmp_path, owners) as environment, requests.Session() as session:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        settings = Settings()
        hub = Hub.open(settings)
        key = _prepared(hub, owners)
        hub.close()
        process = start("serve", "--port", "0", "--json", "--no-clock")
        address = json.loads(process.line())["ready"]
        session.trust_env = False
        # A trace, as a caller may send it: what is no trace goes nowhere.
        session.headers.update({"traceparent": SAID.parent, "tracestate": SAID.mark, "baggage": f"name={SAID.phone}"})
        session.headers.update({"X-Request-Id": SAID.address, "User-Agent": SAID.mark})
        yield Served(process, address, settings.database, key, session, owners, Heard(), start)


def doors_with_good_messages(served: Served) -> None:
    for at in range(0, len(CANARIES), 50):
        records = [canary.record for canary in CANARIES[at : at + 50]]
        served.told(f"good-message-{at}", records)
        for soap, path in PATHS.items():
            asked = {"message_id": f"good-message-{at}-{path[1:]}", "records": records}
            answer = served.post(path, in_soap(served, soap, "SubmitRecords", asked), headers(soap))
            served.heard.answer("records by SOAP", answer, at=200)
            served.heard.add("what became of records by SOAP", answer.text)
    for canary in CANARIES:
        answer = served.rest("Search", {"name": canary.name})
        served.heard.answer("search", answer, at=200)
        assert canary.name in answer.text
    found = {"kind": "found", "status": "found"}
    told = [one.record | found | {"ref": {"participant": "police-br", "source_id": f"F-{one.number}"}}
            for one in CANARIES[:10]]  # fmt: skip
    served.told("found-message-1", told)
    assert served.rest("ListNotices", {"limit": 50}).json()["notices"], "pairs owe notices"
    served.heard.answer("case", served.rest("GetCase", {"participant": "police-br", "source_id": "C-0"}), at=200)


def in_soap(served: Served, soap: str, call: str, asked: dict[str, Any]) -> bytes:
    return envelope(soap, xml(call, asked), xml("Credentials", {"key": served.key}))


def doors_with_bad_messages(served: Served) -> None:
    for at in range(0, len(CANARIES), 50):
        records = [canary.record for canary in CANARIES[at : at + 50]]
        body = json.dumps({"message_id": f"bad-message-{at}", "records": records}).encode()
        for what, sent in {
            "cut JSON": body[:-3],
            "two JSONs": body + b"," + body,
            "oversize": body + b" " * LIMIT,
            "no JSON": " ".join(WORDS).encode(),
            "a word as a field": body[:-1] + f', "{SAID.parent}": "{SAID.mark}"}}'.encode(),
            "a word as id": body.replace(b"bad-", SAID.parent.encode() + b" "),
            "no UTF-8": body.decode().encode("utf-16"),
        }.items():
            served.heard.answer(what, served.post("/api/v1/records", sent, JSON))
        for soap, path in PATHS.items():
            for what, sent in soap_broken(
                in_soap(served, soap, "SubmitRecords", {"message_id": "x" * 9, "records": records})
            ):
                served.heard.answer(f"{what} {path}", served.post(path, sent, headers(soap)))
    for canary in CANARIES:
        served.told(f"wrong-message-{canary.number}", list(wrong_records(canary)))


def soap_broken(body: bytes) -> Iterator[tuple[str, bytes]]:
    yield "cut XML", body[:-9]
    yield "doctype", f'<!DOCTYPE x [<!ENTITY e "{SAID.parent}">]>'.encode() + body
    yield "other namespace", body.replace(b"urn:", f"urn:{SAID.parent}:".encode())
    yield "other call", body.replace(b"SubmitRecords", SAID.parent.encode())
    yield "oversize XML", body + b" " * LIMIT
    yield (
        "a word as element",
        body.replace(b"<records", f"<{SAID.parent}>{SAID.mark}</{SAID.parent}><records".encode(), 1),
    )
    yield "words instead", " ".join(WORDS).encode()


def wrong_records(canary: Any) -> Iterator[dict[str, Any]]:
    """Each field that takes codes, numbers or ids, with a word in its place."""
    good = canary.record
    said = f"{canary.parent} {canary.phone}"
    for name in ("kind", "status", "recorded_at", "gender", "birth", "names", "photos", "languages", "publication"):
        yield good | {name: said}
    yield good | {canary.parent: canary.mark}
    yield good | {"ref": {"participant": said, "source_id": "C-1"}}
    yield good | {"ref": {"participant": "police-br", "source_id": f"{said} of {canary.address}!"}}
    yield good | {"names": [{"text": canary.name, "kind": said, canary.mark: said}]}
    yield good | {"event": {"on": said, "at": said, "place": {"raw": canary.address, "state": said, "pin": said}}}
    yield good | {"diaries": [{"kind": "FIR", "number": said, "year": canary.phone}]}


def doors_with_odd_questions(served: Served) -> None:
    post, get, base = served.post, served.session.get, served.address
    key = {"Authorization": f"Bearer {served.key}"}
    for canary in CANARIES[::10]:
        said = f"{canary.name} {canary.parent}"
        for asked in ({"name": canary.name, "gender": said}, {"name": said, "limit": said}, {said: said}, [said], said):
            served.heard.answer("search", post("/api/v1/search", json.dumps(asked).encode(), JSON))
        served.heard.answer(
            "search by key", post("/api/v1/search", json.dumps({"name": said}).encode(), JSON, key=canary.parent)
        )
        served.heard.answer("content type", post("/api/v1/search", b"{}", {"Content-Type": canary.parent}))
        for path in ("/api/v1/case", "/api/v1/registry", f"/api/v1/{said}", f"/{said}", f"/api/v1/search?name={said}",
                     f"/public/missing/{said}", f"/search/districts/{said}", "/soap"):  # fmt: skip
            answer = get(
                base + path, params={"participant": said, "source_id": said, "kind": said}, headers=key, timeout=20
            )
            served.heard.answer(f"GET {path.replace(said, '*')}", answer)
        answer = post(f"/api/v1/notices/{said}/acknowledgement", b"{}", JSON)
        served.heard.answer("acknowledgement", answer)
    host, port = urlsplit(base).hostname, urlsplit(base).port
    with socket.create_connection((host or "", port or 0), 20) as raw:
        raw.sendall(f"GET /{SAID.parent} {SAID.mark} HTTP/9\r\n{SAID.phone}\r\n\r\n".encode())
        served.heard.add("answer to no HTTP", raw.recv(65_536).decode())


def owners_that_fail() -> Iterator[tuple[str, str, Any]]:
    """(what is wrong, how it is answered, with what)."""
    words = {"error": WORDS, SAID.parent: SAID.mark, "problems": [{"field": SAID.parent, "rule": SAID.mark}]}
    for status in ("302", "400", "403", "404", "422", "500", "503"):
        yield status, status, words
    yield "another answer", "well", words
    yield "no JSON", "well", " ".join(WORDS).encode()
    yield "cut", "cut", {"rows": [one.row for one in CANARIES], "entries": {"About": SAID.name}}
    yield "broken rows", "well", {"rows": [row for one in CANARIES for row in one.broken_rows()], "entries": WORDS}
    yield "good rows", "well", {"rows": [one.row for one in CANARIES[:50]], "entries": {"About": SAID.name}}


def live_questions(served: Served, browser: Browser, case: str) -> None:
    told = {"purpose": "inquiry", "case": "FIR 118/2024"}
    for what, how, body in owners_that_fail():
        for name in ("police-br", "far", "sick"):
            served.owner(name, how, body)
        officer = {"officer": {"id": "sho.gaya", "role": "SHO"}}
        answer = served.rest("LiveSearch", {"query": {"name": SAID.name}} | told | officer)
        served.heard.answer("live search", answer, at=200)
        served.heard.add(f"how the owners answered: {what}", json.dumps(answer.json()["sources"]))
        section = browser.send(f"{case}/file{WHY}", {"section": "profile"} | told)
        good = what == "good rows"
        assert section.status_code in ({200} if good else {422, 503}), (what, section.status_code)
        served.heard.answer(f"section: {what}", section, at=200 if good else 0, entry=SAID.name)
        assert not good or SAID.name in section.text
    asked = browser.send("/search", {"live": "1", "name": SAID.name} | told)
    served.heard.answer("live search as a form", asked, at=303)
    for more in ("", "/whole", "/events"):
        page = browser.get(asked.headers["location"] + more)
        served.heard.answer(f"page of a live search{more}", page, at=200)
    assert SAID.name in page.text


def pages(served: Served, browser: Browser, case: str) -> None:
    for canary in CANARIES[::10]:
        asked = browser.send("/search", {"name": canary.name})
        served.heard.answer("search as a form", asked, at=303)
        answer = browser.get(asked.headers["location"])
        served.heard.answer("page of a search", answer, at=200)
        assert canary.name in answer.text
        said = canary.parent
        for wrong in (
            {"gender": said},
            {"age_years_from": said},
            {"event_from": said},
            {"name": said * 30},
            {said: said},
        ):
            served.heard.answer(
                "search form",
                browser.send("/search", {"name": canary.name} | wrong | ({"name": ""} if said in wrong else {})),
            )
        for page in (f"/search/{said}", f"/case/{said}{WHY}", f"/match/{said}", f"/{said}"):
            served.heard.answer(f"page {page.replace(said, '*')}", browser.get(page))
    served.heard.answer("case", browser.get(case + WHY), at=200)
    served.heard.answer("case without a case", browser.get(f"{case}?purpose={SAID.parent}&case="))
    served.heard.answer(
        "section",
        browser.send(f"{case}/file{WHY}", {"section": SAID.parent, "purpose": SAID.mark, "case": ""}),
        entry=SAID.name,
    )
    served.heard.answer(
        "form that is not ours", browser.client.post("/search", data={"form_token": SAID.parent, "name": SAID.name})
    )
    with httpx.Client(base_url=served.address) as nobody:
        served.heard.answer("search signed out", nobody.get(f"/search?name={SAID.parent}"), at=303)
        served.heard.answer("search sent signed out", nobody.post("/search", data={"name": SAID.parent}))


def commands(served: Served) -> None:
    served.owner("far", "well", {"rows": [row for one in CANARIES for row in (one.row, *one.broken_rows())]})
    report = json.loads(served.typed("pull", "pull", "far", "--json", code=0))[0]
    assert min(report["indexed"], report["set_aside"]) >= len(CANARIES), report
    served.owner("sick", "cut", {"rows": [one.row for one in CANARIES]})
    served.typed("port", "port", "sick", code=4)
    refusal = {"problems": [{"field": SAID.parent, "rule": SAID.mark, "message": SAID.name}], "error": SAID.phone}
    served.owner("police-br", "422", refusal)
    assert json.loads(served.typed("deliver", "deliver", "--json", code=0))["dead"] > 0
    letters = json.loads(served.typed("letters", "letters", "list", "--json", code=0))
    served.typed("letter", "letters", "show", letters[0]["notice_id"], code=0)
    served.typed("live search", "search", SAID.name, "--live", "--case", "FIR 1/2026", code=0, shows=True)


def wrong_options(said: str, phone: str) -> Iterator[list[str]]:
    yield [said]
    yield [f"--name={said}"]
    for option in ("--gender", "--age-from", "--kind", "--village"):
        yield [option, said]
    yield ["--since", phone]
    yield ["--live", "--ask", said, "--case", "x"]


def wrong_commands(served: Served, typed: Typed) -> None:
    for canary in CANARIES[::20]:
        said = canary.parent
        for more in wrong_options(said, canary.phone):
            done = typed("search", canary.name, *more)
            assert done.code in (2, 3), done
            served.heard.add(f"search {more[0].replace(canary.parent, '*')}", done.out + done.err)
        for command in (["pull"], ["port"], ["letters", "show"], ["match", "show"]):
            done = typed(*command, canary.parent)
            assert done.code == 3, done
            served.heard.add(" ".join(command), done.out + done.err)


def alerts(served: Served, capsys: pytest.CaptureFixture[str]) -> None:
    hub = Hub.open(Settings())
    with hub.store.write() as work:
        work.alerts.opened("lane sick", "sick", "system_down", "unreachable", hub.flow.now())
    assert hub.alerting.tell() >= 1
    hub.close()
    served.heard.add("log of alerts", "".join(capsys.readouterr()))


def everything_else(served: Served) -> None:
    """What can be read of the hub from outside, and what it sent to others."""
    for path in ("/metrics", "/health/ready", "/api/v1/openapi.json"):
        answer = served.session.get(served.address + path, timeout=20)
        served.heard.answer(path, answer, at=200)
        served.heard.add(path, answer.text)
    for path, sent, body in served.owners.asked:
        served.heard.add("addresses asked of owners", path)
        served.heard.add("headers sent to owners", str(sent))
        if path.startswith(("/alerts", "/police-br/well/0/1/push")):
            served.heard.add("alerts and notices sent", json.dumps(body))
    for table, said in served.kept(*KEPT).items():
        served.heard.add(f"table {table}", said)
    assert served.served.end(signal.SIGTERM) == 0
    assert served.served.process.stdout is not None
    served.heard.add("log of the hub", served.served.log + served.served.process.stdout.read())


def test_a_thousand_words_come_out_nowhere(
    served: Served, typed: Typed, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert len(set(WORDS)) == 1_000
    doors_with_good_messages(served)
    kept = "".join(served.kept().values())
    assert found_in(kept) == sorted(WORDS), "every word came in"
    with httpx.Client(base_url=served.address, timeout=30) as client:
        browser = Browser(client).sign_in("police")
        hub_id = served.rest("GetCase", {"participant": "police-br", "source_id": "C-0"}).json()["hub_id"]
        pages(served, browser, f"/case/{hub_id}")
        live_questions(served, browser, f"/case/{hub_id}")
    doors_with_bad_messages(served)
    doors_with_odd_questions(served)
    commands(served)
    wrong_commands(served, typed)
    alerts(served, capsys)
    everything_else(served)
    for log in tmp_path.glob("stderr-*"):
        served.heard.add("logs of processes", log.read_text(encoding="utf-8"))
    assert served.heard.leaked() == {}


@pytest.mark.parametrize(
    "way", [str, str.upper, json.dumps, ascii, repr, lambda word: quote(word), lambda word: word[:-2]]
)
def test_the_search_finds_each_word_however_it_is_written(way: Callable[[str], str]) -> None:
    assert [word for word in WORDS if not word.startswith("0") and not found_in(f"error at {way(word)}!")] == []
    assert found_in(f"<li>{CANARIES[3].phone}</li>") == [CANARIES[3].phone]
    assert found_in("an ordinary line of a log, 2026-11-25 09:00:00.000012345") == []
