"""The SOAP door: SOAP 1.1 and 1.2, served by spyne from the table of calls."""

import logging
from collections.abc import Callable
from functools import cache
from typing import Any

import spyne.const
from lxml import etree
from spyne import Application, Service, rpc
from spyne import Fault as SpyneFault
from spyne.protocol.soap import Soap11, Soap12
from spyne.server.wsgi import WsgiApplication

from adapters.signing import SECURITY
from contracts import Fault, Model, Refused
from contracts.base import Line
from hub.doors.bridge import NAMESPACE, Bridge
from hub.doors.calls import BY_NAME, CALLS, Call
from hub.doors.envelope import check_understood, opened, parsed, values
from hub.doors.faults import Shown, shown
from hub.doors.front import Front
from hub.doors.inline import Inline
from hub.doors.keys import bearer, same_caller
from hub.doors.signatures import answered, signed_by

# spyne writes whole requests to its log when one fails; nothing of a child belongs there.
logging.getLogger("spyne").setLevel(logging.CRITICAL + 1)
# It collects garbage once a second besides, to close files: there are none, and every other call waits meanwhile.
spyne.const.MIN_GC_INTERVAL = float("inf")


class Credentials(Model):
    """The SOAP header that carries a participant's key, for clients that cannot set ``Authorization: Bearer``."""

    key: Line


bridge = Bridge()
_CREDENTIALS = f"{{{NAMESPACE}}}Credentials"
_MESSAGE_ID = "{http://www.w3.org/2005/08/addressing}MessageID"


class _Failed(SpyneFault):  # type: ignore[misc]
    """Carries an error of ours through spyne to where the fault is written."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.shown = shown(error)


def _faulting(function: Callable[..., Any]) -> Callable[..., Any]:
    """Turn every error into ``_Failed``, since spyne would print others into its answer."""

    def wrapped(*args: Any, **named: Any) -> Any:
        try:
            return function(*args, **named)
        except _Failed:
            raise
        except Exception as error:
            raise _Failed(error) from None

    return wrapped


class _Ours:
    """spyne's SOAP protocol with our reading in place of its own, and our one form of fault."""

    ns_soap_env: str
    version: str

    @_faulting
    def create_in_document(self, ctx: Any, charset: str | None = None) -> None:
        if ctx.transport.get_request_method() != "POST":
            raise Refused("wrong_method", "Send calls by POST; the description is at ?wsdl.")
        ctx.in_document = parsed(b"".join(ctx.in_string))

    @_faulting
    def decompose_incoming_envelope(self, ctx: Any, message: Any = None) -> None:
        headers, body = opened(ctx.in_document, self.ns_soap_env)
        ctx.udc = signed_by(ctx.in_document, self.ns_soap_env, ctx.app.config)
        check_understood(headers, self.ns_soap_env, {_CREDENTIALS, _MESSAGE_ID} | ({SECURITY} if ctx.udc else set()))
        name = etree.QName(body)
        if name.namespace != NAMESPACE:
            raise Refused("wrong_namespace", f"Write the call in the namespace {NAMESPACE}.")
        if name.localname not in BY_NAME:
            raise Refused("unknown_call", f"Call one of: {', '.join(BY_NAME)}.")
        ctx.in_header_doc, ctx.in_body_doc, ctx.method_request_string = headers, body, body.tag

    def deserialize(self, ctx: Any, message: Any) -> None:
        ctx.in_object = ctx.in_body_doc  # read by the call itself, after the key

    def serialize(self, ctx: Any, message: Any) -> None:
        if ctx.out_error is None:
            super().serialize(ctx, message)  # type: ignore[misc]
            _signed(ctx)
            return
        failed = ctx.out_error if isinstance(ctx.out_error, _Failed) else _Failed(ctx.out_error)
        ctx.transport.resp_headers.update(failed.shown.headers)
        ctx.out_document = fault_envelope(failed.shown, self.ns_soap_env)
        _signed(ctx)

    def fault_to_http_response_code(self, fault: Any) -> str:
        found = fault.shown if isinstance(fault, _Failed) else shown(fault)
        return f"{status(found, self.ns_soap_env)} Fault"


class _Soap11(_Ours, Soap11):  # type: ignore[misc]
    pass


class _Soap12(_Ours, Soap12):  # type: ignore[misc]
    pass


SOAP11, SOAP12 = Soap11.ns_soap_env, Soap12.ns_soap_env
_PROTOCOLS = {SOAP11: _Soap11, SOAP12: _Soap12}
MEDIA_TYPES = {SOAP11: "text/xml", SOAP12: "application/soap+xml"}


def status(found: Shown, soap: str) -> int:
    """HTTP code under which a fault travels."""
    return int(found.soap11_http if soap == SOAP11 else found.http)


def fault_envelope(found: Shown, soap: str) -> etree._Element:
    """A whole SOAP fault of either version, the contract's ``Fault`` in its detail."""
    root = etree.Element(f"{{{soap}}}Envelope", nsmap={"soap": soap, "tc": NAMESPACE})
    fault = etree.SubElement(etree.SubElement(root, f"{{{soap}}}Body"), f"{{{soap}}}Fault")
    if soap == SOAP11:
        etree.SubElement(fault, "faultcode").text = f"soap:{found.soap11_code}"
        etree.SubElement(fault, "faultstring").text = found.fault.message
        detail = etree.SubElement(fault, "detail")
    else:
        code = etree.SubElement(fault, f"{{{soap}}}Code")
        etree.SubElement(code, f"{{{soap}}}Value").text = f"soap:{found.soap12_code}"
        subcode = etree.SubElement(code, f"{{{soap}}}Subcode")
        etree.SubElement(subcode, f"{{{soap}}}Value").text = f"tc:{found.fault.code}"
        reason = etree.SubElement(etree.SubElement(fault, f"{{{soap}}}Reason"), f"{{{soap}}}Text")
        reason.text = found.fault.message
        reason.set("{http://www.w3.org/XML/1998/namespace}lang", "en")
        detail = etree.SubElement(fault, f"{{{soap}}}Detail")
    detail.append(bridge.element(found.fault))
    return root


def key_of(ctx: Any) -> str:
    """The participant's key: from the SOAP header, else from ``Authorization: Bearer``."""
    for header in ctx.in_header_doc or ():
        if header.tag == _CREDENTIALS:
            return (header.findtext(f"{{{NAMESPACE}}}key") or "").strip()
    return bearer(ctx.transport.req_env.get("HTTP_AUTHORIZATION"))


def _signed(ctx: Any) -> None:
    """Sign the answer to a signed request, a fault too."""
    if ctx.udc:
        answered(ctx.out_document, ctx.udc, ctx.app.config)


def _once(ctx: Any) -> str | None:
    """The message's own id: WS-Addressing's MessageID, else the HTTP header Idempotency-Key."""
    for header in ctx.in_header_doc or ():
        if header.tag == _MESSAGE_ID:
            return (header.text or "").strip()
    if ctx.udc:
        return None  # the HTTP header is not signed
    said: str | None = ctx.transport.req_env.get("HTTP_IDEMPOTENCY_KEY")
    return said


def _operation(call: Call) -> Any:
    @_faulting
    def operation(ctx: Any, body: etree._Element) -> Any:
        front: Front = ctx.app.config
        trace = ctx.transport.req_env.get("HTTP_TRACEPARENT")
        presented = front.who(ctx.transport.req_env["asgi.scope"], "" if ctx.udc else key_of(ctx))
        who = same_caller(ctx.udc.caller, presented) if ctx.udc else presented
        reply = front.answer(call, who, lambda: values(body, call.request), _once(ctx), trace)
        return bridge.instance(reply)

    def named(ctx: Any, message: Any) -> Any:
        return operation(ctx, message)

    named.__name__, named.__doc__ = call.name, call.summary
    request, reply = bridge.type_of(call.request), bridge.type_of(call.reply)
    return rpc(request, _returns=reply, _body_style="bare", _in_header=(bridge.type_of(Credentials),))(named)


@cache
def _service() -> Any:
    return type("Hub", (Service,), {call.name: _operation(call) for call in CALLS})


def application(soap: str, front: Front | None = None) -> WsgiApplication:
    """The WSGI application of one SOAP version (without a front it can only be described)."""
    protocol = _PROTOCOLS[soap]
    described = bridge.type_of(Fault)
    described.resolve_namespace(described, NAMESPACE)  # spyne does this only for types of operations
    app = Application(
        [_service()],
        NAMESPACE,
        name="Hub",
        in_protocol=protocol(),
        out_protocol=protocol(),
        config=front,
        classes=(described,),
    )
    return WsgiApplication(app, max_content_length=1 << 40)


def asgi(soap: str, front: Front) -> Any:
    """The same for an ASGI server."""
    return Inline(application(soap, front))
