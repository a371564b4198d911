"""A folder of source files with its own work and output folders, for tests that run the pipeline."""

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from flows.runner import Outcome, execute
from flows.steps import STEPS
from tests.on_demand import OnDemand
from transforms.database import SAFE
from transforms.run import Run
from transforms.settings import PROJECT, Settings
from transforms.sources import folder

os.environ["COLUMNS"] = "160"  # the same width of tables on every machine and every worker
# A developer's own settings must not change the test results.
for name in [n for n in os.environ if n.startswith("DTA_")]:
    del os.environ[name]

# Tables of tests are small, and workers run in parallel: a second database thread costs time and brings nothing.
SAFE["threads"] = "1"
# Files written by a test are complete, so runs need not wait half a second for someone who still writes.
folder.QUIET = 0

STATE = PROJECT / "data" / "sample"
BEFORE_2023 = (
    "assistancestatus2017.xls", "assistancestatus18.xlsx", "assistancestatus19-rev.xlsx", "assistancestatus22.xlsx",
    "LocalIndPerf2017.txt", "LocalIndPerf2018.txt", "leas2023perec52064.xlsx",
)  # fmt: skip
COUNTY_BOOKS = PROJECT / "tests" / "data" / "monterey"


def _one_county() -> Path:
    """Collect the files of Monterey County: its workbooks, and copies of the sample's excerpts.

    Copies, because links that lead out of a source folder are not read.
    """
    for path in STATE.iterdir():
        copy = COUNTY_BOOKS / path.name
        if path.name.startswith(("assistance", "LocalInd", "leas2023", "README")):
            continue
        if (
            not copy.exists()
            or copy.stat().st_mtime_ns != path.stat().st_mtime_ns
            or copy.stat().st_size != path.stat().st_size
        ):
            # Written completely or not at all, even if several workers do this at once.
            beside = COUNTY_BOOKS.parent / f".{os.getpid()}-{path.name}"
            shutil.copy2(path, beside)
            beside.replace(copy)
    return COUNTY_BOOKS


SAMPLE = _one_county()  # the small sample that most tests run on; STATE is what `make run` runs on
AS_OF = date(2026, 11, 24)


def copy_of_state(folder: Path, *names: str) -> Path:
    """Create a source folder with these files of the statewide sample."""
    folder.mkdir()
    for name in names:
        shutil.copy2(STATE / name, folder)
    return folder


def edit_text(path: Path, how: Callable[[str], str]) -> None:
    """Change the text of a file; all other bytes stay the same."""
    before = path.read_bytes().decode("utf-8")
    after = how(before)
    assert after != before, "the edit changed nothing"
    path.write_bytes(after.encode("utf-8"))


def reissue(source: Path) -> None:
    """Write the same rows with other bytes, as when a publisher saves a file again.

    The result is another release, and no gate stops it.
    """
    path = source / "elpidownload2023.txt"
    content = path.read_bytes()
    path.write_bytes(content.replace(b"\r\n", b"\n"))
    assert path.read_bytes() != content


def linked(out: Path, target: Path) -> Path:
    """Copy a folder of releases: links to the same bytes, but real copies of manifests.

    For tests that replace a file of a release, and never write to one.
    """

    def link(file: str, copy: str) -> None:
        same = "/releases/" in file and not file.endswith("manifest.json")
        (os.link if same else shutil.copy2)(file, copy)

    return Path(shutil.copytree(out, target, symlinks=True, copy_function=link))


def copy_of_work(work: Path, target: Path) -> Path:
    """Copy a work folder and update the paths in its records."""
    shutil.copytree(work, target)
    for record in (target / "build").rglob("*.json"):
        record.write_text(record.read_text("utf-8").replace(str(work), str(target)), "utf-8")
    return target


def tables_of(run: Run) -> OnDemand:
    """Return the tables of a run that has judged student groups; later tables are built when a query names them."""
    return OnDemand(run.connect(), run.rules, run.settings.reference)


@dataclass(frozen=True)
class Workplace:
    """A folder of source files with its own work and output folders."""

    source: Path
    work: Path
    out: Path
    reference: Path = PROJECT / "data"

    def settings(self, **changes: object) -> Settings:
        given = {
            "source": str(self.source),
            "work": self.work,
            "out": self.out,
            "reference": self.reference,
            "as_of": AS_OF,
        }
        return Settings(**{**given, **changes})  # type: ignore[arg-type]

    def publish(self, **changes: object) -> Outcome:
        return execute(self.settings(**changes), lambda step, run: step.function(run))

    def decide(self, until: str = "determinations", **changes: object) -> duckdb.DuckDBPyConnection:
        """Return the tables of all steps before the gates, or up to the step ``until``.

        Tables of the last step are built when a query names them.
        """
        run = self.decided("criteria" if until == "determinations" else until, **changes)
        # The tables are in memory.
        connection = tables_of(run) if until == "determinations" else run.connect()
        run.finish()
        return connection  # type: ignore[return-value]

    def checked(self, **changes: object) -> duckdb.DuckDBPyConnection:
        """Return the tables that would be published, with the gates' results: a run without its release.

        Raises GateError if a check stops it.
        """
        from expectations.gates import check

        run = self.decided(**changes)
        try:
            run.save_fact("inputs_digest", "of a test")
            check(run).verdict(run)
            return run.connect()  # the tables are in memory
        finally:
            run.finish()

    def decided(self, until: str = "determinations", **changes: object) -> Run:
        """Return the run after all steps before the gates, or up to the step ``until``; the caller finishes it."""
        run = Run.start(self.settings(**changes))
        try:
            for step in STEPS:
                if step.name != "compare":
                    step.function(run)
                if step.name == until:
                    break
        except BaseException:
            run.finish()
            raise
        return run
