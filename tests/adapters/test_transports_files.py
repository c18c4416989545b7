"""Saved pages: JSON, JSON-lines, CSV and HTML, in natural order, resumed from any row."""

import json
from pathlib import Path

import pytest

from adapters import files
from contracts import Refused, Unready
from tests.loopback import HERE


def write(folder: Path) -> None:
    (folder / "page_10.json").write_text(json.dumps({"recordsTotal": 9, "Data": [{"n": 5}, {"n": 6}]}))
    (folder / "page_2.json").write_text(json.dumps([{"n": 1}, "no row", {"n": 2}]))
    (folder / "rows.jsonl").write_text('{"n": 7}\n\nnot json\n[1]\n{"n": 8}\n', encoding="utf-8")
    (folder / "sheet.csv").write_bytes("n,name\r\n9,Ren\u00e9\r\n10,x,too many\r\n".encode("windows-1252"))
    (folder / "notes.txt").write_text("not read")


def test_every_row_is_read_in_natural_order_and_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    write(tmp_path)
    found = [(saved.file, saved.number, saved.row, saved.reason) for saved in files.rows(tmp_path)]
    assert found == [
        ("page_2.json", 1, {"n": 1}, ""),
        ("page_2.json", 2, None, "not a JSON object"),
        ("page_2.json", 3, {"n": 2}, ""),
        ("page_10.json", 1, {"n": 5}, ""),
        ("page_10.json", 2, {"n": 6}, ""),
        ("rows.jsonl", 1, {"n": 7}, ""),
        ("rows.jsonl", 2, None, "not JSON"),
        ("rows.jsonl", 3, None, "not a JSON object"),
        ("rows.jsonl", 4, {"n": 8}, ""),
        ("sheet.csv", 1, {"n": "9", "name": "René"}, ""),
        ("sheet.csv", 2, None, "more cells than columns"),
    ]


def test_reading_resumes_behind_any_row(tmp_path: Path) -> None:
    write(tmp_path)
    whole = [(saved.file, saved.number) for saved in files.rows(tmp_path)]
    for cut, place in enumerate(whole):
        assert [(saved.file, saved.number) for saved in files.rows(tmp_path, after=place)] == whole[cut + 1 :]


def test_one_file_is_a_folder_of_one(tmp_path: Path) -> None:
    write(tmp_path)
    url = (tmp_path / "rows.jsonl").as_uri()
    assert [saved.row for saved in files.rows(HERE.folder(url)) if saved.row] == [{"n": 7}, {"n": 8}]


def test_utf_8_with_a_mark_is_told_from_windows_1252(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("n\nराम\n", encoding="utf-8-sig")
    assert next(files.rows(tmp_path)).row == {"n": "राम"}


def test_a_place_that_is_not_there_and_one_that_is_no_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Unready, match="unreachable"):
        list(files.rows(tmp_path / "nowhere"))
    with pytest.raises(Refused, match="bad_url"):
        HERE.folder("http://127.0.0.1/")


def test_html_is_read_by_whoever_knows_its_tables(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("<p>1</p>")
    assert list(files.rows(tmp_path)) == []
    assert [saved.row for saved in files.rows(tmp_path, html=lambda page: iter([{"length": len(page)}]))] == [
        {"length": 8}
    ]
