"""How the hub stands: counts, last runs and debts of every participant."""

from collections.abc import Iterable

from hub.index import Work
from hub.index.outbox import DEAD, DOUBT, OWED
from hub.reports import HubStatus, ParticipantStatus


def status_of(work: Work, backend: str, participants: Iterable[str]) -> HubStatus:
    """Everybody who is registered, and everybody of whom there is something."""
    records = {name: (total, still) for name, total, still in work.records.counts()}
    outbox = {(lane, state): many for lane, state, many in work.outbox.counts()}
    aside, runs = work.aside.counts(), work.runs.last()
    names = sorted({*participants, *records, *aside, *runs, *(lane for lane, _ in outbox)})
    return HubStatus(
        database=backend,
        records=sum(total for total, _ in records.values()),
        matches=work.matches.counts(),
        participants=[
            ParticipantStatus(
                participant=name,
                records=records.get(name, (0, 0))[0],
                open_records=records.get(name, (0, 0))[1],
                set_aside=aside.get(name, 0),
                owed=outbox.get((name, OWED), 0),
                dead=outbox.get((name, DEAD), 0),
                doubt=outbox.get((name, DOUBT), 0),
                last_run=runs.get(name),
            )
            for name in names
        ],
    )
