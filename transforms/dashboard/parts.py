"""Parts of indicator_results: one Parquet file per source file. It is kept as long as the file and its typing stay the
same.
"""

import hashlib
import json
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import asdict
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from transforms.dashboard.redundancy import Redundancy, load_redundancy
from transforms.dashboard.rows import Fault, entities, in_order, judge, read_columns, typed
from transforms.database import parquet, quote
from transforms.files import sha256_of
from transforms.interrupt import stop_if_signaled
from transforms.raw.table import Report, cached_report, write_parquet, write_record
from transforms.rules.reference import Reference
from transforms.run import Run
from transforms.schema import published_tables
from transforms.tables import as_table, encodings, put, texts

PARTED = "indicator_results"
PARTS = "indicator_result_parts"  # in the run's database: source_id, dashboard_year, indicator, path, sha256, rows
# Raise this when the typing of rows changes, so that parts are rebuilt.
TYPING_VERSION = "7"
ROW_GROUP = 122_880
# Columns that readers filter by: minimum and maximum are stored for each row group.
INDEXED = ("cds", "dashboard_year", "indicator", "student_group", "record_type", "source_id", "color", "status_level")
FAULT_SCHEMA = pa.schema(
    {"line": pa.int64(), **texts("column", "value", "reason", "cds", "record_type", "student_group")}
)
ENTITY_SCHEMA = pa.schema(
    texts("cds", "record_type", "charter_flag", "school_name", "district_name", "source_id")
    | {"dashboard_year": pa.int16()}
)
FILES = ("path", "faults", "entities")


def load_dashboards(run: Run, connection: duckdb.DuckDBPyConnection) -> int:
    """Type every Dashboard file that was not typed before, and return the number of rows.

    Creates the view indicator_results, the tables dashboard_faults, dashboard_entities and unknown_groups, and the list
    of parts.
    """
    groups = group_codes(run.settings.reference)
    reports = sorted(
        (r for r in run.raw_reports() if r["layout"] == "dashboard"),
        key=lambda r: (r["dashboard_year"], r["indicator"]),
    )
    with ThreadPoolExecutor(max_workers=2) as pool:
        parts = list(pool.map(lambda report: part_of(run, report, groups), reports))
    schema = pa.schema(
        {
            "source_id": pa.string(),
            "dashboard_year": pa.int16(),
            **texts("indicator", *FILES, "sha256"),
            "rows": pa.int64(),
        }
    )
    put(
        connection,
        PARTS,
        pa.Table.from_pylist(
            [{**{n: p[n] for n in schema.names if n in p}, "sha256": p["written"]["path"]} for p in parts], schema
        ),
    )
    _view(connection, PARTED, [p["path"] for p in parts], published_tables()[PARTED].arrow_schema())
    _view(connection, "dashboard_entities", [p["entities"] for p in parts], ENTITY_SCHEMA)
    _view(
        connection,
        "dashboard_faults",
        [p["faults"] for p in parts],
        FAULT_SCHEMA.append(pa.field("source_id", pa.string())),
    )
    unknown = [
        {"source_id": p["source_id"], "student_group": g, "row_count": n}
        for p in parts
        for g, n in p["unknown_groups"].items()
    ]
    columns = texts("source_id", "student_group") | {"row_count": pa.int64()}
    put(connection, "unknown_groups", as_table(unknown, **columns))
    return sum(p["rows"] for p in parts)


def group_codes(reference: Path) -> dict[str, str]:
    """Return every known student group code, including aliases -> our code."""
    rows = Reference(reference).tables()["student_groups"].to_pylist()
    own = {row["student_group"]: row["student_group"] for row in rows}
    return own | {row["also_called"]: row["student_group"] for row in rows if row["also_called"]}


def part_of(run: Run, report: Report, groups: Mapping[str, str], table: pa.Table | None = None) -> dict[str, Any]:
    """Return one file's part, and build it if needed. ``table``: its rows as text, if they are in memory."""
    schema = published_tables()[PARTED].arrow_schema()
    redundancy = load_redundancy(run.settings.reference)
    facts = [
        TYPING_VERSION,
        redundancy.digest,
        report["parquet"].rsplit("/", 1)[-1],
        report["written"],
        report["dashboard_year"],
        report["indicator"],
        sorted(groups.items()),
    ]
    key = hashlib.sha256(json.dumps([facts, str(schema)]).encode()).hexdigest()[:24]
    stem = run.settings.build / "core" / f"v{TYPING_VERSION}" / report["source_id"] / key
    record_path = stem.with_suffix(".json")
    record = cached_report(record_path)
    stop_if_signaled()
    if record is None:
        record = _make(_staged(report) if table is None else table, report, groups, redundancy, schema, stem)
        write_record(record_path, record)
    return record


def _staged(report: Report) -> pa.Table:
    """Return the rows as coded text, as the raw stage left them."""
    names = [f.name for f in pq.read_schema(report["parquet"]) if pa.types.is_string(f.type)]
    return pq.read_table(report["parquet"], read_dictionary=names, use_threads=False, partitioning=None)


def _make(
    table: pa.Table, report: Report, groups: Mapping[str, str], redundancy: Redundancy, schema: pa.Schema, stem: Path
) -> dict[str, Any]:
    lines = table.column("line").to_numpy()
    columns = read_columns(table, report, groups)
    judged = judge(columns, lines, report, groups, redundancy)
    rows, faults = in_order(columns, judged.bad), judged.faults
    if len(rows) + len({f.line for f in faults}) != len(lines):
        raise RuntimeError(
            f"{report['file']}: {len(lines)} rows were read, {len(rows)} typed and {len({f.line for f in faults})}"
            " rejected"
        )
    paths = {
        "path": stem.with_suffix(".parquet"),
        "faults": stem.with_suffix(".faults.parquet"),
        "entities": stem.with_suffix(".entities.parquet"),
    }
    _write(typed(columns, lines, rows, report, schema), paths["path"])
    _write(_fault_table(faults, report), paths["faults"])
    _write(entities(columns, rows, report), paths["entities"])
    files = {name: str(path) for name, path in paths.items()}
    place = {n: report[n] for n in ("source_id", "dashboard_year", "indicator")}
    found = {"rows": len(rows), "counts": judged.counts, "unknown_groups": judged.unknown_groups}
    return {**place, **found, **files, "written": {name: sha256_of(path) for name, path in paths.items()}}


def _fault_table(faults: list[Fault], report: Report) -> pa.Table:
    table = pa.Table.from_pylist([asdict(f) for f in faults], FAULT_SCHEMA)
    return table.append_column("source_id", pa.array([report["source_id"]] * len(table), pa.string()))


def _write(table: pa.Table, target: Path) -> None:
    sought = [n for n in INDEXED if n in table.column_names]
    write_parquet(table, target, row_group_size=ROW_GROUP, write_statistics=sought)


def _view(connection: duckdb.DuckDBPyConnection, name: str, paths: list[str], schema: pa.Schema) -> None:
    """Create a view over all parts; it is empty if there are none."""
    source = parquet(paths)
    if not paths:
        put(connection, f"no_{name}", schema.empty_table())
        source = quote(f"no_{name}")
    connection.execute(f"create or replace view {quote(name)} as select * from {source}")


def write_parts(parts: Sequence[Path], target: Path, schema: pa.Schema, release_id: str) -> int:
    """Write all parts into one Parquet file, in the given order, and return its number of rows.

    Rows are read while others are written. Texts stay coded on the way; readers of the file see the plain text of
    ``schema``.
    """
    coded = pa.schema(
        [f.with_type(pa.dictionary(pa.int32(), pa.string())) if pa.types.is_string(f.type) else f for f in schema]
    )
    sought = [*INDEXED, "release_id"]
    writer = pq.ParquetWriter(
        target, coded, compression="zstd", store_schema=False, write_statistics=sought, **encodings(coded)
    )
    rows = 0
    with writer:
        for table in _row_groups(parts):
            release = pa.DictionaryArray.from_arrays(np.zeros(len(table), np.int32), pa.array([release_id]))
            writer.write_table(pa.table([*table.columns, release], schema=coded))
            rows += len(table)
        writer.add_key_value_metadata(_stored(schema))
    return rows


def _row_groups(paths: Iterable[Path]) -> Iterator[pa.Table]:
    """Yield the row groups in order; the next one is read in the meantime."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        reading = None
        for path in paths:
            stop_if_signaled()
            with pq.ParquetFile(path) as part:
                for number in range(part.num_row_groups):
                    following = pool.submit(part.read_row_group, number)
                    if reading is not None:
                        yield reading.result()
                    reading = following
                if reading is not None:
                    wait([reading])  # before the file is closed
        if reading is not None:
            yield reading.result()


def _stored(schema: pa.Schema) -> dict[str, str]:
    """Return the schema as Arrow stores it in a Parquet file: readers see plain text and column descriptions."""
    plain = {k.decode(): v.decode() for k, v in (schema.metadata or {}).items()}
    return {**plain, "ARROW:schema": b64encode(schema.serialize().to_pybytes()).decode()}


def parts_digest(connection: duckdb.DuckDBPyConnection) -> str:
    """Return a digest of the table's content.

    It covers the bytes of the parts, each of which is rebuilt only if its rows may differ.
    """
    parts = connection.execute(f"select source_id, sha256 from {PARTS} order by all").fetchall()
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
