"""The release folder is complete, typed and commented, and is replaced only if something changed."""

import csv
import hashlib
import json
import os
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from flows.runner import execute
from flows.steps import STEPS, Step
from tests.workplace import AS_OF, Workplace, reissue
from transforms.errors import ReleaseError
from transforms.files import files_below
from transforms.locks import publisher_lock
from transforms.release.previous import is_unchanged, record_same_result
from transforms.run import TABLES, Run, StepResult
from transforms.schema import ARROW, published_tables


def test_database_and_parquet_have_the_same_rows_of_every_table(release: Path, db: duckdb.DuckDBPyConnection) -> None:
    tables = {t for (t,) in db.execute("select table_name from duckdb_tables()").fetchall()}
    assert tables == set(published_tables()) == {p.stem for p in release.glob("*.parquet")}
    for table in tables:
        same = (
            f"(select count(*) from (from {table} except all from read_parquet($p))) + (select count(*) from (from"
            f" read_parquet($p) except all from {table}))"
        )
        assert db.execute(f"select {same}", {"p": str(release / f"{table}.parquet")}).fetchall() == [(0,)], table


def test_every_table_and_column_has_a_comment(db: duckdb.DuckDBPyConnection) -> None:
    assert (
        db.execute(
            "select table_name from duckdb_tables() where comment is null and database_name = current_database()"
        ).fetchall()
        == []
    )
    assert (
        db.execute(
            "select table_name, column_name from duckdb_columns() where comment is null and database_name ="
            " current_database()"
        ).fetchall()
        == []
    )


def test_parquet_types_are_those_of_the_schema(release: Path) -> None:
    for name, table in published_tables().items():
        schema = pq.read_schema(release / f"{name}.parquet")
        for column, spec in table.columns.items():
            assert schema.field(column).type == ARROW[spec.type], f"{name}.{column}"
            assert schema.field(column).nullable == (column not in table.never_null)
        assert schema.metadata[b"release_id"].decode() == release.name


def test_line_numbers_are_delta_encoded(release: Path) -> None:
    """Dictionary encoding would make them a third of the largest file."""
    for name in ("indicator_results", "evidence", "assistance_letters"):
        group = pq.read_metadata(release / f"{name}.parquet").row_group(0)
        columns = {group.column(n).path_in_schema: group.column(n).encodings for n in range(group.num_columns)}
        assert "DELTA_BINARY_PACKED" in columns["source_line"]
        assert "RLE_DICTIONARY" in columns["source_id"]


def test_keys_are_unique_in_every_table(db: duckdb.DuckDBPyConnection) -> None:
    for name, table in published_tables().items():
        key = ", ".join(table.key)
        assert (
            db.execute(f"select {key}, count(*) from {name} group by all having count(*) > 1 limit 1").fetchall() == []
        ), name


def test_every_row_names_its_release(db: duckdb.DuckDBPyConnection, release: Path) -> None:
    for name in published_tables():
        assert db.execute(
            f"select count(*) from {name} where release_id is distinct from ?", [release.name]
        ).fetchall() == [(0,)], name


def test_the_manifest_lists_every_file_with_its_hash(release: Path) -> None:
    manifest = json.loads((release / "manifest.json").read_text())
    listed = {f["file"]: f["sha256"] for f in manifest["files"]}
    files = {p.relative_to(release).as_posix(): p for p in release.rglob("*") if p.is_file()}
    assert listed == {
        name: hashlib.sha256(p.read_bytes()).hexdigest() for name, p in files.items() if name != "manifest.json"
    }
    assert {s["source_id"] for s in manifest["sources"]} >= {"dashboard-ela-2024", "assistance-2017"}
    assert str(Path.home()) not in (release / "manifest.json").read_text()


def test_the_dictionary_has_every_column(release: Path) -> None:
    with (release / "dictionary.csv").open(encoding="utf-8-sig") as stream:
        rows = list(csv.DictReader(stream))
    assert {(r["table_name"], r["column_name"]) for r in rows} == {
        (t, c) for t, table in published_tables().items() for c in table.columns
    }
    assert all(r["description"] for r in rows)
    assert next(r for r in rows if r["column_name"] == "current_denominator")["cde_field"] == "currdenom"


def test_the_database_opens_in_older_duckdb(release: Path) -> None:
    # bytes 8 to 12 are "DUCK", then the storage version: DuckDB 1.2 and later can read 64
    head = (release / "dta.duckdb").read_bytes()[:20]
    assert head[8:12] == b"DUCK"
    assert int.from_bytes(head[12:20], "little") <= 68


def test_a_second_run_finds_nothing_changed_and_publishes_nothing(
    cached_runs_without_gates: None, released: Workplace
) -> None:
    before = {p: p.stat().st_mtime_ns for p in (released.out / "current").resolve().iterdir()}
    second = released.publish()
    assert second.outcome == "unchanged"
    assert "Nothing changed" in second.message
    assert {p: p.stat().st_mtime_ns for p in (released.out / "current").resolve().iterdir()} == before
    assert len(list((released.out / "releases").iterdir())) == 1


def test_another_day_publishes_only_after_a_dated_fact(released: Workplace) -> None:
    assert released.publish(as_of=AS_OF + timedelta(days=4)).outcome == "unchanged"
    begun: list[str] = []

    def perform(step: Step, run: Run) -> StepResult:
        begun.append(step.name)
        if step.name == "raw":
            raise ReleaseError("far enough")
        return step.function(run)

    with pytest.raises(ReleaseError, match="far enough"):  # before the loan of Plumas and the release of Oakland
        execute(released.settings(as_of=date(2025, 6, 1)), perform)
    assert begun == ["snapshot", "compare", "raw"]


@pytest.mark.slow
def test_row_order_and_column_order_do_not_matter(workplace: Workplace, db: duckdb.DuckDBPyConnection) -> None:
    path = workplace.source / "chronicdownload2023.txt"
    header, *lines = path.read_text().rstrip("\n").split("\n")
    mirrored = ["\t".join(reversed(line.rstrip("\r").split("\t"))) for line in [header.upper(), *reversed(lines)]]
    path.write_text("\n".join(mirrored) + "\n")
    with workplace.decide() as other:
        query = "select cds, determination_year, pathway, status, reason from eligibility order by all"
        assert other.execute(query).fetchall() == db.execute(query).fetchall()


@pytest.mark.slow
def test_tables_in_a_file_give_the_same_release_as_tables_in_memory(
    sql_checks_only: None, workplace: Workplace, release: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file for many rows limits memory; few rows need no file."""
    monkeypatch.setattr("transforms.run.FEW_ROWS", 1)
    kept: list[bool] = []

    def perform(step: Step, run: Run) -> StepResult:
        result = step.function(run)
        kept.append((run.folder / TABLES).exists())
        return result

    outcome = execute(workplace.settings(), perform)
    assert outcome.release_id == release.name, "it is named after its content"
    assert kept == [step.name not in ("snapshot", "compare", "raw") for step in STEPS]


def test_changed_bytes_with_the_same_rows_publish_a_new_release(
    cached_tables: None, released: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second run is refused meanwhile; a build that died is removed; a reader of the old release keeps it.

    Every file was flushed to the disk after it was last written.
    """
    flushed: dict[int, int] = {}

    def note(handle: int) -> None:
        flushed[os.fstat(handle).st_ino] = os.fstat(handle).st_mtime_ns

    monkeypatch.setattr(os, "fsync", note)
    old = (released.out / "current").resolve()
    leftover = released.out / "releases" / ".building-dead"
    leftover.mkdir()
    (leftover / "eligibility.parquet").write_text("half")
    reissue(released.source)
    with duckdb.connect(str(old / "dta.duckdb"), read_only=True) as reader:
        with publisher_lock(released.out), pytest.raises(ReleaseError, match="Another run is publishing"):
            released.publish()
        assert (released.out / "current").resolve() == old
        outcome = released.publish().outcome
        assert outcome == "published", "the hash of a source is part of what a release states"
        new = (released.out / "current").resolve()
        assert new != old
        assert {p.name for p in (released.out / "releases").iterdir()} == {old.name, new.name}
        assert all(flushed[p.stat().st_ino] == p.stat().st_mtime_ns for p in files_below(new))
        assert reader.execute("select distinct release_id from eligibility").fetchall() == [(old.name,)]


@pytest.mark.slow
def test_changed_inputs_with_the_same_result_are_processed_once(
    without_gates: None, released: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended: list[str] = []

    def night(**changes: object) -> str:
        ended.clear()
        return execute(
            released.settings(**changes), lambda step, run: (ended.append(step.name), step.function(run))[1]
        ).outcome

    monkeypatch.setattr("flows.steps.inputs_digest", lambda run: "another version of the code")
    assert night() == "unchanged"
    assert ended[-1] == "release", "worked through once, as it might have changed something"
    assert night() == "unchanged"
    assert ended[-1] == "compare"


def test_a_same_result_record_is_valid_until_a_dated_fact(bare_released: Workplace) -> None:
    released = bare_released
    release = (released.out / "current").resolve()
    record_same_result(released.out, release, "another version of the code", AS_OF, ["2027-01-01"])
    assert is_unchanged(released.out, "another version of the code", date(2026, 12, 31))
    assert not is_unchanged(released.out, "another version of the code", date(2027, 12, 31)), (
        "a dated fact lies between"
    )
    record_same_result(released.out, release, "yet another", AS_OF, [])
    assert is_unchanged(released.out, "yet another", AS_OF)
    (released.out / "same.json").write_text("{}")
    assert not is_unchanged(released.out, "yet another", AS_OF), "a record that cannot be read is none"
