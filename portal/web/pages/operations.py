"""The operator's pages: how each participant stands, what is wrong, and what was set aside. They show no child."""

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from hub.access import Act
from portal.web.guard import guard
from portal.web.render import page
from portal.web.session import Person, TheHub

router = APIRouter(dependencies=[Depends(guard)])
MOST_SHOWN = 100
MOST_COMPARED = 20


@router.get("/operations")
def overview(request: Request, hub: TheHub, caller: Person) -> Response:
    """Participants with their last exchange, counts and debts; what is wrong now; comparisons with their systems."""
    caller.require(Act.OPERATE)
    compared = hub.reconciling.latest(limit=MOST_COMPARED)
    return page(request, "operations.html", status_of=hub.status(), incidents=hub.incidents(), compared=compared)


@router.get("/operations/set-aside")
def set_aside(request: Request, hub: TheHub, caller: Person, participant: str = "") -> Response:
    """What could not be taken in: which record, which rule; its content stays closed."""
    caller.require(Act.OPERATE)
    items = hub.laid_aside(caller, participant or None, limit=MOST_SHOWN)
    return page(request, "set_aside.html", items=items, participant=participant, most=MOST_SHOWN)
