"""What citizens report: a child lost, a child seen; routed to the police at once, and followed by its number."""

from hub.citizens.desk import Citizens
from hub.citizens.reports import CitizenReport, Kind, Letter, Outcome, Standing, Tracked

__all__ = ["CitizenReport", "Citizens", "Kind", "Letter", "Outcome", "Standing", "Tracked"]
