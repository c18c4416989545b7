"""The page of one index entry: what it holds, what happened, and what may be the same child elsewhere."""

from fastapi import APIRouter, Depends
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from contracts.exchange import Case, GetCase
from hub.access import Act, Caller
from hub.app import Hub
from portal.web import entry
from portal.web.guard import guard
from portal.web.render import page, places_of
from portal.web.session import Person, TheHub

router = APIRouter(dependencies=[Depends(guard)])


@router.get("/case/{hub_id}")
def case(request: Request, hub: TheHub, caller: Person, hub_id: str) -> Response:
    """The entry, its timeline and its matches."""
    found = case_of(hub, caller, hub_id)
    return page(
        request,
        "case.html",
        case=found,
        name=entry.main_name(found.record.names),
        groups=entry.groups(found.record, places_of(request)),
        events=sorted(found.events, key=lambda event: event.at, reverse=True),
        may_read_file=caller.may(Act.READ_SECTION),
        may_see_accesses=caller.may(Act.SEE_ACCESSES),
    )


def case_of(hub: Hub, caller: Caller, hub_id: str) -> Case:
    """The entry behind an address; 404 for what cannot be an id at all."""
    try:
        wanted = GetCase(hub_id=hub_id)
    except ValidationError:
        raise HTTPException(404) from None
    return hub.case(caller, wanted)
