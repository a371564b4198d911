"""Second gate: every published table keeps the contract of its suite. What was validated before is not validated again."""

from collections.abc import Iterable

import duckdb

from expectations.memory import content_of, prune, recall, remember
from expectations.results import GateResult
from expectations.targets import Target, table_target
from expectations.types import types_target
from transforms.interrupt import stop_if_asked
from transforms.run import Run
from transforms.schema import Table, published_tables


def check_types(connection: duckdb.DuckDBPyConnection) -> list[GateResult]:
    """Results on the types of all published columns, but for the tables of the gates, which are made with theirs."""
    from expectations.runners import run_suite
    from expectations.suites.base import types

    return run_suite(connection, types_target(connection, [t for t in published_tables().values() if not t.name.startswith("meta_gate")]), types())


def check_tables(run: Run, connection: duckdb.DuckDBPyConnection, tables: Iterable[Table]) -> list[GateResult]:
    """Results of the suites of these tables."""
    results = []
    for table in tables:
        run.notify(f"checking {table.name}", 0, None)
        try:
            results += _check_table(run, connection, table_target(connection, table))
        except duckdb.Error as error:  # the table is not there, or a value does not fit its type
            stop_if_asked()
            what = f"The table {table.name} can be read with the types of its schema."
            passed = GateResult(
                "contracts", f"{table.name}-readable", table.name, "impossible", "critical", "passed", 0, what, "What cannot be read cannot be published."
            )
            results.append(passed.error(str(error)))
    return results


def _check_table(run: Run, connection: duckdb.DuckDBPyConnection, target: Target) -> list[GateResult]:
    if target.is_large:
        return _validate(connection, target)
    folder = run.settings.build / "checks"
    key = content_of(connection, target)
    path = folder / f"{target.name}-{key[:24]}.json"
    results = recall(path, key)
    if results is None:
        results = _validate(connection, target)
        remember(path, key, results)
        prune(folder, target.name)
    return results


def _validate(connection: duckdb.DuckDBPyConnection, target: Target) -> list[GateResult]:
    from expectations.parts import is_parted, judge_parts  # these import Great Expectations: three seconds and 270 MB, only where it is used
    from expectations.runners import run_suite
    from expectations.suites import suite_of

    expectations = suite_of(target.name).expectations
    if target.is_large and is_parted(connection, target):
        return judge_parts(connection, target, expectations)
    return run_suite(connection, target, expectations)
