"""Reading and writing one section of an eFile: for a purpose, on the record, in versions."""

from typing import Annotated, Any

from fastapi import APIRouter, Header, HTTPException, Response
from pydantic import BaseModel, ConfigDict, StringConstraints

from adapters.cci.node.forms import PURPOSES, Entry, Form, forms
from adapters.cci.node.register import Overtaken, Register
from adapters.lookalike.rows import Row

Word = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]
#: The category of children in conflict with law, sent by the Juvenile Justice Board.
_IN_CONFLICT = "CCL"


class _Message(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class Reading(_Message):
    """Who reads, why, and for which case."""

    purpose: Word
    case_ref: Word
    officer_id: Word
    designation: Word
    office: str | None = None


class Writing(_Message):
    """A whole section as it shall be from now on."""

    content: dict[str, Entry]
    written_by: Word


def routes(register: Register) -> APIRouter:
    """The eFile's routes over one register."""
    router = APIRouter(prefix="/api/residents/{admission_no:path}/efile/{section}")

    @router.post("/read", response_model=None)
    def read(
        admission_no: str,
        section: str,
        reading: Reading,
        response: Response,
        if_none_match: Annotated[str, Header()] = "",
    ) -> dict[str, Any] | Response:
        given = _Read(register, admission_no, section, reading).answer()
        tag = f'"{given["revision"]}"'
        response.headers["ETag"] = tag
        return Response(status_code=304, headers={"ETag": tag}) if if_none_match == tag else given

    @router.get("/revisions")
    def revisions(admission_no: str, section: str) -> dict[str, Any]:
        _form(section)
        resident_or_404(register, admission_no)
        return {"revisions": _history(register.versions(admission_no, section))}

    @router.put("")
    def write(
        admission_no: str,
        section: str,
        writing: Writing,
        response: Response,
        if_match: Annotated[str, Header()] = '"0"',
    ) -> dict[str, Any]:
        if unknown := _form(section).unknown(writing.content):
            raise HTTPException(422, f"this section has no entry {unknown[0]}")
        resident_or_404(register, admission_no)
        row = _written(register, admission_no, section, writing, _revision(if_match))
        response.headers["ETag"] = f'"{row["revision"]}"'
        return {name: row[name] for name in ("admission_no", "section", "revision", "written_by", "written_at")}

    return router


class _Read:
    """One reading of one section: answered or denied, and noted either way."""

    def __init__(self, register: Register, admission_no: str, section: str, reading: Reading) -> None:
        self._register, self._admission_no, self._section = register, admission_no, section
        self._reading = reading

    def answer(self) -> dict[str, Any]:
        form = _form(self._section)
        if self._reading.purpose not in PURPOSES:
            self._note("denied: purpose")
            raise HTTPException(403, f"purpose must be one of: {', '.join(sorted(PURPOSES))}")
        child = resident_or_404(self._register, self._admission_no)
        newest = self._register.section(self._admission_no, self._section)
        if newest is None:
            self._note("nothing kept")
            raise HTTPException(404, "nothing is written in this section yet")
        shown, kept_back = form.shown(newest["content"], self._reading.purpose, child["category"] == _IN_CONFLICT)
        self._note("given" if shown else "withheld", newest["revision"])
        return _section(form, newest, shown, kept_back)

    def _note(self, outcome: str, revision: int | None = None) -> None:
        line = self._reading.model_dump() | {"admission_no": self._admission_no, "section": self._section}
        self._register.log(line | {"outcome": outcome, "revision": revision})


def _section(form: Form, newest: Row, shown: list[str], kept_back: list[str]) -> dict[str, Any]:
    return {
        "admission_no": newest["admission_no"],
        "section": newest["section"],
        "title": form.title,
        "revision": newest["revision"],
        "written_by": newest["written_by"],
        "written_at": newest["written_at"],
        "entries": {form.entries[entry]: newest["content"][entry] for entry in shown},
        "kept_back": [form.entries[entry] for entry in kept_back],
    }


def _history(versions: list[Row]) -> list[dict[str, Any]]:
    before = [row["content"] for row in versions[1:]] + [{}]
    return [
        {name: row[name] for name in ("revision", "written_by", "written_at")}
        | {
            "changed": sorted(
                key for key in row["content"].keys() | old.keys() if row["content"].get(key) != old.get(key)
            )
        }
        for row, old in zip(versions, before, strict=True)
    ]


def _written(register: Register, admission_no: str, section: str, writing: Writing, seen: int) -> Row:
    try:
        return register.write(admission_no, section, writing.content, seen, writing.written_by)
    except Overtaken:
        raise HTTPException(412, "somebody else wrote this section meanwhile: read it again, then write") from None


def _revision(tag: str) -> int:
    if not tag.strip('"').isdecimal():
        raise HTTPException(422, "If-Match must be the ETag that was given with the section")
    return int(tag.strip('"'))


def _form(section: str) -> Form:
    if section not in forms():
        raise HTTPException(404, f"the eFile has these sections: {', '.join(forms())}")
    return forms()[section]


def resident_or_404(register: Register, admission_no: str) -> Row:
    """The resident with this admission number."""
    row = register.resident(admission_no)
    if row is None:
        raise HTTPException(404, "no resident has this admission number")
    return row
