"""The sentences that people read."""

from dataclasses import replace
from datetime import date

import pytest

from transforms.wording.sentences.assistance import (
    DifferentiatedFacts,
    SpanFacts,
    charter_reason,
    differentiated_reason,
)
from transforms.wording.sentences.continuum import ContinuumFacts, GroupYears, continuum_reason
from transforms.wording.sentences.lists import WatchFacts, watch_sentence
from transforms.wording.sentences.recorded import RecordedFacts, recorded_reason

WINDOW = (2019, 2022, 2023, 2024)


def group(code: str, *years: int, unknown: tuple[int, ...] = ()) -> GroupYears:
    return GroupYears(code, years, len(years) >= 3, len(years) + len(unknown) >= 3, years_unknown=unknown)


def facts(status: str, *groups: GroupYears) -> ContinuumFacts:
    return ContinuumFacts(status, "district", 2024, WINDOW, 3, 3, groups, False, False, len(groups), True, ())


def test_a_not_eligible_sentence_states_the_distance() -> None:
    said = continuum_reason(
        facts(
            "not_eligible",
            group("EL", 2019, 2022, 2023),
            group("SWD", 2022, 2023, 2024),
            group("HOM", 2022, 2023),
            group("HI", 2022),
        )
    )
    assert (
        said
        == "Two student groups met the criteria in at least three of the four Dashboards 2019, 2022, 2023 and 2024: "
        "EL (2019, 2022, 2023) and SWD (2022, 2023, 2024). Three are needed. Closest, with two years: HOM."
    )


def test_a_not_eligible_sentence_of_an_lea_without_any_group() -> None:
    assert continuum_reason(facts("not_eligible", group("EL"))).startswith(
        "No student group met the criteria in any of the four Dashboards"
    )


def test_a_not_eligible_sentence_names_groups_that_may_count_and_why() -> None:
    some = facts("not_eligible", group("EL", 2019, 2022, 2023), group("HOM", 2019, 2022, unknown=(2024,)))
    none = facts("not_eligible", group("HI", unknown=(2024,)), group("HOM", 2019, 2022, unknown=(2024,)))
    missing = ("the suspension file of 2024 is not loaded",)
    of_four = "of the four Dashboards 2019, 2022, 2023 and 2024"
    end = (
        "HOM. Three are needed. Closest by what is known, with two years: HOM. Missing: the suspension file of 2024"
        " is not loaded."
    )
    assert continuum_reason(replace(some, unknown_because=missing, groups_that_may_have_result=3)) == (
        f"One student group met the criteria in at least three {of_four}: EL (2019, 2022, 2023). One more group may"
        f" have: {end}"
    )
    assert continuum_reason(replace(none, unknown_because=missing, groups_that_may_have_result=3)) == (
        f"No student group is known to have met the criteria in at least three {of_four}. One group may have: {end}"
    )


def test_an_eligible_sentence_lists_groups_and_years() -> None:
    said = continuum_reason(facts("eligible", *(group(g, 2022, 2023, 2024) for g in ("EL", "HOM", "SWD"))))
    assert said.startswith("Three student groups met")
    assert "SWD (2022, 2023, 2024)" in said


def test_an_eligible_sentence_states_the_small_lea_clause() -> None:
    said = continuum_reason(
        replace(facts("eligible", group("SED", 2022, 2023, 2024), group("WH", 2019, 2022, 2024)), by_small_clause=True)
    )
    assert said.startswith("The district has two student groups with a result in 2024, and both met the criteria")


def test_not_determined_names_what_is_missing() -> None:
    said = continuum_reason(
        replace(
            facts(
                "undetermined",
                group("EL", 2019, 2022, 2023),
                group("HOM", 2019, 2022, unknown=(2024,)),
                group("SWD", 2022, 2023, unknown=(2024,)),
            ),
            unknown_because=("a 2024 Dashboard file is not loaded",),
        )
    )
    assert (
        said
        == "One student group met the criteria in at least three of the four Dashboards 2019, 2022, 2023 and 2024: EL. "
        "Two more groups may have: HOM and SWD. Three are needed. Missing: a 2024 Dashboard file is not loaded."
    )


def test_no_results_distinguishes_absent_from_small_groups() -> None:
    nothing = facts("not_assessed")
    assert "has a result on the 2024 Dashboard" in continuum_reason(nothing)
    assert "is not on the 2024 Dashboard" in continuum_reason(replace(nothing, in_files=False))


def test_a_not_eligible_sentence_names_a_dashboard_without_the_lea() -> None:
    no = replace(ASSISTANCE, status="not_eligible", assistance_year=None, methods_met=())
    assert differentiated_reason(no).endswith("nor was one on the 2023 Dashboard.")
    assert differentiated_reason(replace(no, not_listed=(2023,))).endswith(
        "nor was one on the 2023 Dashboard. CDE's files of 2023 do not list this district under this code, and no"
        " predecessor is on record. That year is left out of its history."
    )


SPAN = SpanFacts("not_eligible", "charter", 2024, (2023, 2024), (), (), "")
ASSISTANCE = DifferentiatedFacts("eligible", "district", 2024, 1, 2023, (1,), (), ("English learners",), (), ())


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (charter_reason(SPAN), "No student group met the criteria in 2023 or 2024."),
        (
            charter_reason(replace(SPAN, years_unknown=(2024,))),
            "No student group met the criteria in 2023; the test needs 2023 and 2024.",
        ),
        (
            charter_reason(replace(SPAN, years_met=(2024,))),
            "Student groups met the criteria in 2024 only; the test needs 2023 and 2024.",
        ),
        (
            differentiated_reason(ASSISTANCE),
            "Year 1, by Method 1: one student group met the criteria (English learners).",
        ),
        (
            differentiated_reason(replace(ASSISTANCE, methods_met=(2, 4), local_failed=(3, 6), from_cde=(4,))),
            (
                "Year 1, by Method 2: two local indicators were not met (priorities 3 and 6); "
                "Method 4: End-of-Year CALPADS data was not certified on time (CDE's flag)."
            ),
        ),
        (
            differentiated_reason(replace(ASSISTANCE, methods_met=(3,), local_failed=(6,))),
            (
                "Year 1, by Method 3: one local indicator was not met (priority 6), and a student group met the"
                " criteria of one state priority."
            ),
        ),
        (
            differentiated_reason(replace(ASSISTANCE, methods_met=(), second_year_after=2023, none_met=True)),
            "Year 2: it met a method on the 2023 Dashboard, assistance lasts two years, and no method is met now.",
        ),
        (
            differentiated_reason(replace(ASSISTANCE, status="undetermined", methods_met=(), no_file=True)),
            "2024 data for this district is not loaded.",
        ),
        (
            watch_sentence(
                WatchFacts("X", "foster youth", "one_more_group", (2022, 2024), 2025, ("suspension",), True)
            ),
            (
                "X: foster youth met the criteria in 2022 and 2024 (in 2024 by suspension). If they do on the 2025"
                " Dashboard too, they would be the third group that counts, and the LEA would meet the criteria of that"
                " year."
            ),
        ),
        (
            watch_sentence(
                WatchFacts("X", "foster youth", "one_more_year", (2023, 2025), 2026, (), False, provisional=True)
            ),
            (
                "X: foster youth met the criteria in 2023 and 2025. If they do on the 2026 Dashboard too, they would"
                " count toward the Continuum of Support. Provisional: the criteria of 2026 are not confirmed."
            ),
        ),
        (
            watch_sentence(
                WatchFacts(
                    "X",
                    "foster youth",
                    "preview_met",
                    (2024, 2025, 2026),
                    2026,
                    ("chronic absenteeism", "suspension"),
                    False,
                    True,
                )
            ),
            (
                "X: foster youth were red on chronic absenteeism and suspension on the Dashboards 2024, 2025 and 2026."
                " By the previewed criteria of 2026 this brings three years of assistance. Provisional: this rests on"
                " one secondary source."
            ),
        ),
        (
            differentiated_reason(
                replace(
                    ASSISTANCE,
                    status="undetermined",
                    methods_met=(),
                    not_confirmed="the 2026 criteria are not confirmed",
                )
            ),
            "The 2026 criteria are not confirmed, and CDE's own answer is not known.",
        ),
    ],
)
def test_sentence(said: str, expected: str) -> None:
    assert said == expected


def test_a_rejected_record_is_named_after_its_pathway() -> None:
    said = recorded_reason(
        RecordedFacts(
            "undetermined", "district", "State Superintendent", "determination", "State Superintendent",
            date(2024, 12, 1), True, (), rejected_rows=2,
        )
    )  # fmt: skip
    assert "Two State Superintendent records that may be about this district were rejected." in said
