"""The REST interface of the homes' software, in its own words."""

import hmac
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Header, HTTPException, Query, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, StringConstraints

from adapters.cci.node import efile
from adapters.cci.node.register import Register, moment

Word = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]


class _Message(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class Notice(_Message):
    """A notice to the home about one of its residents."""

    notice_no: Word
    admission_no: Word
    subject: Word
    message: Word
    other_agency: str | None = None
    other_ref: str | None = None
    sent_at: str | None = None


class Wanted(_Message):
    """A search among the residents of all homes."""

    name: Annotated[str, StringConstraints(max_length=200, strip_whitespace=True)] = ""
    sex: str | None = None
    limit: Annotated[int, Query(ge=1, le=200)] = 50
    purpose: Word | None = None
    case_ref: Word | None = None
    officer_id: Word | None = None
    designation: Word | None = None
    office: str | None = None


def application(register: Register, key: str | None) -> FastAPI:
    """The software's web application; ``key`` is the bearer token, none lets all call."""

    def admit(authorization: Annotated[str, Header()] = "") -> None:
        if key is not None and not hmac.compare_digest(authorization.encode(), f"Bearer {key}".encode()):
            raise HTTPException(401, "the bearer token is not known", {"WWW-Authenticate": "Bearer"})

    app = FastAPI(title="Home Management", dependencies=[Depends(admit)], docs_url=None, redoc_url=None)
    app.add_exception_handler(RequestValidationError, _not_as_expected)
    _homes(app, register)
    app.include_router(efile.routes(register))  # before the residents: an admission number may hold slashes
    _residents(app, register)
    _notices(app, register)
    return app


def _homes(app: FastAPI, register: Register) -> None:
    @app.get("/api/ping")
    def ping() -> dict[str, str]:
        return {"software": "Home Management", "release": "3.1", "time": moment()}

    @app.get("/api/homes")
    def homes() -> dict[str, Any]:
        return {"homes": register.homes()}


def _residents(app: FastAPI, register: Register) -> None:
    @app.get("/api/residents")
    def residents(
        modified_since: str | None = None, page: str | None = None, limit: Annotated[int, Query(ge=1, le=500)] = 100
    ) -> dict[str, Any]:
        try:
            rows, following = register.residents(modified_since, page, limit)
        except ValueError:
            raise HTTPException(422, "page is not one that was given out; begin again without it") from None
        return {"residents": rows, "next_page": following}

    @app.get("/api/residents/{admission_no:path}", response_model=None)
    def resident(
        admission_no: str, response: Response, if_none_match: Annotated[str, Header()] = ""
    ) -> dict[str, Any] | Response:
        row = efile.resident_or_404(register, admission_no)
        tag = f'"{row["revision"]}"'
        if if_none_match == tag:
            return Response(status_code=304, headers={"ETag": tag})
        response.headers["ETag"] = tag
        return row

    @app.post("/api/residents/search")
    def search(wanted: Wanted) -> dict[str, Any]:
        found = register.search(wanted.name, wanted.sex, wanted.limit)
        who = wanted.model_dump(include={"purpose", "case_ref", "officer_id", "designation", "office"})
        register.log(who | {"section": "search", "outcome": f"{len(found)} found"})
        return {"residents": found}


def _notices(app: FastAPI, register: Register) -> None:
    @app.post("/api/notices")
    def take(notice: Notice) -> dict[str, Any]:
        home_unit = efile.resident_or_404(register, notice.admission_no)["home_unit"]
        serial, known = register.take_notice(notice.model_dump() | {"home_unit": home_unit})
        return {"serial": f"N-{serial:06d}", "already_received": known}


def _not_as_expected(_request: Any, error: Exception) -> JSONResponse:
    # Field and rule only: what was sent may be about a child.
    assert isinstance(error, RequestValidationError)
    wrong = [{"field": ".".join(str(part) for part in item["loc"]), "rule": item["type"]} for item in error.errors()]
    return JSONResponse({"detail": "the request is not as expected", "wrong": wrong}, status_code=422)
