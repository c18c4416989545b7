"""The portlet of a home: sections opened and sent live, drafts in the browser alone, nobody written over."""

import html
import re
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from adapters.base import Adapter, Capability, Connection
from contracts import (
    FormEntry,
    Refused,
    Section,
    SectionField,
    SectionRequest,
    SectionWriting,
    SectionWritten,
    Unready,
)
from hub.access import NOWHERE, Scope
from hub.people import People
from hub.reading import Reading
from hub.writing import Writing
from tests.portal.web.conftest import CHEAP, NOW, found_record

HOME = "in:cci:lajpat"
ENTRIES = (
    FormEntry(name="level", label="Level of education", choices=["ILLITERATE", "UPTO_V"]),
    FormEntry(name="progress", label="Progress"),
    FormEntry(name="3/held_on", label="Session 3: Held on", part="Session 3"),
)
WHY = {"purpose": "care", "case": "CWC/7/2026"}
OPEN = {"section": "education", **WHY}
SECRET = "reads the signboards of a brick kiln"


@dataclass
class HomeSoftware(Adapter):
    """The home's own system: keeps one section in versions, refuses what was not seen, may be down."""

    said: dict[str, str] = field(default_factory=lambda: {"progress": "Good\nand quick"})
    version: int = 1
    down: bool = False
    taken: list[SectionWriting] = field(default_factory=list)
    capabilities = frozenset({Capability.FETCH, Capability.STORE})

    def __post_init__(self) -> None:
        super().__init__(Connection("cci-dl", "http://home.test"))

    def fetch(self, request: SectionRequest) -> Section:
        if self.down:
            raise Unready("owner_unreachable", "The owner's system does not answer. Try again in some minutes.")
        labels = {entry.name: entry.label for entry in ENTRIES}
        return Section(
            ref=request.ref, section=request.section, version=str(self.version), changed_at=NOW, changed_by="Imran",
            fields=[SectionField(label=labels[name], value=value) for name, value in self.said.items()],
            form=list(ENTRIES),
        )  # fmt: skip

    def store(self, writing: SectionWriting) -> SectionWritten:
        if self.down:
            raise Unready("owner_unreachable", "The owner's system does not answer. Try again in some minutes.")
        again = any(one.write_id == writing.write_id for one in self.taken)
        if not again:
            if writing.seen != str(self.version):
                raise Refused("section_overtaken", "Somebody else wrote this section meanwhile.")
            self.taken.append(writing)
            self.somebody_writes(**{change.name: change.value for change in writing.changes})
        told = {"ref": writing.ref, "section": writing.section, "version": str(self.version), "changed_at": NOW}
        return SectionWritten.model_validate(told | {"already_written": again})

    def somebody_writes(self, **changes: str | None) -> None:
        self.version += 1
        self.said = {name: value for name, value in {**self.said, **changes}.items() if value}


@pytest.fixture
def software(desk: Any) -> HomeSoftware:
    made = HomeSoftware()
    desk.hub._reading = Reading(desk.hub.store, lambda _participant, _capability: made)
    desk.hub._writing = Writing(desk.hub.store, lambda _participant, _capability: made)
    scope = Scope(institution=HOME)
    desk.hub.people = People(
        desk.hub.store, hasher=CHEAP, scope_of=lambda institution, on: scope if institution is None else NOWHERE
    )
    desk.tell(
        found_record(ref={"participant": "cci-dl", "source_id": "DL-CH-04/0099"}, custodian={"institution": HOME})
    )
    return made


@pytest.fixture
def path(desk: Any, software: HomeSoftware) -> str:
    return f"/case/{desk.hub_id('DL-CH-04/0099')}"


@pytest.fixture
def home(browser: Any, software: HomeSoftware) -> Any:
    return browser.sign_in("home")


def opened(home: Any, path: str) -> dict[str, str]:
    """The fields of the form that opens."""
    answer = home.send(f"{path}/file?purpose=care&case=CWC/7/2026", OPEN, to=f"{path}/section")
    assert answer.status_code == 200, answer.text
    return fields_of(answer.text)


def fields_of(page: str) -> dict[str, str]:
    """Every field of the page's section form as a browser would send it back."""
    form = page[page.index('id="section-form"') :]
    form = form[: form.index("</form>")]
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)
    areas = re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>([^<]*)</textarea>', form)
    picked = dict(_picked(form))
    told = {name: html.unescape(value) for name, value in [*hidden, *areas]}
    return {name: value for name, value in (told | picked).items() if name != "form_token"}


def _picked(form: str) -> list[tuple[str, str]]:
    found = []
    for name, options in re.findall(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        said = re.search(r'value="([^"]*)" selected', options)
        found.append((name, said[1] if said else ""))
    return found


def save(home: Any, path: str, fields: dict[str, str]) -> Any:
    return home.send("/drafts", fields, to=f"{path}/section/save")


def test_a_section_opens_with_what_stands_there_and_goes_back_with_what_is_new_alone(
    home: Any, path: str, software: HomeSoftware
) -> None:
    fields = opened(home, path)
    assert (fields["e.progress"], fields["seen"]) == ("Good\nand quick", "1")
    answer = save(home, path, fields | {"e.level": "UPTO_V", "e.progress": "Good\r\nand quick", "e.3/held_on": SECRET})
    assert "Written at Homes of Delhi" in answer.text
    (writing,) = software.taken
    assert {one.name: one.value for one in writing.changes} == {"level": "UPTO_V", "3/held_on": SECRET}
    assert (writing.purpose, writing.case, writing.officer.id) == ("care", "CWC/7/2026", "home")
    assert f'data-sent="{fields["write_id"]}"' in answer.text


def test_a_value_that_is_emptied_is_taken_away_and_nothing_new_is_not_sent(
    home: Any, path: str, software: HomeSoftware
) -> None:
    fields = opened(home, path)
    assert "Nothing was changed" in save(home, path, fields).text
    assert software.taken == []
    save(home, path, fields | {"e.progress": ""})
    assert software.said == {}


def test_a_home_that_is_down_gets_it_later_once_and_the_hub_keeps_no_word(
    home: Any, path: str, software: HomeSoftware, tmp_path: Path
) -> None:
    fields = opened(home, path) | {"e.progress": SECRET}
    software.down = True
    answer = save(home, path, fields)
    assert answer.status_code == 503
    assert "Homes of Delhi does not answer now: nothing was written there" in answer.text
    assert "data-unsent" in answer.text
    kept_in_page = fields_of(answer.text)
    assert (kept_in_page["e.progress"], kept_in_page["write_id"]) == (SECRET, fields["write_id"])
    with sqlite3.connect(tmp_path / "hub.sqlite") as database:
        assert SECRET not in "\n".join(database.iterdump())
    software.down = False
    assert "version 2" in save(home, path, kept_in_page).text
    assert "it was written once" in save(home, path, kept_in_page).text
    assert len(software.taken) == 1


def test_what_somebody_else_wrote_stands_beside_and_is_never_written_over(
    home: Any, path: str, software: HomeSoftware
) -> None:
    fields = opened(home, path) | {"e.progress": "Mine", "e.3/held_on": "12-Nov-2026"}
    software.somebody_writes(progress="Theirs", level="ILLITERATE")
    answer = save(home, path, fields)
    assert answer.status_code == 409
    assert "Somebody else wrote this section meanwhile" in answer.text
    assert software.said == {"progress": "Theirs", "level": "ILLITERATE"}
    again = fields_of(answer.text)
    assert (again["there.progress"], again["e.progress"], again["seen"]) == ("Theirs", "Mine", "2")
    assert (again["e.level"], again["e.3/held_on"]) == ("ILLITERATE", "12-Nov-2026")
    unchosen = save(home, path, again)
    assert unchosen.status_code == 422
    assert "Choose which of the two shall stand: Progress" in unchosen.text
    save(home, path, again | {"keep.progress": "theirs"})
    assert software.said == {"progress": "Theirs", "level": "ILLITERATE", "3/held_on": "12-Nov-2026"}


def test_mine_stands_where_i_chose_it(home: Any, path: str, software: HomeSoftware) -> None:
    fields = opened(home, path) | {"e.progress": "Mine"}
    software.somebody_writes(progress="Theirs")
    again = fields_of(save(home, path, fields).text)
    save(home, path, again | {"keep.progress": "mine"})
    assert software.said["progress"] == "Mine"


def test_a_home_that_goes_down_between_leaves_the_form_as_it_was(
    home: Any, path: str, software: HomeSoftware, monkeypatch: pytest.MonkeyPatch
) -> None:
    fields = opened(home, path) | {"e.progress": "Mine"}
    software.somebody_writes(progress="Theirs")

    def down(_request: SectionRequest) -> Section:
        raise Unready("owner_unreachable", "The owner's system does not answer.")

    monkeypatch.setattr(software, "fetch", down)
    answer = save(home, path, fields)
    assert answer.status_code == 503
    assert fields_of(answer.text)["seen"] == "1"


def test_the_writing_is_in_the_log_of_the_child(
    home: Any, path: str, address: str, new_browser: Callable[[str], Any]
) -> None:
    save(home, path, opened(home, path) | {"e.progress": SECRET})
    shown = new_browser(address).sign_in("auditor").get(f"{path}/accesses").text
    assert "CWC/7/2026" in shown
    assert SECRET not in shown


@pytest.mark.parametrize("changed", [{"entries": "[]["}, {"was": "x"}, {"section": "horoscope"}, {"purpose": ""}])
def test_a_form_that_is_none_of_ours_writes_nothing(
    home: Any, path: str, software: HomeSoftware, changed: dict[str, str]
) -> None:
    answer = save(home, path, opened(home, path) | {"e.progress": SECRET} | changed)
    assert answer.status_code in (403, 422)
    assert SECRET not in answer.text
    assert software.taken == []


def test_who_may_not_write_is_offered_nothing_and_refused(police: Any, path: str, software: HomeSoftware) -> None:
    where = f"{path}/file?purpose=inquiry&case=FIR+1"
    shown = police.send(where, {"section": "profile", "purpose": "inquiry", "case": "FIR 1"})
    assert "Write in this section" not in shown.text
    assert police.send(where, {**OPEN, "section": "profile"}, to=f"{path}/section").status_code == 403
    assert police.get("/drafts").status_code == 403


def test_a_section_that_was_read_offers_to_write_in_it(home: Any, path: str) -> None:
    where = f"{path}/file?purpose=care&case=CWC/7/2026"
    assert "Write in this section" in home.send(where, OPEN).text


def test_each_person_has_a_key_of_their_own_for_drafts(desk: Any, home: Any, software: HomeSoftware) -> None:
    told = re.search(r'data-key="([^"]+)"', home.get("/drafts").text)
    again = re.search(r'data-key="([^"]+)"', home.get("/drafts").text)
    assert told and again and told[1] == again[1]
    assert len(told[1]) == 44


def test_a_long_section_comes_through_and_too_long_a_one_does_not(home: Any, path: str, software: HomeSoftware) -> None:
    fields = opened(home, path)
    assert save(home, path, fields | {"e.progress": "क" * 4000}).status_code == 200
    assert save(home, path, fields | {"e.progress": "x" * 900_000}).status_code in (413, 422)
