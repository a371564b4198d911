"""What was validated once is not validated again: results are kept by the digest of the content and of the suites."""

import hashlib
import json
from dataclasses import asdict
from functools import cache
from importlib.metadata import version
from pathlib import Path

import duckdb

from expectations.results import GateResult
from expectations.targets import Target
from transforms.digests import rows_digest
from transforms.files import sha256_of, write_atomically
from transforms.settings import PROJECT

KEPT = 8  # results kept per table


@cache
def suites_digest() -> str:
    """Digest of what decides a result beside the content: the suites, the schema of the tables, and the versions that judge."""
    paths = sorted([*(PROJECT / "expectations").rglob("*.py"), *(PROJECT / "expectations").rglob("*.toml"), *(PROJECT / "transforms" / "sql").rglob("*.toml")])
    parts = [f"{p.relative_to(PROJECT).as_posix()} {sha256_of(p)}" for p in paths]
    return hashlib.sha256("\n".join([*parts, version("great-expectations"), version("duckdb")]).encode()).hexdigest()


def content_of(connection: duckdb.DuckDBPyConnection, target: Target) -> str:
    """Digest of the rows of a small target, in whatever order they stand."""
    rows = rows_digest(connection, target.relation, target.columns)
    return hashlib.sha256(f"{target.name} {rows} {suites_digest()}".encode()).hexdigest()


def recall(path: Path, key: str) -> list[GateResult] | None:
    """Results that were kept under ``key``; None if there are none, or they are of something else."""
    try:
        kept = json.loads(path.read_text("utf-8"))
        return [GateResult(**{**r, "rows": tuple(r["rows"]), "sources": tuple(r["sources"])}) for r in kept["results"]] if kept["key"] == key else None
    except (OSError, ValueError, KeyError, TypeError):  # absent, or written by another version
        return None


def remember(path: Path, key: str, results: list[GateResult]) -> None:
    """Keep results; not those of checks that could not run."""
    if any(r.outcome == "error" for r in results):
        return
    write_atomically(path, json.dumps({"key": key, "results": [asdict(r) for r in results]}).encode())


def prune(folder: Path, name: str) -> None:
    """Keep the newest results of one table."""
    for old in sorted(folder.glob(f"{name}-*.json"), key=lambda p: p.stat().st_mtime_ns, reverse=True)[KEPT:]:
        old.unlink(missing_ok=True)
