"""One line for a verdict or a change: short, with names, and without repeating the status next to it."""

from typing import Any

import pytest

from transforms.schema import published_tables
from transforms.wording.labels import flag_name
from transforms.wording.sentences import (
    Change,
    GroupChange,
    LeftOpen,
    LineFacts,
    change_line,
    change_words,
    reason_line,
    settled_by,
)
from transforms.wording.sentences.changes import change_cause
from transforms.wording.sentences.lists import agreement_sentence
from transforms.wording.sentences.one_line import CASES, LOANS, LONGEST, LoanLine

LONG = (
    "American Indian or Alaska Native students",
    "Black or African American students",
    "socioeconomically disadvantaged students",
    "long-term English learners",
    "students with disabilities",
)


def line(pathway: str, status: str, reason: str = "x", **more: Any) -> str:
    return reason_line(LineFacts(pathway, status, reason, **more))


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        (
            {"status": "eligible", "groups": ("foster youth", "homeless youth", "English learners")},
            "Three groups: foster youth, homeless youth and English learners.",
        ),
        ({"status": "eligible", "by_cde": True}, "By CDE's flag."),
        (
            {"status": "not_eligible", "groups": ("foster youth",), "by_cde": True},
            "By CDE's flag. One of the three groups needed: foster youth.",
        ),
        (
            {"status": "not_eligible", "groups": ("foster youth",), "groups_required": 2},
            "One of the two groups needed: foster youth.",
        ),
        (
            {"status": "not_eligible", "closest": ("foster youth", "homeless youth"), "closest_years": 2},
            "No group in three years; closest, with two years: foster youth and homeless youth.",
        ),
        (
            {"status": "not_eligible", "closest": ("foster youth",), "closest_years": 1},
            "No group in three years; closest, with one year: foster youth.",
        ),
        ({"status": "not_eligible"}, "No group met the criteria in any of the four years."),
        (
            {"status": "not_eligible", "by_cde": True, "years_open": True},
            "By CDE's flag. No group is known to have met the criteria in any of the four years.",
        ),
        (
            {"status": "not_eligible", "closest": ("foster youth",), "closest_years": 1, "years_open": True},
            "No group known in three years; closest, with one year: foster youth.",
        ),
        (
            {"status": "not_assessed", "reason": "No results to assess: this district is not on the 2024 Dashboard."},
            "This district is not on the 2024 Dashboard.",
        ),
        ({"status": "not_applicable", "reason": "The Continuum of Support does not serve a charter school."}, ""),
    ],
)
def test_the_continuum_line_names_counted_groups_or_the_distance(facts: dict[str, Any], said: str) -> None:
    assert line("continuum", **facts) == said


@pytest.mark.parametrize(
    ("status", "loans", "said"),
    [
        ("not_eligible", (), "No state loan on record."),
        ("eligible", (("SB 39 (Perata)", "outstanding"),), "State loan, SB 39 (Perata): outstanding."),
        (
            "eligible",
            (("SB 39 (Perata)", "outstanding", "outstanding on December 1, 2024; repaid June 2025"),),
            "State loan, SB 39 (Perata): outstanding on December 1, 2024; repaid June 2025.",
        ),
        (
            "not_eligible",
            (("AB 1", "repaid_before_law"), ("AB 2", "repaid_before_law")),
            "Two state loans, repaid before the law.",
        ),
        (
            "undetermined",
            (("SB 1190", "repaid_or_released"),),
            "State loan, SB 1190: repaid or released. CCEE confirms whether the referral has ended.",
        ),
    ],
)
def test_the_wraparound_line_names_the_loan(status: str, loans: tuple[tuple[str, ...], ...], said: str) -> None:
    assert line("wraparound", status, loans=tuple(LoanLine(*loan) for loan in loans)) == said


def test_the_assistance_line_keeps_its_year_and_counts_omitted_groups() -> None:
    reason = f"Year 1, by Method 1: five student groups met the criteria ({', '.join(LONG)})."
    said = line("differentiated_assistance", "eligible", reason, groups=LONG, assistance_year=1)
    assert said.startswith("Year 1, by Method 1: five groups met the criteria: American Indian")
    assert said.endswith(" more.")
    assert len(said) <= LONGEST


def test_a_recorded_pathway_without_a_case_needs_no_line() -> None:
    reason = "No Primary case is on record for this district as of November 27, 2026; this pathway is recorded."
    assert line("primary", "not_assessed", reason) == ""


def test_a_long_text_is_cut_to_one_line_of_whole_words() -> None:
    said = line("spi", "undetermined", "Something " * 40)
    assert len(said) <= LONGEST
    assert said.endswith("Something…")


def test_a_change_names_the_groups_once() -> None:
    assert change_line(["foster youth"], [], "x") == "One more group now counts: foster youth."
    assert change_line([], ["foster youth", "homeless youth"], "x") == (
        "Two groups no longer count: foster youth and homeless youth."
    )
    both = change_line(LONG, LONG, "x")
    assert len(both) <= LONGEST
    assert "; five groups no longer count" in both
    assert change_line([], [], "state loan AB 1: not received before, outstanding now").startswith("State loan AB 1")
    assert change_line([], [], None) == ""


def test_a_change_is_summarized_briefly() -> None:
    assert change_words(["foster youth", "homeless youth"], [], "x") == "now also foster youth, homeless youth"
    assert change_words(["foster youth"], ["homeless youth"], "x") == "now also foster youth; no longer homeless youth"
    assert change_words([], [], "State loan AB 1: outstanding now.") == "State loan AB 1: outstanding now."


def test_a_cause_shared_by_groups_is_stated_once() -> None:
    gone = tuple(
        GroupChange(name, (2022, 2023), 2024, years_out=(2018,)) for name in ("foster youth", "homeless youth")
    )
    cause = change_cause(Change("A", "B", "2023", "2024", "eligible", "not_eligible", (), gone))
    assert cause == (
        "two groups no longer count: foster youth and homeless youth (two years: 2018 is no longer counted, and in 2024"
        " they did not meet the criteria)"
    )


def test_a_group_with_an_unknown_year_may_no_longer_count() -> None:
    names = ("foster youth", "homeless youth")
    between_years = tuple(GroupChange(n, (2022, 2023), 2024, years_out=(2018,), years_unknown=(2024,)) for n in names)
    cause = change_cause(Change("A", "B", "2023", "2024", "eligible", "undetermined", (), (), between_years))
    assert cause == (
        "two groups may no longer count: foster youth and homeless youth (two years: 2018 is no longer counted, and"
        " 2024 is not known)"
    )
    ruled_out = (GroupChange("foster youth", (2019,), 2024, years_out=(2017, 2018), years_unknown=(2024,)),)
    cause = change_cause(Change("A", "B", "2022", "2024", "eligible", "not_eligible", (), ruled_out))
    assert cause == (
        "one group no longer counts: foster youth (one year: 2017 and 2018 are no longer counted, and 2024 is not"
        " known)"
    )
    between_releases = (GroupChange("foster youth", (2022,), years_unknown=(2023, 2024)),)
    cause = change_cause(Change("A", "B", "one", "two", "eligible", "undetermined", (), (), between_releases))
    assert cause == "one group may no longer count: foster youth (one year, and 2023 and 2024 are not known)"


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ({}, "No flag or letter of CDE is loaded, so there is nothing to compare."),
        (
            {"not_comparable": 3},
            "None of the 3 values that CDE published can be compared with a result of ours.",
        ),
        (
            {"agree": 1200, "not_comparable": 3},
            "Of the 1,203 values that CDE published, 1,200 can be compared with our results, and all of them agree.",
        ),
        (
            {"agree": 5, "only_cde": 1},
            "Of the 6 values that CDE published, 6 can be compared with our results: 5 agree and 1 differs, of which 1"
            " only CDE has.",
        ),
    ],
)
def test_one_sentence_states_agreement_with_cde(counts: dict[str, int], said: str) -> None:
    assert agreement_sentence(counts) == said


def test_a_flag_of_cde_has_a_name() -> None:
    assert flag_name("letter:EL", {"EL": "English learners"}) == "Priority letters of student groups, English learners"
    assert flag_name("met_method_2") == "Differentiated Assistance by Method 2"
    assert flag_name("ec47607_2024") == "Charter schools (EC 47607), 2024"
    assert flag_name("math:EL", {"EL": "English learners"}, {"math": "Mathematics"}) == (
        "Low performing LEAs: Mathematics, English learners"
    )


# ---- what would settle a verdict: one short line, or no line if nothing is known to settle it ----

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
def test_the_line_names_what_would_settle_an_undetermined_verdict(pathway: str, facts: LeftOpen, needed: str) -> None:
    assert settled_by(pathway, 2024, facts) == (f"To settle it: {needed}." if needed else "")


def test_states_and_findings_match_the_tables() -> None:
    tables = published_tables()
    for known, column in ((LOANS, ("loan_states", "loan_state")), (CASES, ("case_states", "case_finding"))):
        table, name = column
        assert set(known) <= set(tables[table].columns[name].values)
