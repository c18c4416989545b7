"""Citizens' reports: routed by where it happened, seen by those who are responsible, followed by a number."""

from contextlib import AbstractContextManager

import pytest

from contracts import Refused
from hub.access import Role
from hub.app import Hub
from hub.citizens import Letter, Outcome, Standing
from tests.hub.citizens.conftest import GAYA, PATNA, officer, picture, report


def code_of(code: str) -> AbstractContextManager[pytest.ExceptionInfo[Refused]]:
    return pytest.raises(Refused, check=lambda error: error.code == code)


def letter(_number: str) -> Letter:
    return Letter("subject", "text")


def test_a_report_is_seen_at_once_by_the_police_of_its_district_and_by_nobody_elsewhere(hub: Hub) -> None:
    hub.citizens.report(report(words="a boy alone"), None, letter)
    [(kept, said)] = hub.citizens.waiting(officer(GAYA))
    assert said.words == "a boy alone"
    assert hub.citizens.waiting(officer(PATNA)) == []
    with code_of("unknown_report"):
        hub.citizens.open(officer(PATNA), kept.report_id)
    with code_of("unknown_report"):
        hub.citizens.photo(officer(PATNA), kept.report_id)


@pytest.mark.parametrize("role", [Role.CCI, Role.COMMITTEE, Role.ADMINISTRATOR, Role.CITIZEN])
def test_only_the_police_read_reports(hub: Hub, role: Role) -> None:
    with code_of("not_allowed"):
        hub.citizens.waiting(officer(GAYA, role=role))


def test_the_sender_learns_how_far_it_is_and_nothing_else(hub: Hub) -> None:
    number = hub.citizens.report(report(), None, letter)
    [(kept, _)] = hub.citizens.waiting(officer(GAYA))
    assert hub.citizens.track(number).standing is Standing.RECEIVED
    hub.citizens.take(officer(GAYA), kept.report_id, lambda said: Letter("s", "t"))
    assert hub.citizens.track(number).standing is Standing.TAKEN
    hub.citizens.end(officer(GAYA), kept.report_id, Outcome.LOOKED_INTO)
    found = hub.citizens.track(number)
    assert (found.standing, found.outcome) == (Standing.ENDED, Outcome.LOOKED_INTO)
    assert hub.citizens.waiting(officer(GAYA)) == []
    assert len(hub.citizens.waiting(officer(GAYA), open_only=False)) == 1


def test_a_number_may_be_written_as_people_write_it(hub: Hub) -> None:
    number = hub.citizens.report(report(), None, letter)
    spoken = number.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    assert hub.citizens.track(spoken).standing is Standing.RECEIVED
    with code_of("unknown_report"):
        hub.citizens.track("0000-0000-0000")


def test_no_table_holds_the_number_by_which_a_sender_follows_a_report(hub: Hub) -> None:
    number = hub.citizens.report(report(), None, letter)
    with hub.store.read() as work:
        rows = work.connection.exec_driver_sql("select * from citizen_reports").all()
    assert number not in str(rows)
    assert number.replace("-", "") not in str(rows)


@pytest.mark.parametrize("wrong", [{"district": 9_999}, {"state": 7}, {"station": "no-such-station"}])
def test_a_place_that_is_not_on_the_lists_is_refused(hub: Hub, wrong: dict[str, object]) -> None:
    with code_of("unknown_place"):
        hub.citizens.report(report(**wrong), None, letter)


def test_a_picture_is_kept_redrawn_and_a_wrong_one_keeps_no_report(hub: Hub) -> None:
    with code_of("photo_unreadable"):
        hub.citizens.report(report(), b"no picture", letter)
    assert hub.citizens.waiting(officer(GAYA)) == []
    hub.citizens.report(report(), picture(), letter)
    [(kept, _)] = hub.citizens.waiting(officer(GAYA))
    assert kept.has_photo
    assert (hub.citizens.photo(officer(GAYA), kept.report_id) or b"")[:3] == b"\xff\xd8\xff"


def test_who_looked_at_a_report_and_who_took_it_up_stands_in_the_audit(hub: Hub) -> None:
    hub.citizens.report(report(), None, letter)
    [(kept, _)] = hub.citizens.waiting(officer(GAYA))
    hub.citizens.open(officer(GAYA), kept.report_id)
    hub.citizens.take(officer(GAYA), kept.report_id, lambda said: Letter("s", "t"))
    hub.citizens.take(officer(GAYA), kept.report_id, lambda said: Letter("s", "t"))
    with hub.store.read() as work:
        acts = work.connection.exec_driver_sql("select act, matter from audit order by seq").all()
    assert [tuple(row) for row in acts] == [("see_report", kept.report_id), ("take_report", kept.report_id)]
