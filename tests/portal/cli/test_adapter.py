"""A state IT cell types: propose an adapter, look at what it makes of records, mend, look again."""

import json
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.portal.cli.conftest import Typed

ROWS = [
    {"SrNo": f"BR/{n}", "ChildName": "Ravi", "Sex": "M", "AgeYrs": 9, "DtOfMissing": "01/03/2024", "District": "Gaya",
     "Status": "With CID", "LastUpd": "2024-03-05", "Mobile": "9876543210"}
    for n in range(6)
]  # fmt: skip


@pytest.fixture
def sample(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TRACKCHILD_ADAPTERS", json.dumps([str(tmp_path / "mine")]))
    (tmp_path / "missing.json").write_text(json.dumps(ROWS))
    return tmp_path / "missing.json"


def test_a_system_nobody_prepared_for_is_connected_by_typing(typed: Typed, sample: Path, tmp_path: Path) -> None:
    done = typed("adapter", "new", "police_xy", "--sample", str(sample))
    assert (done.code, done.err) == (0, "")
    assert "8 of 9" in done.out and "Mobile" in done.out and "preview police_xy" in done.out
    before = json.loads(typed("adapter", "preview", "police_xy", "--url", sample.as_uri(), "--json").out)
    assert (before["read"], before["taken"], before["unmapped_words"]) == (6, 6, {"status": {"With CID": 6}})
    manifest = tmp_path / "mine" / "police_xy" / "manifest.toml"
    manifest.write_text(manifest.read_text().replace('# TODO "With CID" = "..."', '"With CID" = "untraced"'))
    after = json.loads(typed("adapter", "preview", "police_xy", "--url", sample.as_uri(), "--json").out)
    assert (after["unmapped_words"], after["rows"][0]["mapped"]["status"]) == ({}, "untraced")


def test_a_preview_on_the_screen_shows_raw_and_mapped_beside_each_other(typed: Typed, sample: Path) -> None:
    typed("adapter", "new", "police_xy", "--sample", str(sample))
    done = typed("adapter", "preview", "police_xy", "--url", sample.as_uri(), "--rows", "1")
    assert done.code == 0
    assert "ChildName: Ravi" in done.out and '"text": "Ravi"' in done.out and "status: unmapped_code" in done.out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["police_xy"], "one_description: "),
        (["police_xy", "--sample", "a.csv", "--wsdl", "b.wsdl"], "one_description: "),
        (["police_xy", "--wsdl", "nothing.wsdl"], "no_such_file: "),
        (["Police XY", "--sample", "missing.json"], "bad_adapter_name: "),
    ],
)
def test_what_cannot_be_proposed_says_why_in_one_line(
    typed: Typed, sample: Path, arguments: list[str], says: str
) -> None:
    done = typed("adapter", "new", *arguments)
    assert done.code != 0
    assert says in done.err and len(done.err.strip().splitlines()) == 1


def test_a_draft_is_not_written_over_unless_asked(typed: Typed, sample: Path) -> None:
    typed("adapter", "new", "police_xy", "--sample", str(sample))
    assert "draft_exists: " in typed("adapter", "new", "police_xy", "--sample", str(sample)).err
    assert typed("adapter", "new", "police_xy", "--sample", str(sample), "--force").code == 0


def test_a_saved_system_is_tried_step_by_step_and_the_exit_code_says_whether_it_stands(
    typed: Typed, sample: Path, tmp_path: Path
) -> None:
    typed("adapter", "new", "police_xy", "--sample", str(sample))
    manifest = tmp_path / "mine" / "police_xy" / "manifest.toml"
    done = typed("adapter", "test", str(manifest), "--url", sample.as_uri())
    assert done.code == 0 and "record translated" in done.out and "Ravi" not in done.out
    sample.write_text("[{]")
    wrong = typed("adapter", "test", "police_xy", "--url", sample.as_uri(), "--json")
    assert wrong.code != 0 and "test_failed: " in wrong.err
    assert [step["name"] for step in json.loads(wrong.out) if step["outcome"] == "failed"]
    assert "no_address: " in typed("adapter", "test", str(manifest)).err


def test_a_participant_whose_port_is_closed_is_told_so_and_the_test_stands_in_the_audit(
    typed: Typed, sample: Path, tmp_path: Path
) -> None:
    typed("adapter", "new", "police_xy", "--sample", str(sample))
    url = "http://127.0.0.1:1"
    assert (
        typed(
            "registry", "add", "xy", "--name", "XY", "--kind", "state_police", "--adapter", "police_xy", "--url", url
        ).code
        == 0
    )
    done = typed("adapter", "test", "xy")
    assert done.code != 0 and "port 1 is closed" in done.out and "DNS" in done.out
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'hub.sqlite'}")
    with engine.connect() as connection:
        lines = connection.execute(sa.text("SELECT who, detail FROM audit WHERE act = 'test_adapter'")).all()
    engine.dispose()
    assert lines == [("officer:console", "xy")]
