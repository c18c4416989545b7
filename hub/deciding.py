"""How a match ends: by a person's decision, or because an owner closed one side of it."""

import datetime
from collections.abc import Sequence

from contracts import NoticeKind, Refused
from contracts.codes import Status
from contracts.exchange import Match, MatchState
from hub.index import Work
from hub.index.entry import Side
from hub.index.matches import Standing
from hub.index.records import Compared
from hub.proposing import Proposing, facts_of
from hub.telling import notice, tell_both

#: State -> states that a person may bring it to.
STEPS: dict[MatchState, frozenset[MatchState]] = {
    MatchState.PROPOSED: frozenset({MatchState.CONFIRMED, MatchState.REJECTED}),
    MatchState.CONFIRMED: frozenset({MatchState.REUNITED}),
}
_TOLD = {
    MatchState.CONFIRMED: NoticeKind.MATCH_CONFIRMED,
    MatchState.REJECTED: NoticeKind.MATCH_REJECTED,
    MatchState.REUNITED: NoticeKind.REUNITED,
}
_NOTHING_TO_RECALL = (None, NoticeKind.RECORD_WITHDRAWN.value)
_ENDED = {Status.WITHDRAWN: NoticeKind.RECORD_WITHDRAWN}
#: Endings after which the child is accounted for, and the twin is searched for no longer.
_ACCOUNTED = frozenset({Status.TRACED, Status.RESTORED, Status.CLOSED, Status.DECEASED})


def decide(
    work: Work,
    proposing: Proposing,
    match_id: str,
    state: MatchState,
    by: str,
    reason: str,
    now: datetime.datetime,
) -> Match:
    """Take a person's decision; both owners are told, unless what they never heard of was rejected.

    Raises ``Refused``: ``unknown_match``, ``illegal_step``.
    """
    standing = work.matches.standing(match_id)
    if standing is None:
        raise Refused("unknown_match", "There is no such match. Open it from the list of matches.")
    if state not in STEPS.get(standing.state, frozenset()):
        raise Refused("illegal_step", f"A match that is {standing.state} cannot become {state}. Reload the page.")
    searched, found = _both(work, standing)
    facts = facts_of(searched, found) if state is MatchState.REJECTED else None
    work.matches.settle(standing, state, by, reason, now, facts)
    if standing.told or state is not MatchState.REJECTED:
        tell_both(work, (_TOLD[state], _TOLD[state]), match_id, (searched, found), now)
    if state is MatchState.REUNITED:
        for entry in (searched, found):
            _close_entry(work, proposing, entry, Status.RESTORED, by, now)
    decided = work.matches.find(match_id)
    assert decided is not None
    return decided


def end_matches(
    work: Work, proposing: Proposing, entry: Compared, status: Status, by: str, now: datetime.datetime
) -> None:
    """``entry`` was ended: end its confirmed matches, close the twins where the child is accounted for, tell both."""
    for standing in work.matches.of_row(entry.row):
        if standing.state is MatchState.CONFIRMED:
            _end_match(work, proposing, standing, entry, status, by, now)


def _end_match(
    work: Work,
    proposing: Proposing,
    standing: Standing,
    entry: Compared,
    status: Status,
    by: str,
    now: datetime.datetime,
) -> None:
    twin_row = _twin(standing, entry.row)
    twin = work.records.compared([twin_row])[twin_row]
    accounted, reunited = status in _ACCOUNTED, status in _ACCOUNTED - {Status.DECEASED}
    state = MatchState.REUNITED if reunited else MatchState.WITHDRAWN
    work.matches.settle(standing, state, by, f"The record was set to {status} by its owner.", now)
    if status is Status.RESTORED:
        proposing.home.append(standing.match_id)
    if status is Status.WITHDRAWN:  # somebody may be on the way to fetch this child: a person must look
        work.matches.flag(standing.match_id, status.value)
    mine = NoticeKind.REUNITED if reunited else NoticeKind.MATCH_WITHDRAWN
    theirs = NoticeKind.TWIN_CLOSED if accounted else _ENDED.get(status, NoticeKind.MATCH_WITHDRAWN)
    tell_both(work, (mine, theirs), standing.match_id, (entry, twin), now)
    if accounted:
        _close_entry(work, proposing, twin, status, by, now)
    else:
        proposing.follow(work, [twin], now)


def recall(work: Work, withdrawn: Sequence[Compared], now: datetime.datetime) -> None:
    """Tell everybody who was ever told of these records, and not yet that they were withdrawn: each once."""
    for entry in withdrawn:
        told = work.matches.of_row(entry.row)
        twins = work.records.at([_twin(one, entry.row) for one in told])
        for one in told:
            twin = twins[_twin(one, entry.row)]
            if work.outbox.last_told(twin.participant, twin.source_id, one.match_id) not in _NOTHING_TO_RECALL:
                work.outbox.add([notice(NoticeKind.RECORD_WITHDRAWN, one.match_id, twin, entry, now)], now)


def _twin(standing: Standing, row: int) -> int:
    return standing.found if standing.searched == row else standing.searched


def _close_entry(
    work: Work, proposing: Proposing, entry: Compared, status: Status, by: str, now: datetime.datetime
) -> None:
    # Two reports of one child may both be confirmed with the same found child: the closing goes on to each.
    held = work.records.at([entry.row])[entry.row]
    if held.side is not Side.CLOSED:
        work.records.close_twin(held, now)
    closed = work.records.compared([entry.row])[entry.row]
    end_matches(work, proposing, closed, status, by, now)
    proposing.follow(work, [closed], now)


def _both(work: Work, standing: Standing) -> tuple[Compared, Compared]:
    entries = work.records.compared([standing.searched, standing.found])
    return entries[standing.searched], entries[standing.found]
