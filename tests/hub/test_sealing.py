"""Words of children are closed by a key of their own: nothing of them is in the files, and everything still works."""

from pathlib import Path

import pytest
from sqlalchemy import text

from contracts import Refused, Unready
from hub.app import Hub
from hub.index.payload import Owner
from hub.sealing.keyring import Keyring
from hub.settings import Settings


@pytest.fixture
def settings(database_url, tmp_path):
    return Settings(database=database_url, encryption_key=f"file:{tmp_path / 'kek.keys'}")


@pytest.fixture
def hub(settings):
    opened = Hub.open(settings)
    yield opened
    opened.close()


def _everything(hub) -> bytes:
    with hub.store.read() as work:
        tables = ("records", "compared", "events", "outbox", "set_aside", "child_keys", "hub_keys", "inbox")
        rows = [work.connection.execute(text(f"SELECT * FROM {name}")).all() for name in tables]
    return b"".join(
        bytes(v) if isinstance(v, bytes | memoryview) else str(v).encode() for t in rows for r in t for v in r
    )


def test_a_name_is_found_and_read_but_is_nowhere_in_the_database(hub, child):
    hub.flow.receive("police-br", "message-1", [child("M1", "Zubaidacanary Ansari")])
    with hub.store.read() as work:
        record = work.records.record(work.records.find(participant="police-br", source_id="M1"))
        keys = list(hub._core.name_keys("Zubaidacanary Ansari"))
        assert record.names[0].text == "Zubaidacanary Ansari"
        assert work.records.known("police-br", ["M1"])["M1"].find_keys
        assert keys
    assert b"canary" not in _everything(hub)


def test_without_its_key_a_hub_does_not_start_and_with_another_neither(hub, settings, tmp_path):
    path = Path(settings.encryption_key.removeprefix("file:"))
    path.rename(tmp_path / "away")
    for reference in ("none", settings.encryption_key):
        with pytest.raises(Refused) as refused:
            Hub.open(settings.model_copy(update={"encryption_key": reference}))
        assert refused.value.code == "encryption_key_missing"


def test_a_destroyed_key_closes_what_was_said_for_ever(hub, child):
    hub.flow.receive("police-br", "message-1", [child("M1"), child("M2", "Rani Devi")])
    with hub.store.write() as work:
        work.seal.destroy(Owner("police-br", "M1"))
    with hub.store.read() as work:
        with pytest.raises(Unready) as gone:
            work.records.record(work.records.find(participant="police-br", source_id="M1"))
        assert gone.value.code == "child_key_missing"
        assert work.records.record(work.records.find(participant="police-br", source_id="M2"))


def test_keys_are_wrapped_anew_while_others_read_and_the_old_one_can_go(hub, child, settings):
    hub.flow.receive("police-br", "message-1", [child(f"M{n}") for n in range(5)])
    keyring = Keyring(settings.encryption_key)
    old = keyring.current
    keyring.add()
    with hub.store.write() as work:
        while work.keys.rewrap(keyring, 2):
            pass
        work.keys.rewrap_own(keyring)
    keyring.retire(old)
    again = Hub.open(settings)
    with again.store.read() as work:
        assert [one.kek for one in work.keys.counts()] == [keyring.current]
        assert work.records.record(work.records.find(participant="police-br", source_id="M3"))
    again.close()


def test_a_key_that_a_transaction_made_and_undid_is_not_used_again(hub, child):
    with pytest.raises(ZeroDivisionError), hub.store.write() as work:
        work.seal.close(b"words", "record", Owner("police-br", "M1"))
        raise ZeroDivisionError
    hub.flow.receive("police-br", "message-1", [child("M1")])
    with hub.store.read() as work:
        assert work.records.record(work.records.find(participant="police-br", source_id="M1"))


def test_what_was_moved_or_altered_does_not_open(hub, child):
    with hub.store.write() as work:
        closed = work.seal.close(b"words", "record", Owner("police-br", "M1"))
        assert work.seal.open(closed, "record") == b"words"
        for wrong, purpose in ((closed, "event"), (closed[:-1] + bytes([closed[-1] ^ 1]), "record")):
            with pytest.raises(Refused):
                work.seal.open(wrong, purpose)


def test_what_is_closed_for_one_row_opens_in_no_other_of_the_same_or_another_child(hub, child):
    hub.flow.receive("police-br", "message-1", [child("M1"), child("M2", "Rani Devi")])
    for table, column in (("records", "record"), ("compared", "features")):
        other = f'SELECT {column} FROM {table} AS t WHERE t."row" <> {table}."row"'
        with hub.store.write() as work:
            work.connection.execute(text(f"UPDATE {table} SET {column} = ({other})"))
    with hub.store.read() as work:
        row = work.records.find(participant="police-br", source_id="M1")
        for read in (lambda: work.records.record(row), lambda: work.records.compared([row.row])):
            with pytest.raises(Refused) as moved:
                read()
            assert moved.value.code == "sealed_otherwise"


def test_what_an_older_hub_closed_still_opens(hub):
    with hub.store.write() as work:
        closed = work.seal.close(b"words", "record", Owner("police-br", "M1"))
        assert work.seal.open(closed, "record", "any row") == b"words"
