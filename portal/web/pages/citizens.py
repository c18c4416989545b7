"""For everybody: I lost a child, I saw a child, track my report. Nothing here tells anything about any child."""

from collections.abc import Mapping

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from contracts import Refused
from contracts.codes import Gender
from hub.citizens import CitizenReport, Kind
from portal.web import letters
from portal.web.forms import Wrong
from portal.web.guard import form, guard, picture
from portal.web.language import _, current
from portal.web.render import page, places_of
from portal.web.reports_form import report_of
from portal.web.session import TheHub

router = APIRouter(dependencies=[Depends(guard)])


@router.get("/citizens")
def choose(request: Request) -> Response:
    """The three things that a citizen can do."""
    return page(request, "citizens.html")


@router.get("/citizens/track")
def track_form(request: Request) -> Response:
    """Where the number of a report is asked for."""
    return page(request, "citizens_track.html", wrong=[], number="", found=None)


@router.post("/citizens/track")
def track(request: Request, hub: TheHub) -> Response:
    """How far a report is; the number is sent as a form, so that it stands in no address."""
    number = form(request).get("number", "")[:40]
    try:
        found = hub.citizens.track(number)
    except Refused:
        wrong = [Wrong("number", _("There is no report of this number. Check its letters and digits"))]
        return page(request, "citizens_track.html", 422, wrong=wrong, number=number, found=None)
    return page(request, "citizens_track.html", wrong=[], number=number, found=found)


@router.get("/citizens/{kind}")
def fill(request: Request, hub: TheHub, kind: Kind, state: int | None = None, district: int | None = None) -> Response:
    """The form, once State and district are chosen: both decide which police get the report."""
    place = {"state": str(state or ""), "district": str(district or "")}
    return _form(request, hub, kind, place)


@router.post("/citizens/{kind}")
def send(request: Request, hub: TheHub, kind: Kind) -> Response:
    """Keep the report, route it, and tell its sender the number to follow it by."""
    fields = form(request)
    said, wrong = report_of(kind, fields)
    if said is None:
        return _form(request, hub, kind, fields, 422, wrong)
    where, address = _where(request, said), str(request.base_url).rstrip("/")
    try:
        answer = letters.received(current.get().code, where, address)
        number = hub.citizens.report(said, picture(request), answer, letters.waits(address))
    except Refused as error:
        return _form(request, hub, kind, fields, 422, [_refused(error)])
    return page(request, "citizens_thanks.html", number=number, where=where, mailed=said.mail is not None)


def _refused(error: Refused) -> Wrong:
    if error.code.startswith("photo"):
        return Wrong("photo", _("The picture could not be used. Send a JPEG, PNG or WebP file of at most 8 MB"))
    return Wrong("station", _("Choose the State, the district and the police station from the lists"))


def _form(
    request: Request,
    hub: TheHub,
    kind: Kind,
    filled: Mapping[str, str],
    status: int = 200,
    wrong: list[Wrong] | None = None,
) -> Response:
    state, district = (_number(filled.get(name, "")) for name in ("state", "district"))
    districts = places_of(request).districts(state) if state else []
    known = district in {one.lgd for one in districts}
    return page(
        request,
        f"citizens_{'report' if known else 'where'}.html",
        status,
        kind=kind,
        filled=dict(filled),
        wrong=wrong or [],
        districts=districts,
        stations=[(one.id, one.name) for one in hub.stations(district)] if known and district else [],
        where=places_of(request).name(state, district) if known else "",
        genders=list(Gender),
    )


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 8 else None


def _where(request: Request, said: CitizenReport) -> str:
    """Who gets it, in words."""
    places = places_of(request)
    area = places.name(said.state, said.district)
    if said.station is None:
        return _("the police of %(district)s", district=area)
    return _(
        "police station %(station)s, %(district)s", station=places.station(said.station, said.state), district=area
    )
