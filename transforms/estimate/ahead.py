"""Run the engine's own SQL on a year whose Dashboard is not out.

The models of criteria and determinations are built a second time in a separate schema, ``ahead``. Their inputs are the
history before the year, rules moved to the year, and local estimates, if there are any. A result that does not exist
yet is unknown, and three-valued logic carries the unknown through. Nothing outside the schema is written.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from transforms.database import fetch_one, first_column, literal
from transforms.inputs import load_macros, load_reference
from transforms.rules.load import is_confirmed, name_of, rules_of
from transforms.rules.model import Rules
from transforms.rules.tables import load_rule_tables
from transforms.sql import build_table, order_of
from transforms.tables import put

# The engine's inputs: the history before the year, and rows for the years that do not exist yet. Each entry is a table
# of the schema ``ahead`` with the name that the engine's SQL uses. In braces: ``base`` is the schema with the history,
# ``sources`` its list of files, ``ahead`` the years without a Dashboard, ``before`` and ``seen`` the conditions on the
# years that count.
INPUTS: dict[str, str] = {
    # known years of student groups
    "history": "select columns(lambda c: c <> 'release_id') from {base}.student_group_history where {before}",
    # LEAs, except those that the newest of these Dashboards does not list: they are assumed to have closed
    "leas": """
        select l.* from {base}.leas l anti join (
            select cds from history where dashboard_year = (select max(dashboard_year) from history) and listed is false
        ) gone using (cds)""",
    # inputs of the year's rules: one measure for each indicator of a student group
    "ahead_asked": """
        select distinct a.determination_year as dashboard_year, g.student_group, c.indicator, c.measure
        from ahead_year a
        join rule_criterion_groups g on g.dashboard_year = a.determination_year
        join rule_conditions c on c.criterion = g.criterion""",
    # results of the year: estimates and, with --carry-over, those of the newest Dashboard, unless its scale or measure
    # has changed
    "ahead_cells": """
        select * from given_cells
        union all by name
        select e.cds, e.student_group, e.indicator, if(e.finding = 'result', e.level, 0)::tinyint as level,
            'carried_over' as kind
        from {base}.evidence e
        join ahead_asked a using (student_group, indicator, measure)
        semi join leas l on l.cds = e.cds
        anti join given_cells k on k.cds = e.cds and k.student_group = e.student_group and k.indicator = e.indicator
        where {carry_over} and e.finding <> 'unknown'
            and e.dashboard_year = (select max(dashboard_year) from history) and not exists (
            select 1 from dashboard_scales s
            where s.indicator = e.indicator and s.begins and s.dashboard_year > e.dashboard_year
                and s.dashboard_year <= a.dashboard_year
        )""",
    "lea_years": """
        select l.cds, l.lea_type, l.county_code, y.dashboard_year, if(e.cds is null, null, true) as in_files,
            if(e.cds is null, 'none', 'indicators') as basis, null::varchar as letters_source_id,
            false as letters_cover, null::varchar as listing, null::varchar as reported_by
        from leas l
        cross join (select unnest({ahead})::smallint as dashboard_year) y
        left join (select distinct cds, determination_year from ahead_cells cross join ahead_year) e
            on e.cds = l.cds and e.determination_year = y.dashboard_year""",
    "ahead_files": """
        select distinct 'estimate-' || indicator as source_id, {file} as file, 'dashboard' as layout, dashboard_year,
            indicator
        from ahead_asked where exists (select 1 from ahead_cells)""",
    "source_files": """
        select source_id, file, layout, dashboard_year, indicator from {sources} where {seen}
        union all by name
        select * from ahead_files""",
    "source_coverage": "select source_id, []::varchar[] as counties, true as statewide from ahead_files",
    "dashboard_entities": """
        select f.source_id, c.cds from ahead_files f cross join (select distinct cds from ahead_cells) c""",
    "lea_results": """
        select
            k.cds, a.dashboard_year, k.indicator, k.student_group, k.line as source_line,
            if(a.measure = 'color', null, k.level)::tinyint as status_level, null::tinyint as change_level,
            if(a.measure = 'color', k.level, null)::tinyint as color, null::double as current_status,
            null::bigint as current_numerator,
            null::bigint as current_denominator, null::double as prior_status, null::double as change,
            if(k.level > 0, 'Y', 'N') as current_size_met, null::bigint as prior_denominator,
            null::varchar as prior_size_met
        from ahead_cells k
        join ahead_asked a using (student_group, indicator)""",
    # a result without an estimate is unknown, never "no row"
    "expected_rows": """
        select c.cds, a.dashboard_year, a.indicator, a.student_group, 'not known yet' as because
        from (select distinct cds from ahead_cells) c
        cross join ahead_asked a
        anti join ahead_cells k on k.cds = c.cds and k.student_group = a.student_group and k.indicator = a.indicator""",
    "rejects": """
        select null::varchar as source_id, null::varchar as cds, null::varchar as student_group, null::bigint as line,
            null::varchar as reason, null::varchar as record_type
        limit 0""",
    "unknown_groups": "select null::varchar as source_id, null::varchar as student_group limit 0",
    "assistance_statuses_compared": """
        select null::varchar as source_id, null::varchar as cds, null::smallint as dashboard_year,
            null::smallint as reported_in, false as contradicts
        limit 0""",
    "assistance_letters": "select * from {base}.assistance_letters limit 0",
    "charter_letters": "select * from {base}.charter_letters limit 0",
    "charter_flags": "select * from {base}.charter_flags limit 0",
    "determination_years": "select * from rule_determinations semi join ahead_year using (determination_year)",
    "assistance_years": """
        select *, null::date as as_of from rule_assistance semi join ahead_year using (determination_year)""",
    # years before a code began, with the predecessor's groups: if either met the criteria, the result is "met";
    # otherwise, if either is unknown, it is unknown
    "joined_history": """
        select
            h.cds, h.dashboard_year, h.student_group,
            case
                when h.meets_criteria or bool_or(list_contains(p.student_groups, h.student_group)) then true
                when h.meets_criteria is null
                    or bool_or(list_contains(p.student_groups_unknown, h.student_group)) then null
                else false
            end as meets_criteria
        from history h
        join {base}.predecessor_years p using (cds, dashboard_year)
        group by h.cds, h.dashboard_year, h.student_group, h.meets_criteria""",
    "indicator_results": """
        select cds, dashboard_year, indicator, student_group, color from {base}.indicator_results where {seen}""",
}


SCHEMA = "ahead"
VIEWS = ("indicator_results",)  # millions of rows: never copied
CELLS = pa.schema(
    [
        ("cds", pa.string()),
        ("student_group", pa.string()),
        ("indicator", pa.string()),
        ("level", pa.int8()),  # of the measure that the rules use; 0: no result
        ("kind", pa.string()),  # estimate or carried_over
        ("line", pa.int64()),
    ]
)
# Models of the engine that are built again, in this order.
ENGINE_MODELS = (
    ("criteria", "indicators_asked"),
    ("criteria", "rejected_groups"),
    ("criteria", "evidence_cells"),
    ("criteria", "condition_results"),
    ("criteria", "criterion_results"),
    ("criteria", "priority_results"),
    ("criteria", "student_group_history"),
    ("determinations", "continuum_groups"),
    ("determinations", "small_lea_clause"),
    ("determinations", "consecutive_groups"),
    ("determinations", "charter_groups"),
    ("determinations", "charter_test"),
)


@dataclass(frozen=True)
class AheadOptions:
    """Which year to compute ahead of its Dashboard, and from what.

    ``year``: the determination year; None if there is no next year. ``base``: the schema with the history. ``sources``:
    its list of files. ``ignore_results``: if True, results of that year and later are ignored, even if they are loaded.
    ``file``: the source of the estimates. ``carry_over``: use results of the newest Dashboard for missing ones.
    ``preview``: also apply the previewed criteria.
    """

    year: int | None
    base: str = "main"
    sources: str = "source_files"
    ignore_results: bool = False
    file: str = "the file of estimates"
    carry_over: bool = False
    preview: bool = False


@contextmanager
def ahead_schema(connection: duckdb.DuckDBPyConnection, base: str) -> Iterator[None]:
    """Create tables in the schema ``ahead`` within this context, and look there first when reading."""
    own = fetch_one(connection, "select current_database()")[0]
    connection.execute(f"create schema if not exists {SCHEMA}")
    connection.execute(
        f"set search_path = {literal(f'{own}.{SCHEMA},{own}.main' + ('' if base == 'main' else ',' + base))}"
    )
    try:
        yield
    finally:
        connection.execute("reset search_path")


def build_ahead(
    connection: duckdb.DuckDBPyConnection,
    rules: Rules,
    reference: Path,
    options: AheadOptions,
    cells: pa.Table | None = None,
) -> None:
    """Build the tables of the schema ``ahead``: outcomes that are certain, possible or ruled out, and the watch list.

    ``cells``: estimated results of the year (see CELLS).
    """
    with ahead_schema(connection, options.base):
        if options.base != "main":  # a run has already loaded them
            load_reference(reference, connection)
            load_macros(connection)
        put(connection, "given_cells", CELLS.empty_table() if cells is None else cells)
        years = _load_rules(connection, rules, options)
        _load_inputs(connection, options, years)
        for stage, table in ENGINE_MODELS:
            build_table(connection, stage, table)
            if table == "evidence_cells":
                _add_previous_results(connection, options)
            if table == "student_group_history":
                connection.execute("insert into student_group_history by name select * from history")
        for table in order_of(SCHEMA):
            if table != "outlook_preview" or options.preview:
                build_table(connection, SCHEMA, table)


def next_year(rules: Rules, newest: int) -> int:
    """Return the first determination year after ``newest`` that has rules or a preview, or else the year after it."""
    known = {r.dashboard_year for r in rules.years} | {rules.preview.dashboard_year}
    return min((y for y in known if y > newest), default=newest + 1)


def watch(connection: duckdb.DuckDBPyConnection, rules: Rules, reference: Path) -> int:
    """Build the watch list of a release, ``watch_rows``: the computation for the next Dashboard, without estimates.

    Returns its number of rows.
    """
    newest = fetch_one(
        connection,
        "select max(determination_year) from determination_years where now_in_force and not_confirmed is null",
    )[0]
    build_ahead(connection, rules, reference, AheadOptions(next_year(rules, newest) if newest else None))
    connection.execute(f"create or replace table watch_rows as select * from {SCHEMA}.watch_rows")
    connection.execute(f"drop schema {SCHEMA} cascade")
    return int(fetch_one(connection, "select count(*) from watch_rows")[0])


def _load_rules(connection: duckdb.DuckDBPyConnection, rules: Rules, q: AheadOptions) -> list[int]:
    """Load rules of the years before, and of every year that the history lacks; return the missing years."""
    year = q.year
    ahead: list[int] = []
    if year is not None:
        own = rules_of(rules, year)
        history = f"select distinct dashboard_year from {q.base}.student_group_history where dashboard_year < $1"
        loaded = set(first_column(connection, history, [year]))
        ahead = sorted({year} | {y for y in own.dashboards_counted if y < year and y not in loaded})
    before = tuple(
        r for r in rules.years if r.dashboard_year not in ahead and (year is None or r.dashboard_year < year)
    )
    applied = before + tuple(rules_of(rules, y) for y in ahead)
    load_rule_tables(rules.model_copy(update={"years": applied}), connection)
    if is_confirmed(rules, rules.preview.dashboard_year):
        connection.execute("delete from preview_rule")
    put(
        connection,
        "ahead_year",
        pa.table(
            {
                "determination_year": pa.array([year] if year else [], pa.int16()),
                "rules": pa.array([name_of(rules, year)] if year else [], pa.string()),
                "is_confirmed": pa.array([is_confirmed(rules, year)] if year else [], pa.bool_()),
            }
        ),
    )
    return ahead


def _load_inputs(connection: duckdb.DuckDBPyConnection, q: AheadOptions, years: list[int]) -> None:
    """Create the engine's inputs: the state before the year, and rows for the years ahead."""
    listed = ", ".join(map(str, years))
    known = {
        "base": q.base,
        "sources": q.sources,
        "ahead": f"[{listed}]::smallint[]",
        "before": f"dashboard_year < {q.year} and not list_contains([{listed}]::smallint[], dashboard_year)"
        if q.year
        else "true",
        "seen": f"dashboard_year < {q.year}" if q.year and q.ignore_results else "true",
        "file": literal(q.file),
        "carry_over": "true" if q.carry_over else "false",
    }
    for name, query in INPUTS.items():
        connection.execute(
            f"create or replace {'view' if name in VIEWS else 'table'} {name} as {query.format(**known)}"
        )


def _add_previous_results(connection: duckdb.DuckDBPyConnection, q: AheadOptions) -> None:
    """Add evidence from the years before for every group that met the criteria then; the watch list names its
    indicators.
    """
    cells = ", ".join(name for name, *_ in connection.execute(f"describe {SCHEMA}.evidence_cells").fetchall())
    connection.execute(f"""
        insert into evidence_cells by name select {cells} from {q.base}.evidence
        semi join (from history where meets_criteria) using (cds, dashboard_year, student_group)
    """)
