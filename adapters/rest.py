"""Calling foreign REST: no redirect followed, no proxy from the environment, nothing read without a bound."""

import base64
import datetime
import email.utils
import json
import re
import threading
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

import requests
import urllib3

from adapters import deadline, outgoing, wire
from adapters.base import Connection, Step
from adapters.mapping.manifest import Call, Reach
from contracts import Notice, Problem, Reference, Refused, Unready, tracing

_CHUNK = 65_536
#: A rule as codes are written: words joined, or one of those that every validator knows. A name is neither.
_RULE = re.compile(r"(?=.{3,60}$)[a-z]+(_[a-z0-9]+)+|missing|required|pattern|enum|unknown|invalid|duplicate", re.ASCII)
_FIELDS = frozenset(Notice.model_fields) | frozenset(Reference.model_fields)
_JSON = ("application/json", "text/json")
_PROBLEM = "application/problem+json"


@dataclass(frozen=True)
class Reply:
    """An answer that was read whole: at most ``max_bytes``, of an expected kind."""

    status: int
    kind: str
    body: bytes
    charset: str | None = None

    def json(self) -> Any:
        """The body as JSON; raises ``Unready`` (code ``unreadable_answer``) where it is none."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            raise Unready("unreadable_answer", "the source answered something that is not JSON; try later") from None


class RestClient:
    """One participant's REST address. Safe to share between threads: each has its own session.

    Raises ``Refused`` where somebody must change something (wrong key, unknown path, redirect, answer too large) and
    ``Unready`` where waiting may help (down, slow, 429 and 5xx, a page of HTML in place of JSON).
    """

    def __init__(self, connection: Connection, reach: Reach) -> None:
        outgoing.read(connection.url)
        self._base, self._connection, self._reach = connection.url.rstrip("/"), connection, reach
        self._local = threading.local()

    def request(
        self,
        method: str,
        path: str,
        *,
        params: dict[str, Any] | None = None,
        body: dict[str, Any] | None = None,
        form: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
        accepts: tuple[str, ...] = _JSON,
        also_ok: tuple[int, ...] = (),
    ) -> Reply:
        """Send one request below the endpoint's url and read the answer; ``also_ok`` statuses are no error."""
        sent = {"Accept": ", ".join(accepts), **traced(), **(headers or {})}
        over = wire.current()
        if over is not None:
            call = self._call(method, self._base + path, params, body if form is None else form, form is None, sent)
            return self._read(over.send(call).response(method), accepts, also_ok)
        with guarded():
            answer = self._session().request(
                method, self._base + path, params=params, json=body, data=form, headers=sent,
                timeout=self._connection.timeout_seconds, allow_redirects=False, stream=True,
            )  # fmt: skip
            with answer:
                return self._read(answer, accepts, also_ok)

    def rest(self) -> None:
        """Close this thread's connections; the next request opens one again."""
        if hasattr(self._local, "session"):
            self._local.session.close()

    def prove(self) -> None:
        """Raise ``Refused`` (``no_secret``) where the hub cannot prove itself."""
        credentials(self._connection, self._reach)

    def _call(
        self, method: str, url: str, params: dict[str, Any] | None, said: Any, as_json: bool, headers: dict[str, str]
    ) -> wire.Sent:
        """The same call as requests would send it."""
        told = {name: value for name, value in (params or {}).items() if value is not None}
        kind, body = _JSON[0], None
        if said is not None:
            kind = _JSON[0] if as_json else "application/x-www-form-urlencoded"
            body = (json.dumps(said, allow_nan=False) if as_json else urlencode(said, doseq=True)).encode()
            headers = {**headers, "Content-Type": kind}
        address = f"{url}{'&' if '?' in url else '?'}{urlencode(told, doseq=True)}" if told else url
        own = credentials(self._connection, self._reach)
        return wire.Sent(method, address, {**own, **headers}, body, self._reach.max_bytes)

    def _session(self) -> requests.Session:
        if not hasattr(self._local, "session"):
            self._local.session = session(self._connection, self._reach)
        return self._local.session  # type: ignore[no-any-return]

    def _read(self, answer: requests.Response, accepts: tuple[str, ...], also_ok: tuple[int, ...]) -> Reply:
        kind, _, rest = answer.headers.get("Content-Type", "").lower().partition(";")
        kind = kind.strip()
        if answer.status_code < 200 and answer.status_code not in also_ok:
            raise Unready("unexpected_answer", "the source began an answer and gave none; try later")
        if answer.status_code >= 300 and answer.status_code not in also_ok:
            raise_for(answer, _problems(answer, kind) if answer.status_code in (400, 409, 422) else None)
        body = bounded(answer, self._reach.max_bytes, self._connection.timeout_seconds)
        expected = kind in accepts or (accepts is _JSON and kind.endswith("+json") and kind != _PROBLEM)
        if body and answer.status_code < 300 and not expected:
            raise Unready("unexpected_answer", f"the source answered {_shown(kind)}, not {accepts[0]}; try later")
        charset = rest.partition("charset=")[2].strip().strip('"') or None
        return Reply(answer.status_code, kind, body, charset)


class RestTransport:
    """REST as a manifest describes it: ``path``, ``method``, ``params``; ``{id}`` is the only placeholder."""

    def __init__(self, connection: Connection, reach: Reach) -> None:
        self.client = RestClient(connection, reach)

    def ask(self, call: Call, params: dict[str, Any], source_id: str | None = None) -> Any:
        """The answer, parsed. Parameters go into the query of a GET and into the JSON body otherwise."""
        sent = {**call.params, **params}
        path = (call.path or "").replace("{id}", quote(source_id or "", safe=""))
        if call.method == "GET":
            return self.client.request("GET", path, params=sent).json()
        return self.client.request(call.method, path, body=sent).json()

    def tell(
        self,
        call: Call,
        fields: dict[str, Any],
        message_id: str,
        known: tuple[int, ...],
        source_id: str | None = None,
    ) -> tuple[int, Any]:
        """Send ``fields``; the status and the parsed answer (None if empty). ``known`` statuses are no error."""
        path = (call.path or "").replace("{id}", quote(source_id or "", safe=""))
        reply = self.client.request(
            call.method, path, body={**call.params, **fields},
            headers={"Idempotency-Key": message_id}, also_ok=known,
            accepts=_JSON,
        )  # fmt: skip
        return reply.status, reply.json() if reply.body and "json" in reply.kind else None

    def rest(self) -> None:
        """Close this thread's connections."""
        self.client.rest()

    def prepare(self) -> None:
        """Nothing takes long here but the secret may be missing: ``Refused`` (``no_secret``)."""
        self.client.prove()

    def check(self) -> list[Step]:
        """A REST address is tried by its first list; there is nothing to try before."""
        return []


def traced() -> dict[str, str]:
    """The header by which the other side can join its trace with ours."""
    trace = tracing.current()
    return {} if trace is None else {tracing.HEADER: trace}


def session(connection: Connection, reach: Reach) -> requests.Session:
    """A session with the participant's credentials, deaf to proxies and .netrc of the environment."""
    made = deadline.session(connection.outgoing)
    made.headers.update(credentials(connection, reach))
    return made


def credentials(connection: Connection, reach: Reach) -> dict[str, str]:
    """The headers by which the hub proves itself; raises ``Refused`` (``no_secret``) where it cannot."""
    made, secret = {"User-Agent": "trackchild-hub"}, connection.secret
    if not secret:
        if reach.auth != "none" and reach.auth_required:
            raise Refused("no_secret", f"auth {reach.auth} needs a secret; name where it lies in the endpoint")
    elif reach.auth == "api_key":
        made[reach.auth_header] = secret
    elif reach.auth == "bearer":
        made["Authorization"] = f"Bearer {secret}"
    elif reach.auth == "basic":
        made["Authorization"] = f"Basic {base64.b64encode(secret.encode()).decode()}"
    return made


class guarded:  # noqa: N801 - reads as a word at its uses: with guarded():
    """Turns what the network does into ``Unready`` (waiting may help) or ``Refused`` (a certificate, a bad address)."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if isinstance(error, requests.exceptions.SSLError):
            raise Refused("tls_failed", "the source's certificate or TLS is not acceptable; mend it there") from None
        if isinstance(error, requests.exceptions.InvalidURL | requests.exceptions.InvalidSchema):
            raise Refused("bad_url", "the endpoint's url is not usable; correct it in the registry") from None
        if isinstance(error, requests.exceptions.Timeout | urllib3.exceptions.TimeoutError) or _silent(error):
            if isinstance(error, requests.exceptions.ConnectTimeout):
                raise Unready("unreachable", "the source cannot be reached; try later") from None
            raise Unready("timed_out", "the source did not answer in time; try later") from None
        if isinstance(error, requests.exceptions.ContentDecodingError | urllib3.exceptions.DecodeError):
            raise Unready("unreadable_answer", "the source's answer is not packed as it says; try later") from None
        if isinstance(error, requests.exceptions.RequestException | urllib3.exceptions.HTTPError):
            if not _connected(error):
                raise Unready("unreachable", "the source cannot be reached; try later") from None
            raise Unready(
                "broken_off_by_source", "the source broke off before its answer was whole; try later"
            ) from None


def _silent(error: BaseException | None) -> bool:
    """An answer that began and went on no more: requests calls it a broken connection."""
    return error is not None and any(isinstance(one, urllib3.exceptions.TimeoutError) for one in error.args[:1])


def _connected(error: BaseException) -> bool:
    """False if the call surely did not leave here: no connection came about."""
    inner = error.args[0] if error.args else None
    reason = getattr(inner, "reason", inner)
    return not isinstance(reason, urllib3.exceptions.NewConnectionError)


def bounded(answer: requests.Response, most: int, seconds: float) -> bytes:
    """The body, decompressed, read in chunks: never more than ``most`` bytes, never longer than twice ``seconds``."""
    parts, size, until = [], 0, time.monotonic() + 2 * seconds
    for chunk in answer.iter_content(_CHUNK):
        size += len(chunk)
        if size > most:
            raise Refused("answer_too_large", f"the answer is larger than {most} bytes; ask for smaller pages")
        if time.monotonic() > until:
            raise Unready("timed_out", "the source answered too slowly; try later")
        parts.append(chunk)
    return b"".join(parts)


def _problems(answer: requests.Response, kind: str) -> list[Problem]:
    """Field and rule of what the source found wrong, where it tells them as the contract does; words are not taken."""
    if not kind.endswith("json"):
        return []
    try:
        told = json.loads(bounded(answer, _CHUNK, 5))["problems"][:20]
        named = [(str(one["field"]), str(one["rule"])) for one in told]
    except (Refused, Unready, ValueError, LookupError, TypeError, RecursionError):
        return []
    said = "The source refuses this field by this rule."
    sent = answer.request.body or b""
    known = [(f, r) for f, r in named if _is_ours(f, sent if isinstance(sent, bytes) else sent.encode())]
    return [Problem(field=f, rule=r, message=said) for f, r in known if _RULE.fullmatch(r)]


def _is_ours(field: str, sent: bytes) -> bool:
    """Whether each part names a field of a notice or of what was sent: else it may be a word about a child."""
    return all(part in _FIELDS or f'"{part}"'.encode() + b":" in sent for part in field.split("."))


def raise_for(answer: requests.Response, problems: list[Problem] | None = None) -> None:
    """The error a status means. Nothing of the answer's text is repeated: it may speak of a child."""
    status = answer.status_code
    if 300 <= status < 400:
        raise Refused("redirected", "the source redirects; enter its final address in the registry")
    if status in (401, 403):
        raise Refused("wrong_credentials", f"the source answered {status}; check the secret and what it may do there")
    if status in (408, 425, 429) or status >= 500:
        raise Unready("source_unready", f"the source answered {status}; try later", _retry_after(answer))
    method = _shown(answer.request.method)
    if status in (404, 410) and method != "GET" and not _speaks(answer):
        # A web server's own page: the application is gone, and it is not the record that is missing.
        raise Refused("no_such_address", f"the source's server knows no such address for {method}; check url and path")
    code = "not_there" if status in (404, 410) else "refused_by_source"
    raise Refused(code, f"the source answered {status} for {method}; check path and parameters", problems)


def _speaks(answer: requests.Response) -> bool:
    """Whether the system itself answers, and not the web server before it."""
    kind = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    return kind.endswith(("json", "xml"))


def _retry_after(answer: requests.Response) -> int | None:
    said = answer.headers.get("Retry-After", "").strip()
    if said.isdecimal():
        return min(int(said), 86_400)
    try:
        moment = email.utils.parsedate_to_datetime(said)
    except (ValueError, TypeError):
        return None
    if moment.tzinfo is None:
        return None
    return max(0, min(86_400, int((moment - datetime.datetime.now(datetime.UTC)).total_seconds())))


def _shown(text: str | None) -> str:
    return (text or "nothing")[:60] if (text or "").isprintable() else "something unreadable"
