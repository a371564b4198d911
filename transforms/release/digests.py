"""Compute two digests: one of all inputs, to skip a night that changes nothing, and one of all outputs, to name a
release.
"""

import hashlib
import platform
from collections.abc import Sequence
from datetime import date
from functools import cache
from importlib.metadata import version
from pathlib import Path

import duckdb

from transforms.dashboard.parts import PARTED, parts_digest
from transforms.database import fetch_one, first_column, quote, row_hashes
from transforms.files import sha256_of
from transforms.run import Run
from transforms.schema import Table, published_tables
from transforms.settings import PROJECT

CODE = ("transforms", "expectations", "reports")
CODE_SUFFIXES = {".py", ".sql", ".toml", ".csv", ".html", ".js", ".css", ".json"}
WORDS = ("wording/labels.py", "wording/sentences/*.py")  # texts of transforms that only reports show


def inputs_digest(run: Run) -> str:
    """Return the digest of source files, rules, catalog, lists, registers and code; the same on every machine."""
    parts = [f"{s.source_id} {s.file} {s.sha256}" for s in sorted(run.snapshots(), key=lambda s: s.source_id)]
    parts += _kept(run.settings.reference) + _reading(run.settings.reference)
    for package in CODE:
        parts += code_files(package)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def part_digests(run: Run) -> dict[str, str]:
    """Return digests of everything except source files that a verdict depends on.

    These are the files of rules, reference lists and registers, and the code that reads and decides.
    """
    reference = run.settings.reference
    found = dict(part.split(" ") for part in _kept(reference))
    code = [*code_files("transforms"), *_reading(reference), version("duckdb"), version("pyarrow")]
    return {**found, "code": hashlib.sha256("\n".join(code).encode()).hexdigest()}


def code_digest() -> str:
    """Return the digest of the code that decides and that makes pages, of Python, and of the libraries of both."""
    libraries = [platform.python_version(), *(version(name) for name in ("duckdb", "jinja2", "markupsafe"))]
    code = [part for package in ("transforms", "reports") for part in code_files(package)]
    return hashlib.sha256("\n".join([*code, *libraries]).encode()).hexdigest()


@cache
def code_files(package: str) -> list[str]:
    """Return the files of a package, each with its hash, as they were when this process first asked.

    If the code is replaced during a run, the process still has the old code in memory. Its pages and release must not
    pass for results of the new code.
    """
    return _tree(PROJECT / package, PROJECT)


def _kept(reference: Path) -> list[str]:
    """Return rules, reference lists and registers, each file with its hash."""
    return [part for name in ("rules", "reference", "registers") for part in _tree(reference / name, reference)]


def _reading(reference: Path) -> list[str]:
    """Return the files that define how sources are read, each with its hash."""
    return [f"{name} {sha256_of(reference / name)}" for name in ("catalog.toml", "layouts.toml")]


def _tree(folder: Path, base: Path) -> list[str]:
    paths = (p for p in folder.rglob("*") if p.suffix in CODE_SUFFIXES and p.is_file())
    return [f"{p.relative_to(base).as_posix()} {sha256_of(p)}" for p in sorted(paths)]


def content_digest(connection: duckdb.DuckDBPyConnection) -> str:
    """Return the digest of the rows and columns of all published tables, their source files and the parts of the
    reports.

    Row order, volatile columns and the bytes of Parquet files do not matter.
    """
    schema = [t.model_dump_json() for t in published_tables().values()]
    digests = {
        t.name: parts_digest(connection) if t.name == PARTED else table_digest(connection, t)
        for t in published_tables().values()
        if not t.is_meta
    }
    parts = [f"{name} {digest}" for name, digest in digests.items()]
    files = connection.execute("select source_id, sha256 from source_files order by all").fetchall()
    return hashlib.sha256(
        "\n".join([*schema, *parts, *(f"{s} {h}" for s, h in files), *report_parts()]).encode()
    ).hexdigest()


def report_parts() -> list[str]:
    """Return the files that make the pages of a release, with hashes: code, templates, assets and wording."""
    words = [p for w in WORDS for p in sorted((PROJECT / "transforms").glob(w))]
    # The server makes no pages of a release.
    pages = [part for part in code_files("reports") if not part.startswith("reports/serve/")]
    return pages + [f"{p.relative_to(PROJECT).as_posix()} {sha256_of(p)}" for p in words]


def table_digest(connection: duckdb.DuckDBPyConnection, table: Table) -> str:
    """Return the digest of one table, without volatile columns."""
    return rows_digest(connection, quote(table.name), table.content_columns)


def rows_digest(connection: duckdb.DuckDBPyConnection, relation: str, columns: Sequence[str]) -> str:
    """Return the digest of rows in any order."""
    row = fetch_one(connection, f"select {row_hashes(columns)} from {relation}")
    return hashlib.sha256(f"{','.join(columns)} {row}".encode()).hexdigest()


def dated_facts(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Return the days on which a verdict, or a text about it, can change without any new input, as ISO texts."""
    return first_column(
        connection,
        """
        select distinct day::date::varchar from (
            select unnest([earliest, latest]) as day from loan_events_dated
            union all
            select unnest([
                known_from, received_date, determination_date, concurrence_date, agreement_date, decision_date,
                engagement_start, end_date
            ]) from pathway_register
            union all
            select in_force_from from rule_determinations
            union all
            select determination_date from reg_necessity_determinations
            union all
            select try_cast(value as date) from register_rejects
            union all
            select since from register_doubts
            union all
            select expires_on + 1 from accepted_differences
            union all
            select latest_source_date + to_years(n::integer) from reg_state_loans cross join range(1, 40) as years(n)
        ) where day is not null order by 1
        """,
    )


def crosses_dated_fact(facts: list[str], one: date, other: date) -> bool:
    """Return True if a dated fact lies between two days, so that a verdict may differ between them."""
    first, last = sorted((one, other))
    return any(first < date.fromisoformat(day) <= last for day in facts)
