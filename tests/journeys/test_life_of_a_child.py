"""The life of a missing child across five processes, from the station to the last visit; and each deadline missed."""

import datetime
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from sqlalchemy import MetaData, create_engine, select, update

from contracts import InstitutionKind, Purpose, SectionName
from contracts.exchange import GetCase, MatchState
from contracts.timelines import CustodyState, GetTimeline
from hub.asking.reading import Wanted
from hub.casework.clocks import Standing
from hub.casework.statute import Limit, statutes
from hub.index.case_tables import cases
from hub.index.cases import Call, Owed
from hub.writing import Draft
from portal.cli.opened import CONSOLE
from tests.journeys.stage import INDIA, Child, Stage, children, sentence, staged
from tests.journeys.steps import COMMITTEE, HOME, RAILWAY, STATION, WHOLE, Step

_LONG_AGO = datetime.datetime.now(INDIA) - datetime.timedelta(days=500)
FIRST_DAY = _LONG_AGO.replace(hour=10, minute=0, second=0, microsecond=0)
CASE = "CWC/7/2026"
HOMES = "cci-dl"


@dataclass(frozen=True)
class Missed:
    """A deadline, whose case it is, the steps of that case, and which step comes too late."""

    code: str
    owner: str
    steps: tuple[Step, ...]
    late: int

    @property
    def limit(self) -> Limit:
        return next(limit for law in statutes().values() for limit in law.limits if limit.code == self.code)


def _without(steps: tuple[Step, ...], *kinds: str) -> tuple[Step, ...]:
    return tuple(one for one in steps if one.kind not in kinds)


def _nth(steps: tuple[Step, ...], kind: str, number: int = 0) -> int:
    return [place for place, one in enumerate(steps) if one.kind == kind][number]


def _missed(code: str, owner: str, steps: tuple[Step, ...], kind: str, number: int = 0) -> Missed:
    return Missed(code, owner, steps, _nth(steps, kind, number))


_HOME_ALONE, _UNSOLVED = (
    _without(WHOLE, "informed", "order_made", "escorted"),
    (
        *STATION[:3],
        Step("ahtu_transferred", 110, "THANA"),
        Step("ahtu_reported", 190, "CRIME_BRANCH"),
        *(one.later(200) for one in STATION[5:]),
    ),
)
DEADLINES = (
    _missed("FIR_FORTHWITH", "police-br", STATION, "fir_registered"),
    _missed("AHTU_TRANSFER", "police-br", _UNSOLVED, "ahtu_transferred"),
    _missed("AHTU_REPORT", "police-br", _UNSOLVED, "ahtu_reported"),
    _missed("PRODUCE_TRACED", "police-br", STATION, "produced"),
    _missed("INFORM_FOUND", HOMES, _HOME_ALONE, "produced"),
    _missed("PRODUCE_CWC", HOMES, _HOME_ALONE, "produced"),
    _missed("SIR", HOMES, _HOME_ALONE, "sir_done"),
    _missed("ICP", HOMES, _HOME_ALONE, "icp_done"),
    _missed("PROGRESS", HOMES, _HOME_ALONE, "progress_reported"),
    _missed("CWC_FINAL", HOMES, _HOME_ALONE, "restored"),
    _missed("FOLLOW_UP_2M", HOMES, _HOME_ALONE, "followed_up"),
    _missed("FOLLOW_UP_6M", HOMES, _HOME_ALONE, "followed_up", 1),
)


#: Sections that the home had, by the hub's name and by its own; and those that are written through the hub.
READ = {
    SectionName.PROFILE: "personal_details", SectionName.ADMISSION: "admission",
    SectionName.CASE_HISTORY: "case_history", SectionName.MEDICAL: "health_record",
    SectionName.EDUCATION: "schooling", SectionName.COUNSELLING: "counselling_notes",
    SectionName.PHOTOGRAPHS: "photographs", SectionName.ATTENDANCE: "attendance",
}  # fmt: skip
WRITTEN = {SectionName.SOCIAL_INVESTIGATION: "permanent_address", SectionName.INDIVIDUAL_CARE_PLAN: "expectation_plan"}


@pytest.fixture(scope="module")
def told() -> list[Child]:
    return children(1 + len(DEADLINES), FIRST_DAY)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory, told: list[Child]) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("life")
    with staged(folder, f"sqlite:///{folder / 'hub.sqlite'}", told) as opened:
        yield opened


def test_a_child_is_missed_found_cared_for_and_brought_home(stage: Stage, told: list[Child]) -> None:
    child = told[0]
    reported_ported_and_found(stage, child)
    the_home_writes_report_and_plan(stage, child)
    matched_and_confirmed(stage, child)
    the_village_verifies_the_home(stage, child)
    ordered_escorted_restored_visited_and_closed(stage, child)
    the_timeline_tells_every_step_and_who_holds_the_child(stage, child)
    every_section_is_read_live(stage, child)
    nothing_of_the_file_is_kept(stage, child)


def reported_ported_and_found(stage: Stage, child: Child) -> None:
    report = stage.hub.pull("police-br")
    assert (report.error, report.adds_up) == (None, True)
    stage.tell("police-br", child.missing, list(STATION[:3]), FIRST_DAY)
    ported = stage.hub.port("zipnet")
    assert (ported.error, ported.adds_up) == (None, True)
    stage.tell("zipnet", child.railway, list(RAILWAY), FIRST_DAY)
    for participant in (HOMES, "pri-br"):
        pulled = stage.hub.pull(participant)
        assert (pulled.error, pulled.adds_up) == (None, True)
    stage.tell(HOMES, child.resident, list(HOME[:2]), FIRST_DAY)


def the_home_writes_report_and_plan(stage: Stage, child: Child) -> None:
    """Form 22 and Form 7, by a worker of the home, in the home's own system."""
    worker, hub_id = stage.officer("home.demo"), stage.hub_id(HOMES, child.resident)
    for section, entry in WRITTEN.items():
        text = sentence(section.value)
        draft = Draft(f"draft-{section.value.replace('_', '-')}", "0", {entry: text})
        written = stage.hub.write_section(worker, hub_id, section, draft, Purpose.CARE, CASE)
        assert written.version == "1"
    query = "SELECT section, content, written_by FROM efile WHERE written_by = ?"
    kept = stage.rows_of(HOMES, query, "home.demo")
    assert sorted(section for section, _, _ in kept) == ["care_plan", "social_report"]
    assert all("canary-0" in content for _, content, _ in kept)
    stage.tell(HOMES, child.resident, list(HOME[2:6]), FIRST_DAY)


def matched_and_confirmed(stage: Stage, child: Child) -> None:
    stage.hub.match_all()
    officer, lost = stage.officer("officer.demo"), ("police-br", child.missing)
    stage.tell("police-br", child.missing, list(STATION[3:4]), FIRST_DAY)
    for found in ((HOMES, child.resident), ("zipnet", child.railway)):
        match = stage.match(lost, found)
        decided = stage.hub.decide(officer, match.match_id, MatchState.CONFIRMED, "Her mother knew her.")
        assert decided.state is MatchState.CONFIRMED
    stage.tell("police-br", child.missing, list(STATION[4:7]), FIRST_DAY)


def the_village_verifies_the_home(stage: Stage, child: Child) -> None:
    committee, lost = stage.officer("cwc.demo"), stage.hub_id("police-br", child.missing)
    now = datetime.datetime.now(datetime.UTC)
    assert stage.hub.homeward.ask(committee, lost, Purpose.HOME_VERIFICATION, CASE, now) == ["pri-br"]
    stage.hub.deliver()
    (task,) = stage.tasks("ghar_satyapan", child.missing)
    answer = {"uttar": sentence("home"), "uttar_karta": "Rekha"}
    stage.ask_node("pri-br", "POST", f"/karya/{task['kram']}/uttar", answer)
    assert stage.tasks("ghar_satyapan", child.missing) == []
    stage.tell(HOMES, child.resident, list(HOME[6:7]), FIRST_DAY)


def ordered_escorted_restored_visited_and_closed(stage: Stage, child: Child) -> None:
    stage.tell(HOMES, child.resident, list(HOME[7:11]), FIRST_DAY)
    stage.tell("police-br", child.missing, list(STATION[7:8]), FIRST_DAY)
    the_home_lets_the_child_go(stage, child)
    visits = stage.tasks("punarvas_bhent", child.missing)
    assert len(visits) == 2
    for visit, step in zip(visits, HOME[11:13], strict=True):
        answer = {"uttar": sentence("visit"), "uttar_karta": "Rekha"}
        stage.ask_node("pri-br", "POST", f"/karya/{visit['kram']}/uttar", answer)
        stage.tell(HOMES, child.resident, [step], FIRST_DAY)
    stage.tell(HOMES, child.resident, list(HOME[13:]), FIRST_DAY)
    stage.tell("police-br", child.missing, list(STATION[8:]), FIRST_DAY)


def the_home_lets_the_child_go(stage: Stage, child: Child) -> None:
    at = datetime.datetime.now(INDIA).isoformat(timespec="seconds")
    with sqlite3.connect(stage.folder / f"{HOMES}.sqlite") as home:
        home.execute(
            "UPDATE resident SET case_status = 'RESTORED', revision = 2, last_modified = ? WHERE admission_no = ?",
            (at, child.resident),
        )
    report = stage.hub.pull(HOMES)
    assert (report.error, report.indexed) == (None, 1)
    stage.hub.deliver()


def the_timeline_tells_every_step_and_who_holds_the_child(stage: Stage, child: Child) -> None:
    committee = stage.officer("cwc.demo")
    asked = GetTimeline(hub_id=stage.hub_id(HOMES, child.resident), purpose=Purpose.INQUIRY, case=CASE)
    timeline = stage.hub.timeline(committee, asked)
    owners = {record.ref.participant for record in timeline.records}
    assert (owners, timeline.left_out) == ({"police-br", "zipnet", HOMES}, 0)
    told = [(event.at, event.ref.participant, event.kind.value) for event in timeline.events]
    expected = [
        (step.at(FIRST_DAY), owner, step.kind)
        for owner, steps in (("police-br", STATION), ("zipnet", RAILWAY), (HOMES, HOME))
        for step in steps
    ]
    assert sorted(told) == sorted(expected)
    assert [at for at, _, _ in told] == sorted(at for at, _, _ in told)
    assert timeline.custody is not None
    restored = HOME[10].at(FIRST_DAY).date()
    assert (timeline.custody.state, timeline.custody.since) == (CustodyState.WITH_FAMILY, restored)


def every_section_is_read_live(stage: Stage, child: Child) -> None:
    """What the hub shows goes through it, so that it could have been kept."""
    committee, hub_id = stage.officer("cwc.demo"), stage.hub_id(HOMES, child.resident)
    names = {section: sentence(own) for section, own in READ.items()} | {one: sentence(one.value) for one in WRITTEN}
    wanted = [Wanted(hub_id, section) for section in names]
    for purpose in (Purpose.CARE, Purpose.INQUIRY):
        read = stage.hub.read_sections(committee, wanted, purpose, CASE)
        for one in read:
            assert one.section is not None, one
            assert names[one.wanted.section] in " ".join(field.value for field in one.section.fields)
    lost = stage.hub_id("police-br", child.missing)
    contact = stage.hub.read_section(committee, lost, SectionName.CONTACT, Purpose.INQUIRY, CASE)
    assert sentence("complaint") in " ".join(field.value for field in contact.fields)


def nothing_of_the_file_is_kept(stage: Stage, child: Child) -> None:
    kept = everything_kept(stage)
    assert child.missing in kept, "the search must be able to find something"
    assert "canary" not in kept
    assert "song of the ferry" not in kept
    for path in stage.folder.glob("hub.sqlite*"):
        assert b"canary" not in path.read_bytes(), path.name
    for log in (stage.folder / "logs").glob("hub.log"):
        assert "canary" not in log.read_text()


def everything_kept(stage: Stage) -> str:
    """Every value of every table of the hub, as text."""
    engine, tables = create_engine(stage.hub.settings.database), MetaData()
    tables.reflect(engine)
    with engine.connect() as connection:
        said = [
            worded(value) for one in tables.sorted_tables for row in connection.execute(select(one)) for value in row
        ]
    engine.dispose()
    return "\n".join(said)


def worded(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


@pytest.mark.parametrize("missed", DEADLINES, ids=[one.code for one in DEADLINES])
def test_a_deadline_that_is_missed_is_warned_of_escalated_and_listed_and_the_case_still_ends(
    stage: Stage, told: list[Child], missed: Missed
) -> None:
    child = told[1 + [one.code for one in DEADLINES].index(missed.code)]
    source_id = child.missing if missed.owner == "police-br" else child.resident
    stage.hub.pull(missed.owner)
    hub_id = stage.hub_id(missed.owner, source_id)
    stage.tell(missed.owner, source_id, list(missed.steps[: missed.late]), FIRST_DAY)
    due = it_is_warned_of_and_escalated(stage, hub_id, missed, source_id)
    late = (due - missed.steps[missed.late].at(FIRST_DAY)).total_seconds() / 86_400 + 1
    stage.tell(missed.owner, source_id, [one.later(late) for one in missed.steps[missed.late :]], FIRST_DAY)
    standing = stage.hub.casework.standing(
        stage.hub.case(CONSOLE, GetCase(hub_id=hub_id, purpose=Purpose.INQUIRY, case=CASE))
    )
    assert standing.duties is not None
    assert Standing.MET_LATE in {one.standing for one in standing.duties.over if one.code == missed.code}
    assert [one for one in standing.wrong if one.rule in ("illegal_step", "unknown_step", "wrong_institution")] == []
    with stage.hub.store.read() as work:
        kept = work.cases.find(hub_id)
    assert kept is not None and (kept.state, kept.ended) == ("closed", True)
    assert missed.code not in {one.code for one in owed(stage, hub_id)}


def it_is_warned_of_and_escalated(stage: Stage, hub_id: str, missed: Missed, source_id: str) -> datetime.datetime:
    """Each once, told to the owner's own system; the moment it was due."""
    known_from_the_first_day(stage)
    duty = next(one for one in owed(stage, hub_id) if one.code == missed.code)
    minute, told = datetime.timedelta(minutes=1), []
    for moment in (duty.at, duty.due + minute, duty.due + 2 * minute):
        assert moment is not None
        stage.hub.casework.sweep(now=moment + minute)
        told.append([one.stage for one in calls(stage, hub_id, missed, duty)])
    warned = duty.at != duty.due
    assert told == ([[1], [1, 2], [1, 2]] if warned else [[2], [2], [2]])
    line = next(one for one in stage.hub.casework.due(CONSOLE, 500) if (one.hub_id, one.code) == (hub_id, missed.code))
    assert line.overdue
    if InstitutionKind.CWC in missed.limit.escalates_to and kept_by(stage, hub_id) == COMMITTEE:
        assert [one.stage for one in calls(stage, hub_id, missed, duty, COMMITTEE)] == [2]
    stage.hub.deliver()
    words = [kind for kind, text in stage.told_to(missed.owner, source_id) if missed.limit.words in text]
    assert len(words) == (2 if warned else 1)
    return duty.due


def known_from_the_first_day(stage: Stage) -> None:
    """As if the hub had known the cases from their first day: what was over before it did is told to nobody."""
    with stage.hub.store.write() as work:
        work.connection.execute(update(cases).values(known_since=FIRST_DAY))


def owed(stage: Stage, hub_id: str) -> list[Owed]:
    with stage.hub.store.read() as work:
        kept = work.cases.find(hub_id)
        assert kept is not None
        return work.cases.owed(kept.row)


def kept_by(stage: Stage, hub_id: str) -> str | None:
    """The committee that has the case."""
    with stage.hub.store.read() as work:
        kept = work.cases.find(hub_id)
    return None if kept is None else kept.committee


def calls(stage: Stage, hub_id: str, missed: Missed, duty: Owed, whom: str | None = None) -> list[Call]:
    """What the owner, or an institution, was told of one duty."""
    with stage.hub.store.read() as work:
        found = work.cases.calls_to(whom or f"participant:{missed.owner}", FIRST_DAY, 1_000)
    mine = [call for call, kept in found if (kept.hub_id, call.code, call.turn) == (hub_id, missed.code, duty.turn)]
    return sorted(mine, key=lambda call: call.stage)
