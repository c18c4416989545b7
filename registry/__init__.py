"""The directory: jurisdictions, institutions, participants, endpoints and keys.

``Registry(engine)`` answers; ``seed(engine)`` loads what is shipped; ``metadata`` holds the tables.
"""

from registry import secrets, sheets, states
from registry.coverage import Cover
from registry.directory import Registry
from registry.gazetteer import How, Suggestion, Whereabouts
from registry.keys import IssuedKey, KnownKey
from registry.seeding import seed
from registry.supervision import Amiss
from registry.tables import metadata

__all__ = [
    "Amiss",
    "Cover",
    "How",
    "IssuedKey",
    "KnownKey",
    "Registry",
    "Suggestion",
    "Whereabouts",
    "metadata",
    "secrets",
    "seed",
    "sheets",
    "states",
]
