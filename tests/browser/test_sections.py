"""A home's case worker writes in a real browser: what no owner took stays there, closed, and is sent once."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_every_page import FAULTS, picture

SignIn = Callable[[Page, str], None]
SECRET = "Sleeps since the lullaby"


def opened(page: Page, portal: Any, section: str) -> None:
    page.goto(f"/case/{portal.in_own_home()}/file?purpose=care&case=CWC/7")
    page.get_by_label("Section", exact=True).select_option(section)
    page.get_by_role("button", name="Ask the owner").click()
    page.get_by_role("button", name="Write in this section").click()
    page.get_by_role("button", name="Send to the owner").wait_for()


@pytest.mark.parametrize("width", [390, 1280])
def test_a_draft_is_kept_closed_in_the_browser_and_sent_once_the_home_answers(
    new_page: Callable[..., Page], portal: Any, sign_in: SignIn, width: int
) -> None:
    page = new_page(width=width)
    sign_in(page, "home.demo")
    opened(page, portal, "counselling")
    faults = {"form": page.evaluate(FAULTS)}
    picture(page, f"section-form-{width}")
    page.get_by_label("Emotional state").fill(f"{SECRET} {width}")
    portal.home_answers(False)
    try:
        page.get_by_role("button", name="Send to the owner").click()
        expect(page.get_by_text("kept as a draft in this browser")).to_be_visible()
        faults["down"] = page.evaluate(FAULTS)
    finally:
        portal.home_answers(True)
    assert SECRET not in page.evaluate("JSON.stringify(localStorage)")
    page.goto("/drafts")
    page.get_by_role("button", name="Send to the owner now").wait_for()
    faults["drafts"] = page.evaluate(FAULTS)
    picture(page, f"drafts-one-{width}")
    page.get_by_role("button", name="Send to the owner now").click()
    page.get_by_role("heading", name="Written at").wait_for()
    faults["saved"] = page.evaluate(FAULTS)
    page.goto("/drafts")
    expect(page.get_by_text("There are no drafts of yours")).to_be_visible()
    opened(page, portal, "counselling")
    expect(page.get_by_label("Emotional state")).to_have_value(f"{SECRET} {width}")
    assert {name: found for name, found in faults.items() if found} == {}


def test_nobody_elses_draft_is_shown(new_page: Callable[..., Page], portal: Any, sign_in: SignIn) -> None:
    page = new_page()
    sign_in(page, "home.demo")
    page.goto("/drafts")
    kept = "{at: Date.now(), iv: btoa('123456789012'), sealed: btoa('of somebody else')}"
    page.evaluate(f"localStorage.setItem('tc-draft:x', JSON.stringify({kept}))")
    page.reload()
    expect(page.get_by_text("There are no drafts of yours")).to_be_visible()


def test_without_scripts_the_form_itself_is_kept_open(
    new_page: Callable[..., Page], portal: Any, sign_in: SignIn
) -> None:
    page = new_page(javascript=False)
    sign_in(page, "home.demo")
    opened(page, portal, "education")
    page.get_by_label("Interests told by the child").fill("Kites")
    portal.home_answers(False)
    try:
        page.get_by_role("button", name="Send to the owner").click()
        expect(page.get_by_text("leave this page open")).to_be_visible()
    finally:
        portal.home_answers(True)
    expect(page.get_by_label("Interests told by the child")).to_have_value("Kites")
    page.get_by_role("button", name="Send to the owner").click()
    page.get_by_role("heading", name="Written at").wait_for()
