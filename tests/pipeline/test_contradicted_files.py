"""A row that contradicts itself loses only its own cell. A file with many such rows is not used.

The file is named, and the night continues with the previous edition.
"""

from collections.abc import Callable, Iterator

import duckdb
import pytest

from tests.workplace import Workplace, edit_text, tables_of
from transforms.build import build_core
from transforms.run import Run
from transforms.sources.unused import unused_files

Edit = Callable[[str, Callable[[str], str]], None]
ELA = "dashboard-ela-2024"


def exchange(one: str, other: str) -> Callable[[str], str]:
    def how(text: str) -> str:
        header, rest = text.split("\n", 1)
        names = header.rstrip("\r").split("\t")
        names = [{one: other, other: one}.get(n, n) for n in names]
        return "\t".join(names) + "\r\n" + rest

    return how


def cell(cds: str, group: str, column: str, value: str) -> Callable[[str], str]:
    def how(text: str) -> str:
        lines = text.split("\n")
        names = lines[0].rstrip("\r").lower().split("\t")
        for i, line in enumerate(lines):
            fields = line.rstrip("\r").split("\t")
            if fields[0] == cds and fields[names.index("studentgroup")] == group:
                fields[names.index(column)] = value
                lines[i] = "\t".join(fields) + "\r"
        return "\n".join(lines)

    return how


EXCHANGED = {  # file -> heading that is swapped with the heading of colors
    "eladownload2024.txt": "changelevel",
    "mathdownload2024.txt": "statuslevel",
    "mathdownload2023.txt": "changelevel",
}


@pytest.fixture(scope="module")
def exchanged(new_place: Callable[[], Workplace]) -> Iterator[Run]:
    place = new_place()
    for file, other in EXCHANGED.items():
        edit_text(place.source / file, exchange("color", other))
    run = place.decided("criteria")
    yield run
    run.finish()


@pytest.mark.parametrize("file", EXCHANGED)
def test_a_file_with_swapped_headings_is_reported_and_not_used(exchanged: Run, file: str) -> None:
    unused = {u.file: u for u in unused_files(exchanged)}[file]
    indicator, year = file[:-4].split("download")
    assert unused.source_id == f"dashboard-{indicator}-{year}"
    assert unused.column in ("color", EXCHANGED[file])
    assert "rows of districts and county offices" in unused.reason
    assert unused.line is not None
    with exchanged.connect() as db:
        for table in ("source_files", "indicator_results"):
            counted = db.execute(f"select count(*) from {table} where source_id = ?", [unused.source_id]).fetchall()
            assert counted == [(0,)]
        findings = db.execute(
            "select distinct finding from evidence where dashboard_year = ? and indicator = ?", [int(year), indicator]
        ).fetchall()
    assert findings == [("unknown",)]


def test_the_stage_gives_the_same_result_when_repeated(exchanged: Run) -> None:
    first = unused_files(exchanged)
    build_core(exchanged)
    assert {u.file for u in first} == EXCHANGED.keys()
    assert unused_files(exchanged) == first
    used = {r["source_id"] for r in exchanged.raw_reports()}
    assert not {u.source_id for u in first} & used


@pytest.mark.slow
def test_the_edition_of_the_current_release_is_used_instead(
    bare_released: Workplace, db: duckdb.DuckDBPyConnection
) -> None:
    ((before,),) = db.execute("select sha256 from meta_sources where source_id = ?", [ELA]).fetchall()
    published = db.execute(
        "select * exclude (release_id) from indicator_results where source_id = ? order by all", [ELA]
    )
    columns = ", ".join(column[0] for column in published.description)
    rows, verdicts = (
        published.fetchall(),
        "select cds, determination_year, pathway, status from eligibility order by all",
    )
    edit_text(bare_released.source / "eladownload2024.txt", exchange("color", "changelevel"))
    run = bare_released.decided("criteria")
    (unused,) = unused_files(run)
    assert unused.earlier_sha256 == before
    with tables_of(run) as found:
        assert found.execute("select sha256 from source_files where source_id = ?", [ELA]).fetchall() == [(before,)]
        again = f"select {columns} from indicator_results where source_id = ? order by all"
        assert found.execute(again, [ELA]).fetchall() == rows
        assert found.execute(verdicts).fetchall() == db.execute(verdicts).fetchall()
    run.finish()


CONTRADICTED = (
    ("27754730000000", "chronicdownload2024.txt", "SED", "color", "*", "enough students"),
    ("27660680000000", "suspdownload2023.txt", "SWD", "color", "5", "does not follow from status level"),
    ("27660680000000", "eladownload2022.txt", "EL", "currdenom", "", "without a number of students"),
    ("27660680000000", "graddownload2022.txt", "HI", "currstatus", "1.0", "not "),
)


def test_a_cell_that_contradicts_its_row_is_unknown(workplace: Workplace, edit: Edit) -> None:
    for cds, file, group, column, value, _ in CONTRADICTED:
        edit(file, cell(cds, group, column, value))
    with workplace.decide("criteria") as db:
        rejects = db.execute("select file, cds, student_group, column_name, reason from rejects").fetchall()
        assert {r[:3] for r in rejects} == {(file, cds, group) for cds, file, group, *_ in CONTRADICTED}
        for cds, file, group, column, _, why in CONTRADICTED:
            indicator, year = file[:-4].split("download")
            ((finding, because),) = db.execute(
                "select finding, unknown_because from evidence where cds = ? and dashboard_year = ? and indicator = ?"
                " and student_group = ?",
                [cds, int(year), indicator, group],
            ).fetchall()
            read, kept = db.execute(
                "select count(*), count(*) filter (student_group = ?) from indicator_results where cds = ?",
                [group, cds],
            ).fetchone()
            assert any(r[:4] == (file, cds, group, column) and why in r[4] for r in rejects), file
            assert finding == "unknown", file
            assert because, file
            assert read > kept > 0, file
