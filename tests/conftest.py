"""Shared fixtures: one release of the sample, and a way to run any folder of files."""

import fcntl
import gc
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest
from hypothesis.internal.conjecture import providers

from expectations.judging import UNUSED, LazyImports
from tests.gates.state import write_small_state
from tests.run_cache import RunCache, TableCache
from tests.workplace import AS_OF, SAMPLE, Workplace, copy_of_work, edit_text, linked, reissue
from transforms.release.current import read_manifest
from transforms.release.verify import seal_of
from transforms.settings import PROJECT

SharedFolder = Callable[[str, Callable[[Path], None]], Path]
sys.meta_path.insert(0, LazyImports(UNUSED))  # as in the process that judges: Great Expectations loads a third faster


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[object]:
    """Collect tests without searching for garbage: there is little of it among a million objects that stay."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems() -> Iterator[object]:
    """Keep Hypothesis, which looks at each module for constants, from loading what nothing uses: two seconds."""
    providers._seen_modules.update(id(sys.modules[name]) for name in UNUSED if name in sys.modules)
    return (yield)


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> SharedFolder:
    """Create a folder that all workers read: the first one creates it, the others wait for it.

    Later sessions with the same code find it again in the folder ``TESTS_SHARED``.
    """
    temporary = tmp_path_factory.getbasetemp()
    beside = temporary.parent if os.environ.get("PYTEST_XDIST_WORKER") else temporary
    shared = Path(os.environ.get("TESTS_SHARED", beside))

    def made(name: str, make: Callable[[Path], None]) -> Path:
        folder, done = shared / name, shared / f"{name}.done"
        with (shared / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not done.exists():
                make(folder)
                done.touch()
        return folder

    return made


@pytest.fixture(scope="session")
def first_run(shared_folder: SharedFolder) -> Path:
    """Return the folder of one run on the sample, with every expectation and page, shared by all workers.

    It contains work, out and the results of the run's steps.
    """

    def make(folder: Path) -> None:
        with pytest.MonkeyPatch.context() as patch:
            TableCache(folder / "decided").take_part(patch)
            assert Workplace(SAMPLE, folder / "work", folder / "out").publish().outcome == "published"

    return shared_folder("first-run", make)


@pytest.fixture(scope="session")
def state_run(shared_folder: SharedFolder) -> Path:
    """Run `dta run` as `make run` does, on the statewide sample, with every expectation and page.

    The folder contains its work, its out and its printed output.
    """

    def make(folder: Path) -> None:
        folder.mkdir()
        environment = {
            "DTA_WORK": str(folder / "work"),
            "DTA_OUT": str(folder / "out"),
            "DTA_AS_OF": str(AS_OF),
            "PATH": "/usr/bin",
            "COLUMNS": "80",
        }
        ended = subprocess.run(
            [Path(sys.executable).parent / "dta", "run"],
            capture_output=True,
            text=True,
            env=environment,
            cwd=PROJECT,
            check=False,
        )
        assert ended.returncode == 0, ended.stderr
        (folder / "stdout.txt").write_text(ended.stdout, "utf-8")

    return shared_folder("state-run", make)


@pytest.fixture(scope="session")
def small_state(shared_folder: SharedFolder) -> Path:
    """Return the folder of a small generated state and of the run that decided it. Tests only read it."""
    return shared_folder("small-state", write_small_state)


@contextmanager
def opened(database: Path, name: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a database read-only under another name, once for all tests.

    A process can open a file in only one way at a time, and the code under test opens it too.
    """
    os.link(database, name)
    with duckdb.connect(str(name), read_only=True) as connection:
        connection.execute("set threads = 1")
        yield connection


@pytest.fixture(scope="session")
def opened_state(state_run: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    database = (state_run / "out" / "current").resolve() / "dta.duckdb"
    with opened(database, tmp_path_factory.mktemp("opened") / "state.duckdb") as connection:
        yield connection


@pytest.fixture
def state_db(opened_state: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the release of the statewide sample read-only."""
    with opened_state.cursor() as connection:
        yield connection


@pytest.fixture(scope="session")
def raw_cache(first_run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return one store of snapshots, read files and validation results per worker, addressed by content hash."""
    return copy_of_work(first_run / "work", tmp_path_factory.mktemp("cache") / "work")


@pytest.fixture(scope="session")
def new_place(raw_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Workplace]:
    """Return a function that copies the sample, for module fixtures that damage it in many places."""

    def make() -> Workplace:
        folder = tmp_path_factory.mktemp("place")
        return Workplace(Path(shutil.copytree(SAMPLE, folder / "source")), raw_cache, folder / "out")

    return make


@pytest.fixture
def workplace(tmp_path: Path, raw_cache: Path) -> Workplace:
    """Copy the sample, so that a test can damage it."""
    source = tmp_path / "source"
    shutil.copytree(SAMPLE, source)
    return Workplace(source, raw_cache, tmp_path / "out")


@pytest.fixture(scope="session")
def published(first_run: Path, raw_cache: Path) -> Workplace:
    """Publish the sample once. Tests only read it."""
    return Workplace(SAMPLE, raw_cache, first_run / "out")


@pytest.fixture(scope="session")
def bare(first_run: Path, raw_cache: Path, shared_folder: SharedFolder) -> Workplace:
    """Return the same release without pages, which has a fifth of the files.

    It is for tests that work with any release and only read it or a copy of it.
    """

    def make(folder: Path) -> None:
        shutil.copytree(
            first_run / "out", folder, symlinks=True, ignore=shutil.ignore_patterns("reports", "quality", "*.html")
        )
        path = (folder / "current").resolve() / "manifest.json"
        manifest = read_manifest(path.parent)
        manifest["files"] = [f for f in manifest["files"] if (path.parent / f["file"]).exists()]
        path.chmod(0o644)
        path.write_text(json.dumps({**manifest, "seal": seal_of(manifest)}), "utf-8")

    return Workplace(SAMPLE, raw_cache, shared_folder("bare", make))


def use_sql_checks_only(patch: pytest.MonkeyPatch) -> None:
    """Limit later runs to the gates' SQL checks; they write no pages."""
    skip_contracts(patch)
    patch.setattr("flows.steps.EXTRAS", ())


def skip_contracts(patch: pytest.MonkeyPatch) -> None:
    """Limit later runs to the gates' SQL checks, because the suites of Great Expectations have their own tests."""
    for name in ("check_files", "check_tables", "check_domain"):
        patch.setattr(f"expectations.gates.{name}", lambda *_: [])
    patch.setattr("flows.runner.prepare", lambda _: None)  # avoids importing Great Expectations, which takes 3 seconds


def skip_gates(patch: pytest.MonkeyPatch) -> None:
    """Let later runs skip all checks and write no pages."""
    use_sql_checks_only(patch)
    patch.setattr("expectations.gates.run_sql_checks", lambda *_: [])


@pytest.fixture
def sql_checks_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Limit runs of this test to the gates' SQL checks; they write no pages.

    It is for tests that look at neither contracts nor pages.
    """
    use_sql_checks_only(monkeypatch)


@pytest.fixture
def without_contracts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Limit runs of this test to the gates' SQL checks, for tests that look at pages but not at contracts."""
    skip_contracts(monkeypatch)


@pytest.fixture
def without_gates(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let runs of this test skip all checks, for tests about how a release is handled."""
    skip_gates(monkeypatch)


@pytest.fixture(scope="session")
def run_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunCache]:
    folder = tmp_path_factory.mktemp("cached-runs")
    yield RunCache(folder)
    shutil.rmtree(folder)  # databases of 34 MB each


@pytest.fixture
def cached_runs(run_cache: RunCache, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reuse the results of an earlier run of the session if it had the same inputs."""
    monkeypatch.setattr("flows.runner.STEPS", run_cache.steps)


@pytest.fixture
def cached_runs_without_gates(without_gates: None, cached_runs: None) -> None:
    """Reuse the results of an earlier run, and skip all gates."""


@pytest.fixture(scope="session")
def decided_twice(first_run: Path, bare: Workplace, shared_folder: SharedFolder) -> Path:
    """Return the tables of the sample and of the release after it, whose files are reissued."""

    def make(folder: Path) -> None:
        source = Path(shutil.copytree(SAMPLE, folder / "source"))
        reissue(source)
        out = linked(bare.out, folder / "out")
        tables = TableCache(Path(shutil.copytree(first_run / "decided", folder / "decided")))
        with pytest.MonkeyPatch.context() as patch:
            skip_gates(patch)
            tables.take_part(patch)
            Workplace(source, copy_of_work(first_run / "work", folder / "work"), out).publish()

    return shared_folder("decided-anew", make) / "decided"


@pytest.fixture(scope="session")
def table_cache(decided_twice: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TableCache]:
    folder = Path(shutil.copytree(decided_twice, tmp_path_factory.mktemp("tables") / "decided"))
    yield TableCache(folder)
    shutil.rmtree(folder)


@pytest.fixture
def cached_tables(without_gates: None, table_cache: TableCache, monkeypatch: pytest.MonkeyPatch) -> None:
    """Skip all gates, and reuse tables and their files from an earlier run with the same source files.

    It is for tests that work with any release.
    """
    table_cache.take_part(monkeypatch)


@pytest.fixture(scope="session")
def release(published: Workplace) -> Path:
    """Return the folder of the current release of the sample."""
    return (published.out / "current").resolve()


@pytest.fixture
def released(workplace: Workplace, published: Workplace) -> Workplace:
    """Copy the sample with its own release, as if it had been published from there."""
    shutil.copytree(published.out, workplace.out, symlinks=True)
    return workplace


@pytest.fixture
def bare_released(workplace: Workplace, bare: Workplace) -> Workplace:
    """Copy the sample with a bare release, whose files are replaced and never written to."""
    linked(bare.out, workplace.out)
    return workplace


@pytest.fixture(scope="session")
def opened_release(release: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    with opened(release / "dta.duckdb", tmp_path_factory.mktemp("opened") / "release.duckdb") as connection:
        yield connection


@pytest.fixture
def db(opened_release: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the release of the sample read-only."""
    with opened_release.cursor() as connection:
        yield connection


@pytest.fixture
def edit(workplace: Workplace) -> Callable[[str, Callable[[str], str]], None]:
    """Return a function that changes the text of one source file; all other bytes stay the same."""

    def change(file: str, how: Callable[[str], str]) -> None:
        edit_text(workplace.source / file, how)

    return change
