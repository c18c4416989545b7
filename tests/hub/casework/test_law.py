"""The statutes hold together: every state is reached, every case can end, and a broken file is refused by name."""

import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from contracts import InstitutionKind, Refused
from contracts.events import CaseEventKind, CaseFactName
from hub.casework.progress import Taken, findings, open_steps, require_step, state_of
from hub.casework.statute import NONE, Statute, statute_for, statutes

NOW = datetime.datetime(2026, 1, 10, 9, 0, tzinfo=datetime.UTC)
ALL = sorted(statutes())
SMALL: dict[str, Any] = {
    "id": "small",
    "machine": "cncp",
    "regime": "none",
    "from": datetime.date(2020, 1, 1),
    "start": "found",
    "ends": ["closed"],
    "states": {"none": "-", "found": "Found", "closed": "Closed"},
    "steps": [
        {"code": "found", "from": ["none"], "to": "found", "by": ["THANA"], "section": "s.1"},
        {"code": "closed", "from": ["found"], "to": "closed", "by": ["CWC"], "section": "s.2", "quorum": 3},
    ],
    "limits": [
        {
            "code": "CLOSE",
            "words": "Close it",
            "after": ["found"],
            "done_by": ["closed"],
            "within": "24h",
            "owed_by": ["CWC"],
            "escalates_to": ["DM"],
            "section": "s.3",
        }
    ],
}


def test_the_small_statute_is_sound() -> None:
    assert Statute.model_validate(SMALL).limits[0].within is not None


@pytest.mark.parametrize(
    ("where", "value", "said"),
    [
        (("steps", 1, "from"), ["lost"], "no state lost"),
        (("steps", 1, "to"), None, "state closed is never reached"),
        (("steps", 0, "to"), None, "never reached"),
        (("states", "limbo"), "Limbo", "a case in limbo can never end"),
        (("steps", 0, "from"), ["none", "closed"], "a case goes on after closed"),
        (("steps", 1, "code"), "found", "two steps have one code"),
        (("limits", 0, "done_by"), ["forgiven"], "no step forgiven"),
        (("limits", 0, "within"), "24", "a duration is written"),
        (("limits", 0, "within"), None, "either within or every"),
        (("limits", 0, "owed_by"), ["KING"], "Input should be"),
        (("limits", 0, "wihtin"), "24h", "Extra inputs"),
    ],
)
def test_a_broken_statute_is_refused_with_the_reason(where: tuple[Any, ...], value: Any, said: str) -> None:
    import copy

    broken = copy.deepcopy(SMALL)
    part: Any = broken
    for key in where[:-1]:
        part = part[key]
    part[where[-1]] = value
    with pytest.raises(ValidationError, match=said):
        Statute.model_validate(broken)


@pytest.mark.parametrize(
    ("machine", "day", "regime"),
    [
        ("cncp", "2015-12-31", "cncp-jj2000"),
        ("cncp", "2016-01-14", "cncp-jj2000"),
        ("cncp", "2016-01-15", "cncp-jj2015"),
        ("ccl", "2010-06-01", "ccl-jj2000"),
        ("ccl", "2026-06-01", "ccl-jj2015"),
        ("missing", "2026-06-01", "missing-sop2016"),
    ],
)
def test_a_case_keeps_the_law_under_which_it_was_opened(machine: str, day: str, regime: str) -> None:
    assert statute_for(machine, datetime.date.fromisoformat(day)).id == regime


def test_a_day_before_any_law_on_file_is_refused() -> None:
    with pytest.raises(Refused, match="No law for such a case"):
        statute_for("cncp", datetime.date(1995, 1, 1))


@pytest.mark.parametrize("statute", ALL)
@given(choices=st.lists(st.integers(0, 50), max_size=40))
def test_no_illegal_step_is_reachable_and_every_case_can_end(statute: str, choices: list[int]) -> None:
    law, state, steps = statutes()[statute], NONE, []
    for choice in choices:
        possible = open_steps(law, state)
        if not possible:
            break
        code = possible[choice % len(possible)]
        steps.append(Taken(code, NOW, law.step[code].by[0], present=5))
        state = require_step(law, state, steps[-1])
    assert state == state_of(law, steps)
    assert findings(law, steps) == []
    assert _can_end(law, state)
    for step in law.steps:
        if state not in step.from_:
            with pytest.raises(Refused) as refused:
                require_step(law, state, Taken(step.code, NOW, step.by[0]))
            assert refused.value.code == "illegal_step"


def _can_end(law: Statute, state: str) -> bool:
    seen, now = set(), {state}
    while now:
        if now & set(law.ends):
            return True
        seen |= now
        now = {law.step[code].target(one) for one in now for code in open_steps(law, one)} - seen
    return False


@pytest.mark.parametrize("statute", ALL)
def test_after_its_end_a_case_takes_no_step(statute: str) -> None:
    assert all(open_steps(statutes()[statute], end) == [] for end in statutes()[statute].ends)


def test_steps_out_of_order_by_the_wrong_institution_and_without_quorum_are_each_found() -> None:
    law, day = statutes()["cncp-jj2015"], datetime.timedelta(days=1)
    steps = [
        Taken("found", NOW, InstitutionKind.THANA),
        Taken("placed", NOW + day, InstitutionKind.CWC),
        Taken("produced", NOW + 2 * day, InstitutionKind.GRAM_PRADHAN),
        Taken("inquiry_ordered", NOW + day, InstitutionKind.CWC),
        Taken("declared_legally_free", NOW + 70 * day, InstitutionKind.CWC, present=2),
        Taken("beatified", NOW + 80 * day),
    ]
    found = [(one.place, one.rule) for one in findings(law, steps)]
    assert found == [
        (1, "illegal_step"),
        (2, "wrong_institution"),
        (3, "before_the_last"),
        (4, "no_quorum"),
        (5, "unknown_step"),
    ]
    assert state_of(law, steps) == "legally_free"


def test_a_refusal_names_the_section_and_nothing_of_the_child() -> None:
    law = statutes()["ccl-jj2015"]
    with pytest.raises(Refused, match=r"while the case is: Apprehended \(JJ Act 2015 s.14\(4\)\)"):
        require_step(law, "apprehended", Taken("terminated", NOW))


def test_what_rests_on_memory_is_marked() -> None:
    unverified = {(one.id, limit.code) for one in statutes().values() for limit in one.limits if not limit.verified}
    assert ("ccl-jj2015", "SIR_CCL") in unverified
    assert ("cncp-jj2015", "SIR") not in unverified


def test_every_step_and_every_condition_of_the_law_can_be_told() -> None:
    """By an event: what cannot be told never takes effect."""
    steps = {step.code for statute in statutes().values() for step in statute.steps}
    assert steps <= {kind.value for kind in CaseEventKind}
    asked = {name for statute in statutes().values() for limit in statute.limits for name in (*limit.when, limit.of)}
    assert asked - {None} <= {name.value for name in CaseFactName}
