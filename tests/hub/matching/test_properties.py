"""What must hold for any two records: the sums, the unknown, symmetry, packing, one arithmetic however it is run."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts import ChildRecord
from hub.matching import Features, Model, best, keys, prepare, rows, score, sides
from hub.matching.columns import Pairs, Tables
from hub.matching.comparisons import COMPARISONS
from hub.matching.reached import Reached
from hub.matching.scoring import _share, reach, score_pairs
from tests.hub.matching.people import a_record, records

MODEL = Model.load().with_centroids({1: (25.6, 85.1), 2: (25.2, 85.5), 3: (28.6, 77.2)})
searched = records("missing", "at_risk")
candidates = records("found", "resident", "sighting")
#: Fields that look at the order of the two events or of two measurements, and so at who is who.
_DIRECTED = {"time"}


@given(searched, candidates)
@settings(deadline=None, max_examples=150)
def test_prior_and_evidence_add_up_to_the_score(missing: ChildRecord, found: ChildRecord) -> None:
    said = score(MODEL, prepare(missing), prepare(found))
    total = said.prior_bits
    for one in said.evidence:
        total += one.bits
    assert total == said.bits
    assert [one.field for one in said.evidence] == list(COMPARISONS)


@given(searched)
@settings(deadline=None, max_examples=60)
def test_a_record_that_says_nothing_is_no_evidence_for_or_against(missing: ChildRecord) -> None:
    said = score(MODEL, prepare(missing), prepare(a_record("found")))
    assert said.bits == said.prior_bits
    assert all(one.bits == 0.0 and one.level == "unknown" for one in said.evidence)


@given(searched, candidates)
@settings(deadline=None, max_examples=100)
def test_fields_not_about_order_in_time_weigh_the_same_both_ways(missing: ChildRecord, found: ChildRecord) -> None:
    one, other = prepare(missing), prepare(found)
    there, back = score(MODEL, one, other), score(MODEL, other, one)
    for a, b in zip(there.evidence, back.evidence, strict=True):
        if a.field not in _DIRECTED:
            assert (a.level, a.bits) == (b.level, b.bits)


@given(st.lists(searched, min_size=1, max_size=4), st.lists(candidates, min_size=1, max_size=6))
@settings(deadline=None, max_examples=60)
def test_one_pair_and_a_batch_come_to_the_same_bits(missing: list[ChildRecord], found: list[ChildRecord]) -> None:
    left, right = [prepare(one) for one in missing], [prepare(one) for one in found]
    pairs = np.array([(i, j) for i in range(len(left)) for j in range(len(right))])
    tables = rows([one.pack() for one in left]), rows([one.pack() for one in right])
    weighed = score_pairs(MODEL, *tables, pairs[:, 0], pairs[:, 1])
    for at, (i, j) in enumerate(pairs):
        alone = score(MODEL, left[i], right[j])
        assert alone.bits == weighed.bits[at]
        assert alone.evidence == weighed.evidence(MODEL, at)


@given(searched, st.lists(candidates, min_size=1, max_size=6))
@settings(deadline=None, max_examples=60)
def test_best_ranks_what_score_scores(missing: ChildRecord, found: list[ChildRecord]) -> None:
    ranked = best(MODEL, prepare(missing), [prepare(one) for one in found], at_most=3)
    assert [said.bits for _, said in ranked] == sorted((said.bits for _, said in ranked), reverse=True)
    assert all(said == score(MODEL, prepare(missing), prepare(found[at])) for at, said in ranked)
    assert len(ranked) == min(3, len(found))


@given(records("missing", "found"))
@settings(deadline=None, max_examples=100)
def test_packing_and_keys_survive_the_way_through_the_index(record: ChildRecord) -> None:
    features = prepare(record)
    again = Features.unpack(features.pack())
    assert again == features and again.side == sides(record.kind)
    assert keys(again) == keys(features)
    assert all(key.isascii() and len(key) <= 40 for key in keys(features))


@given(searched, candidates)
@settings(deadline=None, max_examples=100)
def test_forgetting_a_field_takes_its_own_evidence_away_and_no_more_than_its_dependants(
    missing: ChildRecord, found: ChildRecord
) -> None:
    whole = score(MODEL, prepare(missing), prepare(found))
    without = score(MODEL, prepare(missing), prepare(found.model_copy(update={"gender": None, "marks": []})))
    forgotten = {"gender", "marks"}
    for a, b in zip(whole.evidence, without.evidence, strict=True):
        assert b.bits == (0.0 if b.field in forgotten else a.bits)


@given(searched, candidates)
@settings(deadline=None, max_examples=100)
def test_every_level_that_is_reached_is_a_level_of_the_model(missing: ChildRecord, found: ChildRecord) -> None:
    tables = Tables(prepare(missing).row, prepare(found).row)
    at = np.zeros(1, dtype=np.int64)
    reached = reach(MODEL, Pairs(tables, at, at))
    assert all(one.level[0] <= len(field.levels) for one, field in zip(reached, MODEL.fields, strict=True))


@given(st.sampled_from(["name", "father", "mother"]), st.integers(-60, 60), st.integers(-60, 60))
def test_a_rarer_shared_word_never_weighs_less_than_a_commoner_one(field: str, a: int, b: int) -> None:
    number = list(COMPARISONS).index(field)
    low, high = sorted((a, b))
    levels = np.arange(len(MODEL.fields[number].levels) + 1, dtype=np.uint8)
    less = _share(MODEL, number, Reached(levels, np.full(len(levels), low)))
    more = _share(MODEL, number, Reached(levels, np.full(len(levels), high)))
    assert (more >= less).all()


def test_agreeing_more_never_weighs_less_in_any_ordered_field_of_the_model() -> None:
    for field in MODEL.fields:
        for some in field.groups:
            bits = [field.levels[at].bits for at in some]
            assert not field.ordered or bits == sorted(bits, reverse=True), field.name
