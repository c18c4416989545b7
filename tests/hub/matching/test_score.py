"""The score of one pair: what it is made of, what it must not depend on."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

import hub.matching
from contracts import Birth, ChildRecord, Event, Mark, Name, Place, Reference, Refused, Relative
from hub.matching import Features, Model, StaleFeatures, best, keys, prepare, score, sides

MODEL = Model.load()


def a_record(kind: str = "missing", **said: Any) -> ChildRecord:
    status = {"missing": "untraced", "found": "found", "resident": "in_care"}[kind]
    ref = Reference(participant="police-br", source_id="1")
    moment = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
    return ChildRecord(ref=ref, kind=kind, status=status, recorded_at=moment, **said)


def missing_rakesh(**said: Any) -> ChildRecord:
    told: dict[str, Any] = {
        "names": [Name(text="Rakesh Kumar Yadav")],
        "gender": "M",
        "birth": Birth(age_from_months=84, age_to_months=95, as_of=dt.date(2019, 3, 1), basis="stated"),
        "relatives": [Relative(relation="father", names=[Name(text="Mohan Yadav")])],
        "event": Event(on=dt.date(2019, 3, 1), place=Place(state=10, district=190)),
        "home": Place(state=10, district=190),
        "marks": [Mark(raw="old cut mark on left cheek")],
    }
    return a_record("missing", **told | said)


def found_rakesh(**said: Any) -> ChildRecord:
    told: dict[str, Any] = {
        "names": [Name(text="राकेश")],
        "gender": "M",
        "birth": Birth(age_from_months=84, age_to_months=131, as_of=dt.date(2019, 4, 1), basis="appearance"),
        "relatives": [Relative(relation="father", names=[Name(text="मोहन यादव")])],
        "event": Event(on=dt.date(2019, 4, 1), place=Place(state=7)),
        "home": Place(state=10),
        "marks": [Mark(raw="बाएं गाल पर कटे का निशान")],
    }
    return a_record("found", **told | said)


def test_prior_and_evidence_add_up_to_the_score() -> None:
    said = score(MODEL, prepare(missing_rakesh()), prepare(found_rakesh()))
    assert said.prior_bits + sum(one.bits for one in said.evidence) == pytest.approx(said.bits, abs=1e-9)


def test_the_same_child_across_scripts_scores_far_above_another() -> None:
    searched = prepare(missing_rakesh())
    other = found_rakesh(names=[Name(text="सुनील")], relatives=[], marks=[], home=Place(state=33))
    assert score(MODEL, searched, prepare(found_rakesh())).bits > score(MODEL, searched, prepare(other)).bits + 15


def test_what_is_unknown_weighs_nothing_and_is_named() -> None:
    said = score(MODEL, prepare(missing_rakesh()), prepare(a_record("found")))
    assert said.bits == said.prior_bits
    assert {one.bits for one in said.evidence} == {0.0}
    assert len(said.not_compared) == len(MODEL.fields)


def test_a_smaller_pool_makes_every_pair_likelier_by_the_same_bits() -> None:
    small = MODEL.with_pool(300)
    assert small.prior_bits == pytest.approx(-9.97, abs=0.01)
    pair = prepare(missing_rakesh()), prepare(found_rakesh())
    gained = score(small, *pair).bits - score(MODEL, *pair).bits
    assert gained == pytest.approx(small.prior_bits - MODEL.prior_bits)


def test_packed_features_come_back_the_same() -> None:
    features = prepare(missing_rakesh())
    assert Features.unpack(features.pack()) == features
    assert keys(Features.unpack(features.pack())) == keys(features)


def test_features_packed_by_another_version_are_refused() -> None:
    packed = prepare(missing_rakesh()).pack()
    with pytest.raises(StaleFeatures):
        Features.unpack(bytes([packed[0] + 1]) + packed[1:])


def test_best_gives_the_same_scores_as_one_by_one_best_first() -> None:
    searched, found = prepare(missing_rakesh()), [prepare(a_record("found")), prepare(found_rakesh())]
    ranked = best(MODEL, searched, found)
    assert [at for at, _ in ranked] == [1, 0]
    assert [said.bits for _, said in ranked] == [score(MODEL, searched, found[at]).bits for at, _ in ranked]


def test_missing_and_at_risk_are_searched_for_and_all_others_are_candidates() -> None:
    assert {kind: sides(kind) for kind in ("missing", "at_risk", "found", "resident", "sighting")} == {
        "missing": "searched",
        "at_risk": "searched",
        "found": "candidate",
        "resident": "candidate",
        "sighting": "candidate",
    }


def test_a_model_that_does_not_add_up_is_refused_naming_the_field(tmp_path: Path) -> None:
    whole = (Path(hub.matching.__file__).parent / "model.toml").read_text()
    broken = tmp_path / "model.toml"
    broken.write_text(whole.replace("m = 0.985", "m = 0.885"))
    assert "m over the levels of gender must add up to 1" in why_refused(broken)


def why_refused(path: Path) -> str:
    with pytest.raises(Refused) as refused:
        Model.load(path)
    assert refused.value.code == "invalid_model"
    return " ".join(problem.message for problem in refused.value.problems)


def changed(tmp_path: Path, old: str, new: str) -> Path:
    whole = (Path(hub.matching.__file__).parent / "model.toml").read_text(encoding="utf-8")
    assert old in whole
    file = tmp_path / "model.toml"
    file.write_text(whole.replace(old, new, 1), encoding="utf-8")
    return file


def test_a_model_whose_levels_do_not_fall_is_refused(tmp_path: Path) -> None:
    file = changed(tmp_path, "m = 0.66, u = 0.46", "m = 0.30, u = 0.46")
    file.write_text(file.read_text().replace("m = 0.3, u = 0.42", "m = 0.66, u = 0.42"), encoding="utf-8")
    assert "levels of build must stand best agreement first" in why_refused(file)


def test_a_model_with_fields_left_out_or_in_another_order_is_refused(tmp_path: Path) -> None:
    file = changed(tmp_path, 'name = "gender"', 'name = "genders"')
    assert "fields must be, in this order" in why_refused(file)


def test_a_model_with_an_unknown_key_or_no_toml_at_all_is_refused(tmp_path: Path) -> None:
    assert why_refused(changed(tmp_path, "one_in = ", "one_of = "))
    (tmp_path / "model.toml").write_text("version = ", encoding="utf-8")
    assert why_refused(tmp_path / "model.toml") == ""
    assert why_refused(tmp_path / "nowhere.toml") == ""
