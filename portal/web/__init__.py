"""The web pages: ``app(hub)`` joins them with the hub's doors. They ask the hub only and hold no SQL."""

from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import Route

from hub import doors
from hub.app import Hub
from hub.settings import Settings
from portal.web import assets, errors
from portal.web.choosing import Languages
from portal.web.guard import SafeHeaders
from portal.web.pages import routers
from portal.web.places import Places
from portal.web.visits import Visits


def app(hub: Hub) -> FastAPI:
    """Everything that is served on one port: the doors under their own paths, the pages under all others."""
    whole = FastAPI(title="TrackChild hub", openapi_url=None, docs_url=None, redoc_url=None)
    doors.mount(whole, hub, _limits(hub.settings))
    doors.watch(whole, hub)
    whole.mount("/", pages(hub))
    return whole


def _limits(settings: Settings) -> doors.Limits:
    return doors.Limits(
        body_bytes=settings.body_limit_bytes,
        calls_per_second=settings.door_calls_per_second,
        calls_at_once=settings.door_calls_at_once,
        proxy_secret=settings.proxy_secret.get_secret_value() if settings.proxy_secret else None,
    )


def pages(hub: Hub) -> FastAPI:
    """The pages alone, as an application of their own with their own errors and headers."""
    made = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    made.state.hub, made.state.places = hub, Places(hub)
    public = Visits(hub.settings.public_visits_per_minute)
    made.state.visits = {
        ("GET", "public"): public,
        ("HEAD", "public"): public,
        ("GET", "counts"): public,
        ("GET", "counts.csv"): public,
        ("GET", "counts.xlsx"): public,
        ("POST", "citizens"): Visits(hub.settings.citizens_reports_per_minute),
        ("POST", "sign-in"): Visits(hub.settings.sign_in_tries_per_minute),
    }
    made.router.routes.append(Route("/static/{name}", assets.serve))
    for router in routers:
        made.include_router(router)
    errors.install(made)
    made.add_middleware(GZipMiddleware, minimum_size=600, compresslevel=6)
    made.add_middleware(SafeHeaders)
    made.add_middleware(Languages)
    return made
