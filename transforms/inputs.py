"""Put everything that the SQL stages read into the run's database: raw files, reference lists and rules."""

from collections.abc import Callable
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from transforms import clock
from transforms.control_characters import CONTROL, REASON
from transforms.dashboard.redundancy import load_redundancy
from transforms.database import first_column, literal, parquet, quote
from transforms.errors import ConfigError
from transforms.raw.table import CELL_LAYOUTS, CELL_SCHEMA, REJECT_SCHEMA
from transforms.registers.load import load_registers
from transforms.rules.completeness import missing_entries
from transforms.rules.reference import Reference, load_state_values
from transforms.rules.tables import load_rule_tables
from transforms.run import Run
from transforms.sources.unused import UnusedFile, unused_files
from transforms.sql import FOLDER
from transforms.tables import as_table, put, texts
from transforms.wording.sentences.notes import note_macros

FRESHNESS = ("source_id", "origin", "accepted_at", "checked_at", "check_outcome", "check_message")
SOURCE_FILE_SCHEMA = pa.schema(
    {
        **texts("source_id", "file", "sha256"),
        "size": pa.int64(),
        **texts("first_seen", "layout"),
        "dashboard_year": pa.int16(),
        "indicator": pa.string(),
        "priority": pa.int8(),
        **dict.fromkeys(("rows_in", "rows_kept"), pa.int64()),
        **texts("encoding", "sheet"),
        **dict.fromkeys(("missing_columns", "extra_columns", "notes", "warnings"), pa.list_(pa.string())),
    }
)
WIDE_LAYOUTS = ("dashboard", "local_indicators", "directory", "interim_certifications")


def load_inputs(run: Run, connection: duckdb.DuckDBPyConnection) -> None:
    """Create the input tables and views of one run."""
    put(
        connection,
        "run_parameters",
        pa.table(
            {"as_of": pa.array([run.settings.as_of], pa.date32()), "is_latest": [run.settings.as_of >= clock.today()]}
        ),
    )
    load_reference(run.settings.reference, connection)
    put(connection, "state_values", load_state_values(run.settings.reference))
    load_rule_tables(run.rules, connection)
    load_macros(connection)
    _load_raw(run, connection)


def load_reference(folder: Path, connection: duckdb.DuckDBPyConnection) -> None:
    """Load the reference lists as tables ref_*, all text, blanks as null. ``folder`` contains reference/."""
    for name, table in Reference(folder).tables().items():
        put(connection, f"ref_{name}", table)
    connection.execute(
        "create or replace table ref_priority_letters as select letter, list_transform(string_split(priorities, '|'),"
        " lambda p: p::tinyint) as priorities from ref_priority_letters"
    )
    connection.execute(
        "create or replace table ref_indicators as select *, (rowid + 1)::tinyint as position from ref_indicators"
    )
    # Every indicator and Dashboard year. ``begins``: the Dashboard before is on another scale.
    connection.execute("""
        create or replace table dashboard_scales as
        with scales as (
            select
                indicator,
                scale,
                unit,
                first_dashboard::smallint as first_dashboard,
                lead(first_dashboard::smallint) over scales_of_indicator as next_dashboard,
                lag(scale) over scales_of_indicator as follows
            from ref_status_scales
            window scales_of_indicator as (partition by indicator order by first_dashboard)
        )
        select
            i.indicator,
            y.dashboard_year::smallint as dashboard_year,
            coalesce(s.scale, i.unit) as scale,
            coalesce(s.unit, i.unit) as unit,
            coalesce(s.follows is not null and s.first_dashboard = y.dashboard_year, false) as begins
        from ref_indicators i
        cross join range(2013, 2101) y(dashboard_year)
        left join scales s on s.indicator = i.indicator and y.dashboard_year >= s.first_dashboard
            and (s.next_dashboard is null or y.dashboard_year < s.next_dashboard)
    """)
    connection.execute("""
        create or replace table student_group_words as
        select distinct lower(written) as written, student_group
        from (
            select unnest([student_group, also_called, name]) as written, student_group from ref_student_groups
            union all
            select written, student_group from ref_student_group_names
        )
        where written is not null
    """)


def check_configuration(run: Run) -> None:
    """Read all files that people maintain (catalog, layouts, rules, reference lists, registers).

    A run reports their problems before any work. Raises ConfigError.
    """
    folder, problems = run.settings.reference, []
    reads: tuple[Callable[[], object], ...] = (
        lambda: run.catalog,
        lambda: run.layouts,
        Reference(folder).check,
        lambda: run.rules,
        lambda: load_registers(folder),
        lambda: load_redundancy(folder),
    )
    for read in reads:
        try:
            read()
        except ConfigError as error:
            problems += [line for line in str(error).split("\n") if line not in problems]
    if not problems:
        problems = list(missing_entries(run.catalog, run.layouts, run.rules, Reference(folder)))
    if problems:
        raise ConfigError("\n".join(problems))


def load_macros(connection: duckdb.DuckDBPyConnection) -> None:
    """Create the macros that the SQL files share: ``sql/macros.sql``, sentences, and words of reference lists."""
    counties = ", ".join(map(literal, first_column(connection, "select county_code from ref_counties order by 1")))
    connection.execute(f"create or replace macro is_county(code) as code in ({counties})")
    shared = (FOLDER / "macros.sql").read_text("utf-8")
    connection.execute(shared.replace("$control", literal(CONTROL)).replace("$reason", literal(REASON)))
    for statement in note_macros():
        connection.execute(statement)
    known = _cases(
        connection, "select also_called, student_group from ref_student_groups where also_called is not null"
    )
    connection.execute(f"create or replace macro canonical_group(code) as {known}")
    groups = _cases(connection, "select student_group, name_in_text from ref_student_groups")
    connection.execute(f"create or replace macro group_in_text(code) as {groups}")
    indicators = _cases(connection, "select indicator, name_in_text from ref_indicators")
    connection.execute(f"create or replace macro indicator_in_text(code) as {indicators}")


def _cases(connection: duckdb.DuckDBPyConnection, pairs: str) -> str:
    """Return an SQL expression for a list's word for a code, else the code itself (lambdas allow no joins)."""
    cases = " ".join(
        f"when {literal(code)} then {literal(label)}" for code, label in connection.execute(pairs).fetchall()
    )
    return f"case code {cases} else code end"


def _load_raw(run: Run, connection: duckdb.DuckDBPyConnection) -> None:
    """Load source_files, raw_<layout> and raw_rejects from the raw stage's Parquet files."""
    reports: list[dict[str, Any]] = run.raw_reports()
    put(
        connection,
        "source_files",
        pa.Table.from_pylist([{k: r[k] for k in SOURCE_FILE_SCHEMA.names} for r in reports], SOURCE_FILE_SCHEMA),
    )
    layouts = run.layouts
    text = {name: pa.schema({**texts(*getattr(layouts, name).columns), "line": pa.int64()}) for name in WIDE_LAYOUTS}
    cells = dict.fromkeys(CELL_LAYOUTS, CELL_SCHEMA)
    for layout, schema in (text | cells).items():
        files = {r["parquet"]: r["source_id"] for r in reports if r["layout"] == layout}
        _union(connection, f"raw_{layout}", files, schema)
    from_files = {r["rejects"]: r["source_id"] for r in reports}
    editions = [
        {"source_id": s.id, "edition": s.edition} for s in run.catalog.source if s.layout == "interim_certifications"
    ]
    # How the last check for a newer file ended; empty if the files come from a folder.
    freshness = run.fact("freshness", [])
    put(connection, "source_freshness", as_table(freshness, **texts(*FRESHNESS)))
    put(connection, "interim_sources", as_table(editions, **texts("source_id", "edition")))
    _union(connection, "raw_rejects", from_files, REJECT_SCHEMA)
    unknown = [
        {"source_id": r["source_id"], "heading": h}
        for r in reports
        for h in getattr(layouts, r["layout"]).unknown(r["extra_columns"])
    ]
    put(connection, "unknown_headings", as_table(unknown, **texts("source_id", "heading")))
    families = [
        {"layout": n, "family": f, "since": y} for n in CELL_LAYOUTS for f, y in getattr(layouts, n).since.items()
    ]
    put(connection, "layout_families", as_table(families, **texts("layout", "family"), since=pa.int16()))


def load_unused(run: Run, connection: duckdb.DuckDBPyConnection) -> None:
    """Load unused_files: the files that were found but not used."""
    schema = {f.name: pa.int64() if f.name == "line" else pa.string() for f in fields(UnusedFile)}
    put(connection, "unused_files", as_table([asdict(f) for f in dict.fromkeys(unused_files(run))], **schema))


def _union(connection: duckdb.DuckDBPyConnection, name: str, files: dict[str, str], schema: pa.Schema) -> None:
    """Create a view over Parquet files; each row has its source."""
    if not files:
        put(connection, name, pa.schema([*schema, ("source_id", pa.string())]).empty_table())
        return
    put(connection, f"{name}_files", pa.table({"filename": list(files), "source_id": list(files.values())}))
    connection.execute(f"""
        create or replace view {quote(name)} as
        select r.* exclude (filename), f.source_id
        from {parquet(files, "union_by_name = true", "filename = true")} r
        join {quote(name + "_files")} f using (filename)
    """)
