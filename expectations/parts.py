"""A large table that is kept in parts, one for each source file: a part is judged once, as long as it stays the same."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import duckdb
from great_expectations.expectations.expectation import Expectation

from expectations.conditions import row_condition
from expectations.memory import recall, remember, suites_digest
from expectations.results import GateResult, digest_of
from expectations.runners import judge_by_sql, run_suite
from expectations.targets import Target
from transforms.dashboard.parts import PARTED, PARTS
from transforms.database import parquet


def is_parted(connection: duckdb.DuckDBPyConnection, target: Target) -> bool:
    """True for the table of Dashboard rows where it is a view of its parts."""
    views = connection.execute("select count(*) from duckdb_views() where view_name = ? and schema_name = 'main'", [target.name]).fetchall()
    return target.name == PARTED and views != [(0,)]


def judge_parts(connection: duckdb.DuckDBPyConnection, target: Target, expectations: Sequence[Expectation]) -> list[GateResult]:
    """One result per expectation for all parts together. A key is unique in the table if it is in each part: a part has a year and indicator of its own,
    which the check one_file_per_indicator holds.
    """
    on_rows = [e for e in expectations if row_condition(e) is not None]
    on_table = [e for e in expectations if row_condition(e) is None]
    found = {r.check_id: r for r in run_suite(connection, target, on_table)}
    for path, sha256, rows in connection.execute(f"select path, sha256, rows from {PARTS} order by source_id").fetchall():
        for result in _judge_part(connection, replace(target, relation=parquet(path), rows=rows), on_rows, Path(path), sha256):
            found[result.check_id] = _together(found.get(result.check_id), result)
    return [found[e.meta["check_id"]] for e in expectations if e.meta["check_id"] in found]


def _judge_part(connection: duckdb.DuckDBPyConnection, target: Target, expectations: Sequence[Expectation], path: Path, sha256: str) -> list[GateResult]:
    kept, key = path.with_suffix(".checks.json"), hashlib.sha256(f"{sha256} {suites_digest()}".encode()).hexdigest()
    results = recall(kept, key)
    if results is None:
        results = run_suite(connection, target, expectations, judge_by_sql)
        remember(kept, key, results)
    return results


def _together(one: GateResult | None, other: GateResult) -> GateResult:
    """The result for two parts: an error if either is, else failed with the rows of both."""
    if one is None or one.outcome == "passed":
        return other
    if other.outcome == "passed" or one.outcome == "error":
        return one
    return other if other.outcome == "error" else _both(one, other)


def _both(one: GateResult, other: GateResult) -> GateResult:
    digest = digest_of((one.rows_digest, other.rows_digest))
    return one.failed(one.failing_rows + other.failing_rows, (*one.rows, *other.rows), digest, (*one.sources, *other.sources))
