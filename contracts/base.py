"""What all contract models share: frozen, unknown fields refused, errors that never repeat what was said of a child."""

import datetime
import re
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, StringConstraints
from pydantic_core import PydanticCustomError

CONTRACT_VERSION = "1.0"

_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_YEAR_FIRST = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def _writable(text: str) -> str:
    # What XML 1.0 cannot carry would be taken in at one door and break the other.
    if _NOT_IN_XML.search(text):
        raise PydanticCustomError("control_character", "Text must not hold control characters; leave them out")
    return text


def _year_first(value: object) -> object:
    # pydantic reads a bare number as seconds since 1970, so 20190301 would become a day in August 1970.
    if isinstance(value, int | float) or (isinstance(value, str) and not _YEAR_FIRST.match(value.strip())):
        raise PydanticCustomError("date_form", "Write a day as 2019-03-01, a moment as 2019-03-01T14:30:00Z")
    return value


def _hour_first(value: object) -> object:
    if isinstance(value, int | float):
        raise PydanticCustomError("time_form", "Write a time of day as 14:30 or 14:30:00")
    return value


#: A day, written ``2019-03-01``.
Day = Annotated[datetime.date, BeforeValidator(_year_first)]
#: A moment with its offset from UTC, written ``2019-03-01T14:30:00+05:30``.
Moment = Annotated[AwareDatetime, BeforeValidator(_year_first)]
#: A local time of day, written ``14:30``.
TimeOfDay = Annotated[datetime.time, BeforeValidator(_hour_first)]
#: A participant's id in the registry, the namespace of everything it says, e.g. ``police-br``.
ParticipantId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", min_length=2, max_length=40)]
#: The id a record has in its owner's own database, as the owner writes it; never derived by the hub.
SourceId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:/-]*$", min_length=1, max_length=64)]
#: An institution's id in the registry, scoped by who issued it, e.g. ``dl:ps:kapashera``.
InstitutionId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9:._-]*$", min_length=2, max_length=64)]
#: A BCP-47 language tag, with a script subtag where the script is not the usual one, e.g. ``hi-Latn``.
LanguageTag = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?$", max_length=12)]
#: Short text: one line as the source wrote it.
Line = Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(_writable)]
#: Longer text: a description of a place, a mark, a garment.
Text = Annotated[str, StringConstraints(min_length=1, max_length=1000), AfterValidator(_writable)]
#: The same, where the source may have left it empty.
TextOrEmpty = Annotated[str, StringConstraints(max_length=1000), AfterValidator(_writable)]
#: A whole answer in one labelled field of an owner's file.
LongText = Annotated[str, StringConstraints(max_length=4000), AfterValidator(_writable)]
#: A person's name as written, without appellation (MDDS G01.02-04: at most 99 characters, free order).
NameText = Annotated[str, StringConstraints(min_length=1, max_length=99), AfterValidator(_writable)]
#: SHA-256 in lower-case hexadecimal.
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class Model(BaseModel):
    """Base of every contract model."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        hide_input_in_errors=True,
        str_strip_whitespace=True,
        use_attribute_docstrings=True,
        ser_json_timedelta="iso8601",
        allow_inf_nan=False,
    )
