"""The page of counts: a table beside the drawing, files without formulas, small counts kept from the public."""

import csv
import io
from typing import Any

import pytest
from openpyxl import load_workbook

from contracts import Participant, ParticipantKind, Permission


def test_the_public_is_not_told_of_one_child_and_the_police_are(browser: Any, desk: Any) -> None:
    shown = browser.get("/counts").text
    assert "Bihar" in shown
    assert "under 5" in shown
    browser.sign_in("police")
    assert "under 5" not in browser.get("/counts").text


@pytest.mark.parametrize("by", ["state", "district", "gender", "age", "year", "month", "participant"])
def test_every_group_has_its_table_in_every_form(police: Any, by: str) -> None:
    page = police.get(f"/counts?by={by}")
    assert page.status_code == 200
    assert 'role="table"' in page.text
    text = police.get(f"/counts.csv?by={by}")
    lines = list(csv.reader(io.StringIO(text.content.decode("utf-8-sig"))))
    assert lines[0][1:] == ["Missing", "Traced", "Not traced", "Found", "Matched", "Restored"]
    assert lines[-1] == ["Together", "1", "0", "1", "1", "0", "0"]
    book = load_workbook(io.BytesIO(police.get(f"/counts.xlsx?by={by}").content))
    assert [[str(cell) for cell in row] for row in book["counts"].values] == lines


def test_a_name_that_looks_like_a_formula_is_none_in_the_files(police: Any, desk: Any) -> None:
    evil = Participant(
        id="police-br", name='=HYPERLINK("http://x")', kind=ParticipantKind.STATE_POLICE, permissions=list(Permission)
    )
    desk.hub.registry.participants.put(evil)
    assert "'=HYPERLINK" in police.get("/counts.csv?by=participant").text
    book = load_workbook(io.BytesIO(police.get("/counts.xlsx?by=participant").content))
    assert {cell.data_type for row in book["counts"].iter_rows() for cell in row} <= {"s", "n"}


@pytest.mark.parametrize("query", ["state=abc&first=x&last=99999&gender=Q", "state=&gender=&first=&last="])
def test_a_question_that_cannot_be_read_asks_for_everything(police: Any, query: str) -> None:
    assert "Bihar" in police.get(f"/counts?{query}").text


def test_a_question_that_fits_nothing_says_what_to_do(police: Any) -> None:
    assert "Nothing fits" in police.get("/counts?first=2099").text
