"""One timeline per child across all owners: what each record that a person confirmed to be the child would tell."""

import datetime
from collections.abc import Iterator

from contracts import Refused
from contracts.exchange import Case, GetCase, MatchState
from contracts.timelines import Timeline, TimelineRecord
from hub.access import Caller
from hub.casework.custody import custody_of
from hub.finding import Finding
from hub.index import Work

_ONE_CHILD = (MatchState.CONFIRMED, MatchState.REUNITED)
#: More records of one child than there are owners that could hold it; a wrong chain of matches ends here.
_MOST = 50


def timeline_of(
    finding: Finding, work: Work, caller: Caller, first: Case, wanted: GetCase, now: datetime.datetime
) -> Timeline:
    """Each record is read as ``GetCase`` would read it, so that nobody sees more here; those that may not be
    read so are counted in ``left_out``. ``first`` is what ``wanted`` asked for, read already."""
    cases: dict[str, Case] = {first.hub_id: first}
    confirmed: dict[str, datetime.datetime | None] = {first.hub_id: None}
    waiting, left_out = [first], 0
    while waiting:
        for hub_id, at in _same(waiting.pop(0)):
            if hub_id in confirmed or len(confirmed) >= _MOST:
                continue
            confirmed[hub_id] = at
            other = _open(finding, work, caller, GetCase(hub_id=hub_id, purpose=wanted.purpose, case=wanted.case))
            if other is None:
                left_out += 1
            else:
                cases[hub_id] = other
                waiting.append(other)
    return _joined(cases, confirmed, left_out, now)


def _same(case: Case) -> Iterator[tuple[str, datetime.datetime | None]]:
    for match in case.matches:
        if match.state in _ONE_CHILD:
            other = match.other_hub_id if match.hub_id == case.hub_id else match.hub_id
            yield other, match.decided_at


def _open(finding: Finding, work: Work, caller: Caller, wanted: GetCase) -> Case | None:
    """The entry, if its steps may be seen: a match led here, so that who sees no match of it sees no steps either."""
    try:
        case = finding.case(work, caller, wanted)
    except Refused:
        return None
    return case if case.matches else None


def _joined(
    cases: dict[str, Case], confirmed: dict[str, datetime.datetime | None], left_out: int, now: datetime.datetime
) -> Timeline:
    told = [event for case in cases.values() for event in case.events]
    events = sorted(told, key=lambda event: (event.at, event.ref.participant, event.event_id))
    return Timeline(
        hub_id=next(iter(cases)),
        records=[_record(case, confirmed[case.hub_id]) for case in cases.values()],
        events=events,
        custody=custody_of([case.record for case in cases.values()], events, now),
        left_out=left_out,
    )


def _record(case: Case, confirmed_at: datetime.datetime | None) -> TimelineRecord:
    record = case.record
    return TimelineRecord(
        hub_id=case.hub_id,
        ref=record.ref,
        kind=record.kind,
        status=record.status,
        first_seen=case.first_seen,
        confirmed_at=confirmed_at,
    )
