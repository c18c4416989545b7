"""The operator's and the auditor's pages."""

from typing import Any

from contracts import Problem
from hub.index.aside import Laid
from hub.reports import Reconciliation, ReconciliationState


def test_the_operator_sees_how_participants_stand_and_no_child(browser: Any) -> None:
    admin = browser.sign_in("admin")
    shown = admin.get("/operations").text
    assert "Bihar Police" in shown
    assert "Entries in the index" in shown
    assert "राशिद" not in shown
    assert admin.get("/matches").status_code == 403


def test_what_was_set_aside_is_listed_with_its_reason_and_without_its_content(browser: Any, desk: Any) -> None:
    problem = Problem(field="birth.as_of", rule="missing", message="Give the day on which the age was true.")
    laid = Laid("police-br", "BR/2024/77", "bad_record", problem, {"naam": "राशिद"})
    with desk.hub.store.write() as work:
        work.aside.add(laid, desk.hub.flow.now())
    admin = browser.sign_in("admin")
    shown = admin.get("/operations/set-aside?participant=police-br").text
    assert "BR/2024/77" in shown
    assert "Give the day on which the age was true." in shown
    assert "राशिद" not in shown
    assert "Nothing is set aside" in admin.get("/operations/set-aside?participant=cci-dl").text


def test_the_auditor_reads_who_looked_by_the_number_of_the_entry(browser: Any, desk: Any) -> None:
    auditor = browser.sign_in("auditor")
    hub_id = desk.hub_id("BR/2024/118")
    answer = auditor.send("/accesses", {"hub_id": hub_id})
    assert answer.headers["location"] == f"/case/{hub_id}/accesses"
    assert auditor.send("/accesses", {"hub_id": "x"}).status_code == 422
    assert auditor.get(f"/case/{hub_id}").status_code == 403


def test_an_officer_may_not_read_the_log(police: Any, desk: Any) -> None:
    assert police.get(f"/case/{desk.hub_id('BR/2024/118')}/accesses").status_code == 403


def test_the_operator_sees_what_is_wrong_now_and_which_comparison_waits_for_a_person(browser: Any, desk: Any) -> None:
    admin = browser.sign_in("admin")
    assert "every system that was to be reached was reached" in admin.get("/operations").text
    assert "No participant was compared" in admin.get("/operations").text
    now = desk.hub.flow.now()
    held = Reconciliation(
        run_id="run-0001",
        participant="police-br",
        state=ReconciliationState.HELD,
        started_at=now,
        here=1_200,
        there=3,
        why="small_answer",
    )
    with desk.hub.store.write() as work:
        work.alerts.opened("lane police-br", "police-br", "system_down", "unreachable", now)
        work.reconciliations.save(held)
    shown = admin.get("/operations").text
    assert "System down" in shown and "Unreachable" in shown
    assert "Held" in shown and "Small answer" in shown and "1,200" in shown
    assert "trackchild reconcile release run-0001" in shown
    with desk.hub.store.write() as work:
        work.alerts.ended("lane police-br", "police-br", "system_down", None, now)
    assert "System down" not in admin.get("/operations").text
