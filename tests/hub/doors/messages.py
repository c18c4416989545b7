"""Messages as an outsider writes them: JSON and XML of the same content, all people synthetic."""

from typing import Any
from xml.sax.saxutils import escape

from hub.doors.bridge import NAMESPACE
from hub.doors.soap import MEDIA_TYPES, SOAP11, SOAP12

PATHS = {SOAP11: "/soap", SOAP12: "/soap12"}
RECORD: dict[str, Any] = {
    "ref": {"participant": "police-br", "source_id": "BR/2019/17", "version": "3"},
    "kind": "missing",
    "status": "fir_registered",
    "recorded_at": "2019-03-01T10:00:00+05:30",
    "names": [{"text": "सीता कुमारी"}, {"text": "Sita & <Kumari>", "kind": "alias", "lang": "hi-Latn"}],
    "gender": "F",
    "birth": {"basis": "stated", "age_from_months": 84, "age_to_months": 95, "as_of": "2019-03-01"},
    "relatives": [{"relation": "father", "names": [{"text": "Ramesh"}]}],
    "languages": ["hi", "mai"],
    "physical": {"height_cm": 118, "hair": {"style": "curly", "raw": "Curly-Small-Black"}},
    "marks": [{"kind": "mole", "body_part": "cheek", "side": "left", "raw": "til on left cheek"}],
    "event": {"on": "2019-02-27", "at": "17:30:00", "place": {"raw": "Patna Jn", "state": 10, "latitude": 25.6}},
    "diaries": [{"kind": "FIR", "number": "17/19", "year": 2019, "sections": ["IPC 363"]}],
    "photos": [{"sha256": "ab" * 32}],
    "restrictions": ["not_public"],
}
EVENT: dict[str, Any] = {
    "event_id": "BR-E-1",
    "ref": {"participant": "police-br", "source_id": "BR/2019/17"},
    "kind": "fir_registered",
    "at": "2019-03-01T12:00:00+05:30",
    "section": "IPC 363",
}


def xml(name: str, value: Any) -> str:
    """``value`` as elements of the contract's namespace; a list is its element repeated."""
    if isinstance(value, list):
        return "".join(xml(name, item) for item in value)
    if isinstance(value, dict):
        inner = "".join(xml(key, item) for key, item in value.items())
        return f'<{name} xmlns="{NAMESPACE}">{inner}</{name}>'
    return f'<{name} xmlns="{NAMESPACE}">{escape(str(value))}</{name}>'


def envelope(soap: str, body: str, header: str = "") -> bytes:
    """A SOAP envelope around ``body``."""
    head = f"<s:Header>{header}</s:Header>" if header else ""
    return f'<s:Envelope xmlns:s="{soap}">{head}<s:Body>{body}</s:Body></s:Envelope>'.encode()


def headers(soap: str) -> dict[str, str]:
    """HTTP headers of a SOAP request."""
    return {"Content-Type": f"{MEDIA_TYPES[soap]}; charset=utf-8"}
