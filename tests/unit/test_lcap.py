"""The paragraphs that an LEA can paste into its LCAP, by student group and by indicator."""

import csv
import re

from transforms.settings import PROJECT
from transforms.wording.sentences import Finding, Lcap, MetGroup, lcap_text
from transforms.wording.sentences.lcap import PRIORITIES

ASSISTANCE = Finding("Differentiated Assistance", "EC 52071(c)(1)", "eligible", "differentiated_assistance", (), 1)
THREE = Finding(
    "the test of three consecutive Dashboards", "EC 52071(f)", "eligible", "consecutive", ("English learners",)
)
CONTINUUM = Finding("Continuum of Support (SIR+)", "EC 52072(a)", "not_eligible", "continuum")
LOAN = Finding("Wraparound", "EC 52074(g)(2)(A)", "undetermined", "wraparound")
INDICATORS = ("English language arts", "mathematics", "suspension")
LEARNERS = MetGroup("English learners", ("English language arts", "mathematics"), (4, 5))
HOMELESS = MetGroup("homeless youth", ("mathematics", "suspension"), (4, 6))
LETTERED = MetGroup("foster youth", (), (5, 8))
END = "This is computed from files of the California Department of Education and is not an official designation."


def text(findings: list[Finding], *met: MetGroup) -> Lcap:
    found = lcap_text("Elm Unified", 2024, findings, met, INDICATORS)
    assert found is not None
    return found


def test_texts_by_group_and_by_indicator_agree() -> None:
    said = text([ASSISTANCE, CONTINUUM], LEARNERS, HOMELESS)
    lead = (
        "Based on the 2024 Dashboard, Elm Unified meets the published criteria of Differentiated Assistance, Year 1"
        " (EC 52071(c)(1))."
    )
    assert (
        said.by_group
        == f"{lead} Two student groups met the criteria in 2024, by these indicators: English learners (English"
        " language"
        f" arts and mathematics); homeless youth (mathematics and suspension). {END}"
    )
    assert (
        said.by_indicator
        == f"{lead} Indicators by which student groups met the criteria in 2024: English language arts (English"
        " learners);"
        f" mathematics (English learners and homeless youth); suspension (homeless youth). {END}"
    )
    assert list(said.shapes) == ["group", "indicator"]


def test_priorities_are_named_when_only_letters_are_loaded() -> None:
    said = text([ASSISTANCE], LETTERED)
    caveat = f"The priorities are those of CDE's letters; data by indicator is not loaded. {END}"
    assert said.by_group.endswith(
        "One student group met the criteria in 2024, by these state priorities: foster youth (pupil engagement and"
        f" other pupil outcomes). {caveat}"
    )
    assert said.by_indicator.endswith(
        "State priorities by which student groups met the criteria in 2024: pupil engagement (foster youth); other"
        f" pupil outcomes (foster youth). {caveat}"
    )


def test_more_than_one_finding_and_their_groups() -> None:
    said = text([ASSISTANCE, THREE, LOAN], LEARNERS).by_group
    assert "It also meets the published criteria of the test of three consecutive Dashboards (EC 52071(f))." in said
    assert "Student groups that met the criteria on each of the three Dashboards: English learners." in said
    assert f"Not determined: Wraparound (EC 52074(g)(2)(A)). {END}" in said


def test_year_2_without_a_group_states_why_assistance_continues() -> None:
    second = Finding("Differentiated Assistance", "EC 52071(c)(1)", "eligible", "differentiated_assistance", (), 2)
    said = text([second])
    assert "No student group met the criteria in 2024; the assistance continues from the year before." in said.by_group
    assert list(said.shapes) == ["group"]


def test_a_not_eligible_text_names_what_was_checked_and_no_group() -> None:
    no = Finding("Differentiated Assistance", "EC 52071(c)(1)", "not_eligible", "differentiated_assistance")
    said = text([no, CONTINUUM], LEARNERS)
    assert (
        said.by_group
        == "Based on the 2024 Dashboard, Elm Unified does not meet the published criteria of Differentiated Assistance"
        " (EC 52071(c)(1)). Nor does it meet the published criteria of Continuum of Support (SIR+) (EC 52072(a))."
        f" {END}"
    )
    assert list(said.shapes) == ["group"]


def test_priorities_are_called_as_the_reference_list_calls_them() -> None:
    with (PROJECT / "data/reference/priorities.csv").open(newline="") as lines:
        named = {int(row["priority"]): row["name"] for row in csv.DictReader(lines)}
    assert {number: name.lower() for number, name in named.items()} == PRIORITIES


def test_there_is_no_text_when_nothing_is_determined() -> None:
    assert lcap_text("X", 2024, [LOAN], [], INDICATORS) is None
    assert lcap_text("X", 2024, [Finding("Wraparound", "EC", "not_assessed")], [], INDICATORS) is None


def test_lcap_sentences_are_short_except_for_lists() -> None:
    every = [ASSISTANCE, THREE, Finding("Continuum of Support (SIR+)", "EC 52072(a)", "eligible", "continuum"), LOAN]
    said = text(every, LEARNERS, HOMELESS, LETTERED)
    for shape in said.shapes.values():
        for sentence in re.split(r"(?<=\.) ", shape):
            assert len(re.sub(r": .*", "", sentence).split()) <= 30, sentence
