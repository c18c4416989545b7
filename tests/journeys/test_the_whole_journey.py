"""Four foreign systems as processes, one index: every row accounted for, pairs proposed, notices and reads real."""

import datetime
import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from contracts import Purpose, SectionName
from contracts.exchange import GetCase, Match, MatchState
from hub.app import Hub
from portal.cli.opened import CONSOLE
from portal.demo import voices
from portal.demo.processes import Processes
from portal.demo.running import Demonstration, Shown
from portal.demo.taking_part import PASSWORD

#: Where each node keeps the notices it was sent: table, column of the notice id, column of its own record's id.
INBOX = {
    "zipnet": ("alerts", "[NoticeId]", "json_extract([Body], '$.SerialNumber')"),
    "police-br": ("suchna", "[SuchnaId]", "[AbhilekhId]"),
    "pri-br": ("suchna_peti", "[suchna_no]", "[register_no]"),
    "cci-dl": ("notice", "[notice_no]", "[admission_no]"),
}
#: A sentence that stands in the counselling section of every eFile of the demo's homes.
SENTENCE = "a river and a brick kiln"


@contextmanager
def no_bar(_title: str) -> Iterator[object]:
    yield lambda _done, _total=None: None


class Journey:
    """A demonstration that has run, its hub still open."""

    def __init__(self, folder: Path, demonstration: Demonstration, hub: Hub, shown: Shown) -> None:
        self.folder, self.demonstration, self.hub, self.shown = folder, demonstration, hub, shown

    def told_to(self, participant: str) -> set[tuple[str, str]]:
        """(notice id, record id) of every notice in a node's own database."""
        table, notice, record = INBOX[participant]
        with sqlite3.connect(self.folder / f"{participant}.sqlite") as node:
            return set(node.execute(f"SELECT {notice}, {record} FROM [{table}]"))

    def rows_of(self, participant: str, table: str) -> list[tuple[object, ...]]:
        with sqlite3.connect(self.folder / f"{participant}.sqlite") as node:
            return node.execute(f"SELECT * FROM [{table}]").fetchall()

    def planted(self, participant: str) -> Match:
        """The best planted match whose found side lies with ``participant``."""
        truth = voices.pairs(self.demonstration.world)
        for match in self.hub.matches(CONSOLE, MatchState.PROPOSED, limit=10_000):
            pair = ((match.ref.participant, match.ref.source_id), (match.other.participant, match.other.source_id))
            if pair in truth and match.other.participant == participant:
                return match
        raise AssertionError("no planted pair is proposed")


@pytest.fixture
def journey(tmp_path: Path, database_url: str) -> Iterator[Journey]:
    with Processes(tmp_path / "logs") as processes:
        demonstration = Demonstration(tmp_path, processes, no_bar, database=database_url)
        demonstration.start_nodes()
        hub = Hub.open(demonstration.settings)
        try:
            yield Journey(tmp_path, demonstration, hub, demonstration.run(hub))
        finally:
            hub.close()


def test_a_record_goes_all_the_way_from_four_systems_to_a_decision_and_back(journey: Journey) -> None:
    every_row_is_accounted_for(journey)
    planted_pairs_are_proposed(journey)
    both_owners_are_told(journey)
    a_section_is_read_live_and_not_kept(journey)
    a_second_pull_changes_nothing(journey)
    match = a_confirmed_match_is_told(journey)
    closing_one_side_closes_its_twin_and_tells_both(journey, match)


def every_row_is_accounted_for(journey: Journey) -> None:
    told = {teller: len(rows) for teller, rows in journey.demonstration.world.told.items()}
    told["zipnet"] += voices.ADULTS
    told["cci-dl"] += 1
    for report in journey.shown.pulls:
        assert report.error is None, report
        assert report.adds_up, report
        assert report.read == told[report.participant], report
    by_participant = {report.participant: report for report in journey.shown.pulls}
    assert (by_participant["zipnet"].adults, by_participant["zipnet"].gaps) == (voices.ADULTS - 1, 1)
    assert by_participant["cci-dl"].set_aside == 1
    status = journey.hub.status()
    assert status.records == sum(report.indexed for report in journey.shown.pulls)


def planted_pairs_are_proposed(journey: Journey) -> None:
    shown = journey.shown
    print(f"{shown.proposed_of_planted} of {shown.planted} planted pairs proposed")
    assert shown.proposed_of_planted == shown.planted


def both_owners_are_told(journey: Journey) -> None:
    delivery = journey.shown.delivery
    assert delivery is not None
    assert (delivery.retried, delivery.dead, delivery.waiting) == (0, 0, 0), delivery
    for participant in ("zipnet", "police-br", "cci-dl"):
        match = journey.planted(participant)
        assert match.ref.source_id in {record for _, record in journey.told_to(match.ref.participant)}
        assert match.other.source_id in {record for _, record in journey.told_to(match.other.participant)}
    assert sum(len(journey.told_to(participant)) for participant in INBOX) == delivery.delivered


def a_section_is_read_live_and_not_kept(journey: Journey) -> None:
    hub, match = journey.hub, journey.planted("cci-dl")
    committee = hub.officer(hub.sign_in("cwc.demo", PASSWORD))
    assert committee is not None
    asked = (match.other_hub_id, SectionName.COUNSELLING)
    section = hub.read_section(committee, *asked, Purpose.INQUIRY, f"match {match.match_id}")
    assert section.ref.source_id == match.other.source_id
    assert SENTENCE in " ".join(field.value for field in section.fields)
    narrower = hub.read_section(committee, *asked, Purpose.MATCH_REVIEW, f"match {match.match_id}")
    assert (narrower.fields, bool(narrower.withheld)) == ([], True), "counselling is not for comparing"
    accesses = hub.accesses(committee, match.other_hub_id)
    assert any(a.act == "read_section" and a.purpose == "inquiry" for a in accesses), accesses
    log = json.dumps(journey.rows_of("cci-dl", "access_log"))
    assert "cwc.demo" in log
    assert match.other.source_id in log
    assert SENTENCE not in everything_in_the_database(hub)


def everything_in_the_database(hub: Hub) -> str:
    """Every value of every table, as text."""
    from sqlalchemy import MetaData, create_engine, select

    engine = create_engine(hub.settings.database)
    tables = MetaData()
    tables.reflect(engine)
    with engine.connect() as connection:
        said = [str(value) for t in tables.sorted_tables for row in connection.execute(select(t)) for value in row]
    engine.dispose()
    return "\n".join(said)


def a_second_pull_changes_nothing(journey: Journey) -> None:
    before = journey.hub.status()
    for participant in INBOX:
        report = journey.hub.pull(participant)
        assert (report.error, report.indexed, report.set_aside) == (None, 0, 0), report
    after = journey.hub.status()
    assert (after.records, after.matches) == (before.records, before.matches)


def a_confirmed_match_is_told(journey: Journey) -> Match:
    hub, match = journey.hub, journey.planted("cci-dl")
    officer = hub.officer(hub.sign_in("officer.demo", PASSWORD))
    assert officer is not None
    confirmed = hub.decide(officer, match.match_id, MatchState.CONFIRMED, "Parents recognised the photograph.")
    assert (confirmed.state, confirmed.decided_by) == (MatchState.CONFIRMED, "officer:officer.demo")
    before = journey.told_to(match.other.participant)
    hub.deliver()
    new = journey.told_to(match.other.participant) - before
    assert match.other.source_id in {record for _, record in new}
    case = hub.case(officer, GetCase(hub_id=match.hub_id, purpose=Purpose.MATCH_REVIEW, case=match.match_id))
    assert any(m.match_id == match.match_id and m.state is MatchState.CONFIRMED for m in case.matches)
    return confirmed


def closing_one_side_closes_its_twin_and_tells_both(journey: Journey, match: Match) -> None:
    now = datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=5, minutes=30)))
    with sqlite3.connect(journey.folder / "cci-dl.sqlite") as home:
        home.execute(
            "UPDATE resident SET case_status = 'RESTORED', revision = 2, last_modified = ? WHERE admission_no = ?",
            (now.isoformat(timespec="seconds"), match.other.source_id),
        )
    report = journey.hub.pull("cci-dl")
    assert (report.indexed, report.error) == (1, None)
    before = {owner: journey.told_to(owner) for owner in (match.ref.participant, match.other.participant)}
    journey.hub.deliver()
    for owner, record in ((match.ref.participant, match.ref), (match.other.participant, match.other)):
        assert record.source_id in {told for _, told in journey.told_to(owner) - before[owner]}, owner
    closed = journey.hub.match(CONSOLE, match.match_id)
    assert closed.state is MatchState.REUNITED
