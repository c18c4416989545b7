"""Attacks are made at the command line too: its fixtures."""

from tests.portal.cli.conftest import start, typed

__all__ = ["start", "typed"]
