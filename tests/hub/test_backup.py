"""A backup holds all of one moment, and a hub restored from it goes on: nothing lost, nothing told twice."""

import datetime
import os
import shutil
import threading
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from contracts import ChildRecord, Notice, NoticeKind, Participant, Reference, Refused
from contracts.participants import Endpoint
from hub import backup
from hub.app import Hub
from hub.erasing.ledger import Ledger
from hub.erasing.office import Said
from hub.flow import Flow
from hub.index import Store, copying
from hub.index.changes import Position
from hub.index.people_tables import accounts
from hub.settings import Settings
from tests.faults.stubs import Stub, serving, write_adapters

Make = Callable[..., ChildRecord]
NOW = datetime.datetime(2026, 1, 10, tzinfo=datetime.UTC)
AWKWARD = "\\N tab\t line\n return\r \\x41 \v \f \b लापता \\"


@pytest.fixture
def other_url(store: Store, tmp_path: Path, postgres_server: Any) -> Iterator[str]:
    """An empty database of the other kind: what is restored there is what was meant, not only the same bytes."""
    if store.backend == "postgresql":
        yield f"sqlite:///{tmp_path / 'other.sqlite'}"
        return
    name = f"restored{os.getpid()}"
    postgres_server.psql(f"CREATE DATABASE {name};")
    uri = postgres_server.get_uri(database=name)
    yield uri.replace("postgresql://", "postgresql+psycopg://", 1)
    postgres_server.psql(f"DROP DATABASE {name} WITH (FORCE);")


@pytest.fixture
def other(other_url: str) -> Iterator[Store]:
    opened = Store.at(other_url, 2)
    yield opened
    opened.close()


def rows(store: Store, table: str) -> set[tuple[Any, ...]]:
    with store.read() as work:
        return {tuple(row) for row in work.connection.execute(text(f"SELECT * FROM {table}"))}


def content(store: Store, *but: str) -> dict[str, bytes]:
    """Every table as it would be copied."""
    with copying.snapshot(store.engine) as connection:
        tables = [table for table in copying.held(connection) if table.name not in but]
        return {table.name: b"".join(copying.blocks(connection, table)) for table in tables}


def test_what_is_restored_on_the_other_kind_of_database_is_what_was_backed_up(
    flow: Flow, store: Store, other: Store, child: Make, found: Make, tmp_path: Path
) -> None:
    flow.receive("police-br", "message-1", [child("M1"), child("M2", "लापता")])
    with store.write() as work:
        said = {"login": "a", "password": "b", "name": AWKWARD, "role": "officer"}
        work.connection.execute(accounts.insert().values(said))
    flow.receive("cci-dl", "message-2", [found("F1", "Asha Devi")])
    made = backup.make(store, tmp_path / "one.zip")
    restored = backup.restore(other, tmp_path / "one.zip")
    assert made == restored
    assert content(store, "audit", "outbox") == content(other, "audit", "outbox")
    assert rows(store, "match_keys") == rows(other, "match_keys")
    assert len(rows(other, "outbox")) == 2
    with other.read() as work:
        assert work.connection.execute(select(accounts.c.name)).scalar_one() == AWKWARD


def test_new_rows_are_numbered_after_the_restored_ones(
    flow: Flow, store: Store, other: Store, child: Make, tmp_path: Path
) -> None:
    flow.receive("police-br", "message-1", [child("M1"), child("M2")])
    backup.make(store, tmp_path / "one.zip")
    backup.restore(other, tmp_path / "one.zip")
    again = Flow(other, flow.core)
    again.receive("police-br", "message-2", [child("M3")])
    with other.read() as work:
        assert work.records.count() == 3


def test_a_backup_under_load_holds_every_message_acknowledged_before_it_and_each_one_whole(
    flow: Flow, store: Store, other: Store, child: Make, tmp_path: Path
) -> None:
    acknowledged: list[int] = []
    ending = threading.Event()

    def tell() -> None:
        number = 0
        while not ending.is_set():
            number += 1
            flow.receive("police-br", f"message-{number}", [child(f"M{number}-{n}", f"Name{number}") for n in range(5)])
            acknowledged.append(number)

    def wait_while(true: Callable[[], bool]) -> None:
        while true():
            assert teller.is_alive()
            ending.wait(0.01)

    teller = threading.Thread(target=tell)
    teller.start()
    try:
        wait_while(lambda: len(acknowledged) < 5)
        before = list(acknowledged)
        backup.make(store, tmp_path / "one.zip")
        at_end = len(acknowledged)
        wait_while(lambda: len(acknowledged) == at_end)  # nobody is kept from writing for good
    finally:
        ending.set()
        teller.join()
    backup.restore(other, tmp_path / "one.zip")
    with other.read() as work:
        kept = {int(row.message_id.split("-")[1]) for row in work.connection.execute(text("SELECT * FROM inbox"))}
        assert set(before) <= kept
        assert work.records.count() == 5 * len(kept)


def test_a_damaged_backup_is_found_out_and_nothing_is_restored(
    flow: Flow, store: Store, child: Make, tmp_path: Path
) -> None:
    flow.receive("police-br", "message-1", [child("M1")])
    backup.make(store, tmp_path / "one.zip")
    damaged = tmp_path / "damaged.zip"
    with zipfile.ZipFile(tmp_path / "one.zip") as source, zipfile.ZipFile(damaged, "w") as target:
        for item in source.namelist():
            body = source.read(item)
            target.writestr(item, body.replace(b"M1", b"M2") if item == "records.copy" else body)
    with pytest.raises(Refused) as refused:
        backup.verify(damaged)
    assert refused.value.code == "backup_damaged"
    empty = Store.at(f"sqlite:///{tmp_path / 'empty.sqlite'}")
    with pytest.raises(Refused):
        backup.restore(empty, damaged)
    assert not rows(empty, "sqlite_master")
    empty.close()


@pytest.mark.parametrize("cut", [0, 100, -50])
def test_a_file_cut_short_is_no_backup(flow: Flow, store: Store, child: Make, tmp_path: Path, cut: int) -> None:
    flow.receive("police-br", "message-1", [child("M1")])
    backup.make(store, tmp_path / "one.zip")
    (tmp_path / "cut.zip").write_bytes((tmp_path / "one.zip").read_bytes()[:cut])
    with pytest.raises(Refused) as refused:
        backup.verify(tmp_path / "cut.zip")
    assert refused.value.code == "not_a_backup"


def test_a_database_with_something_in_it_is_left_alone_without_force(
    flow: Flow, store: Store, child: Make, tmp_path: Path
) -> None:
    flow.receive("police-br", "message-1", [child("M1")])
    backup.make(store, tmp_path / "one.zip")
    flow.receive("police-br", "message-2", [child("M2")])
    with pytest.raises(Refused) as refused:
        backup.restore(store, tmp_path / "one.zip")
    assert refused.value.code == "database_not_empty"
    store.engine.dispose()
    backup.restore(store, tmp_path / "one.zip", force=True)
    with store.read() as work:
        assert work.records.count() == 1


def test_a_restore_into_a_database_at_which_others_work_is_refused(
    flow: Flow, store: Store, child: Make, tmp_path: Path
) -> None:
    if store.backend == "sqlite":
        pytest.skip("SQLite: the write lock keeps others out by itself")
    flow.receive("police-br", "message-1", [child("M1")])
    backup.make(store, tmp_path / "one.zip")
    with store.read() as work, pytest.raises(Refused) as refused:
        work.records.count()
        backup.restore(store, tmp_path / "one.zip", force=True)
    assert refused.value.code == "database_in_use"


def test_a_restore_that_fails_half_way_leaves_what_was_there(
    flow: Flow, store: Store, child: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flow.receive("police-br", "message-1", [child("M1")])
    backup.make(store, tmp_path / "one.zip")
    flow.receive("police-br", "message-2", [child("M2")])
    store.engine.dispose()
    monkeypatch.setattr("hub.index.restoring.key_again", lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        backup.restore(store, tmp_path / "one.zip", force=True)
    with store.read() as work:
        assert work.records.count() == 2


def test_what_the_old_hub_held_is_void(store: Store, other: Store, tmp_path: Path) -> None:
    now = datetime.datetime.now(datetime.UTC)
    later = now + datetime.timedelta(hours=1)
    with store.write() as work:
        fence = work.leases.take("lane:pa:0", "old", now, later)
        work.outbox.add([notice("pa", 1)], now)
        work.changes.look_from(Position(7_000_000, 1))
        assert len(work.outbox.claim("pa", "old", now, later, 10)) == 1
    assert fence == 1
    backup.make(store, tmp_path / "one.zip")
    backup.restore(other, tmp_path / "one.zip")
    with other.write() as work:
        assert not work.leases.renew("lane:pa:0", fence, later)
        assert not work.outbox.done(1, "old", "pushed", None, (now, now))
        assert work.leases.take("lane:pa:0", "new", datetime.datetime.now(datetime.UTC), later) == 3
        (owed,) = work.outbox.claim("pa", "new", datetime.datetime.now(datetime.UTC), later, 10)
        assert work.changes.looked() is None
    assert owed.notice.notice_id == "notice-pa-0001"
    assert owed.unsure


def notice(to: str, number: int) -> Notice:
    about = Reference(participant=to, source_id=f"R{number}")
    words = {"kind": NoticeKind.MATCH_PROPOSED, "created_at": NOW, "text": "Please review."}
    return Notice(notice_id=f"notice-{to}-{number:04}", to=to, about=about, **words)


def test_what_was_delivered_after_the_backup_has_one_effect_although_the_restored_hub_tells_it_again(
    store: Store, other_url: str, other: Store, tmp_path: Path
) -> None:
    """The drill: a third is delivered, a backup is taken, a third more, the machine is lost, a new hub goes on."""
    stubs = {"knows": Stub(dedupes=True), "cannot-tell": Stub(dedupes=False)}
    adapters = write_adapters(tmp_path / "adapters")
    with serving(stubs) as address:
        hub = Hub.open(Settings(database=url_of(store), adapters=[adapters]))
        for name, kind in (("knows", "stub"), ("cannot-tell", "plain_stub")):
            endpoint = Endpoint(adapter=kind, url=f"{address}/{name}")
            hub.registry.participants.register(Participant(id=name, name=name, kind="other", endpoint=endpoint))
        owe(hub, stubs, range(10))
        hub.deliver()
        owe(hub, stubs, range(10, 30))
        backup.make(hub.store, tmp_path / "one.zip")
        hub.deliver()
        assert all(len(stub.effects) == 30 for stub in stubs.values())
        hub.close()
        backup.restore(other, tmp_path / "one.zip")
        again = Hub.open(Settings(database=other_url, adapters=[adapters]))
        owe(again, stubs, range(30, 40))
        report = again.deliver()
        assert again.status() is not None
        again.close()
    assert report.waiting == 0
    for name, stub in stubs.items():
        assert set(stub.effects) == {f"notice-{name}-{n:04}" for n in range(40)}
        assert set(stub.effects.values()) == {1}
    assert stubs["knows"].told == 60  # twenty were told again, and known again
    assert stubs["cannot-tell"].told == 40  # it was asked first


def owe(hub: Hub, stubs: dict[str, Stub], numbers: range) -> None:
    with hub.store.write() as work:
        now = datetime.datetime.now(datetime.UTC)
        work.outbox.add([notice(name, n) for name in stubs for n in numbers], now)


def url_of(store: Store) -> str:
    return store.engine.url.render_as_string(hide_password=False)


def test_the_restored_audit_tells_of_the_gap_and_goes_on(
    flow: Flow, store: Store, other: Store, child: Make, tmp_path: Path
) -> None:
    flow.receive("police-br", "message-1", [child("M1")])
    made = backup.make(store, tmp_path / "one.zip")
    backup.restore(other, tmp_path / "one.zip")
    with other.read() as work:
        (line,) = work.connection.execute(text("SELECT act, outcome, detail FROM audit")).all()
    assert line == ("restore", "restored", f"{made.taken_at:%Y-%m-%dT%H:%M:%SZ}")


def test_a_folder_keeps_the_newest_backups_only(store: Store, tmp_path: Path) -> None:
    names = [backup.name_of(NOW + datetime.timedelta(days=day)) for day in range(4)]
    backup.make(store, tmp_path / names[0])
    for name in names[1:]:
        shutil.copy(tmp_path / names[0], tmp_path / name)
    (tmp_path / "other.zip").touch()
    assert [path.name for path in backup.forget_older(tmp_path, 2)] == names[:2]
    assert sorted(path.name for path in tmp_path.glob("*.zip")) == ["other.zip", *names[2:]]


def test_a_backup_is_for_its_owners_eyes_only_and_never_written_over(store: Store, tmp_path: Path) -> None:
    backup.make(store, tmp_path / "one.zip")
    assert (tmp_path / "one.zip").stat().st_mode & 0o777 == 0o600
    with pytest.raises(Refused) as refused:
        backup.make(store, tmp_path / "one.zip")
    assert refused.value.code == "backup_exists"
    assert not list(tmp_path.glob("*.part"))


def test_what_was_erased_after_a_backup_does_not_come_back_and_its_keys_lie_apart(
    database_url: str, child: Make, found: Make, tmp_path: Path
) -> None:
    settings = Settings(
        database=database_url, encryption_key=f"file:{tmp_path / 'kek'}", erasures=tmp_path / "hub.erased"
    )
    hub = Hub.open(settings)
    hub.flow.receive("police-br", "message-1", [child("M1"), child("M2", "Rani"), child("M3", "Meena")])
    first, second = (tmp_path / f"trackchild-2026010{day}T000000Z.zip" for day in (1, 2))
    backup.make(hub.store, first)
    assert "child_keys.copy" not in zipfile.ZipFile(first).namelist()
    said = Said("clerk", "order 1", "s.24(2)")
    hub.erasing.erase(["police-br/M1"], said)
    backup.make(hub.store, second)
    hub.erasing.erase(["police-br/M2"], said)
    hub.close()
    assert not backup.keys_of(first).exists()  # the newer keys serve both
    ledger = Ledger(settings.ledger)
    for number, (older, ledgers, left) in enumerate(
        ((first, [ledger], {"M3"}), (second, [ledger], {"M3"}), (first, [], {"M2", "M3"}))
    ):
        store = Store.at(f"sqlite:///{tmp_path / f'again{number}.sqlite'}", 2)
        backup.restore(store, older, ledgers=ledgers)
        with store.read() as work:
            assert {one for _, one in work.records.hub_ids({("police-br", f"M{n}") for n in (1, 2, 3)}, 2)} == left
        store.close()
    store = Store.at(f"sqlite:///{tmp_path / 'short.sqlite'}", 2)
    with pytest.raises(Refused) as refused:
        backup.restore(store, second)
    assert refused.value.code == "ledger_short"
    backup.keys_of(second).unlink()
    with pytest.raises(Refused) as refused:
        backup.restore(store, first, ledgers=[ledger])
    assert refused.value.code == "backup_keys_missing"
    store.close()
