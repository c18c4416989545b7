"""Taking in what changed at a participant between two days: paused, resumed, and gone on with after any end.

The place that reading stands at is saved in the transaction of each batch (``adapters.spanning``); what is asked for
and whether it is paused stands beside it. The hours and the rate that the participant's lane bears hold here too.
"""

import datetime
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from adapters.by_manifest import ByManifest
from adapters.mapping.dates import INDIA
from adapters.spanning import Reached, Span, reached
from contracts import Refused, Unready
from contracts.participants import Delivery
from hub.flow import Flow
from hub.index import Store
from hub.lane import opens
from hub.pulling import Pulling, cursor_name
from hub.reports import PullReport

State = Literal["running", "paused", "done"]
Progress = Callable[[int, int | None], None]


@dataclass(frozen=True)
class Days:
    """From the first day's beginning to the last day's end, Indian time."""

    first: datetime.date
    last: datetime.date

    @property
    def begin(self) -> datetime.datetime:
        return datetime.datetime.combine(self.first, datetime.time(), INDIA)

    @property
    def end(self) -> datetime.datetime:
        return datetime.datetime.combine(self.last + datetime.timedelta(days=1), datetime.time(), INDIA)


@dataclass(frozen=True)
class Backfill:
    """How a participant's backfill stands: ``share`` is how much of its days lies behind, 0 to 1."""

    participant: str
    first: datetime.date
    last: datetime.date
    state: State
    read: int = 0
    share: float = 0.0


class Backfills:
    """Where the backfills of all participants stand, at most one each."""

    def __init__(self, store: Store, now: Callable[[], datetime.datetime]) -> None:
        self._store, self._now = store, now

    def of(self, participant: str) -> Backfill:
        """``Refused`` (``no_backfill``) where none was ever begun."""
        with self._store.read() as work:
            said = work.runs.cursor(_asked(participant))
            if said is None:
                raise Refused("no_backfill", "No backfill of this participant was begun. Give --from and --until.")
            asked = json.loads(said)
            days = Days(*(datetime.date.fromisoformat(asked[name]) for name in ("first", "last")))
            stands = reached(work.runs.cursor(checkpoint(participant, days)))
        done = asked["state"] == "done"
        return Backfill(
            participant, days.first, days.last, asked["state"], stands.read, 1.0 if done else round(stands.share, 4)
        )

    def say(self, participant: str, days: Days, state: State) -> None:
        """Write down what is asked for and how it stands."""
        said = {"first": days.first.isoformat(), "last": days.last.isoformat(), "state": state}
        with self._store.write() as work:
            work.runs.save_cursor(_asked(participant), json.dumps(said), self._now())

    def pause(self, participant: str) -> Backfill:
        """Have it stop behind its next batch, in whichever process it runs."""
        found = self.of(participant)
        if found.state != "done":
            self.say(participant, Days(found.first, found.last), "paused")
        return self.of(participant)


def run(
    flow: Flow, adapter: ByManifest, days: Days, terms: Delivery, *, batch_rows: int, lease_seconds: float,
    progress: Progress | None = None,
) -> PullReport:  # fmt: skip
    """Take in the rest of a span. It ends early, with its code as the report's error, when it is paused
    (``backfill_paused``), when the lane's hours end (``outside_window``) and when the source fails."""
    participant, backfills = adapter.connection.participant, Backfills(flow.store, flow.now)
    if days.last < days.first:
        raise Refused("bad_days", "The last day lies before the first. Give --from and --until in this order.")

    def go_on() -> None:
        if backfills.of(participant).state == "paused":
            raise Unready("backfill_paused", "The backfill is paused. What was read before is taken in; resume it.")
        if not opens(terms.window, flow.now()):
            raise Unready("outside_window", "The hours of the participant's lane are over. Resume within them.")

    span = Span(
        adapter, days.begin, days.end, go_on=go_on, every=batch_rows, per_second=terms.per_second
    )  # fmt: skip
    backfills.say(participant, days, "running")
    pulling = Pulling(
        flow, span, matching=True, batch_rows=batch_rows, lease_seconds=lease_seconds,
        checkpoint=checkpoint(participant, days),
    )  # fmt: skip
    report = pulling.run(lambda read, total: progress(*_told(span.reached)) if progress is not None else None)
    if report.error is None:
        backfills.say(participant, days, "done")
    return report


def _told(stands: Reached) -> tuple[int, int | None]:
    """Rows read and about how many there will be, by the share of the days that lies behind."""
    return stands.read, max(stands.read, round(stands.read / stands.share)) if stands.share > 0 else None


def checkpoint(participant: str, days: Days) -> str:
    """The name under which the cursor of a span is kept."""
    return cursor_name("span", f"{participant} {days.first} {days.last}")


def _asked(participant: str) -> str:
    return cursor_name("back", participant)
