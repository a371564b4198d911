"""Files that are the same, and kept files that have changed."""

import errno
import os
from pathlib import Path

import pytest

from transforms import files
from transforms.files import close_folder, files_below, same_bytes
from transforms.settings import PROJECT
from transforms.sources.catalog import load_catalog
from transforms.sources.folder import copy_into
from transforms.sources.store import Store


@pytest.mark.parametrize("size", [0, 1, 15, 16, 17, 32, 40])
def test_files_are_the_same_byte_for_byte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    monkeypatch.setattr(files, "BLOCK", 16)
    content = bytes(range(size))
    one, other = tmp_path / "one", tmp_path / "other"
    one.write_bytes(content)
    other.write_bytes(content)
    assert same_bytes(one, other)
    for different in (
        content + b"x",
        b"x" + content,
        *([content[:-1], content[:-1] + b"x", b"x" + content[1:]] if content else []),
    ):
        other.write_bytes(different)
        assert not same_bytes(one, other)
        assert not same_bytes(other, one)


def test_a_corrupted_stored_file_is_stored_again(tmp_path: Path) -> None:
    source = next(s for s in load_catalog(PROJECT / "data").source if s.layout == "dashboard")
    store, served = Store(tmp_path / "store"), tmp_path / source.file
    served.write_bytes(b"what CDE serves")
    kept = Path(copy_into(store, served, source, 100, "folder").path)
    kept.chmod(0o644)
    kept.write_bytes(b"what CDE served")  # the same size
    again = copy_into(store, served, source, 100, "folder")
    assert Path(again.path) == kept
    assert kept.read_bytes() == b"what CDE serves"


@pytest.fixture
def a_release(tmp_path: Path) -> Path:
    """Create a folder with 40 files, half of them in a subfolder."""
    folder = tmp_path / "release"
    (folder / "pages").mkdir(parents=True)
    for n in range(20):
        (folder / f"{n}.parquet").write_text(str(n))
        (folder / "pages" / f"{n}.html").write_text(str(n))
    return folder


def test_a_closed_folder_is_flushed_and_not_written_again(a_release: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    flushed = []
    monkeypatch.setattr(os, "fsync", lambda handle: flushed.append(os.fstat(handle).st_ino))
    close_folder(a_release)
    everything = [a_release, a_release / "pages", *files_below(a_release)]
    assert sorted(flushed) == sorted(p.stat().st_ino for p in everything)
    assert len(everything) == 42
    assert {p.stat().st_mode & 0o777 for p in files_below(a_release)} == {0o444}


def test_a_failed_flush_is_reported(a_release: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lost = (a_release / "pages" / "7.html").stat().st_ino

    def fsync(handle: int) -> None:
        if os.fstat(handle).st_ino == lost:
            raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(OSError, match=os.strerror(errno.EIO)):
        close_folder(a_release)
