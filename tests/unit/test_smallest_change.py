"""The smallest change that would alter an estimate: correct words, and no smaller change exists."""

import random
from itertools import combinations, product

import pytest

from transforms.estimate.smallest import Change, Group, Search, TargetLevel, priorities_met
from transforms.rules.load import load_rules, name_of, rules_of
from transforms.settings import PROJECT
from transforms.wording.sentences.estimate import (
    OutlookFacts,
    ShownWords,
    change_words,
    counts_sentences,
    no_change_words,
    notice,
    outlook_sentence,
)

RULES = load_rules(PROJECT / "data")
OF_2025 = rules_of(RULES, 2025)
FOR_ALL = {"ela": True, "math": True, "elpi": False, "chronic": False, "susp": True, "grad": False, "cci": False}
LOOKED_AT = tuple(i for i in FOR_ALL if i != "elpi")


def group(name: str = "SWD", counts: bool = False, if_met: bool = True, **levels: int) -> Group:
    return Group(name, tuple((i, levels.get(i), None) for i in LOOKED_AT), counts, if_met, False)


@pytest.mark.parametrize(
    ("groups", "required", "certain", "change"),
    [
        ([group(susp=1, ela=3, math=3, chronic=3, grad=2, cci=4)], 1, False, ((TargetLevel("grad", 1),),)),
        ([group(susp=1, ela=2, math=2, chronic=5, grad=5, cci=5)], 1, False, ((TargetLevel("ela", 1),),)),
        (
            [group(susp=2, chronic=2, ela=4, math=4, grad=5, cci=5)],
            1,
            False,
            ((TargetLevel("chronic", 1), TargetLevel("susp", 1)),),
        ),
        ([group(susp=1, chronic=1, counts=True)], 1, True, ((TargetLevel("chronic", 2, True),),)),
        ([group(susp=1, chronic=1, grad=1, counts=True)], 1, True, ((TargetLevel("susp", 2, True),),)),
        ([group(chronic=1, grad=1, ela=1, math=2, counts=True)], 1, True, ((TargetLevel("math", 3, True),),)),
    ],
)
def test_the_smallest_change_is_found(
    groups: list[Group], required: int, certain: bool, change: tuple[tuple[TargetLevel, ...], ...]
) -> None:
    found = Search(OF_2025, FOR_ALL).smallest(groups, required, certain)
    assert found == Change(
        not certain, tuple((g.student_group, shown) for g, shown in zip(groups, change, strict=True))
    )


def test_the_smallest_change_uses_the_nearest_groups() -> None:
    far, near = group("HI", susp=5, chronic=5, ela=5, math=5, grad=5, cci=5), group("EL", susp=1, chronic=2)
    counts = group("SWD", counts=True, susp=1, chronic=1)
    found = Search(OF_2025, FOR_ALL).smallest([far, near, counts], 2, False)
    assert found == Change(True, (("EL", (TargetLevel("chronic", 1),)),))


def test_a_verdict_from_earlier_years_has_no_smallest_change() -> None:
    search = Search(OF_2025, FOR_ALL)
    assert search.smallest([group(if_met=False, susp=1)], 1, False) is None
    assert search.smallest([Group("SWD", group().state, True, True, counts_anyway=True)], 1, True) is None
    assert (
        search.smallest([group("A", counts=True), group("B", counts=True), Group("C", (), True, True, True)], 1, True)
        is None
    )


@pytest.mark.parametrize("seed", range(40))
def test_the_smallest_change_flips_the_verdict_and_no_smaller_one_does(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311
    levels = {i: chance.choice([1, 1, 2, 3, 4]) for i in LOOKED_AT}
    met = len(priorities_met(OF_2025, "SWD", levels)) >= OF_2025.priorities_required
    found = Search(OF_2025, FOR_ALL).smallest([group(counts=met, **levels)], 1, met)
    assert found
    ((_, shown),) = found.groups
    after = levels | {s.indicator: s.level for s in shown}
    assert (len(priorities_met(OF_2025, "SWD", after)) >= OF_2025.priorities_required) is not met
    for chosen in combinations(levels, len(shown) - 1):
        for tried in product(range(1, 6), repeat=len(chosen)):
            state = levels | dict(zip(chosen, tried, strict=True))
            assert (len(priorities_met(OF_2025, "SWD", state)) >= OF_2025.priorities_required) is met


def test_an_unconfirmed_year_uses_the_newest_confirmed_rules() -> None:
    of_2026 = rules_of(RULES, 2026)
    assert name_of(RULES, 2026) == "2025-final"
    assert of_2026.criterion == OF_2025.criterion
    assert of_2026.continuum
    assert of_2026.continuum.counted_dashboards == (2023, 2024, 2025, 2026)
    of_2027 = rules_of(RULES, 2027)
    assert of_2027.continuum
    assert of_2027.continuum.counted_dashboards == (2024, 2025, 2026, 2027)
    assert of_2027.consecutive
    assert of_2027.consecutive.dashboards == (2025, 2026, 2027)
    assert rules_of(RULES, 2023) is next(r for r in RULES.years if r.dashboard_year == 2023)


FACTS = OutlookFacts("continuum", "possible", "district", 2025, False, 3, ("foster youth",), ("A", "B", "C"), False)


def test_sentences() -> None:
    said = change_words(True, [("students with disabilities", [ShownWords("red", ("suspension", "mathematics"))])])
    assert said == "one more group (students with disabilities: red in suspension and in mathematics)"
    assert no_change_words(2025, "certain", gaps=True) == "no result of 2025 can alter this"
    assert no_change_words(2026, "possible", gaps=True) == "open: the results of 2025 are missing too"
    assert outlook_sentence(FACTS) == (
        "Possible: the test of 2025 is open for the district. One student group counts: foster youth. It takes two more"
        " student groups of these: A, B and C."
    )
    certain = OutlookFacts("method_1", "certain", "county_office", 2025, False, 1, ("A",), (), True)
    assert outlook_sentence(certain) == (
        "Certain: the county office meets the test of 2025 by these estimates. One student group counts: A."
    )
    ruled_out = OutlookFacts("continuum", "ruled_out", "district", 2025, False, 3, (), ("A",), False)
    assert outlook_sentence(ruled_out) == (
        "Ruled out: the district does not meet the test of 2025, whatever the 2025 Dashboard shows. One student group"
        " can count, and three are needed."
    )
    lines = counts_sentences([("continuum", "certain", False, 28), ("continuum", "possible", False, 128)])
    assert lines[0] == "Continuum of Support (SIR+): 28 to 156 LEAs (28 certain, 128 possible, 0 ruled out)."


def test_only_loaded_charter_schools_are_counted() -> None:
    lines = counts_sentences([("charter", "ruled_out", False, 8)])
    assert lines[-1] == (
        "Charter schools' assistance (EC 47607.3): 0 to 0 of the 8 charter schools loaded (0 certain, 0 possible,"
        " 8 ruled out)."
    )


def test_a_loaded_dashboard_is_not_reported_as_missing() -> None:
    assert notice(2025) == (
        "Estimate. Not a finding, and no part of a release: results of the 2025 Dashboard are not used."
    )
    assert notice(2024, loaded=True).startswith("Estimate. Not a finding")
    assert "as if the 2024 Dashboard were not out. It is loaded" in notice(2024, loaded=True)


def test_the_small_lea_clause_is_named_when_it_decides() -> None:
    certain = OutlookFacts("continuum", "certain", "district", 2025, True, 3, ("A", "B"), (), True)
    assert outlook_sentence(certain) == (
        "Certain: the district meets the test of 2025 by these estimates. By the clause for fewer than three student"
        " groups: all of its groups with a result (two) count: A and B."
    )
