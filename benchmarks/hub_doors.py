"""The hub behind its two doors and nothing else, for ``benchmarks.doors``: no flood is held back."""

import sys

import structlog
from fastapi import FastAPI

from hub.app import Hub
from hub.doors import Limits, mount
from hub.logs import configure
from hub.settings import Settings
from portal.web.server import listen, run

if __name__ == "__main__":
    configure("json", "error")
    assert structlog.is_configured()
    hub = Hub.open(Settings(database=sys.argv[1], pool_size=20, match_later=True))
    app = FastAPI(openapi_url=None)
    mount(app, hub, Limits(calls_per_second=1e9, calls_at_once=1_000))
    run(app, listen("127.0.0.1", 0))
