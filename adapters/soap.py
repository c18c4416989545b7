"""Calling foreign SOAP by zeep: the WSDL is a file beside the manifest, the address is pinned, answers are bounded."""

from functools import lru_cache
from pathlib import Path
from typing import Any

import requests
import zeep.exceptions
from lxml import etree
from zeep import Client, Settings, Transport
from zeep.helpers import serialize_object
from zeep.wsdl import Document
from zeep.wsse.username import UsernameToken

from adapters import outgoing, wire
from adapters.base import Connection, Step
from adapters.mapping.manifest import Call, OneRecord, Reach
from adapters.rest import bounded, credentials, guarded, raise_for, session, traced
from adapters.signing import Signing, identity_of
from adapters.values import json_value
from contracts import Refused, Unready

_ADDRESSING = "http://www.w3.org/2005/08/addressing"
_XML = ("text/xml", "application/soap+xml", "application/xml")
#: Fault codes by which a source says that the caller is at fault (SOAP 1.1, 1.2), and those about credentials.
_CALLERS_FAULT = ("client", "sender", "mustunderstand", "versionmismatch", "dataencodingunknown")
_CREDENTIALS = ("failedauthentication", "invalidsecuritytoken", "failedcheck", "invalidsecurity")


class PinnedTransport(Transport):
    """zeep's transport without its trust: documents only from one folder, no redirect, no proxy, a bound on answers."""

    #: Here already, since zeep's ``__del__`` asks for it even where making the session was refused.
    _close_session = False
    #: Whether the call under way was answered: from there on, what goes wrong is the answer's fault.
    answered = False

    def __init__(self, connection: Connection, reach: Reach, folder: Path) -> None:
        super().__init__(  # type: ignore[no-untyped-call]
            session=session(connection, reach), timeout=connection.timeout_seconds,
                         operation_timeout=connection.timeout_seconds)  # fmt: skip
        self._folder, self._most = folder.resolve(), reach.max_bytes
        self._own = credentials(connection, reach)

    def load(self, url: str) -> bytes:
        """A document of the adapter's own folder; anything else (an address, a path elsewhere) is refused."""
        path = Path(url.removeprefix("file://")).resolve()
        if "://" in url.removeprefix("file://") or path.parent != self._folder or not path.is_file():
            raise Refused("wsdl_import", "the WSDL imports a document from outside the adapter's folder; put it there")
        return path.read_bytes()

    def get(self, address: str, params: Any, headers: Any) -> Any:
        raise Refused("wsdl_import", "HTTP GET bindings are not used; name a SOAP binding in the manifest")

    def post(self, address: str, message: Any, headers: dict[str, str]) -> requests.Response:
        """Send an envelope; a fault's 500 with XML is zeep's to read, any other error status is raised here."""
        with guarded(), self._posted(address, message, headers | traced()) as answer:
            kind = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
            if not (answer.status_code < 300 or (answer.status_code in (400, 500) and kind in _XML)):
                raise_for(answer)
            body = self._body(answer)
        if kind not in _XML and kind != "multipart/related":
            raise Unready("unexpected_answer", "the source answered something that is not SOAP; try later")
        answer._content = body  # read already, within the bound
        self.answered = True
        return answer

    def _body(self, answer: requests.Response) -> bytes:
        try:
            return bounded(answer, self._most, self.operation_timeout)
        except Refused:
            if answer.status_code >= 300:
                raise_for(answer)  # what it is too large to say does not matter: the status says it
            raise

    def _posted(self, address: str, message: Any, headers: dict[str, str]) -> requests.Response:
        over = wire.current()
        if over is not None:
            body = message if isinstance(message, bytes) else str(message).encode()
            return over.send(wire.Sent("POST", address, {**self._own, **headers}, body, self._most)).response("POST")
        return self.session.post(address, data=message, headers=headers,
                                 timeout=self.operation_timeout, allow_redirects=False, stream=True)  # fmt: skip


class SoapTransport:
    """SOAP as a manifest describes it: ``operation`` and ``params``; answers come as plain JSON values."""

    def __init__(self, connection: Connection, reach: Reach, folder: Path) -> None:
        outgoing.read(connection.url)
        self._connection, self._reach, self._folder = connection, reach, folder
        self._made: tuple[Client, Any] | None = None

    def ask(self, call: Call, params: dict[str, Any], source_id: str | None = None) -> Any:
        """Call the operation; raises ``Refused`` or ``Unready`` as the fault's code says."""
        missing = call.missing_fault if isinstance(call, OneRecord) else None
        return self._call(call.operation or "", {**call.params, **params}, missing=missing)

    def tell(
        self, call: Call, fields: dict[str, Any], message_id: str, known: tuple[int, ...], source_id: str | None = None
    ) -> tuple[int, Any]:
        """Send ``fields`` to the operation. SOAP has no statuses: 200, or an error is raised."""
        return 200, self._call(call.operation or "", {**call.params, **fields}, [message_header(message_id)])

    def rest(self) -> None:
        """Close the connections; the next call opens one again."""
        if self._made is not None:
            self._made[0].transport.session.close()

    def prepare(self) -> None:
        """Read the WSDL now; raises ``Refused`` where it cannot be read."""
        self._client()

    def check(self) -> list[Step]:
        """Whether the WSDL in the folder can be read and offers the manifest's binding."""
        try:
            client, _ = self._client()
        except (Refused, Unready) as error:
            return [Step("WSDL", False, error.code, error.message)]
        binding = client.wsdl.bindings[str(self._reach.binding)]
        return [Step("WSDL", True, f"{len(binding.all())} operations")]

    def _client(self) -> tuple[Client, Any]:
        if self._made is None:
            client = _client(self._connection, self._reach, self._folder)
            try:
                # The address is the registry's, whatever the WSDL says.
                service = client.create_service(self._reach.binding, self._connection.url)
            except ValueError:
                raise Refused("no_such_binding", "the WSDL has no such binding; correct it in the manifest") from None
            self._made = client, service
        return self._made

    def _call(
        self,
        operation: str,
        params: dict[str, Any],
        headers: list[etree._Element] | None = None,
        missing: str | None = None,
    ) -> Any:
        client, service = self._client()
        if operation not in client.wsdl.bindings[str(self._reach.binding)].all():
            raise Refused("no_such_operation", f"the WSDL has no operation {operation}; correct it in the manifest")
        client.transport.answered = False
        try:
            return plain(serialize_object(service[operation](**params, _soapheaders=headers), dict))
        except zeep.exceptions.Fault as fault:
            if missing and str(fault.code).endswith(missing):
                raise Refused("not_there", "the source has no such record") from None
            raise of_fault(fault) from None
        except (Refused, Unready):
            raise
        except Exception as error:  # zeep reads answers trustingly: what is no answer ends in any error at all
            if client.transport.answered:
                raise Unready("unreadable_answer", "the source's answer does not fit its WSDL; try later") from None
            raise _not_sent(error, operation) from None


def message_header(message_id: str) -> etree._Element:
    """WS-Addressing's MessageID: the same for every attempt to tell the same, so that the other side may know it."""
    made = etree.Element(f"{{{_ADDRESSING}}}MessageID", nsmap={"wsa": _ADDRESSING})
    made.text = message_id
    return made


def _client(connection: Connection, reach: Reach, folder: Path) -> Client:
    wsse: Any = None
    if reach.auth == "wsse" and not _signs(connection, reach):
        user, _, password = (connection.secret or "").partition(":")
        wsse = UsernameToken(user, password)
    elif _signs(connection, reach):
        wsse = Signing(identity_of(connection.secret or ""), connection.certificates)
    transport = PinnedTransport(connection, reach, folder)
    try:
        described = _described(folder / str(reach.wsdl), reach.strict, transport)
        return Client(described, transport=transport, settings=described.settings, wsse=wsse)
    except (zeep.exceptions.Error, etree.LxmlError, OSError, KeyError, ValueError):
        raise Refused("bad_wsdl", f"{reach.wsdl} cannot be read as a WSDL; get it again from the owner") from None


def _signs(connection: Connection, reach: Reach) -> bool:
    """By signature where the manifest says so, or where a system known by a user name is given a key file instead."""
    return reach.auth == "x509" or (reach.auth == "wsse" and "-----BEGIN" in (connection.secret or ""))


_read: dict[tuple[Path, int, bool], Document] = {}


def _described(path: Path, strict: bool, transport: PinnedTransport) -> Document:
    """The WSDL, read once for all participants with a system of its kind: a tenth of a second each time."""
    key = (path, path.stat().st_mtime_ns, strict)
    if key not in _read:
        settings = Settings(strict=strict, forbid_dtd=True, forbid_entities=True, xml_huge_tree=False)
        _read[key] = Document(str(path), transport, settings=settings)  # type: ignore[arg-type]
    return _read[key]


def _not_sent(error: Exception, operation: str) -> Exception:
    """What kept a call from being written; a defect stays what it is."""
    if isinstance(error, zeep.exceptions.ValidationError):
        return Refused("not_in_wsdl", f"what is sent does not fit operation {operation} of the WSDL")
    if isinstance(error, TypeError):
        return Refused("not_in_wsdl", f"operation {operation} does not take these parameters")
    if isinstance(error, zeep.exceptions.Error | etree.LxmlError):
        return Refused("bad_wsdl", f"the WSDL does not say how to write operation {operation}; get it again")
    return error


def of_fault(fault: zeep.exceptions.Fault) -> Refused | Unready:
    """What a fault means. Its text is not repeated: it may speak of a child."""
    code = _local(fault.code) + " " + " ".join(_local(sub) for sub in fault.subcodes or [])
    if any(word in code for word in _CREDENTIALS):
        return Refused("wrong_credentials", "the source refuses the user name or password; check the secret")
    if any(word in code for word in _CALLERS_FAULT):
        return Refused("refused_by_source", "the source answered a Client fault; check operation and parameters")
    return Unready("source_unready", "the source answered a Server fault; try later")


@lru_cache(maxsize=256)
def _local(code: Any) -> str:
    return str(code or "").rpartition(":")[2].rpartition("}")[2].lower()


def plain(value: Any) -> Any:
    """zeep's values as plain JSON values: dates as ISO text, decimals as numbers, unknown elements left out."""
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items() if not str(key).startswith("_raw")}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    value = json_value(value)
    return value if isinstance(value, str | int | float | bool) else None
