"""CDE reissues a file in place: the rows that differ are published with the next release."""

import json
from collections.abc import Callable
from pathlib import Path

import duckdb
import openpyxl
import pytest

from tests.workplace import Workplace
from transforms.raw.stage import read_snapshot
from transforms.release.source_changes import EMPTY, _compare_workbooks, write_source_changes
from transforms.run import Run
from transforms.sources.folder import copy_into
from transforms.sources.store import Store


def change_three_rows(text: str) -> str:
    lines = text.splitlines(keepends=True)
    group = lines[0].lower().split("\t").index("studentgroup")
    rows = [line.split("\t") for line in lines[1:]]
    removed, altered = rows.pop(0), rows[0]
    altered[altered.index("Monterey") - 1] = "Renamed"
    taken = {row[group] for row in rows if row[0] == removed[0]} | {removed[group]}
    added = [*removed[:group], next(g for g in ("PI", "AI", "FI", "FOS") if g not in taken), *removed[group + 1 :]]
    return lines[0] + "".join("\t".join(row) for row in (*rows, added))


def reissue(path: Path) -> None:
    """Change a file as CDE usually does: one LEA gone, one new, one with another letter and a corrected name."""
    book = openpyxl.load_workbook(path)
    sheet = book["District and COE 2024"]
    headings = [c.value for c in sheet[6]]
    cds, name, letter = (headings.index(h) + 1 for h in ("CDS", "LEAname", "ELpriorities"))
    sheet.cell(7, letter).value, sheet.cell(7, name).value = "K", "Corrected Name"
    sheet.cell(9, cds).value = "27999990000000"
    book.save(path)


def test_rows_of_a_workbook_are_reported_as_rows(workplace: Workplace) -> None:
    """Two readings are compared, without a release between them; a release reports the same comparison."""
    run = Run.start(workplace.settings())
    path, source = workplace.source / "assistancestatus24.xlsx", run.sources["assistance-2024"]
    store = Store(run.settings.snapshots)
    old = read_snapshot(run, copy_into(store, path, source, 10**9, "folder"))
    reissue(path)
    new = read_snapshot(run, copy_into(store, path, source, 10**9, "folder"))
    with duckdb.connect() as db:
        db.execute(EMPTY)
        _compare_workbooks(db, old, new)
        rows = db.execute(
            "select kind, cds, position, columns_changed, before, after from source_changes order by kind, cds"
        ).fetchall()
    assert [r[0] for r in rows] == ["added", "altered", "removed"]
    assert rows[0][1] == "27999990000000"
    assert rows[1][2:4] == (1, ["letter:el", "name"])
    assert json.loads(rows[1][5])["letter:el"] == "K"
    assert json.loads(rows[1][4])["name"] != json.loads(rows[1][5])["name"] == "Corrected Name"
    assert rows[2][5] is None


def test_rows_added_removed_and_altered_are_reported(
    without_gates: None, bare_released: Workplace, edit: Callable[[str, Callable[[str], str]], None]
) -> None:
    edit("eladownload2024.txt", change_three_rows)
    with bare_released.checked() as db:
        rows = db.execute(
            "select kind, source_id, columns_changed from meta_source_changes order by kind, source_id"
        ).fetchall()
        counts = db.execute(
            "select rows_added, rows_removed, rows_altered, previous_sha256 <> sha256 from meta_sources where source_id"
            " = 'dashboard-ela-2024'"
        )
        assert counts.fetchall() == [(1, 1, 1, True)]
        assert db.execute("select count(*) from meta_sources where rows_added is not null").fetchall() == [(1,)]
    assert rows == [
        ("added", "dashboard-ela-2024", None),
        ("altered", "dashboard-ela-2024", ["districtname"]),
        ("removed", "dashboard-ela-2024", None),
    ]


@pytest.mark.slow
def test_a_file_is_compared_again_after_another_release(
    bare_released: Workplace, edit: Callable[[str, Callable[[str], str]], None]
) -> None:
    edit("eladownload2024.txt", change_three_rows)
    run, release = bare_released.decided("criteria"), (bare_released.out / "current").resolve()
    with run.connect() as db:
        for other, rows in ((release, 3), (release, 3), (None, 0), (release, 3)):
            write_source_changes(run, db, other)
            assert db.execute("select count(*) from source_changes").fetchall() == [(rows,)]
    run.finish()
