"""Learning: what is counted, what EM may change, what people's decisions change, and what a new model would change."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks.matching.generator import Generator, Truth
from contracts import Event, Place, Refused
from hub.matching import Model, em, prepare, rows
from hub.matching.batch import Links, link
from hub.matching.frequency import met_by_chance
from hub.matching.learning import (
    Learned,
    calibrated,
    confirmed,
    count_words,
    district_points,
    learn,
    reliability,
    shadow,
)
from tests.hub.matching.people import a_record, named


def tables(truth: Truth) -> tuple[Any, Any]:
    return rows([prepare(one).pack() for one in truth.missing]), rows([prepare(one).pack() for one in truth.found])


@pytest.fixture(scope="module")
def children() -> Truth:
    return Generator(seed=41).set(missing=300, found=300)


@pytest.fixture(scope="module")
def learned(children: Truth) -> Learned:
    return learn(Model.load().with_centroids(children.districts), *tables(children), version="1.1")


def share_found(model: Model, truth: Truth) -> float:
    links = link(model, *tables(truth), least_bits=-100)
    hit = links.left[links.right == truth.pair[links.left]]
    return len(set(hit.tolist())) / int((truth.pair >= 0).sum())


def test_the_same_seed_makes_the_same_children() -> None:
    one, other = (Generator(seed=5).set(10, 10) for _ in range(2))
    assert one.missing == other.missing and one.found == other.found
    assert Generator(seed=6).set(10, 10).missing != one.missing


def test_every_true_pair_of_the_generator_is_one_child_and_the_share_is_as_asked(children: Truth) -> None:
    paired = children.pair[children.pair >= 0]
    assert len(paired) == 120 == len(set(paired.tolist()))


def test_words_are_counted_by_their_sound() -> None:
    table = rows([prepare(a_record("found", names=named(name))).pack() for name in ("Laxmi", "लक्ष्मी", "Sunita")])
    assert sorted(count_words([table]).values()) == [1, 2]


def test_words_are_weighed_against_how_often_two_children_share_one_by_chance(
    learned: Learned, children: Truth
) -> None:
    assert met_by_chance({"a": 1, "b": 1, "c": 1, "d": 1}) == 2
    assert met_by_chance({"a": 1_000, "b": 1}) == 0 == met_by_chance({})
    expected = met_by_chance(count_words(tables(children)))
    assert learned.model.frequency.reference == learned.model.data.frequency.reference == expected
    assert expected != Model.load().data.frequency.reference


def test_a_home_in_common_says_less_where_the_events_lie_together_already(learned: Learned) -> None:
    for name, best in (("home", "district"), ("languages", "rarer")):
        field = next(field for field in learned.model.fields if field.name == name)
        bits = [level.bits for level in field.levels if level.name == best]
        assert len(bits) == len(field.groups) > 1
        assert bits == sorted(bits, reverse=True) and bits[0] > bits[-1] + 2


def test_em_gives_a_model_that_is_valid_and_comes_back_from_its_text(learned: Learned, tmp_path: Path) -> None:
    file = tmp_path / "model.toml"
    file.write_text(learned.model.text(), encoding="utf-8")
    again = Model.load(file)
    assert again.version == "1.1"
    assert all(np.array_equal(a, b) for a, b in zip(again.weights, learned.model.weights, strict=True))
    assert again.prior_bits == learned.model.prior_bits


def test_em_learns_that_an_everyday_agreement_is_common(learned: Learned) -> None:
    gender = next(field for field in learned.model.fields if field.name == "gender")
    assert gender.levels[0].u == pytest.approx(0.5, abs=0.05)
    assert gender.levels[0].m > 0.9


def test_em_sees_about_as_many_true_pairs_as_it_is_sure_of_and_no_more_than_there_are(learned: Learned) -> None:
    assert 300 < learned.pairs < 300 * 300
    assert 20 < learned.matches < 120


def test_only_pairs_that_are_all_but_certain_teach() -> None:
    assert em._sure(np.array([0.1, 0.89, 0.9, 0.99])).tolist() == [0.0, 0.0, 0.9, 0.99]


def test_rivals_for_one_child_share_what_there_is() -> None:
    levels = [np.array([1, 1, 1], dtype=np.uint8)]
    seen = em._Seen(np.array([0, 0, 1]), levels, np.zeros(3), 3)
    posterior = em._posterior(seen, [np.array([0.9])], [np.array([0.0009])], 0.0)
    assert posterior[0] == posterior[1] < 0.5 < posterior[2]


def test_what_em_learned_on_some_children_finds_at_least_as_many_others(learned: Learned) -> None:
    others = Generator(seed=42).set(300, 300)
    before = share_found(Model.load().with_centroids(others.districts), others)
    assert share_found(learned.model, others) >= before - 0.02
    assert before > 0.8


def test_there_is_nothing_to_learn_from_nothing() -> None:
    some, none = rows([prepare(a_record("missing")).pack()]), rows([prepare(a_record("missing")).pack()])[:0]
    for left, right in ((none, some), (some, none), (some, some)):
        with pytest.raises(Refused) as refused:
            learn(Model.load(), left, right, version="1.1")
        assert refused.value.code == "nothing_to_learn_from"


def test_confirmed_pairs_raise_the_m_of_the_levels_they_reached() -> None:
    model = Model.load()
    left = rows([prepare(a_record("missing", names=named("Rakesh"))).pack()] * 60)
    right = rows([prepare(a_record("found", names=named("Rakash"))).pack()] * 60)
    taught = confirmed(model, left, right, version="1.2")
    before, after = (
        next(level.m for level in one.fields[0].levels if level.name == "one_word_slips") for one in (model, taught)
    )
    assert after > before
    assert sum(level.m for level in taught.fields[0].levels) == pytest.approx(1)
    assert taught.fields[3] == model.fields[3]


def test_calibration_learns_that_scores_say_too_much_and_keeps_their_order() -> None:
    dice = np.random.default_rng(3)
    bits = dice.normal(0, 6, 4000)
    truths = dice.random(4000) < 1 / (1 + 2.0 ** -(0.5 * bits - 2))
    model = calibrated(Model.load(), bits.tolist(), truths.tolist(), version="1.4")
    assert model.data.calibration.slope == pytest.approx(0.5, abs=0.06)
    assert model.data.calibration.shift == pytest.approx(-2, abs=0.3)
    assert model.probability(4.0) < Model.load().probability(4.0)
    assert 0 < model.probability(-20) < model.probability(0) < model.probability(30) < 1
    with pytest.raises(Refused):
        calibrated(Model.load(), [1.0, 2.0], [True, True], version="1.4")


def test_a_shadow_says_what_a_new_model_would_add_and_drop(children: Truth) -> None:
    old = Model.load().with_centroids(children.districts)
    new = old.with_data(propose={"bits": 4.0, "at_most": 10}, version="1.3")
    before, after = (link(model, *tables(children)) for model in (old, new))
    change = shadow(before, after)
    assert (len(change.added), change.kept, len(change.dropped)) == (0, len(after), len(before) - len(after))
    assert change.dropped and all(one.new is None and one.old is not None for one in change.dropped)
    assert shadow(before, before).kept == len(before)


def test_a_reliability_table_sets_what_was_said_beside_what_came_out() -> None:
    table = reliability([0.92, 0.94, 0.002, 1.0], [True, False, False, True])
    assert [(one.low, one.high, one.pairs, one.true) for one in table] == [
        (0.0, 0.01, 1, 0.0),
        (0.9, 0.95, 2, 0.5),
        (0.99, 1.0, 1, 1.0),
    ]
    assert table[1].said == pytest.approx(0.93)


def test_links_know_how_many_candidates_were_scored(children: Truth) -> None:
    links: Links = link(Model.load(), *tables(children))
    assert links.candidates > len(links) > 0


def test_words_and_districts_that_were_counted_stand_in_the_file(children: Truth, tmp_path: Path) -> None:
    left, right = tables(children)
    model = Model.load().with_frequencies(count_words([left, right])).with_centroids(children.districts)
    (tmp_path / "counted.toml").write_text(model.text(), encoding="utf-8")
    read = Model.load(tmp_path / "counted.toml")
    assert read.frequency.classes == model.frequency.classes != Model.load().frequency.classes
    assert read.frequency.unseen == model.frequency.unseen and read.centroids.districts == model.centroids.districts
    assert link(read, left, right).bits.tolist() == link(model, left, right).bits.tolist()


def test_the_middle_of_a_district_is_told_by_the_points_of_its_places() -> None:
    near = [Place(district=230, latitude=25.6 + step / 100, longitude=85.1) for step in range(-2, 3)]
    places = [*near, Place(district=230, latitude=9.0, longitude=77.0), Place(district=231, latitude=26, longitude=85)]
    found = rows([prepare(a_record("found", event=Event(place=place))).pack() for place in places])
    (district, (latitude, longitude)), *others = district_points([found]).items()
    assert district == 230 and abs(latitude - 25.6) < 0.02 and abs(longitude - 85.1) < 0.02
    assert not others, "one point is too few to tell where a district lies"
