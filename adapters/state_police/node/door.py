"""The way into the service: refuses what no XML reader should open, and answers every failure with a SOAP fault."""

import io
import logging
from collections.abc import Iterable
from xml.sax.saxutils import escape

from a2wsgi.wsgi_typing import Environ, StartResponse

from adapters.state_police.node.register import Register
from adapters.state_police.node.service import application

_LARGEST = 1024 * 1024
_ENVELOPE = (
    '<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/">'
    "<soap:Body><soap:Fault><faultcode>soap:{code}</faultcode><faultstring>{text}</faultstring></soap:Fault></soap:Body>"
    "</soap:Envelope>"
)
# spyne would write whole requests, and with them what is said of a child, into the log.
logging.getLogger("spyne").setLevel(logging.CRITICAL + 1)


class _Refusal(Exception):
    pass


class Door:
    """A WSGI application around spyne's."""

    def __init__(self, register: Register, key: str | None) -> None:
        self._inner = application(register, key)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        try:
            if environ["REQUEST_METHOD"] == "POST":
                _inspect(environ)
            return list(self._inner(environ, start_response))
        except _Refusal as refusal:
            return _fault(start_response, "Client.Sandesh", str(refusal))
        except Exception:
            return _fault(start_response, "Client.Sandesh", "the request is not a SOAP 1.1 message of this service")


def _inspect(environ: Environ) -> None:
    body = environ["wsgi.input"].read(_LARGEST + 1)
    if len(body) > _LARGEST:
        raise _Refusal("the request is larger than 1 MB")
    if not body.strip():
        raise _Refusal("the request is empty")
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise _Refusal("the request is not in UTF-8") from None
    if "<!doctype" in text.lower():
        raise _Refusal("a document type declaration is not accepted")
    environ["wsgi.input"], environ["CONTENT_LENGTH"] = io.BytesIO(body), str(len(body))
    environ["CONTENT_TYPE"] = "text/xml; charset=utf-8"


def _fault(start_response: StartResponse, code: str, text: str) -> list[bytes]:
    body = _ENVELOPE.format(code=code, text=escape(text)).encode()
    headers = [("Content-Type", "text/xml; charset=utf-8"), ("Content-Length", str(len(body)))]
    start_response("500 Internal Server Error", headers)
    return [body]
