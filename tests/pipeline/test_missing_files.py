"""Without a file, the results that depend on it are undetermined, never "no".

Or CDE's own flag of the year answers, and the row states this.
"""

from pathlib import Path

import duckdb
import pytest
from openpyxl.cell import Cell

from reports.findings import to_settle
from reports.lea_queries import LEFT_OPEN
from tests.workbooks import change_rows
from tests.workplace import SAMPLE, Workplace

VERDICTS = "select cds, determination_year, status from eligibility where pathway = 'continuum'"
DECIDED = (
    "select cds, determination_year, decided_by, status, cde_flag, agrees_with_cde from eligibility where pathway ="
    " 'continuum'"
)
USED = sorted({p.name.split("download")[0] for p in SAMPLE.glob("*download*.txt")} - {"science"})


def set_cell(path: Path, cds: str, column: str, value: str | None) -> None:
    """Write one cell of an assistance workbook."""

    def change(cells: dict[str, Cell]) -> None:
        if cells["CDS"].value == cds:
            cells[column].value = value

    change_rows(path, change)


def turn_flags(path: Path, column: str) -> None:
    """Change Y to N and N to Y."""

    def change(cells: dict[str, Cell]) -> None:
        cells[column].value = {"Y": "N", "N": "Y"}[str(cells[column].value)]

    change_rows(path, change)


def statuses(db: duckdb.DuckDBPyConnection) -> dict[tuple[str, int], str]:
    return {(cds, year): status for cds, year, status in db.execute(VERDICTS).fetchall()}


@pytest.mark.parametrize("indicator", [i if i == "ela" else pytest.param(i, marks=pytest.mark.slow) for i in USED])
def test_missing_files_of_one_indicator_leave_results_undetermined(
    workplace: Workplace, db: duckdb.DuckDBPyConnection, indicator: str
) -> None:
    whole = statuses(db)
    files = sorted(workplace.source.glob(f"{indicator}download*.txt"))
    assert files
    for file in files:
        file.unlink()
    with workplace.decide() as reduced:
        decided = {(cds, year): rest for cds, year, *rest in reduced.execute(DECIDED).fetchall()}
        assert decided.keys() == whole.keys()
        for key, (decided_by, status, flag, agrees) in decided.items():
            if decided_by == "cde":
                assert (status, agrees) == ("eligible" if flag == "Y" else "not_eligible", None)
            else:
                assert status in (whole[key], "undetermined"), f"{key}: {whole[key]} became {status}"
        for year in (int(file.stem[-4:]) for file in files):
            unknown = reduced.execute(
                "select count(*), list(distinct note) from student_group_history where dashboard_year = ? and"
                " has_result is null and cds[1:2] = '27'",
                [year],
            ).fetchall()
            findings = reduced.execute(
                "select distinct finding, unknown_because from evidence where dashboard_year = ? and indicator = ? and"
                " cds[1:2] = '27'",
                [year, indicator],
            ).fetchall()
            assert findings == [("unknown", f"a {year} Dashboard file is not loaded")]
            if unknown[0][0]:
                assert "not loaded" in str(unknown[0][1])


@pytest.mark.slow
def test_the_reason_names_what_is_missing(workplace: Workplace) -> None:
    (workplace.source / "suspdownload2023.txt").unlink()
    with workplace.decide() as reduced:
        rows = reduced.execute(
            "select reason from eligibility where pathway = 'continuum' and decided_by = 'cde'"
        ).fetchall()
        assert len(rows) == 4
        assert all(
            "It is the verdict, because" in reason and "a 2023 Dashboard file is not loaded" in reason
            for (reason,) in rows
        )


@pytest.mark.slow
def test_missing_letters_of_2019_leave_results_undetermined(
    workplace: Workplace, db: duckdb.DuckDBPyConnection
) -> None:
    whole = statuses(db)
    (workplace.source / "assistancestatus19-rev.xlsx").unlink()
    with workplace.decide() as reduced:
        decided = reduced.execute(
            "select cds, determination_year, status, cde_flag from eligibility where pathway = 'continuum' and"
            " decided_by = 'cde'"
        )
        answered = {(cds, year): (status, flag) for cds, year, status, flag in decided.fetchall()}
        assert len(answered) > 5
        assert all(
            status == whole[key] == ("eligible" if flag == "Y" else "not_eligible")
            for key, (status, flag) in answered.items()
        )
        assert all(s == whole[k] for k, s in statuses(reduced).items())


def test_a_blank_flag_of_cde_decides_nothing(workplace: Workplace, db: duckdb.DuckDBPyConnection) -> None:
    """Three ways to leave it blank; without the letters of 2019, three verdicts of 2023 cannot be computed."""
    whole = statuses(db)
    (workplace.source / "assistancestatus19-rev.xlsx").unlink()
    yes = ("27102720000000", "27660680000000", "27661590000000")
    for cds, blank in zip(yes, ("*", "", None), strict=True):
        set_cell(workplace.source / "assistancestatus23.xlsx", cds, "EC52072_2023", blank)
    with workplace.decide() as reduced:
        for cds in yes:
            assert whole[cds, 2023] == "eligible"
            verdict = (
                "select status, decided_by, cde_flag from eligibility where cds = ? and determination_year = 2023 and"
                " pathway = 'continuum'"
            )
            assert reduced.execute(verdict, [cds]).fetchall() == [("undetermined", None, None)]


def test_a_computed_verdict_never_yields_to_the_flag(workplace: Workplace, db: duckdb.DuckDBPyConnection) -> None:
    """With all flags reversed, no computed verdict changes, and every difference is shown with both sides."""
    whole = statuses(db)
    for year, column in ((2022, "EC52072_2022"), (2023, "EC52072_2023"), (2024, "EC52072_2024")):
        turn_flags(workplace.source / f"assistancestatus{year % 100}.xlsx", column)
    with workplace.decide() as turned:
        assert statuses(turned) == whole
        rows = turned.execute(
            "select e.status, e.cde_flag, r.ours, r.cde, r.class from eligibility e join reconciliation r on r.cds ="
            " e.cds and r.flag = 'ec52072' and r.dashboard_year = e.determination_year where e.pathway = 'continuum'"
            " and e.agrees_with_cde = false"
        ).fetchall()
        assert len(rows) == 75
        assert all(
            (ours, cde) == (("Y", "N") if status == "eligible" else ("N", "Y")) and cde == flag
            for status, flag, ours, cde, _ in rows
        )
        assert {kind for *_, kind in rows} == {"only_ours", "only_cde"}
        listed = turned.execute(
            "select reasons from eligible_districts where list_contains(pathways, 'continuum')"
        ).fetchall()
        assert listed
        assert all("CDE's flag: N." in reasons for (reasons,) in listed)


@pytest.mark.slow
def test_a_missing_file_is_a_warning_of_the_release(sql_checks_only: None, workplace: Workplace) -> None:
    (workplace.source / "ccidownload2024.txt").unlink()
    with workplace.checked() as db:
        rows = db.execute("select check_id, detail from meta_gate_results where outcome = 'failed'").fetchall()
    assert [c for c, _ in rows] == ["inputs_missing"]
    assert "cci" in rows[0][1]


@pytest.mark.parametrize(
    ("missing", "basis"),
    [
        pytest.param(("grad", "elpi"), "indicators", marks=pytest.mark.slow),
        (("grad", "elpi", "chronic"), "cde_letters"),
    ],
)
def test_a_half_loaded_dashboard_is_decided_by_cdes_letters(
    workplace: Workplace, missing: tuple[str, ...], basis: str
) -> None:
    """Six indicators count in 2022: four loaded ones are more than half, three are not."""
    for indicator in missing:
        (workplace.source / f"{indicator}download2022.txt").unlink()
    with workplace.decide() as reduced:
        districts = "select cds from leas where lea_type = 'district' and county_code = '27'"
        found = reduced.execute(
            f"select distinct basis from student_group_history where dashboard_year = 2022 and cds in ({districts})"
        ).fetchall()
        assert found == [(basis,)]


def test_an_unpublished_dashboard_has_no_rows(db: duckdb.DuckDBPyConnection) -> None:
    """Rules of later Dashboards exist, but LEAs have no rows for them, not even unknown ones."""
    (latest,) = db.execute("select max(dashboard_year) from meta_sources where present").fetchone()  # type: ignore[misc]
    assert db.execute("select max(dashboard_year) > ? from rule_criteria", [latest]).fetchall() == [(True,)]
    for table in ("student_group_history", "evidence"):
        assert db.execute(f"select max(dashboard_year) from {table}").fetchall() == [(latest,)], table


DISTRICT, ELSEWHERE = b"27659870000000", b"30659870000000"  # the same district, as if it were in another county
LACKING = b"27660350000000"
FINDINGS = (
    "select distinct finding, unknown_because from evidence where cds = ? and dashboard_year = 2024 and indicator ="
    " 'susp'"
)


def without_the_district(path: Path, cds: bytes) -> None:
    lines = path.read_bytes().splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith(cds)]
    assert len(kept) < len(lines)
    path.write_bytes(b"".join(kept))


def test_a_file_decides_nothing_about_a_missing_row_or_uncovered_county(
    workplace: Workplace,
) -> None:
    for cds in (DISTRICT, LACKING):
        without_the_district(workplace.source / "suspdownload2024.txt", cds)
    for path in workplace.source.glob("*download2024.txt"):
        lines = path.read_bytes().splitlines(keepends=True)
        moved = [line.replace(DISTRICT, ELSEWHERE).replace(b"\tMonterey\t", b"\tOrange\t") for line in lines]
        path.write_bytes(b"".join(new if DISTRICT in old else old for new, old in zip(moved, lines, strict=True)))
    with workplace.decide("criteria") as reduced:
        assert reduced.execute(FINDINGS, [ELSEWHERE.decode()]).fetchall() == [
            ("unknown", "the suspension file of 2024 does not cover this county")
        ]
        said = "the suspension file of 2024 has no row of this LEA, where every LEA has one"
        assert reduced.execute(FINDINGS, [LACKING.decode()]).fetchall() == [("unknown", said)]
        assert reduced.execute(
            "select count(*) - count(distinct (cds, dashboard_year, student_group, indicator)) from evidence"
        ).fetchall() == [(0,)]


@pytest.mark.slow
def test_an_undetermined_verdict_names_the_missing_file(workplace: Workplace, sql_checks_only: None) -> None:
    """With Monterey's indicators, 2024 needs only the workbook's flag, and 2023 only the letters of 2019."""
    (workplace.source / "assistancestatus19-rev.xlsx").unlink()
    for cds in ("27102720000000", "27660680000000"):
        set_cell(workplace.source / "assistancestatus23.xlsx", cds, "EC52072_2023", "")
    (workplace.source / "assistancestatus24.xlsx").unlink()
    with workplace.checked() as reduced:
        found = {
            (year, to_settle(pathway, year, facts))
            for _, year, pathway, facts in reduced.execute(LEFT_OPEN).fetchall()
            if pathway == "continuum" and year > 2022
        }
    assert found == {
        (2023, "To settle it: CDE's assistance workbook of 2019."),
        (2024, "To settle it: CDE's assistance workbook of 2024, which has its flag."),
    }
