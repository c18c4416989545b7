"""The two doors by which foreign systems ask the hub: SOAP and REST, with the same calls behind both."""

from hub.doors.calls import CALLS, Call, Desk
from hub.doors.guard import Limits
from hub.doors.mounting import mount

__all__ = ["CALLS", "Call", "Desk", "Limits", "mount"]
