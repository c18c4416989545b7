"""A preview shows what would become of rows, and writes nothing."""

import json
from pathlib import Path

from adapters import catalog
from adapters.base import Connection
from adapters.by_manifest import ByManifest
from adapters.outgoing import ANYWHERE
from adapters.previewing import preview

MANIFEST = """
[adapter]
kind = "system_xy"
title = "XY"
[connection]
transport = "files"
[[pull.lists]]
name = "missing"
path = "*.json"
id = "no"
[fields]
kind = { value = "missing" }
status = { from = "state", as = "code", table = "status", default = "reported" }
recorded_at = { from = "changed", as = "datetime", required = true }
names = { from = "name", as = "names" }
gender = { from = "sex", as = "code", table = "gender" }
[codes.status]
Open = "untraced"
"""
ROWS = [
    {"no": "1", "name": "Ravi", "sex": "M", "state": "Open", "changed": "2024-03-01"},
    {"no": "2", "name": "Rani", "sex": "lady", "state": "With CID", "changed": "2024-03-01"},
    {"no": "3", "name": "", "sex": "F", "state": "With CID", "changed": "2024-03-01"},
    {"no": "4", "name": "Ram", "sex": "F", "state": "Open", "changed": "yesterday"},
    {"name": "no id"},
]


def _adapter(tmp_path: Path) -> ByManifest:
    (tmp_path / "a" / "system_xy").mkdir(parents=True)
    (tmp_path / "a" / "system_xy" / "manifest.toml").write_text(MANIFEST)
    (tmp_path / "saved.json").write_text(json.dumps(ROWS))
    connection = Connection("police-xy", (tmp_path / "saved.json").as_uri(), outgoing=ANYWHERE)
    made = catalog.adapter("system_xy", connection, [tmp_path / "a"])
    assert isinstance(made, ByManifest)
    return made


def test_rows_are_shown_raw_and_mapped_with_what_is_wrong_with_each(tmp_path: Path) -> None:
    made = preview(_adapter(tmp_path))
    assert [(row.source_id, row.mapped is not None, row.problems) for row in made.rows] == [
        ("1", True, []),
        ("2", True, ["status: unmapped_code", "gender: unmapped_code"]),
        ("3", True, ["status: unmapped_code"]),
        ("4", False, ["recorded_at: the manifest requires it and the source does not say it usably"]),
        ("missing row 5", False, ["no_id: the row has no id of letters, digits and . _ : / -"]),
    ]
    assert made.rows[0].raw == ROWS[0]
    assert made.rows[0].mapped is not None and made.rows[0].mapped["names"][0]["text"] == "Ravi"


def test_coverage_counts_the_filled_share_and_words_without_a_code_are_counted(tmp_path: Path) -> None:
    made = preview(_adapter(tmp_path), rows=1)
    assert (made.read, made.taken, len(made.rows), sum(made.set_aside.values())) == (5, 3, 1, 2)
    assert made.coverage()["names.text"] == 2 / 3
    assert made.coverage()["status"] == 1.0
    assert made.unmapped == {"status": {"With CID": 2}, "gender": {"lady": 1}}


def test_no_more_rows_are_read_than_asked_for(tmp_path: Path) -> None:
    assert preview(_adapter(tmp_path), rows=1, read=2).read == 2
