"""Write a verdict or a change in one line, for lists, and what would settle a verdict that is not determined. The full
reason is on the LEA's page.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from transforms.wording.sentences.changes import LOAN_STATES
from transforms.wording.sentences.phrases import capitalized, joined, number, plural

LONGEST = 140  # characters of a line
NO_LOAN = "No state loan on record."
END = re.compile(r"(?<=[.!?]) (?=[A-Z])")


class LoanLine(NamedTuple):
    """A state loan in a line: its act, its state, and how the state ended if it did (``outstanding on December 1, 2024;
    repaid June 2025``).
    """

    act: str
    state: str
    ended: str = ""

    @property
    def state_text(self) -> str:
        """Return the state in words."""
        return self.ended or LOAN_STATES[self.state]


@dataclass(frozen=True)
class LineFacts:
    """A verdict and the facts that its line names. Groups are named as in a sentence; loans by act and state."""

    pathway: str  # or the determination before a pathway
    status: str
    reason: str
    groups: tuple[str, ...] = ()  # that count
    closest: tuple[str, ...] = ()  # the groups with the most years among those that do not count
    closest_years: int = 0
    loans: tuple[LoanLine, ...] = ()
    by_cde: bool = False
    assistance_year: int | None = None
    groups_required: int = 3
    years_required: int = 3  # out of this many counted Dashboards:
    dashboards: int = 4
    years_open: bool = False  # a counted Dashboard of a group is not known
    others_count: bool = False  # groups that count but have no result now, if all with one are needed


def reason_line(f: LineFacts) -> str:
    """Return the reason in at most LONGEST characters; empty if the status says everything."""
    if f.status == "not_applicable" or (f.reason.startswith("No ") and " case is on record " in f.reason):
        return ""
    if f.status == "not_assessed":
        found = f.reason.removeprefix("No results to assess: ").split(" that meets ")[0].rstrip(".")
        return clipped(f"{capitalized(found)}.")
    if f.pathway == "continuum" and f.status in ("eligible", "not_eligible"):
        return _continuum(f)
    if f.pathway == "wraparound":
        return _loans(f)
    text = f.reason.replace(" of Differentiated Assistance", "")
    if len(text) > LONGEST and f.groups and re.match(r"(Year \d, by|By) Method 1: ", text):
        year = f"Year {f.assistance_year}, by" if f.assistance_year else "By"
        return named(f"{year} Method 1: {plural(len(f.groups), 'group')} met the criteria: ", f.groups)
    return first_sentence(text)


def _continuum(f: LineFacts) -> str:
    """Return which groups count, or how near the LEA is."""
    cde = "By CDE's flag. " if f.by_cde else ""
    n, many = len(f.groups), f"{number(len(f.groups))} group{'s' * (len(f.groups) != 1)}"
    if f.status == "eligible":
        known = " known" if f.by_cde else ""
        return named(f"{cde}{capitalized(many)}{known}: ", f.groups) if n else "By CDE's flag."
    if n:
        return named(f"{cde}{number(n).capitalize()} of the {number(f.groups_required)} groups needed: ", f.groups)
    if f.others_count:
        needed = f"{plural(f.groups_required, 'group')} {'is' if f.groups_required == 1 else 'are'} needed"
        return f"{cde}No group with a result this year counts; {needed}."
    if f.closest:
        years = plural(f.closest_years, "year")
        known = " known" if f.years_open else ""
        return named(f"{cde}No group{known} in {number(f.years_required)} years; closest, with {years}: ", f.closest)
    met = "is known to have met" if f.years_open else "met"
    return f"{cde}No group {met} the criteria in any of the {number(f.dashboards)} years."


def _loans(f: LineFacts) -> str:
    """Return the loans on record and their outcomes."""
    if not f.loans:
        return first_sentence(f.reason) if f.status != "not_eligible" else NO_LOAN
    if f.status == "undetermined" and [x.state for x in f.loans] == ["repaid_or_released"]:
        return clipped(
            f"State loan, {f.loans[0].act}: repaid or released. CCEE confirms whether the referral has ended."
        )
    states = list(dict.fromkeys(x.state_text for x in f.loans))
    if len(f.loans) > 1 and len(states) == 1:
        return f"{number(len(f.loans)).capitalize()} state loans, {states[0]}."
    loans = "; ".join(f"{x.act}: {x.state_text}" for x in f.loans)
    return clipped(f"State loan, {loans}." if len(f.loans) == 1 else f"State loans, {loans}.")


def change_line(added: Sequence[str], removed: Sequence[str], cause: str | None) -> str:
    """Return the cause of a change in one line; empty if no group, loan or case caused it."""
    if not added and not removed:
        return clipped(f"{capitalized(cause)}.") if cause else ""
    causes = []
    for names, more, one, several in (
        (added, "more ", "now counts", "now count"),
        (removed, "", "no longer counts", "no longer count"),
    ):
        if names:
            room = LONGEST if not (added and removed) else LONGEST // 2 - 2
            start = f"{number(len(names))} {more}group{'s' * (len(names) > 1)} {several if len(names) > 1 else one}: "
            causes.append(named(start, names, room).removesuffix("."))
    text = "; ".join(causes)
    return f"{capitalized(text)}."


def change_words(added: Sequence[str], removed: Sequence[str], line: str) -> str:
    """Return the cause of a change in a few words after a name: the student groups, otherwise the whole line."""
    words = (("now also", added), ("no longer", removed))
    return "; ".join(f"{how} {', '.join(names)}" for how, names in words if names) or line


def named(start: str, names: Sequence[str], longest: int = LONGEST) -> str:
    """Return ``start`` and as many names as fit, then the number of the others."""
    for shown in range(len(names), 0, -1):
        rest = len(names) - shown
        text = f"{start}{joined([*names[:shown], *([f'{number(rest)} more'] if rest else [])])}."
        if len(text) <= longest:
            return text
    return f"{start.rstrip(': ')}."


def first_sentence(text: str) -> str:
    """Return the first sentence, as far as it fits in a line."""
    return clipped(END.split(text, maxsplit=1)[0])


def clipped(text: str) -> str:
    """Return the text, or as many whole words from its start as fit."""
    return text if len(text) <= LONGEST else text[: LONGEST - 1].rsplit(" ", 1)[0].rstrip(",;:(") + "…"


REGISTER = "in the register of state loans"
CORRECTED = "a correction of the rejected record"
LOANS = {  # by the state of a loan that leaves Wraparound open
    "authorized_only": "a dated record that the district drew the loan, or that CCEE confirmed the referral",
    "repaid_or_released": "a dated record that CCEE confirmed or closed the referral",
    "of_predecessor": "a dated record that CCEE confirmed or closed the referral of this district",
    "receipt_not_dated": "the day of the loan",
    "referral_not_dated": "the exact day on which the referral was confirmed or closed",
    "record_rejected": CORRECTED,
}
CASES = {  # by the finding of a case that leaves its pathway open
    "precondition_not_shown": "a record of the assistance before the determination",
    "no_decision": "a record of CCEE's decision on the request",
}


@dataclass(frozen=True)
class LeftOpen:
    """What leaves a verdict open: states of loans, findings of cases, and Dashboards whose results are not known.

    ``no_workbook``: Dashboards without CDE's assistance workbook, including the determination year's own; ``no_files``:
    Dashboards that lack an indicator file, or have only an excerpt of it.
    """

    loan_states: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()
    no_workbook: tuple[int, ...] = ()
    no_files: tuple[int, ...] = ()


def settled_by(pathway: str, year: int, f: LeftOpen) -> str:
    """Return ``To settle it: CDE's assistance workbook of 2024.``; empty if no record or file is known to settle it."""
    if pathway == "wraparound":
        found = list(dict.fromkeys(LOANS[s] for s in f.loan_states if s in LOANS))
        if not found and "code_ended" not in f.loan_states:
            found = [CORRECTED]
        needed = f"{joined(found)}, {REGISTER}" if found else ""
    elif pathway == "continuum":
        needed = _files(year, f)
    else:
        needed = joined([CASES[finding] for finding in f.findings if finding in CASES])
    return f"To settle it: {needed}." if needed else ""


def _files(year: int, f: LeftOpen) -> str:
    """Return files that are not loaded; the workbook of the determination year is enough, because it has CDE's own
    flag.
    """
    if year in f.no_workbook:
        return f"CDE's assistance workbook of {year}, which has its flag"
    if f.no_workbook:
        return f"CDE's assistance workbook{'s' * (len(f.no_workbook) > 1)} of {joined(f.no_workbook)}"
    return f"the whole Dashboard files of {joined(f.no_files)}" if f.no_files else ""
