"""Pictures of strangers: nothing but the picture is kept."""

import io

import pytest
from PIL import Image

from contracts import Refused
from hub.citizens.pictures import LONGEST_SIDE, redrawn
from tests.hub.citizens.conftest import picture


def exif() -> Image.Exif:
    told = Image.Exif()
    told[0x010F] = "Maker of the camera"
    told[0x0112] = 6  # lies on its side
    told.get_ifd(0x8825)[2] = (24.0, 47.0, 30.0)
    return told


def test_the_place_and_the_camera_are_gone_and_the_picture_stands_upright() -> None:
    told = picture((400, 200), exif=exif(), comment=b"who sent it")
    assert b"Maker" in told
    kept = redrawn(told)
    assert b"Maker" not in kept
    assert b"who sent" not in kept
    assert b"Exif" not in kept
    with Image.open(io.BytesIO(kept)) as seen:
        assert (seen.format, seen.size) == ("JPEG", (200, 400))
        assert not seen.getexif()


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_large_picture_becomes_a_small_jpeg(form: str) -> None:
    with Image.open(io.BytesIO(redrawn(picture((3_000, 1_500), form)))) as seen:
        assert (seen.format, seen.size) == ("JPEG", (LONGEST_SIDE, LONGEST_SIDE // 2))


@pytest.mark.parametrize("told", [b"", b"%PDF-1.7", b"<svg xmlns='http://www.w3.org/2000/svg'/>", picture()[:400]])
def test_what_is_no_picture_is_refused(told: bytes) -> None:
    with pytest.raises(Refused) as refused:
        redrawn(told)
    assert refused.value.code == "photo_unreadable"


def test_a_format_that_is_not_expected_is_refused_even_if_it_could_be_read() -> None:
    with pytest.raises(Refused) as refused:
        redrawn(picture((20, 20), "GIF"))
    assert refused.value.code == "photo_unreadable"


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_drawn() -> None:
    bomb = picture((10_000, 6_100), "PNG")
    assert len(bomb) < 1_000_000
    with pytest.raises(Refused) as refused:
        redrawn(bomb)
    assert refused.value.code == "photo_too_large"
