"""Review of matches: the queue, and one match with its evidence, both entries side by side, and the decision."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from contracts import Purpose, Refused
from contracts.exchange import Case, Match, MatchState
from hub.access import Act, Caller
from hub.app import Hub
from hub.deciding import STEPS
from portal.web import entry, forms
from portal.web.evidence import waterfall
from portal.web.guard import form, guard
from portal.web.language import _
from portal.web.pages.cases import case_of
from portal.web.render import page, places_of
from portal.web.session import Person, TheHub

router = APIRouter(dependencies=[Depends(guard)])
MOST_SHOWN = 50


def _steps(match: Match) -> tuple[MatchState, ...]:
    """The decisions that may follow, in the order in which they are offered."""
    open_to_it = STEPS.get(match.state, frozenset())
    return tuple(state for state in MatchState if state in open_to_it)


@router.get("/matches")
def queue(
    request: Request,
    hub: TheHub,
    caller: Person,
    state: Annotated[MatchState, Query()] = MatchState.PROPOSED,
) -> Response:
    """Matches in one state, best first. It names no child: names are read, and the reading logged, one by one."""
    found = hub.matches(caller, state, limit=MOST_SHOWN)
    return page(request, "matches.html", matches=found, state=state, states=list(MatchState))


@router.get("/match/{match_id}")
def review(request: Request, hub: TheHub, caller: Person, match_id: str, done: bool = False) -> Response:
    """One match, side by side."""
    return _show(request, hub, caller, _match(hub, caller, match_id), done=done)


@router.post("/match/{match_id}")
def decide(request: Request, hub: TheHub, caller: Person, match_id: str) -> Response:
    """Take down a decision with its reason."""
    caller.require(Act.DECIDE_MATCH)
    match = _match(hub, caller, match_id)
    decision, wrong = forms.decision_of(form(request), _steps(match))
    if decision is None:
        return _show(request, hub, caller, match, filled=dict(form(request)), wrong=wrong, status=422)
    hub.decide(caller, match.match_id, decision.state, decision.reason)
    return RedirectResponse(f"/match/{match.match_id}?done=1", 303)


def _match(hub: Hub, caller: Caller, match_id: str) -> Match:
    if not (8 <= len(match_id) <= 64 and match_id.isascii()):
        raise HTTPException(404)
    return hub.match(caller, match_id)


def _entry(hub: Hub, caller: Caller, hub_id: str, why: forms.Why) -> Case | None:
    """One side of a match; None where this caller may not see it, which must not hide the other side."""
    try:
        return case_of(hub, caller, hub_id, why)
    except Refused:
        return None


def _show(
    request: Request,
    hub: Hub,
    caller: Caller,
    match: Match,
    filled: dict[str, str] | None = None,
    wrong: list[forms.Wrong] | None = None,
    done: bool = False,
    status: int = 200,
) -> Response:
    why = forms.Why(Purpose.MATCH_REVIEW, match.match_id)
    one, other = (_entry(hub, caller, hub_id, why) for hub_id in (match.hub_id, match.other_hub_id))
    left, right = (case.record if case else None for case in (one, other))
    return page(
        request,
        "match.html",
        status,
        match=match,
        why=why,
        one=one,
        other=other,
        compared=entry.side_by_side(left, right, places_of(request)),
        chart=waterfall(match, _("Before comparing: how rarely two entries of the index are one child")),
        steps=_steps(match) if caller.may(Act.DECIDE_MATCH) else (),
        filled=filled or {},
        wrong=wrong or [],
        done=done,
    )
