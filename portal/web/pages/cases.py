"""The page of one index entry: what it holds, what happened, and what may be the same child elsewhere.

Every look at a child names a purpose and a case: who comes without them is asked first.
"""

from fastapi import APIRouter, Depends
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from contracts import Purpose
from contracts.exchange import Case, GetCase
from hub.access import Act, Caller
from hub.app import Hub
from portal.web import entry, forms
from portal.web.catalogues import LANGUAGES
from portal.web.guard import guard
from portal.web.render import page, places_of
from portal.web.session import Person, TheHub

router = APIRouter(dependencies=[Depends(guard)])


@router.get("/case/{hub_id}")
def case(request: Request, hub: TheHub, caller: Person, hub_id: str) -> Response:
    """The entry, its child's timeline across all owners, and its matches."""
    caller.require(Act.SEE_RECORD)
    why, wrong = forms.why_of(request.query_params)
    if why is None:
        return _ask_why(request, caller, hub_id, wrong)
    found, timeline = hub.case_and_timeline(caller, wanted_of(hub_id, why))
    return page(
        request,
        "case.html",
        case=found,
        why=why,
        name=entry.main_name(found.record.names),
        standing=hub.casework.standing(found),
        groups=entry.groups(found.record, places_of(request)),
        timeline=timeline,
        events=timeline.events[::-1],
        partly=hub.shows_partly(caller, hub_id),
        may_force=caller.may(Act.BREAK_GLASS),
        may_read_file=caller.may(Act.READ_SECTION),
        may_order=caller.may(Act.RUN_SITTINGS),
        may_see_accesses=caller.may(Act.SEE_ACCESSES),
        public_id=hub.public_id(found.hub_id),
        posters=LANGUAGES,
    )


def _ask_why(request: Request, caller: Caller, hub_id: str, wrong: list[forms.Wrong]) -> Response:
    """The same page whether there is such an entry or not."""
    asked = bool(request.query_params)
    return page(
        request,
        "why.html",
        422 if asked else 200,
        hub_id=hub_id,
        wrong=wrong if asked else [],
        filled=dict(request.query_params),
        purposes=[purpose for purpose in Purpose if purpose in caller.purposes()],
    )


def case_of(hub: Hub, caller: Caller, hub_id: str, why: forms.Why) -> Case:
    """The entry behind an address."""
    return hub.case(caller, wanted_of(hub_id, why))


def wanted_of(hub_id: str, why: forms.Why) -> GetCase:
    """The question for the entry behind an address; 404 for what cannot be an id at all."""
    try:
        return GetCase(hub_id=hub_id, purpose=why.purpose, case=why.case)
    except ValidationError:
        raise HTTPException(404) from None
