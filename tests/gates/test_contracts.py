"""Violate each rule of the schema once in good rows: exactly that check fails, and it names the row.

Publishing enforces the same rules.
"""

import json
import re
from collections.abc import Iterator
from itertools import cycle, zip_longest
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from expectations.checks import load_checks
from expectations.contracts import check_table, checks_of
from expectations.results import GateResult, run_check
from transforms.database import literal, quote
from transforms.errors import ReleaseError
from transforms.release.database import _add_table
from transforms.release.parquet import write_parquet
from transforms.schema import Constraint, Table, published_tables

TABLES = published_tables()
COLUMN_CHECKS = [c for c in load_checks() if c.check_id.startswith("columns-")]


def failures(results: list[GateResult]) -> dict[str, GateResult]:
    return {r.check_id: r for r in results if r.outcome != "passed"}


def wrong_value(table: Table, constraint: Constraint) -> str:
    """Return a value of the column's type that breaks the constraint, as SQL."""
    column = table.columns[constraint.column]
    if constraint.check_id.endswith("-present"):
        return "null"
    if column.type == "VARCHAR":
        return literal("no such value")
    rule = table.rules[constraint.column]
    return str(rule.low - 1) if rule.low is not None and rule.low - 1 >= -128 else str((rule.high or 0) + 1)


@pytest.fixture
def spoiled(good: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    good.execute("begin")
    yield good
    good.execute("rollback")


@pytest.mark.parametrize("name", TABLES)
def test_good_rows_pass_and_each_violation_fails_exactly_its_check_and_names_its_row(
    good: duckdb.DuckDBPyConnection, name: str
) -> None:
    table = TABLES[name]
    assert failures(check_table(good, table)) == {}
    rows = good.execute(
        f"select rowid, {', '.join(map(quote, table.key))} from {quote(name)} order by rowid"
    ).fetchall()
    for constraints in grouped_by_column(table):
        spoiled = dict(zip(constraints, cycle(rows), strict=False))
        values = ", ".join(
            f"{quote(c.column)} = if(rowid = {row[0]}, {wrong_value(table, c)}, {quote(c.column)})"
            for c, row in spoiled.items()
        )
        good.execute("begin")
        good.execute(f"update {quote(name)} set {values}")
        found = failures(check_table(good, table))
        good.execute("rollback")
        assert found.keys() == {c.check_id for c in constraints}
        for constraint, (_, *key) in spoiled.items():
            result = found[constraint.check_id]
            assert (result.failing_rows, result.check_class) == (1, "impossible" if constraint.enforced else "unusual")
            row = json.loads(result.rows[0])
            named = json.loads(json.dumps(dict(zip(table.key, key, strict=True)), default=str))
            others = {c.column for c, (rowid, *_) in spoiled.items() if rowid == spoiled[constraint][0]}
            assert {k: v for k, v in named.items() if k not in others}.items() <= row.items()


def grouped_by_column(table: Table) -> list[list[Constraint]]:
    """Return all constraints in lists with at most one per column.

    The constraints of a list are violated at once, each in its own row if there are enough rows.
    """
    columns: dict[str, list[Constraint]] = {}
    for constraint in table.constraints():
        columns.setdefault(constraint.column, []).append(constraint)
    return [[c for c in some if c] for some in zip_longest(*columns.values())]


@pytest.mark.parametrize("name", TABLES)
def test_a_duplicate_key_fails_and_both_rows_are_named(spoiled: duckdb.DuckDBPyConnection, name: str) -> None:
    spoiled.execute(
        f"insert into {quote(name)} from {quote(name)} where rowid = (select min(rowid) from {quote(name)})"
    )
    found = failures(check_table(spoiled, TABLES[name]))
    assert list(found) == [f"{name}-key"]
    assert (found[f"{name}-key"].failing_rows, len(found[f"{name}-key"].rows)) == (2, 2)


@pytest.mark.parametrize("name", TABLES)
def test_an_empty_table_fails_unless_it_may_be_empty(spoiled: duckdb.DuckDBPyConnection, name: str) -> None:
    spoiled.execute(f"delete from {quote(name)}")
    assert list(failures(check_table(spoiled, TABLES[name]))) == (
        [] if TABLES[name].may_be_empty else [f"{name}-not-empty"]
    )


@pytest.mark.parametrize("name", TABLES)
def test_publishing_enforces_the_same_constraints_as_the_gates(good: duckdb.DuckDBPyConnection, name: str) -> None:
    """The published table accepts the good rows, rejects rows that break an enforced rule, and accepts rows that only
    warn.
    """
    table, rows = TABLES[name], good.sql(f"from {quote(name)}").to_arrow_table()
    with duckdb.connect() as release:
        release.register(
            "good",
            rows if "release_id" in table.columns else rows.append_column("release_id", pa.array(["r"] * len(rows))),
        )
        release.execute(table.create_statement(with_key=True))
        release.execute(f"insert into {quote(name)} by name from good")
        doubled = f"insert into {quote(name)} by name from good limit 1"
        if table.key_is_enforced:
            with pytest.raises(duckdb.ConstraintException, match=r"(?i)duplicate key"):
                release.execute(doubled)
        else:
            release.execute(doubled)
        for constraint in table.constraints():
            wrong = (
                f"select * replace ({wrong_value(table, constraint)} as {quote(constraint.column)}) from good limit 1"
            )
            release.execute(f"delete from {quote(name)}")
            if constraint.enforced:
                with pytest.raises(
                    duckdb.ConstraintException,
                    match="NOT NULL" if constraint.check_id.endswith("-present") else "CHECK",
                ):
                    release.execute(f"insert into {quote(name)} by name {wrong}")
            else:
                release.execute(f"insert into {quote(name)} by name {wrong}")


def test_a_bad_row_at_publishing_is_reported_with_its_table(spoiled: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    table = TABLES["counties"]
    spoiled.execute("update counties set county_code = '59'")
    with duckdb.connect() as release:
        write_parquet(spoiled, table, tmp_path, "r")
        with pytest.raises(ReleaseError, match="counties has a row that its schema does not allow: not published"):
            _add_table(release, table, tmp_path / "counties.parquet", with_key=True)
    spoiled.execute("update counties set county_code = null")
    with pytest.raises(ReleaseError, match="counties has a row that its schema does not allow: not published"):
        write_parquet(spoiled, table, tmp_path, "r")


def test_parquet_schema_marks_columns_that_are_never_null(good: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    for table in TABLES.values():
        write_parquet(good, table, tmp_path, "r")
        schema = pq.read_schema(tmp_path / f"{table.name}.parquet")
        assert {f.name for f in schema if not f.nullable} == table.never_null | {"release_id"}


@pytest.mark.parametrize(
    ("statements", "check_id", "named"),
    [
        (("alter table counties alter county_code type bigint",), "columns-types", "counties county_code"),
        (("alter table counties drop column county",), "columns-present", "counties county"),
        *(
            pytest.param(*of, marks=pytest.mark.slow)
            for of in (
                (("drop table counties",), "columns-present", "counties county"),
                (("alter table meta_columns alter position type double",), "columns-types", "meta_columns position"),
            )
        ),
    ],
)
def test_a_wrong_column_type_or_missing_column_is_named(
    spoiled: duckdb.DuckDBPyConnection, statements: tuple[str, ...], check_id: str, named: str
) -> None:
    spoiled.execute("create or replace table meta_columns as from meta_columns limit 0")
    for table in TABLES.values():
        for n, (name, column) in enumerate(table.columns.items(), 1):
            spoiled.execute(
                "insert into meta_columns (table_name, column_name, position, type) values (?, ?, ?, ?)",
                [table.name, name, n, column.type],
            )
    assert failures([run_check(spoiled, c) for c in COLUMN_CHECKS]) == {}
    for statement in statements:
        spoiled.execute(statement)
    found = failures([run_check(spoiled, c) for c in COLUMN_CHECKS])
    assert list(found) == [check_id]
    assert all(f'"{word}"' in found[check_id].rows[0] for word in named.split())


def test_a_value_that_does_not_fit_its_type_is_named(spoiled: duckdb.DuckDBPyConnection) -> None:
    spoiled.execute("alter table evidence alter source_line type bigint")
    assert failures(check_table(spoiled, TABLES["evidence"])) == {}
    spoiled.execute("update evidence set source_line = 4000000000 where rowid = (select max(rowid) from evidence)")
    (result,) = failures(check_table(spoiled, TABLES["evidence"])).values()
    assert (result.check_id, result.failing_rows) == ("evidence-readable", 1)
    assert "4000000000" in result.rows[0]


def test_a_table_that_cannot_be_compared_is_an_error_and_stops(spoiled: duckdb.DuckDBPyConnection) -> None:
    spoiled.execute("alter table evidence alter source_line type varchar")
    (result,) = check_table(spoiled, TABLES["evidence"])
    assert (result.check_id, result.outcome, result.stops_release) == ("evidence-readable", "error", True)


def test_a_list_with_a_value_that_does_not_fit_is_named(spoiled: duckdb.DuckDBPyConnection) -> None:
    spoiled.execute("alter table watch_list alter years type bigint[]")
    assert failures(check_table(spoiled, TABLES["watch_list"])) == {}
    spoiled.execute("update watch_list set years = [2023, 99999] where rowid = (select max(rowid) from watch_list)")
    (result,) = failures(check_table(spoiled, TABLES["watch_list"])).values()
    assert (result.check_id, result.failing_rows) == ("watch_list-readable", 1)
    assert "99999" in result.rows[0]


def test_a_missing_table_is_an_error_and_stops(spoiled: duckdb.DuckDBPyConnection) -> None:
    spoiled.execute("drop table watch_list")
    (result,) = check_table(spoiled, TABLES["watch_list"])
    assert (result.check_id, result.outcome, result.stops_release) == ("watch_list-readable", "error", True)


def test_two_keys_with_one_hash_do_not_fail(good: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch) -> None:
    """The count by hashes only shows where to look."""
    monkeypatch.setattr(
        "expectations.contracts._counts", lambda table, types: ["1", *([] if table.may_be_empty else ["1"]), "1"]
    )
    for table in TABLES.values():
        assert failures(check_table(good, table)) == {}


def test_every_rule_has_a_unique_id_a_sentence_and_a_reason() -> None:
    checks = [c for table in TABLES.values() for c in checks_of(table)]
    ids = [c.check_id for c in checks]
    assert len(ids) == len(set(ids)) > 500
    assert [c.check_id for c in checks if not c.sentence.endswith(".") or len(c.reason) <= 10] == []
    assert {c.check_id for c in checks if c.check_class != "impossible"} == {
        i
        for i in ids
        if re.match(r"(interim_certifications|low_performing)-(?!readable)|indicator_results-(box|prior_size_met)-", i)
    }
