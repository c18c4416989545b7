"""Counts by group: exact for those who may see them, rounded for the public, and equal on both databases."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from contracts import ChildRecord, Officer, Participant, ParticipantKind, Permission
from contracts.codes import Gender
from hub.access import EVERYWHERE, Role, person, public
from hub.app import Hub
from hub.counting import Asked, Group, count, rounded
from hub.settings import Settings

MINISTRY = person(Officer(id="ministry", role="ministry"), Role.MINISTRY, EVERYWHERE)


def record(number: int, **said: Any) -> ChildRecord:
    usual = {
        "ref": {"participant": "police-br", "source_id": f"BR/{number}"},
        "kind": "missing",
        "status": "untraced",
        "recorded_at": "2025-03-12T10:35:00Z",
        "gender": "M",
        "birth": {"age_from_months": 96, "age_to_months": 107, "basis": "stated", "as_of": "2024-03-01"},
        "event": {"on": "2024-03-01", "place": {"state": 10, "district": 196}},
    }
    return ChildRecord.model_validate(usual | said)


FOUND = {"kind": "found", "status": "in_care"}
TOLD = (
    [record(n) for n in range(7)]
    + [record(10 + n, status="traced", gender="F") for n in range(3)]
    + [record(20, status="restored", event={"on": "2023-12-31", "place": {"state": 7, "district": 77}})]
    + [record(30 + n, **FOUND) for n in range(2)]
    + [record(40, status="cancelled"), record(41, event={})]
)


@pytest.fixture(params=["sqlite", "postgresql"])
def hub(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Hub]:
    url = f"sqlite:///{tmp_path / 'hub.sqlite'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_url")
    opened = Hub.open(Settings(database=url))
    told = Participant(id="police-br", name="BP", kind=ParticipantKind.STATE_POLICE, permissions=list(Permission))
    opened.registry.participants.put(told)
    for at, one in enumerate(TOLD):
        assert opened.flow.receive("police-br", f"message-{at:04}", [one]).outcomes[0].answer == "accepted"
    yield opened
    opened.close()


def rows(hub: Hub, **asked: Any) -> dict[Any, tuple[int | None, ...]]:
    return {one.key: one.counts for one in count(hub.store, MINISTRY, Asked(**asked)).rows}


def test_each_group_counts_what_it_says(hub: Hub) -> None:
    # missing, traced, untraced, found, matched, restored; what was cancelled is not counted.
    assert rows(hub) == {None: (1, 0, 1, 0, 0, 0), 7: (1, 1, 0, 0, 0, 1), 10: (10, 3, 7, 2, 0, 0)}
    assert rows(hub, by=Group.DISTRICT, state=10) == {196: (10, 3, 7, 2, 0, 0)}
    assert rows(hub, by=Group.GENDER)["F"] == (3, 3, 0, 0, 0, 0)
    assert rows(hub, by=Group.YEAR)[2023] == (1, 1, 0, 0, 0, 1)
    assert rows(hub, by=Group.MONTH)[2024 * 12 + 2] == (10, 3, 7, 2, 0, 0)
    assert rows(hub, by=Group.PARTICIPANT)["police-br"][0] == 12
    assert rows(hub, by=Group.AGE)[6] == (11, 4, 7, 2, 0, 1)


def test_a_question_is_narrowed_by_gender_and_by_time(hub: Hub) -> None:
    assert rows(hub, gender=Gender.FEMALE) == {10: (3, 3, 0, 0, 0, 0)}
    assert rows(hub, first_month=2024 * 12) == {10: (10, 3, 7, 2, 0, 0)}
    assert rows(hub, last_month=2023 * 12 + 11) == {7: (1, 1, 0, 0, 0, 1)}


def test_the_public_is_told_multiples_of_five_and_nothing_below(hub: Hub) -> None:
    found = count(hub.store, public(), Asked())
    assert found.rounded
    assert {one.key: one.counts for one in found.rows}[10] == (10, None, 5, None, 0, 0)
    assert found.total.counts == (10, None, 10, None, 0, None)


def test_an_empty_index_counts_nothing(tmp_path: Path) -> None:
    opened = Hub.open(Settings(database=f"sqlite:///{tmp_path / 'hub.sqlite'}"))
    assert count(opened.store, public(), Asked()).total.counts == (0,) * 6
    opened.close()


@pytest.mark.parametrize(("exact", "told"), [(0, 0), (1, None), (4, None), (5, 5), (7, 5), (8, 10), (1_003, 1_005)])
def test_rounding(exact: int, told: int | None) -> None:
    assert rounded(exact) == told
