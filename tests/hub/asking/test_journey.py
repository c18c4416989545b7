"""A live search from the asker to the owners and back: rights, audit, who asks travels, nothing is kept."""

import datetime
import logging
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from contracts import ChildRecord, Officer, Participant, Permission, Purpose, Refused, Unready, tracing
from contracts.codes import Restriction
from contracts.exchange import MatchState
from contracts.live import SourceState as S
from contracts.participants import ParticipantKind
from hub.access import EVERYWHERE, Caller, Role, machine, person, public
from hub.app import Hub
from hub.index.schema import metadata
from tests.hub.asking.conftest import COMMITTEE, Enrol, by_name, question
from tests.hub.asking.owners import Owners, row

Make = Callable[..., ChildRecord]
SECRET = "Zubaida Khatoon"


def kept(hub: Hub) -> str:
    hub.asking.finish()
    with hub.store.engine.begin() as connection:
        return "\n".join(str(line) for table in metadata.sorted_tables for line in connection.execute(select(table)))


def lines(hub: Hub) -> list[Any]:
    hub.asking.finish()
    with hub.store.engine.begin() as connection:
        return list(connection.exec_driver_sql("SELECT * FROM audit ORDER BY seq").mappings())


def not_now() -> str:
    """Two hours of the Indian day that are not these."""
    now = datetime.datetime.now(ZoneInfo("Asia/Kolkata"))
    begin, end = (now + datetime.timedelta(hours=hours) for hours in (4, 6))
    return f"{begin:%H:%M}-{end:%H:%M}"


def police(*permissions: Permission) -> Caller:
    return machine(
        Participant(id="police-br", name="Bihar", kind=ParticipantKind.STATE_POLICE, permissions=list(permissions))
    )


def test_officer_purpose_case_and_trace_travel_with_each_question(hub: Hub, owners: Owners, enrol: Enrol) -> None:
    enrol("one")
    enrol("two")
    with tracing.traced() as trace:
        hub.search_live_whole(COMMITTEE, question())
    assert len(owners.asked) == 2
    for _, headers, body in owners.asked:
        assert body == {"name": "Ravi Kumar", "who": "cwc.demo", "why": "inquiry", "case": "FIR 12/2026"}
        assert headers["traceparent"].split("-")[1] == trace


def test_the_audit_is_written_before_anybody_is_asked_and_closed_after(
    hub: Hub, owners: Owners, enrol: Enrol, monkeypatch: pytest.MonkeyPatch
) -> None:
    enrol("one")
    enrol("two", "403")
    hub.search_live_whole(COMMITTEE, question(query={"gender": "M"}))
    opening, closing = lines(hub)
    assert (opening["who"], opening["act"], opening["purpose"], opening["matter"], opening["outcome"]) == (
        "officer:cwc.demo", "search_live", "inquiry", "FIR 12/2026", "asked",
    )  # fmt: skip
    assert (closing["opening"], closing["outcome"]) == (opening["seq"], "answered 1, refused 1")
    assert opening["detail"].startswith("2 asked, list ") and opening["detail"].endswith(": gender name")
    with hub.store.read() as work:
        assert work.audit.audience(opening["detail"].split()[3].rstrip(":")) == ["one", "two"]

    def full(*_: object) -> int:
        raise Unready("database_busy", "The disk is full.")

    before = len(owners.asked)
    monkeypatch.setattr("hub.index.audit.Audit.add", full)
    with pytest.raises(Unready):
        hub.search_live(COMMITTEE, question())
    assert len(owners.asked) == before


def test_nothing_of_question_or_answer_is_stored_or_logged(
    hub: Hub, owners: Owners, enrol: Enrol, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    enrol("one")
    enrol("two", "half")
    owners.rows["one"] = [row("A-1", SECRET, place="Sealdah platform nine")]
    with caplog.at_level(logging.DEBUG):
        reply = hub.search_live_whole(COMMITTEE, question(SECRET))
    assert reply.hits[0].names[0].text == SECRET
    said = kept(hub) + caplog.text + "".join(capfd.readouterr())
    assert "Zubaida" not in said and "Sealdah" not in said


@pytest.mark.parametrize(
    ("caller", "changed", "code"),
    [
        (public(), {}, "not_allowed"),
        (person(Officer(id="admin.demo", role="administrator"), Role.ADMINISTRATOR, EVERYWHERE), {}, "not_allowed"),
        (COMMITTEE, {"purpose": Purpose.AUDIT}, "purpose_not_allowed"),
        (COMMITTEE, {"participants": ["nobody-here"]}, "unknown_participant"),
        (COMMITTEE, {"query": {"offset": 20}}, "live_search_has_no_pages"),
        (police(Permission.SEARCH), {}, "not_permitted"),
        (police(Permission.SEARCH_LIVE), {}, "no_officer_named"),
    ],
)
def test_without_right_purpose_or_officer_nobody_is_asked(
    hub: Hub, owners: Owners, enrol: Enrol, caller: Caller, changed: dict[str, Any], code: str
) -> None:
    enrol("one")
    wanted = question(query=changed.get("query", {}))
    wanted = wanted.model_copy(update={name: value for name, value in changed.items() if name != "query"})
    with pytest.raises(Refused) as refused:
        hub.search_live(caller, wanted)
    assert refused.value.code == code
    assert owners.asked == []


def test_a_participant_names_its_officer_and_sees_less(hub: Hub, owners: Owners, enrol: Enrol) -> None:
    enrol("one")
    owners.rows["one"] = [row("A-1", place="Gaya Junction, platform two")]
    asker = police(Permission.SEARCH_LIVE)
    wanted = question(officer=Officer(id="sho.gaya", role="SHO"))
    (hit,) = hub.search_live_whole(asker, wanted).hits
    assert (hit.place, hit.event_on and hit.event_on.day) == (None, 1)
    assert owners.asked[0][2]["who"] == "sho.gaya"
    assert lines(hub)[0]["who"] == "participant:police-br officer:sho.gaya"


def test_whom_is_not_asked_is_named_with_why(hub: Hub, owners: Owners, enrol: Enrol) -> None:
    enrol("paused", active=False)
    enrol("closed", searched_live=False)
    enrol("shut", delivery={"window": not_now()})
    enrol("secretless", secret="env:NO_SUCH_VARIABLE_HERE")
    enrol("well")
    told = by_name(hub.search_live_whole(COMMITTEE, question()))
    assert {name: one.code for name, one in told.items() if one.state is S.NOT_ASKED} == {
        "paused": "participant_paused",
        "closed": "live_search_not_allowed",
        "shut": "outside_hours",
        "secretless": "secret_missing",
    }
    assert {path.split("/")[1] for path, _, _ in owners.asked} == {"well"}


def test_only_those_named_are_asked(hub: Hub, owners: Owners, enrol: Enrol) -> None:
    for name in ("one", "two", "three"):
        enrol(name)
    reply = hub.search_live_whole(COMMITTEE, question(participants=["two"]))
    assert [one.participant for one in reply.sources] == ["two"]
    assert len(owners.asked) == 1


def test_a_child_of_index_and_owner_is_shown_once_as_the_owner_says_now(
    hub: Hub, owners: Owners, enrol: Enrol, child: Make
) -> None:
    enrol("one")
    hub.flow.receive("one", "message-1", [child("A-1", participant="one")])
    name = child("A-1").names[0].text
    owners.rows["one"] = [row("A-1", name, place="seen again at Patna"), row("A-2", name)]
    reply = hub.search_live_whole(COMMITTEE, question(name))
    first = {hit.ref.source_id: hit for hit in reply.hits}
    assert set(first) == {"A-1", "A-2"} and reply.total == 2
    assert (first["A-1"].live, first["A-1"].place) == (True, "seen again at Patna")
    assert first["A-1"].hub_id is not None and first["A-2"].hub_id is None


def test_records_that_a_person_found_to_be_one_child_are_one_line(
    hub: Hub, owners: Owners, enrol: Enrol, child: Make, found: Make
) -> None:
    enrol("one")
    enrol("cci-dl")
    hub.flow.receive("one", "message-1", [child("A-1", participant="one")])
    hub.flow.receive("cci-dl", "message-2", [found("F-1")])
    hub.match_all()
    (match,) = hub.matches(COMMITTEE)
    hub.decide(COMMITTEE, match.match_id, MatchState.CONFIRMED, "Mother knew him at once.")
    name = child("A-1").names[0].text
    owners.rows["one"], owners.rows["cci-dl"] = [row("A-1", name)], [row("F-1", name)]
    reply = hub.search_live_whole(COMMITTEE, question(name))
    (hit,) = [one for one in reply.hits if one.ref.source_id in ("A-1", "F-1")]
    assert {hit.ref.participant, *(ref.participant for ref in hit.also)} == {"one", "cci-dl"}


def test_a_sealed_child_does_not_exist_in_an_answer(hub: Hub, owners: Owners, enrol: Enrol, child: Make) -> None:
    record = child("A-1").model_copy(update={"restrictions": [Restriction.SEALED]})
    enrol("police-br")
    officer = person(Officer(id="sho.demo", role="officer"), Role.OFFICER, EVERYWHERE)
    from hub.asking.merging import Merging

    merging = Merging(officer, question(None).query, hub._finding.today, lambda _: 1.0, (0, []))
    assert merging.take("police-br", [record]) == 0


def test_too_many_questions_at_once_are_told_to_come_again(hub: Hub, enrol: Enrol) -> None:
    enrol("slow", "half-open")
    under_way = [hub.search_live(COMMITTEE, question()) for _ in range(hub.settings.live_at_once)]
    with pytest.raises(Unready) as busy:
        hub.search_live(COMMITTEE, question())
    assert busy.value.code == "too_many_live"
    for answers in under_way:
        answers.close()
    hub.search_live(COMMITTEE, question()).close()
