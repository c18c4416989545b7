"""Who looked at a child's entry, and why: for committees and auditors."""

import re

from fastapi import APIRouter, Depends
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from hub.access import Act
from portal.web.forms import Wrong
from portal.web.guard import form, guard
from portal.web.language import _
from portal.web.render import page
from portal.web.session import Person, TheHub

router = APIRouter(dependencies=[Depends(guard)])
_HUB_ID = re.compile(r"[A-Za-z0-9_-]{16,40}")


@router.get("/accesses")
def ask(request: Request, caller: Person) -> Response:
    """The form: which entry."""
    caller.require(Act.SEE_ACCESSES)
    return page(request, "accesses_ask.html", wrong=[], filled={})


@router.post("/accesses")
def asked(request: Request, caller: Person) -> Response:
    """Go to the log of the entry that was named."""
    caller.require(Act.SEE_ACCESSES)
    hub_id = form(request).get("hub_id", "").rstrip("/").rpartition("/")[2]
    if not _HUB_ID.fullmatch(hub_id):
        wrong = [Wrong("hub_id", _("Write the number of the entry, 16 to 40 letters and digits"))]
        return page(request, "accesses_ask.html", 422, wrong=wrong, filled=dict(form(request)))
    return RedirectResponse(f"/case/{hub_id}/accesses", 303)


@router.get("/case/{hub_id}/accesses")
def log(request: Request, hub: TheHub, caller: Person, hub_id: str) -> Response:
    """The lines of one entry, newest first."""
    if not _HUB_ID.fullmatch(hub_id):
        raise HTTPException(404)
    lines = hub.accesses(caller, hub_id)
    return page(request, "accesses.html", hub_id=hub_id, lines=lines, may_open=caller.may(Act.SEE_RECORD))
