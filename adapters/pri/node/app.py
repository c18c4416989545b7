"""The panchayat register's REST interface, in its own words."""

import hmac
from typing import Annotated, Any, Literal

from fastapi import Depends, FastAPI, Header, HTTPException, Query
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from adapters.pri.node import tasks
from adapters.pri.node.register import PURPOSES, Register, moment

Word = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]
Number = Annotated[str, StringConstraints(min_length=1, max_length=64)]


class _Message(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class Suchna(_Message):
    """A notice to the Gram Pradhan and the VCPC of the child's village."""

    suchna_no: Number
    register_no: Number
    """Of this register, or another system's number with ``sandarbh`` saying whose."""
    gram_kod: int | None = None
    niyat_tithi: str | None = None
    sandarbh: str | None = None
    vishay: Word
    sandesh: Word
    anya_sanstha: str | None = None
    anya_no: str | None = None
    bheja_gaya: str | None = None


class Prashn(_Message):
    """Who asks to read, why, and in which case."""

    uddeshya: Word
    prakaran: Word
    adhikari: Word
    pad: Word
    sanstha: str | None = None


class Khoj(_Message):
    """A search of the register: whom, and who looks, why and in which case."""

    naam: Annotated[str, StringConstraints(max_length=200, strip_whitespace=True)] = ""
    ling: Literal["balak", "balika", "anya"] | None = None
    seema: Annotated[int, Field(ge=1, le=200)] = 50
    uddeshya: Word
    prakaran: Word
    adhikari: Word
    pad: Word
    sanstha: str | None = None


def application(register: Register, key: str | None) -> FastAPI:
    """The register's web application; ``key`` is the token of the ``X-Api-Token`` header, none lets all call."""

    def admit(x_api_token: Annotated[str, Header()] = "") -> None:
        if key is not None and not hmac.compare_digest(x_api_token.encode(), key.encode()):
            raise HTTPException(401, "X-Api-Token galat hai: send the token that the block office gave you")

    app = FastAPI(title="Bal Suraksha Panji", dependencies=[Depends(admit)], docs_url=None, redoc_url=None)
    app.add_exception_handler(RequestValidationError, _not_as_expected)
    _search(app, register)
    _lists(app, register)
    _notices(app, register)
    _verification(app, register)
    app.include_router(tasks.routes(register.tasks))
    return app


def _lists(app: FastAPI, register: Register) -> None:
    @app.get("/seva")
    def service() -> dict[str, str]:
        return {"seva": "Bal Suraksha Panji", "sanskaran": "1.4", "samay": moment()}

    @app.get("/panji")
    def children(
        badla_se: str | None = None, agla: str | None = None, seema: Annotated[int, Query(ge=1, le=500)] = 100
    ) -> dict[str, Any]:
        try:
            page, mark = register.changed(badla_se, agla, seema)
        except ValueError:
            raise HTTPException(422, "agla is not a mark that this register gave; begin again without it") from None
        return {"panji": page, "agla": mark}

    @app.get("/panji/{register_no:path}")
    def child(register_no: str) -> dict[str, Any]:
        return _child(register, register_no)


def _search(app: FastAPI, register: Register) -> None:
    @app.post("/panji-khoj")
    def search(khoj: Khoj) -> dict[str, Any]:
        line = khoj.model_dump(include={"uddeshya", "prakaran", "adhikari", "pad", "sanstha"})
        if khoj.uddeshya not in PURPOSES:
            register.log(line | {"natija": "uddeshya_galat"})
            raise HTTPException(403, f"uddeshya must be one of: {', '.join(sorted(PURPOSES))}")
        found = register.search(khoj.naam, khoj.ling, khoj.seema)
        register.log(line | {"natija": f"khoj: {len(found)}"})
        return {"panji": found}


def _notices(app: FastAPI, register: Register) -> None:
    @app.post("/suchna-peti")
    def take(suchna: Suchna) -> dict[str, Any]:
        child = register.child(suchna.register_no)
        if child is None and not suchna.sandarbh:
            _child(register, suchna.register_no)
        said = suchna.model_dump(exclude={"gram_kod"})
        own = (
            {"sandarbh": None}
            if child
            else {"register_no": None, "sandarbh": f"{suchna.sandarbh}: {suchna.register_no}"}
        )
        number, known = register.take_notice(said | own, child["gram_kod"] if child else suchna.gram_kod)
        return {"kram": f"SP-{number:06d}", "pehle_se": known}


def _verification(app: FastAPI, register: Register) -> None:
    @app.post("/panji/{register_no:path}/ghar-satyapan")
    def read(register_no: str, prashn: Prashn) -> dict[str, Any]:
        line = prashn.model_dump() | {"register_no": register_no}
        if prashn.uddeshya not in PURPOSES:
            register.log(line | {"natija": "uddeshya_galat"})
            raise HTTPException(403, f"uddeshya must be one of: {', '.join(sorted(PURPOSES))}")
        shown = register.verification(register_no, prashn.uddeshya)
        register.log(line | {"natija": "diya" if shown else "nahi_mila"})
        if shown is None:
            raise HTTPException(404, "ghar satyapan nahi mila: no home verification is kept under this register_no")
        return {"satyapan": shown[0], "gupt": shown[1]}


def _child(register: Register, number: str) -> dict[str, Any]:
    row = register.child(number)
    if row is None:
        raise HTTPException(404, "panji me nahi mila: no child is kept under this register_no")
    return row


def _not_as_expected(_request: Any, error: Exception) -> JSONResponse:
    # Field and rule only: what was sent may be about a child.
    assert isinstance(error, RequestValidationError)
    wrong = [{"naam": ".".join(str(part) for part in item["loc"]), "niyam": item["type"]} for item in error.errors()]
    return JSONResponse({"detail": "galat sandesh: the request is not as expected", "galti": wrong}, status_code=422)
