"""A witness's visit to the hub over its REST door: take the newest head, check it, give back a signature."""

import datetime
import uuid
from typing import Any

import requests
from pydantic import ValidationError

from adapters import deadline
from adapters.outgoing import OPEN_INTERNET, Outgoing
from contracts import Refused, Unready
from contracts.evidence import AuditHead, CosignAuditHead
from hub.evidence.witnessing import Witness

_SECONDS = 30


def visit(
    url: str, api_key: str, witness: Witness, now: datetime.datetime, outgoing: Outgoing = OPEN_INTERNET
) -> int | None:
    """Size of the head that was signed, None if it was signed before. ``Unready`` (``hub_unreachable``); ``Refused``
    as ``Witness.saw`` says, or ``hub_refused`` with the hub's own code."""
    with deadline.session(outgoing) as session:
        session.headers["Authorization"] = f"Bearer {api_key}"
        since = witness.since()
        asked = {} if since is None else {"since": str(since)}
        told = _head(_ask(session, "GET", f"{url.rstrip('/')}/api/v1/audit/head", params=asked))
        line = witness.saw(told, now)
        if line is None:
            return None
        said = CosignAuditHead(size=told.size, cosignature=line)
        once = {"Idempotency-Key": str(uuid.uuid4())}
        _ask(session, "POST", f"{url.rstrip('/')}/api/v1/audit/cosignatures", json=said.model_dump(), headers=once)
    return told.size


def _ask(session: requests.Session, method: str, url: str, **more: Any) -> Any:
    try:
        answer = session.request(method, url, timeout=_SECONDS, allow_redirects=False, **more)
        body = answer.json()
    except (requests.RequestException, ValueError) as error:
        raise Unready("hub_unreachable", f"The hub did not answer ({type(error).__name__}). Try later.") from None
    if answer.status_code != 200:
        code = body.get("code", answer.status_code) if isinstance(body, dict) else answer.status_code
        raise Refused("hub_refused", f"The hub refused ({str(code)[:60]}). See docs/errors.md for the code.")
    return body


def _head(body: Any) -> AuditHead:
    try:
        return AuditHead.model_validate(body)
    except ValidationError:
        raise Refused("bad_checkpoint", "The hub's answer is no head of an audit. Check the address.") from None
