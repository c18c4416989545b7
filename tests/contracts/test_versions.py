"""Older contract versions are renamed at the edge; unknown ones are refused. (1.0 is the first: the table is empty.)"""

import pytest

from contracts import CONTRACT_VERSION, Refused
from contracts.versions import RENAMES, renewed

#: A version that never was, to see the table work.
EARLIER = {"0.1": {"sex": "gender", "birth.true_on": "as_of", "relatives.names.full": "text"}}


def test_a_record_of_todays_version_or_of_none_is_left_as_it_is() -> None:
    for record in ({"contract": CONTRACT_VERSION, "sex": "F"}, {"sex": "F"}, "words", None, ["x"]):
        assert renewed(record, EARLIER) is record


def test_fields_of_an_older_version_are_renamed_wherever_they_stand() -> None:
    old = {
        "contract": "0.1",
        "sex": "F",
        "birth": {"year": 2010, "true_on": "2019-03-01"},
        "relatives": [{"names": [{"full": "A"}, {"full": "B"}]}, {"names": "none"}],
    }
    before = repr(old)
    assert renewed(old, EARLIER) == {
        "contract": CONTRACT_VERSION,
        "gender": "F",
        "birth": {"year": 2010, "as_of": "2019-03-01"},
        "relatives": [{"names": [{"text": "A"}, {"text": "B"}]}, {"names": "none"}],
    }
    assert repr(old) == before


@pytest.mark.parametrize("version", ["2.0", "0.9", "1.01", 1.0, {}, "Zebulon"])
def test_an_unknown_version_is_refused_by_rule_and_not_repeated(version: object) -> None:
    with pytest.raises(Refused) as caught:
        renewed({"contract": version}, EARLIER)
    (problem,) = caught.value.problems
    assert (problem.field, problem.rule) == ("contract", "contract_version")
    assert "0.1, 1.0" in problem.message
    assert "Zebulon" not in str(caught.value) + repr(problem)


def test_no_published_version_is_older_than_the_first() -> None:
    assert RENAMES == {}
