"""What ZIPNET's manifest cannot say: places typed into date fields, newborns at age 0/0, relations in a name's prefix.

Keys that begin with @ are ours, made from the row's own words and never counted as its content.
"""

import re
from typing import Any

from adapters.mapping.dates import date_in
from adapters.mapping.newborns import mother_of_unnamed

Row = dict[str, Any]
_NEWBORN = re.compile(
    r"new\s?-?born|infant|\bneonat|\bjust born|\bday[s]? old|\bbaby (?:boy|girl)\b|नवजात|शिशु", re.IGNORECASE
)
_TELLING = ("Name", "PhysicalDetails", "PersonalDetails", "Description", "Remarks")
#: No child over one year is shorter, few newborns longer (WHO growth standards).
_NEWBORN_CM = 70
_CHILD_OF = re.compile(r"^\s*(?:s/o|d/o|son of|daughter of|पुत्र|पुत्री)\b[.:\s]*", re.IGNORECASE)
_NO = frozenset({"", "-", "no", "nil", "none", "na", "n/a", "not known", "nan", "false", "0"})


def before(body: Row) -> Row:
    """The row with what lies between its fields: ``@missing_on @newborn @tattoo @mother @father``."""
    said = dict(body)
    _date_typed_as_place(said)
    if _is_zero(said.get("AgeFrom")) and _is_zero(said.get("AgeTo")) and _newborn(said):
        said["@newborn"] = "0 years"
    tattoo = str(said.get("Tattoo") or "").strip()
    if tattoo.lower() not in _NO:
        said["@tattoo"] = "tattoo" if tattoo.lower() in ("yes", "true", "1") else f"tattoo {tattoo}"
    if mother := mother_of_unnamed(str(said.get("Name") or "")):
        said["@mother"] = mother
        del said["Name"]
    guardian = str(said.get("GuardianName") or "")
    if found := _CHILD_OF.match(guardian):
        said["@father"] = guardian[found.end() :]
        del said["GuardianName"]
    return said


def after(said: Row, body: Row) -> Row:
    """A birth year after the event is a typing error: it says nothing."""
    year, day = (said.get("birth") or {}).get("year"), (said.get("event") or {}).get("on")
    if year is not None and day is not None and year > day.year:
        del said["birth"]
    return said


def _date_typed_as_place(said: Row) -> None:
    """MissingFrom is a place in one list and a date in another: a whole date is taken for one."""
    place = str(said.get("MissingFrom") or "").strip()
    if not place[:1].isdigit() or len(place) > 30:
        return
    try:
        date_in(place)
    except ValueError:
        return
    said["@missing_on"] = place
    del said["MissingFrom"]


def _is_zero(value: Any) -> bool:
    return str(value).strip() in ("0", "0.0")


def _newborn(said: Row) -> bool:
    """0/0 stands for unknown and for newborn: the words, the birth year or the height decide; else it is unknown."""
    if any(_NEWBORN.search(str(said[name])) for name in _TELLING if said.get(name)):
        return True
    height = str(said.get("Height") or "").strip()
    if height.isdigit() and 30 <= int(height) <= _NEWBORN_CM:
        return True
    born = str(said.get("BirthYear") or "").strip()
    return born.isdigit() and int(born) > 1900 and any(_year(said.get(key)) == int(born) for key in _DATES)


_DATES = ("MissingDate", "DateFrom", "@missing_on", "FoundDateTime", "DD_Date")


def _year(value: Any) -> int | None:
    try:
        return date_in(str(value)).year if value else None
    except ValueError:
        return None
