"""Rules of retention as data: which records, for how long, by what law, and what follows; checked as hard as code."""

import datetime
import tomllib
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from contracts import ChildRecord, Refused
from contracts.codes import RecordKind, Restriction, Status
from hub.casework.durations import INDIA, Duration

_SHIPPED = Path(__file__).with_name("rules.toml")
Code = Annotated[str, Field(pattern=r"^[a-z0-9_]{2,40}$")]
Span = Annotated[Duration, BeforeValidator(lambda value: Duration.read(value) if isinstance(value, str) else value)]


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True, hide_input_in_errors=True)


class Rule(_Row):
    """One rule; see the head of ``rules.toml``."""

    code: Code
    words: Annotated[str, Field(min_length=10)]
    regime: str
    section: Annotated[str, Field(min_length=3)]
    from_: Annotated[datetime.date, Field(alias="from")]
    to: datetime.date | None = None
    restriction: Restriction | None = None
    kinds: list[RecordKind] = []
    statuses: list[Status] = []
    after: Span
    act: Literal["order", "erase"]
    who: str = ""
    verified: bool = False

    def due(self, record: ChildRecord) -> datetime.datetime | None:
        """The last moment for which it is kept, counted from its owner's word that closed it; None: not by this."""
        day = record.recorded_at.astimezone(INDIA).date()
        if not (self._meets(record) and self.from_ <= day <= (self.to or day)):
            return None
        return self.after.after(record.recorded_at)

    def _meets(self, record: ChildRecord) -> bool:
        return (
            record.ended
            and (self.restriction is None or self.restriction in record.restrictions)
            and (not self.kinds or record.kind in self.kinds)
            and (not self.statuses or record.status in self.statuses)
        )


class Exempt(_Row):
    """What no rule may reach, and which the index cannot know: a hold keeps it."""

    code: Code
    words: str
    section: str
    verified: bool = False


class Rules(_Row):
    rules: list[Rule] = []
    exceptions: list[Exempt] = []


def rules(path: Path | None = None) -> Rules:
    """The rules on file, or those of ``path``; ``Refused`` (``bad_retention_rules``) names the first wrong line."""
    return _read(path or _SHIPPED)


@cache
def _read(path: Path) -> Rules:
    try:
        return Rules.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        where = ".".join(map(str, error.errors()[0]["loc"])) if isinstance(error, ValidationError) else "the file"
        raise Refused("bad_retention_rules", f"The rules of retention cannot be read: correct {where}.") from None
