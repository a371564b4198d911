"""First gate: every source file, as it was read, has the shape of its layout. A file is validated once, and the result kept beside it."""

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pyarrow.parquet as pq

from expectations.memory import recall, remember, suites_digest
from expectations.results import GateResult
from expectations.targets import Target, cleaned
from expectations.thresholds import THRESHOLDS
from transforms.database import parquet
from transforms.layouts import needed_columns
from transforms.raw.table import Report
from transforms.run import Run

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation


def check_files(run: Run, connection: duckdb.DuckDBPyConnection) -> list[GateResult]:
    """Results of the suites of all files that were read."""
    groups = [g for (g,) in connection.sql("select unnest([student_group, also_called]) as g from ref_student_groups order by 1").fetchall() if g]
    new: dict[str, list[str]] = {}  # student groups that are reported and not known are no fault of their file
    for source_id, group in connection.sql("select source_id, student_group from unknown_groups order by all").fetchall():
        new.setdefault(source_id, []).append(group)
    results = []
    for report in run.raw_reports():
        run.notify(f"checking {report['file']}", 0, None)
        results += _check_file(run, connection, report, [*groups, *new.get(report["source_id"], [])])
    return results


def _check_file(run: Run, connection: duckdb.DuckDBPyConnection, report: Report, groups: list[str]) -> list[GateResult]:
    source = run.sources[report["source_id"]]
    spec = run.layouts.of(source)
    needed = needed_columns(source, spec, run.rules_by_year)
    path = Path(report["parquet"])
    kept = path.with_suffix(".checks.json")
    # the name of the read file holds the digest of its content and of its contract
    key = hashlib.sha256(f"{path.name} {source.model_dump_json()} {sorted(needed)} {groups} {suites_digest()}".encode()).hexdigest()
    results = recall(kept, key)
    if results is None:
        from expectations.runners import run_suite  # imports Great Expectations: only where it is used
        from expectations.suites.files import suite_of_file

        expectations = suite_of_file(source, spec, needed, groups).expectations
        results = [_many(r, e) for r, e in zip(run_suite(connection, file_target(source.id, path), expectations), expectations, strict=True)]
        remember(kept, key, results)
    return results


def _many(result: GateResult, expectation: "Expectation") -> GateResult:
    """The result, which warns where a few rows of a short file fail: they are rejected one by one, and are no evidence about the file."""
    few = result.stops_release and result.can_be_accepted and hasattr(expectation, "mostly") and result.failing_rows < THRESHOLDS["file_rows_unsound"]
    return replace(result, severity="warning", note="Few rows fail: each is rejected, and what depends on it is not determined.") if few else result


def file_target(source_id: str, path: Path) -> Target:
    """The rows of a file as it was read: text without blanks around it, null where it is empty or a star."""
    schema = pq.read_schema(path)
    served = parquet(path)
    relation = f"(select {', '.join(map(cleaned, schema.names))} from {served})"
    return Target(source_id, "files", relation, ("line",), tuple(schema.names), pq.read_metadata(path).num_rows, served)
