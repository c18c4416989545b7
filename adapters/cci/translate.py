"""What the homes' words need beyond their manifest: how an age is known, clothes, districts by state, restrictions."""

import re
from typing import Any

from adapters.mapping.clothes import clothes_in
from adapters.mapping.compile import BLANKS
from adapters.mapping.newborns import mother_of_unnamed

Row = dict[str, Any]
_DOCUMENTED = frozenset({"BIRTH CERTIFICATE", "SCHOOL RECORD", "AADHAAR"})
_ESTIMATED = frozenset({"OSSIFICATION TEST", "MEDICAL OPINION", "AGE ORDER"})
_DONE_TO = frozenset({"ABUSE OR THREAT", "TRAFFICKED", "CHILD MARRIAGE", "CHILD LABOUR"})


def before(body: Row) -> Row:
    """The row with age and birth date under how they are known, clothes taken apart, districts with their state."""
    mother = mother_of_unnamed(body.get("inmate_name"))
    unnamed = {"inmate_name": None, "mother_name": body.get("mother_name") or mother} if mother else {}
    return {
        **body,
        **unnamed,
        **_age(body),
        **_worn(body),
        "@languages": _words(body, "mother_tongue") + _words(body, "other_languages"),
        "@found_district": _with_state(body, "found_state", "found_district"),
        "@native_district": _with_state(body, "native_state", "native_district"),
        "@restrictions": _restrictions(body),
        "@institution": _institution(body),
    }


def _age(body: Row) -> Row:
    proof = str(body.get("age_proof") or "").strip().upper()
    how = "estimated" if proof in _ESTIMATED else "stated" if proof == "STATED BY CHILD" else "appearance"
    born = "@dob_documented" if proof in _DOCUMENTED else "@dob_stated"
    return {born: body.get("date_of_birth"), f"@age_{how}": body.get("apparent_age")}


def _worn(body: Row) -> Row:
    # The two fields are written as they come: a frock under lower, a whole set of clothes under upper.
    clothes = clothes_in(", ".join(str(body[name]) for name in ("wearing_upper", "wearing_lower") if body.get(name)))
    upper, lower = clothes.get("upper", (None, None)), clothes.get("lower", (None, None))
    return {"@upper": upper[0], "@upper_colour": upper[1], "@lower": lower[0], "@lower_colour": lower[1]}


def _words(body: Row, name: str) -> list[str]:
    told = [word.strip() for word in str(body.get(name) or "").replace("/", ",").split(",")]
    return [word for word in told if word.lower() not in BLANKS]


def _with_state(body: Row, state: str, district: str) -> str | None:
    told = str(body.get(district) or "").strip().removesuffix("DISTRICT").strip()
    return f"{str(body.get(state) or '').strip()} / {told}" if told else None


def _institution(body: Row) -> str | None:
    """The home as the registry knows it, ``in:cci:UNIT``: by this its staff are known to hold the child."""
    unit = str(body.get("home_unit") or "").strip().lower()
    return f"in:cci:{unit}" if re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,50}", unit) else None


def _restrictions(body: Row) -> list[str]:
    """No resident is shown to the public (JJ Act 2015 s.74); conflict with law and harm done are flagged."""
    in_conflict = ["CCL"] if body.get("category") == "CCL" or body.get("jjb_case_no") else []
    victim = ["VICTIM"] if body.get("admission_ground") in _DONE_TO else []
    return ["CNCP", *in_conflict, *victim]
