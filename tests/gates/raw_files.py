"""Rows of two files of every layout that Great Expectations judges, as the raw stage stores them."""

import duckdb
import pyarrow as pa

from expectations.suites.files import SHAPES
from tests.gates.state import State
from transforms.inputs import load_macros, load_reference
from transforms.raw.table import CELL_LAYOUTS
from transforms.rules.load import load_rules
from transforms.rules.tables import load_rule_tables
from transforms.settings import PROJECT

ROWS = 4_000  # of the file that is spoiled; of the other file, a few rows stay as they are
# Layouts for which the generated state has no file, with a good row.
MADE_UP = {
    "interim_certifications": {
        "certification": "negative",
        "county": "Alameda",
        "lea": "Oakland Unified",
        "total_budget": "959.2",
    },
    "low_performing": {"cds": "01612590000000", "heading": "ELA", "field": "red:ela", "value": "Y"},
    "lcap_goals": {
        "cds": "01612590000000",
        "heading": "Targeted Student Group(s)",
        "field": "student_groups",
        "value": "Foster Youth",
    },
}


def raw_database(state: State) -> duckdb.DuckDBPyConnection:
    """Create a database with rows of two files of every layout, as a run has them."""
    connection = duckdb.connect()
    load_reference(PROJECT / "data", connection)
    load_macros(connection)
    load_rule_tables(load_rules(PROJECT / "data"), connection)
    connection.execute("create table source_files (source_id varchar, dashboard_year smallint)")
    for layout in SHAPES:
        connection.register("rows", raw_rows(state, layout))
        connection.execute(f"create table raw_{layout} as select *, 'one' as source_id from rows limit {ROWS}")
        connection.execute(f"insert into raw_{layout} select *, 'other' from rows limit 50")
        connection.unregister("rows")
    connection.execute("insert into source_files values ('one', 2024), ('other', 2024)")
    return connection


def raw_rows(state: State, layout: str) -> pa.Table:
    if layout in MADE_UP:
        given = MADE_UP[layout]
        rows = [{**given, **({"cds": f"01612590{n:06}"} if "cds" in given else {}), "line": n} for n in range(1, 101)]
        return pa.Table.from_pylist(rows)
    of_year = (
        "where source_id like '%2024%'"
        if layout in ("assistance", "charter_assistance", "local_indicators_by_priority")
        else ""
    )
    first = f"(select min(source_id) from raw_{layout} {of_year})"
    columns = "line, cds, heading, field, value" if layout in CELL_LAYOUTS else "* exclude (source_id)"
    return state.connection.sql(
        f"select {columns} from raw_{layout} where source_id = {first} order by line, 2"
    ).to_arrow_table()
