"""How the hub stands, for machines that watch it: whether it is ready, and figures by participant from the database.

What is counted here is the same whichever process is asked, since every process writes it down where all share it.
"""

import datetime
from collections.abc import Iterable, Iterator

from prometheus_client import CollectorRegistry, Metric, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from contracts import Unready
from hub.index import Store, Work

_WHO = ["participant"]


def answers(store: Store) -> bool:
    """Whether the database takes a write now, a lease of no time, and took those of the last seconds."""
    now = datetime.datetime.now(datetime.UTC)
    try:
        with store.write() as work:
            work.leases.take("ready", "ready", now, now)
    except Unready:
        return False
    except Exception:  # a disk that is full or broken says so in many words
        return False
    return not store.failed_lately


def metrics(store: Store, participants: Iterable[str]) -> bytes:
    """Every figure in Prometheus' text form; ids of participants and counts, nothing about a person."""
    with store.read() as work:
        found = list(_figures(work, sorted(participants), datetime.datetime.now(datetime.UTC)))
    gathered = CollectorRegistry()
    gathered.register(_Read(found))
    return generate_latest(gathered)


class _Read(Collector):
    def __init__(self, found: list[Metric]) -> None:
        self._found = found

    def collect(self) -> Iterable[Metric]:
        return self._found


def _figures(work: Work, participants: list[str], now: datetime.datetime) -> Iterator[Metric]:
    yield from _queues(work, participants, now)
    yield from _lanes(work, now)
    yield from _intake(work)


def _queues(work: Work, participants: list[str], now: datetime.datetime) -> Iterator[Metric]:
    depth = GaugeMetricFamily("trackchild_queue_depth", "Notices owed and not delivered.", labels=_WHO)
    age = GaugeMetricFamily("trackchild_queue_age_seconds", "Age of the oldest of them.", labels=_WHO)
    queues = {queue.lane: queue for queue in work.outbox.queues()}
    for name in sorted({*participants, *queues}):
        queue = queues.get(name)
        depth.add_metric([name], queue.many if queue else 0)
        age.add_metric([name], max(0.0, (now - queue.oldest).total_seconds()) if queue else 0)
    outcomes = GaugeMetricFamily(
        "trackchild_notices", "Notices by state: owed, done, dead, doubt.", labels=[*_WHO, "state"]
    )
    for lane, state, many in work.outbox.counts():
        outcomes.add_metric([lane, state], many)
    attempts = CounterMetricFamily("trackchild_attempts", "Attempts that were answered or failed.", labels=_WHO)
    for lane, many in work.outbox.attempts().items():
        attempts.add_metric([lane], many)
    yield from (depth, age, outcomes, attempts)


def _lanes(work: Work, now: datetime.datetime) -> Iterator[Metric]:
    shut = GaugeMetricFamily("trackchild_incident", "1 while the participant's system does not answer.", labels=_WHO)
    failures = GaugeMetricFamily(
        "trackchild_failures_in_a_row", "Attempts that failed since the last answer.", labels=_WHO
    )
    at = GaugeMetricFamily(
        "trackchild_exchange_timestamp_seconds",
        "When something was last sent, answered, or failed.",
        labels=[*_WHO, "what"],
    )
    for lane in work.lanes.all():
        shut.add_metric([lane.lane], int(lane.opened_at is not None))
        failures.add_metric([lane.lane], lane.failures)
        for what, moment in (("sent", lane.tried_at), ("answered", lane.answered_at), ("failed", lane.failed_at)):
            if moment is not None:
                at.add_metric([lane.lane, what], moment.timestamp())
    yield from (shut, failures, at)


def _intake(work: Work) -> Iterator[Metric]:
    at = GaugeMetricFamily("trackchild_pulled_timestamp_seconds", "When the last pull ended.", labels=_WHO)
    ok = GaugeMetricFamily("trackchild_pull_failed", "1 if the last pull ended early.", labels=_WHO)
    for name, run in work.runs.last().items():
        if run.ended_at is not None:
            at.add_metric([name], run.ended_at.timestamp())
        ok.add_metric([name], int(run.error is not None))
    aside = GaugeMetricFamily("trackchild_set_aside", "Records that could not be taken in.", labels=_WHO)
    for name, many in work.aside.counts().items():
        aside.add_metric([name], many)
    yield from (at, ok, aside)
