"""What stands before every call of either door: its trace, who asks, how much they ask, and whether they ask again."""

import hashlib
import json
import re
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from contracts import Model, Refused, tracing
from hub.access import Caller
from hub.doors.admission import Admission
from hub.doors.calls import Call, Desk
from hub.doors.guard import Limits
from hub.doors.keys import caller_of
from hub.doors.performing import begin, perform
from hub.doors.presented import certificate_of
from hub.doors.streaming import Growing

_KEY = re.compile(r"[A-Za-z0-9._:-]{8,64}")


class Front:
    """Both doors of a process share one, so that a participant is counted whichever it comes by."""

    def __init__(self, desk: Desk, limits: Limits | None = None) -> None:
        limits = limits or Limits()
        self._proxy_secret = limits.proxy_secret
        self.desk, self._admission = desk, Admission(limits.calls_per_second, limits.calls_at_once)

    def who(self, scope: Any, key: str) -> str | Caller:
        """Who asks: by the certificate presented under TLS where it is registered, else by ``key``.

        A key beside a certificate must be the same participant's. ``Refused``: ``client_cert_header``, ``wrong_key``.
        """
        certificate = certificate_of(scope, self._proxy_secret)
        if certificate is None:
            return key
        caller = self.desk.participant_by_certificate(certificate)
        if key and self.desk.holder_of_key(key).id != caller.id:
            raise Refused("wrong_key", "The key is not that of the certificate's participant. Send your own.")
        return caller

    def answer(
        self,
        call: Call,
        key: str | Caller,
        values: Callable[[], Any],
        once: str | None = None,
        trace: str | None = None,
    ) -> Model:
        """Answer one call of whoever holds ``key``, or signed it.

        ``once`` is its Idempotency-Key, ``trace`` its ``traceparent``.
        """
        with tracing.traced(trace):
            caller = caller_of(self.desk, key)
            with self._admission.admitted(caller.id):
                if once is None or not call.changes:
                    return perform(call, self.desk, caller, values())
                return self._once(call, caller, values(), once)

    def begin(
        self, call: Call, key: str | Caller, values: Callable[[], Any], trace: str | None = None
    ) -> tuple[Growing, Callable[[], None]]:
        """A call whose answer grows, under way, and what to call once it is over: till then it counts as inside."""
        with tracing.traced(trace), ExitStack() as inside:
            caller = caller_of(self.desk, key)
            inside.enter_context(self._admission.admitted(caller.id))
            growing: Growing = begin(call, self.desk, caller, values())
            return growing, inside.pop_all().close

    def _once(self, call: Call, caller: Caller, values: Any, key: str) -> Model:
        """The reply that was given under ``key``, or one that is kept under it.

        What such a call does is done once in any case (by message id or notice id); the key finds out a mistaken reuse.
        """
        if not _KEY.fullmatch(key):
            raise Refused("bad_idempotency_key", "Send 8 to 64 letters, digits and . _ : - as the Idempotency-Key.")
        asked = hashlib.sha256(f"{call.name} {json.dumps(values, sort_keys=True)}".encode()).hexdigest()
        kept = self.desk.kept_reply(caller, key, asked)
        if kept is not None:
            return call.reply.model_validate_json(kept)
        reply = perform(call, self.desk, caller, values)
        self.desk.keep_reply(caller, key, asked, reply.model_dump_json())
        return reply
