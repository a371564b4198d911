"""Stages 3 to 5: typed tables, criteria, determinations. The tables that each SQL model reads determine the order."""

from concurrent.futures import ThreadPoolExecutor

import duckdb

from transforms.dashboard.admission import WORKBOOK_MODELS, admit_dashboards, admit_workbooks
from transforms.dashboard.parts import load_dashboards
from transforms.database import first_column, prepared, quote
from transforms.errors import ConfigError
from transforms.estimate.ahead import watch
from transforms.inputs import load_inputs
from transforms.registers.tables import put_registers
from transforms.release.previous import load_evidence_before
from transforms.run import Run, StepResult
from transforms.schema import published_tables
from transforms.sql import after_registers, build_table, order_of
from transforms.wording.say import write_reasons, write_watch_list_sentences

WATCH_FACTS = "watch_facts"


def build_checked(connection: duckdb.DuckDBPyConnection, stage: str, table: str) -> int:
    """Build one table and return its number of rows.

    Raises ConfigError if the SQL has a column that the table's schema lacks, because the column would not be published.
    """
    rows = build_table(connection, stage, table)
    if published := published_tables().get(table):
        made = first_column(connection, f"select column_name from (describe {quote(table)})")
        if extra := [name for name in made if name not in published.columns]:
            raise ConfigError(
                f"sql/{stage}/{table}.toml: the columns {', '.join(extra)} of {table}.sql are missing; add them."
            )
    return rows


def build_core(run: Run) -> StepResult:
    """Build typed, keyed tables from the raw files.

    Rows that break the contract go to ``rejects``. A file with too many such rows is not used.
    """
    admit_dashboards(run)
    with run.connect() as connection:
        load_inputs(run, connection)
        admit_workbooks(run, connection)
        results = load_dashboards(run, connection)
        later, order = after_registers("core"), [t for t in order_of("core") if t not in WORKBOOK_MODELS]
        rows = {table: build_checked(connection, "core", table) for table in order if table not in later}
        put_registers(run, connection)  # compared with the names in the files
        rows |= {table: build_checked(connection, "core", table) for table in order if table in later}
    rows_in = sum(r["rows_in"] for r in run.raw_reports())
    kept = f"{results:,} indicator results of {rows['leas']:,} LEAs, {rows['rejects']:,} rejects"
    return StepResult(rows_in, results, kept)


def build_criteria(run: Run) -> StepResult:
    """Build what each student group showed in each Dashboard year, by clause, criterion and priority."""
    with run.connect() as connection:
        load_evidence_before(run, connection)
        rows = {table: build_checked(connection, "criteria", table) for table in order_of("criteria")}
    return StepResult(
        rows["evidence"],
        rows["student_group_history"],
        f"{rows['student_group_history']:,} group years from {rows['evidence']:,} indicator cells",
    )


def build_determinations(run: Run) -> StepResult:
    """Build a verdict per LEA, determination year and pathway, with its reason in words, and the tables for readers."""
    with run.connect() as connection:
        with prepared(connection.cursor()) as own, ThreadPoolExecutor(max_workers=1) as pool:
            watch_list = pool.submit(_build_watch_list, run, own)
            rows = {table: build_checked(connection, "determinations", table) for table in order_of("determinations")}
            for table in order_of("facts"):
                if table != WATCH_FACTS:
                    build_checked(connection, "facts", table)
            write_reasons(connection)
            watch_list.result()
        for table in order_of("marts"):
            build_checked(connection, "marts", table)
    return StepResult(rows["lea_index"], rows["verdicts"], f"{rows['verdicts']:,} verdicts")


def _build_watch_list(run: Run, connection: duckdb.DuckDBPyConnection) -> None:
    """Build the watch list, which needs only what the criteria found, in parallel with the determinations."""
    watch(connection, run.rules, run.settings.reference)
    build_checked(connection, "facts", WATCH_FACTS)
    write_watch_list_sentences(connection)
