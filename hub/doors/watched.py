"""``/health/live``, ``/health/ready`` and ``/metrics``: for whoever watches the hub, beside the doors."""

import hmac
from typing import Protocol

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from contracts import Refused
from hub.doors.keys import bearer
from hub.doors.rest import refused
from hub.settings import Settings

_HERE = ("127.0.0.1", "::1")
_KIND = "text/plain; version=0.0.4; charset=utf-8"


class Watched(Protocol):
    """What is watched."""

    @property
    def settings(self) -> Settings: ...
    def answers(self) -> bool: ...
    def metrics(self) -> bytes: ...


def watch(app: FastAPI, hub: Watched) -> None:
    """Add the three addresses to ``app``."""

    def live(_: Request) -> Response:
        return PlainTextResponse("live\n")

    def ready(_: Request) -> Response:
        return PlainTextResponse("ready\n") if hub.answers() else PlainTextResponse("not ready\n", 503)

    def metrics(request: Request) -> Response:
        try:
            _may_see(request, hub.settings)
            return Response(hub.metrics(), media_type=_KIND, headers={"Cache-Control": "no-store"})
        except Exception as error:
            return refused(error)

    for path, answer in (("/health/live", live), ("/health/ready", ready), ("/metrics", metrics)):
        app.router.routes.append(Route(path, answer))


def _may_see(request: Request, settings: Settings) -> None:
    """Figures tell who exchanges how much with whom: shown with the key, or on this machine if there is none."""
    if settings.metrics_key is None:
        if request.client is None or request.client.host not in _HERE or "x-forwarded-for" in request.headers:
            raise Refused("not_allowed", "Metrics are shown on the hub's own machine, or with TRACKCHILD_METRICS_KEY.")
        return
    said, key = bearer(request.headers.get("authorization")), settings.metrics_key.get_secret_value()
    if not hmac.compare_digest(said.encode(), key.encode()):
        raise Refused("wrong_key", "This key does not open the metrics. See TRACKCHILD_METRICS_KEY.")
