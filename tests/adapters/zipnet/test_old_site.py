"""The old site's pages, and what becomes of a list that moves between two of its pages."""

from typing import Any

import pytest

from adapters import catalog
from adapters.rest import Reply
from adapters.zipnet import old_site
from adapters.zipnet.listing import DataTables, OldSite
from adapters.zipnet.node.old_site import encoded, list_page, zoom_page
from contracts import Refused, Unready

COLUMNS: dict[str, str] = catalog.manifest("zipnet").own["columns"]
ROW = {"State": "DELHI", "District": "SOUTH", "PoliceStation": "SAKET", "FIRNo": "105", "DD_Date": "15/02/2026",
       "SerialNumber": "MP-202602000540", "MissingFrom": "राजीव चौक “Rajiv” & co", "TracingStatus": "Untraced",
       "CreatedOn": "15/02/2026"}  # fmt: skip


@pytest.mark.parametrize("charset", ["utf-8", "windows-1252"])
def test_nested_tables_with_unclosed_cells_are_read_whatever_the_charset_says(charset: str) -> None:
    page = old_site.read_list(encoded(list_page([ROW, {**ROW, "FIRNo": None}], 7, 1, True), charset), COLUMNS)
    assert page.total == 7
    assert page.rows == [ROW, {key: value for key, value in ROW.items() if key != "FIRNo"}]


@pytest.mark.parametrize("charset", ["utf-8", "windows-1252"])
def test_a_records_own_page_is_label_and_value(charset: str) -> None:
    told = {**ROW, "Name": "राम Ram", "AgeFrom": 9}
    assert old_site.read_zoom(encoded(zoom_page(told, True), charset)) == {**told, "AgeFrom": "9"}


def test_a_found_persons_serial_number_is_told_from_a_missing_ones() -> None:
    found = {"State": "DELHI", "UIPFSerialNumber": "UIPF-202602000001", "FoundPlace": "Station"}
    assert old_site.read_list(list_page([found], 1, 1, False).encode(), COLUMNS).rows == [found]


@pytest.mark.parametrize("page", [b"", b"   ", b"\x00\xff\xfe", b"<html>", b"Site under maintenance"])
def test_a_page_without_records_has_none(page: bytes) -> None:
    assert old_site.read_list(page, COLUMNS) == old_site.ListPage(None, [])
    assert list(old_site.read_any(page, COLUMNS)) == []


class Client:
    """Answers in place of the source."""

    def __init__(self, *answers: Reply | Exception) -> None:
        self.answers = list(answers)

    def request(self, *asked: Any, **more: Any) -> Reply:
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def html_page(total: int, count: int = 3) -> Reply:
    return Reply(200, "text/html", list_page([ROW] * count, total, 1, True).encode())


def test_a_list_that_grew_between_two_of_its_pages_is_not_joined() -> None:
    client: Any = Client(html_page(9), html_page(10))
    window = OldSite(client, "missing", "missing_person_search", ("008", "DELHI"), COLUMNS).window(0, 6)
    assert (window.total, window.rows) == (10, [])


def test_a_window_is_cut_out_of_its_pages() -> None:
    client: Any = Client(html_page(9), html_page(9))
    window = OldSite(client, "missing", "missing_person_search", ("008", "DELHI"), COLUMNS).window(2, 3)
    assert (window.total, len(window.rows)) == (9, 3)


def test_a_page_that_counts_nothing_is_no_answer() -> None:
    client: Any = Client(Reply(200, "text/html", b"Site under maintenance"))
    with pytest.raises(Unready, match="unexpected_answer"):
        OldSite(client, "missing", "missing_person_search", ("008", "DELHI"), COLUMNS).window(0, 3)


def test_a_detail_that_is_gone_is_a_gap_and_a_refused_key_ends_the_pull() -> None:
    row = {"MissingPersonId": 1, "SerialNumber": "MP-202602000001"}
    gone: Any = Client(Refused("not_there", "404"))
    assert DataTables(gone, "missing", "/", "/", 1).whole([dict(row)]) == [None]
    locked: Any = Client(Refused("wrong_credentials", "401"))
    with pytest.raises(Refused, match="wrong_credentials"):
        DataTables(locked, "missing", "/", "/", 1).whole([dict(row)])


def test_a_list_that_answers_without_its_total_is_no_answer() -> None:
    client: Any = Client(Reply(200, "application/json", b'{"data": []}'), Reply(200, "application/json", b"[]"))
    for _ in range(2):
        with pytest.raises(Unready, match="unexpected_answer"):
            DataTables(client, "missing", "/", "/", 1).window(0, 10)
