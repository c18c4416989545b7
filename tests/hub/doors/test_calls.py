"""The table of calls is whole: each row has its models, its permission, its method of the desk and its address."""

import inspect
import re

from contracts import Permission
from hub.app import Hub
from hub.doors.calls import BY_NAME, CALLS, Desk
from hub.doors.faults import REFUSALS
from tests.hub.doors.desk import MemoryDesk


def test_the_calls_are_those_of_the_contract() -> None:
    assert set(BY_NAME) == {
        "SubmitRecords",
        "SubmitEvents",
        "Search",
        "LiveSearch",
        "GetCase",
        "GetTimeline",
        "ListNotices",
        "AcknowledgeNotice",
        "GetAuditHead",
        "CosignAuditHead",
        "RegistryLookup",
    }
    assert all(call.name == call.request.__name__ for call in CALLS)


def test_every_permission_opens_some_call() -> None:
    assert {call.permission for call in CALLS} == set(Permission)


def test_every_call_asks_a_method_of_the_desk_that_the_hub_has() -> None:
    asked = (
        {call.asks for call in CALLS}
        | {call.grows for call in CALLS if call.grows}
        | {"participant_by_key", "holder_of_key", "participant_by_certificate", "take_signature", "signs"}
        | {"certificate_named", "kept_reply", "keep_reply"}
    )
    of_desk = {name for name, _ in inspect.getmembers(Desk, inspect.isfunction) if not name.startswith("_")}
    assert asked == of_desk
    for name in asked:
        for other in (Hub, MemoryDesk):
            assert len(inspect.signature(getattr(other, name)).parameters) == len(
                inspect.signature(getattr(Desk, name)).parameters
            )


def test_every_address_is_one_calls_alone_and_its_braces_are_fields() -> None:
    assert len({(call.method, call.path) for call in CALLS}) == len(CALLS)
    for call in CALLS:
        assert set(re.findall(r"\{(\w+)\}", call.path)) <= set(call.request.model_fields)


def test_what_is_refused_travels_under_a_code_of_the_sender() -> None:
    assert all(400 <= http < 500 for http in REFUSALS.values())
