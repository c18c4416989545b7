"""Clocks as of any moment: each limit of the law to its day in Indian time, met, late, missed, stopped, extended."""

import datetime
from collections.abc import Mapping

import pytest

from hub.casework.clocks import Clock, Standing, clocks, next_look
from hub.casework.durations import INDIA, Duration, months_later
from hub.casework.progress import Taken
from hub.casework.statute import statutes

CNCP, CCL, MISSING = (statutes()[name] for name in ("cncp-jj2015", "ccl-jj2015", "missing-sop2016"))
Day = datetime.date


def moment(text: str) -> datetime.datetime:
    """A moment in India."""
    return datetime.datetime.fromisoformat(text).replace(tzinfo=INDIA)


def step(code: str, at: str, journey: float = 0, facts: Mapping[str, str] | None = None) -> Taken:
    return Taken(code, moment(at), journey=datetime.timedelta(hours=journey), facts=facts or {})


def find(found: list[Clock], code: str, turn: int = 1) -> Clock:
    (one,) = [clock for clock in found if (clock.code, clock.turn) == (code, turn)]
    return one


FOUND = step("found", "2026-03-01 10:00")
PRODUCED = step("produced", "2026-03-02 09:00")
ORPHAN = step("produced", "2026-03-02 09:00", facts={"ground": "orphan"})


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("24h", "2026-03-01 10:00", "2026-03-02 10:00:00"),
        ("15d", "2026-03-01 10:00", "2026-03-16 23:59:59"),
        ("4M", "2025-10-31 10:00", "2026-02-28 23:59:59"),
        ("4M", "2023-10-31 10:00", "2024-02-29 23:59:59"),
        ("-15d", "2026-03-31 10:00", "2026-03-16 23:59:59"),
        ("2M", "2026-12-15 00:00", "2027-02-15 23:59:59"),
    ],
)
def test_a_limit_ends_as_the_general_clauses_act_counts(text: str, start: str, end: str) -> None:
    assert Duration.read(text).after(moment(start)) == moment(end)


def test_a_day_begins_in_india_not_in_greenwich() -> None:
    late = datetime.datetime(2026, 3, 1, 19, 0, tzinfo=datetime.UTC)  # half past midnight of the 2nd in India
    assert Duration.read("15d").after(late) == moment("2026-03-17 23:59:59")


@pytest.mark.parametrize("text", ["24", "h24", "1.5h", "4m", "99999d", ""])
def test_a_duration_is_written_one_way(text: str) -> None:
    with pytest.raises(ValueError, match="written"):
        Duration.read(text)


def test_months_never_creep() -> None:
    assert [months_later(Day(2026, 1, 31), n) for n in (1, 2, 3, 13)] == [
        Day(2026, 2, 28),
        Day(2026, 3, 31),
        Day(2026, 4, 30),
        Day(2027, 2, 28),
    ]


@pytest.mark.parametrize(
    ("produced", "journey", "standing"),
    [
        ("2026-03-02 09:00", 0, Standing.MET),
        ("2026-03-02 11:00", 0, Standing.MET_LATE),
        ("2026-03-02 15:00", 6, Standing.MET),
        ("2026-03-02 17:00", 6, Standing.MET_LATE),
    ],
)
def test_the_journey_is_left_out_of_the_24_hours(produced: str, journey: float, standing: Standing) -> None:
    found = clocks(CNCP, [FOUND, step("produced", produced, journey)], moment("2026-04-01 00:00"))
    assert find(found, "PRODUCE_CWC").standing == standing


@pytest.mark.parametrize(
    ("as_of", "standing"),
    [
        ("2026-03-01 11:00", Standing.RUNNING),
        ("2026-03-02 05:00", Standing.WARNING),
        ("2026-03-02 10:00", Standing.WARNING),
        ("2026-03-02 10:01", Standing.MISSED),
    ],
)
def test_a_clock_warns_before_it_is_missed(as_of: str, standing: Standing) -> None:
    assert find(clocks(CNCP, [FOUND], moment(as_of)), "PRODUCE_CWC").standing == standing


#: (limit, the steps before, the step that meets it and the last moment for it)
DUE = [
    ("SIR", [FOUND, PRODUCED], "sir_done", "2026-03-17 23:59:59"),
    ("CWC_FINAL", [FOUND, PRODUCED], "restored", "2026-07-02 23:59:59"),
    ("ICP", [FOUND, PRODUCED, step("placed", "2026-03-03 12:00")], "icp_done", "2026-04-03 23:59:59"),
    ("LFA_2_PLUS", [FOUND, ORPHAN], "declared_legally_free", "2026-07-02 23:59:59"),
    ("FOLLOW_UP_2M", [step("restored", "2026-03-10 10:00")], "followed_up", "2026-05-10 23:59:59"),
    ("AFTERCARE_REPORT", [step("aftercare_ordered", "2026-03-10 10:00")], "aftercare_reported", "2026-09-10 23:59:59"),
    ("FOSTER_INSPECT", [step("fostered", "2026-03-10 10:00")], "foster_inspected", "2026-04-10 23:59:59"),
]


@pytest.mark.parametrize(("code", "before", "meets", "last"), DUE)
def test_each_limit_of_care_is_met_on_its_last_moment_and_missed_after(
    code: str, before: list[Taken], meets: str, last: str
) -> None:
    later = moment(last) + datetime.timedelta(seconds=1)
    assert find(clocks(CNCP, before, moment(last)), code).due == moment(last)
    assert find(clocks(CNCP, before, later), code).standing == Standing.MISSED
    on_time = [*before, Taken(meets, moment(last))]
    assert find(clocks(CNCP, on_time, later), code).standing == Standing.MET
    too_late = [*before, Taken(meets, later)]
    assert find(clocks(CNCP, too_late, later), code).standing == Standing.MET_LATE


def test_progress_is_reported_each_fortnight_for_three_months_and_then_each_month() -> None:
    begun = step("icp_done", "2026-03-01 10:00")
    reports = [
        step("progress_reported", f"2026-{month:02}-{day:02} 10:00") for month, day in ((3, 14), (3, 28), (4, 20))
    ]
    found = [one for one in clocks(CNCP, [begun, *reports], moment("2026-08-10 10:00")) if one.code == "PROGRESS"]
    assert [str(one.due.date()) for one in found] == [
        "2026-03-15", "2026-03-29", "2026-04-12", "2026-04-26", "2026-05-10", "2026-05-24",
        "2026-07-01", "2026-08-01", "2026-09-01",
    ]  # fmt: skip
    standings = [one.standing for one in found]
    assert standings[:3] == [Standing.MET, Standing.MET, Standing.MET_LATE]
    assert standings[3:] == [Standing.MISSED] * 5 + [Standing.RUNNING]


def test_a_restored_child_needs_no_more_progress_reports() -> None:
    steps = [step("icp_done", "2026-03-01 10:00"), step("restored", "2026-03-10 10:00")]
    found = clocks(CNCP, steps, moment("2026-08-10 10:00"))
    assert find(found, "PROGRESS").standing == Standing.STOPPED


def test_two_follow_ups_are_two_duties() -> None:
    steps = [step("restored", "2026-03-10 10:00"), step("followed_up", "2026-05-01 10:00")]
    found = clocks(CNCP, steps, moment("2026-06-01 10:00"))
    assert find(found, "FOLLOW_UP_2M").standing == Standing.MET
    assert find(found, "FOLLOW_UP_6M").standing == Standing.RUNNING


def test_the_pre_release_report_is_due_fifteen_days_before_the_day_of_release() -> None:
    planned = step("release_planned", "2026-03-01 10:00", facts={"release_on": "2026-04-30"})
    assert find(clocks(CNCP, [planned], moment("2026-03-02 10:00")), "PRE_RELEASE").due.date() == Day(2026, 4, 15)
    untold = step("release_planned", "2026-03-01 10:00")
    assert [one for one in clocks(CNCP, [untold], moment("2026-03-02 10:00")) if one.code == "PRE_RELEASE"] == []


@pytest.mark.parametrize(
    ("born", "codes"),
    [
        (Day(2025, 6, 1), {"LFA_0_2"}),
        (Day(2024, 3, 2), {"LFA_0_2"}),
        (Day(2024, 3, 1), {"LFA_2_PLUS"}),
        (Day(2016, 1, 1), {"LFA_2_PLUS"}),
        (None, {"LFA_0_2", "LFA_2_PLUS"}),
    ],
)
def test_up_to_two_years_is_up_to_the_second_birthday(born: Day | None, codes: set[str]) -> None:
    found = clocks(CNCP, [FOUND, ORPHAN], moment("2026-03-03 10:00"), born)
    assert {one.code for one in found if one.code.startswith("LFA")} == codes


def test_a_child_of_known_family_is_not_to_be_declared_free() -> None:
    found = clocks(CNCP, [FOUND, PRODUCED], moment("2026-03-03 10:00"))
    assert not any(one.code.startswith("LFA") for one in found)


def test_parents_have_two_months_to_think_again_and_nobody_is_late_before() -> None:
    surrendered = step("surrendered", "2026-03-01 10:00")
    early = step("surrender_confirmed", "2026-04-15 10:00")
    late = step("surrender_confirmed", "2026-05-02 10:00")
    as_of = moment("2026-06-01 10:00")
    assert find(clocks(CNCP, [surrendered], as_of), "SURRENDER_RECONSIDER").standing == Standing.RUNNING
    assert find(clocks(CNCP, [surrendered, early], as_of), "SURRENDER_RECONSIDER").standing == Standing.TOO_EARLY
    assert find(clocks(CNCP, [surrendered, late], as_of), "SURRENDER_RECONSIDER").standing == Standing.MET


def test_the_board_has_four_months_and_one_extension_of_two() -> None:
    produced = step("produced", "2026-01-31 10:00")
    extensions = [step("inquiry_extended", f"2026-05-{day} 10:00") for day in (20, 28)]
    as_of = moment("2026-06-10 10:00")
    assert find(clocks(CCL, [produced], as_of), "INQUIRY").due == moment("2026-05-31 23:59:59")
    for many in (1, 2):
        found = clocks(CCL, [produced, *extensions[:many]], as_of)
        assert find(found, "INQUIRY").due == moment("2026-07-31 23:59:59")


def test_a_heinous_offence_is_assessed_in_three_months_from_sixteen_years_on() -> None:
    heinous = step("produced", "2026-01-31 10:00", facts={"offence": "heinous"})
    as_of = moment("2026-02-10 10:00")
    assert find(clocks(CCL, [heinous], as_of, Day(2010, 1, 1)), "ASSESSMENT").due.date() == Day(2026, 4, 30)
    assert not any(one.code == "ASSESSMENT" for one in clocks(CCL, [heinous], as_of, Day(2010, 2, 1)))


def test_an_untraced_child_goes_to_the_ahtu_at_four_months_which_reports_every_three() -> None:
    steps = [step("reported", "2026-01-10 08:00"), step("fir_registered", "2026-01-10 09:00")]
    assert find(clocks(MISSING, steps, moment("2026-05-11 00:00")), "AHTU_TRANSFER").standing == Standing.MISSED
    steps.append(step("ahtu_transferred", "2026-05-10 10:00"))
    found = clocks(MISSING, steps, moment("2026-11-11 00:00"))
    assert find(found, "AHTU_TRANSFER").standing == Standing.MET
    dues = [(one.due.date(), one.standing) for one in found if one.code == "AHTU_REPORT"]
    assert dues[:2] == [(Day(2026, 8, 10), Standing.MISSED), (Day(2026, 11, 10), Standing.MISSED)]


def test_a_child_that_ran_away_and_is_produced_again_has_new_clocks() -> None:
    steps = [FOUND, PRODUCED, step("placed", "2026-03-03 10:00"), step("ran_away", "2026-03-10 10:00")]
    steps.append(step("produced", "2026-04-01 10:00"))
    dues = [one.due.date() for one in clocks(CNCP, steps, moment("2026-04-02 10:00")) if one.code == "SIR"]
    assert dues == [Day(2026, 3, 17), Day(2026, 4, 16)]


def test_what_was_not_yet_known_then_is_not_known_then() -> None:
    steps = [FOUND, PRODUCED, step("sir_done", "2026-03-10 10:00")]
    assert find(clocks(CNCP, steps, moment("2026-03-05 10:00")), "SIR").standing == Standing.RUNNING


def test_the_next_look_is_at_the_next_warning_or_end() -> None:
    as_of = moment("2026-03-01 11:00")
    found = clocks(CNCP, [FOUND], as_of)
    assert next_look(found, as_of) == moment("2026-03-02 04:00")
    assert next_look(found, moment("2026-03-02 05:00")) == moment("2026-03-02 10:00")
    assert next_look(found, moment("2026-03-03 05:00")) is None
