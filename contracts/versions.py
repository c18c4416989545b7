"""Older versions of the contract, renamed into today's at the edge: inside there is only the newest tongue.

A record says in ``contract`` which version it is written in. When a version is published that renames a field, the
old name gets a row in ``RENAMES``, and senders of the old version go on as before. Version 1.0 is the first, so the
table is empty.
"""

import re
from collections.abc import Mapping
from typing import Any

from contracts.base import CONTRACT_VERSION
from contracts.errors import Problem, Refused

#: Version -> {dotted path in that version: the field's name in today's}.
Renames = Mapping[str, Mapping[str, str]]
RENAMES: Renames = {}


def renewed(record: Any, renames: Renames = RENAMES) -> Any:
    """``record`` (plain JSON values) in today's version; the values given are left as they are.

    Raises ``Refused`` with rule ``contract_version`` for a version that is not known, e.g. a newer one. What is not
    a record, or does not say its version, is returned as it came: the model refuses or completes it.
    """
    version = record.get("contract") if isinstance(record, dict) else None
    if version is None or version == CONTRACT_VERSION:
        return record
    if not isinstance(version, str) or version not in renames:
        raise _unknown(renames)
    renewed_record = {**record, "contract": CONTRACT_VERSION}
    for path, name in renames[version].items():
        renewed_record = _renamed(renewed_record, path.split("."), name)
    return renewed_record


def _renamed(value: Any, path: list[str], name: str) -> Any:
    if isinstance(value, list):
        return [_renamed(item, path, name) for item in value]
    if not isinstance(value, dict) or path[0] not in value:
        return value
    if len(path) > 1:
        return {**value, path[0]: _renamed(value[path[0]], path[1:], name)}
    return {(name if key == path[0] else key): item for key, item in value.items()}


def _unknown(renames: Renames) -> Refused:
    known = ", ".join(sorted({*renames, CONTRACT_VERSION}, key=lambda v: [int(n) for n in re.findall(r"\d+", v)]))
    message = f"This hub reads contract versions: {known}. Send one of them"
    problem = Problem(field="contract", rule="contract_version", message=message)
    return Refused("contract_version", message + ".", [problem])
