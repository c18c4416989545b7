"""APScheduler says when; a claim row says which process; a lease says that it is the only one. Never what."""

import datetime
import threading
import time
from collections.abc import Callable
from typing import Any, Protocol

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

from contracts import Participant, TrackChildError, Unready
from hub.alerting import Alerting
from hub.appeals import Appeals
from hub.casework.office import Casework
from hub.citizens.mailing import Mailing
from hub.erasing.office import Office
from hub.expiring import Expiry
from hub.index import Store
from hub.leasing import leased, process_name
from hub.reconciling import Reconcilings
from hub.settings import Settings

log = structlog.get_logger()
_LOOK_AGAIN_SECONDS = 30
_CLEAN_EVERY_SECONDS = 3_600
_MATCH_EVERY_SECONDS = 60
_ALERT_EVERY_SECONDS = 2
_MAIL_EVERY_SECONDS = 5
_APPEAL_EVERY_SECONDS = 15
_EXPIRE_EVERY_SECONDS = 60
_RETENTION_EVERY_SECONDS = 3_600
_DOUBLES_EVERY_SECONDS = 86_400
_RUNS_OUT_EVERY_SECONDS = 3_600
_KEEP_SLOTS = datetime.timedelta(days=7)


Progress = Callable[[int, int | None], None]


class Ticked(Protocol):
    """What the clock needs of the hub."""

    @property
    def store(self) -> Store: ...
    @property
    def settings(self) -> Settings: ...
    def pull(self, participant_id: str, progress: Progress) -> Any: ...
    def count_pending(self) -> int: ...
    def match_owed(self) -> int: ...
    def match_all(self, progress: Progress) -> Any: ...
    def look_through(self, progress: Progress) -> Any: ...
    def clean_up(self) -> Any: ...
    def grow_audit(self) -> Any: ...
    @property
    def reconciling(self) -> Reconcilings: ...
    @property
    def erasing(self) -> Office: ...
    @property
    def casework(self) -> Casework: ...
    @property
    def alerting(self) -> Alerting: ...
    @property
    def expiry(self) -> Expiry: ...
    @property
    def appeals(self) -> Appeals: ...
    @property
    def mailing(self) -> Mailing: ...
    def pulled(self) -> list[Participant]: ...


def run_slot(store: Store, job: str, slot: int, lease_seconds: float, work: Callable[[], object]) -> bool:
    """Run ``work`` if no process ran this slot of ``job`` and none is at the job now; true if it was run here."""
    with store.write() as opened:
        if not opened.leases.claim_slot(job, slot, process_name(), _now()):
            return False
    outcome = "done"
    try:
        with leased(store, f"job:{job}", lease_seconds):
            work()
    except TrackChildError as error:
        outcome = error.code
        log.warning("job_put_off", job=job, slot=slot, code=error.code)
    except Exception as error:
        outcome = f"defect: {type(error).__name__}"
        log.error("job_failed", job=job, slot=slot, error=type(error).__name__)
    with store.write() as opened:
        opened.leases.end_slot(job, slot, outcome, _now())
    return outcome != "already_running"


class Clock:
    """Every process may run one; each turn of each job is still run once."""

    def __init__(self, hub: Ticked) -> None:
        self._hub = hub
        self._pending = 0
        self._ending = threading.Event()
        self._scheduler = BackgroundScheduler(
            timezone=datetime.UTC,
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )

    def start(self) -> None:
        """Begin: matching and clean-up at their intervals, pulls at each participant's."""
        self._every("match", _MATCH_EVERY_SECONDS, self._match)
        looking = self._hub.settings.look_every_seconds
        self._every("look_through", looking, lambda: self._hub.look_through(self._goes_on))
        self._every("clean_up", _CLEAN_EVERY_SECONDS, self._hub.clean_up)
        self._every("alerts", _ALERT_EVERY_SECONDS, self._hub.alerting.tell)
        # Each stage is told once; hourly, since a process that is started each day would never come to a daily turn.
        self._every("runs_out", _RUNS_OUT_EVERY_SECONDS, self._hub.expiry.warn)
        self._every("mail", _MAIL_EVERY_SECONDS, self._hub.mailing.send)
        self._every("appeals", _APPEAL_EVERY_SECONDS, self._hub.appeals.issuing.run)
        self._every("expire", _EXPIRE_EVERY_SECONDS, self._hub.reconciling.expire)
        self._every("retention", _RETENTION_EVERY_SECONDS, self._hub.erasing.apply)
        self._every("sweep", self._hub.settings.sweep_every_seconds, lambda: self._hub.casework.sweep(self._goes_on))
        self._every("doubles", _DOUBLES_EVERY_SECONDS, lambda: self._hub.casework.look_for_doubles(self._goes_on))
        if hours := self._hub.settings.reconcile_every_hours:
            self._every("reconcile", hours * 3_600, self._reconcile)
        self._every("audit", self._hub.settings.audit_every_seconds, self._hub.grow_audit)
        self._look()
        self._scheduler.add_job(self._look, IntervalTrigger(seconds=_LOOK_AGAIN_SECONDS), id="look")
        self._scheduler.start()

    def stop(self) -> None:
        """End; what is under way goes no further than the part of it that it is at, and is finished another time."""
        self._ending.set()
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)

    def _look(self) -> None:
        """Follow the registry: participants come, go and change their interval."""
        wanted = {f"pull:{one.id}": one for one in self._hub.pulled() if one.endpoint is not None}
        for job in self._scheduler.get_jobs():
            if job.id.startswith("pull:") and job.id not in wanted:
                job.remove()
        for name, one in wanted.items():
            assert one.endpoint is not None
            self._pull_every(name, one.id, one.endpoint.pull_every_seconds)

    def _pull_every(self, name: str, participant_id: str, seconds: int) -> None:
        known = self._scheduler.get_job(name)
        if known is None or known.trigger.interval.total_seconds() != seconds:
            self._every(name, seconds, lambda: self._hub.pull(participant_id, self._goes_on))

    def _match(self) -> None:
        """What was ported waits for its matching; while a port goes on, there is more of it at each look."""
        before, self._pending = self._pending, self._hub.count_pending()
        if 0 < self._pending == before:
            self._hub.match_all(self._goes_on)

    def _reconcile(self) -> None:
        """Compare with every source, one after another; one that cannot be compared now keeps none of the others."""
        for one in self._hub.reconciling.able():
            try:
                self._hub.reconciling.run(one.id, progress=self._goes_on)
            except TrackChildError as error:
                if error.code == "process_ends":
                    raise
                log.warning("not_reconciled", participant=one.id, code=error.code)

    def _goes_on(self, done: int, total: int | None) -> None:
        if self._ending.is_set():
            raise Unready("process_ends", "This process was told to end. Nothing was lost; the next one goes on.")

    def _every(self, job: str, seconds: int, work: Callable[[], object]) -> None:
        def turn() -> None:
            run_slot(self._hub.store, job, int(time.time() // seconds), self._hub.settings.lease_seconds, work)

        self._scheduler.add_job(turn, IntervalTrigger(seconds=seconds), id=job, replace_existing=True)


def forget_old_slots(store: Store) -> None:
    """Slots older than a week can no longer be claimed twice by anybody."""
    with store.write() as work:
        work.leases.forget_slots(_now() - _KEEP_SLOTS)


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)
