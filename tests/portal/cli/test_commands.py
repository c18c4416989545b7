"""Every command explains itself with an example and answers in JSON; institutions go out and come back."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import typer

from portal.cli.app import app
from tests.portal.cli.conftest import Typed


def commands(group: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command that does something, with the words it is called by."""
    for name, command in getattr(group, "commands", {}).items():
        if hasattr(command, "commands"):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name), command


ALL = dict(commands(typer.main.get_command(app)))


def test_the_commands_are_those_that_were_asked_for() -> None:
    asked = ["demo", "serve", "node", "port", "pull", "deliver", "match", "adapter", "contracts", "doctor", "registry"]
    assert set(asked) <= {path[0] for path in ALL}


@pytest.mark.parametrize("path", ALL, ids=" ".join)
def test_every_command_has_an_example_and_can_answer_in_json(typed: Typed, path: tuple[str, ...]) -> None:
    done = typed(*path, "--help")
    assert done.code == 0
    assert "Example" in done.out
    assert f"trackchild {' '.join(path)}" in done.out.replace("--database", "").split("Example")[1] or path == (
        "serve",
    )
    assert "--json" in done.out


@pytest.mark.parametrize(
    "arguments",
    [
        ("doctor",),
        ("pull",),
        ("deliver",),
        ("match", "rebuild"),
        ("match", "list"),
        ("adapter", "list"),
        ("registry", "participants"),
        ("contracts", "publish", "--check"),
        ("contracts", "publish", "anew"),
    ],
    ids=" ".join,
)
def test_json_is_one_document_and_nothing_else_on_stdout(typed: Typed, arguments: tuple[str, ...]) -> None:
    done = typed(*arguments, "--json")
    assert done.code == 0, done
    json.loads(done.out)


def test_a_participant_is_added_and_its_key_is_shown_once(typed: Typed) -> None:
    added = typed("registry", "add", "police-jh", "--name", "Jharkhand Police", "--kind", "state_police",
                  "--may", "search", "--state", "20", "--json")  # fmt: skip
    assert json.loads(added.out)["permissions"] == ["search"]
    key = json.loads(typed("registry", "key", "police-jh", "--json").out)["key"]
    listed = typed("registry", "participants", "--json").out
    assert [one["id"] for one in json.loads(listed)] == ["police-jh"]
    assert key not in listed


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_institutions_are_exported_and_imported_again(typed: Typed, tmp_path: Path, ending: str) -> None:
    file = str(tmp_path / f"institutions.{ending}")
    written = json.loads(typed("registry", "export", file, "--json").out)
    report = json.loads(typed("registry", "import", file, "--json").out)
    assert report["rows"] == report["written"] == report["good"] > 700
    assert report["problems"] == []
    assert str(report["rows"]) in json.dumps(written)


def spoilt(file: Path) -> None:
    """Two rows of an exported workbook get a kind that nobody knows and a state that is none."""
    book = openpyxl.load_workbook(file)
    sheet = book.active
    column = {cell.value: cell.column for cell in sheet[1]}
    sheet.cell(3, column["kind"]).value = "POLICE_CASTLE"
    sheet.cell(5, column["state"]).value = "ninety"
    book.save(file)


def test_each_bad_row_is_reported_and_the_good_ones_are_taken_only_when_asked(typed: Typed, tmp_path: Path) -> None:
    file = tmp_path / "institutions.xlsx"
    typed("registry", "export", str(file))
    spoilt(file)
    refused = typed("registry", "import", str(file), "--json")
    report = json.loads(refused.out)
    assert (refused.code, report["written"]) == (3, 0)
    assert {(fault["row"], fault["column"]) for fault in report["problems"]} == {(3, "kind"), (5, "state")}
    assert all(fault["message"] for fault in report["problems"])
    assert refused.err.startswith("trackchild: rows_refused: Nothing was written. Mend the rows named")
    taken = typed("registry", "import", str(file), "--accept-good-rows", "--json")
    assert (taken.code, json.loads(taken.out)["written"]) == (0, report["rows"] - 2)
