"""What the tests of proposals share: a proposal made in an empty folder, read back as a manifest."""

import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from adapters.mapping.manifest import Manifest, parse
from adapters.proposing.proposal import Proposal, proposed

Propose = Callable[..., Proposal]


@pytest.fixture
def propose(tmp_path: Path) -> Propose:
    """Propose from a description; its documents are laid into an empty folder."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()

    def made(way: str, source: str | Path) -> Proposal:
        return proposed("system_xy", way, str(source), scratch)

    return made


def manifest(made: Proposal) -> Manifest:
    """The proposal as the hub reads it; it must be whole."""
    assert made.problems == []
    return parse(tomllib.loads(made.text))
