"""The doors before the real hub, on both databases: who writes what, what is kept of bad records, who may ask."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import requests
from lxml import etree
from sqlalchemy import text

from contracts import Participant, Permission
from hub.app import Hub
from hub.doors.bridge import NAMESPACE
from hub.doors.calls import BY_NAME
from hub.doors.envelope import values
from hub.doors.soap import SOAP11, SOAP12
from hub.settings import Settings
from tests.hub.doors.conftest import serving
from tests.hub.doors.messages import PATHS, RECORD, envelope, headers, xml

HOME_RECORD = {
    "ref": {"participant": "cci-dl", "source_id": "C-9"},
    "kind": "resident",
    "status": "in_care",
    "recorded_at": "2019-03-05T10:00:00+05:30",
    "names": [{"text": "Sita Kumari", "lang": "hi-Latn"}],
    "gender": "F",
}


@dataclass
class Trial:
    """A hub with two participants, served."""

    hub: Hub
    address: str
    keys: dict[str, str]
    session: requests.Session

    def rest(self, who: str, name: str, asked: dict[str, Any]) -> requests.Response:
        call = BY_NAME[name]
        body: dict[str, Any] = {"json": asked} if call.in_body else {"params": {} if "{" in call.path else asked}
        return self.session.request(
            call.method,
            f"{self.address}/api/v1{call.path.format(**asked)}",
            headers={"Authorization": f"Bearer {self.keys[who]}"},
            timeout=20,
            **body,
        )

    def soap(self, who: str, name: str, asked: dict[str, Any], soap: str = SOAP11) -> requests.Response:
        body = envelope(soap, xml(name, asked), xml("Credentials", {"key": self.keys[who]}))
        return self.session.post(self.address + PATHS[soap], data=body, headers=headers(soap), timeout=20)

    def kept(self, table: str) -> int:
        with self.hub.store.engine.connect() as connection:
            return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


@pytest.fixture
def trial(database_url: str, session: requests.Session) -> Iterator[Trial]:
    hub = Hub.open(Settings(database=database_url))
    keys = {}
    for name, kind in (("police-br", "state_police"), ("cci-dl", "cci")):
        hub.registry.participants.put(Participant(id=name, name=name, kind=kind, permissions=list(Permission)))
        keys[name] = hub.registry.keys.issue(name).key
    with serving(hub) as address:
        yield Trial(hub, address, keys, session)
    hub.close()


def outcomes(answer: requests.Response) -> list[tuple[str, str, list[str]]]:
    """(id, answer, rules) of each outcome, from either door."""
    assert answer.status_code == 200, answer.text
    if answer.headers["content-type"].startswith("application/json"):
        reply = BY_NAME["SubmitRecords"].reply.model_validate_json(answer.content)
    else:
        (body,) = etree.fromstring(answer.content).iter(f"{{{NAMESPACE}}}SubmitRecordsResponse")
        reply = BY_NAME["SubmitRecords"].reply.model_validate(values(body, BY_NAME["SubmitRecords"].reply))
    return [(one.id, one.answer, [problem.rule for problem in one.problems]) for one in reply.outcomes]  # type: ignore[attr-defined]


def test_each_record_is_answered_and_what_could_not_be_read_is_set_aside(trial: Trial) -> None:
    bad = RECORD | {"ref": {"participant": "police-br", "source_id": "BR/2"}, "gender": "X"}
    message = {"message_id": "message-1", "records": [RECORD, bad, HOME_RECORD]}
    expected = [
        ("BR/2019/17", "accepted", []),
        ("BR/2", "refused", ["unknown_code"]),
        ("C-9", "refused", ["own_namespace"]),
    ]
    assert outcomes(trial.soap("police-br", "SubmitRecords", message)) == expected
    assert (trial.kept("records"), trial.kept("set_aside")) == (1, 1)
    again = outcomes(trial.soap("police-br", "SubmitRecords", message, SOAP12))
    assert again == expected, "the same message gets the same reply, at either SOAP"
    mended = bad | {"gender": "F"}
    assert outcomes(
        trial.rest("police-br", "SubmitRecords", {"message_id": "message-2", "records": [mended, RECORD]})
    ) == [
        ("BR/2", "accepted", []),
        ("BR/2019/17", "unchanged", []),
    ]
    assert trial.kept("records") == 2


def test_a_message_of_which_nothing_can_be_read_is_kept_and_answered(trial: Trial) -> None:
    message = {"message_id": "message-3", "records": [{"ref": {"source_id": "BR/3"}}, {}]}
    answer = outcomes(trial.rest("police-br", "SubmitRecords", message))
    assert [(one, what) for one, what, _ in answer] == [("BR/3", "refused"), ("(unreadable)", "refused")]
    assert (trial.kept("records"), trial.kept("set_aside")) == (0, 2)


def test_a_message_id_with_another_body_is_refused_and_changes_nothing(trial: Trial) -> None:
    assert outcomes(trial.rest("police-br", "SubmitRecords", {"message_id": "message-4", "records": [RECORD]}))
    other = {"message_id": "message-4", "records": [RECORD | {"gender": "M"}]}
    answer = trial.rest("police-br", "SubmitRecords", other)
    assert (answer.status_code, answer.json()["code"]) == (409, "message_id_reused")
    assert trial.kept("records") == 1


def test_a_refused_message_leaves_nothing_behind(trial: Trial) -> None:
    for body in ({"message_id": "x", "records": [RECORD]}, {"message_id": "message-5", "records": []}):
        assert trial.rest("police-br", "SubmitRecords", body).json()["code"] == "invalid_message"
        assert "invalid_message" in trial.soap("police-br", "SubmitRecords", body).text
    assert [trial.kept(table) for table in ("records", "set_aside", "inbox", "outbox")] == [0, 0, 0, 0]


def test_both_owners_are_told_of_a_match_and_acknowledge_at_either_door(trial: Trial) -> None:
    found = HOME_RECORD | {key: RECORD[key] for key in ("names", "birth", "relatives", "marks", "physical")}
    found |= {"event": {"on": "2019-03-01", "place": {"state": 10}}}
    trial.soap("police-br", "SubmitRecords", {"message_id": "message-6", "records": [RECORD]})
    trial.rest("cci-dl", "SubmitRecords", {"message_id": "message-6", "records": [found]})
    told = trial.rest("police-br", "ListNotices", {"limit": 10}).json()["notices"]
    assert [(one["kind"], one["other"]["participant"]) for one in told] == [("match_proposed", "cci-dl")]
    assert told[0]["notice_id"] in trial.soap("police-br", "ListNotices", {"limit": 10}, SOAP12).text
    assert trial.soap("police-br", "AcknowledgeNotice", {"notice_id": told[0]["notice_id"]}).status_code == 200
    assert trial.rest("police-br", "ListNotices", {}).json()["notices"] == []
    (at_home,) = trial.rest("cci-dl", "ListNotices", {}).json()["notices"]
    assert trial.rest("cci-dl", "AcknowledgeNotice", {"notice_id": at_home["notice_id"]}).status_code == 200
    unknown = trial.rest("police-br", "AcknowledgeNotice", {"notice_id": at_home["notice_id"]})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown_notice")


def test_a_case_is_read_the_same_at_both_doors(trial: Trial) -> None:
    trial.rest("police-br", "SubmitRecords", {"message_id": "message-7", "records": [RECORD]})
    event = {
        "event_id": "E-1",
        "ref": {"participant": "police-br", "source_id": "BR/2019/17"},
        "kind": "alert_issued",
        "at": "2019-03-02T08:00:00+05:30",
    }
    assert '"accepted"' in trial.rest("police-br", "SubmitEvents", {"message_id": "message-8", "events": [event]}).text
    asked = {"participant": "police-br", "source_id": "BR/2019/17"}
    model = BY_NAME["GetCase"].reply
    by_rest = model.model_validate_json(trial.rest("police-br", "GetCase", asked).content)
    for soap in (SOAP11, SOAP12):
        (body,) = etree.fromstring(trial.soap("police-br", "GetCase", asked, soap).content).iter("{*}GetCaseResponse")
        assert model.model_validate(values(body, model)) == by_rest
    missing = trial.rest("police-br", "GetCase", {"hub_id": "x" * 20})
    assert (missing.status_code, missing.json()["code"]) == (404, "unknown_case")


def test_unknown_and_revoked_keys_are_told_the_same(trial: Trial) -> None:
    revoked = trial.keys["police-br"]
    trial.hub.registry.keys.revoke(trial.hub.registry.keys.of("police-br")[0].key_id)
    told = []
    for key in (revoked, "tc_000000000000_wrong", "nothing of the kind"):
        trial.keys["someone"] = key
        by_rest = trial.rest("someone", "ListNotices", {})
        by_soap = [trial.soap("someone", "ListNotices", {}, soap) for soap in (SOAP11, SOAP12)]
        told.append([(one.status_code, one.text) for one in (by_rest, *by_soap)])
        assert by_rest.status_code == 401
    assert told[0] == told[1] == told[2]


def test_a_participant_without_the_permission_is_refused_by_the_hub_itself(trial: Trial) -> None:
    trial.hub.registry.participants.permit("cci-dl", [Permission.NOTICES])
    answer = trial.rest("cci-dl", "Search", {"name": "Sita"})
    assert (answer.status_code, answer.json()["code"]) == (403, "not_permitted")
    assert trial.rest("cci-dl", "ListNotices", {}).status_code == 200


def test_the_registry_is_looked_up_at_both_doors(trial: Trial) -> None:
    asked = {"kind": "MWCD"}
    by_rest = trial.rest("cci-dl", "RegistryLookup", asked)
    assert by_rest.status_code == 200, by_rest.text
    (body,) = etree.fromstring(trial.soap("cci-dl", "RegistryLookup", asked).content).iter("{*}RegistryLookupResponse")
    model = BY_NAME["RegistryLookup"].reply
    assert model.model_validate(values(body, model)) == model.model_validate_json(by_rest.content)
