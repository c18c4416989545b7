"""The directory as one object: what the hub asks of jurisdictions, institutions, stations and participants."""

import datetime

from sqlalchemy import Connection, Engine

from contracts import Participant
from contracts.exchange import RegistryAnswer, RegistryLookup
from registry.areas import Areas
from registry.coverage import Coverage
from registry.institutions import Institutions
from registry.keys import Keys
from registry.participants import Participants
from registry.stations import Stations
from registry.store import Store
from registry.supervision import Amiss, amiss


class Registry:
    """The directory on an engine, or within the transaction of a connection. Safe to use from several threads.

    One per process is enough and best: ``stations`` keeps a snapshot of all names in memory.
    """

    def __init__(self, bind: Engine | Connection) -> None:
        store = Store(bind)
        self.areas = Areas(store)
        self.coverage = Coverage(store, self.areas)
        self.institutions = Institutions(store, self.areas, self.coverage)
        self.stations = Stations(store, self.areas)
        self.participants = Participants(store, self.institutions)
        self.keys = Keys(store, self.participants)

    def amiss(self, on: datetime.date | None = None) -> list[Amiss]:
        """Stations under the wrong supervisor on a day."""
        return list(amiss(self.institutions, self.areas, on))

    def lookup(self, wanted: RegistryLookup) -> RegistryAnswer:
        """Answer the doors' ``RegistryLookup``."""
        return self.institutions.find(wanted)

    def participant_by_key(self, key: str, at: datetime.datetime | None = None) -> Participant:
        """Who holds ``key``; raises ``Refused`` with code ``wrong_key``."""
        return self.keys.participant_by_key(key, at)
