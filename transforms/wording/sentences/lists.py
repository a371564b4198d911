"""Sentences of lists: eligible LEAs and their pathways, LEAs that gained or lost a pathway, the watch list, and the
meaning of each class of the reconciliation.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from transforms.wording.sentences.phrases import STATUS_WORDS, capitalized, joined, number, plural

WHY = {"data": "the data changed", "rules": "the rules changed", "code": "the program changed"}


@dataclass(frozen=True)
class EligibleFacts:
    """An LEA and the pathways through which it is eligible in a determination year."""

    lea_name: str
    determination_year: int
    pathways: tuple[str, ...]
    by_cde: bool = False


def eligible_sentence(f: EligibleFacts) -> str:
    """Return one line for the list that most readers open."""
    flag = " For the Continuum of Support this is CDE's own flag, not a computation." if f.by_cde else ""
    return (
        f"{f.lea_name} meets the published criteria of {joined(f.pathways)} for determination year"
        f" {f.determination_year}.{flag} This is not an official designation."
    )


@dataclass(frozen=True)
class ListChange:
    """An LEA that is eligible by a pathway in only one of two releases."""

    cds: str
    lea_name: str
    county: str
    pathway_name: str
    year_before: int
    year: int
    status_before: str
    status: str
    attributed_to: str | None  # data, rules or code
    line: str = ""  # groups that began or ceased to count

    @property
    def joined(self) -> bool:
        """Return True if the LEA is eligible now and was not before."""
        return self.status == "eligible"


def list_change_sentence(c: ListChange) -> str:
    """Return the LEA, the pathway, its earlier or present state, and the reason."""
    where = f" ({c.county})" if c.county else ""
    moved = f", {c.year} in place of {c.year_before}" if c.year != c.year_before else f", {c.year}"
    new, gone = f"newly eligible, before: {STATUS_WORDS[c.status_before]}", "no longer eligible, now: "
    status = new if c.joined else gone + STATUS_WORDS[c.status]
    why = f", because {WHY[c.attributed_to]}" if c.attributed_to else ""
    text = f"{c.lea_name}{where}, {c.pathway_name}{moved}: {status}{why}."
    return f"{text} {c.line}".strip()


def list_headline(lost: int, gained: int) -> str:
    """Return how many LEAs lost a pathway, and how many gained one."""
    return capitalized(f"{plural(lost, 'LEA')} lost a pathway, {number(gained) if gained else 'none'} gained one")


PREVIEWS = {
    "preview_one_more_red": "The same on the {year} Dashboard would bring three years of assistance.",
    "preview_met": "By the previewed criteria of {year} this brings three years of assistance.",
    "preview_scale_changed": (
        "The status of {year} is on another scale and is not compared with these years, so the preview is not"
        " determined."
    ),
}


@dataclass(frozen=True)
class WatchFacts:
    """A watched student group of an LEA, with the years and indicators behind it, named as in a sentence."""

    lea_name: str
    group_name: str
    watch: str
    years: tuple[int, ...]
    next_dashboard: int
    indicators: tuple[str, ...]
    would_be_eligible: bool
    outlook: str = ""  # the LEA's: certain, possible or ruled_out
    groups_needed: int = 0  # groups that the LEA lacks
    candidates: int = 0  # groups that are on the watch list
    provisional: bool = False  # the criteria of the next Dashboard are not confirmed


def watch_sentence(f: WatchFacts) -> str:
    """Return the effect of one more year, group or red. It is a preview, never a finding.

    It covers the next year only; the LEA may be eligible now.
    """
    years = joined(f.years)
    if f.watch in PREVIEWS:
        seen = f"{f.lea_name}: {f.group_name} were red on {joined(f.indicators)} on the Dashboards {years}."
        return (
            f"{seen} {PREVIEWS[f.watch].format(year=f.next_dashboard)} Provisional: this rests on one secondary source."
        )
    by = f" (in {f.years[-1]} by {joined(f.indicators)})" if f.indicators else ""
    if f.outlook == "certain":
        outcome = "they would count too: the LEA meets the criteria of that year whatever they show"
    elif f.watch == "one_more_group":
        outcome = "they would be the third group that counts, and the LEA would meet the criteria of that year"
    elif f.would_be_eligible:
        outcome = f"the LEA would meet the criteria of that year, provided that {_enough(f)} do"
    else:
        outcome = "they would count toward the Continuum of Support"
    doubt = f" Provisional: the criteria of {f.next_dashboard} are not confirmed." if f.provisional else ""
    return (
        f"{f.lea_name}: {f.group_name} met the criteria in {years}{by}. If they do on the {f.next_dashboard} Dashboard"
        f" too, {outcome}.{doubt}"
    )


def _enough(f: WatchFacts) -> str:
    """Return how many of the LEA's watched groups are enough; all, if it has fewer groups than the test needs."""
    if 0 < f.groups_needed < f.candidates:
        return f"{number(f.groups_needed)} of its {number(f.candidates)} such groups"
    return "all such groups"


KINDS = {
    "letter": "the priority letter of this student group",
    "total": "the number of student groups that met the criteria",
    "method": "whether this method of Differentiated Assistance is met",
    "status": "the status of assistance",
    "ec52072": "whether three student groups met the criteria in three of four Dashboards (EC 52072, 52072.5)",
    "ec52071f": "whether a student group met the criteria in three consecutive Dashboards (EC 52071(f))",
    "charter": "a flag of the charter workbook",
    "charter_status": "the status of a charter school (EC 47607.3)",
    "red": "whether the indicator is at its worst for this student group, by CDE's list of low performing LEAs",
    "ec52064e5": (
        "whether this student group met the criteria in three consecutive Dashboards, by CDE's list under EC"
        " 52064(e)(5)"
    ),
}
CLASSES = {
    "agree": "Our result and CDE's are the same for {}",
    "only_ours": "We find it and CDE does not: {}",
    "only_cde": "CDE has it and we do not: {}",
    "differs": "Both have a value, and they differ: {}",
    "not_comparable": "Not compared: {}",
}


def agreement_sentence(counts: Mapping[str, int]) -> str:
    """Return in one sentence how far our results agree with CDE's; ``counts``: comparisons by class."""
    total, agree = sum(counts.values()), counts.get("agree", 0)
    compared = total - counts.get("not_comparable", 0)
    if not total:
        return "No flag or letter of CDE is loaded, so there is nothing to compare."
    if not compared:
        return f"None of the {total:,} values that CDE published can be compared with a result of ours."
    start = f"Of the {total:,} values that CDE published, {compared:,} can be compared with our results"
    if agree == compared:
        return f"{start}, and all of them agree."
    apart = compared - agree
    missed = counts.get("only_cde", 0)
    also = f", of which {missed:,} only CDE has" if missed else ""
    return f"{start}: {agree:,} agree and {apart:,} {'differs' if apart == 1 else 'differ'}{also}."
