"""A paper as PDF, by typst: its template takes the words as data, so that nothing anybody wrote is read as markup."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

_FONTS = ("fontpkg_noto_sans", "fontpkg_noto_sans_devanagari")


@dataclass(frozen=True)
class Said:
    """One line of a paper."""

    label: str
    value: str
    verified: bool


@dataclass(frozen=True)
class Paper:
    """One order or report; ``seats``: who signs, by seat."""

    form: str
    title: str
    rule: str
    number: str
    bench: str
    made_on: str
    case: str
    sitting: str | None
    seats: Sequence[str]
    lines: Sequence[Said]


def pdf_of(paper: Paper) -> bytes:
    """The same paper gives the same bytes, so that its hash tells it again."""
    return printed(resources.files("hub.casework.papers").joinpath("paper.typ"), {"paper": asdict(paper)})


def printed(template: Traversable, said: Mapping[str, Any], fonts: Sequence[str] = ()) -> bytes:
    """A template of ours as PDF; ``said`` reaches it as JSON, ``fonts`` are folders besides those of the packages."""
    import typst

    with resources.as_file(template) as path:
        return bytes(
            typst.compile(
                str(path),
                format="pdf",
                font_paths=[*_folders(), *fonts],
                ignore_system_fonts=True,
                sys_inputs={name: json.dumps(words, ensure_ascii=False) for name, words in said.items()},
            )
        )


@cache
def _folders() -> list[str]:
    """Where the fonts of the packages lie."""
    found = [find_spec(name) for name in _FONTS]
    return [str(Path(spec.origin).parent / "files") for spec in found if spec is not None and spec.origin is not None]
