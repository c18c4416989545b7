"""An outsider with only the published files and an address calls everything, at every door, with one result."""

import datetime
from typing import Any

import pytest
import requests
import zeep
import zeep.helpers
from lxml import etree
from zeep.transports import Transport

from contracts import Model
from hub.doors.calls import BY_NAME, CALLS, Call
from hub.doors.envelope import values
from hub.doors.publish import PUBLISHED
from tests.hub.doors.conftest import Served
from tests.hub.doors.desk import KEY, hub_id
from tests.hub.doors.messages import EVENT, RECORD

SOAPS = {"hub.wsdl": "/soap", "hub12.wsdl": "/soap12"}
FOREIGN = RECORD | {"ref": {"participant": "cci-dl", "source_id": "C-1"}}
MALFORMED = RECORD | {"ref": {"participant": "police-br", "source_id": "BR/2019/18"}, "gender": "X"}
#: In this order, since later ones ask for what earlier ones told.
ASKED: list[tuple[str, dict[str, Any]]] = [
    ("SubmitRecords", {"message_id": "message-1", "records": [RECORD, FOREIGN]}),
    ("SubmitEvents", {"message_id": "message-2", "events": [EVENT]}),
    ("Search", {"name": "sita", "kind": "missing", "limit": 5}),
    (
        "LiveSearch",
        {
            "query": {"name": "sita"},
            "purpose": "inquiry",
            "case": "FIR 12/2026",
            "officer": {"id": "sho.gaya", "role": "SHO"},
            "participants": ["police-br"],
            "seconds": 2.5,
        },
    ),
    ("GetCase", {"participant": "police-br", "source_id": "BR/2019/17"}),
    ("GetTimeline", {"hub_id": "hub-entry-police-br-BR_2019_17", "purpose": "inquiry", "case": "FIR 12/2026"}),
    ("ListNotices", {"limit": 1}),
    ("AcknowledgeNotice", {"notice_id": "notice-0001"}),
    ("GetAuditHead", {"since": 3}),
    ("CosignAuditHead", {"size": 7, "cosignature": "\u2014 police-br AAAAAAAAAAAAAAAA"}),
    ("RegistryLookup", {"kind": "CCI", "on": "2019-03-01"}),
]
_READING = etree.XMLParser(remove_blank_text=True)


class Outsider:
    """A zeep client made from a published file alone."""

    def __init__(self, file: str, address: str, session: requests.Session) -> None:
        self.history = zeep.plugins.HistoryPlugin()
        self.client = zeep.Client(
            str(PUBLISHED / file),
            transport=Transport(session=session),
            settings=zeep.Settings(strict=True, forbid_dtd=True),
            plugins=[self.history],
        )
        (binding,) = self.client.wsdl.bindings
        self.service = self.client.create_service(binding, address)

    def call(self, name: str, asked: dict[str, Any], key: str = KEY) -> etree._Element:
        """Make the call; returns the body element of the answer."""
        getattr(self.service, name)(**_native(asked), _soapheaders={"Credentials": {"key": key}})
        return self.history.last_received["envelope"].find("{*}Body")[0]


def _native(value: Any) -> Any:
    """zeep wants moments, days and times as such."""
    if isinstance(value, dict):
        return {key: _typed(key, _native(item)) for key, item in value.items()}
    return [_native(item) for item in value] if isinstance(value, list) else value


def _typed(key: str, value: Any) -> Any:
    kinds: dict[str, Any] = {"on": datetime.date, "as_of": datetime.date, "recorded_at": datetime.datetime}
    if key == "at":
        return (datetime.time if len(value) < 10 else datetime.datetime).fromisoformat(value)
    return kinds[key].fromisoformat(value) if key in kinds else value


def by_rest(session: requests.Session, address: str, call: Call, asked: dict[str, Any]) -> requests.Response:
    """Make the call at the REST door."""
    path = call.path.format(**asked)
    body = {"json": asked} if call.in_body else {"params": {} if "{" in call.path else asked}
    bearer = {"Authorization": f"Bearer {KEY}"}
    return session.request(call.method, f"{address}/api/v1{path}", headers=bearer, timeout=20, **body)  # type: ignore[arg-type]


def as_model(call: Call, body: etree._Element) -> Model:
    return call.reply.model_validate(values(body, call.reply))


@pytest.mark.parametrize("file", SOAPS)
def test_every_call_of_the_published_wsdl_gives_what_rest_gives(
    file: str, served: Served, session: requests.Session
) -> None:
    outsider = Outsider(file, served.address + SOAPS[file], session)
    assert set(BY_NAME) == {name for name, _ in ASKED} == set(dir(outsider.service)) & set(BY_NAME)
    schema = etree.XMLSchema(etree.parse(str(PUBLISHED / "hub.xsd")))
    for name, asked in ASKED:
        served.desk.records.pop(("police-br", "BR/2019/17"), None) if name == "SubmitRecords" else None
        told = outsider.call(name, asked)
        schema.assertValid(etree.fromstring(etree.tostring(told), _READING))
        served.desk.records.pop(("police-br", "BR/2019/17"), None) if name == "SubmitRecords" else None
        answer = by_rest(session, served.address, BY_NAME[name], asked)
        assert answer.status_code == 200, answer.text
        assert answer.headers["cache-control"] == "no-store"
        assert as_model(BY_NAME[name], told) == BY_NAME[name].reply.model_validate_json(answer.content), name


def test_what_was_told_by_soap_and_by_rest_is_the_same_record(served: Served, session: requests.Session) -> None:
    asked = {"message_id": "message-7", "records": [RECORD]}
    kept = []
    for file, path in SOAPS.items():
        Outsider(file, served.address + path, session).call("SubmitRecords", asked)
        kept.append(served.desk.records.pop(("police-br", "BR/2019/17")))
    assert by_rest(session, served.address, BY_NAME["SubmitRecords"], asked).status_code == 200
    kept.append(served.desk.records["police-br", "BR/2019/17"])
    assert kept[0] == kept[1] == kept[2]
    assert kept[0].names[1].text == "Sita & <Kumari>"


@pytest.mark.parametrize("file", SOAPS)
def test_a_malformed_record_among_good_ones_is_refused_alone(
    file: str, served: Served, session: requests.Session
) -> None:
    served.desk.records.clear()
    outsider = Outsider(file, served.address + SOAPS[file], session)
    asked = {"message_id": "message-3", "records": [RECORD, MALFORMED, FOREIGN]}
    told = as_model(BY_NAME["SubmitRecords"], outsider.call("SubmitRecords", asked)).outcomes  # type: ignore[attr-defined]
    assert [(one.id, one.answer) for one in told] == [
        ("BR/2019/17", "accepted"),
        ("BR/2019/18", "refused"),
        ("C-1", "refused"),
    ]
    assert [(p.field, p.rule) for one in told for p in one.problems] == [
        ("records.1.gender", "unknown_code"),
        ("records.2.ref.participant", "own_namespace"),
    ]
    assert list(served.desk.records) == [("police-br", "BR/2019/17")]


@pytest.mark.parametrize("file", SOAPS)
def test_the_key_may_stand_in_the_http_header_instead(file: str, served: Served, session: requests.Session) -> None:
    session.headers["Authorization"] = f"Bearer {KEY}"
    outsider = Outsider(file, served.address + SOAPS[file], session)
    assert outsider.service.ListNotices(limit=1)[0].notice_id == "notice-0001"


@pytest.mark.parametrize("file", SOAPS)
def test_a_refusal_reaches_the_outsider_as_a_fault_it_can_read(
    file: str, served: Served, session: requests.Session
) -> None:
    outsider = Outsider(file, served.address + SOAPS[file], session)
    with pytest.raises(zeep.exceptions.Fault) as caught:
        outsider.call("GetCase", {"hub_id": "no-such-entry-at-all"})
    detail = outsider.client.get_element(f"{{{outsider.client.wsdl.types.prefix_map['ns0']}}}Fault")
    told = detail.parse(caught.value.detail[0], outsider.client.wsdl.types)
    assert (told.code, told.message) == ("not_found", caught.value.message)


def test_the_live_description_holds_the_address_it_was_asked_at(served: Served, session: requests.Session) -> None:
    for path in SOAPS.values():
        live = session.get(f"{served.address}{path}?wsdl", timeout=20)
        assert live.headers["content-type"].startswith("text/xml")
        (port,) = etree.fromstring(live.content).iter("{*}address")
        assert port.get("location") == served.address + path


def test_the_openapi_description_is_served_and_names_every_call(served: Served, session: requests.Session) -> None:
    told = session.get(f"{served.address}/api/v1/openapi.json", timeout=20).json()
    found = {operation["operationId"] for path in told["paths"].values() for operation in path.values()}
    assert found == {call.name for call in CALLS}


def test_the_case_is_found_by_the_hubs_own_id(served: Served, session: requests.Session) -> None:
    record = by_rest(session, served.address, BY_NAME["SubmitRecords"], ASKED[0][1])
    assert record.status_code == 200
    wanted = {"hub_id": hub_id(served.desk.records["police-br", "BR/2019/17"])}
    assert by_rest(session, served.address, BY_NAME["GetCase"], wanted).json()["record"]["gender"] == "F"
