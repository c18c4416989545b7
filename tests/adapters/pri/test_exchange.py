"""The hub's adapter and a running panchayat register, over real REST."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest
import requests

from adapters.base import Words
from adapters.pri.node.register import Register
from contracts import Notice, NoticeKind, Officer, Purpose, Reference, Refused, SectionName, SectionRequest

NOW = datetime.datetime(2026, 11, 20, tzinfo=datetime.UTC)


@pytest.fixture(scope="module")
def node(start_node: Callable[[str], Any]) -> Any:
    return start_node("pri")


@pytest.fixture(scope="module")
def number(node: Any) -> str:
    """A register number under which a home verification is kept."""
    register = Register(node.database)
    kept = str(register.all("ghar_satyapan")[0]["register_no"])
    register.close()
    return kept


def ask(node: Any, path: str, **params: Any) -> Any:
    return requests.get(node.url + path, params=params, headers={"X-Api-Token": "hub:open sesame"}).json()


def request(number: str, purpose: Purpose) -> SectionRequest:
    return SectionRequest(
        request_id="request-1", ref=Reference(participant="tester", source_id=number), section=SectionName.CONTACT,
        purpose=purpose, case="CWC/1/2026", officer=Officer(id="bcpc.1", role="बाल संरक्षण पदाधिकारी"), asked_at=NOW,
    )  # fmt: skip


def test_every_row_comes_once_whatever_the_page_size(node: Any) -> None:
    seen: list[str] = []
    mark = None
    while True:
        page = ask(node, "/panji", seema=1, agla=mark)
        seen += [row["register_no"] for row in page["panji"]]
        mark = page["agla"]
        if mark is None:
            break
    assert len(seen) == len(set(seen)) == 25
    assert seen == [row["register_no"] for row in ask(node, "/panji")["panji"]]


def test_children_are_pulled_and_resuming_misses_none_that_changed_in_the_same_moment(node: Any) -> None:
    pulled = [item for item in node.adapter().pull(None) if isinstance(item, Words)]
    assert len(pulled) == 25
    again = {item.source_id for item in node.adapter().pull(pulled[-1].cursor) if isinstance(item, Words)}
    newest = max(item.body["badla_gaya"] for item in pulled if item.body["badla_gaya"][0] == "2")
    assert {item.source_id for item in pulled if item.body["badla_gaya"] == newest} <= again
    assert len(again) < 10


def test_a_notice_reaches_the_village_once_and_names_whom_it_is_for(node: Any, number: str) -> None:
    notice = Notice(
        notice_id="notice-0001", kind=NoticeKind.MATCH_CONFIRMED, to="tester", created_at=NOW,
        about=Reference(participant="tester", source_id=number), text="The child was found and is safe.",
    )  # fmt: skip
    first, second = (node.adapter().push(notice) for _ in range(2))
    assert (first.already_known, second.already_known) == (False, True)
    assert first.foreign_id == second.foreign_id
    register = Register(node.database)
    (kept,) = register.all("suchna_peti")
    register.close()
    assert kept["vishay"] == "bachcha_mila"
    assert kept["gram_pradhan"] and kept["vcpc_sachiv"]


def test_the_home_is_shown_by_purpose_and_every_look_is_noted(node: Any, number: str) -> None:
    adapter = node.adapter()
    compared = adapter.fetch(request(number, Purpose.MATCH_REVIEW))
    verified = adapter.fetch(request(number, Purpose.HOME_VERIFICATION))
    audited = adapter.fetch(request(number, Purpose.AUDIT))
    assert "Phone (मोबाइल)" not in {field.label for field in compared.fields} and compared.withheld
    assert "Phone (मोबाइल)" in {field.label for field in verified.fields} and verified.withheld == []
    assert audited.fields == [] and audited.withheld
    register = Register(node.database)
    noted = [(line["adhikari"], line["uddeshya"], line["natija"]) for line in register.all("dekhne_ki_panji")]
    register.close()
    assert ("bcpc.1", "ghar_satyapan", "diya") in noted and ("bcpc.1", "lekha_pariksha", "diya") in noted


def test_what_is_not_kept_and_who_is_not_known_are_refused(node: Any, number: str) -> None:
    with pytest.raises(Refused) as caught:
        node.adapter().fetch(request("VCPR-0", Purpose.CARE))
    assert caught.value.code == "not_there"
    with pytest.raises(Refused) as caught:
        list(node.adapter("guessed").pull(None))
    assert caught.value.code == "wrong_credentials"


def test_a_purpose_nobody_defined_is_refused_and_noted(node: Any, number: str) -> None:
    asked = {"uddeshya": "jigyasa", "prakaran": "-", "adhikari": "x.9", "pad": "?"}
    answer = requests.post(
        f"{node.url}/panji/{number}/ghar-satyapan", json=asked, headers={"X-Api-Token": "hub:open sesame"}
    )
    assert answer.status_code == 403
    register = Register(node.database)
    assert ("x.9", "uddeshya_galat") in {(row["adhikari"], row["natija"]) for row in register.all("dekhne_ki_panji")}
    register.close()


def test_an_error_names_field_and_rule_and_repeats_nothing(node: Any) -> None:
    answer = requests.post(
        f"{node.url}/suchna-peti",
        json={"suchna_no": "1", "bhed": "secret of a child"},
        headers={"X-Api-Token": "hub:open sesame"},
    )
    assert answer.status_code == 422
    assert {"naam": "body.register_no", "niyam": "missing"} in answer.json()["galti"]
    assert "secret" not in answer.text


def test_it_ends_cleanly_when_told_to(start_node: Callable[[str], Any]) -> None:
    process = start_node("pri").process
    process.terminate()
    assert process.wait(timeout=20) == 0
