"""Fixtures of the fault tests, and the final table.

The fixtures are two states of the sample, a release of one of them, and checks of what readers see.
"""

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

from tests.conftest import SharedFolder
from tests.faults.children import build_once, child, run_all
from tests.workplace import AS_OF, SAMPLE, reissue
from transforms.release.current import DATABASE, current_release
from transforms.release.verify import damage_of


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    ours = [i for i in items if Path(__file__).parent in i.path.parents]
    for item in ours:
        item.add_marker(pytest.mark.faults)
        item.add_marker(pytest.mark.timeout(1200))
    if len(ours) == len(items):  # schedule first: it mostly waits, so other workers can use the cores
        items.sort(key=lambda item: item.path.name != "test_schedule.py")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Write the table of faults and outcomes."""
    calls = (r for reports in terminalreporter.stats.values() for r in reports if getattr(r, "when", "") == "call")
    rows = [value for report in calls for name, value in report.user_properties if name == "fault"]
    if not rows:
        return
    terminalreporter.section("faults tried")
    for fault, tries, outcome in rows:
        terminalreporter.write_line(f"{tries:>5} x  {fault:<62} {outcome}")
    terminalreporter.write_line(f"{sum(r[1] for r in rows):>5}    in all")


@pytest.fixture
def report_fault(record_property: Callable[[str, Any], None]) -> Callable[[str, int, str], None]:
    """Return a function that adds a line to the table of faults."""
    return lambda fault, tries, outcome: record_property("fault", (fault, tries, outcome))


@dataclass(frozen=True)
class Place:
    """Source, work and output folders of runs that are killed."""

    root: Path

    @property
    def out(self) -> Path:
        return self.root / "out"

    def given(self, source: Path = SAMPLE, **changes: object) -> dict[str, Any]:
        return {
            "source": str(source),
            "work": self.root / "work",
            "out": self.out,
            "inbox": self.root / "inbox",
            "as_of": AS_OF,
            **changes,
        }

    def run(self, source: Path = SAMPLE, whole: bool = False, **changes: object) -> None:
        """Run the pipeline to its end. The run must succeed."""
        process = child(run_all, self.given(source, **changes), None, whole)
        process.join()
        assert process.exitcode == 0

    def whole(self) -> str:
        """Return the release that readers see, after checking everything that they rely on."""
        release = current_release(self.out)
        assert release is not None
        assert damage_of(release) == []
        ids = set()
        with duckdb.connect(str(release / DATABASE), read_only=True) as connection:
            for table in ("eligibility", "eligible_districts", "meta_release", "evidence"):
                ids |= {r[0] for r in connection.execute(f"select distinct release_id from {table}").fetchall()}
                ids |= set(pq.read_table(release / f"{table}.parquet", columns=["release_id"]).column(0).to_pylist())
        assert ids == {release.name}
        latest = json.loads((self.out / "latest.json").read_text())
        assert damage_of(self.out / latest["path"]) == []
        return release.name

    def check_after_good_run(self) -> str:
        """Return the same after a good run: nothing is left over, and latest.json names the current release."""
        release = self.whole()
        assert json.loads((self.out / "latest.json").read_text())["release_id"] == release
        assert [p.name for p in (self.out / "releases").glob(".[bp]*")] == []
        assert sorted(p.name for p in self.out.glob(".*")) == [".publisher.lock", ".run.lock"]
        return release


@pytest.fixture(scope="session")
def other_source(shared_folder: SharedFolder) -> Path:
    """Return the sample with one file reissued, which makes another release."""

    def make(source: Path) -> None:
        shutil.copytree(SAMPLE, source)
        reissue(source)

    return shared_folder("other", make)


@pytest.fixture(scope="session")
def baseline(shared_folder: SharedFolder) -> Place:
    """Publish the sample once, with everything read and all expectations validated."""

    def make(root: Path) -> None:
        root.mkdir()
        Place(root).run(whole=True)

    return Place(shared_folder("baseline", make))


@pytest.fixture(scope="session")
def uninterrupted(shared_folder: SharedFolder, other_source: Path, baseline: Place) -> Place:
    """Publish the other source after the baseline, in an undisturbed run."""

    def make(root: Path) -> None:
        shutil.copytree(baseline.root, root, symlinks=True)
        Place(root).run(other_source)

    return Place(shared_folder("undisturbed", make))


@pytest.fixture(scope="session")
def expected(uninterrupted: Place) -> str:
    """Return the release id of the other source."""
    return uninterrupted.settled()


@pytest.fixture
def place(tmp_path: Path, baseline: Place) -> Place:
    """Return a copy of the baseline that may be damaged."""
    shutil.copytree(baseline.root, tmp_path / "place", symlinks=True)
    return Place(tmp_path / "place")


def build(shared_folder: SharedFolder, baseline: Place, name: str, small: bool) -> Path:
    def make(folder: Path) -> None:
        process = child(build_once, baseline.given(work=folder / "work", out=folder / "out"), folder / "scratch", small)
        process.join()
        assert process.exitcode == 0

    return shared_folder(name, make) / "scratch"


@pytest.fixture(scope="session")
def built(shared_folder: SharedFolder, baseline: Place) -> Path:
    """Return a small build that is ready to be published."""
    return build(shared_folder, baseline, "built", small=True)


@pytest.fixture(scope="session")
def built_whole(shared_folder: SharedFolder, baseline: Place) -> Path:
    """Return a build with enough rows for pages."""
    return build(shared_folder, baseline, "built-whole", small=False)


@pytest.fixture
def remounted(tmp_path: Path) -> Iterator[Callable[[str, str], Path]]:
    """Mount a separate file system and unmount it after the test. Skips if mounting is not allowed."""
    import subprocess

    mounted: list[Path] = []

    def mount(name: str, options: str) -> Path:
        target = tmp_path / name
        target.mkdir(exist_ok=True)
        if target in mounted:
            subprocess.run(["mount", "-o", f"remount,{options}", str(target)], check=True)
            return target
        if subprocess.run(
            ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(target)], capture_output=True, check=False
        ).returncode:
            pytest.skip("mounting needs root")
        mounted.append(target)
        return target

    yield mount
    for target in mounted:
        subprocess.run(["umount", "-l", str(target)], check=True)
