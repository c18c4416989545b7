"""A thousand children are erased: no word of them is left anywhere, no backup brings one back, the audit verifies."""

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from contracts import ChildRecord, Officer
from contracts.exchange import GetCase, Search
from hub import backup
from hub.access import EVERYWHERE, Role, person
from hub.app import Hub
from hub.erasing.ledger import Ledger
from hub.erasing.office import Said
from hub.evidence.growing import new_key
from hub.index import Store
from hub.settings import Settings
from tests.attacks.canaries import ENDS, MARK, MARK_HINDI, made
from tests.hub.conftest import make_found

MANY = 1_000
SAID = Said("JJB clerk", "JJB Gaya 12 of 2026-03-01", "JJ Act 2015 s.24(2)")
OFFICER = person(Officer(id="officer-1", role="CWC Gaya"), Role.COMMITTEE, EVERYWHERE)
#: How a word may lie in a file: as written, and as JSON would write it. Its mark alone stands in one of so many opaque
#: ids by chance; with two of its syllables in none.
WORDS = re.compile(
    b"|".join(
        [
            f"(?i:{MARK})(?:{'|'.join(ENDS)}){{2}}".encode(),
            *(re.escape(spelt.encode()) for spelt in (MARK_HINDI, MARK_HINDI.encode("unicode_escape").decode())),
        ]
    )
)


def _children() -> Iterator[ChildRecord]:
    """Five records of each of two hundred children who never were, every one with words that occur nowhere else."""
    for canary in made():
        for part, word in enumerate(canary.words):
            said = canary.record | {"ref": {"participant": "police-br", "source_id": f"{canary.number}-{part}"}}
            yield ChildRecord.model_validate(said | {"names": [{"text": word}] if part != 3 else said["names"]})


def _words_in(found: bytes) -> list[bytes]:
    return sorted(set(WORDS.findall(found)))


def _everything(store: Store, folder: Path) -> bytes:
    """Every byte of the database: of SQLite its files, else every row of every table."""
    if store.backend == "sqlite":
        return b"".join(file.read_bytes() for file in folder.glob("hub.sqlite*"))
    with store.read() as work:
        names = work.connection.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).scalars()
        rows = [work.connection.execute(text(f'SELECT * FROM "{name}"')).all() for name in names.all()]
    return b"".join(_bytes(value) for table in rows for row in table for value in row)


def _bytes(value: Any) -> bytes:
    return bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()


def _unzipped(folder: Path) -> bytes:
    return b"".join(
        zipfile.ZipFile(file).read(name)
        for file in folder.iterdir()
        if file.suffix in (".zip", ".keys")
        for name in zipfile.ZipFile(file).namelist()
    )


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """SQLite with the words in clear, whose very file is searched, and PostgreSQL with a key per child."""
    new_key(tmp_path / "audit.pem")
    key = "none" if database_url.startswith("sqlite") else f"file:{tmp_path / 'kek'}"
    more = {"erasures": tmp_path / "ledger", "audit_key": tmp_path / "audit.pem", "log_level": "debug"}
    return Settings(database=database_url, encryption_key=key, **more)


def test_of_a_thousand_erased_children_nothing_is_left_and_no_backup_brings_them_back(
    settings: Settings, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    hub, closed = Hub.open(settings), settings.encryption_key != "none"
    told = list(_children())
    assert len(told) == MANY
    for start in range(0, MANY, 500):
        hub.flow.receive("police-br", f"canaries-{start:04}", told[start : start + 500])
    name = told[0].names[0].text
    hub.flow.receive("cci-dl", "message-00001", [make_found("TWIN", name), make_found("KEPT", "Rani Kumari")])
    assert hub.search(OFFICER, Search(name=name)).total > 0
    (tmp_path / "before").mkdir()
    (tmp_path / "after").mkdir()
    backup.make(hub.store, tmp_path / "before" / "trackchild-20260101T000000Z.zip")
    if not closed:
        assert _words_in(_everything(hub.store, tmp_path)), "the search must be able to find them"
    with hub.store.read() as work:
        ids = list(work.records.hub_ids({("police-br", one.ref.source_id) for one in told}, 2).values())
        (twin,) = work.records.hub_ids({("cci-dl", "TWIN")}, 2).values()
    assert len(hub.erasing.erase([*ids, twin], SAID)) == MANY + 1
    hub.erasing.scour()
    assert _nothing_left(hub, told, tmp_path)
    backup.make(hub.store, tmp_path / "after" / "trackchild-20260102T000000Z.zip")
    assert _words_in(_unzipped(tmp_path / "after")) == []
    if closed:
        assert _words_in(_unzipped(tmp_path / "before")) == []
    hub.grow_audit()
    verified = hub.proofs.verify([], [])
    assert verified.problems == [] and verified.lines > MANY and verified.heads > 0
    hub.close()
    _restore_the_older(settings, tmp_path, told)
    out, err = capfd.readouterr()
    assert _words_in((out + err).encode()) == []


def _nothing_left(hub: Hub, told: list[ChildRecord], folder: Path) -> bool:
    assert _words_in(_everything(hub.store, folder)) == []
    assert _words_in((folder / "ledger").read_bytes()) == []
    for record in told[:40]:
        assert hub.search(OFFICER, Search(name=record.names[0].text, include_ended=True)).total == 0
    kept = hub.search(OFFICER, Search(name="Rani Kumari")).hits
    assert [one.ref.source_id for one in kept] == ["KEPT"]
    assert hub.case(OFFICER, GetCase(hub_id=kept[0].hub_id, purpose="inquiry", case="FIR 1")).hub_id
    return True


def _restore_the_older(settings: Settings, folder: Path, told: list[ChildRecord]) -> None:
    """The backup of before the erasure, put back: by the ledger, and where keys were, by those of now, none returns."""
    again = Store.at(f"sqlite:///{folder / 'again.sqlite'}", 2)
    keys = max((folder / "after").glob("*.keys"), default=None)
    older = folder / "before" / "trackchild-20260101T000000Z.zip"
    backup.restore(again, older, ledgers=[Ledger(settings.ledger)], keys=keys)
    again.close()
    found = b"".join(file.read_bytes() for file in folder.glob("again.sqlite*"))
    assert _words_in(found) == []
    hub = Hub.open(settings.model_copy(update={"database": f"sqlite:///{folder / 'again.sqlite'}"}))
    assert hub.search(OFFICER, Search(name=told[0].names[0].text, include_ended=True)).total == 0
    assert hub.search(OFFICER, Search(name="Rani Kumari")).total == 1
    hub.close()
