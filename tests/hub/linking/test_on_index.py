"""A new model from the hub's own index: learned from records and decisions, looked at before it goes live."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from benchmarks.matching.generator import Generator
from contracts import Refused
from contracts.exchange import MatchState
from hub.core import ModelCore
from hub.flow import Flow
from hub.index import Store
from hub.linking import on_index
from hub.linking.untold_index import untold_of
from hub.matching import Model
from hub.rebuilding import match_all
from hub.settings import Settings
from tests.hub.matching.people import a_record, named

SHIPPED = Model.load().version
SETTINGS = Settings(pool=600, propose_bits=0.0)


@pytest.fixture
def indexed(store: Store) -> Iterator[Store]:
    """150 missing and 150 found children, matched; of thirty proposals every third is rejected, the rest confirmed."""
    flow = Flow(store, ModelCore(b"test", None, SETTINGS.propose_bits, SETTINGS.pool))
    made = Generator(17).set(150, 150)
    for sender, some in (("police-br", made.missing), ("cci-dl", made.found)):
        told = [one.model_copy(update={"ref": one.ref.model_copy(update={"participant": sender, "source_id": f"N{n}"})})
                for n, one in enumerate(some)]  # fmt: skip
        flow.receive(sender, f"message-{sender}", told)
    match_all(flow, 60.0)
    with store.read() as work:
        best = work.matches.best(MatchState.PROPOSED, 2, 30)
    for number, match in enumerate(best):
        flow.decide(match.match_id, MatchState.REJECTED if number % 3 == 2 else MatchState.CONFIRMED, "officer", "seen")
    yield store


def quiet(done: int, total: int | None) -> None:
    """No progress is shown."""


def test_a_model_is_learned_from_records_and_decisions(indexed: Store, tmp_path: Path) -> None:
    live = on_index.model_of(SETTINGS)
    report = on_index.train(indexed, live, tmp_path / "new.toml")
    new = Model.load(tmp_path / "new.toml")
    assert (report.version, new.version) == (f"{SHIPPED}-trained.1",) * 2
    assert (report.searched, report.candidates) == (150, 150)
    assert report.confirmed > 10 and report.rejected > 5 and report.calibrated and report.pairs > 0
    assert new.data.calibration != live.data.calibration
    assert [one.levels for one in new.fields] != [one.levels for one in live.fields]
    again = on_index.train(indexed, new.with_pool(600), tmp_path / "newer.toml")
    assert again.version == f"{SHIPPED}-trained.2"


def test_a_model_that_is_there_never_changes_under_its_name(indexed: Store, tmp_path: Path) -> None:
    (tmp_path / "live.toml").write_text("version = '1.0'", encoding="utf-8")
    with pytest.raises(Refused, match="file_is_there"):
        on_index.train(indexed, on_index.model_of(SETTINGS), tmp_path / "live.toml")
    assert (tmp_path / "live.toml").read_text(encoding="utf-8") == "version = '1.0'"


def test_without_decisions_probabilities_stay_as_they_are(indexed: Store, tmp_path: Path) -> None:
    with indexed.write() as work:
        for standing in work.matches.decided():
            work.matches.settle(standing, MatchState.WITHDRAWN, "test", "undone", Flow(indexed, ModelCore(b"x")).now())
    report = on_index.train(indexed, on_index.model_of(SETTINGS), tmp_path / "new.toml")
    assert (report.confirmed, report.rejected, report.calibrated) == (0, 0, False)
    assert Model.load(tmp_path / "new.toml").data.calibration == Model.load().data.calibration


def test_an_empty_index_teaches_nothing(store: Store, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="nothing_to_learn_from"):
        on_index.train(store, on_index.model_of(SETTINGS), tmp_path / "new.toml")
    assert not list(tmp_path.glob("new.toml*"))
    Path(tmp_path / "same.toml").write_text(Model.load().text(), encoding="utf-8")
    assert on_index.shadowed(store, SETTINGS, tmp_path / "same.toml", 5, quiet).kept == 0


def altered(path: Path, change: Callable[[dict[str, Any]], None]) -> Path:
    data = Model.load().data.model_dump()
    change(data)
    path.write_text(Model.load().with_data(**data).text(), encoding="utf-8")
    return path


def test_the_same_model_changes_nothing(indexed: Store, tmp_path: Path) -> None:
    same = altered(tmp_path / "same.toml", lambda data: None)
    report = on_index.shadowed(indexed, SETTINGS, same, 5, quiet)
    assert (report.added, report.dropped, report.examples) == (0, 0, [])
    assert report.kept > 30


def test_what_a_new_model_adds_and_drops_is_counted_and_named_by_reference(indexed: Store, tmp_path: Path) -> None:
    def age_time_and_place_say_nothing(data: dict[str, Any]) -> None:
        data["version"] = "2.0"
        for field in data["field"]:
            if field["name"] in ("age", "time", "place", "home"):
                for level in field["levels"]:
                    level["m"] = level["u"]

    report = on_index.shadowed(
        indexed, SETTINGS, altered(tmp_path / "other.toml", age_time_and_place_say_nothing), 3, quiet
    )
    assert (report.old, report.new) == (f"{SHIPPED}-one-in-2000", "2.0-one-in-2000")
    assert report.added > 0 and report.dropped > 0
    by_change = {change: [one for one in report.examples if one.change == change] for change in ("added", "dropped")}
    assert len(by_change["dropped"]) == min(report.dropped, 3)
    for one in by_change["dropped"]:
        assert one.old_bits >= 0 and one.searched.startswith("police-br:N") and one.found.startswith("cci-dl:N")
    for one in by_change["added"]:
        assert one.new_bits >= 0
    bits = [one.new_bits for one in by_change["added"]]
    assert bits == sorted(bits, reverse=True)


def test_confirmed_pairs_that_a_new_model_would_drop_are_counted(indexed: Store, tmp_path: Path) -> None:
    with indexed.read() as work:
        confirmed = sum(one.state is MatchState.CONFIRMED for one in work.matches.decided())
    strict = Settings(pool=600)
    path = altered(tmp_path / "strict.toml", lambda data: data["propose"].update(bits=500.0))
    report = on_index.shadowed(indexed, strict, path, 0, quiet)
    assert (report.added, report.kept) == (0, 0)
    assert report.confirmed_dropped == confirmed > 10


def test_what_open_records_do_not_tell_is_counted_by_field_and_named_by_reference(store: Store) -> None:
    flow = Flow(store, ModelCore(b"test", None, SETTINGS.propose_bits, SETTINGS.pool))
    bare = a_record("found", ref={"participant": "cci-dl", "source_id": "bare"})
    told = a_record("missing", ref={"participant": "police-br", "source_id": "told"}, names=named("Rakesh"), gender="M")
    for one in (bare, told):
        flow.receive(one.ref.participant, f"message-{one.ref.source_id}", [one])
    report = untold_of(store, Model.load(), None, 1, quiet)
    assert (report.searched, report.candidates, report.meet_nobody) == (1, 1, 1)
    assert report.fields["name"] == (0, 1) and report.fields["age"] == (1, 1)
    (worst,) = report.records
    assert (worst.record, worst.meets_nobody) == ("cci-dl:bare", True) and {"name", "gender", "age"} <= set(
        worst.fields
    )
    of_age = untold_of(store, Model.load(), "age", 10, quiet).records
    assert [one.record for one in of_age] == ["cci-dl:bare", "police-br:told"]
    assert [one.record for one in untold_of(store, Model.load(), "name", 10, quiet).records] == ["cci-dl:bare"]
    with pytest.raises(Refused, match="no_such_field"):
        untold_of(store, Model.load(), "shoe", 10, quiet)
