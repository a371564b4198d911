"""A file that CDE reissues in place: the rows that differ are published with the next release."""

from collections.abc import Callable

import duckdb

from tests.workplace import Workplace


def without_one_added_one_altered_one(text: str) -> str:
    lines = text.splitlines(keepends=True)
    group = lines[0].lower().split("\t").index("studentgroup")
    rows = [line.split("\t") for line in lines[1:]]
    removed, altered = rows.pop(0), rows[0]
    altered[altered.index("Monterey") - 1] = "Renamed"
    taken = {row[group] for row in rows if row[0] == removed[0]} | {removed[group]}
    added = [*removed[:group], next(g for g in ("PI", "AI", "FI", "FOS") if g not in taken), *removed[group + 1 :]]
    return lines[0] + "".join("\t".join(row) for row in (*rows, added))


def test_rows_added_removed_and_altered_are_reported(released: Workplace, edit: Callable[[str, Callable[[str], str]], None]) -> None:
    edit("eladownload2024.txt", without_one_added_one_altered_one)
    assert released.publish().outcome == "published"
    with duckdb.connect(str((released.out / "current").resolve() / "dta.duckdb"), read_only=True) as db:
        rows = db.execute("select kind, source_id, columns_changed from meta_source_changes order by kind, source_id").fetchall()
        counts = db.execute("select rows_added, rows_removed, rows_altered, previous_sha256 <> sha256 from meta_sources where source_id = 'dashboard-ela-2024'")
        assert counts.fetchall() == [(1, 1, 1, True)]
        assert db.execute("select count(*) from meta_sources where rows_added is not null").fetchall() == [(1,)]
    assert rows == [
        ("added", "dashboard-ela-2024", None),
        ("altered", "dashboard-ela-2024", ["districtname"]),
        ("removed", "dashboard-ela-2024", None),
    ]
