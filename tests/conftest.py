"""Shared fixtures: a release of the sample, made once, and a way to run any folder of files."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest

from tests.workplace import SAMPLE, Workplace


@pytest.fixture(scope="session")
def raw_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One store of snapshots and read files for the whole session: contents are addressed by hash."""
    return tmp_path_factory.mktemp("work")


@pytest.fixture
def workplace(tmp_path: Path, raw_cache: Path) -> Workplace:
    """A copy of the sample that a test may damage."""
    source = tmp_path / "source"
    shutil.copytree(SAMPLE, source)
    return Workplace(source, raw_cache, tmp_path / "out")


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory, raw_cache: Path) -> Workplace:
    """The sample, published once. Tests only read it."""
    place = Workplace(SAMPLE, raw_cache, tmp_path_factory.mktemp("published"))
    assert place.publish().outcome == "published"
    return place


@pytest.fixture(scope="session")
def release(published: Workplace) -> Path:
    """Folder of the current release of the sample."""
    return (published.out / "current").resolve()


@pytest.fixture
def released(workplace: Workplace, published: Workplace) -> Workplace:
    """A copy of the sample with a release of its own, as if it had been published from there."""
    shutil.copytree(published.out, workplace.out, symlinks=True)
    return workplace


@pytest.fixture
def db(release: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Read-only connection to the release of the sample."""
    with duckdb.connect(str(release / "dta.duckdb"), read_only=True) as connection:
        yield connection


@pytest.fixture
def edit(workplace: Workplace) -> Callable[[str, Callable[[str], str]], None]:
    """Change the text of one source file, byte for byte elsewhere."""

    def change(file: str, how: Callable[[str], str]) -> None:
        path = workplace.source / file
        before = path.read_bytes().decode("utf-8")
        after = how(before)
        assert after != before, "the edit changed nothing"
        path.write_bytes(after.encode("utf-8"))

    return change
