"""The operator's pages: how each participant stands, and what was set aside and why. They show no child."""

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from hub.access import Act
from portal.web.guard import guard
from portal.web.render import page
from portal.web.session import Person, TheHub

router = APIRouter(dependencies=[Depends(guard)])
MOST_SHOWN = 100


@router.get("/operations")
def overview(request: Request, hub: TheHub, caller: Person) -> Response:
    """Participants with their last exchange, counts and debts."""
    caller.require(Act.OPERATE)
    return page(request, "operations.html", status_of=hub.status())


@router.get("/operations/set-aside")
def set_aside(request: Request, hub: TheHub, caller: Person, participant: str = "") -> Response:
    """What could not be taken in: which record, which rule; its content stays closed."""
    caller.require(Act.OPERATE)
    items = hub.laid_aside(caller, participant or None, limit=MOST_SHOWN)
    return page(request, "set_aside.html", items=items, participant=participant, most=MOST_SHOWN)
