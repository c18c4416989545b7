"""The portlet of a child's home: a section opened, written and sent to its owner live; drafts stay in the browser."""

import base64

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from contracts import Refused, Section, Unready
from contracts.exchange import Case
from hub.access import Act, Caller
from hub.app import Hub
from portal.web import forms, section_form
from portal.web.guard import form, guard
from portal.web.language import _
from portal.web.pages.cases import case_of
from portal.web.pages.files import OUR_OWN
from portal.web.render import page
from portal.web.session import Person, TheHub

router = APIRouter(dependencies=[Depends(guard)])


@router.post("/case/{hub_id}/section")
def open_section(request: Request, hub: TheHub, caller: Person, hub_id: str) -> Response:
    """Read a section live, as a form to be written."""
    caller.require(Act.WRITE_SECTION)
    asked, wrong = forms.section_of(form(request))
    if asked is None:
        raise Refused("form_expired", wrong[0].message)
    why = forms.Why(asked.purpose, asked.case)
    case = case_of(hub, caller, hub_id, why)
    section = hub.read_section(caller, case.hub_id, asked.section, asked.purpose, asked.case)
    if not section.form:
        raise Refused("owner_cannot_be_written", _("The owner’s system takes no writing in this section from you."))
    return _form(request, hub, caller, case, section_form.opened(section, why))


@router.post("/case/{hub_id}/section/save")
def save_section(request: Request, hub: TheHub, caller: Person, hub_id: str) -> Response:
    """Send what was written to the owner, and say what became of it."""
    caller.require(Act.WRITE_SECTION)
    sheet, wrong = section_form.sent(form(request))
    case = case_of(hub, caller, hub_id, sheet.why)
    if wrong:
        return _form(request, hub, caller, case, sheet, wrong=wrong, status=422)
    if not sheet.draft.changes:
        return page(request, "section_saved.html", case=case, sheet=sheet, written=None)
    try:
        written = hub.write_section(caller, case.hub_id, sheet.section, sheet.draft, sheet.why.purpose, sheet.why.case)
    except Unready as error:
        return _form(request, hub, caller, case, sheet, unanswered=error, status=503)
    except Refused as error:
        if error.code == "section_overtaken":
            return _overtaken(request, hub, caller, case, sheet)
        if error.code in OUR_OWN:
            raise
        return _form(request, hub, caller, case, sheet, unanswered=error, status=422)
    return page(request, "section_saved.html", case=case, sheet=sheet, written=written)


@router.get("/drafts")
def drafts(request: Request, hub: TheHub, caller: Person) -> Response:
    """What this browser keeps and no owner has yet: the browser fills the list, the hub knows nothing of it."""
    caller.require(Act.WRITE_SECTION)
    return page(request, "drafts.html", draft_key=_key(hub, caller))


def _overtaken(request: Request, hub: Hub, caller: Caller, case: Case, sheet: section_form.Sheet) -> Response:
    """Both side by side: what stands there by now, and what was written here. Nothing is written over."""
    try:
        theirs = hub.read_section(caller, case.hub_id, sheet.section, sheet.why.purpose, sheet.why.case)
    except Unready as error:
        return _form(request, hub, caller, case, sheet, unanswered=error, status=503)
    return _form(request, hub, caller, case, section_form.beside(sheet, theirs), theirs=theirs, status=409)


def _form(
    request: Request,
    hub: Hub,
    caller: Caller,
    case: Case,
    sheet: section_form.Sheet,
    *,
    wrong: list[forms.Wrong] | None = None,
    unanswered: Refused | Unready | None = None,
    theirs: Section | None = None,
    status: int = 200,
) -> Response:
    return page(
        request,
        "section_form.html",
        status,
        case=case,
        sheet=sheet,
        wrong=wrong or [],
        unanswered=unanswered,
        is_down=isinstance(unanswered, Unready),
        theirs=theirs,
        draft_key=_key(hub, caller),
    )


def _key(hub: Hub, caller: Caller) -> str:
    return base64.b64encode(hub.draft_key(caller)).decode()
