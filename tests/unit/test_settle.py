"""What would settle a verdict: one short line, and none where nothing is known to do it."""

import pytest

from transforms.schema import published_tables
from transforms.wording.sentences import LeftOpen, settled_by
from transforms.wording.sentences.one_line import CASES, LOANS

REFERRAL = "a dated record that CCEE confirmed or closed the referral"


@pytest.mark.parametrize(
    ("pathway", "facts", "needed"),
    [
        ("wraparound", LeftOpen(("outstanding", "repaid_or_released")), f"{REFERRAL}, in the register of state loans"),
        ("wraparound", LeftOpen(("repaid_before_law",)), "a correction of the rejected record, in the register of"
         " state loans"),
        ("wraparound", LeftOpen(("code_ended",)), ""),
        ("continuum", LeftOpen(no_workbook=(2019, 2024)), "CDE's assistance workbook of 2024, which has its flag"),
        ("continuum", LeftOpen(no_workbook=(2019, 2022)), "CDE's assistance workbooks of 2019 and 2022"),
        ("continuum", LeftOpen(no_files=(2023,)), "the whole Dashboard files of 2023"),
        ("continuum", LeftOpen(), ""),
        ("primary", LeftOpen(findings=("both_acts", "precondition_not_shown")), "a record of the assistance before the"
         " determination"),
        ("spi", LeftOpen(), ""),
    ],
)  # fmt: skip
def test_the_line(pathway: str, facts: LeftOpen, needed: str) -> None:
    assert settled_by(pathway, 2024, facts) == (f"To settle it: {needed}." if needed else "")


def test_states_and_findings_are_those_of_the_tables() -> None:
    tables = published_tables()
    for known, column in ((LOANS, ("loan_states", "loan_state")), (CASES, ("case_states", "case_finding"))):
        table, name = column
        assert set(known) <= set(tables[table].columns[name].values)
