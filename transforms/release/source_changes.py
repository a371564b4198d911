"""Compare source files with those of the current release: rows added, removed and altered, file by file."""

from collections.abc import Sequence
from pathlib import Path

import duckdb

from transforms.database import first_column, parquet, quote
from transforms.errors import SourceError
from transforms.raw.stage import read_snapshot
from transforms.raw.table import CELL_LAYOUTS, Report
from transforms.release.current import source_hashes
from transforms.run import Run
from transforms.sources.store import Store

# The columns that identify a row of a file; rows with the same key are told apart by their order.
KEYS = {
    "dashboard": ("cds", "studentgroup"),
    "local_indicators": ("cds", "localindicator"),
    "directory": ("cds",),
    "interim_certifications": ("certification", "county", "lea"),
    **dict.fromkeys(CELL_LAYOUTS, ("cds",)),
}
EMPTY = """
    create or replace table source_changes (
        source_id varchar, kind varchar, cds varchar, row_key varchar, position integer, columns_changed varchar[],
        before varchar, after varchar, previous_sha256 varchar, sha256 varchar
    )
"""


def write_source_changes(run: Run, connection: duckdb.DuckDBPyConnection, release: Path | None) -> None:
    """Fill the tables source_changes, the rows that differ from ``release``, and compared_sources.

    A file that ``release`` did not have is not compared. The gates' comparison with the same release is kept.
    """
    if run.fact("compared_with", None) == [release and str(release)]:
        return
    connection.execute(EMPTY)
    connection.execute("create or replace table compared_sources (source_id varchar)")
    before = source_hashes(release)
    store = Store(run.settings.snapshots)
    for report in run.raw_reports():
        source_id = report["source_id"]
        earlier_hash = before.get(source_id)
        if earlier_hash is None or earlier_hash == report["sha256"]:
            continue
        earlier = store.snapshot(run.sources[source_id], earlier_hash)
        if earlier is None:  # the release was made on another machine, or the store was pruned
            continue
        try:
            old = read_snapshot(run, earlier)
        except SourceError:  # the contract has become stricter, and the old file no longer passes
            continue
        if report["layout"] in CELL_LAYOUTS:
            _compare_workbooks(connection, old, report)
        else:
            _compare(connection, old, report)
        connection.execute("insert into compared_sources values (?)", [source_id])
    run.save_fact("compared_with", [release and str(release)])


def _compare(connection: duckdb.DuckDBPyConnection, old: Report, new: Report) -> None:
    """Append the differences between two readings of one source.

    A key that is unique in both and has the same content is skipped.
    """
    key = KEYS[new["layout"]]
    old_file, new_file = parquet(old["parquet"]), parquet(new["parquet"])
    names = first_column(connection, f"select column_name from (describe select * from {new_file})")
    values = [n for n in names if n not in ("line", "heading", *key)]
    keys = ", ".join(quote(k) for k in key)
    once = f"select {keys}, count(*) as rows, any_value(hash({', '.join(map(quote, values))})) as content"
    rows = f"select * exclude (line), row_number() over (partition by {keys} order by line) as position"
    maybe = f"r semi join maybe_changed m on {_same(key, 'r', 'm')}"
    same_key = _same(key, "o", "n")
    cds = "coalesce(n.cds, o.cds)" if "cds" in names else "null"
    shown = {side: "{" + ", ".join(f"'{v}': {side}.{quote(v)}" for v in values) + "}" for side in "on"}
    differs = " or ".join(
        ["o.position is null", "n.position is null", *(f"o.{quote(v)} is distinct from n.{quote(v)}" for v in values)]
    )
    differing = "[" + ", ".join(f"if(o.{quote(v)} is distinct from n.{quote(v)}, '{v}', null)" for v in values) + "]"
    row_key = " || ' ' || ".join(f"coalesce(n.{quote(k)}, o.{quote(k)}, '')" for k in key)
    connection.execute(
        f"""
        insert into source_changes
        with maybe_changed as (
            select {", ".join(f"coalesce(n.{quote(k)}, o.{quote(k)}) as {quote(k)}" for k in key)}
            from ({once} from {old_file} group by {keys}) o
            full join ({once} from {new_file} group by {keys}) n on {same_key}
            where o.rows is distinct from 1 or n.rows is distinct from 1 or o.content is distinct from n.content
        ),
        o as ({rows} from {old_file} {maybe}), n as ({rows} from {new_file} {maybe}), both_sides as (
            select
                case
                    when o.position is null then 'added' when n.position is null then 'removed' else 'altered'
                end as kind,
                {cds} as cds, {row_key} as row_key, coalesce(n.position, o.position) as position,
                list_filter({differing}, lambda c: c is not null) as columns_changed,
                if(o.position is null, null, to_json({shown["o"]})) as before,
                if(n.position is null, null, to_json({shown["n"]})) as after
            from o full join n on {same_key} and o.position = n.position
            where {differs}
        )
        select ?, kind, cds, row_key, position, if(kind = 'altered', columns_changed, null), before, after, ?, ?
        from both_sides
        """,
        [new["source_id"], old["sha256"], new["sha256"]],
    )


def _same(key: Sequence[str], one: str, other: str) -> str:
    return " and ".join(f"{one}.{quote(k)} is not distinct from {other}.{quote(k)}" for k in key)


def _compare_workbooks(connection: duckdb.DuckDBPyConnection, old: Report, new: Report) -> None:
    """Append the differences between two readings that were kept cell by cell; a row of a sheet is a row here."""
    old_rows, new_rows = (
        f"""
        select cds, row_number() over (partition by cds order by line) as position, cells
        from (
            select cds, line, map_from_entries(list({{'field': field, 'value': value}} order by field)) as cells
            from {parquet(side["parquet"])} group by cds, line
        )
        """
        for side in (old, new)
    )
    connection.execute(
        f"""
        insert into source_changes
        with o as ({old_rows}), n as ({new_rows}), both_sides as (
            select
                case
                    when o.position is null then 'added' when n.position is null then 'removed' else 'altered'
                end as kind,
                coalesce(n.cds, o.cds) as cds, coalesce(n.position, o.position) as position,
                o.cells as before, n.cells as after,
                list_filter(
                    list_sort(list_distinct(map_keys(coalesce(o.cells, map([]::varchar[], []::varchar[])))
                        || map_keys(coalesce(n.cells, map([]::varchar[], []::varchar[]))))),
                    lambda f: o.cells[f] is distinct from n.cells[f]
                ) as columns_changed
            from o full join n on o.cds is not distinct from n.cds and o.position = n.position
        )
        select ?, kind, cds, coalesce(cds, ''), position, if(kind = 'altered', columns_changed, null),
            to_json(before), to_json(after), ?, ?
        from both_sides where kind <> 'altered' or len(columns_changed) > 0
        """,
        [new["source_id"], old["sha256"], new["sha256"]],
    )
