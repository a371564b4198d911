"""What an LEA can paste into its Local Control and Accountability Plan, where the template asks for the reason of
technical assistance.

The template names EC 47607.3, 52071, 52071.5, 52072 and 52072.5; these findings are those that this pipeline decides.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from transforms.wording.sentences.phrases import joined


@dataclass(frozen=True)
class Finding:
    """One determination of the year: what it is called, its section, its status, and the student groups that it rests
    on.
    """

    name: str
    statute: str
    status: str
    groups: tuple[str, ...] = ()


def lcap_sentence(lea: str, year: int, findings: Sequence[Finding]) -> str:
    """The reason for technical assistance on the Dashboard of a year, with student groups; for "no" and "not
    determined" as well.
    """
    of_status = {s: [f for f in findings if f.status == s] for s in ("eligible", "not_eligible", "undetermined")}
    said = []
    if of_status["eligible"]:
        said.append(
            f"Based on the {year} Dashboard, {lea} meets the published criteria of"
            f" {joined([_with_groups(f) for f in of_status['eligible']])}."
        )
    elif of_status["not_eligible"]:
        said.append(
            f"Based on the {year} Dashboard, {lea} does not meet the published criteria of"
            f" {joined([_named(f) for f in of_status['not_eligible']], 'or')}."
        )
    if of_status["undetermined"]:
        doubtful = joined([_named(f) for f in of_status["undetermined"]], "or")
        said.append(f"Whether {lea} meets the published criteria of {doubtful} is not determined.")
    if not said:
        return f"{lea} has no results to assess on the {year} Dashboard."
    return " ".join(said)


def _named(finding: Finding) -> str:
    return f"{finding.name} ({finding.statute})"


def _with_groups(finding: Finding) -> str:
    return f"{finding.name} ({finding.statute}{': ' + joined(finding.groups) if finding.groups else ''})"
