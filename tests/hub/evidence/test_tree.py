"""The audit's tree as it is kept: it grows by what is written, on both databases, and every tampering shows."""

import datetime
import random
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from contracts import Unready
from hub.evidence.growing import Growing
from hub.evidence.offline import merkle
from hub.evidence.offline.checkpoint import Head, Verifier, join, part
from hub.evidence.verifying import Verified, Verifying
from hub.index import Store
from hub.index.migrations import upgrade
from tests.hub.evidence.conftest import HUB, NOW, WATCH

Write = Callable[[int], None]


def verified(store: Store, *witnessed: str, keys: tuple[Verifier, ...] = (HUB.verifier, WATCH.verifier)) -> Verified:
    later = NOW + datetime.timedelta(days=1)
    return Verifying(store, keys, witnessed, now=lambda: later).run()


def seen(store: Store) -> str:
    """The newest head as a witness keeps it."""
    with store.read() as work:
        kept = work.evidence.head()
    assert kept is not None
    head, signatures = part(kept.checkpoint)
    return join(head, [*signatures, WATCH.sign(head.body, 1_768_035_600)])


def test_the_tree_grows_by_what_was_written_and_its_roots_are_those_of_its_lines(
    store: Store, write: Write, growing: Growing
) -> None:
    for many in (1, 255, 1, 300, 0, 5):
        write(many)
        assert growing.grow() == many
    found = verified(store)
    assert (found.lines, found.heads, found.problems) == (562, 5, [])
    with store.read() as work:
        leaves = [merkle.leaf_hash(leaf.entry or b"") for leaf in work.evidence.leaves()]
        assert work.evidence.root(562) == merkle.root(562, merkle.of_leaves(leaves))


def test_any_leaf_of_a_tree_of_many_tiles_is_proven_from_the_tiles(
    store: Store, write: Write, growing: Growing
) -> None:
    write(900)
    growing.grow()
    with store.read() as work:
        root = work.evidence.root(900)
        for leaf in work.evidence.leaves()[::37]:
            proof = merkle.inclusion(leaf.leaf, 900, work.evidence.node)
            assert merkle.verify_inclusion(leaf.leaf, 900, merkle.leaf_hash(leaf.entry or b""), proof, root)


def test_leaves_and_heads_can_only_be_added(store: Store, write: Write, growing: Growing) -> None:
    write(3)
    growing.grow()
    for statement in ("UPDATE audit_leaves SET seq = 99", "DELETE FROM audit_heads", "UPDATE audit_heads SET at = 1"):
        with pytest.raises(Exception, match="append-only"), store.engine.begin() as connection:
            connection.execute(text(statement))


def test_a_line_that_got_its_number_early_and_was_kept_late_still_gets_a_leaf(
    store: Store, write: Write, growing: Growing
) -> None:
    write(2)
    with store.engine.begin() as connection:
        columns = "seq, at, who, role, act, outcome"
        connection.execute(text(f"INSERT INTO audit ({columns}) VALUES (40, 5, 'a', 'b', 'c', 'd')"))
    growing.grow()
    with store.engine.begin() as connection:
        connection.execute(text(f"INSERT INTO audit ({columns}) VALUES (39, 5, 'a', 'b', 'c', 'd')"))
    assert growing.grow() == 1
    assert verified(store).problems == []


def test_without_a_key_the_tree_grows_and_says_that_nothing_is_signed(store: Store, write: Write) -> None:
    write(4)
    Growing(store, None).grow()
    assert verified(store).problems == ["4 lines are under no signed head."]


def test_a_line_outside_the_tree_for_long_is_a_finding(store: Store, write: Write) -> None:
    write(1)
    assert verified(store).problems == ["1 lines are in no leaf of the tree."]


def test_a_head_of_another_key_is_a_finding(store: Store, write: Write, growing: Growing) -> None:
    write(1)
    growing.grow()
    assert verified(store, keys=(WATCH.verifier,)).problems == ["The head of size 1 is signed by no known key."]


def test_a_log_cut_short_and_signed_anew_is_seen_by_its_witness_alone(store: Store, write: Write) -> None:
    write(20)
    Growing(store, HUB).grow()
    witnessed = seen(store)
    shorter = Store(store.engine)
    assert verified(shorter, witnessed).problems == []
    with store.read() as work:
        other = Head(HUB.verifier.name, 25, work.evidence.root(20))
    forged = join(other, [HUB.sign(other.body)])
    assert verified(store, forged).problems == ["A witness saw other lines up to 25, or more than there are now."]


def test_nothing_is_shown_while_the_tree_cannot_grow(
    store: Store, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = Growing(store, HUB, now=lambda: NOW + datetime.timedelta(hours=1))
    late.require_current(within=60)
    write(1)
    late.require_current(within=60)
    write(1)

    def full(*_: object) -> None:
        raise Unready("database_busy", "no room")

    monkeypatch.setattr("hub.index.evidence.Evidence.append", full)
    with pytest.raises(Unready) as refused:
        late.require_current(within=60)
    assert refused.value.code == "audit_behind"


# Tampering: whoever holds the database file but not the key, with the triggers taken off.

_COLUMNS = ("at", "who", "role", "act", "matter", "hub_id", "outcome")


def _tampered(file: Path, chance: random.Random) -> str:
    """Change one thing in the audit's tables; what was done."""
    act = chance.choice(
        [
            "alter",
            "alter",
            "alter",
            "delete",
            "swap",
            "insert",
            "leaf",
            "tile",
            "head",
            "cut",
            "cut and sign",
            "reorder",
        ]
    )
    with sqlite3.connect(file) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        _change(connection, act, chance)
    connection.close()
    return act


def _change(connection: sqlite3.Connection, act: str, chance: random.Random) -> None:
    total = connection.execute("SELECT count(*) FROM audit_leaves").fetchone()[0]
    one, two = chance.sample(range(1, total + 1), 2)
    if act == "alter":
        column = chance.choice(_COLUMNS)
        value = chance.randrange(10**9) if column == "at" else f"altered {chance.random()}"
        connection.execute(f"UPDATE audit SET {column} = ? WHERE seq = ?", (value, one))
    elif act == "delete":
        connection.execute("DELETE FROM audit WHERE seq = ?", (one,))
    elif act == "swap":
        connection.executemany("UPDATE audit SET seq = ? WHERE seq = ?", [(-1, one), (one, two), (two, -1)])
    elif act == "insert":
        said = (total + 1, 5, "officer:b", "committee", "read_section", "asked")
        connection.execute("INSERT INTO audit (seq, at, who, role, act, outcome) VALUES (?, ?, ?, ?, ?, ?)", said)
    elif act == "leaf":
        connection.execute("DELETE FROM audit_leaves WHERE leaf = ?", (one - 1,))
    elif act == "tile":
        level, number, hashes = chance.choice(connection.execute("SELECT * FROM audit_tiles").fetchall())
        place = chance.randrange(len(hashes))
        wrong = hashes[:place] + bytes([hashes[place] ^ 1 << chance.randrange(8)]) + hashes[place + 1 :]
        connection.execute("UPDATE audit_tiles SET hashes = ? WHERE level = ? AND number = ?", (wrong, level, number))
    elif act == "head":
        text_ = connection.execute("SELECT checkpoint FROM audit_heads WHERE size = ?", (total,)).fetchone()[0]
        place = chance.randrange(text_.index("\n\n"))
        wrong_text = text_[:place] + chance.choice([c for c in "abcXYZ019" if c != text_[place]]) + text_[place + 1 :]
        connection.execute("UPDATE audit_heads SET checkpoint = ? WHERE size = ?", (wrong_text, total))
    elif act == "reorder":
        first = connection.execute("SELECT seq FROM audit_leaves WHERE leaf = ?", (one - 1,)).fetchone()[0]
        second = connection.execute("SELECT seq FROM audit_leaves WHERE leaf = ?", (two - 1,)).fetchone()[0]
        connection.executemany(
            "UPDATE audit_leaves SET seq = ? WHERE leaf = ?", [(-1, one - 1), (first, two - 1), (second, one - 1)]
        )
    else:
        keep = chance.randrange(1, total)
        connection.execute("DELETE FROM audit WHERE seq > ?", (keep,))
        connection.execute("DELETE FROM audit_leaves WHERE leaf >= ?", (keep,))
        if act == "cut":
            connection.execute("DELETE FROM audit_heads WHERE size > ?", (keep,))
        connection.execute("DELETE FROM audit_tiles")


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A database with an audit of 300 lines and several heads, and the newest head as a witness kept it."""
    file = tmp_path_factory.mktemp("audit") / "hub.db"
    store = Store.at(f"sqlite:///{file}")
    upgrade(store.engine)
    from hub.index.audit import Line

    for part_ in range(3):
        with store.write() as work:
            for n in range(100):
                line = Line("officer:a", "committee", "read_section", "asked", matter=f"{part_} {n}", hub_id=f"c{n}")
                work.audit.add(line, NOW)
        Growing(store, HUB, now=lambda: NOW).grow()
    witnessed = seen(store)
    assert verified(store, witnessed).problems == []
    with store.engine.begin() as connection:
        connection.exec_driver_sql("SELECT 1")
    store.close()
    with sqlite3.connect(file) as connection_:
        connection_.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection_.close()
    return file, witnessed


def test_a_thousand_tamperings_of_a_thousand_are_detected(told: tuple[Path, str], tmp_path: Path) -> None:
    file, witnessed = told
    chance, missed = random.Random(74), []
    copy = tmp_path / "tampered.db"
    for n in range(1_000):
        shutil.copyfile(file, copy)
        act = _tampered(copy, chance)
        store = Store.at(f"sqlite:///{copy}")
        if not verified(store, witnessed).problems:
            missed.append((n, act))
        store.close()
        for beside in tmp_path.glob("tampered.db-*"):
            beside.unlink()
    assert missed == []
