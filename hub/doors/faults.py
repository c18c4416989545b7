"""One table from errors to what each door shows: HTTP codes, SOAP fault codes, and the contract's Fault as the body."""

import traceback
import uuid
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

import structlog

from contracts import Fault, Refused, Skipped, TrackChildError, Unready

_log = structlog.get_logger("hub.doors")

#: HTTP code of a refusal by its code; what is not written here is 422 (it can be read, and does not fit).
REFUSALS: dict[str, int] = {
    "empty_body": 400,
    "malformed_xml": 400,
    "malformed_json": 400,
    "doctype": 400,
    "nul_byte": 400,
    "too_deep": 400,
    "wrong_charset": 400,
    "wrong_envelope": 400,
    "wrong_namespace": 400,
    "unknown_call": 400,
    "must_understand": 400,
    "wrong_parameter": 400,
    "missing_key": 401,
    "wrong_key": 401,
    "signature_needed": 401,
    "bad_signature": 401,
    "unknown_certificate": 401,
    "stale_message": 401,
    "replayed": 401,
    "signing_not_set_up": 401,
    "not_permitted": 403,
    "participant_paused": 403,
    "not_allowed": 403,
    "not_found": 404,
    "unknown_case": 404,
    "unknown_match": 404,
    "unknown_notice": 404,
    "unknown_area": 404,
    "unknown_institution": 404,
    "unknown_path": 404,
    "wrong_method": 405,
    "broken_off": 400,
    "slow_body": 408,
    "message_id_reused": 409,
    "body_too_large": 413,
    "wrong_content_type": 415,
}
#: HTTP code of what may work later; what is not written here is 503.
_NOT_NOW: dict[str, int] = {"too_many_calls": 429}
#: SOAP 1.1 faults travel as HTTP 500 (WS-I Basic Profile), save those that speak of HTTP itself.
_ABOUT_HTTP = frozenset({401, 404, 405, 408, 413, 415, 429})
#: Codes that SOAP has a fault code of its own for; both versions call it the same.
_OWN_SOAP_CODE = {"wrong_envelope": "VersionMismatch", "must_understand": "MustUnderstand"}


@dataclass(frozen=True)
class Shown:
    """How one error looks from outside."""

    http: int
    soap11_http: int
    soap11_code: str
    soap12_code: str
    fault: Fault

    @property
    def headers(self) -> dict[str, str]:
        """HTTP headers that belong to the error."""
        found = {"WWW-Authenticate": "Bearer"} if self.http == HTTPStatus.UNAUTHORIZED else {}
        if self.fault.retry_after_seconds is not None:
            found["Retry-After"] = str(self.fault.retry_after_seconds)
        return found


def shown(error: Exception) -> Shown:
    """What the other side is shown of ``error``; an unexpected one is logged and shown as a number to ask about."""
    if isinstance(error, Refused | Skipped):
        return _sender(error)
    if isinstance(error, Unready):
        return _receiver(_NOT_NOW.get(error.code, HTTPStatus.SERVICE_UNAVAILABLE), error.fault())
    return _receiver(HTTPStatus.INTERNAL_SERVER_ERROR, _unexpected(error))


def _sender(error: TrackChildError) -> Shown:
    http = REFUSALS.get(error.code, HTTPStatus.UNPROCESSABLE_ENTITY)
    own = _OWN_SOAP_CODE.get(error.code)
    soap11_http = http if http in _ABOUT_HTTP else HTTPStatus.INTERNAL_SERVER_ERROR
    return Shown(http, soap11_http, own or "Client", own or "Sender", error.fault())


def _receiver(http: int, fault: Fault) -> Shown:
    soap11_http = http if http in _ABOUT_HTTP else HTTPStatus.INTERNAL_SERVER_ERROR
    return Shown(http, soap11_http, "Server", "Receiver", fault)


def _unexpected(error: Exception) -> Fault:
    """Log where it happened, never what was said: an exception's own words may hold a child's."""
    incident = uuid.uuid4().hex[:12]
    frames = traceback.extract_tb(error.__traceback__)
    where = [f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(frames)]
    _log.error("unexpected", incident=incident, error=type(error).__name__, where=" < ".join(where[:6]))
    return Fault(code="unexpected", message=f"The hub failed at this. Try again; if it stays, report {incident}.")
