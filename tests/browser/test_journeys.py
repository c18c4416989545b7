"""What officers and committees do all day, walked in a real browser with and without JavaScript."""

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from contracts.exchange import MatchState
from portal.cli.opened import CONSOLE
from tests.browser.conftest import WHY

SignIn = Callable[[Page, str], None]


def search(page: Page, name: str) -> None:
    page.goto("/search")
    page.get_by_label("Name of the child").fill(name)
    page.get_by_role("main").get_by_role("button", name="Search").click()
    page.get_by_role("heading", name=re.compile(r"entr(y|ies) fits?|entries fit")).wait_for()


def test_a_name_written_in_devanagari_finds_a_child_whom_a_home_wrote_in_latin(
    page: Page, portal: Any, sign_in: SignIn
) -> None:
    match = portal.match()
    sign_in(page, "officer.demo")
    search(page, portal.names(match.hub_id)[0])
    found = page.locator(f'#results a[href="/case/{match.other_hub_id}"]')
    expect(found).to_be_visible()
    assert portal.names(match.hub_id)[0] not in page.url
    found.click()
    page.get_by_label("Why do you need it?").select_option("match_review")
    page.get_by_label("Number of the case").fill("FIR 1/2026")
    page.get_by_role("button", name="Show the entry").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(portal.names(match.other_hub_id)[0])


def test_a_match_is_opened_from_the_entry_and_confirmed_with_a_reason(page: Page, portal: Any, sign_in: SignIn) -> None:
    match = portal.match()
    sign_in(page, "cwc.demo")
    page.goto(f"/case/{match.hub_id}{WHY}")
    page.locator(f'a[href="/match/{match.match_id}"]').click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Are these the same child?")
    page.get_by_label("Yes, they are the same child").check()
    page.get_by_label("Why?").fill("The father recognised the mark")
    page.get_by_role("button", name="Take down the decision").click()
    expect(page.get_by_text("Both owners are told.")).to_be_visible()
    assert portal.hub.match(CONSOLE, match.match_id).state == MatchState.CONFIRMED


def test_a_decision_without_reason_is_sent_back_with_what_to_mend(page: Page, portal: Any, sign_in: SignIn) -> None:
    match = portal.match()
    sign_in(page, "cwc.demo")
    page.goto(f"/match/{match.match_id}")
    page.get_by_label("No, they are two children").check()
    page.get_by_role("button", name="Take down the decision").click()
    page.get_by_role("link", name="Write why you decided so, in one sentence").click()
    expect(page.get_by_label("Why?")).to_be_focused()
    expect(page.get_by_label("No, they are two children")).to_be_checked()
    assert portal.hub.match(CONSOLE, match.match_id).state == MatchState.PROPOSED


def test_a_section_is_read_live_from_the_home_and_the_auditor_sees_who_read_it(
    page: Page, new_page: Callable[..., Page], portal: Any, sign_in: SignIn
) -> None:
    match = portal.match()
    sign_in(page, "cwc.demo")
    page.goto(f"/case/{match.other_hub_id}{WHY}")
    page.get_by_role("button", name="Read from the owner’s file").or_(
        page.get_by_role("link", name="Read from the owner’s file")
    ).click()
    page.get_by_label("Section").select_option("medical")
    page.get_by_label("Why do you need it?").select_option("care")
    page.get_by_label("Number of the case").fill("CWC/2026/14")
    page.get_by_role("button", name="Ask the owner").click()
    expect(page.get_by_text("Homes of Delhi (look-alike) answered on")).to_be_visible()
    expect(page.locator("dl.govuk-summary-list dd").first).not_to_be_empty()
    auditor = new_page(javascript=False)
    sign_in(auditor, "auditor.demo")
    auditor.get_by_label("Menu").get_by_role("link", name="Who looked").click()
    auditor.get_by_label("Number of the entry").fill(match.other_hub_id)
    auditor.get_by_role("button", name="Show").click()
    expect(
        auditor.get_by_role("row", name=re.compile("officer:cwc.demo.*For the care of the child")).first
    ).to_be_visible()


def test_results_come_without_a_new_page_and_the_back_button_asks_again(
    new_page: Callable[..., Page], portal: Any, sign_in: SignIn
) -> None:
    page = new_page(javascript=True)
    sign_in(page, "officer.demo")
    page.goto("/search")
    page.evaluate("window.same = true")
    page.get_by_label("Kind of entry").select_option("missing")
    page.get_by_role("main").get_by_role("button", name="Search").click()
    page.wait_for_url("**/search/gAAAA*")
    expect(page.locator("#results-heading")).to_be_focused()
    assert page.evaluate("window.same")
    first = page.url
    page.get_by_role("link", name="Next page").click()
    page.wait_for_url("**?page=2")
    page.go_back()
    page.wait_for_url(first)
    expect(page.get_by_text("Page 1 of")).to_be_visible()
    kept = page.evaluate("Object.keys(localStorage).concat(Object.keys(sessionStorage))")
    assert set(kept) <= {"htmx-current-path-for-history"}, "a page with children was kept in the browser"


def test_choosing_a_state_brings_its_districts(new_page: Callable[..., Page], sign_in: SignIn) -> None:
    page = new_page(javascript=True)
    sign_in(page, "officer.demo")
    page.goto("/search")
    page.get_by_text("Place, day, status and diary number").click()
    page.get_by_label("State or Union Territory").select_option(label="Bihar")
    expect(page.get_by_label("District").locator("option", has_text="Gaya")).to_be_attached()


def test_one_signs_in_and_searches_by_keyboard_alone(new_page: Callable[..., Page], portal: Any) -> None:
    from portal.demo.taking_part import PASSWORD

    page = new_page(javascript=True)
    page.goto("/sign-in")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("officer.demo")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Sign out").wait_for()
    page.goto("/search")
    page.get_by_label("Name of the child").focus()
    page.keyboard.type(portal.names(portal.match().hub_id)[0])
    page.keyboard.press("Enter")
    expect(page.locator("#results-heading")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/case/*")
