"""The sentences that people read."""

from dataclasses import replace

from transforms.sentences import ContinuumFacts, GroupYears, continuum_reason

WINDOW = (2019, 2022, 2023, 2024)


def group(code: str, *years: int, unknown: tuple[int, ...] = ()) -> GroupYears:
    return GroupYears(code, years, unknown, len(years) >= 3, len(years) + len(unknown) >= 3)


def facts(status: str, *groups: GroupYears) -> ContinuumFacts:
    return ContinuumFacts(status, "district", 2024, WINDOW, 3, 3, groups, False, False, len(groups), len(groups), True, ())


def test_the_no_says_how_near_it_was() -> None:
    said = continuum_reason(facts("not_eligible", group("EL", 2019, 2022, 2023), group("SWD", 2022, 2023, 2024), group("HOM", 2022, 2023), group("HI", 2022)))
    assert said == (
        "Two student groups met the criteria in at least three of the four Dashboards 2019, 2022, 2023 and 2024: "
        "EL (2019, 2022, 2023) and SWD (2022, 2023, 2024); three are needed. Next is HOM, at two years."
    )


def test_the_no_of_an_lea_without_anything() -> None:
    assert continuum_reason(facts("not_eligible", group("EL"))).startswith("No student group met the criteria")


def test_the_yes_lists_groups_and_years() -> None:
    said = continuum_reason(facts("eligible", *(group(g, 2022, 2023, 2024) for g in ("EL", "HOM", "SWD"))))
    assert said.startswith("Three student groups met")
    assert "SWD (2022, 2023, 2024)" in said


def test_the_small_lea_clause_is_said() -> None:
    said = continuum_reason(replace(facts("eligible", group("SED", 2022, 2023, 2024), group("WH", 2019, 2022, 2024)), by_small_clause=True))
    assert said.startswith("The district has fewer than three student groups with a result in 2024, and all of them")


def test_cannot_tell_names_what_is_missing() -> None:
    said = continuum_reason(
        replace(
            facts("undetermined", group("EL", 2019, 2022, 2023), group("HOM", 2019, 2022, unknown=(2024,)), group("SWD", 2022, 2023, unknown=(2024,))),
            unknown_because=("a 2024 Dashboard file is not loaded",),
        )
    )
    assert said == (
        "Cannot tell: one student group surely met the criteria in at least three of the four Dashboards 2019, 2022, 2023 and 2024 (EL); "
        "two more groups may have (HOM and SWD), and three are needed. Missing: a 2024 Dashboard file is not loaded."
    )


def test_nothing_to_judge_tells_absence_from_smallness() -> None:
    nothing = facts("not_assessed")
    assert "has a result on the 2024 Dashboard" in continuum_reason(nothing)
    assert "is not on the 2024 Dashboard" in continuum_reason(replace(nothing, in_files=False))
