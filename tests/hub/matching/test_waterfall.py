"""The waterfall: its bars join up to the score, and its drawing says everything in words too."""

from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings

from contracts import ChildRecord
from hub.matching import Model, prepare, score
from hub.matching.waterfall import drawn, not_compared, waterfall
from tests.hub.matching.people import a_record, named, records

MODEL = Model.load()


@given(records("missing"), records("found"))
@settings(deadline=None, max_examples=60)
def test_bars_join_up_from_the_prior_to_the_score(missing: ChildRecord, found: ChildRecord) -> None:
    said = score(MODEL, prepare(missing), prepare(found))
    *steps, whole = waterfall(said.prior_bits, said.evidence)
    assert steps[0].end == said.prior_bits
    assert all(after.start == before.end for before, after in pairwise(steps))
    assert whole.end == steps[-1].end == pytest.approx(said.bits, abs=1e-9)
    assert len(steps) - 1 + len(not_compared(said.evidence)) == len(MODEL.fields)


def test_the_drawing_is_xml_that_names_each_bar_and_its_bits() -> None:
    said = score(MODEL, prepare(a_record(names=named("Rakesh"))), prepare(a_record("found", names=named("राकेश"))))
    bars = waterfall(said.prior_bits, said.evidence)
    picture = ElementTree.fromstring(drawn(bars))
    texts = [text.text for text in picture.iter("{http://www.w3.org/2000/svg}text")]
    assert "name: the one name told is the same" in texts
    assert f"{said.bits:+.1f}" in texts
    assert len(list(picture.iter("{http://www.w3.org/2000/svg}rect"))) == len(bars) == 3
