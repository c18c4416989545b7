"""The hub's adapter and a running state police system, over real SOAP."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest

from adapters.base import Words
from contracts import Notice, NoticeKind, Officer, Purpose, Reference, Refused, SectionName, SectionRequest

NOW = datetime.datetime(2026, 11, 20, tzinfo=datetime.UTC)


@pytest.fixture(scope="module")
def node(start_node: Callable[[str], Any]) -> Any:
    return start_node("state_police")


def request(source_id: str, section: SectionName, purpose: Purpose) -> SectionRequest:
    return SectionRequest(
        request_id="request-1", ref=Reference(participant="tester", source_id=source_id), section=section,
        purpose=purpose, case="FIR 12/2026", officer=Officer(id="io.1", role="थाना प्रभारी"), asked_at=NOW,
    )  # fmt: skip


def test_the_check_tries_wsdl_lists_and_translation(node: Any) -> None:
    steps = node.adapter().check()
    assert all(step.ok for step in steps)
    assert [step.name for step in steps][:2] == ["WSDL", "list gumshuda_bachcha"]


def test_both_lists_are_pulled_whole_and_resuming_misses_nothing(node: Any) -> None:
    adapter = node.adapter()
    pulled = [item for item in adapter.pull(None) if isinstance(item, Words)]
    assert len({item.source_id for item in pulled}) == 50
    again = {item.source_id for item in adapter.pull(pulled[-1].cursor) if isinstance(item, Words)}
    assert pulled[-1].source_id in again and len(again) < 10


def test_a_pull_that_breaks_off_resumes_where_it_was_and_not_at_the_beginning(node: Any) -> None:
    pulled = [item for item in node.adapter().pull(None) if isinstance(item, Words)]
    resumed = [item for item in node.adapter().pull(pulled[14].cursor) if isinstance(item, Words)]
    assert {item.source_id for item in pulled[14:]} <= {item.source_id for item in resumed}
    assert len(resumed) < len(pulled) - 8


def test_a_notice_told_twice_is_taken_once(node: Any) -> None:
    notice = Notice(
        notice_id="notice-0001", kind=NoticeKind.MATCH_PROPOSED, to="tester", created_at=NOW, bits=11.5,
        about=Reference(participant="tester", source_id="GB/2026/00005"),
        other=Reference(participant="cci-dl", source_id="CHB-1"), text="A child found may be the one you search for.",
    )  # fmt: skip
    first, second = (node.adapter().push(notice) for _ in range(2))
    assert (first.already_known, second.already_known) == (False, True)
    assert first.foreign_id == second.foreign_id


def test_the_complaint_is_read_live_and_what_is_kept_back_is_named(node: Any) -> None:
    adapter = node.adapter()
    compared = adapter.fetch(request("GB/2026/00005", SectionName.CONTACT, Purpose.MATCH_REVIEW))
    restored = adapter.fetch(request("GB/2026/00005", SectionName.CONTACT, Purpose.RESTORATION))
    assert "Phone (मोबाइल)" not in {field.label for field in compared.fields}
    assert "Phone (मोबाइल)" in compared.withheld
    assert "Phone (मोबाइल)" in {field.label for field in restored.fields}
    assert restored.withheld == [] and restored.changed_by is not None


def test_the_whole_report_of_either_kind_is_the_profile(node: Any) -> None:
    for number in ("GB/2026/00005", "PV/2026/00005"):
        shown = node.adapter().fetch(request(number, SectionName.PROFILE, Purpose.INQUIRY))
        assert "Police station (थाना)" in {field.label for field in shown.fields}


def test_a_wrong_password_and_an_unknown_report_are_refused(node: Any) -> None:
    with pytest.raises(Refused) as caught:
        list(node.adapter("hub:guessed").pull(None))
    assert caught.value.code == "wrong_credentials"
    with pytest.raises(Refused):
        node.adapter().fetch(request("GB/1999/1", SectionName.CONTACT, Purpose.CARE))
