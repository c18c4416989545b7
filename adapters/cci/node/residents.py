"""Residents: listed, searched, admitted and changed with their history kept, and their photographs."""

from typing import Annotated, Any

from fastapi import APIRouter, Header, HTTPException, Query, Request, Response
from pydantic import Field, StringConstraints

from adapters.cci.node import tables
from adapters.cci.node.asking import Message, Word, home_or_404, resident_or_404, revision_of, signed, who_calls
from adapters.cci.node.photographs import NoImage
from adapters.cci.node.register import OF_ITS_OWN, Overtaken, Register

_TAKEN = frozenset(tables.resident.c.keys()) - OF_ITS_OWN
Said = dict[str, Annotated[str, StringConstraints(max_length=2000, strip_whitespace=True)] | None]


class Wanted(Message):
    """A search among the residents."""

    name: Annotated[str, StringConstraints(max_length=200, strip_whitespace=True)] = ""
    sex: str | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    purpose: Word | None = None
    case_ref: Word | None = None
    officer_id: Word | None = None
    designation: Word | None = None
    office: str | None = None


class Admission(Message):
    """A new resident: what the register shall say of the child. Staff admit into their own home."""

    home_unit: Word | None = None
    admission_no: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}$")] | None = None
    said: Annotated[Said, Field(min_length=1)]
    written_by: Word | None = None


class Changed(Message):
    """What the register shall say of a resident from now on."""

    said: Annotated[Said, Field(min_length=1)]
    written_by: Word | None = None


class Picture(Message):
    """A photograph, base64."""

    image: str
    taken_on: Word | None = None
    shows: Word | None = None
    written_by: Word | None = None


def routes(register: Register) -> APIRouter:
    """The residents' routes. An admission number may hold slashes: those that end in a word come first."""
    router = APIRouter(prefix="/api/residents")
    _listed(router, register)
    _photographs(router, register)
    _changed(router, register)
    _one(router, register)
    return router


def _listed(router: APIRouter, register: Register) -> None:
    @router.get("")
    def residents(
        request: Request,
        modified_since: str | None = None,
        page: str | None = None,
        limit: Annotated[int, Query(ge=1, le=500)] = 100,
    ) -> dict[str, Any]:
        try:
            rows, following = register.residents(modified_since, page, limit, who_calls(request).home)
        except ValueError:
            raise HTTPException(422, "page is not one that was given out; begin again without it") from None
        return {"residents": rows, "next_page": following}

    @router.post("/search")
    def search(wanted: Wanted, request: Request) -> dict[str, Any]:
        found = register.search(wanted.name, wanted.sex, wanted.limit, who_calls(request).home)
        who = wanted.model_dump(include={"purpose", "case_ref", "officer_id", "designation", "office"})
        register.log(who | {"section": "search", "outcome": f"{len(found)} found"})
        return {"residents": found}

    @router.post("")
    def admit(admission: Admission, request: Request) -> dict[str, Any]:
        who = who_calls(request)
        home_unit = admission.home_unit or who.home
        if home_unit is None:
            raise HTTPException(422, "home_unit is missing")
        home_or_404(register, home_unit, who)
        said = _known(admission.said) | ({"admission_no": admission.admission_no} if admission.admission_no else {})
        try:
            return {"admission_no": register.admit(home_unit, said, signed(who, admission.written_by)), "revision": 1}
        except Overtaken:
            raise HTTPException(409, "this admission number is given already: choose another") from None


def _photographs(router: APIRouter, register: Register) -> None:
    @router.get("/{admission_no:path}/photographs")
    def listed(admission_no: str, request: Request) -> dict[str, Any]:
        resident_or_404(register, admission_no, who_calls(request))
        return {"photographs": register.photographs.of(admission_no)}

    @router.post("/{admission_no:path}/photographs")
    def keep(admission_no: str, picture: Picture, request: Request) -> dict[str, Any]:
        who = who_calls(request)
        resident_or_404(register, admission_no, who)
        about = {"taken_on": picture.taken_on, "shows": picture.shows, "kept_by": signed(who, picture.written_by)}
        try:
            serial, known = register.photographs.keep(admission_no, picture.image, about)
        except NoImage as error:
            raise HTTPException(422, str(error)) from None
        return {"serial": serial, "already_kept": known}

    @router.get("/{admission_no:path}/photographs/{serial}")
    def one(admission_no: str, serial: int, request: Request) -> Response:
        resident_or_404(register, admission_no, who_calls(request))
        row = register.photographs.one(serial)
        if row is None or row["admission_no"] != admission_no:
            raise HTTPException(404, "no photograph of this resident has this serial")
        return Response(row["image"], media_type=row["media_type"], headers={"Cache-Control": "no-store"})


def _changed(router: APIRouter, register: Register) -> None:
    @router.get("/{admission_no:path}/changes")
    def changes(admission_no: str, request: Request) -> dict[str, Any]:
        row = resident_or_404(register, admission_no, who_calls(request))
        return {"changes": register.changes(row["home_unit"], admission_no)}

    @router.get("/{admission_no:path}/accesses")
    def accesses(admission_no: str, request: Request) -> dict[str, Any]:
        resident_or_404(register, admission_no, who_calls(request))
        return {"accesses": register.accesses(admission_no)}

    @router.patch("/{admission_no:path}")
    def change(
        admission_no: str, changed: Changed, request: Request, if_match: Annotated[str, Header()] = ""
    ) -> dict[str, Any]:
        who = who_calls(request)
        row, seen = resident_or_404(register, admission_no, who), revision_of(if_match)
        try:
            new = register.change_resident(row, _known(changed.said), seen, signed(who, changed.written_by))
        except Overtaken:
            raise HTTPException(412, "somebody else changed this resident meanwhile: read it again") from None
        return {"admission_no": admission_no, "revision": new}


def _one(router: APIRouter, register: Register) -> None:
    @router.get("/{admission_no:path}", response_model=None)
    def resident(
        admission_no: str, request: Request, response: Response, if_none_match: Annotated[str, Header()] = ""
    ) -> dict[str, Any] | Response:
        row = resident_or_404(register, admission_no, who_calls(request))
        tag = f'"{row["revision"]}"'
        if if_none_match == tag:
            return Response(status_code=304, headers={"ETag": tag})
        response.headers["ETag"] = tag
        return row


def _known(said: Said) -> Said:
    if unknown := sorted(said.keys() - _TAKEN):
        raise HTTPException(422, f"the register has no entry {unknown[0]}")
    return dict(said)
