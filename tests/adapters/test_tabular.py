"""Workbooks, XML and HTML tables as rows, and what a hostile file of each cannot do."""

import io
import zipfile
from pathlib import Path

import openpyxl
import pytest

from adapters import tabular
from contracts import Refused


def test_an_xml_element_becomes_a_dict_and_what_repeats_a_list() -> None:
    content = b'<R xmlns="urn:x"><C id="7"><N lang="hi">A</N><N>B</N><D/></C><C id="8"><N>Z</N></C></R>'
    assert list(tabular.xml(content)) == [
        {"@id": "7", "N": [{"@lang": "hi", "text": "A"}, "B"], "D": ""},
        {"@id": "8", "N": "Z"},
    ]


def test_the_named_elements_are_the_rows_even_if_others_repeat_more() -> None:
    content = b"<R><C><P><x>1</x></P><P><x>2</x></P></C></R>"
    assert list(tabular.xml(content, "R.C")) == [{"P": [{"x": "1"}, {"x": "2"}]}]
    assert list(tabular.xml(content)) == [{"x": "1"}, {"x": "2"}]


def test_entities_of_a_document_are_never_read() -> None:
    with pytest.raises(Refused, match="DTD"):
        list(tabular.xml(b'<!DOCTYPE a [<!ENTITY x "y">]><a><b><c>&x;</c></b></a>'))


def test_a_page_with_one_record_in_two_columns_is_one_row() -> None:
    page = b"<table><tr><td>Name :</td><td>Ravi</td></tr><tr><td>Sex :</td><td>Male</td></tr></table>"
    assert list(tabular.html(page)) == [{"Name": "Ravi", "Sex": "Male"}]


def test_the_largest_table_of_a_page_is_read_by_its_titles() -> None:
    page = (
        b"<table><tr><td>menu</td></tr></table><table><thead><tr><th>No</th><th>Name</th><th>Sex</th></tr></thead>"
        b"<tbody><tr><td>1</td><td> Ravi \n Kumar</td><td>M</td></tr>"
        b"<tr><td></td><td></td><td></td></tr></tbody></table>"
    )
    assert list(tabular.html(page)) == [{"No": "1", "Name": "Ravi Kumar", "Sex": "M"}]


def test_a_workbook_is_read_from_its_first_sheet_with_titles(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.title = "cover"
    sheet = book.create_sheet("data")
    for row in ([], ["Register of 2024"], ["No", "Name"], ["1", "Ravi"], [None, None], [2, "=1+1"]):
        sheet.append(row)
    book.save(tmp_path / "a.xlsx")
    assert list(tabular.xlsx(tmp_path / "a.xlsx")) == [{"No": "1", "Name": "Ravi"}, {"No": 2, "Name": None}]


def test_a_workbook_that_unpacks_to_more_than_it_may_is_refused_before_it_is_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tabular, "_MOST_UNPACKED", 1_000)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("xl/worksheets/sheet1.xml", b"0" * 2_000)
    (tmp_path / "bomb.xlsx").write_bytes(packed.getvalue())
    with pytest.raises(Refused, match="unpacks to more"):
        list(tabular.xlsx(tmp_path / "bomb.xlsx"))
