"""A row that contradicts itself costs its own cell; a file of such rows is not used, by name, and the night goes on
with the edition before it.
"""

from collections.abc import Callable

import pytest

from tests.workplace import Workplace
from transforms.build import build_core
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


@pytest.mark.parametrize("other", ["changelevel", "statuslevel"])
def test_a_file_with_exchanged_headings_is_named_and_not_used(workplace: Workplace, edit: Edit, other: str) -> None:
    edit("eladownload2024.txt", exchange("color", other))
    run = workplace.decided()
    (unused,) = unused_files(run)
    assert (unused.file, unused.source_id) == ("eladownload2024.txt", ELA)
    assert unused.column in ("color", other)
    assert "rows of districts and county offices" in unused.reason
    assert unused.line is not None
    with run.connect() as db:
        assert db.execute("select count(*) from source_files where source_id = ?", [ELA]).fetchall() == [(0,)]
        assert db.execute("select count(*) from indicator_results where source_id = ?", [ELA]).fetchall() == [(0,)]
        findings = db.execute(
            "select distinct finding from evidence where dashboard_year = 2024 and indicator = 'ela'"
        ).fetchall()
    assert findings == [("unknown",)]


def test_the_stage_may_run_again_and_says_the_same(workplace: Workplace, edit: Edit) -> None:
    edit("mathdownload2023.txt", exchange("color", "changelevel"))
    run = workplace.decided()
    first = unused_files(run)
    build_core(run)
    assert [u.file for u in first] == ["mathdownload2023.txt"]
    assert unused_files(run) == first
    assert "dashboard-math-2023" not in {r["source_id"] for r in run.raw_reports()}


def test_the_edition_of_the_current_release_is_used_in_its_place(released: Workplace, edit: Edit) -> None:
    with released.decide() as db:
        (before,) = db.execute("select sha256 from source_files where source_id = ?", [ELA]).fetchone()
        rows = db.execute("select * from indicator_results where source_id = ? order by all", [ELA]).fetchall()
        verdicts = db.execute(
            "select cds, determination_year, pathway, status from eligibility order by all"
        ).fetchall()
    edit("eladownload2024.txt", exchange("color", "changelevel"))
    run = released.decided()
    (unused,) = unused_files(run)
    assert unused.earlier_sha256 == before
    with run.connect() as db:
        assert db.execute("select sha256 from source_files where source_id = ?", [ELA]).fetchall() == [(before,)]
        assert db.execute("select * from indicator_results where source_id = ? order by all", [ELA]).fetchall() == rows
        assert (
            db.execute("select cds, determination_year, pathway, status from eligibility order by all").fetchall()
            == verdicts
        )


CONTRADICTED = (
    ("27754730000000", "chronicdownload2024.txt", "SED", "color", "*", "enough students"),
    ("27660680000000", "suspdownload2023.txt", "SWD", "color", "5", "does not follow from status level"),
    ("27660680000000", "eladownload2022.txt", "EL", "currdenom", "", "without a number of students"),
    ("27660680000000", "graddownload2022.txt", "HI", "currstatus", "1.0", "not "),
)


def test_a_cell_that_its_row_contradicts_is_unknown(workplace: Workplace, edit: Edit) -> None:
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
