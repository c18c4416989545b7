"""Weak proposals are for reviewers: owners are told once the evidence is strong, and of nothing they never heard."""

from collections.abc import Callable

import pytest

from contracts import ChildRecord
from contracts.exchange import Match, MatchState
from hub.flow import Flow
from hub.index import Store

Make = Callable[..., ChildRecord]
Tell = Callable[..., list[str]]


def told(store: Store, participant: str) -> list[str]:
    with store.read() as work:
        return [str(notice.kind) for notice in work.outbox.waiting(participant, None, 50)]


def only_match(store: Store) -> Match:
    with store.read() as work:
        (match,) = work.matches.best(None, 9, 10)
    return match


@pytest.fixture
def weak(tell: Tell, child: Make, found: Make, store: Store) -> Match:
    """One word in common is three bits, and owners are told from six on."""
    tell(child("M1", "Asha Devi"))
    tell(found("F1", "Asha Rani"))
    return only_match(store)


def test_a_weak_proposal_stands_for_reviewers_and_nobody_is_told(weak: Match, store: Store) -> None:
    assert (weak.state, weak.bits) == (MatchState.PROPOSED, 3.0)
    assert told(store, "police-br") == told(store, "cci-dl") == []


def test_both_owners_are_told_once_when_it_becomes_strong(weak: Match, tell: Tell, found: Make, store: Store) -> None:
    tell(found("F1", "Asha Devi", version=2))
    tell(found("F1", "Asha Devi Rani", version=3))
    assert only_match(store).match_id == weak.match_id
    assert told(store, "police-br") == told(store, "cci-dl") == ["match_proposed"]


def test_what_was_never_told_is_withdrawn_in_silence(weak: Match, tell: Tell, found: Make, store: Store) -> None:
    tell(found("F1", "Rani", version=2))
    assert only_match(store).state is MatchState.WITHDRAWN
    assert told(store, "police-br") == told(store, "cci-dl") == []


def test_what_was_told_is_withdrawn_aloud_even_after_it_became_weak(
    weak: Match, tell: Tell, found: Make, store: Store
) -> None:
    tell(found("F1", "Asha Devi", version=2))
    tell(found("F1", "Asha", version=3))
    tell(found("F1", "Rani", version=4))
    assert told(store, "cci-dl") == ["match_proposed", "match_withdrawn"]


@pytest.mark.parametrize(("state", "expected"), [("rejected", []), ("confirmed", ["match_confirmed"])])
def test_a_decision_on_a_weak_proposal_is_told_only_if_it_is_yes(
    weak: Match, flow: Flow, store: Store, state: str, expected: list[str]
) -> None:
    flow.decide(weak.match_id, MatchState(state), "officer.demo", "Looked at both.")
    assert told(store, "police-br") == told(store, "cci-dl") == expected
