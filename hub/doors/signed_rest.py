"""Signatures at the REST door (RFC 9421): who signed a request, that it comes once, and the hub's signed answer."""

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from adapters.signing import http
from contracts import Refused
from hub.access import Caller
from hub.doors.front import Front


@dataclass(frozen=True)
class SignedRequest:
    """A request whose signature holds."""

    caller: Caller
    message: http.Message

    def answered(self, response: Response, front: Front) -> Response:
        """The answer, signed and bound to the request."""
        identity = front.desk.signs()
        assert identity is not None
        told = http.Answer(response.status_code, response.headers, self.message)
        http.sign_answer(told, bytes(response.body), identity)
        return response


def signed_by(request: Request, front: Front) -> SignedRequest | None:
    """Who signed the request, None if it claims no signature; ``Refused`` as ``adapters.signing.http.verified``."""
    if not http.is_signed(request.headers):
        return None
    if front.desk.signs() is None:
        raise Refused(
            "signing_not_set_up", "This hub has no key to sign by yet; its operator sets TRACKCHILD_SIGNING_KEY."
        )
    message = http.Message(request.method, _address(request.scope), request.headers)
    proven = http.verified(message, request.scope["body"], front.desk.certificate_named)
    caller = front.desk.participant_by_certificate(proven.certificate)
    front.desk.take_signature(caller, http.once(proven.nonce))
    return SignedRequest(caller, message)


def _address(scope: Any) -> str:
    """As it was sent: nothing decoded that could be written in two ways."""
    host = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"host"), "")
    query = scope["query_string"].decode("latin-1")
    path = scope.get("raw_path", scope["path"].encode()).decode("latin-1")
    return f"{scope.get('scheme', 'http')}://{host}{path}{'?' + query if query else ''}"
