"""The sentence that an LEA can paste into its LCAP."""

from transforms.wording.sentences import Finding, lcap_sentence

ASSISTANCE = Finding("Differentiated Assistance", "EC 52071(c)(1)", "eligible", ("English learners", "Homeless youth"))
CONTINUUM = Finding("Continuum of Support (SIR+)", "EC 52072(a)", "not_eligible")
LOAN = Finding("Wraparound", "EC 52074(g)(2)(A)", "undetermined")


def test_the_yes_names_section_and_groups_and_leaves_out_the_no() -> None:
    assert (
        lcap_sentence("Salinas Union High", 2024, [ASSISTANCE, CONTINUUM])
        == "Based on the 2024 Dashboard, Salinas Union High meets the published criteria of Differentiated Assistance "
        "(EC 52071(c)(1): English learners and Homeless youth)."
    )


def test_the_no_names_what_was_looked_at() -> None:
    said = lcap_sentence(
        "Alisal Union", 2024, [Finding("Differentiated Assistance", "EC 52071(c)(1)", "not_eligible"), CONTINUUM]
    )
    assert (
        said
        == "Based on the 2024 Dashboard, Alisal Union does not meet the published criteria of Differentiated Assistance"
        " (EC 52071(c)(1)) or Continuum of Support (SIR+) (EC 52072(a))."
    )


def test_a_doubt_is_said_beside_a_yes() -> None:
    said = lcap_sentence("X", 2024, [ASSISTANCE, LOAN])
    assert said.endswith("Whether X meets the published criteria of Wraparound (EC 52074(g)(2)(A)) is not determined.")


def test_nothing_to_judge_is_not_a_no() -> None:
    said = lcap_sentence("X", 2024, [Finding("Differentiated Assistance", "EC 52071(c)(1)", "not_assessed")])
    assert said == "X has no results to assess on the 2024 Dashboard."
