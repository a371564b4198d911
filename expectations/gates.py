"""The four gates that a release must pass: files, contracts, determinations, and the release held against the one before."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace

import duckdb

from expectations.contracts import check_tables, check_types
from expectations.files import check_files
from expectations.previous import attach_previous
from expectations.results import GATES, GateResult, put_results
from expectations.sql_checks import run_sql_checks
from transforms.errors import GateError
from transforms.release import write_candidate_meta
from transforms.run import Run, StepResult
from transforms.schema import published_tables

OF_THE_GATES = ("meta_gate_results", "meta_gate_rows")  # made here, so checked last
TOLD = 20


@dataclass(frozen=True)
class GateReport:
    """Results of all checks, gate by gate."""

    results: tuple[GateResult, ...]

    @property
    def stopping(self) -> list[GateResult]:
        """What stops the release."""
        return [r for r in self.results if r.stops_release]

    @property
    def warnings(self) -> list[GateResult]:
        """What the release says in its banner."""
        return [r for r in self.results if r.warns]

    @property
    def in_words(self) -> str:
        """One line."""
        failed = [f"{len(self.stopping)} stop the release"] if self.stopping else []
        warned = [f"{len(self.warnings)} warnings"] if self.warnings else []
        passed = sum(r.outcome == "passed" for r in self.results)
        return ", ".join([f"{passed:,} checks passed", *failed, *warned])


def run_gates(run: Run) -> StepResult:
    """Run all checks, leave their results as tables and as a fact for the record, and raise GateError if any stops the release."""
    report = check(run)
    warnings = [{"check_id": r.check_id, "table_name": r.table_name, "sentence": r.sentence, "failing_rows": r.failing_rows} for r in report.warnings]
    run.save_fact("warnings", warnings)
    run.save_fact("gate_results", [asdict(r) for r in report.results if r.outcome != "passed"])
    if report.stopping:
        told = [r.told() for r in report.stopping[:TOLD]]
        more = len(report.stopping) - len(told)
        raise GateError("\n".join([*told, *([f"and {more} more checks"] if more else [])]))
    return StepResult(len(report.results), len(report.results), report.in_words)


def check(run: Run) -> GateReport:
    """Results of the four gates. All of them run, so that everything that is wrong is told at once."""
    with run.connect() as connection:
        attach_previous(run, connection)
        put_results(connection, [])
        write_candidate_meta(run, connection)
        results = [r for gate in GATES for r in _run_gate(run, connection, gate)]
        put_results(connection, results)
        results += check_tables(run, connection, [published_tables()[name] for name in OF_THE_GATES])
        put_results(connection, results)
    return GateReport(tuple(results))


def _run_gate(run: Run, connection: duckdb.DuckDBPyConnection, gate: str) -> list[GateResult]:
    suites: dict[str, Callable[[], list[GateResult]]] = {
        "files": lambda: check_files(run, connection),
        "contracts": lambda: [*check_types(connection), *check_tables(run, connection, [t for n, t in published_tables().items() if n not in OF_THE_GATES])],
    }
    found = [*(suites[gate]() if gate in suites else []), *run_sql_checks(connection, gate)]
    return [_accepted(r, run.settings.accepted) for r in found] if gate == "release" else found


def _accepted(result: GateResult, accepted: frozenset[str]) -> GateResult:
    """A difference from the release before that a person has looked at and wants: a warning."""
    if result.outcome != "failed" or result.severity != "critical" or result.check_id not in accepted:
        return result
    return replace(result, severity="warning", detail=f"Accepted for this run. {result.detail}")
