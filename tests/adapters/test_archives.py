"""Archives of strangers: what leads out of the folder, a link, or a bomb is refused, and nothing stays behind."""

import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from adapters import archives
from contracts import Refused


def zipped(path: Path, **parts: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for name, said in parts.items():
            out.writestr(name.replace("__", "/"), said)
    return path


def refused(path: Path, **bounds: int) -> str:
    with pytest.raises(Refused) as error, archives.opened(path, **bounds):
        pass
    return error.value.code


@pytest.mark.parametrize("name", ["../out.csv", "/etc/out.csv", "a/../../out.csv", "..\\out.csv", "C:out.csv"])
def test_a_name_that_leads_out_is_refused(tmp_path: Path, name: str) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as out:
        out.writestr(name, "x")
    assert refused(tmp_path / "a.zip") == "archive_unsafe"


def test_a_link_is_refused(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "a.tar.gz", "w:gz") as out:
        link = tarfile.TarInfo("a.csv")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        out.addfile(link, io.BytesIO())
    assert refused(tmp_path / "a.tar.gz") == "archive_unsafe"


def test_a_bomb_is_refused_by_what_comes_out_of_it(tmp_path: Path) -> None:
    assert refused(zipped(tmp_path / "a.zip", **{"a.csv": bytes(60 * 1024**2)})) == "archive_too_large"
    assert refused(zipped(tmp_path / "b.zip", **{"a.csv": b"x" * 2_000}), most_bytes=1_000) == "archive_too_large"
    assert refused(zipped(tmp_path / "c.zip", **{"a.csv": b"", "b.csv": b""}), most_files=1) == "archive_too_large"


def test_what_is_no_archive_is_said_so(tmp_path: Path) -> None:
    for name in ("a.zip", "a.tar.gz"):
        (tmp_path / name).write_bytes(b"nothing of the kind")
        assert refused(tmp_path / name) == "unreadable_file"


def test_the_files_are_there_while_they_are_read_and_gone_after(tmp_path: Path) -> None:
    with archives.opened(zipped(tmp_path / "a.zip", **{"in__a.csv": b"x"})) as folder:
        assert (folder / "in" / "a.csv").read_bytes() == b"x"
    assert not folder.exists()
