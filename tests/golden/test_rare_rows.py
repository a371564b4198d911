"""Conditions that only a rare row meets: a local indicator in addition to one state priority, and rejected rows."""

from pathlib import Path

import openpyxl
import pytest

from tests.dashboards import Dashboards
from tests.golden.conftest import Decide
from tests.workplace import Workplace

CHARTER = "27000010000017"
SALINAS = "27661590000000"


def local_files(folder: Path, not_met: dict[str, set[int]]) -> None:
    """Write the local indicators of 2024 for these LEAs, with the priorities not met for two or more years."""
    for priority in (1, 2, 3, 6, 7):
        lines = ["cdsCode|lea|priorityNumber|countyPerformance|year"]
        lines += [
            f"{cds}|LEA|{priority}|{'Not Met For Two or More Years' if priority in failed else 'Met'}|2024"
            for cds, failed in not_met.items()
        ]
        (folder / f"Pr{priority}2024.txt").write_text("\n".join(lines) + "\n")


def test_method_3_needs_a_different_priority_and_no_other_method(tmp_path: Path, raw_cache: Path) -> None:
    """LEA: the state priorities of its group (6 suspension, 5 absenteeism), the local ones not met, and methods 1, 2
    and 3.
    """
    cases = {
        "27001000000000": ((6,), {1}, [False, False, True]),
        "27002000000000": ((6,), {6}, [False, False, False]),
        "27003000000000": ((5, 6), {1}, [True, False, False]),
        "27004000000000": ((6,), {1, 2}, [False, True, False]),
        "27005000000000": ((), {1}, [False, False, False]),
        "27006000000000": ((6,), set(), [False, False, False]),
        "27007000000000": ((5, 6), {1, 2}, [True, True, False]),
    }
    boards = Dashboards()
    for cds, (state, _, _) in cases.items():
        boards.put(2024, cds, "HI", susp=1 if 6 in state else 3, chronic=1 if 5 in state else 3, ela=3, math=3)
    source = tmp_path / "source"
    boards.write(source)
    for indicator in ("elpi", "grad", "cci"):  # the files are loaded, but these LEAs have no rows in them
        boards.put(2024, "27009000000000", "EL", **{indicator: 3})
    boards.write(source)
    local_files(source, {cds: failed for cds, (_, failed, _) in cases.items()})
    with Workplace(source, raw_cache, tmp_path / "out").decide() as db:
        found = {
            cds: (
                db.execute(
                    "select ours from assistance_methods where cds = ? and determination_year = 2024 and method <= 3"
                    " order by method",
                    [cds],
                ).fetchall()
            )
            for cds in cases
        }
    assert {cds: [m for (m,) in rows] for cds, rows in found.items()} == {
        cds: methods for cds, (_, _, methods) in cases.items()
    }


UNREADABLE = "27000010000018"
BOARDS = Dashboards(charters={CHARTER, UNREADABLE})
for year in (2023, 2024):
    BOARDS.put(year, CHARTER, "HI", ela=1, math=1, chronic=1).put(year, CHARTER, "EL", ela=1, math=1)
BOARDS.row(2024, "chronic", CHARTER, "HI", color=9)
BOARDS.put(2024, UNREADABLE, "HI", ela=3, chronic=3).put(2024, UNREADABLE, "XX", chronic=1)


def test_a_rejected_row_makes_its_group_unknown(decided: Decide) -> None:
    db = decided(BOARDS)
    rows = db.execute(
        "select finding, unknown_because from evidence where cds = ? and dashboard_year = 2024 and indicator ="
        " 'chronic' and student_group = 'HI'",
        [CHARTER],
    ).fetchall()
    assert rows[0][0] == "unknown"
    assert "was rejected: color is 0 (none)" in rows[0][1]
    status = db.execute(
        "select status from assistance where cds = ? and determination = 'charter' and determination_year = 2024",
        [CHARTER],
    ).fetchall()
    assert status == [("undetermined",)], "not a no: the row might have been red"


def test_a_row_with_an_unreadable_group_may_be_of_any_group_without_a_row(decided: Decide) -> None:
    rows = decided(BOARDS).execute(
        "select student_group, finding from evidence where cds = ? and dashboard_year = 2024 and indicator = 'chronic' "
        "and student_group in ('EL', 'HI') order by 1",
        [UNREADABLE],
    )
    assert rows.fetchall() == [("EL", "unknown"), ("HI", "result")]


@pytest.mark.slow
def test_a_rejected_workbook_row_is_unknown_and_not_blank(workplace: Workplace) -> None:
    path = workplace.source / "assistancestatus19-rev.xlsx"
    book = openpyxl.load_workbook(path)
    sheet = book["District and COE 2019"]
    headings = [c.value for c in sheet[6]]
    (row,) = [r for r in range(7, sheet.max_row + 1) if sheet.cell(r, headings.index("CDS") + 1).value == SALINAS]
    sheet.cell(row, headings.index("PIpriorities") + 1).value = "Z"
    book.save(path)
    with workplace.decide() as db:
        rows = db.execute(
            "select distinct meets_criteria, note from student_group_history where cds = ? and dashboard_year = 2019",
            [SALINAS],
        ).fetchall()
        verdict = (
            "select status, decided_by from eligibility where cds = ? and pathway = 'continuum' and determination_year"
            " = 2023"
        )
        status = db.execute(verdict, [SALINAS]).fetchall()
    assert rows == [(None, "the row of this LEA in CDE's workbook of 2019 was rejected")]
    assert status == [("eligible", "cde")], "eligible with the row, and not a no without it: CDE's flag of 2023 answers"
