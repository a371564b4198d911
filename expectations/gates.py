"""The four gates that a release must pass: files, contracts, determinations, and the release held against the one before."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any

import duckdb

from expectations.checks import load_checks
from expectations.contracts import check_tables, check_types
from expectations.files import check_files
from expectations.previous import attach_previous
from expectations.results import GATES, GateResult, put_results
from expectations.sql_checks import run_sql_checks
from transforms.errors import ConfigError, GateError
from transforms.rejects import grouped_rejects
from transforms.release import write_candidate_meta
from transforms.run import Run, StepResult
from transforms.schema import published_tables

OF_THE_GATES = ("meta_gate_results", "meta_gate_rows")  # made here, so checked last
TOLD = 20


@dataclass(frozen=True)
class GateReport:
    """Results of all checks, gate by gate, and the rows kept aside, grouped."""

    results: tuple[GateResult, ...]
    rejects: list[dict[str, Any]]

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

    def as_record(self) -> dict[str, Any]:
        """Results and grouped rejects as plain values, for people and programs that look at a run which published nothing."""
        return {"results": [asdict(r) for r in self.results], "rejects": self.rejects}

    def verdict(self, run: Run) -> StepResult:
        """Leave warnings and failures for the record, and raise GateError if anything stops the release."""
        names = ("check_id", "table_name", "sentence", "failing_rows")
        run.save_fact("warnings", [{n: getattr(r, n) for n in names} for r in self.warnings])
        run.save_fact("gate_results", [asdict(r) for r in self.results if r.outcome != "passed"])
        if self.stopping:
            told = [r.told() for r in self.stopping[:TOLD]]
            more = len(self.stopping) - len(told)
            raise GateError("\n".join([*told, *([f"and {more} more checks"] if more else [])]))
        return StepResult(len(self.results), len(self.results), self.in_words)


def check(run: Run) -> GateReport:
    """Results of the four gates. All of them run, so that everything that is wrong is told at once."""
    _known(run.settings.accepted)
    with run.connect() as connection:
        attach_previous(run, connection)
        put_results(connection, [])
        write_candidate_meta(run, connection)
        results = [r for gate in GATES for r in _run_gate(run, connection, gate)]
        put_results(connection, results)
        results += check_tables(run, connection, [published_tables()[name] for name in OF_THE_GATES])
        put_results(connection, results)
        rejects = grouped_rejects(connection)
    return GateReport(tuple(results), rejects)


def _known(accepted: frozenset[str]) -> None:
    """Raise ConfigError for an accepted check that is none of those which can be."""
    known = {c.check_id for c in load_checks() if c.gate == "release"}
    if unknown := sorted(accepted - known):
        raise ConfigError(f"--accept {', '.join(unknown)}: no check of the gate release has this id. They are {', '.join(sorted(known))}.")


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
