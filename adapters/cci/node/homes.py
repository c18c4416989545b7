"""The homes themselves: registration, capacity, staff and facilities, who has a pass, and how full each is."""

from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Request
from pydantic import Field, StringConstraints
from sqlalchemy import Integer

from adapters.cci.node import tables
from adapters.cci.node.asking import Message, Word, home_or_404, operator_only, signed, who_calls
from adapters.cci.node.forms import infrastructure
from adapters.cci.node.register import Register
from adapters.lookalike.rows import Row

HomeUnit = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{2,40}$")]
_COUNTS = frozenset(name for name, column in tables.home.c.items() if isinstance(column.type, Integer))


class Kept(Message):
    """What shall be kept of a home from now on, by the names of ``forms.toml``; null takes an entry away."""

    said: Annotated[dict[str, Word | Annotated[int, Field(ge=0, le=5000)] | None], Field(min_length=1)]
    written_by: Word | None = None


class Pass(Message):
    """For whom a pass is asked."""

    holder: Word
    designation: Word | None = None


def routes(register: Register) -> APIRouter:
    """The homes' routes over one register."""
    router = APIRouter(prefix="/api/homes")
    _kept(router, register)
    _passes(router, register)
    return router


def _kept(router: APIRouter, register: Register) -> None:
    @router.get("")
    def homes(request: Request) -> dict[str, Any]:
        return {"homes": [row | _how_full(register, row) for row in register.homes(who_calls(request).home)]}

    @router.get("/{home_unit}")
    def home(home_unit: str, request: Request) -> Row:
        row = home_or_404(register, home_unit, who_calls(request))
        return row | _how_full(register, row)

    @router.put("/{home_unit}")
    def change(home_unit: HomeUnit, kept: Kept, request: Request) -> Row:
        who = who_calls(request)
        if not who.may_see(home_unit):
            raise HTTPException(404, "no home has this unit code")
        _fits(kept.said)
        register.change_home(home_unit, dict(kept.said), signed(who, kept.written_by))
        return register.home(home_unit) or {}

    @router.get("/{home_unit}/changes")
    def changes(home_unit: str, request: Request) -> dict[str, Any]:
        home_or_404(register, home_unit, who_calls(request))
        return {"changes": register.changes(home_unit, None)}


def _passes(router: APIRouter, register: Register) -> None:
    @router.get("/{home_unit}/passes")
    def passes(home_unit: str, request: Request) -> dict[str, Any]:
        home_or_404(register, home_unit, who_calls(request))
        return {"passes": register.passes.of(home_unit)}

    @router.post("/{home_unit}/passes")
    def issue(home_unit: str, wanted: Pass, request: Request) -> dict[str, str]:
        operator_only(who_calls(request))
        home_or_404(register, home_unit, who_calls(request))
        return {"holder": wanted.holder, "pass": register.passes.issue(home_unit, wanted.holder, wanted.designation)}

    @router.delete("/{home_unit}/passes/{holder}")
    def end(home_unit: str, holder: str, request: Request) -> dict[str, int]:
        operator_only(who_calls(request))
        return {"ended": register.passes.end(home_unit, holder)}


def _fits(said: dict[str, str | int | None]) -> None:
    form = infrastructure()
    if unknown := form.unknown(dict.fromkeys(said, "")):
        raise HTTPException(422, f"a home has no entry {unknown[0]}")
    if wrong := [name for name in said if said[name] is not None and isinstance(said[name], int) != (name in _COUNTS)]:
        raise HTTPException(422, f"the entry {wrong[0]} takes a {'number' if wrong[0] in _COUNTS else 'text'}")
    if wrong := form.not_offered({name: str(value) for name, value in said.items() if value is not None}):
        raise HTTPException(422, f"the entry {wrong[0]} takes one of: {', '.join(form.choices[wrong[0]])}")


def _how_full(register: Register, row: Row) -> dict[str, int | None]:
    living = register.living_in(row["home_unit"])
    return {"living_here": living, "places_free": None if row["capacity"] is None else row["capacity"] - living}
