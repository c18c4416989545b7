"""Which language a request is answered in: the one its address names, else the chosen one, else the browser's."""

from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from portal.web.catalogues import BY_CODE, DESKS, ENGLISH, LANGUAGES, Language
from portal.web.language import current

CHOSEN = "tc_lang"
"""Cookie with the code of the language that was chosen."""
#: Pages that every language speaks; the others are in those of the desks.
_OF_CITIZENS = ("/public/", "/citizens")


class Languages:
    """Middleware that sets the language of each request; the desks' pages are in those that say everything."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        language = language_of(scope)
        current.set(language)

        async def with_language(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("Content-Language", language.tag)
                headers.add_vary_header("Accept-Language")
            await send(message)

        await self._app(scope, receive, with_language)


def language_of(scope: Scope) -> Language:
    """The language for one request."""
    headers = Headers(scope=scope)
    cookies = _cookies(headers.get("cookie", ""))
    asked = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("lang", [""])[-1]
    for code in (asked, cookies.get(CHOSEN, "")):
        if code in BY_CODE:
            return _speaking(BY_CODE[code], scope["path"])
    return _speaking(_of_browser(headers.get("accept-language", "")), scope["path"])


def _speaking(language: Language, path: str) -> Language:
    return language if language in spoken(path) else ENGLISH


def spoken(path: str) -> tuple[Language, ...]:
    """The languages that the page at ``path`` is written in."""
    return LANGUAGES if path.startswith(_OF_CITIZENS) else DESKS


def offered(path: str, here: str, signed_in: bool) -> list[tuple[Language, str]]:
    """Each language to choose on a page, with the address to go on to: ``here``, or the citizens' pages.

    Whoever works at a desk is offered what that desk speaks.
    """
    speaks = spoken(path)
    return [(one, here if one in speaks else "/citizens") for one in (speaks if signed_in else LANGUAGES)]


def _of_browser(accepted: str) -> Language:
    """The first of ``Accept-Language`` that we speak, by its weights.

    >>> _of_browser("fr, ta;q=0.8, hi;q=0.9").code, _of_browser("*").code
    ('hi', 'en')
    """
    weighed = sorted((_weighed(part) for part in accepted[:500].split(",")), key=lambda one: -one[0])
    return next((BY_CODE[code] for weight, code in weighed if weight > 0 and code in BY_CODE), ENGLISH)


def _weighed(part: str) -> tuple[float, str]:
    tag, _semicolon, weight = part.strip().partition(";q=")
    try:
        return float(weight or 1), tag.partition("-")[0].lower()
    except ValueError:
        return 0.0, ""


def _cookies(header: str) -> dict[str, str]:
    try:
        return {name: morsel.value for name, morsel in SimpleCookie(header).items()}
    except CookieError:
        return {}
