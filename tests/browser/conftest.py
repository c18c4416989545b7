"""A portal as it runs in the field, two owners' systems beside it, and Chromium to open it with."""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from contracts import Purpose
from contracts.exchange import GetCase, Match, MatchState, Search
from hub.app import Hub
from hub.settings import Settings
from portal.cli.opened import CONSOLE
from portal.demo import voices, world
from portal.demo.processes import Processes
from portal.demo.running import found_homes
from portal.demo.taking_part import ACCOUNTS, PASSWORD, TAKING_PART, Taking

TAKE_PART = ("police-br", "cci-dl")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@dataclass
class Portal:
    """The portal's address, and the hub behind it, which runs in another process on the same database."""

    address: str
    hub: Hub
    home_at: str = ""

    def match(self, which: int = 0) -> Match:
        """An open match between a child told in Devanagari by the police and one told in Latin by a home."""
        fit = [one for one in self.hub.matches(CONSOLE, MatchState.PROPOSED, limit=500) if self._across_scripts(one)]
        return fit[which]

    def in_own_home(self) -> str:
        """The hub's id of a child whom the home of ``home.demo`` holds."""
        worker = self.hub.officer(self.hub.sign_in("home.demo", PASSWORD))
        assert worker is not None
        hits = self.hub.search(worker, Search(limit=100)).hits
        return next(hit.hub_id for hit in hits if hit.ref.source_id.startswith("DL-CH-01/"))

    def home_answers(self, answers: bool) -> None:
        """Have the homes' system lie where it is, or at an address where nothing listens."""
        known = self.hub.registry.participants.require("cci-dl")
        assert known.endpoint is not None
        self.home_at = self.home_at or known.endpoint.url
        url = self.home_at if answers else "http://127.0.0.1:9"
        self.hub.registry.participants.put(
            known.model_copy(update={"endpoint": known.endpoint.model_copy(update={"url": url})})
        )

    def _across_scripts(self, match: Match) -> bool:
        ours, theirs = self.names(match.hub_id), self.names(match.other_hub_id)
        across = _is_devanagari(ours[0]) and not any(map(_is_devanagari, theirs)) if ours and theirs else False
        return across and match.other.participant == "cci-dl"

    def names(self, hub_id: str) -> list[str]:
        """The names of an entry."""
        wanted = GetCase(hub_id=hub_id, purpose=Purpose.MATCH_REVIEW, case="test")
        return [name.text for name in self.hub.case(CONSOLE, wanted).record.names]


#: What an address of an entry ends with: why it is looked at, and for which case.
WHY = "?purpose=match_review&case=FIR+1"


def _is_devanagari(text: str) -> bool:
    return any("\u0900" <= letter <= "\u097f" for letter in text)


def _start(taking: Taking, folder: Path, told: world.World, processes: Processes) -> None:
    os.environ[taking.secret_variable] = taking.secret
    rows = folder / f"{taking.id}.jsonl"
    lines = (json.dumps(row, ensure_ascii=False) for row in voices.rows(told, taking.id))
    rows.write_text("\n".join(lines), encoding="utf-8")
    database = f"sqlite:///{folder / (taking.id + '.sqlite')}"
    processes.start(taking.id, "node", taking.kind, "--database", database, "--load", str(rows), secret=taking.secret)


@pytest.fixture(scope="session")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """Two owners' systems and the portal as processes; the children are pulled in and matched."""
    folder = tmp_path_factory.mktemp("browser")
    taking_part = [taking for taking in TAKING_PART if taking.id in TAKE_PART]
    with Processes(folder / "logs") as processes:
        told = world.make(7, missing=120, found=90, pairs=60)
        for taking in taking_part:
            _start(taking, folder, told, processes)
        database = f"sqlite:///{folder / 'hub.sqlite'}"
        hub = Hub.open(Settings(database=database))
        found_homes(hub)
        hub.seed_accounts(ACCOUNTS)
        for taking in taking_part:
            hub.registry.participants.put(taking.participant(processes.address(taking.id)))
            assert hub.pull(taking.id).error is None
        processes.start("portal", "--database", database, "serve", "--port", "0", "--no-clock")
        yield Portal(processes.address("portal"), hub)
        hub.close()


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """Debian's Chromium or Playwright's own. Skips where there is none, and fails there if CI is set."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None and not Path(playwright.chromium.executable_path).exists():
        why = "no Chromium: apt-get install chromium, or python -m playwright install chromium"
        pytest.fail(why) if os.environ.get("CI") else pytest.skip(why)
    opened = playwright.chromium.launch(executable_path=found, args=list(QUIET))
    yield opened
    opened.close()


@pytest.fixture
def new_page(chromium: Browser, portal: Portal) -> Iterator[Callable[..., Page]]:
    """Opens pages, each of a browser of its own; what the browser complains of fails the test."""
    contexts, complaints = [], []

    def opened(javascript: bool = True, width: int = 1280) -> Page:
        context = chromium.new_context(
            base_url=portal.address, java_script_enabled=javascript, viewport={"width": width, "height": 900}
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: _note(complaints, message))
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


def _note(complaints: list[str], message: Any) -> None:
    # A form sent back with its mistakes has code 422, which Chromium reports as an error of its own.
    if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
        complaints.append(message.text)


@pytest.fixture(params=[True, False], ids=["javascript", "no-javascript"])
def page(new_page: Callable[..., Page], request: pytest.FixtureRequest) -> Page:
    """A page with JavaScript, and once more without."""
    return new_page(javascript=request.param)


@pytest.fixture
def sign_in() -> Callable[[Page, str], None]:
    def signed_in(page: Page, login: str) -> None:
        page.goto("/sign-in")
        page.get_by_label("Login").fill(login)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("main").get_by_role("button", name="Sign in").click()
        page.get_by_role("button", name="Sign out").wait_for()

    return signed_in
