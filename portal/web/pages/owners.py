"""The answer to a search that the owners are asked too: as it comes where scripts run, whole where they do not."""

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from contracts.live import LiveReply, LiveSearch, SourceAnswer, SourceState
from hub.access import Act, Caller
from hub.doors.streaming import EventStream
from portal.web import forms
from portal.web.guard import guard
from portal.web.pages.search import expired
from portal.web.render import fragment, is_partial, page, places_of
from portal.web.sealed import unsealed
from portal.web.session import Person, TheHub, key_for

router = APIRouter(dependencies=[Depends(guard)])
#: Systems named one by one; of more, those that did not answer are, up to this many.
MOST_NAMED = 60
_ORDER = [
    SourceState.ASKED,
    SourceState.DOWN,
    SourceState.SLOW,
    SourceState.UNREADABLE,
    SourceState.REFUSED,
    SourceState.NOT_ASKED,
    SourceState.ANSWERED,
]


@router.get("/search/live/{sealed}")
def growing(request: Request, caller: Person, sealed: str) -> Response:
    """The page that fills itself; without scripts the browser goes on to the whole answer."""
    wanted = _wanted(request, caller, sealed)
    if wanted is None:
        return expired(request)
    made = _page(request, wanted, sealed, None)
    if is_partial(request):
        made.headers["HX-Push-Url"] = f"/search/live/{sealed}"
    return made


@router.get("/search/live/{sealed}/whole")
def whole(request: Request, hub: TheHub, caller: Person, sealed: str) -> Response:
    """The page with everything on it, once everything is there."""
    wanted = _wanted(request, caller, sealed)
    if wanted is None:
        return expired(request)
    return _page(request, wanted, sealed, hub.search_live_whole(caller, wanted))


@router.get("/search/live/{sealed}/events")
def events(request: Request, hub: TheHub, caller: Person, sealed: str) -> Response:
    """What has come so far, again and again, as a piece of the page."""
    wanted = _wanted(request, caller, sealed)
    if wanted is None:
        return expired(request)
    return EventStream(hub.search_live(caller, wanted), _told(request, wanted), lambda: None)


def _wanted(request: Request, caller: Caller, sealed: str) -> LiveSearch | None:
    caller.require(Act.SEARCH_LIVE)
    return unsealed(key_for(request, "live"), sealed, LiveSearch)


def _told(request: Request, wanted: LiveSearch) -> Callable[[LiveReply], tuple[str, str]]:
    """Each part names the systems that changed; the piece of the page is of all that are known."""
    known: dict[str, SourceAnswer] = {}

    def told(reply: LiveReply) -> tuple[str, str]:
        known.update({one.participant: one for one in reply.sources})
        name = "whole" if reply.complete else "partial"
        return name, fragment(request, "owners_answer.html", **_shown(reply, known, wanted))

    return told


def _page(request: Request, wanted: LiveSearch, sealed: str, reply: LiveReply | None) -> Response:
    known = {one.participant: one for one in reply.sources} if reply else {}
    shown: dict[str, Any] = {"reply": None} if reply is None else _shown(reply, known, wanted)
    shown |= {"wanted": wanted, "sealed": sealed, "partial": is_partial(request)}
    return page(request, "owners.html", asked_for=_asked_for(request, wanted), **shown)


def _shown(reply: LiveReply, known: dict[str, SourceAnswer], wanted: LiveSearch) -> dict[str, object]:
    """What the piece of the page is filled with; systems in the order in which somebody has to do something."""
    named = sorted(known.values(), key=lambda one: (_ORDER.index(one.state), one.participant))
    if len(named) > MOST_NAMED:
        named = [one for one in named if one.state not in (SourceState.ANSWERED, SourceState.ASKED)][:MOST_NAMED]
    counts = [(state, sum(one.state is state for one in known.values())) for state in reversed(_ORDER)]
    ended = sum(one.state is not SourceState.ASKED for one in known.values())
    return {
        "reply": reply,
        "query": wanted.query,
        "why": forms.Why(wanted.purpose, wanted.case),
        "named": named,
        "unnamed": len(known) - len(named),
        "counts": [(state, many) for state, many in counts if many],
        "ended": ended,
        "sources": len(known),
    }


def _asked_for(request: Request, wanted: LiveSearch) -> list[str]:
    """The question in words: what was filled in, for the head of the page."""
    filled = forms.filled_from(wanted.query)
    area = places_of(request).name(wanted.query.state, wanted.query.district)
    return [value for name, value in filled.items() if name not in ("state", "district")] + ([area] if area else [])
