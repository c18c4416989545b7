"""An existing hub is encrypted, and its key changed, while it works: nothing fails, nothing stays in clear."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from contracts import ChildRecord, Refused
from hub.app import Hub
from hub.sealing.keyring import Keyring
from hub.settings import Settings

Make = Callable[..., ChildRecord]


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(database=database_url, encryption_key=f"file:{tmp_path / 'kek'}", erasures=tmp_path / "erased")


@pytest.fixture
def in_clear(settings: Settings, child: Make, found: Make) -> Iterator[Settings]:
    """A hub of before, with something of each kind; its processes were told where the key is meanwhile."""
    hub = Hub.open(settings.model_copy(update={"encryption_key": "none"}))
    hub.flow.receive("police-br", "message-1", [child(f"M{n}", "Zubaidacanary Devi") for n in range(30)])
    hub.flow.receive("cci-dl", "message-2", [found("F1", "Zubaidacanary Devi")])
    hub.close()
    yield settings


def _name(hub: Hub, source_id: str) -> str:
    with hub.store.read() as work:
        return work.records.record(work.records.find(participant="police-br", source_id=source_id)).names[0].text


def test_an_existing_hub_is_closed_while_it_works_and_goes_on_where_it_was_ended(
    in_clear: Settings, child: Make, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    working, other = Hub.open(in_clear), Hub.open(in_clear)
    assert not other.encrypting.standing().on
    monkeypatch.setattr("hub.sealing.running._AT_ONCE", 7)

    def killed(done: int, _: int | None) -> None:
        if done >= 14:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        other.encrypting.start(killed)
    assert other.encrypting.standing().in_clear["records"] == 31 - 14
    working.flow.receive("police-br", "message-3", [child("NEW", "Rani"), child("M3", "Zubaidacanary Devi", version=2)])
    assert _name(working, "M0") == _name(working, "M29") == "Zubaidacanary Devi"
    other.encrypting.start()
    stands = other.encrypting.standing()
    assert stands.on and set(stands.in_clear.values()) == {0}
    assert _name(working, "M29") == "Zubaidacanary Devi" and _name(working, "NEW") == "Rani"
    with working.store.read() as work:
        assert len(work.outbox.waiting("cci-dl", None, 50)) > 0
    working.close()
    other.close()
    if working.store.backend == "sqlite":
        assert b"canary" not in b"".join(file.read_bytes() for file in tmp_path.glob("hub.sqlite*"))


def test_a_message_of_before_is_known_again_afterwards(in_clear: Settings, child: Make) -> None:
    hub = Hub.open(in_clear)
    hub.encrypting.start()
    reply = hub.flow.receive("police-br", "message-1", [child(f"M{n}", "Zubaidacanary Devi") for n in range(30)])
    assert {one.answer.value for one in reply.outcomes} == {"accepted"}  # the reply of then, byte for byte
    hub.close()


def test_the_key_is_changed_while_others_read_and_write_and_none_of_them_fails(settings: Settings, child: Make) -> None:
    hubs = [Hub.open(settings) for _ in range(3)]
    hubs[0].flow.receive("police-br", "message-0", [child(f"M{n}") for n in range(40)])
    keyring, over, failed, told = Keyring(settings.encryption_key), threading.Event(), [], []

    def work(number: int, hub: Hub) -> None:
        while not over.is_set():
            try:
                source_id = f"W{number}-{len(told)}"
                hub.flow.receive(
                    f"owner-{number}", f"message-{number}-{len(told):05}", [_own(child, number, source_id)]
                )
                told.append((f"owner-{number}", source_id))
                _name(hub, "M7")
            except Exception as error:
                failed.append(error)

    threads = [threading.Thread(target=work, args=item) for item in enumerate(hubs[1:])]
    for one in threads:
        one.start()
    olds = [keyring.current]
    for _ in range(3):
        olds.append(hubs[0].encrypting.rotate(retire=True))
        before = len(told)
        while len(told) < before + 4 and not failed:
            over.wait(0.01)
    over.set()
    for one in threads:
        one.join()
    assert failed == [] and len(set(olds)) == 4
    for hub in hubs:
        hub.close()
    again = Hub.open(settings)
    assert [one.kek for one in again.encrypting.standing().children] == [olds[-1]]
    assert Keyring(settings.encryption_key).ids == [olds[-1]]
    with again.store.read() as opened:
        for participant, source_id in told:
            assert opened.records.record(opened.records.find(participant=participant, source_id=source_id))
    again.close()


def _own(child: Make, number: int, source_id: str) -> ChildRecord:
    return child(source_id, participant=f"owner-{number}")


def test_what_cannot_be_begun_is_said(settings: Settings, child: Make) -> None:
    hub = Hub.open(settings.model_copy(update={"encryption_key": "none"}))
    hub.flow.receive("police-br", "message-0", [child("M1")])
    with pytest.raises(Refused) as refused:
        hub.encrypting.start()
    assert refused.value.code == "no_key_named"
    hub.close()
    hub = Hub.open(settings)
    with pytest.raises(Refused) as refused:
        hub.encrypting.rotate()
    assert refused.value.code == "not_encrypted"
    hub.close()
