"""What a WSDL, an OpenAPI document, a sample or a database says of a system, in one form."""

import re
from dataclasses import dataclass, field
from typing import Any

#: A full stop that shortens a word of a heading, and parts no steps.
_HEADING = re.compile(r"\.(?!\w)")


@dataclass(frozen=True)
class Seen:
    """One field of a row: its path, what the description calls it, its type there and some values (never written)."""

    path: str
    title: str = ""
    type: str = ""
    values: tuple[str, ...] = ()

    @property
    def container(self) -> str:
        """The steps before the last; none of a heading that has full stops (``S.No.``, ``FIR No. & Date``)."""
        return "" if _HEADING.search(self.path) else self.path.rpartition(".")[0]

    @property
    def last(self) -> str:
        """The last step, or the whole heading."""
        return self.path.removeprefix(f"{self.container}.") if self.container else self.path

    @property
    def words(self) -> str:
        """The last step of the path, with the title behind it if there is one."""
        return f"{self.last} {self.title}".strip()


@dataclass(frozen=True)
class Rows:
    """One list of records: how it is asked for, where its rows are, and what is in a row."""

    name: str
    fields: tuple[Seen, ...]
    call: dict[str, Any] = field(default_factory=dict)
    """The keys of ``[[pull.lists]]`` that the description tells: path or operation, method, params."""
    records: str = ""
    parameters: tuple[Seen, ...] = ()
    """What may be sent with the call: paging and since are looked for here."""
    beside: tuple[str, ...] = ()
    """Paths of the plain values in the answer beside the rows: a token of the next page is looked for here."""


@dataclass(frozen=True)
class Described:
    """A whole system as its description tells it."""

    transport: str
    rows: tuple[Rows, ...]
    connection: dict[str, Any] = field(default_factory=dict)
    """The keys of ``[connection]`` beside transport: auth, wsdl, binding."""
    operations: tuple[str, ...] = ()
    """Every operation there is, in one line each, those that were not used too."""
    notes: tuple[str, ...] = ()
    files: dict[str, bytes] = field(default_factory=dict)
    """Files that must lie beside the manifest (a WSDL), by name."""
