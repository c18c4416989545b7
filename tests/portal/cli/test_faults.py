"""``trackchild faults run`` runs the harness of a checkout, gathers what its tests state, and writes the table."""

import json
from pathlib import Path

import pytest

from portal.cli import faults
from portal.cli.fault_table import BEGIN, END
from tests.portal.cli.conftest import Typed

TRIED = """
import json, os
from pathlib import Path

NAME, NUMBER, LOST = {name!r}, {number}, {lost}
ROW = {{"name": NAME, "number": NUMBER, "fault": "a | fault", "must_show": "0 lost", "cases": 3, "seconds": 1.5}}

def test_it():
    measured = {{"figures": {{"lost": LOST}}, "passed": not LOST, "form": os.environ["TRACKCHILD_FAULTS"]}}
    with Path(os.environ["TRACKCHILD_FAULT_RESULTS"]).open("a") as results:
        for variant in ("SQLite", "PostgreSQL"):
            results.write(json.dumps(ROW | measured | {{"variant": variant}}) + "\\n")
    assert not LOST, "told by pytest"
"""


@pytest.fixture
def harness(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout whose harness has two faults that hold."""
    (tmp_path / "tests/faults").mkdir(parents=True)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    monkeypatch.setattr(faults, "_CHECKOUT", tmp_path)
    add(tmp_path, "second", 2)
    add(tmp_path, "first", 1)
    return tmp_path


def add(checkout: Path, name: str, number: int, lost: int = 0) -> None:
    text = TRIED.format(number=number, name=name, lost=lost)
    (checkout / f"tests/faults/test_{name}.py").write_text(text)


def test_what_the_tests_state_is_gathered_by_fault_in_the_order_of_the_table(typed: Typed, harness: Path) -> None:
    first, second = json.loads(typed("faults", "run", "--short", "--json").out)
    assert (first["name"], second["name"]) == ("first", "second")
    assert (first["cases"], first["seconds"], first["form"]) == (6, 3.0, "short")
    assert first["measured"] == "SQLite, PostgreSQL: lost 0"
    assert first["held"] is True


def test_one_fault_is_run_alone_and_an_unknown_one_refused_with_the_names_there_are(
    typed: Typed, harness: Path
) -> None:
    assert [one["name"] for one in json.loads(typed("faults", "run", "--only", "second", "--json").out)] == ["second"]
    done = typed("faults", "run", "--only", "third")
    assert done.code == 3
    assert "unknown_fault" in done.err
    assert "first, second" in done.err


def test_a_fault_that_does_not_hold_is_shown_so_with_what_pytest_said(typed: Typed, harness: Path) -> None:
    add(harness, "second", 2, lost=4)
    done = typed("faults", "run", "--short")
    assert done.code == 4
    assert "fault_not_survived" in done.err
    assert "told by pytest" in done.err
    assert " NO " in done.out


def test_the_table_keeps_lines_of_other_faults_and_of_the_other_form(typed: Typed, harness: Path) -> None:
    page = harness / "page.md"
    page.write_text(f"Before.\n{BEGIN}\n{END}\nAfter.\n")
    typed("faults", "run", "--short", "--only", "second", "--write", str(page))
    typed("faults", "run", "--short", "--write", str(page))
    typed("faults", "run", "--only", "first", "--write", str(page))
    text = page.read_text()
    assert text.startswith("Before.\n")
    assert text.endswith("\nAfter.\n")
    rows = [[cell.strip() for cell in line.split("|")] for line in text.splitlines() if line.startswith("| ")][2:]
    assert [(row[1], row[2], row[4]) for row in rows] == [
        ("1", "a / fault", "long"),
        ("1", "a / fault", "short"),
        ("2", "a / fault", "short"),
    ]


def test_a_page_without_a_table_is_refused_with_the_lines_it_needs(typed: Typed, harness: Path) -> None:
    page = harness / "page.md"
    page.write_text("Nothing here.\n")
    done = typed("faults", "run", "--only", "first", "--write", str(page))
    assert done.code == 3
    assert BEGIN in done.err
    assert page.read_text() == "Nothing here.\n"
    assert "Faults " not in done.err, "it is refused before anything runs"


def test_without_a_checkout_the_command_says_what_to_do(
    typed: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(faults, "_CHECKOUT", tmp_path)
    done = typed("faults", "run")
    assert done.code == 3
    assert "make install-test" in done.err
