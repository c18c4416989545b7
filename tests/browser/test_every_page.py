"""Every page on a phone, a tablet and a desk: axe-core finds nothing, nothing sticks out, headings in order.

axe-core (npm, MPL-2.0) lies in ``axe/`` as it was published; it is a tool of the tests and no part of what is served.

With ``TRACKCHILD_SCREENSHOTS=FOLDER`` each page is also kept as a picture, to be looked at.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import WHY

SignIn = Callable[[Page, str], None]

#: What a page must not have, found in the page itself.
FAULTS = """() => {
  const faults = [];
  const root = document.documentElement;
  const over = root.scrollWidth - root.clientWidth;
  if (over > 0) faults.push(`wider than the window by ${over}`);
  const levels = [...document.querySelectorAll('h1,h2,h3,h4')].map(h => Number(h.tagName[1]));
  if (levels.filter(level => level === 1).length !== 1) faults.push('not exactly one h1');
  levels.forEach((level, i) => {
    if (i && level > levels[i - 1] + 1) faults.push(`h${levels[i - 1]} then h${level}`);
  });
  for (const field of document.querySelectorAll('input:not([type=hidden]),select,textarea'))
    if (!field.labels.length) faults.push(`no label: ${field.name}`);
  for (const table of document.querySelectorAll('table'))
    if (!table.caption) faults.push('a table without caption');
  const ids = [...document.querySelectorAll('[id]')].map(one => one.id);
  new Set(ids.filter((id, i) => ids.indexOf(id) !== i)).forEach(id => faults.push(`id twice: ${id}`));
  for (const link of document.querySelectorAll('a[href^="#"]'))
    if (!document.getElementById(link.hash.slice(1))) faults.push(`leads nowhere: ${link.hash}`);
  return faults;
}"""


#: The rules of WCAG 2.0, 2.1 and 2.2 at levels A and AA that a program can decide.
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
AXE = (Path(__file__).parent / "axe/axe.min.js").read_text(encoding="utf-8")
JUDGED = """async rules => {
  const judged = await axe.run(document, {runOnly: {type: 'tag', values: rules}});
  return judged.violations.map(one => `${one.id}: ${one.nodes.slice(0, 3).map(node => node.target).join(' | ')}`);
}"""


def faults_of(page: Page) -> list[str]:
    """What is wrong with the page that is open, by our own look and by axe-core's."""
    page.evaluate(AXE)  # by the debugger's hand: the page's own policy would not let it in
    return [*page.evaluate(FAULTS), *page.evaluate(JUDGED, list(RULES))]


def pages_of(portal: Any) -> dict[str, list[tuple[str, str]]]:
    """Who signs in -> the pages to open, each with a name for its picture."""
    match = portal.match()
    return {
        "": [
            ("start", "/"),
            ("sign-in", "/sign-in"),
            ("missing", "/public/missing"),
            ("citizens", "/citizens"),
            ("counts", "/counts"),
            ("citizens-where", "/citizens/lost"),
            ("citizens-district", "/citizens/lost?state=10"),
            ("citizens-lost", "/citizens/lost?state=10&district=196"),
            ("citizens-saw", "/citizens/saw?state=10&district=196"),
            ("citizens-track", "/citizens/track"),
            ("accessibility", "/about/accessibility"),
            ("not-found", "/nowhere"),
        ],
        "officer.demo": [
            ("desk", "/"),
            ("search", "/search"),
            ("case-missing", f"/case/{match.hub_id}{WHY}"),
            ("case-home", f"/case/{match.other_hub_id}{WHY}"),
            ("matches", "/matches"),
            ("reports", "/reports"),
            ("counts-desk", "/counts?by=month"),
            ("matches-none", "/matches?state=reunited"),
            ("match", f"/match/{match.match_id}"),
            ("why", f"/case/{match.hub_id}"),
            ("file", f"/case/{match.other_hub_id}/file{WHY}"),
        ],
        "cwc.demo": [
            ("casework", "/casework"),
            ("findings", "/casework/findings"),
            ("quarterly", "/casework/quarterly/2026Q1"),
            ("accesses", f"/case/{match.hub_id}/accesses"),
            ("accesses-ask", "/accesses"),
        ],
        "home.demo": [
            ("drafts", "/drafts"),
            ("case-own", f"/case/{portal.in_own_home()}?purpose=care&case=CWC/7"),
        ],
        "admin.demo": [
            ("desk-admin", "/"),
            ("operations", "/operations"),
            ("set-aside", "/operations/set-aside"),
            ("not-allowed", "/search"),
        ],
    }


@pytest.mark.parametrize("width", [390, 768, 1280])
def test_every_page_fits_its_window_and_is_open_to_everybody(
    new_page: Callable[..., Page], portal: Any, sign_in: SignIn, width: int
) -> None:
    faults = {}
    for login, wanted in pages_of(portal).items():
        page = new_page(width=width)
        if login:
            sign_in(page, login)
        for name, path in wanted:
            page.goto(path)
            faults[name] = faults_of(page)
            picture(page, f"{name}-{width}")
        if login == "officer.demo":
            for name, act in (
                ("results", results),
                ("results-none", no_results),
                ("section", section),
                ("sections", sections),
                ("owners", owners),
            ):
                act(page, portal)
                faults[name] = faults_of(page)
                picture(page, f"{name}-{width}")
    assert {name: found for name, found in faults.items() if found} == {}


@pytest.mark.parametrize("width", [390, 768, 1280])
@pytest.mark.parametrize("code", ["ur", "ta"])
def test_the_citizens_pages_are_open_to_everybody_from_right_to_left_and_in_an_indic_script(
    new_page: Callable[..., Page], portal: Any, code: str, width: int
) -> None:
    page, faults = new_page(width=width), {}
    for name, path in pages_of(portal)[""]:
        if path.startswith(("/citizens", "/public")):
            page.goto(f"{path}{'&' if '?' in path else '?'}lang={code}")
            assert page.locator("html").get_attribute("lang") == f"{code}-IN"
            faults[name] = faults_of(page)
            picture(page, f"{name}-{code}-{width}")
    assert {name: found for name, found in faults.items() if found} == {}


def results(page: Page, portal: Any) -> None:
    page.goto("/search")
    page.get_by_label("Name of the child").fill(portal.names(portal.match().hub_id)[0])
    page.get_by_role("main").get_by_role("button", name="Search").click()
    page.locator("#results").wait_for()


def no_results(page: Page, _portal: Any) -> None:
    page.goto("/search")
    page.get_by_label("Name of the child").fill("Zzyzx Qwerty")
    page.get_by_role("main").get_by_role("button", name="Search").click()
    page.get_by_text("What may help").wait_for()


def section(page: Page, portal: Any) -> None:
    page.goto(f"/case/{portal.match().other_hub_id}/file{WHY}")
    page.get_by_label("Section").select_option("profile")
    page.get_by_label("Why do you need it?").select_option("inquiry")
    page.get_by_label("Number of the case").fill("FIR 118/2024")
    page.get_by_role("button", name="Ask the owner").click()
    page.get_by_text("answered on").wait_for()


def sections(page: Page, portal: Any) -> None:
    page.goto(f"/case/{portal.match().other_hub_id}/file{WHY}")
    page.get_by_label("Section", exact=True).select_option("profile")
    page.get_by_text("More sections at the same time").click()
    page.get_by_label("Photographs").check()
    page.get_by_role("button", name="Ask the owner").click()
    page.get_by_role("heading", name="Sections of the file").wait_for()


def owners(page: Page, portal: Any) -> None:
    """Filled by events: the page ends by itself, with every look-alike named."""
    page.goto("/search")
    page.get_by_label("Name of the child").fill(portal.names(portal.match().hub_id)[0])
    page.get_by_text("Ask the owners’ own systems too").click()
    page.get_by_label("Ask the owners now").check()
    page.get_by_label("Why do you need it?").select_option("inquiry")
    page.get_by_label("Number of the case").fill("FIR 118/2024")
    page.get_by_role("main").get_by_role("button", name="Search").click()
    page.locator("#owners[aria-busy=false]").wait_for()
    page.get_by_text("took the question").wait_for()


def picture(page: Page, name: str) -> None:
    folder = os.environ.get("TRACKCHILD_SCREENSHOTS")
    if folder:
        # caret="initial": else Playwright adds a style of its own, of which the page's policy complains.
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True, caret="initial")


def test_the_judge_sees_a_fault_that_is_planted(new_page: Callable[..., Page]) -> None:
    page = new_page()
    page.goto("/sign-in")
    page.evaluate("document.querySelector('label[for=login]').remove()")
    assert any(fault.startswith("label: ") for fault in faults_of(page))
