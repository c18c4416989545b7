"""Quarterly reports drawn from the cases: Form 16 of a Committee; s.40(4): restored, dead and runaway children."""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from contracts import CaseEvent, Refused
from contracts.events import CaseEventKind
from hub.casework.durations import INDIA, months_later
from hub.index import Store
from hub.index.cases import Kept, Within

_STEPS = CaseEventKind
#: Final orders as Form 16 counts them. Recommending an FIR and compensation are no steps of the law on file: not drawn.
FINAL = {
    _STEPS.RESTORED: "released_to_parent_guardian_fit_person",
    _STEPS.TRANSFERRED: "transferred_to_other_committee",
    _STEPS.LONG_TERM_PLACED: "stay_in_institution",
    _STEPS.REPATRIATED: "repatriated_to_foreign_country",
    _STEPS.DECLARED_LEGALLY_FREE: "legally_free_for_adoption",
    _STEPS.FOSTERED: "foster_care_sponsorship_aftercare",
    _STEPS.SPONSORED: "foster_care_sponsorship_aftercare",
    _STEPS.AFTERCARE_ORDERED: "foster_care_sponsorship_aftercare",
}
_RECEIVED = (_STEPS.PRODUCED, _STEPS.TRANSFER_RECEIVED)
_S40 = {_STEPS.RESTORED: "restored", _STEPS.DECEASED: "dead", _STEPS.RAN_AWAY: "ran_away"}
_AT_ONCE = 400


@dataclass(frozen=True)
class Quarter:
    """``2026Q1``: 1 January to 31 March, Indian time."""

    year: int
    number: int

    @classmethod
    def read(cls, text: str) -> "Quarter":
        """``Refused`` (``no_such_quarter``) for anything but a year and Q1 to Q4."""
        year, _, number = text.upper().partition("Q")
        if not (year.isdigit() and len(year) == 4 and number in ("1", "2", "3", "4")):
            raise Refused("no_such_quarter", "Write a quarter as 2026Q1.")
        return cls(int(year), int(number))

    @property
    def first(self) -> datetime.datetime:
        return datetime.datetime(self.year, self.number * 3 - 2, 1, tzinfo=INDIA)

    @property
    def after(self) -> datetime.datetime:
        """The first moment after it."""
        return datetime.datetime.combine(months_later(self.first.date(), 3), datetime.time(), INDIA)


@dataclass
class Report:
    """Form 16's columns, and the children of s.40(4) in the quarter."""

    committee: str | None
    quarter: str
    at_start: int = 0
    received: int = 0
    disposed: int = 0
    pending: int = 0
    pending_over_four_months: int = 0
    final_orders: dict[str, int] = field(default_factory=lambda: dict.fromkeys(FINAL.values(), 0))
    s40: dict[str, int] = field(default_factory=lambda: dict.fromkeys(_S40.values(), 0))

    def rows(self) -> list[tuple[str, str, int]]:
        """(form, column, how many)."""
        counted = ("at_start", "received", "disposed", "pending", "pending_over_four_months")
        return [
            *(("Form 16", name, getattr(self, name)) for name in counted),
            *(("Form 16, final orders", name, many) for name, many in self.final_orders.items()),
            *(("s.40(4)", name, many) for name, many in self.s40.items()),
        ]


def report_of(store: Store, within: Within, committee: str | None, quarter: Quarter) -> Report:
    """Of the cases of a committee or, without one, of all cases of children in need of care of the jurisdiction."""
    report = Report(committee, f"{quarter.year}Q{quarter.number}")
    with store.read() as work:
        kept = [one for one in work.cases.of_committee(within, committee) if one.machine == "cncp"]
        for start in range(0, len(kept), _AT_ONCE):
            part = kept[start : start + _AT_ONCE]
            told = work.events.of([(one.participant, one.source_id) for one in part])
            for events in _by_case(part, told).values():
                _count(events, quarter, report)
    return report


def _by_case(kept: Sequence[Kept], told: Iterable[CaseEvent]) -> Mapping[tuple[str, str], list[CaseEvent]]:
    found: dict[tuple[str, str], list[CaseEvent]] = {(one.participant, one.source_id): [] for one in kept}
    for event in told:
        found[event.ref.participant, event.ref.source_id].append(event)
    return found


def _count(events: Sequence[CaseEvent], quarter: Quarter, report: Report) -> None:
    first, after = quarter.first, quarter.after
    received = next((event.at for event in events if event.kind in _RECEIVED), None)
    for event in events:
        if event.kind in _S40 and first <= event.at < after:
            report.s40[_S40[event.kind]] += 1
    if received is None or received >= after:
        return
    final = next((event for event in events if event.kind in FINAL and event.at >= received), None)
    if final is not None and final.at < first:
        return
    report.at_start += received < first
    report.received += received >= first
    if final is not None and final.at < after:
        report.disposed += 1
        report.final_orders[FINAL[final.kind]] += 1
    else:
        report.pending += 1
        four = months_later(received.astimezone(INDIA).date(), 4)
        report.pending_over_four_months += four < after.date()
