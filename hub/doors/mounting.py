"""Putting the doors into a web application: ``/soap``, ``/soap12`` and ``/api/v1``, each behind its guard."""

from collections.abc import Callable

from fastapi import FastAPI
from lxml import etree
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route

from hub.doors import rest, soap
from hub.doors.calls import Desk
from hub.doors.faults import shown
from hub.doors.front import Front
from hub.doors.guard import App, Guard, Limits, Receive, Scope, Send
from hub.doors.wsdl import wsdl

PATHS = {soap.SOAP11: "/soap", soap.SOAP12: "/soap12"}


def mount(app: FastAPI, desk: Desk, limits: Limits | None = None) -> None:
    """Add both doors to ``app``; ``desk`` answers behind them."""
    limits = limits or Limits()
    front = Front(desk, limits)
    for version, path in PATHS.items():
        app.router.routes.append(Route(path, _SoapDoor(version, front, limits)))
    guarded = Guard(rest.application(front), rest.MEDIA_TYPE, rest.refused, limits)
    app.router.routes.append(Mount(rest.PREFIX, guarded))


def soap_refusal(version: str) -> Callable[[Exception], Response]:
    """How a SOAP version shows an error that is met before spyne is asked."""

    def refuse(error: Exception) -> Response:
        found = shown(error)
        body = etree.tostring(soap.fault_envelope(found, version), xml_declaration=True, encoding="UTF-8")
        return Response(body, soap.status(found, version), found.headers, soap.MEDIA_TYPES[version])

    return refuse


class _SoapDoor:
    """ASGI: the description at ``?wsdl``, else the calls."""

    def __init__(self, version: str, front: Front, limits: Limits) -> None:
        self.version = version
        self.calls: App = Guard(soap.asgi(version, front), soap.MEDIA_TYPES[version], soap_refusal(version), limits)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] in ("GET", "HEAD") and scope["query_string"].lower() == b"wsdl":
            await self._described(Request(scope))(scope, receive, send)
        else:
            await self.calls(scope, receive, send)

    def _described(self, request: Request) -> Response:
        address = str(request.url.replace(query="", fragment=""))
        return Response(wsdl(self.version, address), media_type="text/xml", headers={"Cache-Control": "no-store"})
