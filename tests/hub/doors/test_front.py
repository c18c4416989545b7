"""Before every call: who floods is told to wait, a message sent again gets the same reply, a trace is carried on."""

import threading
from collections.abc import Iterator

import pytest
import requests
from sqlalchemy import text

from contracts import Participant, Permission, Unready
from hub.app import Hub
from hub.doors import Limits
from hub.doors.admission import Admission
from hub.doors.soap import SOAP11, SOAP12
from hub.settings import Settings
from tests.hub.doors.conftest import Served, serving
from tests.hub.doors.desk import KEY, READER_KEY, MemoryDesk
from tests.hub.doors.messages import PATHS, RECORD, envelope, headers, xml
from tests.hub.doors.test_real_hub import HOME_RECORD

BEARER = {"Authorization": f"Bearer {KEY}"}


class Clock:
    def __init__(self) -> None:
        self.time = 100.0

    def __call__(self) -> float:
        return self.time


def _enter(admission: Admission, who: str) -> None:
    with admission.admitted(who):
        pass


def test_a_flood_is_told_when_to_come_back_and_the_others_feel_nothing() -> None:
    clock = Clock()
    admission = Admission(2, 10, clock)
    for _ in range(2):
        _enter(admission, "floods")
    with pytest.raises(Unready) as told:
        _enter(admission, "floods")
    assert (told.value.code, told.value.retry_after_seconds) == ("too_many_calls", 1)
    _enter(admission, "another")
    clock.time += 0.5
    _enter(admission, "floods")
    with pytest.raises(Unready):
        _enter(admission, "floods")


def test_a_long_silence_does_not_save_up_more_than_a_second() -> None:
    clock = Clock()
    admission = Admission(2, 10, clock)
    clock.time += 3_600
    for _ in range(2):
        _enter(admission, "police-br")
    with pytest.raises(Unready):
        _enter(admission, "police-br")


def test_calls_that_are_worked_at_are_bounded_and_end_with_their_answer() -> None:
    admission = Admission(1_000, 1)
    with admission.admitted("slow"), pytest.raises(Unready):
        _enter(admission, "slow")
    with pytest.raises(ZeroDivisionError), admission.admitted("slow"):
        raise ZeroDivisionError
    _enter(admission, "slow")


@pytest.fixture
def narrow() -> Iterator[str]:
    with serving(MemoryDesk(), Limits(calls_per_second=0.01)) as address:
        yield address


@pytest.mark.parametrize("door", ["rest", SOAP11, SOAP12])
def test_too_many_calls_are_answered_429_with_a_time_at_every_door(
    narrow: str, session: requests.Session, door: str
) -> None:
    def call(key: str) -> requests.Response:
        bearer = {"Authorization": f"Bearer {key}"}
        if door == "rest":
            return session.post(f"{narrow}/api/v1/search", json={}, headers=bearer, timeout=10)
        body = envelope(door, xml("Search", {}))
        return session.post(narrow + PATHS[door], data=body, headers=headers(door) | bearer, timeout=10)

    assert call(KEY).status_code == 200
    again = call(KEY)
    assert again.status_code == 429
    assert int(again.headers["Retry-After"]) > 0
    assert "too_many_calls" in again.text
    assert call(READER_KEY).status_code == 200


# The same again


def _submit(served: Served, session: requests.Session, source_id: str, key: str) -> requests.Response:
    record = RECORD | {"ref": {**RECORD["ref"], "source_id": source_id}}
    body = {"message_id": f"message-{source_id}", "records": [record]}
    return session.post(
        f"{served.address}/api/v1/records", json=body, headers=BEARER | {"Idempotency-Key": key}, timeout=10
    )


def test_the_same_key_with_the_same_body_gets_the_same_reply_byte_for_byte(
    served: Served, session: requests.Session
) -> None:
    first = _submit(served, session, "K1", "key-number-1")
    assert first.status_code == 200
    served.desk.records.clear()
    again = _submit(served, session, "K1", "key-number-1")
    assert again.content == first.content
    assert served.desk.records == {}


def test_the_same_key_with_another_body_is_422(served: Served, session: requests.Session) -> None:
    _submit(served, session, "K2", "key-number-2")
    other = _submit(served, session, "K3", "key-number-2")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


def test_a_key_that_is_none_is_refused(served: Served, session: requests.Session) -> None:
    refused = _submit(served, session, "K4", "no key")
    assert (refused.status_code, refused.json()["code"]) == (422, "bad_idempotency_key")


def test_answers_to_questions_are_never_kept(served: Served, session: requests.Session) -> None:
    before = dict(served.desk.kept)
    for asked in ({}, {"limit": 3}):
        answer = session.post(
            f"{served.address}/api/v1/search",
            json=asked,
            headers=BEARER | {"Idempotency-Key": "key-search"},
            timeout=10,
        )
        assert answer.status_code == 200
    assert served.desk.kept == before


@pytest.mark.parametrize("soap", [SOAP11, SOAP12])
def test_a_soap_message_id_does_the_same(served: Served, session: requests.Session, soap: str) -> None:
    def acknowledge(notice: str) -> requests.Response:
        said = f'<a:MessageID xmlns:a="http://www.w3.org/2005/08/addressing" xmlns:s="{soap}" s:mustUnderstand="1">'
        header = f"{said}urn:uuid:{PATHS[soap].strip('/')}-0001</a:MessageID>"
        body = envelope(soap, xml("AcknowledgeNotice", {"notice_id": notice}), header)
        return session.post(served.address + PATHS[soap], data=body, headers=headers(soap) | BEARER, timeout=10)

    first = acknowledge("notice-1")
    assert first.status_code == 200, first.text
    assert acknowledge("notice-1").content == first.content
    assert "idempotency_key_reused" in acknowledge("notice-2").text


# The hub itself


@pytest.fixture
def hub(database_url: str) -> Iterator[Hub]:
    opened = Hub.open(Settings(database=database_url))
    for name, kind in (("police-br", "state_police"), ("cci-dl", "cci")):
        opened.registry.participants.put(Participant(id=name, name=name, kind=kind, permissions=list(Permission)))
    yield opened
    opened.close()


def test_keys_are_each_participants_own_and_survive_in_the_database(hub: Hub, session: requests.Session) -> None:
    record = RECORD | {"ref": {**RECORD["ref"], "participant": "police-br"}}
    with serving(hub) as address:
        for who in ("police-br", "cci-dl"):
            bearer = {"Authorization": f"Bearer {hub.registry.keys.issue(who).key}", "Idempotency-Key": "the-same-key"}
            body = {"message_id": f"message-of-{who}", "records": [record]}
            answers = [
                session.post(f"{address}/api/v1/records", json=body, headers=bearer, timeout=20) for _ in range(2)
            ]
            assert [answer.status_code for answer in answers] == [200, 200]
            assert answers[0].content == answers[1].content


def test_what_a_message_causes_is_owed_under_its_trace(hub: Hub, session: requests.Session) -> None:
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    found = HOME_RECORD | {key: RECORD[key] for key in ("names", "birth", "relatives", "marks", "physical")}
    found |= {"event": {"on": "2019-03-01", "place": {"state": 10}}}
    with serving(hub) as address:
        for who, said in (("police-br", RECORD), ("cci-dl", found)):
            asked = {"Authorization": f"Bearer {hub.registry.keys.issue(who).key}"}
            asked["traceparent"] = f"00-{trace}-00f067aa0ba902b7-01"
            body = {"message_id": f"message-of-{who}", "records": [said]}
            assert session.post(f"{address}/api/v1/records", json=body, headers=asked, timeout=20).status_code == 200
    with hub.store.engine.begin() as connection:
        traces = [str(one) for one in connection.execute(text("SELECT trace FROM outbox")).scalars()]
    assert {one[3:35] for one in traces} == {trace}
    assert "00f067aa0ba902b7" not in "".join(traces)


def test_many_threads_share_one_count() -> None:
    admission, refused = Admission(10, 100, lambda: 1.0), []

    def call() -> None:
        for _ in range(10):
            try:
                _enter(admission, "police-br")
            except Unready:
                refused.append(1)

    threads = [threading.Thread(target=call) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 30
