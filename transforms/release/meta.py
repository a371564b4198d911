"""Write the tables about the release itself: the catalog, its inputs and changes, its tables and columns."""

from importlib.metadata import version
from pathlib import Path

import duckdb
import pyarrow as pa

from transforms import clock
from transforms.build import build_checked
from transforms.database import fetch_one, first_column, quote
from transforms.inputs import load_unused
from transforms.release.attribution import load_changed_inputs
from transforms.release.previous import load_previous
from transforms.release.source_changes import write_source_changes
from transforms.run import Run
from transforms.schema import Column, Table, published_tables
from transforms.sql import order_of
from transforms.tables import put
from transforms.wording.labels import DESIGNATION
from transforms.wording.scope import not_loaded, scope_line

LISTED = {  # columns of the catalog
    "title", "url", "landing_page", "dashboard_year", "layout", "indicator", "changes_expected", "may_be_missing",
    "due",
}  # fmt: skip


def write_meta(
    run: Run, connection: duckdb.DuckDBPyConnection, release_id: str, digest: str, previous: Path | None
) -> None:
    """Write the tables about the release. The gates have already written ``meta_gate_results``."""
    listed = [{"source_id": s.id, **s.model_dump(include=LISTED)} for s in run.catalog.source]
    put(connection, "catalog", pa.Table.from_pylist(listed))
    release = {
        "release_id": [release_id],
        "as_of": [run.settings.as_of],
        "published_at": [clock.now()],
        "content_digest": [digest],
        "inputs_digest": [str(run.fact("inputs_digest"))],
        "version": [version("dta-eligibility")],
        "scope": [scope_line(connection)],
        "disclaimer": [DESIGNATION],
        "not_loaded": pa.array([not_loaded(connection, run.settings.as_of)], pa.list_(pa.string())),
    }
    put(connection, "meta_release", pa.table(release))
    load_unused(run, connection)
    write_source_changes(run, connection, previous)
    load_previous(connection, previous)
    load_changed_inputs(run, connection, previous)
    for name in order_of("meta"):
        build_checked(connection, "meta", name)
    _describe_tables(connection)


def write_candidate_meta(run: Run, connection: duckdb.DuckDBPyConnection, previous: Path | None) -> None:
    """Write the tables about the release as they would be published, so that the gates can check them.

    ``publish`` writes them again with the digest of the content. ``previous``: the current release, if it is complete.
    """
    write_meta(run, connection, f"{run.settings.as_of}-candidate", "candidate", previous)


def _describe_tables(connection: duckdb.DuckDBPyConnection) -> None:
    tables = published_tables().values()
    columns = [
        {
            "table_name": t.name,
            "column_name": n,
            "position": i,
            "type": c.type,
            "description": c.description,
            "cde_field": c.cde_field or None,
            "allowed_values": _allowed_values(connection, n, c),
            "nullable": n not in t.never_null,
        }
        for t in tables
        for i, (n, c) in enumerate(t.columns.items(), 1)
    ]
    put(connection, "meta_columns", pa.Table.from_pylist(columns))
    counts = [
        {
            "table_name": t.name,
            "description": t.description,
            "grain": t.grain,
            "key": list(t.key),
            "row_count": _count(connection, t, len(list(tables))),
        }
        for t in tables
    ]
    put(connection, "meta_tables", pa.Table.from_pylist(counts))


def _allowed_values(connection: duckdb.DuckDBPyConnection, name: str, column: Column) -> list[str] | None:
    """Return the values of a column that has few: those that the schema lists, or those of the table that it names."""
    if column.values_from:
        return first_column(connection, f"select {quote(name)} from {quote(column.values_from)} order by all")
    return list(column.values) or None


def _count(connection: duckdb.DuckDBPyConnection, table: Table, tables: int) -> int:
    if table.name == "meta_tables":  # it has one row per table, including itself
        return tables
    return int(fetch_one(connection, f"select count(*) from {quote(table.name)}")[0])
