"""Comparing the index with a participant's source: what differs, looked at twice, and mended where the rules allow.

The source is listed page by page into the database (``listing``), both sides are compared there part by part
(``comparing``), and every record that differs is looked at again before it is believed, then pulled again or withdrawn
(``mending``). An answer that is empty or suddenly small is held for a person: it is never taken as deletions.
"""

from hub.reconciling.office import Reconcilings
from hub.reconciling.running import Reconciling, Rules

__all__ = ["Reconciling", "Reconcilings", "Rules"]
