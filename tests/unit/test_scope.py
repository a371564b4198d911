"""The coverage of a release in words."""

from dataclasses import replace
from datetime import date

import pytest

from reports.answer import Answer
from transforms.wording.scope import coverage_line
from transforms.wording.sentences import open_loan_words

YEARS = [2017, 2018, 2019, 2022, 2023, 2024]
ALL = frozenset({"Fresno", "Kern", "Monterey", "Yolo", "Yuba"})
ONE, TWO, FOUR = frozenset({"Monterey"}), frozenset({"Kern", "Fresno"}), ALL - {"Kern"}


@pytest.mark.parametrize(
    ("workbooks", "details", "said"),
    [
        (
            {ALL: YEARS},
            {ONE: [2022, 2023, 2024]},
            "All 5 counties by CDE's assistance workbooks 2017–2024; indicator detail for Monterey County only",
        ),
        ({ONE: YEARS}, {ONE: [2024]}, "Monterey County by CDE's assistance workbooks 2017–2024; indicator detail 2024"),
        (
            {ALL: YEARS},
            {ALL: [2022, 2023]},
            "All 5 counties by CDE's assistance workbooks 2017–2024; indicator detail 2022–2023",
        ),
        (
            {ALL: [2017, 2019, 2022]},
            {},
            "All 5 counties by CDE's assistance workbooks 2017 and 2019–2022; no indicator detail",
        ),
        ({}, {TWO: [2024]}, "Indicator detail 2024 for Fresno and Kern Counties; no assistance workbook"),
        (
            {ALL: [2022], ONE: [2024]},
            {FOUR: [2022], ONE: [2024]},
            (
                "All 5 counties by CDE's assistance workbooks 2022; Monterey County by CDE's assistance workbooks 2024;"
                " indicator detail 2022 for 4 counties; indicator detail 2024 for Monterey County"
            ),
        ),
        ({}, {}, "No indicator detail; no assistance workbook"),
    ],
)
def test_the_scope_follows_the_loaded_files(
    workbooks: dict[frozenset[str], list[int]], details: dict[frozenset[str], list[int]], said: str
) -> None:
    assert coverage_line(workbooks, details, YEARS, len(ALL)) == said


def lea(name: str, lea_type: str = "district", **more: str) -> dict[str, str]:
    return {"cds": name, "lea_name": name, "lea_type": lea_type, "county": "Kern", **more}


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Answer(2024, 2023, (lea("A"), lea("B"), lea("C", "county_office")), (lea("A"),), (), (lea("D"),), ()),
         "In 2024, three LEAs meet the criteria: two districts and one county office; one is new, none"
         " left; one more is eligible by a state loan (D): four in all."),
        (Answer(2024, 2023, (), (), (lea("A"), lea("B")), (lea("C"), lea("D")), ()),
         "In 2024, no LEA meets the criteria; none are new, two left; two are eligible by a state loan (C and D)."),
        (Answer(2024, 2023, (lea("A"),), (), (), (lea("B"),), (), (lea("C"), lea("D"))),
         "In 2024, one LEA meets the criteria (A); none are new, none left; one more is eligible by a state loan (B);"
         " two more are eligible by a recorded case (C and D): four in all."),
        (Answer(2022, None, (), (), (), (), (), (lea("A"),)),
         "In 2022, no LEA meets the criteria; one is eligible by a recorded case (A)."),
        (Answer(2024, None, (), (), (), (), (lea("A", pathway="continuum"),)),
         "In 2024, no LEA is known to meet the criteria."),
        (Answer(2024, None, (lea("A"), lea("B")), (), (), (), (lea("C", pathway="continuum"),)),
         "In 2024, two LEAs are known to meet the criteria: two districts."),
        (Answer(2022, None, (lea("A"),), (), (), (), ()), "In 2022, one LEA meets the criteria (A)."),
    ],
)  # fmt: skip
def test_the_answer_is_one_sentence(answer: Answer, said: str) -> None:
    assert answer.sentence == said


def test_a_few_undetermined_leas_are_named() -> None:
    open_for = {"pathway_name": "Wraparound"}
    few = Answer(2024, 2023, (), (), (), (), (lea("A", **open_for), lea("B", **open_for)))
    assert few.not_determined == "Not determined in 2024 for Wraparound: A and B."
    why = {"why": open_loan_words("repaid_or_released", date(2004, 6, 30), date(2024, 8, 31))}
    answer = replace(few, open=(lea("A") | open_for, lea("B") | open_for | why))
    assert answer.not_determined == (
        "Not determined in 2024 for Wraparound: A and B (repaid by August 2024, end of referral not confirmed)."
    )
    assert open_loan_words("authorized_only", date(2025, 6, 27), None) == "draw of its 2025 loan not known"
    assert open_loan_words("outstanding", date(2025, 6, 27), None) == ""
    many = Answer(2024, 2023, (), (), (), (), tuple(lea(str(n), **open_for) for n in range(6)))
    assert many.not_determined == "Not determined in 2024 for Wraparound: 6 LEAs."
