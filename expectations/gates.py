"""The four gates that a release must pass: files, contracts, determinations, and the comparison with the release
before.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from typing import Any

import duckdb

from expectations.acceptances import apply_acceptances, requested_acceptance
from expectations.contracts import check_tables
from expectations.files import check_files
from expectations.judging import Fetch, judge_process, run_judge
from expectations.previous import attach_previous, downgrade_published_failures
from expectations.results import GATES, GateResult, put_results, run_sql_checks
from transforms.database import prepared
from transforms.errors import GateError
from transforms.release.check_result import grouped_rejects, what_to_do
from transforms.release.meta import write_candidate_meta
from transforms.release.previous import sound_release
from transforms.run import Run, StepResult
from transforms.schema import published_tables
from transforms.settings import Settings

GATE_TABLES = ("meta_gate_results", "meta_gate_rows")  # made here, so checked last
SHOWN = 20


@dataclass(frozen=True)
class GateReport:
    """Results of all checks, gate by gate, and the rejected rows, grouped."""

    results: tuple[GateResult, ...]
    rejects: list[dict[str, Any]]

    @property
    def stopping(self) -> list[GateResult]:
        """Results that stop the release."""
        return [r for r in self.results if r.stops_release]

    @property
    def warnings(self) -> list[GateResult]:
        """Results that the release shows in its banner."""
        return [r for r in self.results if r.warns]

    @property
    def summary(self) -> str:
        """Counts of the results in one line."""
        failed = [f"{len(self.stopping)} stop the release"] if self.stopping else []
        n, passed = len(self.warnings), sum(r.outcome == "passed" for r in self.results)
        warned = [f"{n} {'warning' if n == 1 else 'warnings'}"] if n else []
        info = len(self.results) - passed - len(self.stopping) - n
        return ", ".join([f"{passed:,} checks passed", *failed, *warned, *([f"{info} info"] if info else [])])

    def as_record(self) -> dict[str, Any]:
        """Return results and grouped rejects as plain values, for people and programs that inspect a run that published
        nothing.
        """
        return {"results": [asdict(r) for r in self.results], "rejects": self.rejects}

    def failures(self) -> list[str]:
        """Return what stops the release, one line each."""
        more = len(self.stopping) - SHOWN
        return [*(r.described() for r in self.stopping[:SHOWN]), *([f"and {more} more checks"] if more > 0 else [])]

    def verdict(self, run: Run) -> StepResult:
        """Save warnings and failures for the record, and raise GateError if anything stops the release."""
        names = ("check_id", "table_name", "sentence", "failing_rows")
        run.save_fact("warnings", [{n: getattr(r, n) for n in names} for r in self.warnings])
        run.save_fact("gate_results", [asdict(r) for r in self.results if r.outcome != "passed"])
        if self.stopping:
            raise GateError("\n".join([*self.failures(), *what_to_do(self.stopping, command_of(run.settings))]))
        return StepResult(len(self.results), len(self.results), self.summary)


def check(run: Run) -> GateReport:
    """Return the results of the four gates. All of them run, so that every problem is reported at once."""
    requested_acceptance(run.settings)
    tables = [t for n, t in published_tables().items() if n not in GATE_TABLES]
    with (
        run.connect() as connection,
        judge_process(run),
        prepared(connection.cursor()) as own,
        ThreadPoolExecutor(max_workers=1) as pool,
    ):
        shapes = pool.submit(check_files, run, own)  # Great Expectations runs while the SQL checks run
        release = sound_release(run.settings.out)  # hashes every file, so only once
        attach_previous(connection, release)
        put_results(connection, [])
        write_candidate_meta(run, connection, release)
        domain = pool.submit(check_domain, run, own)
        found = {gate: run_sql_checks(connection, gate) for gate in GATES}
        found["contracts"] += check_tables(run, connection, tables)
        found["files"] += shapes.result()
        found["contracts"] += domain.result()
        results = [r for gate in GATES for r in found[gate]]
        put_results(connection, results)
        results += check_tables(run, connection, [published_tables()[name] for name in GATE_TABLES])
        results = downgrade_published_failures(connection, release, results)
        results = apply_acceptances(run, results)
        put_results(connection, results)
        rejects = grouped_rejects(connection)
    return GateReport(tuple(results), rejects)


def command_of(settings: Settings) -> list[str]:
    """Return the command that runs with these settings, without options that were not set."""
    options = {"source": settings.source, "out": settings.out, "as-of": settings.as_of}
    given = [
        part
        for name, value in options.items()
        if name.replace("-", "_") in settings.model_fields_set
        for part in (f"--{name}", str(value))
    ]
    return ["dta", "run", *given]


def check_domain(run: Run, connection: duckdb.DuckDBPyConnection) -> list[GateResult]:
    """Return the results of the suites of tables."""
    run.notify("checking the rules of the domain", 0, None)
    return run_judge(run, connection, check_suites_of_tables)


def check_suites_of_tables(rows: Fetch) -> list[GateResult]:
    """Return the results of all suites of tables, from rows that ``rows`` fetches."""
    # These import Great Expectations, which takes seconds and 270 MB, so only here.
    from expectations.suites.tables import suites_of_tables
    from expectations.validate import validate

    return [result for suite in suites_of_tables() for result in validate(rows, suite)]
