"""ZIPNET's rows in one spelling, whichever of its answers they came from, and the id each goes by.

A row's words are the same from the new site's list and detail, from an answer in camelCase, from a CSV and, where the
old site shows as much, from its pages: so is its version, the hash of its content.

The id is the serial number (``MP-`` or ``UIPF-``, year, month and six digits), which both sites and people use; a row
without a proper one goes by its integer key, ``MP_4711`` or ``UP_4711``.
"""

import datetime
import re
from typing import Any

from adapters.mapping.dates import moment_in

Row = dict[str, Any]
_NAMES = [
    "MissingPersonId",
    "UnIdentifiedPersonId",
    "CreatedOn",
    "ImageUrls",
    "State",
    "District",
    "PoliceStation",
    "FIRNo",
    "DDNo",
    "DD_Date",
    "SerialNumber",
    "UIPFSerialNumber",
    "MissingFrom",
    "FoundPlace",
    "FoundDateTime",
    "TracingStatus",
    "Name",
    "Sex",
    "BirthYear",
    "Age",
    "AgeFrom",
    "AgeTo",
    "Address",
    "GuardianName",
    "Religion",
    "Height",
    "Build",
    "Complexion",
    "Face",
    "Eyes",
    "Hair",
    "Beard",
    "Mustaches",
    "Tattoo",
    "DressUpper",
    "DressUpperColor",
    "DressLower",
    "DressLowerColor",
    "PhysicalDetails",
    "PersonalDetails",
    "Description",
    "RewardAmount",
    "Remarks",
    "PinCode",
    "DateFrom",
    "MissingDate",
    "ReportingDate",
    "ComplainantPhoneNo",
    "ContactPerson",
]
_BY_FOLDED = {name.lower(): name for name in _NAMES} | {"ddate": "DD_Date", "dddate": "DD_Date"}
#: Served beside a record and no word about it.
_LEFT_OUT = frozenset({"table", "poison", "ComplainantPhoneNo"})
_KEYS = frozenset({"MissingPersonId", "UnIdentifiedPersonId"})
_SERIAL = re.compile(r"^(?:MP|UIPF)-\d{12}$")


def canonical(row: Row) -> Row:
    """The row under the server's own names; empty values and the complainant's phone number are left out."""
    said: Row = {}
    for key, value in row.items():
        name = key if key in _NAME_SET else _BY_FOLDED.get(key.lower(), key)
        if value is None or value == "" or name in _LEFT_OUT or name.lower() in _LEFT_OUT:
            continue
        if name.lower() == "images" and isinstance(value, list):
            name, value = "ImageUrls", [image.get("imageUrl") for image in value if isinstance(image, dict)]
        if type(value) is str:
            value = value.strip()
        elif isinstance(value, int | float) and name not in _KEYS:
            value = f"{value:g}" if isinstance(value, float) else str(value)
        if value != [] and value != "":
            said[name] = value
    return said


_NAME_SET = frozenset(_NAMES)


def list_of(row: Row) -> str | None:
    """Which list a canonical row is of: ``missing`` or ``found``; None if it is neither."""
    serial = str(row.get("SerialNumber", ""))
    if "UnIdentifiedPersonId" in row or "UIPFSerialNumber" in row or serial.startswith("UIPF-"):
        return "found"
    return "missing" if "MissingPersonId" in row or serial else None


def source_id(row: Row) -> str | None:
    """The id of a canonical row; None if it has neither serial number nor key."""
    serial = str(row.get("UIPFSerialNumber") or row.get("SerialNumber") or "").strip()
    if _SERIAL.match(serial):
        return serial
    for key, prefix in (("MissingPersonId", "MP"), ("UnIdentifiedPersonId", "UP")):
        if str(row.get(key, "")).isdecimal():
            return f"{prefix}_{row[key]}"
    return None


def created(row: Row) -> datetime.datetime | None:
    """When the row came into ZIPNET, by which it orders its lists; None if it cannot be read."""
    try:
        return moment_in(str(row.get("CreatedOn") or ""))
    except (ValueError, OverflowError):
        return None
