"""Witnesses and bundles: a head is signed only if the log merely grew; a bundle is checked without the hub."""

import datetime
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from contracts import Notice, Participant, Reference, Refused
from contracts.evidence import AuditHead, CosignAuditHead, GetAuditHead
from contracts.notices import NoticeKind
from contracts.participants import ParticipantKind
from hub.evidence.exporting import export, write_verifier
from hub.evidence.growing import Growing, new_key, signer_from
from hub.evidence.lines import taken
from hub.evidence.offline.bundle import check, digest, main
from hub.evidence.offline.checkpoint import Malformed, Verifier, part
from hub.evidence.witnessing import Heads, Witness, read_heads
from hub.index import Store
from tests.hub.evidence.conftest import HUB, NOW, WATCH

Write = Callable[[int], None]
POLICE = Participant(
    id="police-br", name="Bihar police", kind=ParticipantKind.STATE_POLICE, witness_key=str(WATCH.verifier)
)
NOTICE = Notice(
    notice_id="notice-0001",
    kind=NoticeKind.MATCH_PROPOSED,
    to="police-br",
    about=Reference(participant="police-br", source_id="BR-1", version="1"),
    created_at=NOW,
    bits=4.25,
    text="A child was found who may be yours.",
)


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    return Witness(HUB.verifier, WATCH, tmp_path / "heads")


def told(store: Store, witness: Witness) -> AuditHead:
    return Heads(store).head(GetAuditHead(since=witness.since()))


def test_a_witness_signs_each_head_that_goes_on_from_the_last(
    store: Store, write: Write, growing: Growing, witness: Witness, tmp_path: Path
) -> None:
    for many in (3, 40, 260):
        write(many)
        growing.grow()
        head = told(store, witness)
        line = witness.saw(head, NOW)
        assert line is not None
        assert Heads(store).cosign(POLICE, CosignAuditHead(size=head.size, cosignature=line)).witness == "police-br"
    assert witness.saw(told(store, witness), NOW) is None
    assert [part(one)[0].size for one in read_heads(tmp_path / "heads")] == [3, 43, 303]
    with store.read() as work:
        assert [len(kept.cosignatures) for kept in work.evidence.heads()] == [1, 1, 1]


def test_a_witness_refuses_a_head_whose_log_was_rewritten_and_keeps_what_it_saw(
    store: Store, write: Write, growing: Growing, witness: Witness, tmp_path: Path
) -> None:
    write(5)
    growing.grow()
    witness.saw(told(store, witness), NOW)
    write(5)
    growing.grow()
    head = told(store, witness)
    for wrong in (head.consistency[:-1], [*head.consistency, head.consistency[0]], [head.consistency[0]] * 3):
        with pytest.raises(Refused) as refused:
            witness.saw(head.model_copy(update={"consistency": wrong}), NOW)
        assert refused.value.code == "audit_rewritten"
    assert [part(one)[0].size for one in read_heads(tmp_path / "heads")] == [5]


def test_a_head_of_another_hub_is_not_signed(store: Store, write: Write, growing: Growing, tmp_path: Path) -> None:
    write(1)
    growing.grow()
    stranger = Witness(WATCH.verifier, WATCH, tmp_path / "heads")
    with pytest.raises(Refused) as refused:
        stranger.saw(told(store, stranger), NOW)
    assert (refused.value.code, stranger.since()) == ("head_not_signed", None)


@pytest.mark.parametrize(
    ("key", "size", "line", "code"),
    [
        (None, 2, None, "no_witness_key"),
        ("nonsense+00000000+AAAA", 2, None, "no_witness_key"),
        (str(WATCH.verifier), 9, None, "unknown_head"),
        (str(WATCH.verifier), 2, "\u2014 police-br AAAAAAAAAAAAAAAA", "wrong_cosignature"),
    ],
)
def test_a_cosignature_that_does_not_fit_is_refused(
    store: Store, write: Write, growing: Growing, key: str | None, size: int, line: str | None, code: str
) -> None:
    write(2)
    growing.grow()
    body = part(Heads(store).head(GetAuditHead()).checkpoint)[0].body
    said = CosignAuditHead(size=size, cosignature=line or WATCH.sign(body, 5))
    with pytest.raises(Refused) as refused:
        Heads(store).cosign(POLICE.model_copy(update={"witness_key": key}), said)
    assert refused.value.code == code


def test_a_head_that_never_was_is_not_proven_from(store: Store, write: Write, growing: Growing) -> None:
    with pytest.raises(Refused, match="signs no heads"):
        Heads(store).head(GetAuditHead())
    write(2)
    growing.grow()
    with pytest.raises(Refused, match="never of that size"):
        Heads(store).head(GetAuditHead(since=3))


@pytest.fixture
def bundle(store: Store, write: Write, growing: Growing, tmp_path: Path) -> Path:
    """The proof that the notice was sent, taken and acknowledged, under a head that a witness signed."""
    write(500)
    with store.write() as work:
        work.audit.add(taken(NOTICE, "pushed", NOW - datetime.timedelta(seconds=2)), NOW)
    growing.grow()
    head = Heads(store).head(GetAuditHead())
    line = WATCH.sign(part(head.checkpoint)[0].body, int(NOW.timestamp()))
    Heads(store).cosign(POLICE, CosignAuditHead(size=head.size, cosignature=line))
    assert export(store, tmp_path / "bundle.zip", notice=NOTICE.notice_id) == 1
    return tmp_path / "bundle.zip"


def received(tmp_path: Path, notice: Notice = NOTICE) -> Path:
    """The notice as a participant may have kept it: other order, other spaces, empty members left in."""
    path = tmp_path / "notice.json"
    path.write_text(json.dumps(dict(reversed(json.loads(notice.model_dump_json()).items())), indent=3))
    return path


def test_a_bundle_proves_which_notice_went_to_whom_when_and_that_it_was_acknowledged(
    bundle: Path, tmp_path: Path
) -> None:
    found = check(bundle, HUB.verifier, [WATCH.verifier], [received(tmp_path).read_bytes()])
    assert found.problems == []
    (line,) = found.lines
    assert line["who"] == "participant:police-br"
    assert line["matter"] == "notice-0001"
    assert line["detail"] == f"sha256:{digest(NOTICE.model_dump_json().encode())}"
    assert (line["sent_at"], line["at"]) == ("2026-01-10T08:59:58+00:00", "2026-01-10T09:00:00+00:00")
    assert found.witnesses == {"police-br": "2026-01-10T09:00:00+00:00"}


def test_the_proof_stands_when_what_was_told_is_erased(store: Store, bundle: Path) -> None:
    with zipfile.ZipFile(bundle) as file:
        assert b"found who may be yours" not in b"".join(file.read(name) for name in file.namelist())


@pytest.mark.parametrize("part_", ["entry", "leaf", "proof", "checkpoint"])
def test_a_bundle_that_was_altered_proves_nothing(bundle: Path, tmp_path: Path, part_: str) -> None:
    altered = tmp_path / "altered.zip"
    with zipfile.ZipFile(bundle) as old, zipfile.ZipFile(altered, "w") as new:
        entry = json.loads(old.read("entries.jsonl"))
        checkpoint = old.read("checkpoint").decode()
        if part_ == "entry":
            entry["entry"] = entry["entry"].replace("police-br", "police-up")
        elif part_ == "leaf":
            entry["leaf"] -= 1
        elif part_ == "proof":
            entry["proof"] = entry["proof"][1:]
        else:
            checkpoint = checkpoint.replace("501", "502", 1)
        new.writestr("entries.jsonl", json.dumps(entry) + "\n")
        new.writestr("checkpoint", checkpoint)
    assert check(altered, HUB.verifier).problems


def test_another_notice_or_another_witness_is_not_proven(bundle: Path, tmp_path: Path) -> None:
    other = received(tmp_path, NOTICE.model_copy(update={"bits": 5.0})).read_bytes()
    stranger = Verifier("police-up", WATCH.verifier.kind, WATCH.verifier.key)
    found = check(bundle, HUB.verifier, [stranger], [other])
    assert len(found.problems) == 2


def test_the_stand_alone_verifier_needs_nothing_of_the_hub(bundle: Path, tmp_path: Path) -> None:
    write_verifier(tmp_path / "verify.pyz")
    arguments = [str(bundle), "--key", str(HUB.verifier), "--witness", str(WATCH.verifier)]
    command = [sys.executable, "-I", str(tmp_path / "verify.pyz"), *arguments, "--notice", str(received(tmp_path))]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("proven: 1 lines of hub.test/audit, tree of 501 lines\n")
    wrong = [*command[:5], str(WATCH.verifier)]
    assert subprocess.run(wrong, capture_output=True, cwd=tmp_path, check=False).returncode == 1


@pytest.mark.parametrize(
    "arguments",
    [["none.zip", "--key", str(HUB.verifier)], ["none.zip", "--key", "x"], [__file__, "--key", str(HUB.verifier)]],
)
def test_a_file_that_is_no_bundle_is_named_as_such(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_nothing_is_exported_that_is_not_there_or_not_signed(store: Store, write: Write, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="No head of the audit is signed"):
        export(store, tmp_path / "b.zip", notice="notice-0001")
    write(1)
    Growing(store, HUB).grow()
    with pytest.raises(Refused, match="holds no line"):
        export(store, tmp_path / "b.zip", notice="notice-0001")


def test_keys_are_made_once_and_read_by_their_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "audit.pem"
    new_key(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert Verifier.read(str(signer_from(path, "hub.test/audit").verifier)).name == "hub.test/audit"
    with pytest.raises(Refused) as refused:
        new_key(path)
    assert refused.value.code == "key_exists"
    path.write_text("nothing")
    with pytest.raises(Refused) as unread:
        signer_from(path, "hub.test/audit")
    assert unread.value.code == "bad_signing_key"


def _forms() -> list[Any]:
    key = str(HUB.verifier)
    return ["", "a+b", key[:-2], key.replace("hub", "hut"), key.swapcase()]


@pytest.mark.parametrize("text", _forms())
def test_a_key_that_was_mistyped_is_none(text: str) -> None:
    with pytest.raises(Malformed):
        Verifier.read(text)
