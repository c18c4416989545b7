"""Writes a page: templates with what each of them needs to know of the request."""

from collections import defaultdict
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from contracts.exchange import Area, Hit, MatchState
from hub.access import Act, Caller, Role
from portal.web import assets, language, words, words_public
from portal.web.choosing import offered
from portal.web.evidence import strongest
from portal.web.language import _, mark
from portal.web.places import Places
from portal.web.session import caller_of, form_token, keep_secret

#: What the bar at the top offers: who may do this is offered that.
_MENU: tuple[tuple[Act, str, str], ...] = (
    (Act.SEARCH, "/search", mark("Search")),
    (Act.SEE_MATCHES, "/matches", mark("Matches")),
    (Act.SEE_DUTIES, "/casework", mark("Casework")),
    (Act.TAKE_REPORTS, "/reports", mark("Citizens’ reports")),
    (Act.WRITE_SECTION, "/drafts", mark("Drafts")),
    (Act.RUN_SITTINGS, "/sittings", mark("Sittings")),
    (Act.SEE_ACCESSES, "/accesses", mark("Who looked")),
    (Act.REVIEW_GLASS, "/glass", mark("Forced open")),
    (Act.OPERATE, "/operations", mark("Operations")),
)
#: A decision about a match -> what it is called on the form, and what follows from it.
_STEPS = {
    MatchState.CONFIRMED: (
        mark("Yes, they are the same child"),
        mark("Both owners are told at once, and can begin to bring the child home."),
    ),
    MatchState.REJECTED: (
        mark("No, they are two children"),
        mark("The pair is not proposed again unless a record changes."),
    ),
    MatchState.REUNITED: (
        mark("The child is back with the family"),
        mark("Both entries end, and both owners are told to close theirs."),
    ),
}


def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.install_gettext_callables(  # type: ignore[attr-defined]
        lambda text: language.current.get().translations.gettext(text),
        lambda one, many, number: language.current.get().translations.ngettext(one, many, number),
        newstyle=True,
    )
    made.filters |= {
        "said": language.said,
        "words": words.of,
        "rule_words": words.rule,
        "step_words": words.step,
        "purpose": words.purpose,
        "role": words.role,
        "day": words.day,
        "short_day": words.short_day,
        "state_words": words.source_state,
        "state_colour": words.source_colour,
        "why_words": words.why,
        "moment": words.moment,
        "number": words.number,
        "outcome": words_public.outcome,
        "bits": words.bits,
        "chance": words.chance,
        "options": _options,
        "as_options": _as_options,
        "area_options": _area_options,
    }
    made.globals |= {
        "asset": assets.address,
        "Act": Act,
        "age_of_hit": _age_of_hit,
        "step": _step,
        "outcome_options": words_public.outcome_options,
        "strongest": strongest,
    }
    return made


def _options(codes: Iterable[StrEnum]) -> list[tuple[str, str]]:
    return [(code.value, words.of(code)) for code in codes]


def _as_options(told: Iterable[str]) -> list[tuple[str, str]]:
    """Answers as an owner prints them."""
    return [(one, one.replace("_", " ").capitalize() if one.isupper() else one) for one in told]


def _area_options(areas: Iterable[Area]) -> list[tuple[str, str]]:
    return [(str(area.lgd), area.name) for area in areas]


def _age_of_hit(hit: Hit) -> str:
    return words.hit_age(hit.age_years_from, hit.age_years_to)


def _step(state: MatchState) -> tuple[str, str, str]:
    label, meaning = _STEPS[state]
    return state.value, _(label), _(meaning)


_pages = _environment()


def places_of(request: Request) -> Places:
    """The names that pages show for codes."""
    return cast(Places, request.app.state.places)


def page(request: Request, template: str, status: int = 200, **shown: Any) -> HTMLResponse:
    """The page ``template`` filled with ``shown``, for whoever asks."""
    caller = caller_of(request)
    here = _here(request) if status < 400 else "/"  # a wrong address may hold anything
    if "filled" in shown:
        shown["filled"] = defaultdict(str, shown["filled"])  # a field that was not filled shows empty
    text = _pages.get_template(template).render(
        **shown,
        caller=caller,
        role=role_of(caller),
        menu=_menu(request, caller),
        places=places_of(request),
        form_token=lambda: form_token(request),
        path=request.url.path,
        here=here,
        language=language.current.get(),
        languages=offered(request.url.path, here, caller.is_person),
    )
    answer = HTMLResponse(text, status)
    keep_secret(request, answer)
    return answer


def _here(request: Request) -> str:
    """The address to come back to, as a value in another address."""
    query = request.url.query if request.method == "GET" else ""
    return quote(f"{request.url.path}?{query}" if query else request.url.path)


def fragment(request: Request, template: str, **shown: Any) -> str:
    """A piece of a page as text, for whoever puts it in place."""
    return _pages.get_template(template).render(**shown, caller=caller_of(request), places=places_of(request))


def _menu(request: Request, caller: Caller) -> list[tuple[str, str, bool]]:
    at = request.url.path
    return [(href, _(label), at == href or at.startswith(href + "/")) for act, href, label in _MENU if caller.may(act)]


def role_of(caller: Caller) -> str:
    """What the caller is, in words."""
    roles = sorted(role for role in caller.roles if role is not Role.CITIZEN)
    return words.of(roles[0]) if roles else ""


def is_partial(request: Request) -> bool:
    """True if htmx asks for a part of the page; when it restores history it needs the whole."""
    headers = request.headers
    return headers.get("hx-request") == "true" and headers.get("hx-history-restore-request") != "true"
