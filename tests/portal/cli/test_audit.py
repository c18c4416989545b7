"""``trackchild audit`` as an operator and a witness type it, against a served hub."""

import datetime
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from contracts import Participant, ParticipantKind, Permission
from hub.access import Act
from hub.index.audit import Line
from portal.cli.opened import opened_hub
from tests.portal.cli.conftest import Started, Typed

NOW = datetime.datetime(2026, 11, 20, 9, 0, tzinfo=datetime.UTC)


@pytest.fixture
def signed(typed: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A hub with a key and three lines in its audit; the verifier key that it tells."""
    assert typed("audit", "key").code == 3
    assert typed("audit", "new-key", "audit.pem").code == 0
    monkeypatch.setenv("TRACKCHILD_AUDIT_KEY", str(tmp_path / "audit.pem"))
    _look(3)
    assert json.loads(typed("audit", "grow", "--json").out) == {"lines": 3}
    return typed("audit", "key").out.strip()


def _look(many: int) -> None:
    with opened_hub() as hub, hub.store.write() as work:
        for _ in range(many):
            work.audit.add(Line("officer:a", "committee", Act.SEE_RECORD.value, "shown", hub_id="tc-1"), NOW)


def test_an_audit_is_verified_exported_and_checked(typed: Typed, signed: str) -> None:
    assert json.loads(typed("audit", "verify", "--json").out)["problems"] == []
    assert typed("audit", "export", "bundle.zip", "--child", "tc-1").out.startswith("3 lines are in bundle.zip")
    done = typed("audit", "check", "bundle.zip", "--key", signed)
    assert (done.code, done.out.splitlines()[-1]) == (0, "proven: 3 lines of trackchild-hub/audit, tree of 3 lines")
    assert typed("audit", "check", "bundle.zip", "--key", signed[:-3]).code == 2
    assert typed("audit", "export", "again.zip").code == 3
    assert typed("audit", "verifier", "verify.pyz").code == 0


def test_a_line_altered_behind_the_hub_is_told_with_exit_code_1(typed: Typed, signed: str) -> None:
    with opened_hub() as hub, hub.store.engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER audit_no_update")
        connection.exec_driver_sql("UPDATE audit SET who = 'officer:b' WHERE seq = 2")
    done = typed("audit", "verify")
    assert done.code == 1
    assert "NOT AS SIGNED: The lines up to 3 are not those that the hub signed." in done.out


def test_a_witness_sees_the_heads_of_a_served_hub_and_signs_them(
    typed: Typed, signed: str, start: Callable[..., Started], monkeypatch: pytest.MonkeyPatch
) -> None:
    typed("audit", "new-key", "witness.pem")
    witness_key = typed("audit", "key", "--witness", "witness.pem", "--name", "police-br").out.strip()
    with opened_hub() as hub:
        kind, may = ParticipantKind.STATE_POLICE, [Permission.WITNESS]
        hub.registry.participants.put(
            Participant(id="police-br", name="Bihar police", kind=kind, permissions=may, witness_key=witness_key)
        )
        monkeypatch.setenv("TRACKCHILD_API_KEY", hub.registry.keys.issue("police-br").key)
    served = start("serve", "--port", "0")
    address = served.line().split()[-1]
    visit = ("audit", "witness", address, "--hub-key", signed, "--signing-key", "witness.pem", "--name", "police-br")
    assert "head of 3 lines" in typed(*visit, "--state", "heads").out
    assert typed(*visit, "--state", "heads").out.strip() in ("Nothing is new.", "The head of 3 lines goes on")
    _look(2)
    typed("audit", "grow")
    assert "head of 5 lines" in typed(*visit, "--state", "heads").out
    found = json.loads(typed("audit", "verify", "--witnessed", "heads", "--json").out)
    assert (found["problems"], found["cosignatures"]) == ([], 2)
    assert typed(*visit[:4], witness_key, *visit[5:], "--state", "others").code == 3
