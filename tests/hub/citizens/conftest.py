"""A hub, people of the police, a picture with metadata, and a real mail server on the loopback."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from contracts import Officer
from hub.access import Caller, Role, Scope, person
from hub.app import Hub
from hub.citizens import CitizenReport
from hub.settings import Settings

BIHAR, GAYA, PATNA = 10, 196, 212


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    opened = Hub.open(Settings(database=f"sqlite:///{tmp_path / 'hub.sqlite'}"))
    yield opened
    opened.close()


def officer(*districts: int, role: Role = Role.OFFICER) -> Caller:
    return person(Officer(id="sho", role=role.value), role, Scope(districts=frozenset(districts)))


def report(**said: Any) -> CitizenReport:
    usual = {"kind": "saw", "state": BIHAR, "district": GAYA, "place": "Gaya junction, platform 4"}
    return CitizenReport.model_validate(usual | said)


def picture(size: tuple[int, int] = (2_000, 1_000), form: str = "JPEG", **more: Any) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(made, form, **more)
    return made.getvalue()
