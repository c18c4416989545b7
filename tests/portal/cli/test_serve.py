"""A hub as it runs in the field: its own process, a key from the command line, outsiders with the published files."""

import json
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import requests
from sqlalchemy import MetaData, create_engine, select

from hub.doors.bridge import NAMESPACE
from hub.doors.calls import BY_NAME
from hub.doors.soap import SOAP11, SOAP12
from tests.hub.doors.messages import EVENT, PATHS, RECORD, envelope, headers, xml
from tests.hub.doors.test_outsider import SOAPS, Outsider, as_model
from tests.portal.cli.conftest import Started, Typed

#: Nobody is called so: wherever this turns up, something said of a child was repeated.
CANARY = "Zqxwanara"
CALLS = ("submit_records", "submit_events", "search", "get_case", "notices", "registry_lookup")
LIMIT = 200_000
#: Made against a hub elsewhere: by a witness in test_audit.py, to owners that answer in tests/hub/asking.
ELSEWHERE = {"GetAuditHead", "CosignAuditHead", "LiveSearch"}


@dataclass
class Field:
    """A served hub, an outsider's key, and all that can be read of it from outside."""

    served: Started
    address: str
    database: str
    key: str
    session: requests.Session

    def rest(self, name: str, asked: dict[str, Any]) -> requests.Response:
        """One call at the REST door."""
        call = BY_NAME[name]
        sent: dict[str, Any] = {"json": asked} if call.in_body else {"params": {} if "{" in call.path else asked}
        return self.session.request(
            call.method,
            f"{self.address}/api/v1{call.path.format(**asked)}",
            headers={"Authorization": f"Bearer {self.key}"},
            timeout=20,
            **sent,
        )

    def post(self, path: str, body: bytes, kind: dict[str, str], key: str | None = None) -> requests.Response:
        """Raw bytes to a door."""
        bearer = {"Authorization": f"Bearer {self.key if key is None else key}"}
        return self.session.post(self.address + path, data=body, headers=kind | bearer, timeout=20)

    def kept(self, *left_out: str) -> dict[str, str]:
        """Every value of every table of the database, as text."""
        engine, tables = create_engine(self.database), MetaData()
        tables.reflect(engine)
        with engine.connect() as connection:
            said = {
                table.name: "\n".join(str(value) for row in connection.execute(select(table)) for value in row)
                for table in tables.sorted_tables
                if table.name not in left_out
            }
        engine.dispose()
        return said


@pytest.fixture
def field(typed: Typed, start: Callable[..., Started], database_url: str) -> Iterator[Field]:
    base = ("--database", database_url)
    may = [word for permission in CALLS for word in ("--may", permission)]
    added = typed(*base, "registry", "add", "police-br", "--name", "Bihar Police", "--kind", "state_police", *may)
    assert added.code == 0, added.err
    key = json.loads(typed(*base, "registry", "key", "police-br", "--json").out)["key"]
    settings = {"TRACKCHILD_LOG_LEVEL": "debug", "TRACKCHILD_BODY_LIMIT_BYTES": str(LIMIT)}
    # Without the clock: what it does at its times is no trace of a message.
    served = start(*base, "serve", "--port", "0", "--json", "--no-clock", **settings)
    address = json.loads(served.line())["ready"]
    with requests.Session() as session:
        session.trust_env = False
        yield Field(served, address, database_url, key, session)
    assert served.end(signal.SIGTERM) == 0


def everything(source_id: str, notice: str) -> list[tuple[str, dict[str, Any]]]:
    """Every call, in an order in which each has something to answer."""
    ref = {"participant": "police-br", "source_id": source_id}
    return [
        ("SubmitRecords", {"message_id": f"records-{source_id}", "records": [RECORD | {"ref": ref}]}),
        (
            "SubmitEvents",
            {"message_id": f"events-{source_id}", "events": [EVENT | {"event_id": source_id, "ref": ref}]},
        ),
        ("Search", {"name": "sita kumari", "kind": "missing", "limit": 5}),
        ("GetCase", ref),
        ("GetTimeline", {}),  # of the entry that GetCase found
        ("ListNotices", {"limit": 50}),
        ("AcknowledgeNotice", {"notice_id": notice}),
        ("RegistryLookup", {"kind": "MWCD"}),
    ]


def owed(field: Field) -> list[str]:
    """Ids of the notices owed to the outsider, for whom a found child like the missing one came in."""
    found = RECORD | {
        "ref": {"participant": "police-br", "source_id": "FOUND-1"},
        "kind": "found",
        "status": "found",
        "event": {"on": "2019-03-01", "place": {"state": 10}},
    }
    missing = RECORD | {"ref": {"participant": "police-br", "source_id": "MISSING-1"}}
    told = field.rest("SubmitRecords", {"message_id": "a-found-child", "records": [found, missing]})
    assert [one["answer"] for one in told.json()["outcomes"]] == ["accepted", "accepted"], told.text
    return [one["notice_id"] for one in field.rest("ListNotices", {"limit": 50}).json()["notices"]]


def test_an_outsider_with_only_the_published_wsdl_makes_every_call_and_rest_answers_the_same(field: Field) -> None:
    notices = owed(field)
    assert len(notices) >= 2, "a pair within one house tells its owner of both sides"
    for (file, path), notice in zip(SOAPS.items(), notices, strict=False):
        outsider = Outsider(file, field.address + path, field.session)
        assert set(dir(outsider.service)) & set(BY_NAME) == set(BY_NAME)
        assert {name for name, _ in everything("x", "x")} == set(BY_NAME) - ELSEWHERE
        hub_id = ""
        for name, asked in everything(file, notice):
            asked = {"hub_id": hub_id} if name == "GetTimeline" else asked
            by_soap = as_model(BY_NAME[name], outsider.call(name, asked, field.key))
            answer = field.rest(name, asked)
            hub_id = answer.json()["hub_id"] if name == "GetCase" else hub_id
            assert answer.status_code == 200 or name == "AcknowledgeNotice", (name, answer.text)
            if answer.status_code == 200:
                assert by_soap == BY_NAME[name].reply.model_validate_json(answer.content), name
    assert "missing" in field.rest("GetCase", {"participant": "police-br", "source_id": "hub.wsdl"}).text
    assert field.served.log.count("unexpected") == 0


def bad_messages() -> Iterator[tuple[str, str, bytes, dict[str, str], str]]:
    """(what it is, path, body, headers, code of the answer); each holds the canary."""
    json_kind = {"Content-Type": "application/json"}
    records = "/api/v1/records"
    named = RECORD | {"names": [{"text": CANARY}]}

    def as_json(**changed: Any) -> bytes:
        return json.dumps({"message_id": "bad-message-1", "records": [named]} | changed).encode()

    yield "malformed JSON", records, as_json()[:-3], json_kind, "malformed_json"
    yield "unknown field", records, as_json(**{CANARY: CANARY}), json_kind, "invalid_message"
    yield "oversize", records, as_json(records=[named] * 900), json_kind, "body_too_large"
    for soap, path in PATHS.items():
        body = envelope(soap, xml("SubmitRecords", {"message_id": "bad-message-1", "records": [named]}))
        yield (
            f"doctype {path}",
            path,
            b'<!DOCTYPE x [<!ENTITY e "' + CANARY.encode() + b'">]>' + body,
            headers(soap),
            "doctype",
        )
        yield f"malformed XML {path}", path, body[:-9], headers(soap), "malformed_xml"
        other = body.replace(NAMESPACE.encode(), b"urn:another")
        yield f"wrong namespace {path}", path, other, headers(soap), "wrong_namespace"
        yield f"oversize {path}", path, body + b" " * LIMIT, headers(soap), "body_too_large"


def test_bad_messages_leave_nothing_behind_and_nothing_of_the_child_is_repeated_anywhere(field: Field) -> None:
    before = field.kept()
    told = ""
    for what, path, body, kind, code in bad_messages():
        answer = field.post(path, body, kind)
        assert code in answer.text, (what, answer.status_code, answer.text)
        assert answer.status_code >= 400, what
        told += answer.text
    body = json.dumps({"message_id": "wrong-key-1", "records": [RECORD | {"names": [{"text": CANARY}]}]}).encode()
    wrong_key = field.post("/api/v1/records", body, {"Content-Type": "application/json"}, key=CANARY)
    assert wrong_key.status_code == 401
    assert field.kept() == before, "nothing was half-written"
    assert CANARY not in told + wrong_key.text + field.served.log


@pytest.mark.parametrize("door", ["rest", SOAP11, SOAP12])
def test_a_bad_record_is_named_by_field_and_rule_and_kept_aside_only(field: Field, door: str) -> None:
    ref = {"participant": "police-br", "source_id": "BR/1"}
    named = RECORD | {"ref": ref, "names": [{"text": CANARY}]}
    bad = [named | {"gender": CANARY}, named | {"ref": ref | {"participant": "cci-dl"}}, named | {CANARY: CANARY}]
    asked = {"message_id": "three-bad-ones", "records": bad}
    if door == "rest":
        answer = field.rest("SubmitRecords", asked)
    else:
        key = xml("Credentials", {"key": field.key})
        answer = field.post(PATHS[door], envelope(door, xml("SubmitRecords", asked), key), headers(door))
    for words in ("records.0.gender", "unknown_code", "own_namespace", "unknown_field"):
        assert words in answer.text, answer.text
    assert CANARY not in answer.text + field.served.log
    assert CANARY not in json.dumps(field.kept("set_aside"))
    assert CANARY in json.dumps(field.kept())


def test_a_good_records_words_are_in_no_log(field: Field) -> None:
    named = RECORD | {"names": [{"text": CANARY}]}
    told = field.rest("SubmitRecords", {"message_id": "a-good-one", "records": [named]})
    assert told.json()["outcomes"][0]["answer"] == "accepted"
    assert field.rest("Search", {"name": CANARY}).json()["hits"]
    assert CANARY not in field.served.log


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_server_quietly(start: Callable[..., Started], number: int) -> None:
    served = start("serve", "--port", "0", TRACKCHILD_DATABASE="sqlite:///hub.sqlite")
    assert served.line().startswith("ready http://127.0.0.1:")
    assert served.end(number) == 0
    assert "Traceback" not in served.log


@pytest.mark.parametrize("kind", ["cci", "pri", "state_police", "zipnet"])
def test_a_node_says_in_json_where_it_listens_and_ends_quietly(start: Callable[..., Started], kind: str) -> None:
    node = start("node", kind, "--json")
    address = json.loads(node.line())["ready"]
    with requests.Session() as session:
        session.trust_env = False
        assert session.get(address, timeout=20).status_code < 500
    assert (node.end(), node.log) == (0, "")
