"""The live read of one section of an owner's file: asked with a purpose, shown once, never kept."""

from collections.abc import Mapping

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from contracts import Purpose, Refused, SectionName, Unready
from contracts.exchange import Case, MatchState
from hub.access import Act, Caller
from hub.asking.reading import Wanted
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
    together = _together(case, form(request), asked)
    if len(together) > 1:
        reads = hub.read_sections(caller, together, asked.purpose, asked.case)
        return page(
            request, "sections.html", case=case, why=why, reads=reads, asked=asked, answered_at=words.moment_now()
        )
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


def _together(case: Case, fields: Mapping[str, str], asked: forms.Asked) -> list[Wanted]:
    """All that is asked for at once: the sections ticked, of this entry and of those found to be the same child."""
    sections = dict.fromkeys([asked.section, *forms.more_sections(fields)])
    entries = [case.hub_id, *(_twins(case) if fields.get("twins") else [])]
    return [Wanted(hub_id, section) for hub_id in entries for section in sections]


def _twins(case: Case) -> list[str]:
    """Entries of other owners that a person confirmed as the same child."""
    same = [match for match in case.matches if match.state in (MatchState.CONFIRMED, MatchState.REUNITED)]
    return [match.other_hub_id if match.hub_id == case.hub_id else match.hub_id for match in same][:5]


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
        more=[section.value for section in forms.more_sections(filled or {})],
        twins=_twins(case),
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
