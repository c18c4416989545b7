"""Linking whole tables: the same pairs and bits as one by one, caps counted, large vocabularies exact."""

import datetime as dt
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.matching.generator import Generator
from contracts import ChildRecord, Event, Place
from hub.matching import Model, batch, grades, keys, prepare, rows, score
from hub.matching.batch import candidates, link
from hub.matching.grades import SAME, Grades, grade
from hub.matching.neighbours import Neighbours
from tests.hub.matching.people import a_record, aged, father, named, records

MODEL = Model.load()
DAY = dt.date(2019, 3, 1)


def table(*said: ChildRecord) -> Any:
    return rows([prepare(one).pack() for one in said])


def a_boy(kind: str, name: str, days: int = 0, **said: Any) -> ChildRecord:
    event = Event(on=DAY + dt.timedelta(days=days), place=Place(state=10, district=190))
    return a_record(kind, names=named(name), gender="M", birth=aged(7, DAY), event=event, **said)


@given(st.lists(records("missing"), min_size=1, max_size=6), st.lists(records("found"), min_size=1, max_size=8))
@settings(deadline=None, max_examples=50)
def test_linking_gives_every_pair_that_shares_a_key_with_the_bits_of_score(
    missing: list[ChildRecord], found: list[ChildRecord]
) -> None:
    left, right = [prepare(one) for one in missing], [prepare(one) for one in found]
    links = link(MODEL, table(*missing), table(*found), least_bits=-1000, at_most=100)
    paired = {(int(a), int(b)): float(bits) for a, b, bits in zip(links.left, links.right, links.bits, strict=True)}
    sharing = {(a, b) for a in range(len(left)) for b in range(len(right)) if keys(left[a]) & keys(right[b])}
    assert set(paired) == sharing
    assert all(bits == score(MODEL, left[a], right[b]).bits for (a, b), bits in paired.items())


def test_each_childs_best_come_first_and_no_more_than_asked_for() -> None:
    left = table(a_boy("missing", "Rakesh Yadav", relatives=father("Mohan")))
    found = [a_boy("found", name, days) for days, name in enumerate(("Sunil", "Rakes", "राकेश यादव", "Rakesh"))]
    links = link(MODEL, left, table(*found), at_most=3, least_bits=-100)
    assert links.right.tolist()[0] == 2
    assert links.rank.tolist() == [1, 2, 3]
    assert links.bits.tolist() == sorted(links.bits.tolist(), reverse=True)


def test_of_very_many_candidates_the_best_are_those_that_sorting_them_all_gives() -> None:
    left = table(*(a_boy("missing", name, relatives=father("Mohan")) for name in ("Rakesh Yadav", "Sunil Das")))
    names, days = ("Rakesh", "Rakes Yadav", "Sunil", "Sunil Das", "Arif"), (1, 20, 100, 400, 1_000)
    right = table(*(a_boy("found", names[n % 5], days[n // 5 % 5]) for n in range(125)))
    every, few = (link(MODEL, left, right, at_most=most, least_bits=-100) for most in (1_000, 6))
    assert min(np.bincount(every.left)) > batch._WORTH_PARTING
    first = every.rank <= 6
    for column in ("left", "right", "bits", "rank"):
        assert np.array_equal(getattr(few, column), getattr(every, column)[first])


def test_a_link_keeps_its_evidence() -> None:
    missing, found = a_boy("missing", "Rakesh Yadav"), a_boy("found", "राकेश", 3)
    links = link(MODEL, table(missing), table(found), least_bits=-100)
    assert links.scored(0) == score(MODEL, prepare(missing), prepare(found))


def test_the_evidence_of_many_links_is_that_of_each(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "_TOGETHER", 3)
    missing = [a_boy("missing", name) for name in ("Rakesh", "Sunil", "Arif")]
    found = [a_boy("found", name, 5) for name in ("Rakes", "Suneel", "Aarif", "मोहन")]
    links = link(MODEL, table(*missing), table(*found), least_bits=-100)
    assert len(links) == 12
    for at in [*range(12), 0, 7]:
        whole = score(MODEL, prepare(missing[links.left[at]]), prepare(found[links.right[at]]))
        assert links.scored(at) == whole
        assert links.evidence(at) == whole.evidence


def test_pairs_below_the_least_bits_are_not_kept() -> None:
    left, right = table(a_boy("missing", "Rakesh")), table(a_boy("found", "Sunil", 4))
    assert len(link(MODEL, left, right, least_bits=-100)) == 1
    assert len(link(MODEL, left, right, least_bits=50)) == 0


def test_the_cap_follows_rare_keys_first_and_counts_what_it_leaves_out() -> None:
    many = [a_boy("found", "Sunil", 1) for _ in range(40)]
    left = table(a_boy("missing", "Tarkeshwar"))
    capped = candidates(left, table(*many, a_boy("found", "Tarkeshwar", 9000)), 10, 10)
    assert capped.pairs()[1].tolist() == [40]
    assert (int(capped.cut.sum()), capped.keys_left_out > 0) == (1, True)
    assert capped.pairs_left_out >= 40 * capped.keys_left_out
    whole = candidates(left, table(*many, a_boy("found", "Tarkeshwar", 9000)), 100_000)
    assert (len(whole.pairs()[1]), int(whole.cut.sum()), whole.keys_left_out, whole.pairs_left_out) == (41, 0, 0, 0)


def test_of_those_met_the_ones_that_share_most_of_what_is_rare_are_looked_at_and_the_rest_is_counted() -> None:
    one = a_boy("missing", "Tarkeshwar", relatives=father("Mohan"))
    found = [a_boy("found", "Sunil", 1) for _ in range(30)]
    found += [a_boy("found", "Tarkeshwar", 2, relatives=father("Mohan")), a_boy("found", "Tarkeshwar", 3)]
    links = link(MODEL, table(one), table(*found), most_candidates=2, most_met=10**6, least_bits=-100)
    assert sorted(links.right.tolist()) == [30, 31]
    assert (links.candidates, links.capped, links.keys_left_out, links.pairs_left_out) == (2, 1, 0, 30)
    alike = link(MODEL, table(one), table(*found[:30]), most_candidates=2, most_met=10**6, least_bits=-100)
    assert sorted(alike.right.tolist()) == [0, 1]  # of equal ones those that come first


def test_no_pair_is_lost_silently() -> None:
    made = Generator(5).set(60, 200)
    left, right = table(*made.missing), table(*made.found)
    everybody = link(MODEL, left, right, most_candidates=10**6)
    capped = link(MODEL, left, right, most_candidates=3, most_met=10**6)
    assert everybody.pairs_left_out == 0 and capped.capped > 10
    assert capped.candidates + capped.pairs_left_out == everybody.candidates


def test_an_exhaustive_link_scores_every_pair_and_agrees_where_both_score() -> None:
    left = table(a_boy("missing", "Rakesh"), a_record("missing", names=named("Sunil")), a_record("missing"))
    right = table(a_boy("found", "Rakes", 4), a_record("found", names=named("Arif")))
    whole, blocked = (link(MODEL, left, right, least_bits=-100, exhaustive=which) for which in (True, False))
    assert (whole.candidates, len(whole), whole.pairs_left_out) == (6, 6, 0)
    every = dict(zip(zip(whole.left, whole.right, strict=True), whole.bits, strict=True))
    assert len(blocked) < 6
    for one, other, bits in zip(blocked.left, blocked.right, blocked.bits, strict=True):
        assert every[one, other] == bits


def test_nothing_to_link_is_no_error() -> None:
    nothing = table(a_boy("found", "Sunil"))[:0]
    assert len(link(MODEL, table(a_boy("missing", "Rakesh")), nothing)) == 0
    assert len(link(MODEL, nothing, nothing)) == 0


def test_chunks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    left = table(*(a_boy("missing", name) for name in ("Rakesh", "Sunil", "Arif", "Mohan", "Tarkeshwar")))
    right = table(*(a_boy("found", name, 5) for name in ("Rakes", "Suneel", "Aarif", "मोहन", "Raju", "Ravi")))
    whole = link(MODEL, left, right, least_bits=-100)
    monkeypatch.setattr(batch, "CHUNK", 4)
    seen: list[tuple[int, int]] = []
    parts = link(MODEL, left, right, least_bits=-100, progress=lambda done, total: seen.append((done, total)))
    for column in ("left", "right", "bits", "rank"):
        assert np.array_equal(getattr(whole, column), getattr(parts, column))
    assert len(seen) > 1 and seen[-1] == (5, 5) and whole.candidates == parts.candidates


_WORDS = st.text("abeiknrsy", min_size=1, max_size=11) | st.text("BKNRSY", min_size=1, max_size=6)


@given(st.lists(_WORDS, min_size=2, max_size=30, unique=True))
@settings(deadline=None, max_examples=80)
def test_neighbours_find_every_pair_that_comparing_all_with_all_finds(words: list[str]) -> None:
    vocabulary = ["", *words]
    left, right = (side.ravel() for side in np.meshgrid(np.arange(1, len(vocabulary)), np.arange(1, len(vocabulary))))
    different = left != right
    left, right = left[different].astype(np.int64), right[different].astype(np.int64)
    found = Neighbours(vocabulary, grades.graded).of(left, right)
    assert found.tolist() == [grade(vocabulary[a], vocabulary[b]) for a, b in zip(left, right, strict=True)]


def test_neighbours_find_long_words_two_edits_apart_and_no_short_ones() -> None:
    found = Neighbours(["", "saraknirab", "sarbknisab", "sarak", "sabab"], grades.graded)
    ask = np.array([1, 2, 3]), np.array([2, 1, 4])
    assert found.of(*ask).tolist() == [grades.ALIKE, grades.ALIKE, grades.DIFFERENT]


@given(st.lists(_WORDS, min_size=2, max_size=12, unique=True))
@settings(deadline=None, max_examples=40)
def test_grades_are_the_same_by_table_by_row_and_by_neighbours(words: list[str]) -> None:
    vocabulary = ["", *words]
    left, right = (
        side.ravel().astype(np.int64) for side in np.meshgrid(np.arange(len(vocabulary)), np.arange(len(vocabulary)))
    )
    whole = Grades(vocabulary).of(left, right)
    by_row, by_neighbours = Grades(vocabulary), Grades(vocabulary)
    by_neighbours._neighbours = Neighbours(vocabulary, grades.graded)
    ask = np.flatnonzero((left != right) & (left > 0) & (right > 0))
    assert np.array_equal(by_row._row_by_row(left[ask], right[ask]), whole[ask])
    assert np.array_equal(by_neighbours._asked(left[ask], right[ask]), whole[ask])
    assert (whole[(left == right) & (left > 0)] == SAME).all()
    assert not whole[(left == 0) | (right == 0)].any()
