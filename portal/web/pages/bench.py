"""The bench's pages: sittings and cause lists, orders on the forms, transfers under way, the quarterly report."""

import csv
import datetime
import io
from collections.abc import Mapping

from fastapi import APIRouter, Depends
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from contracts import Refused
from hub.access import Act, Caller
from hub.app import Hub
from hub.casework.bench import SEATS
from hub.casework.papers.forms import Form, forms
from portal.web import forms as fields_of
from portal.web.forms import Wrong
from portal.web.guard import form, guard
from portal.web.language import _
from portal.web.pages.cases import case_of
from portal.web.render import page
from portal.web.session import Person, TheHub
from portal.web.words import INDIA

router = APIRouter(dependencies=[Depends(guard)])
PURPOSES = ("first_production", "inquiry", "final_order", "review", "transfer", "other")


@router.get("/sittings")
def sittings(request: Request, hub: TheHub, caller: Person) -> Response:
    """Sittings of the caller's bench, latest first, and cases on their way from or to it."""
    return _sittings(request, hub, caller)


@router.post("/sittings")
def plan(request: Request, hub: TheHub, caller: Person) -> Response:
    """Call a sitting."""
    try:
        at = datetime.datetime.fromisoformat(form(request).get("at", "")).replace(tzinfo=INDIA)
    except ValueError:
        return _sittings(request, hub, caller, [Wrong("at", _("Write day and hour of the sitting"))])
    return RedirectResponse(f"/sittings/{hub.casework.bench.plan(caller, at).sitting_id}", 303)


def _sittings(request: Request, hub: Hub, caller: Caller, wrong: list[Wrong] | None = None) -> Response:
    bench, officer = hub.casework.bench, caller.officer
    shown = {"held": bench.sittings(caller), "transfers": bench.transfers(caller), "wrong": wrong or []}
    mine = officer.institution if officer else None
    return page(request, "sittings.html", 422 if wrong else 200, **shown, mine=mine)


@router.get("/sittings/{sitting_id}")
def sitting(request: Request, hub: TheHub, caller: Person, sitting_id: str) -> Response:
    """One sitting with its cause list."""
    held, listed = hub.casework.bench.sitting(caller, sitting_id)
    return page(request, "sitting.html", sitting=held, listed=listed, seats=_seats(hub, caller), purposes=PURPOSES)


@router.post("/sittings/{sitting_id}")
def change(request: Request, hub: TheHub, caller: Person, sitting_id: str) -> Response:
    """Put a case on the list, or say who sits."""
    told, bench = form(request), hub.casework.bench
    if told.get("what") == "hold":
        bench.hold(caller, sitting_id, [seat for seat in _seats(hub, caller) if told.get(seat)])
    elif told.get("purpose") in PURPOSES:
        bench.list_case(caller, sitting_id, told.get("hub_id", "").strip(), told["purpose"])
    return RedirectResponse(f"/sittings/{sitting_id}", 303)


@router.post("/transfers/{transfer_id}")
def receive(hub: TheHub, caller: Person, transfer_id: str) -> Response:
    """Acknowledge that a case was handed over."""
    hub.casework.bench.receive(caller, transfer_id)
    return RedirectResponse("/sittings", 303)


def _seats(hub: Hub, caller: Caller) -> tuple[str, ...]:
    officer = caller.officer
    institution = officer.institution if officer else None
    kind = (
        None if institution is None else hub.casework.offices.kind_of(institution, datetime.datetime.now(INDIA).date())
    )
    return () if kind is None else SEATS.get(kind, ())


@router.get("/case/{hub_id}/orders")
def orders(request: Request, hub: TheHub, caller: Person, hub_id: str) -> Response:
    """The forms that may be made in a case, and what is kept of those that were."""
    caller.require(Act.RUN_SITTINGS)
    why, _wrong = fields_of.why_of(request.query_params)
    if why is None:
        return RedirectResponse(f"/case/{hub_id}", 303)
    case_of(hub, caller, hub_id, why)
    made = hub.casework.bench.orders(hub_id)
    return page(request, "orders.html", hub_id=hub_id, why=why, made=made, all_forms=forms().values())


@router.get("/case/{hub_id}/orders/{number}")
def order_form(request: Request, hub: TheHub, caller: Person, hub_id: str, number: str) -> Response:
    """One form, to be filled in."""
    caller.require(Act.RUN_SITTINGS)
    return _form_page(request, hub, caller, hub_id, _form(number), {}, [])


@router.post("/case/{hub_id}/orders/{number}")
def make(request: Request, hub: TheHub, caller: Person, hub_id: str, number: str) -> Response:
    """Make the order; the answer is its paper, which is kept nowhere else."""
    caller.require(Act.RUN_SITTINGS)
    why, _wrong = fields_of.why_of(request.query_params)
    asked, told = _form(number), form(request)
    if why is None:
        return RedirectResponse(f"/case/{hub_id}", 303)
    case_of(hub, caller, hub_id, why)
    answers = {one.name: told[one.name] for one in asked.all_fields if told.get(one.name)}
    try:
        made = hub.casework.bench.order(caller, hub_id, number, answers, why.case, told.get("sitting") or None)
    except Refused as error:
        wrong = [Wrong(one.field, one.message) for one in error.problems] or [Wrong("sitting", error.message)]
        return _form_page(request, hub, caller, hub_id, asked, told, wrong)
    name = made.order.order_no.replace("/", "-").replace(":", "-")
    return Response(
        made.pdf, media_type="application/pdf", headers={"Content-Disposition": f'attachment; filename="{name}.pdf"'}
    )


def _form_page(
    request: Request, hub: Hub, caller: Caller, hub_id: str, asked: Form, filled: Mapping[str, str], wrong: list[Wrong]
) -> Response:
    why, _wrong = fields_of.why_of(request.query_params)
    if why is None:
        return RedirectResponse(f"/case/{hub_id}", 303)
    held = hub.casework.bench.sittings(caller, 20)
    shown = {"hub_id": hub_id, "why": why, "asked": asked, "held": held, "filled": dict(filled), "wrong": wrong}
    return page(request, "order.html", 422 if wrong else 200, **shown)


def _form(number: str) -> Form:
    found = forms().get(number)
    if found is None:
        raise HTTPException(404)
    return found


@router.get("/casework/quarterly/{quarter}")
def quarterly(request: Request, hub: TheHub, caller: Person, quarter: str, as_csv: bool = False) -> Response:
    """Form 16 and s.40(4), drawn from the cases of the caller's jurisdiction."""
    report = hub.casework.quarterly(caller, quarter)
    if not as_csv:
        return page(request, "quarterly.html", report=report)
    sheet = io.StringIO()
    csv.writer(sheet).writerows([("report", "column", "number"), *report.rows()])
    named = {"Content-Disposition": f'attachment; filename="quarterly-{report.quarter}.csv"'}
    return Response(sheet.getvalue(), media_type="text/csv; charset=utf-8", headers=named)
