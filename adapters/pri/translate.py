"""What a panchayat register's words need beyond its manifest: clothes in one text, unnamed newborns, restrictions."""

from typing import Any

from adapters.mapping.clothes import clothes_in
from adapters.mapping.newborns import mother_of_unnamed

Row = dict[str, Any]
#: Categories of children to whom something was done.
_VICTIMS = frozenset({"hinsa", "bal_vivah", "bal_shram"})


def before(body: Row) -> Row:
    """The row with the clothes taken apart, and no baby named after its mother."""
    mother = mother_of_unnamed(body.get("bachche_ka_naam"))
    unnamed = {"bachche_ka_naam": None, "mata": body.get("mata") or mother} if mother else {}
    clothes = clothes_in(str(body.get("kapde") or ""))
    upper, lower = clothes.get("upper", (None, None)), clothes.get("lower", (None, None))
    worn = {"@upar": upper[0], "@upar_rang": upper[1], "@neeche": lower[0], "@neeche_rang": lower[1]}
    return {**body, **unnamed, **worn}


def after(said: Row, body: Row) -> Row:
    """A child at risk is shown to no public, whatever was agreed to; to whom harm was done is a victim."""
    if said.get("kind") != "at_risk":
        return said
    victim = ["victim"] if body.get("shreni") in _VICTIMS else []
    return {key: value for key, value in said.items() if key != "publication"} | {
        "restrictions": [*victim, "not_public"]
    }
