"""Write text that an LEA can paste into its Local Control and Accountability Plan, where the template requires the
reason for technical assistance. There are two forms, because districts use both: by student group, and by indicator.

The template names EC 47607.3, 52071, 52071.5, 52072 and 52072.5; the findings here are those that this pipeline
decides.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from transforms.wording.sentences.phrases import COMPUTED, joined, plural

PRIORITIES = {  # names of state priorities within a sentence
    1: "basics",
    2: "implementation of state academic standards",
    3: "parent and family engagement",
    4: "pupil achievement",
    5: "pupil engagement",
    6: "school climate",
    7: "access to a broad course of study",
    8: "other pupil outcomes",
    9: "coordination of services for expelled students",
    10: "coordination of services for foster youth",
}
LONGER_TESTS = {  # tests of several Dashboards, each with the introduction of its student groups
    "continuum": "Student groups that met the criteria on at least three of the four Dashboards",
    "consecutive": "Student groups that met the criteria on each of the three Dashboards",
}
FROM_LETTERS = "The priorities are those of CDE's letters; data by indicator is not loaded."


@dataclass(frozen=True)
class Finding:
    """One determination of the year: its name, section and status, and the student groups of a test of several
    Dashboards.
    """

    name: str
    statute: str
    status: str
    code: str = ""
    groups: tuple[str, ...] = ()  # as in a sentence
    assistance_year: int | None = None


@dataclass(frozen=True)
class MetGroup:
    """A student group that met the criteria on the Dashboard of the year, with the indicators that it met them by.

    If only CDE's letter is loaded, it has priorities instead.
    """

    name: str  # as in a sentence
    indicators: tuple[str, ...]
    priorities: tuple[int, ...]


@dataclass(frozen=True)
class Lcap:
    """The same text in both forms."""

    by_group: str
    by_indicator: str

    @property
    def shapes(self) -> dict[str, str]:
        """Return each form that differs, by its beginning."""
        both = {"group": self.by_group, "indicator": self.by_indicator}
        return both if self.by_group != self.by_indicator else {"group": self.by_group}


def lcap_text(
    lea: str, year: int, findings: Sequence[Finding], met: Sequence[MetGroup], indicators: Sequence[str]
) -> Lcap | None:
    """Return the reason for technical assistance on the Dashboard of a year, with its caveats.

    Returns None if no criteria are known to be met or not met. ``indicators``: their names in a sentence, in order.
    """
    status = {f.status for f in findings}
    if not status & {"eligible", "not_eligible"}:
        return None
    lead, end = [*_lead(lea, year, findings)], [*_longer(findings), *_doubt(findings), COMPUTED]
    if "eligible" not in status:
        text = " ".join([*lead, *end])
        return Lcap(text, text)
    end = [*_none_met(year, findings, met), *end]
    return Lcap(
        " ".join([*lead, *_by_group(year, met), *end]), " ".join([*lead, *_by_cause(year, met, indicators), *end])
    )


def _lead(lea: str, year: int, findings: Sequence[Finding]) -> Iterator[str]:
    """Yield the criteria that are met, or, if there are none, the criteria that are not met."""
    if yes := [_named(f) for f in findings if f.status == "eligible"]:
        yield f"Based on the {year} Dashboard, {lea} meets the published criteria of {yes[0]}."
        if yes[1:]:
            yield f"It also meets the published criteria of {joined(yes[1:])}."
        return
    first, *others = [_named(f) for f in findings if f.status == "not_eligible"]
    yield f"Based on the {year} Dashboard, {lea} does not meet the published criteria of {first}."
    if others:
        yield f"Nor does it meet the published criteria of {joined(others, 'or')}."


def _named(f: Finding) -> str:
    return f"{f.name}{f', Year {f.assistance_year}' if f.assistance_year else ''} ({f.statute})"


def _by_group(year: int, met: Sequence[MetGroup]) -> Iterator[str]:
    """Yield student groups with the indicators or priorities by which they met the criteria."""
    detailed = [f"{g.name} ({joined(g.indicators)})" for g in met if g.indicators]
    lettered = [f"{g.name} ({joined([PRIORITIES[p] for p in g.priorities])})" for g in met if not g.indicators]
    for groups, what in ((detailed, "indicators"), (lettered, "state priorities")):
        if groups:
            how_many = plural(len(groups), "student group")
            yield f"{how_many.capitalize()} met the criteria in {year}, by these {what}: {'; '.join(groups)}."
    if lettered:
        yield FROM_LETTERS


def _by_cause(year: int, met: Sequence[MetGroup], indicators: Sequence[str]) -> Iterator[str]:
    """Yield indicators or priorities with the student groups that met the criteria by them."""
    detailed = [(i, [g.name for g in met if i in g.indicators]) for i in indicators]
    lettered = [
        (name, [g.name for g in met if not g.indicators and p in g.priorities]) for p, name in PRIORITIES.items()
    ]
    for causes, what in ((detailed, "Indicators"), (lettered, "State priorities")):
        if found := [f"{cause} ({joined(groups)})" for cause, groups in causes if groups]:
            yield f"{what} by which student groups met the criteria in {year}: {'; '.join(found)}."
    if any(not g.indicators for g in met):
        yield FROM_LETTERS


def _none_met(year: int, findings: Sequence[Finding], met: Sequence[MetGroup]) -> Iterator[str]:
    if not met and any(f.assistance_year == 2 for f in findings):
        yield f"No student group met the criteria in {year}; the assistance continues from the year before."


def _longer(findings: Sequence[Finding]) -> Iterator[str]:
    for f in findings:
        if f.groups:
            yield f"{LONGER_TESTS[f.code]}: {joined(f.groups)}."


def _doubt(findings: Sequence[Finding]) -> Iterator[str]:
    if doubtful := [_named(f) for f in findings if f.status == "undetermined"]:
        yield f"Not determined: {joined(doubtful)}."
