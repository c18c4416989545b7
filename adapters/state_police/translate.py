"""What a state police system's words need beyond its manifest: ages in two fields, clothes in one, unnamed newborns."""

import re
from typing import Any

from adapters.mapping.clothes import clothes_in
from adapters.mapping.newborns import mother_of_unnamed

Row = dict[str, Any]
_SECTIONS = re.compile(r"[,;]")
_NOTHING = ("", "0")


def before(body: Row) -> Row:
    """The row with the age as one text, the clothes taken apart, and no baby named after its mother."""
    mother = mother_of_unnamed(body.get("Naam"))
    unnamed = {"Naam": None, "MataKaNaam": body.get("MataKaNaam") or mother} if mother else {}
    clothes = clothes_in(str(body.get("Vastra") or ""))
    upper, lower = clothes.get("upper", (None, None)), clothes.get("lower", (None, None))
    worn = {"@upar": upper[0], "@upar_rang": upper[1], "@neeche": lower[0], "@neeche_rang": lower[1]}
    return {**body, **unnamed, **worn, "@umra": _age(body)}


def after(said: Row, body: Row) -> Row:
    """Sections of law belong to the FIR; where one of them is of the POCSO Act, the child is a victim (POCSO s.23)."""
    law = str(body.get("Dhara") or "")
    sections = [part.strip()[:200] for part in _SECTIONS.split(law) if part.strip()][:20]
    if sections and "diaries" in said:
        said = {**said, "diaries": [d | {"sections": sections} if d["kind"] == "FIR" else d for d in said["diaries"]]}
    if "pocso" in law.casefold() or "पॉक्सो" in law:
        said = {**said, "restrictions": ["victim", "not_public"], "publication": None}
    return said


def _age(body: Row) -> str | None:
    told = [(str(body.get(name) or "").strip(), unit) for name, unit in (("UmraVarsh", "वर्ष"), ("UmraMaah", "माह"))]
    return " ".join(f"{number} {unit}" for number, unit in told if number not in _NOTHING) or None
