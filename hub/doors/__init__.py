"""The two doors by which foreign systems ask the hub: SOAP and REST, with the same calls behind both."""

import contracts.spyne_compat  # noqa: F401  (before any module here imports spyne)

# isort: split
from hub.doors.calls import CALLS, Call, Desk
from hub.doors.guard import Limits
from hub.doors.mounting import mount
from hub.doors.watched import watch

__all__ = ["CALLS", "Call", "Desk", "Limits", "mount", "watch"]
