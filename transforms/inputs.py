"""Put everything that the SQL stages read into the run's database: raw files, reference lists, registers and rules."""

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from transforms.accepted import load_accepted_differences
from transforms.database import parquet, quote, this_path
from transforms.raw.table import CELL_LAYOUTS, CELL_SCHEMA
from transforms.registers import load_registers
from transforms.rule_tables import load_rule_tables
from transforms.run import Run
from transforms.sentences.notes import note_macros
from transforms.state_values import load_state_values
from transforms.tables import as_table, put

SOURCE_FILE_SCHEMA = pa.schema(
    [
        ("source_id", pa.string()),
        ("file", pa.string()),
        ("sha256", pa.string()),
        ("size", pa.int64()),
        ("first_seen", pa.string()),
        ("layout", pa.string()),
        ("dashboard_year", pa.int16()),
        ("indicator", pa.string()),
        ("priority", pa.int8()),
        ("rows_in", pa.int64()),
        ("rows_kept", pa.int64()),
        ("encoding", pa.string()),
        ("sheet", pa.string()),
        ("missing_columns", pa.list_(pa.string())),
        ("extra_columns", pa.list_(pa.string())),
        ("notes", pa.list_(pa.string())),
    ]
)


WIDE_LAYOUTS = ("dashboard", "local_indicators", "directory", "interim_certifications")


def load_inputs(run: Run, connection: duckdb.DuckDBPyConnection) -> None:
    """Create the input tables and views of one run."""
    put(connection, "run_parameters", pa.table({"as_of": pa.array([run.settings.as_of], pa.date32()), "is_latest": [run.settings.as_of >= date.today()]}))
    load_reference(run.settings.reference / "reference", connection)
    for name, table in load_registers(run.settings.reference).items():
        put(connection, f"reg_{name}", table)
    put(connection, "accepted_differences", load_accepted_differences(run.settings.reference))
    put(connection, "state_values", load_state_values(run.settings.reference))
    load_rule_tables(run.rules, connection)
    load_macros(connection)
    _load_raw(run, connection)


def load_reference(folder: Path, connection: duckdb.DuckDBPyConnection) -> None:
    """Reference lists as tables ref_*, all text; blanks are null."""
    for path in sorted(folder.glob("*.csv")):
        connection.execute(
            f"create or replace table {quote('ref_' + path.stem)} as "
            "select * from read_csv(?, header = true, all_varchar = true, delim = ',', quote = '\"', nullstr = '', hive_partitioning = false)",
            [this_path(path)],
        )
    connection.execute(
        "create or replace table ref_priority_letters as "
        "select letter, list_transform(string_split(priorities, '|'), lambda p: p::tinyint) as priorities from ref_priority_letters"
    )


def load_macros(connection: duckdb.DuckDBPyConnection) -> None:
    """Small functions that the SQL files share."""
    connection.execute("create or replace macro blank(x) as nullif(nullif(trim(x), ''), '*')")
    connection.execute("create or replace macro by_day(act, as_of) as if(act <= as_of, act, null)")
    connection.execute("create or replace macro problem(failed, col, val, why) as if(failed, {'column': col, 'value': coalesce(val, ''), 'reason': why}, null)")
    # Lists without CDS codes name an LEA in many ways: the kind of district and footnote marks do not tell two of a county apart, but its level does.
    connection.execute(
        "create or replace macro match_name(n) as trim(regexp_replace(regexp_replace(regexp_replace(regexp_replace(lower(n), '[^a-z ]', ' ', 'g'), "
        "'\\b(school|district|joint)\\b', ' ', 'g'), '\\s+el\\s*$', ' elementary', 'g'), '\\s+', ' ', 'g'))"
    )
    for statement in note_macros():
        connection.execute(statement)
    aliases = connection.execute("select also_called, student_group from ref_student_groups where also_called is not null").fetchall()
    cases = " ".join(f"when '{a}' then '{g}'" for a, g in aliases if a.isalnum() and g.isalnum())
    connection.execute(f"create or replace macro canonical_group(g) as case g {cases} else g end")


def _load_raw(run: Run, connection: duckdb.DuckDBPyConnection) -> None:
    """source_files, raw_<layout> and raw_rejects from the raw stage's Parquet files."""
    reports: list[dict[str, Any]] = run.raw_reports()
    put(connection, "source_files", pa.Table.from_pylist([{k: r[k] for k in SOURCE_FILE_SCHEMA.names} for r in reports], SOURCE_FILE_SCHEMA))
    layouts = run.layouts
    text = {name: pa.schema([*((c, pa.string()) for c in getattr(layouts, name).columns), ("line", pa.int64())]) for name in WIDE_LAYOUTS}
    cells = dict.fromkeys(CELL_LAYOUTS, CELL_SCHEMA)
    for layout, schema in (text | cells).items():
        files = {r["parquet"]: r["source_id"] for r in reports if r["layout"] == layout}
        _union(connection, f"raw_{layout}", files, schema)
    from_files = {r["rejects"]: r["source_id"] for r in reports}
    editions = [{"source_id": s.id, "edition": s.edition} for s in run.catalog.source if s.layout == "interim_certifications"]
    load_freshness(run, connection)
    put(connection, "interim_sources", as_table(editions, source_id=pa.string(), edition=pa.string()))
    _union(connection, "raw_rejects", from_files, pa.schema([("line", pa.int64()), ("column", pa.string()), ("value", pa.string()), ("reason", pa.string())]))


FRESHNESS = ("source_id", "origin", "accepted_at", "checked_at", "check_outcome", "check_message")


def load_freshness(run: Run, connection: duckdb.DuckDBPyConnection) -> None:
    """source_freshness: how the last look for a newer file ended. Empty when the files come from a folder."""
    rows = run.fact("freshness") if run.has_fact("freshness") else []
    put(connection, "source_freshness", as_table(rows, **dict.fromkeys(FRESHNESS, pa.string())))


def _union(connection: duckdb.DuckDBPyConnection, name: str, files: dict[str, str], schema: pa.Schema) -> None:
    """View over Parquet files, each row with the source it came from."""
    if not files:
        put(connection, name, pa.schema([*schema, ("source_id", pa.string())]).empty_table())
        return
    put(connection, f"{name}_files", pa.table({"filename": list(files), "source_id": list(files.values())}))
    connection.execute(
        f"create or replace view {quote(name)} as select r.* exclude (filename), f.source_id "
        f"from {parquet(files, 'union_by_name = true', 'filename = true')} r join {quote(name + '_files')} f using (filename)"
    )
