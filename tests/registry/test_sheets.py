"""Institutions from and to CSV and XLSX: what goes out comes back; what is bad is named by row, column and rule."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from contracts import Institution, Refused
from registry import Registry, sheet_files, sheets

Make = Callable[..., Institution]
HEAD = "id,kind,name,state,valid_from"


@pytest.fixture
def full(small: Registry, institution: Make) -> list[Institution]:
    """Institutions with every kind of value that a cell can hold."""
    home = {
        "kind": "CHILDRENS_HOME",
        "capacity": 50,
        "admits": "girls",
        "age_from": 6,
        "sick_room": True,
        "cctv": False,
    }
    names = [
        {"text": "नन्ही | छाँव", "lang": "hi", "script": "Deva"},
        {"text": "Shade \\ Home", "kind": "alias"},
    ]
    return [
        institution("dcps", "DCPS", "district", state=9, area="d1", phone="+91 11 2345"),
        institution("home", "CCI", "district", state=9, area="d1", parent="dcps", cci=home, other_names=names),
        institution("=danger".strip("="), "CWC", "district", state=9, area="d2", name="=1+1", address="@home, 'lane'"),
        institution("old", "JJB", "district", state=9, valid_to="2010-12-31", email="jjb@example.org", name="'quoted"),
        institution("old", "JJB", "district", state=9, valid_from="2011-01-01", address="Line one\nline two"),
    ]


def load_text(registry: Registry, text: str, **how: bool) -> sheets.SheetReport:
    return sheets.load_bytes(registry.institutions, text.encode(), "x.csv", **how)


def told(report: sheets.SheetReport) -> list[tuple[int, str, str]]:
    return [(problem.row, problem.column, problem.rule) for problem in report.problems]


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_what_was_saved_loads_unchanged(small: Registry, full: list[Institution], tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"institutions{suffix}"
    assert sheets.save(path, full) == 5
    report = sheets.load(small.institutions, path)
    assert report == sheets.SheetReport(rows=5, good=5, written=5, problems=())
    by_key = {(one.id, one.valid_from): one for one in small.institutions.all()}
    assert by_key == {(one.id, one.valid_from): one for one in full}


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_no_cell_that_goes_out_is_a_formula(full: list[Institution], tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"institutions{suffix}"
    sheets.save(path, full)
    if suffix == ".xlsx":
        cells = [cell for row in openpyxl.load_workbook(path).active.iter_rows() for cell in row]  # type: ignore[union-attr]
        assert {cell.data_type for cell in cells} <= {"s", "n"}
        assert not any(str(cell.value).startswith(("=", "+", "-", "@")) for cell in cells if cell.value)
    else:
        cells_ = [cell for line in path.read_text("utf-8-sig").splitlines() for cell in line.split(",")]
        assert not any(cell.lstrip('"').startswith(("=", "+", "-", "@")) for cell in cells_)


def test_people_write_days_states_levels_and_names_their_own_way(small: Registry) -> None:
    text = "ID,Kind,Name,State,Valid From,Other Names,cci-kind,CCI Capacity,cci_cctv\n"
    text += "home,CCI,Home,UTTAR PRADESH,01/04/2015,बाल गृह,OPEN_SHELTER,25,Y\n"
    assert load_text(small, text).ok
    one = small.institutions.get("home")
    assert one is not None and one.cci is not None
    assert (one.state, one.level, str(one.valid_from), one.cci.cctv) == (9, "district", "2015-04-01", True)
    assert one.other_names[0].text == "बाल गृह"


def test_a_bad_row_keeps_every_row_out_and_is_named_by_row_column_and_rule(small: Registry) -> None:
    text = f"{HEAD},cci_capacity\ngood,DM,Good,9,2001-01-01,\n\nbad,DMM,,999,someday,many\n"
    report = load_text(small, text)
    assert (report.rows, report.good, report.written) == (2, 1, 0)
    assert {(row, column) for row, column, _ in told(report)} == {
        (4, column) for column in ("kind", "level", "name", "state", "valid_from", "cci_kind", "cci_capacity")
    }
    assert small.institutions.all() == []
    assert not any("someday" in problem.message or "many" in problem.message for problem in report.problems)


def test_good_rows_are_taken_if_that_is_wished_without_those_that_need_a_bad_one(small: Registry) -> None:
    text = f"{HEAD},parent\nd1,DM,District Magistrate,9,2001-01-01,\nscpc,SCPC,Society,,2001-01-01,\n"
    text += "dcps,DCPS,Society of the district,9,2001-01-01,scpc\n"
    report = load_text(small, text, accept_good_rows=True)
    assert (report.rows, report.good, report.written) == (3, 1, 1)
    assert told(report) == [(3, "state", "missing"), (4, "parent", "parent_unknown")]
    assert [one.id for one in small.institutions.all()] == ["d1"]


def test_a_dry_run_writes_nothing(small: Registry) -> None:
    report = load_text(small, f"{HEAD}\nd1,DM,Magistrate,9,2001-01-01\n", dry_run=True)
    assert (report.ok, report.good, report.written) == (True, 1, 0)
    assert small.institutions.all() == []


def test_a_row_that_stands_twice_is_named(small: Registry) -> None:
    report = load_text(small, f"{HEAD}\nd1,DM,One,9,2001-01-01\nd1,DM,Two,9,2001-01-01\n")
    assert told(report) == [(3, "id", "twice")]


def test_a_row_that_is_loaded_again_overwrites_itself(small: Registry) -> None:
    for name in ("One", "Two"):
        assert load_text(small, f"{HEAD}\nd1,DM,{name},9,2001-01-01\n").ok
    assert [one.name for one in small.institutions.all()] == ["Two"]


def test_a_cell_outside_the_named_columns_is_not_lost_silently(small: Registry) -> None:
    report = load_text(small, f"{HEAD}\nd1,DM,One,9,2001-01-01,surplus\n")
    assert told(report) == [(2, "", "too_many_cells")]


@pytest.mark.parametrize(
    ("header", "rule", "words"),
    [
        ("id,kind,name,valid_from,adress", "unknown_column", "Did you mean address?"),
        ("id,kind,name,valid_from,zzzz", "unknown_column", "Remove it"),
        ("id,kind,name", "missing_column", "valid_from"),
        ("id,kind,name,valid_from,name", "column_twice", "remove one"),
        ("", "missing_column", "id"),
    ],
)
def test_a_header_that_is_not_understood_refuses_the_sheet(small: Registry, header: str, rule: str, words: str) -> None:
    with pytest.raises(Refused, match="sheet_columns") as error:
        load_text(small, header + "\n")
    assert any(problem.rule == rule and words in problem.message for problem in error.value.problems)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_comes_in_the_encodings_and_with_the_separators_that_offices_save(
    small: Registry, encoding: str, delimiter: str
) -> None:
    text = f"{HEAD}\r\nd1,DM,ज़िलाधिकारी,9,2001-01-01\r\n".replace(",", delimiter)
    assert sheets.load_bytes(small.institutions, text.encode(encoding), "x.CSV").ok
    assert small.institutions.all()[0].name == "ज़िलाधिकारी"


def test_formulas_and_errors_are_no_values(small: Registry) -> None:
    book = openpyxl.Workbook()
    book.active.append(HEAD.split(","))  # type: ignore[union-attr]
    book.active.append(["d1", "DM", "=A1", 9, "2001-01-01"])  # type: ignore[union-attr]
    out = io.BytesIO()
    book.save(out)
    report = sheets.load_bytes(small.institutions, out.getvalue(), "x.xlsx")
    assert told(report) == [(2, "name", "formula")]
    assert told(load_text(small, f"{HEAD}\nd1,DM,=A1,9,2001-01-01\n")) == [(2, "name", "formula")]


def workbook(**changed: bytes) -> bytes:
    """A sound workbook with parts added or replaced (``__`` stands for ``/``, ``_dot_`` for ``.``)."""
    sound = sheet_files.xlsx_bytes([HEAD.split(","), ["d1", "DM", "Magistrate", "9", "2001-01-01"]], "institutions")
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(sound)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        parts = {name: old.read(name) for name in old.namelist()}
        parts |= {name.replace("__", "/").replace("_dot_", "."): content for name, content in changed.items()}
        for name, content in parts.items():
            new.writestr(name, content)
    return out.getvalue()


def test_a_sound_workbook_passes_every_guard(small: Registry) -> None:
    assert sheets.load_bytes(small.institutions, workbook(), "x.xlsx").ok


@pytest.mark.parametrize(
    "parts",
    [
        {"xl__sharedStrings_dot_xml": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><sst/>'},
        {"xl__styles_dot_xml": b'<?xml version="1.0"?><!DOCTYPE a SYSTEM "http://example.org/x"><styleSheet/>'},
        {"xl__sharedStrings_dot_xml": '<?xml version="1.0" encoding="utf-16"?><sst/>'.encode("utf-16")},
        {"xl__sharedStrings_dot_xml": b'<?xml version="1.0" encoding="utf-7"?><sst/>'},
        {"xl__vbaProject_dot_bin": b"x"},
        {"xl__externalLinks__externalLink1_dot_xml": b"<a/>"},
        {"xl__media__image1_dot_png": b"\0" * 5_000_000},
    ],
    ids=["entity", "dtd", "utf-16", "utf-7", "macro", "link", "bomb"],
)
def test_a_dangerous_workbook_is_refused_before_it_is_parsed(small: Registry, parts: dict[str, bytes]) -> None:
    with pytest.raises(Refused, match="sheet_unsafe"):
        sheets.load_bytes(small.institutions, workbook(**parts), "x.xlsx")


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"PK\x03\x04 broken", "x.xlsx", "sheet_unreadable"),
        (b"id,kind\n\xff\xfa", "x.csv", "sheet_unreadable"),
        (f'{HEAD}\n"open'.encode(), "x.csv", "sheet_unreadable"),
        (b"x", "x.ods", "sheet_format"),
        (b"x" * (sheet_files.MOST_BYTES + 1), "x.csv", "sheet_too_large"),
        (f"{HEAD}\n{'x' * 2_001},DM,Name,9,2001-01-01".encode(), "x.csv", "sheet_too_large"),
        (f"{HEAD}\n{'a,DM,b,9,2001-01-01' + chr(10)}".encode() * 50_002, "x.csv", "sheet_too_large"),
    ],
    ids=["no zip", "no utf-8", "open quote", "other format", "bytes", "cell", "rows"],
)
def test_a_file_that_cannot_be_used_is_refused_whole(small: Registry, content: bytes, name: str, code: str) -> None:
    with pytest.raises(Refused, match=code):
        sheets.load_bytes(small.institutions, content, name)


def test_a_file_that_is_not_there_is_refused(small: Registry, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="sheet_unreadable"):
        sheets.load(small.institutions, tmp_path / "none.csv")
    with pytest.raises(Refused, match="sheet_format"):
        sheets.save(tmp_path / "x.ods", [])
