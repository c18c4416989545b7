"""Learning the model, in one place to import from: counting, EM, people's decisions, and a look before it goes live."""

from hub.matching.decisions import Bin, calibrated, confirmed, reliability
from hub.matching.em import Learned, learn
from hub.matching.frequency import count_words
from hub.matching.places import district_points
from hub.matching.shadowing import Change, Shadow, shadow

__all__ = [
    "Bin",
    "Change",
    "Learned",
    "Shadow",
    "calibrated",
    "confirmed",
    "count_words",
    "district_points",
    "learn",
    "reliability",
    "shadow",
]
