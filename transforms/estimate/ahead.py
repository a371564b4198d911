"""Run the engine's own SQL on a year whose Dashboard is not out.

The models of criteria and determinations are built a second time, in a schema of their own, ``ahead``: their inputs
are the history before the year, rules moved to it, and local estimates, if there are any. A result that does not exist
is unknown, and the three values of the logic carry it. Nothing outside the schema is written.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from transforms.database import first_column, literal, one_row
from transforms.estimate.inputs import INPUTS
from transforms.inputs import load_macros, load_reference
from transforms.rules.load import is_confirmed, name_of, rules_of
from transforms.rules.model import Rules
from transforms.rules.tables import load_rule_tables
from transforms.sql import build_table, order_of
from transforms.tables import put

SCHEMA = "ahead"
VIEWS = ("indicator_results",)  # by the million: never copied
CELLS = pa.schema(
    [
        ("cds", pa.string()),
        ("student_group", pa.string()),
        ("indicator", pa.string()),
        ("level", pa.int8()),  # of the measure that the rules look at; 0: no result
        ("kind", pa.string()),  # estimate or carried_over
        ("line", pa.int64()),
    ]
)
# Models of the engine that are built again, in this order.
AGAIN = (
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
class Question:
    """What is asked: ``year`` is the determination year, None where none can follow; ``base`` the schema with the
    history and ``sources`` its list of files; ``asked`` is True where results of that year and later ones are left out
    even if they are loaded; ``file`` is what the estimates come from; with ``carry_over`` results of the newest
    Dashboard are used for missing ones; with ``preview`` the previewed criteria are applied too.
    """

    year: int | None
    base: str = "main"
    sources: str = "source_files"
    asked: bool = False
    file: str = "the file of estimates"
    carry_over: bool = False
    preview: bool = False


@contextmanager
def inside(connection: duckdb.DuckDBPyConnection, base: str) -> Iterator[None]:
    """Within, tables are made in the schema ``ahead`` and read from there before anywhere else."""
    own = one_row(connection, "select current_database()")[0]
    connection.execute(f"create schema if not exists {SCHEMA}")
    connection.execute(
        f"set search_path = {literal(f'{own}.{SCHEMA},{own}.main' + ('' if base == 'main' else ',' + base))}"
    )
    try:
        yield
    finally:
        connection.execute("reset search_path")


def look_ahead(
    connection: duckdb.DuckDBPyConnection,
    rules: Rules,
    reference: Path,
    question: Question,
    cells: pa.Table | None = None,
) -> None:
    """Build the tables of the schema ``ahead``: what is certain, possible and ruled out, and the watch list.

    ``cells``: results of the year that are estimated (see CELLS).
    """
    with inside(connection, question.base):
        if question.base != "main":  # a run has them
            load_reference(reference, connection)
            load_macros(connection)
        put(connection, "given_cells", CELLS.empty_table() if cells is None else cells)
        years = _load_rules(connection, rules, question)
        _load_inputs(connection, question, years)
        for stage, table in AGAIN:
            build_table(connection, stage, table)
            if table == "evidence_cells":
                _add_what_was_met(connection, question)
            if table == "student_group_history":
                connection.execute("insert into student_group_history by name select * from history")
        for table in order_of(SCHEMA):
            if table != "outlook_preview" or question.preview:
                build_table(connection, SCHEMA, table)


def next_year(rules: Rules, newest: int) -> int:
    """The first determination year after ``newest`` with rules or a preview, or else the year after it."""
    known = {r.dashboard_year for r in rules.years} | {rules.preview.dashboard_year}
    return min((y for y in known if y > newest), default=newest + 1)


def watch(connection: duckdb.DuckDBPyConnection, rules: Rules, reference: Path) -> int:
    """The watch list of a release, ``watch_rows``: the same computation for the next Dashboard, with no estimates.

    Returns its number of rows.
    """
    newest = one_row(
        connection,
        "select max(determination_year) from determination_years where now_in_force and not_confirmed is null",
    )[0]
    look_ahead(connection, rules, reference, Question(next_year(rules, newest) if newest else None))
    connection.execute(f"create or replace table watch_rows as select * from {SCHEMA}.watch_rows")
    connection.execute(f"drop schema {SCHEMA} cascade")
    return int(one_row(connection, "select count(*) from watch_rows")[0])


def _load_rules(connection: duckdb.DuckDBPyConnection, rules: Rules, q: Question) -> list[int]:
    """Rules of the years before, and of every year that the history lacks; returns those years."""
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


def _load_inputs(connection: duckdb.DuckDBPyConnection, q: Question, years: list[int]) -> None:
    """What the engine reads, as it is before the year, and rows for the years ahead."""
    listed = ", ".join(map(str, years))
    known = {
        "base": q.base,
        "sources": q.sources,
        "ahead": f"[{listed}]::smallint[]",
        "before": f"dashboard_year < {q.year} and not list_contains([{listed}]::smallint[], dashboard_year)"
        if q.year
        else "true",
        "seen": f"dashboard_year < {q.year}" if q.year and q.asked else "true",
        "file": literal(q.file),
        "carry_over": "true" if q.carry_over else "false",
    }
    for name, query in INPUTS.items():
        connection.execute(
            f"create or replace {'view' if name in VIEWS else 'table'} {name} as {query.format(**known)}"
        )


def _add_what_was_met(connection: duckdb.DuckDBPyConnection, q: Question) -> None:
    """Evidence of the years before of every group that met the criteria then: the watch list names its indicators."""
    cells = ", ".join(name for name, *_ in connection.execute(f"describe {SCHEMA}.evidence_cells").fetchall())
    connection.execute(f"""
        insert into evidence_cells by name select {cells} from {q.base}.evidence
        semi join (from history where meets_criteria) using (cds, dashboard_year, student_group)
    """)
