"""Whose certificate opens the real hub's door: from the registry alone, two at once, revoked at once, once each."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from lxml import etree

from contracts import Participant, Permission
from hub.app import Hub
from hub.doors.soap import SOAP11
from hub.settings import Settings
from tests.hub.doors.conftest import serving
from tests.hub.doors.messages import PATHS, headers
from tests.signing import identity, pem, signed_call

OLD, NEW = identity("old"), identity("new", "rsa")


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    key = tmp_path / "hub.pem"
    key.write_text(pem("hub"))
    made = Hub.open(Settings(database=f"sqlite:///{tmp_path}/hub.db", signing_key=key))
    yield made
    made.close()


def register(hub: Hub, *certificates: str, bearer: bool = False) -> None:
    hub.registry.participants.put(
        Participant(id="police-br", name="Police", kind="state_police", permissions=[Permission.SEARCH],
                    certificates=list(certificates), bearer=bearer)
    )  # fmt: skip


def asked(address: str, root: etree._Element | bytes) -> requests.Response:
    body = root if isinstance(root, bytes) else etree.tostring(root)
    with requests.Session() as session:
        session.trust_env = False
        return session.post(address + PATHS[SOAP11], data=body, headers=headers(SOAP11), timeout=20)


def code(hub: Hub, key: str) -> str:
    try:
        hub.participant_by_key(key)
    except Exception as error:
        return str(getattr(error, "code", error))
    return "taken"


def test_two_certificates_hold_at_once_and_a_revoked_one_no_more(hub: Hub) -> None:
    with serving(hub) as address:
        register(hub, OLD.text)
        assert [asked(address, signed_call(one)).status_code for one in (OLD, NEW)] == [200, 401]
        register(hub, OLD.text, NEW.text)
        assert [asked(address, signed_call(one)).status_code for one in (OLD, NEW)] == [200, 200]
        register(hub, NEW.text)
        assert [asked(address, signed_call(one)).status_code for one in (OLD, NEW)] == [401, 200]
        hub.registry.participants.deactivate("police-br")
        assert asked(address, signed_call(NEW)).status_code == 401


def test_a_replay_is_refused_by_another_process_too(hub: Hub) -> None:
    register(hub, OLD.text)
    message = etree.tostring(signed_call(OLD))
    with serving(hub) as one:
        assert asked(one, message).status_code == 200
    again = Hub.open(hub.settings)
    with serving(again) as other:
        assert "replayed" in asked(other, message).text
    again.close()


def test_a_key_is_refused_beside_a_certificate_unless_the_entry_allows_it(hub: Hub) -> None:
    register(hub)
    key = hub.registry.keys.issue("police-br").key
    assert code(hub, key) == "taken"
    register(hub, OLD.text)
    assert code(hub, key) == "signature_needed"
    register(hub, OLD.text, bearer=True)
    assert code(hub, key) == "taken"


def test_a_signature_gives_no_permission_that_the_registry_does_not(hub: Hub) -> None:
    register(hub, OLD.text)
    hub.registry.participants.permit("police-br", [])
    with serving(hub) as address:
        assert asked(address, signed_call(OLD)).status_code == 500


def test_certificates_are_exchanged_while_calls_come_and_none_fails(hub: Hub) -> None:
    register(hub, OLD.text)
    bad: list[str] = []
    using, end, told = [OLD], threading.Event(), [0, 0, 0]

    def calling(address: str, number: int) -> None:
        while not end.is_set():
            answer = asked(address, signed_call(using[0]))
            told[number] += 1
            if answer.status_code != 200:
                bad.append(answer.text)

    with serving(hub) as address:
        callers = [threading.Thread(target=calling, args=(address, n)) for n in range(3)]
        for one in callers:
            one.start()
        for old, new in ((OLD, NEW), (NEW, OLD)) * 3:
            register(hub, old.text, new.text)
            using[0] = new
            before = list(told)
            while any(now < then + 2 for now, then in zip(told, before, strict=True)):
                time.sleep(0.01)  # what was begun under the old one is over before it goes
            register(hub, new.text)
        end.set()
        for one in callers:
            one.join()
    assert bad == []
