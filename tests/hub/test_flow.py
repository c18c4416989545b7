"""The journey of records through the hub: what is taken in, what is matched, and who is told."""

import datetime
import itertools
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from contracts import CaseEvent, ChildRecord, Notice, Problem, Refused
from contracts.codes import Restriction, Status
from contracts.events import CaseEventKind
from contracts.exchange import Match, MatchState
from hub.flow import Flow, Unreadable
from hub.index import Store

Make = Callable[..., ChildRecord]
Tell = Callable[..., list[str]]


def matches(store: Store, state: MatchState | None = None) -> list[Match]:
    with store.read() as work:
        return work.matches.best(state, 2, 1_000)


def proposed(store: Store) -> set[tuple[str, str]]:
    return {(one.ref.source_id, one.other.source_id) for one in matches(store, MatchState.PROPOSED)}


def owed(store: Store, participant: str) -> list[Notice]:
    with store.read() as work:
        return work.outbox.waiting(participant, None, 200)


def kinds(store: Store, participant: str) -> list[str]:
    return [notice.kind.value for notice in owed(store, participant)]


def indexed(store: Store, participant: str, source_id: str) -> Any:
    with store.read() as work:
        return work.records.find(participant=participant, source_id=source_id)


def test_a_message_told_twice_gets_the_same_reply_and_has_one_effect(flow: Flow, store: Store, child: Make) -> None:
    first = flow.receive("police-br", "message-1", [child("M1")])
    again = flow.receive("police-br", "message-1", [child("M1")])
    assert first.model_dump_json() == again.model_dump_json()
    with store.read() as work:
        assert work.records.counts() == [("police-br", 1, 1)]


def test_a_message_id_with_another_body_is_refused(flow: Flow, child: Make) -> None:
    flow.receive("police-br", "message-1", [child("M1")])
    with pytest.raises(Refused) as refused:
        flow.receive("police-br", "message-1", [child("M2")])
    assert refused.value.code == "message_id_reused"


def test_a_record_of_another_namespace_is_refused_and_the_others_are_taken_in(tell: Tell, child: Make) -> None:
    assert tell(child("M1"), child("M2", participant="zipnet"), child("M3")) == ["accepted", "refused", "accepted"]


def test_the_same_version_is_taken_in_once(tell: Tell, child: Make) -> None:
    assert tell(child("M1")) == ["accepted"]
    assert tell(child("M1")) == ["unchanged"]


def test_an_older_word_never_overwrites_a_newer_one(tell: Tell, store: Store, child: Make) -> None:
    tell(child("M1", "Asha Devi", version=5))
    assert tell(child("M1", "Usha Devi", version=3)) == ["unchanged"]
    assert indexed(store, "police-br", "M1").version == "5"


def test_of_two_words_of_one_moment_the_higher_version_stands(
    tell: Tell, store: Store, child: Make, start: datetime.datetime
) -> None:
    tell(child("M1", version=10, at=start))
    assert tell(child("M1", version=9, at=start)) == ["unchanged"]
    assert indexed(store, "police-br", "M1").version == "10"


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_an_owner_without_version_numbers_may_return_to_what_it_said_before(
    tell: Tell, store: Store, child: Make, start: datetime.datetime, order: tuple[int, ...]
) -> None:
    days = [start + datetime.timedelta(days=n) for n in range(3)]
    words = [
        child("M1", name, version=v, at=days[n]) for n, (name, v) in enumerate([("A", "x"), ("B", "y"), ("A", "x")])
    ]
    for number in order:
        tell(words[number])
    assert indexed(store, "police-br", "M1").version == "x"
    assert tell(words[1]) == ["unchanged"]


def test_within_one_message_the_newest_word_stands(tell: Tell, store: Store, child: Make) -> None:
    assert tell(child("M1", version=2), child("M1", version=1), child("M1", version=3)) == [
        "accepted",
        "unchanged",
        "accepted",
    ]
    assert indexed(store, "police-br", "M1").version == "3"


def test_an_unreadable_record_is_set_aside_until_a_good_version_comes(flow: Flow, store: Store, child: Make) -> None:
    bad = Unreadable("M1", (Problem(field="birth", rule="missing", message="Field required"),), {"names": "x"})
    reply = flow.receive("police-br", "message-1", [bad, child("M2")])
    assert [outcome.answer.value for outcome in reply.outcomes] == ["refused", "accepted"]
    with store.read() as work:
        assert [item["original"] for item in work.aside.open("police-br")] == [{"names": "x"}]
    flow.receive("police-br", "message-2", [child("M1")])
    with store.read() as work:
        assert work.aside.open("police-br") == []


def test_a_pair_is_proposed_whichever_side_came_first(tell: Tell, store: Store, child: Make, found: Make) -> None:
    tell(child("M1"))
    tell(found("F1"))
    tell(found("F2", "Meena Kumari"))
    tell(child("M2", "Meena Kumari"))
    assert proposed(store) == {("M1", "F1"), ("M2", "F2")}


def test_both_owners_are_told_with_the_evidence(tell: Tell, store: Store, child: Make, found: Make) -> None:
    tell(child("M1"))
    tell(found("F1"))
    (to_police,), (to_home,) = owed(store, "police-br"), owed(store, "cci-dl")
    assert (to_police.about.source_id, to_police.other.source_id if to_police.other else "") == ("M1", "F1")
    assert (to_home.about.source_id, to_home.other.source_id if to_home.other else "") == ("F1", "M1")
    assert to_police.bits == sum(one.bits for one in to_police.evidence) == 6.0


def test_a_proposal_falls_when_its_evidence_does(tell: Tell, store: Store, child: Make, found: Make) -> None:
    tell(child("M1"))
    tell(found("F1"))
    tell(found("F1", "Sunita Kumari", version=2))
    assert proposed(store) == set()
    assert kinds(store, "police-br") == ["match_proposed", "match_withdrawn"]


def test_the_best_ten_stand_and_the_next_best_steps_in(tell: Tell, store: Store, child: Make, found: Make) -> None:
    tell(child("M1", "Asha Devi Kumari"))
    tell(*[found(f"F{n:02}", "Asha Devi") for n in range(12)])
    assert proposed(store) == {("M1", f"F{n:02}") for n in range(10)}
    tell(found("F99", "Asha Devi Kumari"))
    assert ("M1", "F99") in proposed(store)
    assert ("M1", "F09") not in proposed(store)
    tell(found("F99", "Somebody Else", version=2))
    assert proposed(store) == {("M1", f"F{n:02}") for n in range(10)}


def test_when_one_of_the_best_ten_is_closed_the_next_best_steps_in(
    tell: Tell, store: Store, child: Make, found: Make
) -> None:
    tell(child("M1"))
    tell(*[found(f"F{n:02}") for n in range(11)])
    tell(found("F03", status=Status.RESTORED, version=2))
    assert proposed(store) == {("M1", f"F{n:02}") for n in range(11) if n != 3}


def test_only_legal_steps_are_taken(flow: Flow, tell: Tell, store: Store, child: Make, found: Make) -> None:
    tell(child("M1"))
    tell(found("F1"))
    (match,) = matches(store)
    with pytest.raises(Refused) as refused:
        flow.decide(match.match_id, MatchState.REUNITED, "officer:a", "because")
    assert refused.value.code == "illegal_step"
    assert flow.decide(match.match_id, MatchState.CONFIRMED, "officer:a", "same mark").state is MatchState.CONFIRMED
    assert flow.decide(match.match_id, MatchState.REUNITED, "officer:a", "home").decided_by == "officer:a"
    with pytest.raises(Refused):
        flow.decide(match.match_id, MatchState.REJECTED, "officer:a", "no")
    with pytest.raises(Refused) as refused:
        flow.decide("no-such-match", MatchState.CONFIRMED, "officer:a", "same mark")
    assert refused.value.code == "unknown_match"


def test_what_a_person_decided_is_not_touched_by_new_evidence(
    flow: Flow, tell: Tell, store: Store, child: Make, found: Make
) -> None:
    tell(child("M1"))
    tell(found("F1"))
    (match,) = matches(store)
    flow.decide(match.match_id, MatchState.CONFIRMED, "officer:a", "same mark")
    tell(found("F1", "Somebody Else", version=2))
    assert [one.state for one in matches(store)] == [MatchState.CONFIRMED]


def test_a_rejected_pair_is_asked_again_only_on_new_facts_that_speak_for_it(
    flow: Flow, tell: Tell, store: Store, child: Make, found: Make
) -> None:
    tell(child("M1", "Asha Devi Kumari"))
    tell(found("F1", "Asha Devi"))
    (match,) = matches(store)
    flow.decide(match.match_id, MatchState.REJECTED, "officer:a", "another scar")
    tell(found("F1", "Asha Devi", version=2))
    tell(found("F1", "Asha Bai", version=3))
    assert proposed(store) == set()
    tell(found("F1", "Asha Devi Kumari", version=4))
    assert proposed(store) == {("M1", "F1")}


def test_a_model_that_thinks_better_of_a_rejected_pair_does_not_ask_again(
    flow: Flow, tell: Tell, store: Store, child: Make, found: Make, core: Any
) -> None:
    tell(child("M1"))
    tell(found("F1"))
    flow.decide(matches(store)[0].match_id, MatchState.REJECTED, "officer:a", "another scar")

    class Warmer(type(core)):  # type: ignore[misc]
        def score(self, *sides: Any) -> Any:
            return [replace(pair, bits=pair.bits + 1) for pair in super().score(*sides)]

    warmer = replace(flow, core=Warmer())
    warmer.receive("cci-dl", "message-99", [found("F1", version=2)])
    assert proposed(store) == set()
    warmer.receive("cci-dl", "message-98", [found("F1", "Asha Devi Rani", version=3)])
    assert proposed(store) == {("M1", "F1")}


def _confirmed(flow: Flow, tell: Tell, store: Store, child: Make, found: Make) -> None:
    tell(child("M1"))
    tell(found("F1"))
    flow.decide(matches(store)[0].match_id, MatchState.CONFIRMED, "officer:a", "same mark")


def test_closing_one_side_closes_its_twin_and_tells_both_owners(
    flow: Flow, tell: Tell, store: Store, child: Make, found: Make
) -> None:
    _confirmed(flow, tell, store, child, found)
    tell(child("M1", status=Status.TRACED, version=2))
    assert [one.state for one in matches(store)] == [MatchState.REUNITED]
    assert kinds(store, "police-br")[-1] == "reunited"
    assert kinds(store, "cci-dl")[-1] == "twin_closed"
    tell(child("M2"))  # the twin is no longer a candidate
    assert proposed(store) == set()


def test_closing_goes_on_to_every_report_of_the_same_child(
    flow: Flow, tell: Tell, store: Store, child: Make, found: Make
) -> None:
    tell(child("M1"))
    tell(child("Z1", participant="zipnet"))
    tell(found("F1"))
    for match in matches(store):
        flow.decide(match.match_id, MatchState.CONFIRMED, "officer:a", "same mark")
    tell(child("M1", status=Status.TRACED, version=2))
    assert {one.state for one in matches(store)} == {MatchState.REUNITED}
    assert kinds(store, "zipnet")[-1] == "twin_closed"


def test_a_report_that_was_false_gives_its_twin_back(
    flow: Flow, tell: Tell, store: Store, child: Make, found: Make
) -> None:
    _confirmed(flow, tell, store, child, found)
    tell(child("M2"))
    tell(child("M1", status=Status.CANCELLED, version=2))
    assert proposed(store) == {("M2", "F1")}


def test_a_closed_record_withdraws_its_proposals(tell: Tell, store: Store, child: Make, found: Make) -> None:
    tell(child("M1"))
    tell(found("F1"))
    tell(found("F1", status=Status.RESTORED, version=2))
    assert proposed(store) == set()


def test_a_sealed_record_is_matched_no_longer(tell: Tell, store: Store, child: Make, found: Make) -> None:
    tell(child("M1"))
    tell(found("F1"))
    tell(found("F1", restrictions=[Restriction.SEALED], version=2))
    assert proposed(store) == set()


def test_events_join_the_timeline_once(flow: Flow, store: Store, child: Make, start: datetime.datetime) -> None:
    event = CaseEvent(event_id="e1", ref=child("M1").ref, kind=CaseEventKind.FIR_REGISTERED, at=start)
    for number, answer in ((1, "accepted"), (2, "unchanged")):
        reply = flow.receive_events("police-br", f"message-{number}", [event])
        assert [outcome.answer.value for outcome in reply.outcomes] == [answer]
    foreign = event.model_copy(update={"ref": child("M1", participant="zipnet").ref, "event_id": "e2"})
    reply = flow.receive_events("police-br", "message-3", [foreign])
    assert reply.outcomes[0].problems[0].rule == "own_namespace"
    with store.read() as work:
        assert work.events.of([("police-br", "M1")]) == [event]
