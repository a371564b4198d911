"""The work of the processes that are killed.

Each starts from a server that has imported everything, so that a kill wastes no import time.
"""

import multiprocessing
import os
import shutil
import signal
from collections.abc import Callable
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

from flows.runner import execute
from flows.steps import EXTRAS, STEPS
from transforms.release.publish import publish
from transforms.run import TABLES, Run
from transforms.settings import Settings

WATCHED = ("replace", "rename", "symlink", "unlink", "rmdir", "mkdir", "fsync")
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(
    ["flows.runner", "expectations.gates", "expectations.validate", "great_expectations", "pyarrow.parquet", "pytz"]
)

Given = dict[str, Any]


def child(target: Callable[..., None], *arguments: object) -> ForkServerProcess:
    """Start ``target`` in a separate process."""
    process = FORKS.Process(target=_quiet, args=(target, *arguments))
    process.start()
    return process


def _quiet(target: Callable[..., None], *arguments: object) -> None:
    """Run ``target`` without output unless it fails."""
    target(*arguments)
    os._exit(0)  # skips the exit handlers of the libraries


def run_all(given: Given, die_at: tuple[str, str] | None = None, whole: bool = False) -> None:
    """Run the pipeline; killed before or after the function of a stage. ``whole``: with every expectation and page."""

    def perform(step: Any, run: Run) -> Any:
        if die_at == (step.name, "before"):
            os.kill(os.getpid(), signal.SIGKILL)
        result = step.function(run)
        if die_at == (step.name, "after"):
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    if not whole and (die_at is None or die_at[0] not in ("gates", "release")):
        _quick()
    execute(Settings(**given), perform)


def _quick() -> None:
    """Run only the SQL checks and no pages, because expectations and the site take most of the time."""
    import expectations.gates as gates
    import flows.steps as steps

    gates.check_files = gates.check_tables = gates.check_domain = lambda *arguments: []  # type: ignore[assignment]
    steps.EXTRAS = ()


def publish_only(
    given: Given,
    built: Path,
    scratch: Path,
    stamp: str,
    die_before: int | None = None,
    steps: Path | None = None,
    pages: bool = False,
) -> None:
    """Publish a build that ``stamp`` makes unique.

    It is killed before the n-th file system step, or it records a list of the steps.
    """
    shutil.rmtree(scratch, ignore_errors=True)
    shutil.copytree(built, scratch)
    run = Run(Settings(**given), scratch)
    with run.connect() as connection:
        connection.execute("update eligible_districts set sentence = ?", [stamp])
    if die_before is not None or steps is not None:
        _watch(die_before, steps)
    from transforms.locks import publisher_lock
    from transforms.release.pointer import recover

    with publisher_lock(run.settings.out):
        recover(run.settings.out)
    publish(run, EXTRAS if pages else ())


def _watch(die_before: int | None, steps: Path | None) -> None:
    """Count the calls that change the file system."""
    seen = 0

    def watched(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            nonlocal seen
            seen += 1
            if seen == die_before:
                os.kill(os.getpid(), signal.SIGKILL)
            if steps is not None:
                with steps.open("a") as list_of_steps:
                    list_of_steps.write(f"{name} {arguments[0] if name != 'fsync' else ''}\n")
            return function(*arguments, **options)

        return call

    for name in WATCHED:
        setattr(os, name, watched(name, getattr(os, name)))


def build_once(given: Given, target: Path, small: bool) -> None:
    """Run all steps before the release on the sample.

    ``small``: keep few rows, so that publishing is quick; no pages can be made from them.
    """
    run = Run.start(Settings(**given))
    run.keep_tables()
    _quick()
    for step in STEPS[:-1]:
        step.function(run)
    if small:
        _shrink(run)
    shutil.copytree(run.folder, target)
    run.finish()


def _shrink(run: Run) -> None:
    from transforms.schema import published_tables

    with run.connect() as connection:
        # Exclude views over files.
        stored = {name for (name,) in connection.execute("select table_name from duckdb_tables()").fetchall()}
        for table in published_tables().values():
            if not table.is_meta and table.name in stored:
                connection.execute(f"delete from {table.name} where rowid >= 200")
        connection.execute(f"attach '{run.folder / 'small.duckdb'}' as small")
        connection.execute("copy from database build to small")
    (run.folder / "small.duckdb").replace(run.folder / TABLES)
