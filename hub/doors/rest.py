"""The REST door: JSON under ``/api/v1``, generated from the table of calls."""

from typing import Any

import pydantic_core
from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from contracts import Refused
from hub.doors import streaming
from hub.doors.calls import CALLS, Call
from hub.doors.faults import shown
from hub.doors.front import Front
from hub.doors.keys import bearer, same_caller
from hub.doors.openapi import document
from hub.doors.signed_rest import SignedRequest, signed_by

MEDIA_TYPE = "application/json"
PREFIX = "/api/v1"
_ABOUT_ADDRESS = {404: ("unknown_path", "No call has this address."), 405: ("wrong_method", "Not by this method.")}


def refused(error: Exception) -> Response:
    """An error as RFC 9457 problem details; the members are those of the contract's ``Fault``."""
    found = shown(error)
    body = found.fault.model_dump_json(exclude_none=True)
    return Response(body, found.http, found.headers, "application/problem+json")


def application(front: Front) -> FastAPI:
    """The REST door by itself."""
    app = FastAPI(title="TrackChild hub", docs_url=None, redoc_url=None, openapi_url="/openapi.json")
    app.openapi = document  # type: ignore[method-assign]
    for call in CALLS:
        app.add_api_route(call.path, _endpoint(call, front), methods=[call.method], name=call.name)
    app.add_exception_handler(HTTPException, _about_address)
    return app


def _about_address(request: Request, error: Exception) -> Response:
    code, message = _ABOUT_ADDRESS.get(getattr(error, "status_code", 404), _ABOUT_ADDRESS[404])
    return refused(Refused(code, f"{message} See {PREFIX}/openapi.json for the calls."))


def _endpoint(call: Call, front: Front) -> Any:
    def endpoint(request: Request) -> Response:
        try:
            signed = signed_by(request, front)
        except Exception as error:
            return refused(error)
        response = _answer(call, front, request, signed)
        return response if signed is None else signed.answered(response, front)

    return endpoint


def _answer(call: Call, front: Front, request: Request, signed: SignedRequest | None) -> Response:
    """The call's answer; a signed one comes whole, since its digest stands before it."""
    try:
        said = request.headers
        presented = front.who(request.scope, bearer(said.get("authorization")) if signed is None else "")
        who = presented if signed is None else same_caller(signed.caller, presented)
        once, trace = said.get("idempotency-key"), said.get("traceparent")
        if signed is None and call.grows is not None and streaming.MEDIA_TYPE in said.get("accept", ""):
            begun = front.begin(call, who, lambda: _values(call, request), trace)
            return streaming.EventStream(begun[0], streaming.as_json, begun[1])
        reply = front.answer(call, who, lambda: _values(call, request), once, trace)
    except Exception as error:  # every error has its one form, the unexpected too
        return refused(error)
    body = reply.model_dump_json(exclude_none=True)
    return Response(body, headers={"Cache-Control": "no-store"}, media_type=MEDIA_TYPE)


def _values(call: Call, request: Request) -> Any:
    if call.in_body:
        return _json(request.scope["body"])
    told = [*request.query_params.multi_items(), *request.path_params.items()]
    values = dict(told)
    if len(values) != len(told):
        raise Refused("wrong_parameter", "A parameter stands twice in the address. Give each once.")
    return values


def _json(body: bytes) -> Any:
    if not body.strip():
        raise Refused("empty_body", "The message is empty. Send a JSON object.")
    try:
        return pydantic_core.from_json(body, allow_inf_nan=False)
    except ValueError:  # its own words repeat the message
        raise Refused("malformed_json", "The message is not well-formed JSON, or nests too deep. Mend it.") from None
