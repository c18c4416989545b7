"""The steps of a child's life in the order of the law, each told by the owner of one of the child's records."""

import datetime
from dataclasses import dataclass, field, replace
from typing import Any

COMMITTEE = "in:cwc:life"


@dataclass(frozen=True)
class Step:
    """One step, on a day after the child was missed; ``by`` and ``institution`` say who took it."""

    kind: str
    day: float
    by: str | None = None
    institution: str | None = None
    more: dict[str, Any] = field(default_factory=dict)

    def at(self, first_day: datetime.datetime) -> datetime.datetime:
        return first_day + datetime.timedelta(days=self.day)

    def later(self, days: float) -> "Step":
        return replace(self, day=self.day + days)

    def event(self, owner: str, source_id: str, first_day: datetime.datetime, event_id: str) -> dict[str, Any]:
        """As the hub's doors take it."""
        said = {"kind": self.kind, "at": self.at(first_day).isoformat(), "by": self.by, "institution": self.institution}
        reference = {"participant": owner, "source_id": source_id}
        return {name: value for name, value in said.items() if value} | self.more | {
            "event_id": event_id, "ref": reference,
        }  # fmt: skip


#: The station at home: SOP for cases of missing children of 2016.
STATION = (
    Step("reported", 0, "THANA"),
    Step("fir_registered", 0, "THANA"),
    Step("alert_issued", 0.2, "THANA"),
    Step("match_suspected", 12, "THANA"),
    Step("match_confirmed", 13, "THANA"),
    Step("traced", 14, "THANA"),
    Step("produced", 14.5, "THANA", COMMITTEE),
    Step("restored", 60, "CWC", COMMITTEE),
    Step("closed", 241, "THANA"),
)
#: The railway police that found the child.
RAILWAY = (Step("found", 2, "THANA"), Step("informed", 2.1, "THANA"), Step("produced", 2.5, "THANA", COMMITTEE))
#: The home that has the child: JJ Act 2015 and the Model Rules of 2016.
HOME = (
    Step("placed", 2.7, "CWC", COMMITTEE),
    Step("inquiry_ordered", 3, "CWC", COMMITTEE),
    Step("sir_done", 11, "CCI"),
    Step("icp_done", 20, "CCI"),
    Step("progress_reported", 33, "CCI"),
    Step("progress_reported", 46, "CCI"),
    Step("home_verified", 50, "VCPC"),
    Step("progress_reported", 58, "CCI"),
    Step("order_made", 58.5, "CWC", COMMITTEE),
    Step("escorted", 59, "CCI"),
    Step("restored", 60, "CWC", COMMITTEE),
    Step("followed_up", 118, "VCPC"),
    Step("followed_up", 238, "VCPC"),
    Step("closed", 240, "CWC", COMMITTEE),
)
#: The same, where the home tells everything from the finding on.
WHOLE = (*RAILWAY, *HOME)
