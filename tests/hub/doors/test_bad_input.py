"""Bad input at every door: a clear fault with field and rule; nothing written, nothing of it repeated or logged."""

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import requests
from lxml import etree

from contracts import Fault, Unready
from hub.doors.bridge import NAMESPACE
from hub.doors.envelope import values
from hub.doors.soap import SOAP11, SOAP12
from tests.hub.doors.conftest import LIMIT, Served
from tests.hub.doors.desk import KEY, READER_KEY
from tests.hub.doors.messages import PATHS, RECORD, envelope, headers, xml

CANARY = "Zebulon"
SOUND = {"message_id": "message-1", "records": [RECORD | {"names": [{"text": CANARY}]}]}
SOAPS = [SOAP11, SOAP12]
JSON = {"Content-Type": "application/json"}


@dataclass
class Told:
    """An answer of either door."""

    http: int
    fault: Fault
    headers: Any
    soap_code: str = ""


class Doors:
    """Sends raw messages and reads the fault; checks that nothing was written and nothing repeated."""

    def __init__(self, served: Served, session: requests.Session) -> None:
        self.served, self.session = served, session

    def rest(self, body: Any, key: str | None = KEY, path: str = "/records", **more: Any) -> Told:
        bearer = {"Authorization": f"Bearer {key}"} if key is not None else {}
        asked = bearer | more.pop("headers", JSON)
        method = more.pop("method", "POST")
        answer = self.session.request(
            method, f"{self.served.address}/api/v1{path}", data=body, headers=asked, timeout=20, **more
        )
        assert answer.headers["content-type"] == "application/problem+json"
        return Told(answer.status_code, Fault.model_validate_json(answer.content), answer.headers)

    def soap(self, soap: str, body: Any, key: str | None = KEY, method: str = "POST", **more: Any) -> Told:
        bearer = {"Authorization": f"Bearer {key}"} if key is not None else {}
        asked = bearer | more.pop("headers", headers(soap))
        answer = self.session.request(
            method, self.served.address + PATHS[soap], data=body, headers=asked, timeout=20, **more
        )
        return read_fault(soap, answer)


def read_fault(soap: str, answer: requests.Response) -> Told:
    root = etree.fromstring(answer.content)
    fault = root.find(f"{{{soap}}}Body/{{{soap}}}Fault")
    assert fault is not None, answer.text
    code = fault.findtext("faultcode" if soap == SOAP11 else f"{{{soap}}}Code/{{{soap}}}Value") or ""
    detail = next(fault.iter(f"{{{NAMESPACE}}}Fault"))
    told = Fault.model_validate(values(detail, Fault))
    return Told(answer.status_code, told, answer.headers, code.partition(":")[2])


@pytest.fixture
def doors(
    served: Served, session: requests.Session, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> Iterator[Doors]:
    caplog.set_level(logging.DEBUG)
    served.desk.records.clear()
    yield Doors(served, session)
    assert served.desk.records == {}, "something was written"
    printed = capfd.readouterr()
    assert CANARY not in caplog.text + printed.out + printed.err


def soap_body() -> str:
    return xml("SubmitRecords", SOUND)


def check(told: Told, code: str, http: int) -> None:
    assert (told.fault.code, told.http) == (code, http)
    assert CANARY not in told.fault.model_dump_json() + str(told.headers)
    assert told.fault.message.endswith(".")


# What is wrong with the bytes


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "empty_body"),
        (b"  \n", "empty_body"),
        (b'{"message_id": "message-1", "records": [Zebulon', "malformed_json"),
        (b'{"a": NaN}', "malformed_json"),
        (b'{"a": "Zebulon\0"}', "nul_byte"),
        ('{"a": "Zebulon"}'.encode("utf-16"), "nul_byte"),
        ('{"a": "Zébulon"}'.encode("latin-1"), "wrong_charset"),
        (b'{"a": "\\ud800"}', "malformed_json"),
        (b"[" * 90_000, "malformed_json"),
        (b'{"a":' * 30_000, "malformed_json"),
    ],
    ids=["empty", "blank", "cut", "nan", "nul", "utf-16", "latin-1", "surrogate", "deep-list", "deep-object"],
)
def test_rest_refuses_bytes_that_are_no_json(doors: Doors, body: bytes, code: str) -> None:
    check(doors.rest(body), code, 400)


_ENTITY = '<!DOCTYPE x [<!ENTITY a "Zebulon">]>'
_BOMB = '<!DOCTYPE x [<!ENTITY a "Zebulon"><!ENTITY b "&a;&a;&a;&a;">]>'
_FILE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>'
_NAMES = f'names xmlns="{NAMESPACE}"'
_REMOTE = '<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd">'


@pytest.mark.parametrize("soap", SOAPS, ids=["1.1", "1.2"])
@pytest.mark.parametrize(
    ("write", "code"),
    [
        (lambda soap: b"", "empty_body"),
        (lambda soap: b" \n ", "empty_body"),
        (lambda soap: envelope(soap, soap_body())[:-30], "malformed_xml"),
        (lambda soap: b"Zebulon", "malformed_xml"),
        (lambda soap: envelope(soap, soap_body()) + b"<Zebulon/>", "malformed_xml"),
        (lambda soap: envelope(soap, "<Zebulon>&nope;</Zebulon>"), "malformed_xml"),
        (lambda soap: _ENTITY.encode() + envelope(soap, soap_body()), "doctype"),
        (lambda soap: _BOMB.encode() + envelope(soap, soap_body()), "doctype"),
        (lambda soap: _FILE.encode() + envelope(soap, soap_body()), "doctype"),
        (lambda soap: _REMOTE.encode() + envelope(soap, soap_body()), "doctype"),
        (lambda soap: envelope(soap, soap_body()).replace(b"Zebulon", b"Zebulon\0"), "nul_byte"),
        (lambda soap: envelope(soap, soap_body()).decode().encode("utf-16"), "nul_byte"),
        (lambda soap: b'<?xml version="1.0" encoding="ISO-8859-1"?>' + envelope(soap, soap_body()), "wrong_charset"),
        (lambda soap: b'<?xml version="1.0" encoding="UTF-7"?>' + envelope(soap, soap_body()), "wrong_charset"),
        (lambda soap: envelope(soap, "<a>Z\u00e9bulon</a>").decode().encode("latin-1"), "wrong_charset"),
        (lambda soap: envelope(soap, "<a>" * 100 + "</a>" * 100), "too_deep"),
        (lambda soap: envelope(soap, "<a>" * 9_000 + "</a>" * 9_000), "malformed_xml"),
        (lambda soap: envelope(soap, ""), "unknown_call"),
        (lambda soap: envelope(soap, soap_body() * 2), "unknown_call"),
        (lambda soap: envelope(soap, f'<Zebulon xmlns="{NAMESPACE}"/>'), "unknown_call"),
        (lambda soap: envelope(soap, soap_body().replace(NAMESPACE, "urn:Zebulon")), "wrong_namespace"),
        (lambda soap: envelope(soap, soap_body().replace(_NAMES, 'names xmlns=""')), "wrong_namespace"),
    ],
)  # fmt: skip
def test_soap_refuses_what_is_no_call(doors: Doors, soap: str, write: Any, code: str) -> None:
    told = doors.soap(soap, write(soap))
    check(told, code, 500 if soap == SOAP11 else 400)
    assert told.soap_code == ("Client" if soap == SOAP11 else "Sender")


@pytest.mark.parametrize(("soap", "other"), [(SOAP11, SOAP12), (SOAP12, SOAP11)])
def test_the_other_soap_version_is_a_version_mismatch(doors: Doors, soap: str, other: str) -> None:
    told = doors.soap(soap, envelope(other, soap_body()))
    assert (told.fault.code, told.soap_code) == ("wrong_envelope", "VersionMismatch")


@pytest.mark.parametrize("soap", SOAPS, ids=["1.1", "1.2"])
def test_a_header_that_must_be_understood_and_is_not_known_is_refused(doors: Doors, soap: str) -> None:
    header = '<w:Security xmlns:w="urn:w" s:mustUnderstand="1">Zebulon</w:Security>'
    told = doors.soap(soap, envelope(soap, soap_body(), header))
    assert (told.fault.code, told.soap_code) == ("must_understand", "MustUnderstand")


def test_every_door_refuses_a_body_over_the_limit_told_or_not(doors: Doors) -> None:
    big = b"Zebulon " * (LIMIT // 8 + 1)
    for body in (big, iter([big[:1000]] * (len(big) // 1000 + 1))):
        check(doors.rest(body), "body_too_large", 413)
    for soap in SOAPS:
        for body in (big, iter([big[:1000]] * (len(big) // 1000 + 1))):
            check(doors.soap(soap, body), "body_too_large", 413)


def test_every_door_refuses_a_wrong_content_type_and_a_false_charset(doors: Doors) -> None:
    text = json.dumps(SOUND).encode()
    check(doors.rest(text, headers={"Content-Type": "text/plain"}), "wrong_content_type", 415)
    check(doors.rest(text, headers={}), "wrong_content_type", 415)
    check(doors.rest(text, headers={"Content-Type": "application/json; charset=zebu"}), "wrong_charset", 400)
    for soap in SOAPS:
        body = envelope(soap, soap_body())
        for kind in ("application/json", "multipart/related; type=text/xml", "text/xml; charset=latin-1"):
            told = doors.soap(soap, body, headers={"Content-Type": kind})
            assert told.fault.code in ("wrong_content_type", "wrong_charset")


def test_every_door_says_which_method_and_address_it_has(doors: Doors) -> None:
    check(doors.rest(None, method="GET"), "wrong_method", 405)
    check(doors.rest(b"{}", path="/Zebulon"), "unknown_path", 404)
    for soap in SOAPS:
        check(doors.soap(soap, None, method="GET"), "wrong_method", 405)
        check(doors.soap(soap, envelope(soap, soap_body()), method="PUT"), "wrong_method", 405)


# Who asks


@pytest.mark.parametrize("key", [None, "", "wrong", "key-of-police-br2", "ключ".encode().decode("latin-1")])
def test_a_missing_or_wrong_key_is_refused_alike_at_every_door(doors: Doors, key: str | None) -> None:
    code = "wrong_key" if key else "missing_key"
    told = doors.rest(json.dumps(SOUND), key=key)
    check(told, code, 401)
    assert told.headers["www-authenticate"] == "Bearer"
    for soap in SOAPS:
        check(doors.soap(soap, envelope(soap, soap_body()), key=key), code, 401)


@pytest.mark.parametrize("soap", SOAPS, ids=["1.1", "1.2"])
def test_the_key_in_the_soap_header_counts_before_the_one_of_http(doors: Doors, soap: str) -> None:
    header = xml("Credentials", {"key": "wrong"})
    check(doors.soap(soap, envelope(soap, soap_body(), header), key=KEY), "wrong_key", 401)


def test_the_key_is_asked_for_before_the_message_is_judged(doors: Doors) -> None:
    check(doors.rest(b"{", key="wrong"), "wrong_key", 401)
    for soap in SOAPS:
        check(doors.soap(soap, envelope(soap, xml("SubmitRecords", {"foo": "x"})), key="wrong"), "wrong_key", 401)


def test_a_call_without_permission_is_refused(doors: Doors) -> None:
    check(doors.rest(json.dumps(SOUND), key=READER_KEY), "not_permitted", 403)
    for soap, http in ((SOAP11, 500), (SOAP12, 403)):
        check(doors.soap(soap, envelope(soap, soap_body()), key=READER_KEY), "not_permitted", http)


# What is wrong with the message


@pytest.mark.parametrize(
    ("message", "field", "rule"),
    [
        ({"records": [RECORD]}, "message_id", "missing"),
        ({"message_id": CANARY, "records": [RECORD]}, "message_id", "pattern"),
        ({"message_id": "message-1"}, "records", "missing"),
        ({"message_id": "message-1", "records": [RECORD] * 501}, "records", "too_long"),
        ({"message_id": "message-1", "records": [RECORD], "zeb": CANARY}, "zeb", "unknown_field"),
        ({"message_id": ["message-1", CANARY], "records": [RECORD]}, "message_id", "string_type"),
    ],
    ids=["no-id", "bad-id", "no-records", "too-many", "unknown", "id-twice"],
)
def test_a_message_that_does_not_fit_is_refused_as_a_whole_by_field_and_rule(
    doors: Doors, message: Any, field: str, rule: str
) -> None:
    small = message | ({"records": [{}] * len(message["records"])} if len(message.get("records", [])) > 2 else {})
    answers = [doors.rest(json.dumps(small))]
    answers += [doors.soap(soap, envelope(soap, xml("SubmitRecords", small))) for soap in SOAPS]
    for told in answers:
        assert told.fault.code == "invalid_message"
        assert [(problem.field, problem.rule) for problem in told.fault.problems] == [(field, rule)]
        assert CANARY not in told.fault.model_dump_json()


def test_parameters_in_the_address_are_checked_like_a_body(doors: Doors) -> None:
    told = doors.rest(None, method="GET", path="/notices?limit=900&zeb=1")
    check(told, "invalid_message", 422)
    assert {(p.field, p.rule) for p in told.fault.problems} == {("limit", "less_than_equal"), ("zeb", "unknown_field")}
    check(doors.rest(None, method="GET", path="/notices?limit=1&limit=2"), "wrong_parameter", 400)


ODD_RECORDS: list[tuple[Any, str, str]] = [
    (RECORD | {"gender": CANARY}, "gender", "unknown_code"),
    (RECORD | {"zeb": CANARY}, "zeb", "unknown_field"),
    (RECORD | {"recorded_at": "20190301"}, "recorded_at", "date_form"),
    (RECORD | {"contract": "9.0"}, "contract", "contract_version"),
    (RECORD | {"kind": "found"}, "", "status_of_kind"),
    (RECORD | {"names": [{"text": CANARY, "kind": CANARY}]}, "names.0.kind", "unknown_code"),
    (RECORD | {"birth": CANARY}, "birth", "model_type"),
    (RECORD | {"gender": {"a": CANARY}}, "gender", "unknown_code"),
    (RECORD | {"event": {"on": "yesterday, Zebulon"}}, "event.on", "date_form"),
]


@pytest.mark.parametrize(("odd", "field", "rule"), ODD_RECORDS, ids=[rule + ":" + f for _, f, rule in ODD_RECORDS])
def test_an_odd_record_is_answered_by_itself_with_field_and_rule(doors: Doors, odd: Any, field: str, rule: str) -> None:
    message = {"message_id": "message-1", "records": [odd]}
    path = f"records.0.{field}".rstrip(".")
    answer = doors.session.post(
        f"{doors.served.address}/api/v1/records", json=message, headers={"Authorization": f"Bearer {KEY}"}, timeout=20
    )
    assert answer.status_code == 200
    (outcome,) = answer.json()["outcomes"]
    assert (outcome["id"], outcome["answer"]) == (RECORD["ref"]["source_id"], "refused")
    assert [(problem["field"], problem["rule"]) for problem in outcome["problems"]] == [(path, rule)]
    assert CANARY not in answer.text
    for soap in SOAPS:
        answer = doors.session.post(
            doors.served.address + PATHS[soap],
            data=envelope(soap, xml("SubmitRecords", message)),
            headers=headers(soap) | {"Authorization": f"Bearer {KEY}"},
            timeout=20,
        )
        assert answer.status_code == 200, answer.text
        assert CANARY not in answer.text
        root = etree.fromstring(answer.content)
        (problem,) = root.iter(f"{{{NAMESPACE}}}problems")
        if not (rule == "model_type" or isinstance(odd.get("gender"), dict)):  # XML has elements where JSON has types
            assert [problem.findtext("{*}field"), problem.findtext("{*}rule")] == [path, rule]


@pytest.mark.parametrize("soap", SOAPS, ids=["1.1", "1.2"])
def test_what_is_told_many_times_and_should_be_told_once_is_refused(doors: Doors, soap: str) -> None:
    message = {"message_id": "message-1", "records": [RECORD | {"gender": ["F"] * 500, "zeb": [CANARY] * 500}]}
    bearer = {"Authorization": f"Bearer {KEY}"}
    answer = doors.session.post(
        doors.served.address + PATHS[soap],
        data=envelope(soap, xml("SubmitRecords", message)),
        headers=headers(soap) | bearer,
        timeout=20,
    )
    assert answer.status_code == 200, answer.text
    found = etree.fromstring(answer.content).iter(f"{{{NAMESPACE}}}problems")
    assert [(one.findtext("{*}field"), one.findtext("{*}rule")) for one in found] == [
        ("records.0.gender", "unknown_code"),
        ("records.0.zeb", "unknown_field"),
    ]


def test_an_id_that_is_no_id_is_not_repeated(doors: Doors) -> None:
    odd = RECORD | {"ref": {"participant": "police-br", "source_id": f"{CANARY} of Patna"}}
    message = {"message_id": "message-1", "records": [odd, CANARY]}
    answer = doors.session.post(
        f"{doors.served.address}/api/v1/records", json=message, headers={"Authorization": f"Bearer {KEY}"}, timeout=20
    )
    assert [one["id"] for one in answer.json()["outcomes"]] == ["(unreadable)"] * 2
    assert CANARY not in answer.text


# What goes wrong inside


def test_an_unexpected_error_shows_a_number_and_says_nothing_of_the_child(
    doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError(f"INSERT INTO child VALUES ('{CANARY}')")

    monkeypatch.setattr(doors.served.desk, "submit_records", broken)
    answers = [doors.rest(json.dumps(SOUND)), *(doors.soap(soap, envelope(soap, soap_body())) for soap in SOAPS)]
    for told in answers:
        check(told, "unexpected", 500)
        assert told.soap_code in ("", "Server", "Receiver")


def test_what_is_not_ready_says_when_to_come_back(doors: Doors, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*_: Any) -> None:
        raise Unready("database_busy", "The hub is busy. Try again soon.", retry_after_seconds=7)

    monkeypatch.setattr(doors.served.desk, "submit_records", busy)
    for told, http in [
        (doors.rest(json.dumps(SOUND)), 503),
        (doors.soap(SOAP11, envelope(SOAP11, soap_body())), 500),
        (doors.soap(SOAP12, envelope(SOAP12, soap_body())), 503),
    ]:
        check(told, "database_busy", http)
        assert (told.headers["retry-after"], told.fault.retry_after_seconds) == ("7", 7)
