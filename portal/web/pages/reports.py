"""What citizens report, for the police who are responsible: the list, one report, and its two steps."""

from fastapi import APIRouter, Depends
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from hub.access import Act
from hub.citizens import Outcome
from portal.web import letters
from portal.web.guard import form, guard
from portal.web.render import page
from portal.web.session import Person, TheHub

router = APIRouter(dependencies=[Depends(guard)])


@router.get("/reports")
def waiting(request: Request, hub: TheHub, caller: Person, all: bool = False) -> Response:
    """Reports of the caller's jurisdiction; those that were dealt with only if asked for."""
    caller.require(Act.TAKE_REPORTS)
    return page(request, "reports.html", reports=hub.citizens.waiting(caller, open_only=not all), all=all)


@router.get("/reports/{report_id}")
def report(request: Request, hub: TheHub, caller: Person, report_id: str) -> Response:
    """One report; the look is logged."""
    kept, said = hub.citizens.open(caller, report_id)
    return page(request, "report.html", kept=kept, said=said, outcomes=list(Outcome))


@router.get("/reports/{report_id}/photo")
def photo(hub: TheHub, caller: Person, report_id: str) -> Response:
    """The picture, drawn anew when it came; no cache keeps it."""
    found = hub.citizens.photo(caller, report_id)
    if found is None:
        raise HTTPException(404)
    return Response(found, media_type="image/jpeg", headers={"Cache-Control": "no-store"})


@router.post("/reports/{report_id}/taken")
def take(request: Request, hub: TheHub, caller: Person, report_id: str) -> Response:
    """The caller takes it up, and the sender is told."""
    hub.citizens.take(caller, report_id, letters.taken(str(request.base_url).rstrip("/")))
    return RedirectResponse(f"/reports/{report_id}", 303)


@router.post("/reports/{report_id}/ended")
def end(request: Request, hub: TheHub, caller: Person, report_id: str) -> Response:
    """It was dealt with, in one of few ways; what is missing is asked for again."""
    outcome = form(request).get("outcome", "")
    if outcome in list(Outcome):
        hub.citizens.end(caller, report_id, Outcome(outcome))
    return RedirectResponse(f"/reports/{report_id}", 303)
