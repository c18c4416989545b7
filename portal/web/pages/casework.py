"""Casework of a jurisdiction: what is overdue or due soon, and what is wrong in its cases."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from hub.access import Act, Caller
from hub.app import Hub
from portal.web import words
from portal.web.guard import guard
from portal.web.render import page
from portal.web.session import Person, TheHub

router = APIRouter(dependencies=[Depends(guard)])
MOST_DUE = 100
Number = Annotated[int, Query(alias="page")]
A_PAGE = 50


@router.get("/casework")
def due(request: Request, hub: TheHub, caller: Person) -> Response:
    """What is overdue or due within a week, longest overdue first; how many findings there are of each rule."""
    caller.require(Act.SEE_DUTIES)
    sees = caller.may(Act.SEE_FINDINGS)
    return page(
        request,
        "casework.html",
        due=hub.casework.due(caller, MOST_DUE),
        counts=hub.casework.count_findings(caller) if sees else {},
        sees_findings=sees,
        quarter=_last_quarter(),
    )


def _last_quarter() -> str:
    """The one that ended last."""
    now = words.today()
    number = (now.month - 1) // 3
    return f"{now.year}Q{number}" if number else f"{now.year - 1}Q4"


@router.get("/casework/findings")
def all_findings(request: Request, hub: TheHub, caller: Person, number: Number = 1) -> Response:
    """What is wrong in cases of the jurisdiction, newest first, and in the directory."""
    return _findings(request, hub, caller, None, number)


@router.get("/casework/findings/{rule}")
def findings(request: Request, hub: TheHub, caller: Person, rule: str, number: Number = 1) -> Response:
    """The same, of one rule."""
    if rule not in words.rules():
        raise HTTPException(404)
    return _findings(request, hub, caller, rule, number)


def _findings(request: Request, hub: Hub, caller: Caller, rule: str | None, number: int) -> Response:
    at = min(max(number, 1), 1_000)
    items = hub.casework.findings(caller, rule, (at - 1) * A_PAGE, A_PAGE + 1)
    return page(
        request,
        "findings.html",
        items=items[:A_PAGE],
        more=len(items) > A_PAGE,
        at=at,
        chosen=rule,
        counts=hub.casework.count_findings(caller),
        stations=hub.casework.stations_amiss(caller) if rule is None and at == 1 else [],
    )
