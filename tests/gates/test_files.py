"""For every expectation and layout: spoil rows of one file; exactly that check fails, for that file and rows."""

import json

import duckdb
import pytest

from expectations.files import check_columns, check_shape
from expectations.judging import rows_of
from expectations.results import GateResult
from expectations.suites.files import SHAPES, suite_of_shape
from tests.gates.raw_files import ROWS
from tests.gates.state import State

# The values that are set in rows of a file, and the rows.
SPOILED = {
    "line-present": ("line = null", "true"),
    "cds-form": ("cds = cds[2:]", "true"),
    "cds-present": ("cds = ' '", "true"),
    "year-named": ("value = '2023-24'", "field = 'reporting_year'"),
    "flags-known": ("value = 'maybe'", "field like 'met_method:%' and blank(value) is not null"),
    "localindicator-form": ("localindicator = 'Basics ' || localindicator[-1:]", "true"),
    "performance-form": ("performance = 'fine'", "blank(performance) is not null"),
    "status-known": ("status = 'Sleeping'", "true"),
    "certification-known": ("certification = 'positive'", "true"),
    "county-present": ("county = '*'", "true"),
    "lea-present": ("lea = null", "true"),
}
OF_SHAPE = {
    "file-assistance-value-known": ("value = 'Z'", "field like 'letter:%' and blank(value) is not null"),
    "file-charter-assistance-value-known": ("value = 'Z'", "field like 'current:%'"),
    "file-low-performing-value-known": ("value = 'maybe'", "field = 'red:ela'"),
    "file-local-indicators-by-priority-value-form": (
        "value = 'fine'",
        "field = 'performance' and blank(value) is not null",
    ),
}
# Rows without a code share one key.
ALSO = {
    f"file-{layout.replace('_', '-')}-cds-present": f"file-{layout.replace('_', '-')}-rows-once" for layout in SHAPES
}
CASES = [
    (layout, e.meta["check_id"]) for layout in SHAPES for e in suite_of_shape(layout, ["el"], ["ela"]).expectations
]
# One case per check, whatever the layout.
OF_A_CHECK = {c[1].removeprefix(f"file-{c[0].replace('_', '-')}-"): c for c in CASES}.values()


def failed(connection: duckdb.DuckDBPyConnection, layout: str) -> list[GateResult]:
    groups = [
        g
        for (g,) in connection.execute(
            "select lower(unnest([student_group, also_called])) from ref_student_groups"
        ).fetchall()
        if g
    ]
    return [
        r for r in check_shape(rows_of(connection), suite_of_shape(layout, groups, ["ela"])) if r.outcome != "passed"
    ]


def spoil(connection: duckdb.DuckDBPyConnection, layout: str, check_id: str, limit: int = ROWS) -> None:
    what = check_id.removeprefix(f"file-{layout.replace('_', '-')}-")
    if what == "rows-once":
        connection.execute(
            f"insert into raw_{layout} from raw_{layout} where source_id = 'one' and blank(cds) is not null order by"
            f" line limit {limit}"
        )
        return
    change, where = OF_SHAPE.get(check_id) or SPOILED[what]
    connection.execute(
        f"update raw_{layout} set {change} where rowid in (select rowid from raw_{layout} where source_id = 'one' and"
        f" {where} order by line limit {limit})"
    )


@pytest.mark.parametrize("layout", SHAPES)
def test_good_files_pass(files: duckdb.DuckDBPyConnection, layout: str) -> None:
    assert [r.described() for r in failed(files, layout)] == []


@pytest.mark.parametrize(
    ("layout", "check_id"), [pytest.param(*c, marks=() if c in OF_A_CHECK else pytest.mark.slow) for c in CASES]
)
def test_many_spoiled_rows_fail_exactly_their_check_for_their_file(
    files: duckdb.DuckDBPyConnection, layout: str, check_id: str
) -> None:
    files.execute("begin")
    try:
        spoil(files, layout, check_id)
        results = failed(files, layout)
    finally:
        files.execute("rollback")
    assert {(r.table_name, r.outcome) for r in results} == {("one", "failed")}
    (result,) = (r for r in results if r.check_id == check_id)
    assert {r.check_id for r in results} <= {check_id, ALSO.get(check_id)}
    assert result.failing_rows >= 10
    assert result.sources == ("one",)
    assert json.loads(result.rows[0])["source_id"] == "one"
    assert result.stops_release is (result.check_class != "unusual")


@pytest.mark.slow
@pytest.mark.parametrize(("layout", "check_id"), [c for c in CASES if not c[1].endswith("line-present")])
def test_few_spoiled_rows_only_warn(files: duckdb.DuckDBPyConnection, layout: str, check_id: str) -> None:
    """A few of many rows are within the allowed share; a few rows of a short file warn."""
    files.execute("begin")
    try:
        spoil(files, layout, check_id, 2)
        results = failed(files, layout)
    finally:
        files.execute("rollback")
    assert {r.check_id for r in results} <= {check_id, ALSO.get(check_id)}
    assert not any(r.stops_release for r in results)


def test_allowed_failures_depend_on_file_length(files: duckdb.DuckDBPyConnection) -> None:
    files.execute("begin")
    files.execute(
        "update raw_directory set cds = 'x' where rowid in (select rowid from raw_directory where source_id = 'other'"
        " limit 9)"
    )
    files.execute(
        "update raw_assistance set cds = 'x' || cds where rowid in (select rowid from raw_assistance where source_id ="
        " 'one' limit 20)"
    )
    assert {r.check_id for r in failed(files, "assistance")} == set()
    files.execute(
        "update raw_assistance set cds = 'x' || cds where rowid in (select rowid from raw_assistance where source_id ="
        " 'other' limit 9)"
    )
    (few,) = failed(files, "assistance")
    files.execute(
        "update raw_assistance set cds = 'x' || cds where rowid in (select rowid from raw_assistance where source_id ="
        " 'other' limit 10)"
    )
    (many,) = failed(files, "assistance")
    files.execute("rollback")
    assert (few.table_name, few.failing_rows, few.severity, bool(few.note)) == ("other", 9, "warning", True)
    assert (many.table_name, many.failing_rows, many.severity, many.note) == ("other", 10, "critical", None)


def test_a_file_that_was_read_with_other_columns_is_named(state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    for layout in {r["layout"] for r in state.run.raw_reports()}:
        assert check_columns(state.run, layout).outcome == "passed"
    of_another = [
        {**r, "parquet": next(o["parquet"] for o in state.run.raw_reports() if o["layout"] == "directory")}
        for r in state.run.raw_reports()
    ]
    monkeypatch.setattr(state.run, "raw_reports", lambda: of_another[:3])
    result = check_columns(state.run, of_another[0]["layout"])
    assert (result.outcome, result.check_class, result.stops_release) == ("failed", "impossible", True)
    assert of_another[0]["source_id"] in result.sources
