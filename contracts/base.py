"""What all contract models share: frozen, unknown fields refused, errors that never repeat what was said of a child."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

CONTRACT_VERSION = "1.0"

#: A participant's id in the registry, the namespace of everything it says, e.g. ``police-br``.
ParticipantId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", min_length=2, max_length=40)]
#: The id a record has in its owner's own database, as the owner writes it; never derived by the hub.
SourceId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:/-]*$", min_length=1, max_length=64)]
#: An institution's id in the registry, scoped by who issued it, e.g. ``dl:ps:kapashera``.
InstitutionId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9:._-]*$", min_length=2, max_length=64)]
#: A BCP-47 language tag, with a script subtag where the script is not the usual one, e.g. ``hi-Latn``.
LanguageTag = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?$", max_length=12)]
#: Short text: one line as the source wrote it.
Line = Annotated[str, StringConstraints(min_length=1, max_length=200)]
#: Longer text: a description of a place, a mark, a garment.
Text = Annotated[str, StringConstraints(min_length=1, max_length=1000)]
#: A person's name as written, without appellation (MDDS G01.02-04: at most 99 characters, free order).
NameText = Annotated[str, StringConstraints(min_length=1, max_length=99)]
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
    )
