"""The live read of one section of an owner's file: asked with a purpose, shown once, never kept."""

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from contracts import Purpose, Refused, SectionName, Unready
from contracts.exchange import Case
from hub.access import Act, Caller
from portal.web import entry, forms, words
from portal.web.guard import form, guard
from portal.web.pages.cases import case_of
from portal.web.render import page
from portal.web.session import Person, TheHub

router = APIRouter(dependencies=[Depends(guard)])
#: Refusals of the hub itself; any other is the owner's, and shown beside the form so that another section can be asked.
OUR_OWN = frozenset({"not_allowed", "section_not_allowed", "purpose_not_allowed", "no_case_stated", "unknown_case"})


@router.get("/case/{hub_id}/file")
def ask(request: Request, hub: TheHub, caller: Person, hub_id: str) -> Response:
    """The form: which section, why, for which case."""
    caller.require(Act.READ_SECTION)
    why, _ = forms.why_of(request.query_params)
    if why is None:
        return RedirectResponse(f"/case/{hub_id}", 303)
    return _form(request, caller, case_of(hub, caller, hub_id, why), why)


@router.post("/case/{hub_id}/file")
def read(request: Request, hub: TheHub, caller: Person, hub_id: str) -> Response:
    """Ask the owner and show its answer in this very response: there is no address to come back to."""
    caller.require(Act.READ_SECTION)
    why, _ = forms.why_of(request.query_params)
    if why is None:
        return RedirectResponse(f"/case/{hub_id}", 303)
    case = case_of(hub, caller, hub_id, why)
    asked, wrong = forms.section_of(form(request))
    if asked is None:
        return _form(request, caller, case, why, dict(form(request)), wrong=wrong, status=422)
    try:
        section = hub.read_section(caller, case.hub_id, asked.section, asked.purpose, asked.case)
    except Unready as error:
        return _form(request, caller, case, why, dict(form(request)), unanswered=error, status=503)
    except Refused as error:
        if error.code in OUR_OWN:
            raise
        return _form(request, caller, case, why, dict(form(request)), unanswered=error, status=422)
    return page(
        request, "section.html", case=case, why=why, section=section, asked=asked, answered_at=words.moment_now()
    )


def _form(
    request: Request,
    caller: Caller,
    case: Case,
    why: forms.Why,
    filled: dict[str, str] | None = None,
    wrong: list[forms.Wrong] | None = None,
    unanswered: Refused | Unready | None = None,
    status: int = 200,
) -> Response:
    return page(
        request,
        "file.html",
        status,
        case=case,
        why=why,
        name=entry.main_name(case.record.names),
        filled=filled or {"purpose": why.purpose.value, "case": why.case},
        wrong=wrong or [],
        unanswered=unanswered,
        is_down=isinstance(unanswered, Unready),
        sections=_sections(caller),
        purposes=purposes_of(caller),
    )


def _sections(caller: Caller) -> list[SectionName]:
    return [section for section in SectionName if section in caller.sections()]


def purposes_of(caller: Caller) -> list[Purpose]:
    """What the caller may state as a purpose."""
    return [purpose for purpose in Purpose if purpose in caller.purposes()]
