"""A number that needs more than 64 bits is a rejected row with file, line and column, in every kind of file.

The run continues.
"""

from collections.abc import Callable

import pytest

from tests.pipeline.test_hidden_characters import SALINAS, in_row, set_cell
from tests.pipeline.test_other_sources import PAGE
from tests.workplace import Workplace

BIG = "9" * 25
CELLS = {  # file -> column, value
    "mathdownload2024.txt": ("currdenom", BIG),
    "graddownload2024.txt": ("currnumer", "1e99"),
    "mathdownload2023.txt": ("currstatus", BIG),
    "eladownload2023.txt": ("change", "-" + BIG),
    "suspdownload2023.txt": ("statuslevel", BIG),
    "suspdownload2024.txt": ("box", BIG),
    "chronicdownload2024.txt": ("color", "9" * 400),
    "ccidownload2024.txt": ("cds", BIG),
}
WORKBOOKS = {  # file -> sheet, heading, row, column as reported
    "Pr12024.xlsx": (0, "prioritynumber", 3, "priority"),
    "Pr22024.xlsx": (0, "cdscode", 3, "cds"),
    "assistancestatus24.xlsx": (-1, "reportyear", 8, "ReportYear"),
    "assistancestatus23.xlsx": (-1, "aapriorities", 8, "AApriorities"),
}


@pytest.mark.slow
def test_large_numbers_are_rejected(workplace: Workplace, edit: Callable[[str, Callable[[str], str]], None]) -> None:
    for file, (column, value) in CELLS.items():
        edit(file, lambda t, c=column, v=value: in_row(t, SALINAS, c, v))  # type: ignore[misc]
    for file, (sheet, heading, row, _) in WORKBOOKS.items():
        set_cell(workplace.source / file, sheet, heading, row, 10**25)  # type: ignore[arg-type]
    (workplace.source / "first2425.asp").write_text(PAGE.replace("959.2", BIG), "utf-8")
    with workplace.decide("core") as db:
        found = {
            (file, column)
            for file, column in db.execute("select file, column_name from rejects where line > 0").fetchall()
        }
        budget = db.execute(
            "select total_budget_millions, total_budget_text from interim_certifications where total_budget_text = ?",
            [BIG],
        ).fetchall()
    assert found >= {(file, column) for file, (column, _) in CELLS.items()}
    assert found >= {(file, told) for file, (_, _, _, told) in WORKBOOKS.items()}
    assert len(budget) == 1
