"""What every route of the homes' software asks first: who calls, and whether the child or home is theirs to see."""

from typing import Annotated, Any

from fastapi import HTTPException, Request
from pydantic import BaseModel, ConfigDict, StringConstraints

from adapters.cci.node.passes import Who
from adapters.cci.node.register import Register
from adapters.lookalike.rows import Row

Word = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]


class Message(BaseModel):
    """Base of what is sent here: nothing that is not known, and errors that repeat nothing."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class Why(Message):
    """Who reads or writes, why, and for which case."""

    purpose: Word
    case_ref: Word
    officer_id: Word
    designation: Word
    office: str | None = None


def who_calls(request: Request) -> Who:
    """Who calls, as :func:`admit` found."""
    who: Who = request.state.who
    return who


def admit(register: Register) -> Any:
    """A dependency that lets in who has the key or a pass, and nobody else (401)."""

    def admitted(request: Request) -> None:
        scheme, _, word = request.headers.get("authorization", "").partition(" ")
        who = register.passes.who(word if scheme == "Bearer" else "")
        if who is None:
            raise HTTPException(401, "the bearer token is not known", {"WWW-Authenticate": "Bearer"})
        request.state.who = who

    return admitted


def resident_or_404(register: Register, admission_no: str, who: Who | None = None) -> Row:
    """The resident with this admission number; one of another home is not there."""
    row = register.resident(admission_no)
    if row is None or not (who or Who()).may_see(row["home_unit"]):
        raise HTTPException(404, "no resident has this admission number")
    return row


def home_or_404(register: Register, home_unit: str, who: Who) -> Row:
    """The home; another's is not there."""
    row = register.home(home_unit)
    if row is None or not who.may_see(home_unit):
        raise HTTPException(404, "no home has this unit code")
    return row


def operator_only(who: Who) -> None:
    """Raise 403 for a member of staff."""
    if who.home is not None:
        raise HTTPException(403, "only whoever runs the software for all homes may do this")


def signed(who: Who, said: str | None) -> str:
    """Who writes: of staff the holder of the pass, whatever was said; else whoever the caller names (422)."""
    name = who.holder or said
    if not name:
        raise HTTPException(422, "written_by is missing: who writes must be named")
    return name


def revision_of(tag: str) -> int:
    """The revision that an ETag names."""
    if not tag.strip('"').isdecimal():
        raise HTTPException(422, "If-Match must be the ETag that was given with the section")
    return int(tag.strip('"'))
