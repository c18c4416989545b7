"""What makes an institution's entry sound: level, parent, area, span and infrastructure fit its kind."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from contracts import Institution, InstitutionKind, Level, Problem
from contracts.exchange import Area
from registry.kinds import KindOf, kinds
from registry.spans import covers, overlap


@dataclass(frozen=True)
class Surroundings:
    """What is known around the institutions to be checked."""

    institutions: Mapping[str, Sequence[Institution]]
    """Id -> all versions, the new ones included: of the institutions themselves and of their parents."""
    areas: Mapping[str, Sequence[Area]] = field(default_factory=dict)
    states: Mapping[str, int] = field(default_factory=dict)
    """Area id -> LGD code of its state."""


def problems(institution: Institution, around: Surroundings) -> list[Problem]:
    """Everything that is wrong with one institution."""
    kind = kinds()[institution.kind]
    return [
        *_level(institution, kind),
        *_own(institution),
        *_cci(institution),
        *_area(institution, kind, around),
        *_parent(institution, kind, around),
        *_history(institution, around.institutions[institution.id]),
    ]


def _level(one: Institution, kind: KindOf) -> Iterator[Problem]:
    if one.level not in kind.levels:
        words = f"A {one.kind} stands at level {' or '.join(kind.levels)}; write that level."
        yield Problem(field="level", rule="wrong_level", message=words)
    if kind.level == Level.CENTRAL and one.state is not None:
        yield Problem(field="state", rule="central_has_no_state", message="Leave the state of a central body empty.")
    if kind.level != Level.CENTRAL and one.state is None:
        yield Problem(field="state", rule="missing", message="Give the LGD code of its state, e.g. 7 for Delhi.")


def _own(one: Institution) -> Iterator[Problem]:
    if one.valid_to is not None and one.valid_to < one.valid_from:
        yield Problem(field="valid_to", rule="dates_reversed", message="The last day lies before the first; swap them.")


def _cci(one: Institution) -> Iterator[Problem]:
    if one.kind != InstitutionKind.CCI:
        if one.cci is not None:
            yield Problem(field="cci", rule="only_for_cci", message="Only a CCI has infrastructure; leave it out.")
    elif one.cci is None:
        yield Problem(field="cci", rule="missing", message="A CCI needs at least its kind and capacity.")
    elif one.cci.age_from is not None and one.cci.age_to is not None and one.cci.age_from > one.cci.age_to:
        yield Problem(field="cci.age_to", rule="range_reversed", message="age_to lies below age_from; swap them.")


def _area(one: Institution, kind: KindOf, around: Surroundings) -> Iterator[Problem]:
    if one.area is None:
        return
    versions = around.areas.get(one.area)
    if not kind.areas:
        yield Problem(field="area", rule="wrong_area_kind", message=f"A {one.kind} is responsible for the country.")
    elif not versions:
        yield Problem(field="area", rule="area_unknown", message="Add the area first, or correct its id.")
    elif versions[0].kind not in kind.areas:
        words = f"A {one.kind} is responsible for a {' or '.join(sorted(kind.areas))}, not a {versions[0].kind}."
        yield Problem(field="area", rule="wrong_area_kind", message=words)
    elif one.state is not None and around.states.get(one.area) != one.state:
        yield Problem(
            field="area", rule="other_state", message="The area lies in another state; correct one of the two."
        )


def _parent(one: Institution, kind: KindOf, around: Surroundings) -> Iterator[Problem]:
    if one.parent is None:
        return
    parents = around.institutions.get(one.parent)
    if one.parent == one.id:
        yield Problem(field="parent", rule="cycle", message="An institution cannot answer to itself.")
    elif not parents:
        yield Problem(field="parent", rule="parent_unknown", message="Add the parent first, or correct its id.")
    elif parents[0].kind not in kind.parents:
        allowed = " or ".join(sorted(kind.parents)) or "no other institution"
        words = f"A {one.kind} answers to {allowed}, not to a {parents[0].kind}."
        yield Problem(field="parent", rule="wrong_parent_kind", message=words)
    elif not covers(parents, one):
        words = "The parent does not exist on all of these days; shorten the span or choose another parent."
        yield Problem(field="parent", rule="parent_not_then", message=words)


def _history(one: Institution, versions: Sequence[Institution]) -> Iterator[Problem]:
    others = [other for other in versions if other is not one]
    if any(other.kind != one.kind for other in others):
        words = "This id stands for an institution of another kind; ids are never reused, so take a new one."
        yield Problem(field="id", rule="code_reused", message=words)
    elif any(overlap(one, other) for other in others):
        words = "Two entries of this institution hold on the same day; end the older one the day before."
        yield Problem(field="valid_from", rule="overlap", message=words)
