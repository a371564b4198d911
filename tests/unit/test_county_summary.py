"""A county's text for a board summary, and how long an LEA has been on the list."""

import re
from dataclasses import replace

import pytest

from transforms.wording.sentences import Assisted, CountyFacts, GroupCount, county_summary, since_words

CONTINUUM = Assisted(
    "Continuum of Support (SIR+)",
    ("Alder Unified", "Birch Unified"),
    ("Birch Unified",),
    ("Cedar Unified",),
    direct=True,
)
LOAN = Assisted("Wraparound", (), open=("Fir Unified",), direct=True)
DIFFERENTIATED = Assisted(
    "Differentiated Assistance",
    ("Alder Unified", "Birch Unified", "Elm County Office of Education"),
    by_year=(("Year 1", ("Alder Unified", "Birch Unified")), ("Year 2", ("Elm County Office of Education",))),
)
GROUPS = (GroupCount("long-term English learners", 2, 0, 2024), GroupCount("foster youth", 1, 3))
FACTS = CountyFacts(
    "Elm", 2024, 2023, True, 2, (("county_office", 1), ("district", 2)), (CONTINUUM, LOAN, DIFFERENTIATED), GROUPS, 2023
)
END = "This is computed from files of the California Department of Education and is not an official designation."


def test_the_text_names_who_is_assisted_which_groups_and_who_is_new() -> None:
    assert county_summary(FACTS) == (
        "In 2024, two LEAs in Elm County meet the criteria for Direct Technical Assistance."
        " Continuum of Support (SIR+): two LEAs (Alder Unified and Birch Unified). New since 2023, Continuum of Support"
        " (SIR+): Birch Unified. Left since 2023, Continuum of Support (SIR+): Cedar Unified. Not determined:"
        " Wraparound for Fir Unified.\n\n"
        "Two districts and one county office meet the criteria for assistance of any kind. Differentiated"
        " Assistance, Year 1: two LEAs (Alder Unified and Birch Unified). Differentiated Assistance, Year 2: one LEA"
        " (Elm County Office of Education). None is new and none left since 2023. Student groups that met the criteria,"
        " by number of districts and county offices in 2024 (in 2023): long-term English learners 2 (a group since"
        f" 2024) and foster youth 1 (3). {END}"
    )


def test_there_is_no_text_without_determinations() -> None:
    assert county_summary(replace(FACTS, determined=False)) is None


def test_the_text_states_that_no_lea_is_assisted() -> None:
    none = CountyFacts("Elm", 2024, 2023, True, 0, (), (Assisted("Wraparound", (), direct=True),), (), None)
    assert (
        county_summary(none)
        == "In 2024, no LEA in Elm County is known to meet the criteria for Direct Technical Assistance. None is new"
        " and none left since 2023.\n\nNo district, county office or charter school is known to meet the criteria for"
        f" assistance of any kind. {END}"
    )


def test_one_lea_is_singular_and_the_first_year_has_no_comparison() -> None:
    one = replace(
        FACTS,
        before=None,
        direct=1,
        kinds=(("charter", 1),),
        assisted=(),
        groups=(GroupCount("foster youth", 1, 0),),
        groups_before=None,
    )
    said = county_summary(one)
    assert (
        said
        == "In 2024, one LEA in Elm County meets the criteria for Direct Technical Assistance.\n\nOne charter school"
        " meets the criteria for assistance of any kind. Student groups that met"
        f" the criteria, by number of districts and county offices in 2024: foster youth 1. {END}"
    )


@pytest.mark.parametrize(
    ("new", "left", "said"),
    [
        (("A",), (), "New since 2023, Wraparound: A. None left since 2023."),
        ((), ("B",), "Left since 2023, Wraparound: B. None is new since 2023."),
    ],
)
def test_only_new_or_only_removed_leas(new: tuple[str, ...], left: tuple[str, ...], said: str) -> None:
    assert said in (county_summary(replace(FACTS, assisted=(Assisted("Wraparound", ("A",), new, left),))) or "")


@pytest.mark.parametrize(
    "doubt", [Assisted("Wraparound", ("A",), open=("B",)), Assisted("Wraparound", ("A",), open_before=True)]
)
def test_no_change_is_claimed_for_undetermined_leas(doubt: Assisted) -> None:
    assert "None" not in (county_summary(replace(FACTS, assisted=(doubt,))) or "None")


def test_many_undetermined_leas_are_counted() -> None:
    many = Assisted("Wraparound", (), open=tuple(f"District {n}" for n in range(6)))
    assert "Not determined: Wraparound for 6 LEAs." in (county_summary(replace(FACTS, assisted=(many,))) or "")


def test_more_than_ten_are_counted() -> None:
    many = tuple(f"District {n}" for n in range(11))
    said = (
        county_summary(replace(FACTS, assisted=(Assisted("Differentiated Assistance", many, many, many[:10]),))) or ""
    )
    assert "Differentiated Assistance: 11 LEAs. New since 2023, Differentiated Assistance: 11 LEAs." in said
    assert "Left since 2023, Differentiated Assistance: District 0, " in said


def test_sentences_are_short_except_for_names() -> None:
    names = re.compile(r"\([^)]*(?:Unified|Education)\)|: long-term.*?(?=\.)")
    for sentence in re.split(r"(?<=\.)\s+", names.sub("", county_summary(FACTS) or "")):
        assert len(sentence.split()) <= 30, sentence


@pytest.mark.parametrize(
    ("statuses", "said"),
    [
        ("eligible", "since 2024 or earlier"),
        ("eligible eligible eligible", "since 2022 or earlier"),
        ("not_eligible eligible eligible", "since 2023"),
        ("eligible not_eligible eligible", "new"),
        ("not_eligible not_assessed eligible", "new"),
        ("eligible undetermined eligible", "new; 2023 not determined"),
        ("undetermined eligible eligible", "since 2023; 2022 not determined"),
    ],
)
def test_the_text_states_since_when_an_lea_is_eligible(statuses: str, said: str) -> None:
    of_year = statuses.split()
    assert since_words([(2024 - len(of_year) + 1 + n, status) for n, status in enumerate(of_year)]) == said
