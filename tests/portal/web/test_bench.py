"""The bench's pages: a sitting is called, a case listed, an order made, its paper given and not kept."""

import re
from typing import Any

import pytest

from contracts import Institution, InstitutionKind, Level
from hub.reports import Account
from tests.portal.web.conftest import PASSWORD, WHY, Role

SENTENCE = "He was found asleep under a cart"
WHY_CARE = WHY


@pytest.fixture
def cwc(desk: Any, browser: Any) -> Any:
    """A member of a committee that is in the directory, at a browser."""
    bench = Institution(
        id="x:cwc:1", kind=InstitutionKind.CWC, level=Level.DISTRICT, name="CWC", state=7, valid_from="2000-01-01"
    )
    desk.hub.registry.institutions.add([bench])
    member = Account(login="member", password=PASSWORD, name="member", role=Role.COMMITTEE, institution="x:cwc:1")
    desk.hub.seed_accounts([member])
    return browser.sign_in("member")


def test_a_sitting_is_called_a_case_listed_and_those_who_sit_are_kept(cwc: Any, desk: Any) -> None:
    made = cwc.send("/sittings", {"at": "2026-06-01T11:00"})
    where = made.headers["location"]
    hub_id = desk.hub_id("DL-CH-04/0071")
    cwc.send(where, {"what": "list", "hub_id": hub_id, "purpose": "final_order"})
    cwc.send(where, {"what": "hold", "chairperson": "1", "member_2": "1"})
    shown = cwc.get(where).text
    assert "DL-CH-04/0071" in shown and "Final order" in shown and "Chairperson, Member 2" in shown
    assert "1 June 2026, 11:00 am" in cwc.get("/sittings").text
    assert "Write day and hour" in cwc.send("/sittings", {"at": "soon"}).text


def test_an_order_is_given_as_pdf_and_only_its_hash_is_kept(cwc: Any, desk: Any) -> None:
    hub_id = desk.hub_id("DL-CH-04/0071")
    path = f"/case/{hub_id}/orders/17{WHY_CARE}"
    assert "Report at the time of production" in cwc.get(f"/case/{hub_id}/orders{WHY_CARE}").text
    lacking = cwc.send(path, {"producer_kind": "THANA", "circumstances": SENTENCE})
    assert lacking.status_code == 422 and "producer_name-error" in lacking.text
    told = {"producer_kind": "THANA", "producer_name": "SI", "place_found": "Delhi", "police_informed": "yes"}
    made = cwc.send(path, told | {"circumstances": SENTENCE})
    assert made.status_code == 200 and made.headers["content-type"] == "application/pdf"
    assert made.content.startswith(b"%PDF") and "x-cwc-1-17-" in made.headers["content-disposition"]
    listed = cwc.get(f"/case/{hub_id}/orders{WHY_CARE}").text
    assert re.search("SHA-256 [0-9a-f]{64}", listed) and SENTENCE not in listed
    again = cwc.send(path, told)
    assert again.status_code == 422 and "cannot be taken while" in again.text


def test_the_quarterly_report_is_a_page_and_a_sheet(cwc: Any) -> None:
    assert "Pending over four months" in cwc.get("/casework/quarterly/2024Q1").text
    sheet = cwc.get("/casework/quarterly/2024Q1?as_csv=1")
    assert sheet.text.startswith("report,column,number") and "text/csv" in sheet.headers["content-type"]


def test_police_neither_sit_nor_make_orders(police: Any, desk: Any) -> None:
    hub_id = desk.hub_id("DL-CH-04/0071")
    for path in ("/sittings", f"/case/{hub_id}/orders{WHY_CARE}", f"/case/{hub_id}/orders/17{WHY_CARE}"):
        assert police.get(path).status_code == 403
    assert 'href="/sittings"' not in police.get("/").text
