"""The demonstration, step by step: nodes start, records flow in, pairs are proposed, notices flow back."""

import json
import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

from contracts.exchange import Match, MatchState
from hub.app import Hub
from hub.reports import DeliveryReport, MatchReport, PullReport
from hub.settings import Settings
from portal.cli.opened import CONSOLE
from portal.demo import voices, voices_rest, world
from portal.demo.processes import Processes
from portal.demo.taking_part import ACCOUNTS, TAKING_PART, Taking

Bar = Callable[[str], AbstractContextManager[Callable[[int, int | None], None]]]

#: The model's prior is for all India; the demonstration holds some hundred found children.
POOL = 900
#: Proposed from one chance in twenty on; owners are told from nine in ten on.
PROPOSE_BITS, TELL_BITS = -4.25, 3.17


@dataclass
class Shown:
    """What the demonstration has to show."""

    addresses: dict[str, str] = field(default_factory=dict)
    pulls: list[PullReport] = field(default_factory=list)
    matching: MatchReport | None = None
    delivery: DeliveryReport | None = None
    best: list[Match] = field(default_factory=list)
    planted: int = 0
    proposed_of_planted: int = 0


def found_homes(hub: Hub) -> None:
    """Enter the demo's homes into the directory, unless they are there."""
    known = hub.registry.institutions
    known.add([one for one in voices_rest.institutions() if known.get(one.id) is None])


class Demonstration:
    """One demonstration in ``folder``: the hub's database, the nodes' databases and logs lie there."""

    def __init__(
        self, folder: Path, processes: Processes, bar: Bar, seed: int = 2012, database: str | None = None
    ) -> None:
        self._folder, self._processes, self._bar = folder, processes, bar
        self.world = world.make(seed)
        self.settings = Settings(
            database=database or f"sqlite:///{folder / 'hub.sqlite'}",
            pool=POOL,
            propose_bits=PROPOSE_BITS,
            tell_bits=TELL_BITS,
            log_level="warning",
            # The four systems are played on this machine.
            allow_networks=["127.0.0.0/8"],
        )
        self.shown = Shown(planted=len(self.world.truth))

    def start_nodes(self) -> None:
        """Start the four foreign systems, each with its own database, already filled by its own clerks."""
        with self._bar("starting four foreign systems") as advance:
            for taking in TAKING_PART:
                self._start(taking, self._seed_file(taking))
            for done, taking in enumerate(TAKING_PART, 1):
                self.shown.addresses[taking.id] = self._processes.address(taking.id)
                advance(done, len(TAKING_PART))

    def run(self, hub: Hub) -> Shown:
        """Port, pull, match, deliver; the hub is open on this demonstration's settings."""
        for taking in TAKING_PART:
            hub.registry.participants.put(taking.participant(self.shown.addresses[taking.id]))
        found_homes(hub)
        hub.seed_accounts(ACCOUNTS)
        self._take_in(hub)
        with self._bar("matching") as advance:
            self.shown.matching = hub.match_all(advance)
        with self._bar("delivering notices to the owners") as advance:
            self.shown.delivery = hub.deliver(advance)
        self._measure(hub)
        return self.shown

    def _take_in(self, hub: Hub) -> None:
        for taking in TAKING_PART:
            how = hub.port if taking.id == "zipnet" else hub.pull
            title = f"{'porting' if taking.id == 'zipnet' else 'pulling'} {taking.name.removesuffix(' (look-alike)')}"
            with self._bar(title) as advance:
                self.shown.pulls.append(how(taking.id, advance))

    def _measure(self, hub: Hub) -> None:
        every = hub.matches(CONSOLE, MatchState.PROPOSED, limit=10_000)
        proposed = {((m.ref.participant, m.ref.source_id), (m.other.participant, m.other.source_id)) for m in every}
        self.shown.proposed_of_planted = len(voices.pairs(self.world) & proposed)
        self.shown.best = every[:8]

    def _start(self, taking: Taking, rows: Path) -> None:
        os.environ[taking.secret_variable] = taking.secret
        database = f"sqlite:///{self._folder / (taking.id + '.sqlite')}"
        self._processes.start(
            taking.id, "node", taking.kind, "--database", database, "--load", str(rows), secret=taking.secret
        )

    def _seed_file(self, taking: Taking) -> Path:
        path = self._folder / f"{taking.id}.jsonl"
        with path.open("w", encoding="utf-8") as lines:
            lines.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in voices.rows(self.world, taking.id))
        return path
