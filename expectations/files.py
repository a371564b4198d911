"""First gate: source files, as read, have the shape of their layouts."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from expectations.checks import Check
from expectations.judging import Fetch, run_judge
from expectations.results import GateResult, passed, row_text
from expectations.thresholds import THRESHOLDS
from transforms.database import first_column
from transforms.raw.table import CELL_LAYOUTS, CELL_SCHEMA
from transforms.run import Run

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

    from expectations.suites import Suite

FEW = "Few rows fail: each is rejected, and what depends on it is not determined."


def check_files(run: Run, connection: duckdb.DuckDBPyConnection) -> list[GateResult]:
    """Return results for the columns and the rows of all files that were read."""
    codes = "select lower(unnest([student_group, also_called])) as g from ref_student_groups order by 1"
    groups = [g for g in first_column(connection, codes) if g]
    indicators = first_column(connection, "select indicator from ref_indicators order by 1")
    layouts = sorted({r["layout"] for r in run.raw_reports()})
    results = [check_columns(run, layout) for layout in layouts]
    run.notify("checking the shapes of files", 0, None)
    return results + run_judge(run, connection, check_shapes, layouts, groups, indicators)


def check_shapes(
    rows: Fetch, layouts: Sequence[str], groups: Sequence[str], indicators: Sequence[str]
) -> list[GateResult]:
    """Return the results of the suites of these layouts. Some layouts have no suite."""
    from expectations.suites.files import SHAPES, suite_of_shape  # imports Great Expectations, so only here

    suites = [suite_of_shape(layout, list(groups), indicators) for layout in layouts if layout in SHAPES]
    return [result for suite in suites for result in check_shape(rows, suite)]


def check_columns(run: Run, layout: str) -> GateResult:
    """Return the result for the columns of all files of a layout."""
    words = ("The files were read with the columns of their layout.", "Later stages address columns by name.")
    check_id = f"file-{layout.replace('_', '-')}-columns"
    result = passed(Check(check_id, "files", "impossible", "critical", f"{layout} files", *words, ""))
    rows, sources = [], []
    for report in (r for r in run.raw_reports() if r["layout"] == layout):
        spec = run.layouts.of(run.sources[report["source_id"]])
        expected = CELL_SCHEMA.names if layout in CELL_LAYOUTS else [*spec.columns, "line"]
        found = pq.read_schema(report["parquet"]).names
        if found != expected:
            sources.append(report["source_id"])
            columns = ("source_id", "columns_found", "columns_of_layout")
            rows.append(row_text(columns, (report["source_id"], found, expected)))
    return result.failed(len(rows), rows, sources=sources) if rows else result


def check_shape(rows: Fetch, suite: "Suite") -> list[GateResult]:
    """Return one result per expectation, or one for each file that fails it.

    A few failing rows are no evidence about their file, so they only warn.
    """
    from expectations.validate import validate

    def is_few(result: GateResult) -> bool:
        return result.stops_release and result.can_be_accepted and result.failing_rows < THRESHOLDS["file_rows_unsound"]

    return [replace(r, severity="warning", note=FEW) if is_few(r) else r for r in validate(rows, suite, by_file)]


def by_file(suite: "Suite", expectation: "Expectation", rows: pa.Table, failing: list[int]) -> dict[str, list[int]]:
    """Return failing rows by file, without files where they are within the share of judged rows that may fail."""
    share = 1 - THRESHOLDS["file_rows_sound_share"] if "fields" in expectation.meta else 0.0
    sizes = sizes_of(expectation, rows)
    files = rows["source_id"].to_pylist()
    parts: dict[str, list[int]] = {}
    for n in failing:
        parts.setdefault(files[n], []).append(n)
    return {name: found for name, found in parts.items() if len(found) > share * sizes[name]}


def sizes_of(expectation: "Expectation", rows: pa.Table) -> dict[str, int]:
    """Return how many rows of each file an expectation judges: rows of its fields that have a value. An expectation
    about missing values also judges rows without one.
    """
    import great_expectations.expectations as gxe

    frame = rows.to_pandas()
    fields = expectation.meta.get("fields")
    column = getattr(expectation, "column", None) or getattr(expectation, "column_A", None)
    judged = frame[frame["field"].isin(fields)] if fields else frame
    if column and not isinstance(expectation, gxe.ExpectColumnValuesToNotBeNull):
        judged = judged[judged[column].notna()]
    return {str(name): int(n) for name, n in judged["source_id"].value_counts().items()}
