"""Whatever is typed wrongly is told in one clear line with what to do next, and never as a traceback."""

import contextlib
import random
import socket
import sqlite3
from pathlib import Path

import pytest

from portal.cli import failing
from tests.portal.cli.conftest import Done, Typed

NOBODY = "postgresql+psycopg://nobody:s3cret@127.0.0.1:1/hub"
POLICE = ("registry", "add", "p-1", "--name", "Police", "--kind", "state_police")
#: (what is typed, exit code, words of the line)
WRONG: list[tuple[tuple[str, ...], int, str]] = [
    (("pull", "nobody"), 3, "unknown_participant: "),
    (("port", "nobody"), 3, "unknown_participant: "),
    (("adapter", "check", "nobody"), 3, "unknown_participant: "),
    (("registry", "key", "nobody"), 3, "unknown_participant: "),
    (("match", "show", "none"), 3, "unknown_match: "),
    (("registry", "add", "Not an id", "--name", "x", "--kind", "cci"), 3, "bad_value: "),
    ((*POLICE, "--url", "no address"), 3, "bad_value: "),
    ((*POLICE, "--state", "999"), 3, "bad_value: "),
    ((*POLICE, "--url", "http://127.0.0.1:1/", "--adapter", "telepathy"), 3, "no_such_adapter: "),
    (("registry", "import", "words.csv"), 3, "sheet_columns: "),
    (("registry", "import", "noise.csv"), 3, "sheet_unreadable: "),
    (("registry", "import", "noise.xlsx"), 3, "sheet_unreadable: "),
    (("registry", "import", "words.txt"), 3, "sheet_format: "),
    (("registry", "export", "institutions.pdf"), 3, "sheet_format: "),
    (("registry", "export", "no-folder/institutions.csv"), 3, "cannot_use_file: no-folder/institutions.csv: "),
    (("contracts", "publish", "words.txt/published"), 3, "cannot_use_file: "),
    (("contracts", "publish", "nothing", "--check"), 3, "contract_not_current: "),
    (("node", "telepathy"), 3, "no_such_adapter: "),
    (("node", "cci", "--load", "words.txt"), 3, "node_cannot_start: words.txt is not one JSON object a line"),
    (("node", "state_police", "--load", "noise.csv"), 3, "node_cannot_start: noise.csv is not one JSON object a line"),
    (("node", "pri", "--load", "foreign.jsonl"), 3, "node_cannot_start: foreign.jsonl does not fit this system: "),
    (("node", "zipnet", "--database", "nonsense"), 3, "node_cannot_start: The node's --database cannot be opened. "),
    (("node", "cci", "--database", "sqlite:///no-folder/node.db"), 3, "node_cannot_start: "),
    (("--database", "nonsense", "match", "list"), 3, "bad_database_url: "),
    (("--database", "oracle://u:s3cret@127.0.0.1/x", "match", "list"), 3, "bad_database_url: "),
    (("--database", "sqlite:///no-folder/hub.db", "match", "list"), 4, "database_not_reached: "),
    (("--database", "sqlite:///words.txt", "serve"), 3, "not_a_database: "),
    (("--database", NOBODY, "match", "list"), 4, "database_not_reached: "),
    (("demo", "--once", "--folder", "words.txt"), 3, "cannot_use_file: words.txt: "),
]


@pytest.fixture(autouse=True)
def files(typed: Typed, tmp_path: Path) -> None:
    noise = b"\xff\xfe" + random.Random(1).randbytes(300)
    for name in ("noise.csv", "noise.xlsx"):
        (tmp_path / name).write_bytes(noise)
    for name in ("words.csv", "words.txt"):
        (tmp_path / name).write_text("only words\n")
    (tmp_path / "foreign.jsonl").write_text('{"table": "of_another_system", "name": "Zebulon"}\n')


def one_clear_line(done: Done, code: int, words: str) -> None:
    assert done.code == code, done
    first, *others = done.err.splitlines()
    assert first.startswith(f"trackchild: {words}"), done.err
    assert all(line.startswith("  ") for line in others), done.err
    assert not [word for word in ("Traceback", "s3cret", "Zebulon") if word in done.err]
    assert done.out == ""


@pytest.mark.parametrize(("arguments", "code", "words"), WRONG, ids=[" ".join(case[0]) for case in WRONG])
def test_wrong_input_is_told_in_one_line(typed: Typed, arguments: tuple[str, ...], code: int, words: str) -> None:
    one_clear_line(typed(*arguments), code, words)


@pytest.mark.parametrize(
    "arguments",
    [
        ("forecast",),
        ("pull", "--quickly"),
        ("match", "list", "--state", "imagined"),
        ("match", "list", "--limit", "0"),
        ("serve", "--port", "70000"),
        ("node", "cci", "--load", "nowhere.jsonl"),
        ("registry", "import", "nowhere.csv"),
        ("registry", "add", "p-1", "--name", "x", "--kind", "telepathy"),
    ],
    ids=" ".join,
)
def test_a_wrong_command_line_is_told_with_where_to_find_help(typed: Typed, arguments: tuple[str, ...]) -> None:
    done = typed(*arguments)
    assert (done.code, done.out) == (2, "")
    assert "--help' for help." in done.err
    assert "Error" in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize("command", ["serve", "node", "demo"])
def test_a_port_in_use_is_told_before_anything_else_is_done(typed: Typed, command: str) -> None:
    arguments = {"serve": ("serve",), "node": ("node", "pri"), "demo": ("demo", "--once")}[command]
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = typed(*arguments, "--port", port)
    one_clear_line(done, 3, "node_cannot_start: " if command == "node" else "address_taken: ")
    assert f"127.0.0.1:{port}" in done.err


@pytest.mark.parametrize(
    ("variable", "value"),
    [("BATCH_ROWS", "0"), ("LOG_LEVEL", "s3cret"), ("ADAPTERS", "not a list"), ("POOL_SIZE", "s3cret")],
)
def test_a_wrong_setting_is_named_and_its_value_is_not_repeated(
    typed: Typed, monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(f"TRACKCHILD_{variable}", value)
    done = typed("match", "list")
    one_clear_line(done, 3, "bad_setting: ")
    assert f"  TRACKCHILD_{variable}: " in done.err


def test_the_doctor_names_what_does_not_stand_and_what_to_do(
    typed: Typed, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "outside" / "odd").mkdir(parents=True)
    (tmp_path / "outside" / "odd" / "manifest.toml").write_text("this is no [toml")
    monkeypatch.setenv("TRACKCHILD_ADAPTERS", f'["{tmp_path}/outside", "{tmp_path}/nowhere"]')
    done = typed("--database", NOBODY, "doctor", "--json")
    assert done.code == 4
    for words in ("database_not_reached", "odd: (file)", "nowhere: (folder)", "TRACKCHILD_ADAPTERS"):
        assert words in done.out, done.out
    assert done.err == "trackchild: doctor_found_faults: Something does not stand; do what the lines say.\n"


def test_an_unreadable_manifest_is_told_by_its_name(
    typed: Typed, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "odd").mkdir()
    (tmp_path / "odd" / "manifest.toml").write_text("this is no [toml")
    monkeypatch.setenv("TRACKCHILD_ADAPTERS", f'["{tmp_path}/odd"]')
    one_clear_line(typed("adapter", "list"), 3, "bad_manifest: odd: ")


def test_a_database_that_a_newer_hub_made_is_left_alone(typed: Typed, tmp_path: Path) -> None:
    assert typed("match", "list").code == 0
    with contextlib.closing(sqlite3.connect(tmp_path / "hub.sqlite")) as database, database:
        database.execute("UPDATE alembic_version SET version_num = '9999_from_the_future'")
        database.execute("UPDATE markers SET value = '9999_from_the_future' WHERE name = 'fits_from'")
    one_clear_line(typed("match", "list"), 3, "database_newer: ")


def test_one_system_that_cannot_be_spoken_to_does_not_keep_the_others_waiting(typed: Typed, tmp_path: Path) -> None:
    saved = tmp_path / "saved.jsonl"
    saved.write_text("")
    typed("registry", "add", "a-1", "--name", "x", "--kind", "state_police", "--url", "http://127.0.0.1:1/")
    typed("registry", "add", "b-1", "--name", "x", "--kind", "cci", "--url", "http://127.0.0.1:1/")
    done = typed("pull", "--json")
    assert done.code == 4
    assert [line for line in done.err.splitlines() if line.startswith("trackchild: ")] == [
        "trackchild: pull_broke_off: a-1 (no_secret), b-1 (no_secret) broke off; try: trackchild adapter check a-1"
    ]
    assert '"participant": "b-1"' in done.out


def test_a_defect_is_told_by_kind_and_place_and_not_by_its_words(typed: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ValueError("Zebulon of Gaya")

    monkeypatch.setattr("hub.app.Hub.matches", broken)
    done = typed("match", "list")
    one_clear_line(done, failing.DEFECT, "defect: The command failed (ValueError at test_wrong_input.py:")
    monkeypatch.setenv(failing.TRACEBACK, "1")
    with pytest.raises(ValueError, match="Zebulon"):
        typed("match", "list")
