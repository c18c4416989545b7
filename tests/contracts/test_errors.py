"""Errors are sorted by what to do next and carry the contract's Fault."""

from pydantic import ValidationError

from contracts import Name, Problem, Refused, Skipped, TrackChildError, Unready, problems_of


def test_refused_and_skipped_show_code_message_and_problems() -> None:
    problem = Problem(field="birth.as_of", rule="missing", message="Give it")
    for kind in (Refused, Skipped):
        fault = kind("some_code", "Mend it.", [problem]).fault()
        assert (fault.code, fault.message, fault.problems) == ("some_code", "Mend it.", [problem])


def test_unready_says_when_to_come_back() -> None:
    error = Unready("busy", "Try later.", retry_after_seconds=7)
    assert isinstance(error, TrackChildError)
    assert error.fault().retry_after_seconds == 7


def test_a_fault_lists_at_most_a_hundred_problems() -> None:
    problem = Problem(field="", rule="r", message="m")
    assert len(Refused("c", "m", [problem] * 150).fault().problems) == 100


def test_a_field_name_that_is_no_name_is_not_repeated() -> None:
    try:
        Name.model_validate({"text": "x", "Zebulon Quux, 9 years": 1, "b" * 41: 1})
    except ValidationError as error:
        assert {problem.field for problem in problems_of(error, "records.0")} == {"records.0.(unreadable name)"}
