"""Participants and their keys: nothing is allowed that was not given, and a key is told once."""

import datetime

import pytest
from sqlalchemy import Engine, select

from contracts import Endpoint, Participant, ParticipantKind, Permission, Refused
from registry import Registry, metadata, secrets

NOW = datetime.datetime(2026, 11, 20, 12, tzinfo=datetime.UTC)
DAY = datetime.timedelta(days=1)
POLICE = Participant(
    id="police-br",
    name="Bihar Police",
    kind=ParticipantKind.STATE_POLICE,
    states=[10],
    endpoint=Endpoint(adapter="state_police", url="http://127.0.0.1:9/soap", secret="env:POLICE_BR"),
)


@pytest.fixture
def police(registry: Registry) -> Registry:
    registry.participants.register(POLICE)
    return registry


def test_a_new_participant_may_do_nothing(police: Registry) -> None:
    assert police.participants.require("police-br").permissions == []


def test_a_participant_is_registered_once_and_altered_after(police: Registry) -> None:
    with pytest.raises(Refused, match="participant_known"):
        police.participants.register(POLICE)
    police.participants.alter(POLICE.model_copy(update={"name": "Police of Bihar"}))
    assert police.participants.require("police-br").name == "Police of Bihar"
    with pytest.raises(Refused, match="unknown_participant"):
        police.participants.alter(POLICE.model_copy(update={"id": "police-xx"}))
    police.participants.put(POLICE.model_copy(update={"id": "police-yy"}))
    assert [one.id for one in police.participants.all()] == ["police-br", "police-yy"]


def test_permissions_are_exactly_those_given(police: Registry) -> None:
    police.participants.permit("police-br", [Permission.SEARCH, Permission.SEARCH, Permission.NOTICES])
    assert police.participants.require("police-br").permissions == [Permission.NOTICES, Permission.SEARCH]
    police.participants.permit("police-br", [])
    assert police.participants.require("police-br").permissions == []


def test_an_inactive_participant_has_no_endpoint_to_be_called(police: Registry) -> None:
    assert police.participants.endpoints() == {"police-br": POLICE.endpoint}
    police.participants.deactivate("police-br")
    assert police.participants.endpoints() == {}
    assert police.participants.all(active=True) == []
    assert police.participants.activate("police-br") == POLICE


def test_participants_are_listed_by_kind(police: Registry) -> None:
    assert police.participants.all(kind=ParticipantKind.STATE_POLICE) == [POLICE]
    assert police.participants.all(kind=ParticipantKind.CCI) == []


def test_a_participant_of_an_unknown_state_or_institution_is_refused(registry: Registry) -> None:
    with pytest.raises(Refused, match="bad_participant") as error:
        registry.participants.register(POLICE.model_copy(update={"states": [10, 25], "institution": "nowhere"}))
    found = {(problem.field, problem.rule) for problem in error.value.problems}
    assert found == {("states.1", "state_unknown"), ("institution", "institution_unknown")}


def test_a_key_opens_for_its_participant(police: Registry) -> None:
    issued = police.keys.issue("police-br", note="first")
    assert police.participant_by_key(issued.key) == POLICE
    assert issued.key not in repr(issued)
    assert [(known.key_id, known.note) for known in police.keys.of("police-br")] == [(issued.key_id, "first")]


def test_the_key_itself_is_nowhere_in_the_database(engine: Engine) -> None:
    police = Registry(engine)
    police.participants.register(POLICE)
    issued = police.keys.issue("police-br")
    secret = issued.key.split("_", 2)[2]
    with engine.connect() as connection:
        for table in metadata.sorted_tables:
            assert secret not in repr(connection.execute(select(table)).all())


def test_several_keys_work_at_once_until_each_is_revoked(police: Registry) -> None:
    old, new = police.keys.issue("police-br"), police.keys.issue("police-br")
    assert police.participant_by_key(old.key) == police.participant_by_key(new.key)
    police.keys.revoke(old.key_id)
    with pytest.raises(Refused, match="revoked"):
        police.participant_by_key(old.key)
    assert police.participant_by_key(new.key) == POLICE
    police.keys.revoke(old.key_id)
    with pytest.raises(Refused, match="unknown_key"):
        police.keys.revoke("0" * 12)


def test_a_key_works_from_its_first_moment_until_its_last(police: Registry) -> None:
    issued = police.keys.issue("police-br", valid_from=NOW, valid_to=datetime.datetime(2100, 1, 1, tzinfo=datetime.UTC))
    assert police.participant_by_key(issued.key, at=NOW) == POLICE
    with pytest.raises(Refused, match="not valid yet"):
        police.participant_by_key(issued.key, at=NOW - DAY)
    with pytest.raises(Refused, match="has ended"):
        police.participant_by_key(issued.key, at=datetime.datetime(2100, 1, 1, tzinfo=datetime.UTC))
    known = police.keys.of("police-br")[0]
    assert known.live(NOW) and not known.live(NOW - DAY)


def test_a_key_that_would_never_work_is_not_issued(police: Registry) -> None:
    for end in (NOW - DAY, datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)):
        with pytest.raises(Refused, match="bad_key_dates"):
            police.keys.issue("police-br", valid_from=NOW, valid_to=end)
    with pytest.raises(Refused, match="unknown_participant"):
        police.keys.issue("police-xx")


def test_keys_of_an_inactive_participant_stop(police: Registry) -> None:
    issued = police.keys.issue("police-br")
    police.participants.deactivate("police-br")
    with pytest.raises(Refused, match="wrong_key"):
        police.participant_by_key(issued.key)


def test_every_wrong_key_gets_the_same_answer(police: Registry) -> None:
    issued = police.keys.issue("police-br")
    wrong = [
        "",
        "x",
        "tc_" + "0" * 12 + "_" + "A" * 43,
        issued.key[:-1] + ("A" if issued.key[-1] != "A" else "B"),
        issued.key + "A",
        issued.key.upper(),
        issued.key[:-1] + "\udc80",
        issued.key + "\n",
    ]
    answers = set()
    for key in wrong:
        with pytest.raises(Refused) as error:
            police.participant_by_key(key)
        answers.add((error.value.code, error.value.message))
    assert len(answers) == 1 and {code for code, _ in answers} == {"wrong_key"}


def test_a_secret_is_read_from_where_the_reference_points(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    monkeypatch.setenv("TRACKCHILD_TEST_SECRET", "s3cret")
    path = tmp_path_factory.mktemp("secrets") / "one"
    path.write_text("in a file\n", encoding="utf-8")
    assert secrets.read("env:TRACKCHILD_TEST_SECRET") == "s3cret"
    assert secrets.read(f"file:{path}") == "in a file"


@pytest.mark.parametrize(
    ("reference", "code"),
    [
        ("env:TRACKCHILD_TEST_ABSENT", "secret_missing"),
        ("file:/nowhere/at/all", "secret_missing"),
        ("hunter2", "bad_secret_reference"),
        ("env:", "bad_secret_reference"),
    ],
)
def test_a_secret_that_is_not_there_is_refused_without_telling_it(reference: str, code: str) -> None:
    with pytest.raises(Refused, match=code) as error:
        secrets.read(reference)
    assert "hunter2" not in error.value.message
