"""The child process that receives a signal: ``dta run``, in which one stage is busy for minutes in a given way.

The stages before it do nothing. If STAGE ends with a plus, they really run, and so does the stage itself first.

Called as ``python -m tests.pipeline.interrupted_run HOW STAGE FILE``: FILE is created when the stage is busy.
"""

import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb

import flows.cli.app
import flows.cli.progress
import flows.runner
from flows.steps import STEPS, write_site
from reports.site.shares import pages_ahead
from transforms.database import SAFE, connect_read_only
from transforms.interrupt import stop_if_signaled
from transforms.release.current import DATABASE
from transforms.run import Run, StepResult

HOW, STAGE, BUSY = sys.argv[1], sys.argv[2], Path(sys.argv[3])
LONG = "select count(*) from range(10000000) a, range(10000000) b where (a.range * b.range) % 7 = 3"  # runs for hours


def begin() -> None:
    """Report that the stage is busy, but half a second later, so that the query has begun."""
    threading.Timer(0.5, BUSY.touch).start()


def query(run: Run) -> None:
    with run.connect() as connection:
        begin()
        connection.execute(LONG).fetchall()


def on_threads(run: Run) -> None:
    """Run two queries on other threads; many more wait for their turn."""

    def one(n: int) -> None:
        stop_if_signaled()
        with run.connect() as connection:
            connection.cursor()
            connection.execute(LONG).fetchall()

    begin()
    with ThreadPoolExecutor(max_workers=2) as pool:
        list(pool.map(one, range(50)))


def swallowed(run: Run) -> None:
    """Run the query in an expectation, which turns every error into a result."""
    import expectations.validate as gx
    from expectations.judging import rows_of
    from expectations.suites.tables import suites_of_tables

    gx.judge = lambda *arguments: query(run)  # type: ignore[assignment,return-value]
    for _ in range(50):
        gx.validate(rows_of(duckdb.connect()), suites_of_tables()[0])


def hidden(run: Run) -> None:
    """Catch every error, and end the stage as if nothing had happened."""
    try:
        query(run)
    except Exception:
        return


def pages(run: Run) -> None:
    """Write the pages of the release in the source folder; other processes write pages of LEAs."""
    release = Path(run.settings.source)
    with ExitStack() as stack:
        with connect_read_only(release / DATABASE) as connection:  # closed before the pages open it
            stack.enter_context(pages_ahead(connection))
        write_site(release, run.notify)


def python_code(run: Run) -> None:
    begin()
    while True:
        time.sleep(0.01)


def busy(run: Run) -> StepResult:
    ways = {"query": query, "threads": on_threads, "swallowed": swallowed, "hidden": hidden, "python": python_code}
    {**ways, "pages": pages}[HOW](run)
    return StepResult(0, 0, "not interrupted")


def nothing(run: Run) -> StepResult:
    return StepResult(0, 0, "left out")


def after(function: Any) -> Any:
    """Do the stage first, then be busy."""

    def call(run: Run) -> StepResult:
        function(run)
        return busy(run)

    return call


def main() -> None:
    at = [step.name for step in STEPS].index(STAGE.rstrip("+"))
    if STAGE.endswith("+"):
        steps = (*STEPS[:at], replace(STEPS[at], function=after(STEPS[at].function)))
    else:
        steps = (*(replace(step, function=nothing) for step in STEPS[:at]), replace(STEPS[at], function=busy))
    flows.runner.STEPS = flows.cli.progress.STEPS = steps  # type: ignore[attr-defined]
    flows.runner.prepare = lambda run: None  # type: ignore[assignment]  # starts no other process
    if STAGE.endswith("+"):
        import expectations.gates as gates

        for check in ("check_files", "check_tables", "check_domain", "run_sql_checks"):
            setattr(gates, check, lambda *arguments: [])
    flows.steps.EXTRAS = ()  # type: ignore[misc]
    SAFE["threads"] = "1"
    sys.argv = ["dta", "run", "--log", "json"] if HOW == "python" else ["dta", "run"]
    flows.cli.app.main()


if __name__ == "__main__":
    main()
