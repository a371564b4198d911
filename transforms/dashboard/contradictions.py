"""Decisive cells that their own row contradicts. Such a row is rejected, and a file with many of them is not used.

Every test compares two facts that a row gives twice. A test is presumed if no real file of the year was seen: if many
rows of a file contradict it, the test is wrong, not the file. The same is true of all tests of numbers on a scale of
which no file was seen. Tests of cells that decide are never presumed: if such cells are wrong, every verdict that rests
on the file would be "no".
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from transforms.dashboard import code_tests, figure_tests
from transforms.dashboard.columns import Mask, TextColumn
from transforms.dashboard.file_rows import Contradiction, FileRows
from transforms.dashboard.redundancy import Redundancy
from transforms.raw.table import Report

SEEN_YEARS = (2017, 2018, 2022, 2023, 2024)  # years of which real files were tested
# Tested on rows of every year.
ALWAYS_HOLD = {
    "county", "office", "school", "grid", "box", "color_size", "rate", "numerator", "change", "of_all",
}  # fmt: skip
# In a file without color (ELPI in 2019) the status level and the size flag decide, and nothing else shows that they are
# wrong.
DECIDE_WITHOUT_COLOR = {"levels", "size_flag"}
# If more contradicted rows of districts and county offices than both: the file is not used.
MANY_ROWS, MANY_SHARE = 5, 0.02
FIRST_LINES = 5
TESTS = (*code_tests.TESTS, *figure_tests.TESTS)


def contradictions(
    columns: Mapping[str, TextColumn], report: Report, redundancy: Redundancy, bad: Mask
) -> list[Contradiction]:
    """Run every test that the columns of a file allow. Presumed tests that many rows contradict are left out.

    ``bad`` rows are not tested.
    """
    rows = FileRows(columns, report, redundancy, ~bad)
    with np.errstate(invalid="ignore", divide="ignore"):
        found = [_limited_to_testable(c, rows) for test in TESTS for c in test(rows)]
    return [c for c in found if c.firm or not is_implausible(*_counts(c, rows.of_lea))]


def is_implausible(tested: int, contradicted: int) -> bool:
    """Return True if so many rows cannot be oddities."""
    return contradicted > max(MANY_ROWS, MANY_SHARE * tested)


def summary_of(c: Contradiction, of_lea: Mask, lines: npt.NDArray[np.int64]) -> dict[str, Any]:
    """Count the tested and rejected rows of LEAs, with the first lines and the reason of the first."""
    tested, rejected = _counts(c, of_lea)
    first = np.flatnonzero(c.rows & of_lea)[:FIRST_LINES]
    counted = {"tested": tested, "rejected": rejected, "lines": [int(lines[r]) for r in first]}
    return {"kind": c.kind, "column": c.column, **counted, "reason": c.explain(int(first[0]))}


def _limited_to_testable(c: Contradiction, rows: FileRows) -> Contradiction:
    """Return the result for the rows that may be tested, marked as firm or presumed."""
    tested = c.tested & rows.testable(c.kind)
    holds = c.kind in ALWAYS_HOLD or (c.kind in DECIDE_WITHOUT_COLOR and not rows.has("color"))
    seen = rows.year in SEEN_YEARS or (holds and rows.scale_is_seen)
    return replace(c, tested=tested, rows=tested & c.rows, firm=seen if c.firm is None else c.firm)


def _counts(c: Contradiction, of_lea: Mask) -> tuple[int, int]:
    return int(np.count_nonzero(c.tested & of_lea)), int(np.count_nonzero(c.rows & of_lea))
