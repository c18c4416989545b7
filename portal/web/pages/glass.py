"""Break-glass: force an entry open that lies elsewhere, and review what others forced."""

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from hub.access import Act
from portal.web import forms
from portal.web.guard import form, guard
from portal.web.render import page
from portal.web.session import Person, TheHub

router = APIRouter(dependencies=[Depends(guard)])


@router.get("/case/{hub_id}/glass")
def ask(request: Request, caller: Person, hub_id: str) -> Response:
    """The form: why it cannot wait."""
    caller.require(Act.BREAK_GLASS)
    why, _ = forms.why_of(request.query_params)
    if why is None:
        return RedirectResponse(f"/case/{hub_id}", 303)
    return page(request, "glass.html", hub_id=hub_id, why=why, wrong=[], reason="")


@router.post("/case/{hub_id}/glass")
def force(request: Request, hub: TheHub, caller: Person, hub_id: str) -> Response:
    """Open the entry for an hour; it is reviewed."""
    caller.require(Act.BREAK_GLASS)
    why, _ = forms.why_of(request.query_params)
    if why is None:
        return RedirectResponse(f"/case/{hub_id}", 303)
    reason = form(request).get("reason", "")
    wrong = forms.wrong_sentence("reason", reason)
    if wrong:
        return page(request, "glass.html", 422, hub_id=hub_id, why=why, wrong=wrong, reason=reason)
    hub.glass.force(caller, hub_id, why.purpose, why.case, reason)
    return RedirectResponse(f"/case/{hub_id}?{why.query}", 303)


@router.get("/glass")
def waiting(request: Request, hub: TheHub, caller: Person) -> Response:
    """What others forced open and nobody reviewed."""
    return page(request, "glass_list.html", looks=hub.glass.to_review(caller), wrong=[])


@router.post("/glass/{glass_id}")
def review(request: Request, hub: TheHub, caller: Person, glass_id: str) -> Response:
    """Judge one."""
    caller.require(Act.REVIEW_GLASS)
    fields = form(request)
    judged, words = fields.get("justified", ""), fields.get("words", "")
    wrong = forms.wrong_judgement(judged, words)
    if wrong:
        return page(request, "glass_list.html", 422, looks=hub.glass.to_review(caller), wrong=wrong)
    hub.glass.review(caller, glass_id, judged == "yes", words)
    return RedirectResponse("/glass", 303)
