"""``trackchild backup`` and ``restore`` as an operator meets them."""

import json
from pathlib import Path

from tests.portal.cli.conftest import Typed


def test_a_backup_is_made_verified_and_restored_by_command(typed: Typed, tmp_path: Path) -> None:
    assert typed("registry", "participants").code == 0
    made = json.loads(typed("backup", "one.zip", "--json").out)
    assert made["rows"] > 1_000
    assert json.loads(typed("backup", "verify", "one.zip", "--json").out) == made
    other = f"sqlite:///{tmp_path / 'other.sqlite'}"
    assert json.loads(typed("--database", other, "restore", "one.zip", "--json").out) == made
    again = typed("--database", other, "restore", "one.zip")
    assert (again.code, again.err.count("\n"), "database_not_empty" in again.err) == (3, 2, True)
    assert typed("--database", other, "restore", "one.zip", "--force").code == 0


def test_a_folder_of_backups_keeps_the_newest(typed: Typed, tmp_path: Path) -> None:
    assert typed("registry", "participants").code == 0
    (tmp_path / "kept").mkdir()
    for day in (1, 2):
        (tmp_path / "kept" / f"trackchild-2026010{day}T000000Z.zip").touch()
    assert typed("backup", "kept", "--keep", "2").code == 0
    names = sorted(path.name for path in (tmp_path / "kept").iterdir())
    assert len(names) == 2
    assert names[0] == "trackchild-20260102T000000Z.zip"


def test_nothing_is_backed_up_where_no_hub_ever_was(typed: Typed, tmp_path: Path) -> None:
    done = typed("backup", "one.zip")
    assert (done.code, "no_hub_here" in done.err) == (3, True)
    assert not list(tmp_path.glob("one.zip*"))
    assert "not_a_folder" in typed("backup", "two.zip", "--keep", "3").err


def test_a_file_that_is_no_backup_is_named_so(typed: Typed, tmp_path: Path) -> None:
    (tmp_path / "one.zip").write_text("not a zip", encoding="utf-8")
    assert "not_a_backup" in typed("backup", "verify", "one.zip").err
    assert "not_a_backup" in typed("restore", "one.zip").err
