"""The REST interface of the homes' software, in its own words."""

from typing import Any

from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

from adapters.cci.node import efile, homes, residents
from adapters.cci.node.asking import Message, Word, admit, operator_only, resident_or_404, who_calls
from adapters.cci.node.register import Register
from adapters.cci.node.telling_time import moment


class Notice(Message):
    """A notice to the home about one of its residents."""

    notice_no: Word
    admission_no: Word
    subject: Word
    message: Word
    other_agency: str | None = None
    other_ref: str | None = None
    sent_at: str | None = None


def application(register: Register) -> FastAPI:
    """The software's web application over one register."""
    app = FastAPI(title="Home Management", docs_url=None, redoc_url=None)
    app.add_exception_handler(RequestValidationError, _not_as_expected)
    admitted = [Depends(admit(register))]
    app.include_router(homes.routes(register), dependencies=admitted)
    app.include_router(efile.routes(register), dependencies=admitted)  # before the residents: numbers hold slashes
    app.include_router(residents.routes(register), dependencies=admitted)
    _notices(app, register, admitted)
    return app


def _notices(app: FastAPI, register: Register, admitted: list[Any]) -> None:
    @app.get("/api/ping", dependencies=admitted)
    def ping() -> dict[str, str]:
        return {"software": "Home Management", "release": "4.0", "time": moment()}

    @app.get("/api/notices", dependencies=admitted)
    def notices(request: Request) -> dict[str, Any]:
        return {"notices": register.notices(who_calls(request).home)}

    @app.post("/api/notices", dependencies=admitted)
    def take(notice: Notice, request: Request) -> dict[str, Any]:
        operator_only(who_calls(request))
        home_unit = resident_or_404(register, notice.admission_no)["home_unit"]
        serial, known = register.take_notice(notice.model_dump() | {"home_unit": home_unit})
        return {"serial": f"N-{serial:06d}", "already_received": known}


def _not_as_expected(_request: Any, error: Exception) -> JSONResponse:
    # Field and rule only: what was sent may be about a child.
    assert isinstance(error, RequestValidationError)
    wrong = [{"field": ".".join(str(part) for part in item["loc"]), "rule": item["type"]} for item in error.errors()]
    return JSONResponse({"detail": "the request is not as expected", "wrong": wrong}, status_code=422)
