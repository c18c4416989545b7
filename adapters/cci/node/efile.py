"""Reading and writing one section of an eFile: for a purpose, on the record, in versions."""

from typing import Annotated, Any

from fastapi import APIRouter, Header, HTTPException, Request, Response
from pydantic import Field, StringConstraints

from adapters.cci.node.asking import Message, Why, Word, resident_or_404, revision_of, signed, who_calls
from adapters.cci.node.forms import PURPOSES, Entry, Form, forms
from adapters.cci.node.passes import Who
from adapters.cci.node.register import Overtaken, Register
from adapters.lookalike.rows import Row

#: The category of children in conflict with law, sent by the Juvenile Justice Board.
_IN_CONFLICT = "CCL"
_OVERTAKEN = "somebody else wrote this section meanwhile: read it again, then write"


class Writing(Message):
    """A whole section as it shall be from now on."""

    content: dict[str, Entry]
    written_by: Word | None = None


class Changing(Why):
    """Some entries of a section anew, for a purpose; null takes an entry away. The same ``write_no`` counts once."""

    write_no: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{8,64}$")]
    seen_revision: Annotated[int, Field(ge=0)] = 0
    changes: Annotated[dict[str, Entry | None], Field(min_length=1, max_length=500)]


def routes(register: Register) -> APIRouter:
    """The eFile's routes over one register."""
    router = APIRouter(prefix="/api/residents/{admission_no:path}/efile/{section}")
    _reading(router, register)
    _writing(router, register)
    return router


def _reading(router: APIRouter, register: Register) -> None:
    @router.post("/read", response_model=None)
    def read(
        admission_no: str,
        section: str,
        reading: Why,
        request: Request,
        response: Response,
        if_none_match: Annotated[str, Header()] = "",
    ) -> dict[str, Any] | Response:
        given = _Asked(register, who_calls(request), admission_no, section, reading).read()
        tag = f'"{given["revision"]}"'
        response.headers["ETag"] = tag
        return Response(status_code=304, headers={"ETag": tag}) if if_none_match == tag else given

    @router.get("/revisions")
    def revisions(admission_no: str, section: str, request: Request) -> dict[str, Any]:
        _form(section)
        resident_or_404(register, admission_no, who_calls(request))
        return {"revisions": history(register.versions(admission_no, section))}


def _writing(router: APIRouter, register: Register) -> None:
    @router.put("")
    def write(
        admission_no: str,
        section: str,
        writing: Writing,
        request: Request,
        response: Response,
        if_match: Annotated[str, Header()] = '"0"',
    ) -> dict[str, Any]:
        _fits(_form(section), writing.content)
        who = who_calls(request)
        resident_or_404(register, admission_no, who)
        by, seen = signed(who, writing.written_by), revision_of(if_match)
        try:
            row = register.write(admission_no, section, writing.content, seen, by)
        except Overtaken:
            raise HTTPException(412, _OVERTAKEN) from None
        response.headers["ETag"] = f'"{row["revision"]}"'
        return _written(row)

    @router.post("/write")
    def change(admission_no: str, section: str, changing: Changing, request: Request) -> dict[str, Any]:
        return _Asked(register, who_calls(request), admission_no, section, changing).write(changing)


class _Asked:
    """One reading or writing of one section: done or denied, and noted either way."""

    def __init__(self, register: Register, who: Who, admission_no: str, section: str, why: Why) -> None:
        self._register, self._who, self._admission_no = register, who, admission_no
        self._section, self._why, self._form = section, why, _form(section)

    def read(self) -> dict[str, Any]:
        child, newest = self._child(), self._register.section(self._admission_no, self._section)
        pictures = self._pictures()
        if newest is None and not pictures and not self._may_begin(child):
            self._note("nothing kept")
            raise HTTPException(404, "nothing is written in this section yet")
        row = newest or self._empty(child)
        shown, kept_back = self._form.shown(row["content"], self._why.purpose, _in_conflict(child))
        self._note("given" if shown or newest is None else "withheld", row["revision"])
        fill = self._form.to_fill(row["content"], self._why.purpose, _in_conflict(child))
        return _told(self._form, row, shown, kept_back) | {"form": fill, "photographs": pictures}

    def write(self, changing: Changing) -> dict[str, Any]:
        child, form = self._child(), self._form
        _fits(form, changing.changes)
        conflict = _in_conflict(child)
        if kept_back := [name for name in changing.changes if not form.open_to(name, changing.purpose, conflict)]:
            self._note("denied: entry")
            raise HTTPException(403, f"for this purpose the entry {kept_back[0]} cannot be written")
        known = self._register.written(changing.write_no)
        if known is None:
            known, already = self._added(changing), False
        else:
            already = True
        self._note("written before" if already else "written", known["revision"])
        return _written(known) | {"already_written": already}

    def _added(self, changing: Changing) -> Row:
        newest = self._register.section(self._admission_no, self._section)
        content = {**(newest["content"] if newest else {}), **changing.changes}
        why = changing.model_dump(include={"write_no", "purpose", "case_ref", "office"})
        kept = {name: said for name, said in content.items() if said is not None}
        by = self._who.holder or changing.officer_id
        try:
            return self._register.write(self._admission_no, self._section, kept, changing.seen_revision, by, why)
        except Overtaken:
            if (known := self._register.written(changing.write_no)) is not None:
                return known  # the same writing came at the same moment
            self._note("overtaken", newest["revision"] if newest else 0)
            raise HTTPException(412, _OVERTAKEN) from None

    def _child(self) -> Row:
        if self._why.purpose not in PURPOSES:
            self._note("denied: purpose")
            raise HTTPException(403, f"purpose must be one of: {', '.join(sorted(PURPOSES))}")
        return resident_or_404(self._register, self._admission_no, self._who)

    def _may_begin(self, child: Row) -> bool:
        """Whether somebody who cares for the child may write the first words of this section."""
        return self._why.purpose == "CARE" and bool(self._form.to_fill({}, "CARE", _in_conflict(child)))

    def _empty(self, child: Row) -> Row:
        about = {"admission_no": self._admission_no, "section": self._section}
        return {**about, "revision": 0, "content": {}, "written_by": None, "written_at": child["last_modified"]}

    def _pictures(self) -> list[dict[str, Any]]:
        if self._section != "photographs" or self._why.purpose not in self._form.only_for:
            return []
        return self._register.photographs.shown(self._admission_no)

    def _note(self, outcome: str, revision: int | None = None) -> None:
        why = self._why.model_dump(include={"purpose", "case_ref", "officer_id", "designation", "office"})
        line = why | {"admission_no": self._admission_no, "section": self._section}
        self._register.log(line | {"outcome": outcome, "revision": revision})


def _told(form: Form, row: Row, shown: list[str], kept_back: list[str]) -> dict[str, Any]:
    older = form.older(row["content"])
    return {
        **{name: row[name] for name in ("admission_no", "section", "revision", "written_by", "written_at")},
        "title": form.title,
        "entries": {form.label(entry): row["content"][entry] for entry in shown}
        | ({f"Older ({form.sheets.title})": f"{older} more at the home"} if form.sheets and older else {}),
        "kept_back": [form.label(entry) for entry in kept_back],
    }


def history(versions: list[Row]) -> list[dict[str, Any]]:
    """Each version's number, writer, moment, and which entries it changed, the newest first."""
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


def _written(row: Row) -> dict[str, Any]:
    return {name: row[name] for name in ("admission_no", "section", "revision", "written_by", "written_at")}


def _fits(form: Form, content: dict[str, str] | dict[str, str | None]) -> None:
    said = {name: words or "" for name, words in content.items()}
    if unknown := form.unknown(said):
        raise HTTPException(422, f"this section has no entry {unknown[0]}")
    if wrong := form.not_offered(said):
        raise HTTPException(422, f"the entry {wrong[0]} takes one of: {', '.join(form.choices[wrong[0]])}")


def _form(section: str) -> Form:
    if section not in forms():
        raise HTTPException(404, f"the eFile has these sections: {', '.join(forms())}")
    return forms()[section]


def _in_conflict(child: Row) -> bool:
    return bool(child["category"] == _IN_CONFLICT)
