"""Many homes in one node: each sees its own children alone, says what it is itself, and nothing is lost of a change."""

import base64
import itertools
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from adapters.cci.node import tables
from adapters.cci.node.forms import forms
from adapters.cci.node.register import Register

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(40)).decode()
BOYS, GIRLS = "DL-CHB-ALP", "DL-CHG-NRC"
WHY = {"purpose": "CARE", "case_ref": "CWC/1", "officer_id": "cw.1", "designation": "Case worker"}
writings = itertools.count(1)


class Staff:
    """A member of one home's staff at the software."""

    def __init__(self, url: str, word: str) -> None:
        self.url, self.word = url, word

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> requests.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        sent = {"Authorization": f"Bearer {self.word}", **named}
        return requests.request(method, f"{self.url}/api{path}", json=body, headers=sent)

    def got(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        answer = self.call(method, path, body, **headers)
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture(scope="module")
def node(start_node: Callable[[str], Any]) -> Any:
    return start_node("cci")


@pytest.fixture(scope="module")
def operator(node: Any) -> Staff:
    return Staff(node.url, "hub:open sesame")


@pytest.fixture(scope="module")
def boys(operator: Staff) -> Staff:
    word = operator.got("POST", f"/homes/{BOYS}/passes", {"holder": "Neha, case worker"})["pass"]
    return Staff(operator.url, word)


@pytest.fixture(scope="module")
def girls(operator: Staff) -> Staff:
    return Staff(operator.url, operator.got("POST", f"/homes/{GIRLS}/passes", {"holder": "Imran"})["pass"])


@pytest.fixture(scope="module")
def child(boys: Staff) -> str:
    """A boy admitted by his own home."""
    said = {"inmate_name": "Raju", "sex": "Boy", "category": "CNCP", "case_status": "UNDER INQUIRY"}
    return str(boys.got("POST", "/residents", {"said": said})["admission_no"])


def change(path: str, changes: dict[str, Any], seen: int = 0, **more: Any) -> tuple[str, str, dict[str, Any]]:
    body = {**WHY, "write_no": f"write-{next(writings):05d}", "seen_revision": seen, "changes": changes, **more}
    return "POST", f"{path}/write", body


def test_a_home_admits_a_child_under_its_own_number_in_the_order_of_the_year(boys: Staff, child: str) -> None:
    second = boys.got("POST", "/residents", {"said": {"inmate_name": "Sonu"}})["admission_no"]
    assert child.startswith(f"{BOYS}/2")
    assert int(second.rpartition("/")[2]) == int(child.rpartition("/")[2]) + 1


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "", None),
        ("PATCH", "", {"said": {"alias": "x"}}),
        ("GET", "/changes", None),
        ("GET", "/accesses", None),
        ("GET", "/photographs", None),
        ("POST", "/photographs", {"image": PNG}),
        ("GET", "/photographs/1", None),
        ("POST", "/efile/schooling/read", WHY),
        ("PUT", "/efile/schooling", {"content": {"level": "UPTO_V"}}),
        ("GET", "/efile/schooling/revisions", None),
        change("/efile/schooling", {"level": "UPTO_V"}),
    ],
)
def test_a_child_of_another_home_is_not_there(girls: Staff, child: str, method: str, path: str, body: Any) -> None:
    answer = girls.call(method, f"/residents/{child}{path}", body, If_Match='"1"')
    assert answer.status_code == 404, answer.text
    assert "Raju" not in answer.text


def test_lists_searches_homes_and_notices_keep_to_ones_own_home(boys: Staff, girls: Staff, operator: Staff) -> None:
    listed = girls.got("GET", "/residents?limit=500")["residents"]
    assert {row["home_unit"] for row in listed} == {GIRLS}
    assert girls.got("POST", "/residents/search", {"name": "Raju"})["residents"] == []
    assert [home["home_unit"] for home in girls.got("GET", "/homes")["homes"]] == [GIRLS]
    assert girls.call("GET", f"/homes/{BOYS}").status_code == 404
    assert girls.call("PUT", f"/homes/{BOYS}", {"said": {"capacity": 5}}).status_code == 404
    assert girls.call("POST", "/residents", {"home_unit": BOYS, "said": {"alias": "x"}}).status_code == 404
    assert len(operator.got("GET", "/homes")["homes"]) > 1


def test_staff_issue_no_passes_and_an_ended_pass_opens_nothing(operator: Staff, boys: Staff) -> None:
    assert boys.call("POST", f"/homes/{BOYS}/passes", {"holder": "a friend"}).status_code == 403
    word = operator.got("POST", f"/homes/{BOYS}/passes", {"holder": "Leaving"})["pass"]
    assert Staff(operator.url, word).call("GET", "/homes").status_code == 200
    assert operator.got("DELETE", f"/homes/{BOYS}/passes/Leaving") == {"ended": 1}
    assert Staff(operator.url, word).call("GET", "/homes").status_code == 401


def test_a_pass_cannot_be_read_in_the_database(node: Any, boys: Staff) -> None:
    with sqlite3.connect(node.database.removeprefix("sqlite:///")) as database:
        assert boys.word not in "\n".join(database.iterdump())


def test_a_change_of_the_register_keeps_what_was_before_and_who_changed_it(boys: Staff, child: str) -> None:
    seen = boys.call("GET", f"/residents/{child}").headers["ETag"]
    body = {"said": {"alias": "Rajesh"}, "written_by": "somebody else"}
    boys.got("PATCH", f"/residents/{child}", body, If_Match=seen)
    assert boys.call("PATCH", f"/residents/{child}", body, If_Match=seen).status_code == 412
    newest = boys.got("GET", f"/residents/{child}/changes")["changes"][0]
    told = [newest[name] for name in ("before", "after", "changed_by")]
    assert told == [{"alias": None}, {"alias": "Rajesh"}, "Neha, case worker"]


def test_a_writing_that_comes_twice_counts_once(boys: Staff, child: str) -> None:
    sent = change(f"/residents/{child}/efile/schooling", {"level": "UPTO_V", "progress": "Reads"})
    first, second = (boys.got(*sent) for _ in range(2))
    assert (first["revision"], first["already_written"]) == (1, False)
    assert (second["revision"], second["already_written"]) == (1, True)
    third = boys.got(*change(f"/residents/{child}/efile/schooling", {"progress": None}, seen=1))
    assert third["revision"] == 2
    assert boys.got("POST", f"/residents/{child}/efile/schooling/read", WHY)["entries"] == {
        "Level of education": "UPTO_V"
    }


def test_entries_that_are_kept_back_for_a_purpose_are_neither_written_nor_lost(boys: Staff, child: str) -> None:
    path = f"/residents/{child}/efile/case_history"
    boys.got(*change(path, {"offence_alleged": "None"}, purpose="ENQUIRY"))
    assert boys.call(*change(path, {"offence_alleged": "Theft"}, seen=1)).status_code == 403
    boys.got(*change(path, {"brought_by": "Railway Police"}, seen=1))
    told = boys.got("POST", f"{path}/read", {**WHY, "purpose": "ENQUIRY"})["entries"]
    assert told == {"Brought by": "Railway Police", "Offence alleged": "None"}


def test_sessions_and_fortnights_are_sheets_of_their_section(boys: Staff, child: str) -> None:
    path = f"/residents/{child}/efile/counselling_notes"
    boys.got(*change(path, {f"{n}/spoken_of": f"Talk {n}" for n in range(1, 16)}))
    told = boys.got("POST", f"{path}/read", WHY)
    assert next(iter(told["entries"])) == "Session 15: Spoken of"
    assert told["entries"]["Older (Session)"] == "3 more at the home"
    new = [one["entry"] for one in told["form"] if one["part"] == "Session 16"]
    assert new == [f"16/{name}" for name in ("held_on", "held_by", "kind", "observed", "spoken_of", "next_step")]


def test_an_answer_that_the_form_does_not_print_is_refused(boys: Staff, child: str) -> None:
    answer = boys.call(*change(f"/residents/{child}/efile/care_plan", {"stay_type": "FOREVER"}))
    assert answer.status_code == 422
    assert "SHORT, MEDIUM, LONG" in answer.json()["detail"]


def test_form_7_has_its_ten_categories_in_all_its_parts() -> None:
    plan = forms()["care_plan"]
    assert plan.sheets is not None
    categories = list(plan.entries)[6:16]
    assert categories[0] == "expectation" and categories[-1] == "any_other"
    for name in categories:
        assert {f"{name}_plan", f"{name}_restoration"} <= plan.entries.keys()
        assert f"{name}_progress" in plan.sheets.entries


def test_a_photograph_is_kept_once_and_given_as_it_came(boys: Staff, child: str) -> None:
    sent = {"image": PNG, "shows": "Face"}
    first, second = (boys.got("POST", f"/residents/{child}/photographs", sent) for _ in range(2))
    assert (first["already_kept"], second["already_kept"]) == (False, True)
    answer = boys.call("GET", f"/residents/{child}/photographs/{first['serial']}")
    assert (answer.headers["Content-Type"], answer.content) == ("image/png", base64.b64decode(PNG))
    told = boys.got("POST", f"/residents/{child}/efile/photographs/read", {**WHY, "purpose": "COMPARISON"})
    assert told["photographs"] == [{"caption": "Face", "media_type": "image/png", "data": PNG}]
    text = base64.b64encode(b"<svg onload=alert(1)>").decode()
    assert boys.call("POST", f"/residents/{child}/photographs", {"image": text}).status_code == 422


def test_a_home_tells_what_it_is_and_how_full_it_is(boys: Staff, operator: Staff) -> None:
    before = boys.got("GET", f"/homes/{BOYS}")
    boys.got("PUT", f"/homes/{BOYS}", {"said": {"capacity": 40, "registered_until": "31-Mar-2031", "counsellors": 2}})
    now = boys.got("GET", f"/homes/{BOYS}")
    assert (now["capacity"], now["places_free"]) == (40, 40 - now["living_here"])
    newest = boys.got("GET", f"/homes/{BOYS}/changes")["changes"][0]
    assert (newest["before"]["capacity"], newest["after"]["capacity"]) == (before["capacity"], 40)
    for wrong in ({"capacity": "many"}, {"towers": 2}, {"home_type": "CASTLE"}):
        assert boys.call("PUT", f"/homes/{BOYS}", {"said": wrong}).status_code == 422


def test_the_migrations_make_the_tables_that_the_code_knows(tmp_path: Path) -> None:
    Register(f"sqlite:///{tmp_path / 'new.sqlite'}").close()
    engine = create_engine(f"sqlite:///{tmp_path / 'new.sqlite'}")
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), tables.metadata) == []
    engine.dispose()


def test_a_database_of_the_first_release_is_brought_up_to_date_and_keeps_its_rows(tmp_path: Path) -> None:
    path = tmp_path / "old.sqlite"
    with sqlite3.connect(path) as old:
        old.execute("CREATE TABLE home (home_unit VARCHAR PRIMARY KEY, home_name VARCHAR)")
        old.execute("CREATE TABLE efile (admission_no VARCHAR, section VARCHAR)")
        old.execute("INSERT INTO home VALUES ('H-1', 'Home of before')")
    register = Register(f"sqlite:///{path}")
    assert register.passes.issue("H-1", "Neha", None)
    register.close()
    with sqlite3.connect(path) as new:
        assert new.execute("SELECT home_name FROM home").fetchall() == [("Home of before",)]
