"""Publish a release: build it in a separate folder, check it, then change the pointer.

A reader sees either the old release or the new one, never a mix.
"""

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

import duckdb

from transforms import clock
from transforms.dashboard.parts import PARTED
from transforms.database import pairs, records
from transforms.errors import AfterPublishingError, storage_error
from transforms.files import close_folder, exchange, files_below, sha256_of, sync_folder
from transforms.interrupt import shielded
from transforms.locks import publisher_lock
from transforms.release.csv_for_people import write_csv
from transforms.release.current import MANIFEST, current_release, read_manifest, releases
from transforms.release.database import check_database, parts_of, write_other_tables, write_rows
from transforms.release.digests import content_digest, dated_facts, part_digests
from transforms.release.meta import write_meta
from transforms.release.parquet import write_parquet, write_parted
from transforms.release.pointer import activate, current_hold, prune, remove_leftovers
from transforms.release.previous import has_stale_unused_files, record_same_result, sound_release
from transforms.release.verify import damage_of, seal_of
from transforms.run import Notify, Run, StepResult
from transforms.schema import published_tables
from transforms.sources.unused import unused_files
from transforms.wording.sentences import plural

SOURCE = "source_id, file, sha256, size, rows_in, rows_kept, first_seen"  # what a manifest records about a file
# Writes more files, such as the site, into a release being built, using only its published files.
# Also receives the current release, if it is complete.
Extra = Callable[[Path, Notify, Path | None], None]


def release_digest(content: str, unused: Collection[str]) -> str:
    """Return the digest that names a release: of its content, and of the files that it reports as not used."""
    return sha256("\n".join([content, *sorted(unused)]).encode()).hexdigest() if unused else content


def publish(run: Run, extras: Sequence[Extra] = ()) -> StepResult:
    """Publish the run's tables and the files that ``extras`` make from them.

    Nothing is published if the current release already has the same content.
    """
    out = run.settings.out
    (out / "releases").mkdir(parents=True, exist_ok=True)
    with publisher_lock(out), run.connect() as connection:
        hold = current_hold(out)
        if hold is not None:
            return StepResult(0, 0, str(hold), finished=True)
        digest = content_digest(connection)
        release = sound_release(out)
        unused = {u.file for u in unused_files(run)}
        same = release is not None and read_manifest(release)["content_digest"] == digest
        if release is not None and same and not has_stale_unused_files(run):
            record_same_result(
                out, release, str(run.fact("inputs_digest")), run.settings.as_of, dated_facts(connection)
            )
            rows = _rows(release)
            return StepResult(rows, 0, f"Same content as release {release.name}: nothing published.", finished=True)
        release_id = f"{run.settings.as_of}-{release_digest(digest, unused)[:8]}"
        target = out / "releases" / release_id
        if not target.exists() or damage_of(target):
            _build_release(run, connection, target, digest, release, extras)
        pruned = _make_current(target, run)
    removed = f" {plural(len(pruned), 'old release').capitalize()} removed." if pruned else ""
    return StepResult(_rows(target), _rows(target), f"Release {release_id} published.{removed}")


def _make_current(target: Path, run: Run) -> list[str]:
    """Make the release current, then remove old ones; return their ids.

    Raises AfterPublishingError if the release is current but a later step failed.
    """
    out = run.settings.out
    try:
        with shielded():
            activate(target, out)
        return prune(out, run.settings.keep_releases)
    except Exception as error:
        if current_release(out) == target.resolve():
            raise AfterPublishingError(target.name, storage_error(error) or error) from error
        raise


def _rows(release: Path) -> int:
    return sum(int(t["rows"]) for t in read_manifest(release)["tables"])


def _build_release(
    run: Run,
    connection: duckdb.DuckDBPyConnection,
    target: Path,
    digest: str,
    previous: Path | None,
    extras: Sequence[Extra],
) -> None:
    """Write all files of a release next to its final place, check them, and rename the folder.

    ``previous``: the current release, if it is complete.
    """
    remove_leftovers(run.settings.out)  # left by a publisher that died, or damaged and replaced; we own the lock
    building = Path(tempfile.mkdtemp(prefix=".building-", dir=target.parent))
    try:
        write_meta(run, connection, target.name, digest, previous)
        tables, database = _write_tables(run, connection, building, target.name, previous)
        _write_dictionary(connection, building / "dictionary.csv")
        for write_extra in extras:
            write_extra(building, run.notify, previous)
        _write_manifest(run, connection, building, tables, database, target.name, digest)
        close_folder(building)
        _move_into_place(building, target)
    except BaseException:
        shutil.rmtree(building, ignore_errors=True)
        raise


def _write_tables(
    run: Run, connection: duckdb.DuckDBPyConnection, folder: Path, release_id: str, previous: Path | None
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Write all tables as Parquet and in one DuckDB file; return the manifest entries of both.

    The many rows are written to both at the same time. Each other table is written to the DuckDB file while the next
    one is written as Parquet.
    """
    tables = published_tables()
    parts, rows = parts_of(connection), pairs(connection, "select table_name, row_count from meta_tables")
    paths = [Path(p.path) for p in parts.values()]
    with ThreadPoolExecutor(max_workers=2) as pool, ThreadPoolExecutor(max_workers=1) as others:
        in_database = pool.submit(write_rows, run, parts, folder, release_id, previous)
        in_parquet = {PARTED: pool.submit(write_parted, tables[PARTED], paths, folder, release_id)}
        for name, table in tables.items():
            if name != PARTED:
                in_parquet[name] = others.submit(write_parquet, connection, table, folder, release_id)
        database = in_database.result()
        write_other_tables(run, folder, rows, lambda table: in_parquet[table].result())
        listed = [in_parquet[name].result() for name in tables]
    check_database(folder, listed)
    return listed, database


def _move_into_place(building: Path, target: Path) -> None:
    """Rename the folder to its final name.

    A damaged release of the same name is swapped in one step if the system supports it, so that ``current`` always
    leads somewhere.
    """
    if target.exists():
        damaged = target.with_name(f".damaged-{target.name}")
        if exchange(building, target):
            os.rename(building, damaged)
        else:
            os.rename(target, damaged)
            os.rename(building, target)
    else:
        os.rename(building, target)
    sync_folder(target.parent)


def _write_dictionary(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    table = connection.sql(
        "select table_name, column_name, position, type, description, cde_field, array_to_string(allowed_values, ' | ')"
        " as allowed_values, nullable from meta_columns order by table_name, position"
    ).to_arrow_table()
    write_csv(table, path)


def _write_manifest(
    run: Run,
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    tables: list[dict[str, Any]],
    database: dict[str, Any],
    release_id: str,
    digest: str,
) -> None:
    """Write the manifest last, so that a folder with a manifest is complete."""
    with ThreadPoolExecutor(max_workers=2) as pool:
        paths = files_below(folder)
        files = [
            {"file": p.relative_to(folder).as_posix(), "size": p.stat().st_size, "sha256": sha256}
            for p, sha256 in zip(paths, pool.map(sha256_of, paths), strict=True)
        ]
    manifest = {
        "release_id": release_id,
        "sequence": 1 + max((int(read_manifest(r).get("sequence", 0)) for r in releases(run.settings.out)), default=0),
        "as_of": run.settings.as_of.isoformat(),
        "published_at": clock.stamp(),
        "content_digest": digest,
        "inputs_digest": run.fact("inputs_digest"),
        "digests": part_digests(run),
        "version": version("dta-eligibility"),
        "source": run.settings.source if run.settings.source in ("sample", "catalog") else "folder",
        "warnings": run.fact("warnings"),
        "dated_facts": dated_facts(connection),
        "sources": records(connection, f"select {SOURCE} from source_files order by 1"),
        "tables": tables,
        "database": database,
        "files": files,
    }
    written = json.loads(json.dumps(manifest, default=str))
    (folder / MANIFEST).write_text(json.dumps({**written, "seal": seal_of(written)}, indent=1), "utf-8")
