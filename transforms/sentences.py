"""Every sentence that the product says about a verdict. Tables, commands and pages take them from here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def number(n: int) -> str:
    """Small numbers in words."""
    return NUMBERS[n] if 0 <= n < len(NUMBERS) else str(n)


def joined(parts: Sequence[str], word: str = "and") -> str:
    """``a, b and c``."""
    parts = list(parts)
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} {word} {parts[-1]}" if parts else ""


def plural(n: int, thing: str) -> str:
    """``no student group``, ``one student group``, ``two student groups``."""
    return f"{number(n)} {thing}{'' if n <= 1 else 's'}"


@dataclass(frozen=True)
class GroupYears:
    """One student group in the counted Dashboards: years in which it met the criteria, and years that are unknown."""

    student_group: str
    years_met: tuple[int, ...]
    years_unknown: tuple[int, ...]
    counts: bool
    may_count: bool


@dataclass(frozen=True)
class ContinuumFacts:
    """What the continuum verdict of one LEA and determination year rests on."""

    status: str
    lea_type: str
    determination_year: int
    counted_dashboards: tuple[int, ...]
    years_required: int
    groups_required: int
    groups: tuple[GroupYears, ...]
    by_small_clause: bool
    small_clause_open: bool
    groups_with_result: int
    groups_that_may_have_result: int
    in_files: bool
    unknown_because: tuple[str, ...]


LEA_WORDS = {"district": "district", "county_office": "county office", "charter": "charter school"}


def continuum_reason(f: ContinuumFacts) -> str:
    """Why the Continuum of Support (EC 52072, 52072.5) does or does not apply, for "no" and "cannot tell" as well."""
    window = joined([str(y) for y in f.counted_dashboards])
    lea = LEA_WORDS[f.lea_type]
    counting = [g for g in f.groups if g.counts]
    rule = f"met the criteria in at least {number(f.years_required)} of the four Dashboards {window}"
    if f.status == "not_assessed":
        if not f.in_files:
            return f"Nothing to judge: this {lea} is not on the {f.determination_year} Dashboard."
        return f"Nothing to judge: no student group of this {lea} has a result on the {f.determination_year} Dashboard that meets the size test."
    if f.status == "eligible" and f.by_small_clause:
        return f"The {lea} has fewer than three student groups with a result in {f.determination_year}, and all of them {rule}: {_with_years(counting)}."
    if f.status == "eligible":
        return f"{plural(len(counting), 'student group').capitalize()} {rule}: {_with_years(counting)}."
    if f.status == "undetermined":
        return _continuum_unknown(f, counting, rule)
    return _continuum_no(f, counting, rule)


def _continuum_no(f: ContinuumFacts, counting: list[GroupYears], rule: str) -> str:
    """The "no", with how near it was."""
    best = max((len(g.years_met) for g in f.groups if not g.counts), default=0)
    near = [g for g in f.groups if not g.counts and len(g.years_met) == best and best > 0]
    if not counting and not near:
        return f"No student group {rule}, nor in any one of them; {number(f.groups_required)} are needed."
    text = f"{plural(len(counting), 'student group').capitalize()} {rule}"
    text += f": {_with_years(counting)}" if counting else ""
    text += f"; {number(f.groups_required)} are needed."
    if near:
        text += f" {'Next is' if len(near) == 1 else 'Next are'} {joined([g.student_group for g in near])}, at {plural(best, 'year')}."
    return text


def _continuum_unknown(f: ContinuumFacts, counting: list[GroupYears], rule: str) -> str:
    """The "cannot tell", with what is missing."""
    maybe = [g for g in f.groups if g.may_count and not g.counts]
    missing = f" Missing: {'; '.join(f.unknown_because)}." if f.unknown_because else ""
    if not maybe and not f.small_clause_open:
        return (
            f"Cannot tell whether any student group of this {LEA_WORDS[f.lea_type]} has a result on the {f.determination_year} Dashboard "
            f"that meets the size test; if one has, the answer is no.{missing}"
        )
    text = f"Cannot tell: {plural(len(counting), 'student group')} surely {rule}"
    text += f" ({joined([g.student_group for g in counting])})" if counting else ""
    text += f"; {plural(len(maybe), 'more group')} may have ({joined([g.student_group for g in maybe])})" if maybe else ""
    text += f", and {number(f.groups_required)} are needed"
    if f.small_clause_open:
        text += f", or all of them if there are fewer than {number(f.groups_required)}, and how many there are is not certain"
    return f"{text}.{missing}"


def _with_years(groups: Sequence[GroupYears]) -> str:
    return joined([f"{g.student_group} ({', '.join(str(y) for y in g.years_met)})" for g in groups])


@dataclass(frozen=True)
class LoanFacts:
    """One state loan as of a date. Dates are the texts of the sources, so that their precision shows."""

    district: str
    act: str
    loan_state: str
    authorised: str
    repaid: str
    released: str
    confirmed_on: date | None
    closed_on: date | None
    latest_source: str
    unknown: str
    of_predecessor: bool


def loan_sentence(loan: LoanFacts, effective: date) -> str:
    """One loan in words: what was lent, what happened since, and what the law leaves open (EC 52074(g)(2)(A))."""
    of = f" to {loan.district}" if loan.of_predecessor else ""
    text = f"State loan{of}, {loan.act or 'act not found'}, authorised {loan.authorised or 'on a day not found'}"
    since = [f"repaid {loan.repaid}" if loan.repaid else "", f"released from oversight {loan.released}" if loan.released else ""]
    since = [s for s in since if s]
    text += f"; {joined(since)}" if since else ""
    text += {
        "outstanding": f"; no repayment or release by that day is on record, latest source {loan.latest_source}.",
        "confirmed": f"; a person confirmed on {loan.confirmed_on} that the referral stands.",
        "closed": f"; a person closed the referral on {loan.closed_on}.",
        "repaid_or_released": "; the law as known names no end of the referral, at repayment or at release: a person must close or confirm it.",
        "repaid_before_law": f"; that was before EC 52074(g)(2)(A) took effect on {effective}; the law as known does not say whether it reaches such loans.",
        "of_predecessor": "; the borrower no longer exists: the law as known does not say whether the referral passes to its successor.",
        "receipt_not_dated": "; the day of receipt is not known well enough to tell whether it lies before this date.",
    }[loan.loan_state]
    return text + (f" Not known: {loan.unknown.rstrip('.')}." if loan.unknown else "")


def wraparound_reason(status: str, lea_type: str, as_of: date, loans: Sequence[LoanFacts], effective: date) -> str:
    """Why Wraparound does or does not apply as of a date."""
    if status == "not_applicable":
        return f"Wraparound is for school districts; this is a {LEA_WORDS[lea_type]}."
    if status == "not_eligible" and not loans:
        return f"No emergency apportionment to this district is on the register as of {as_of}."
    said = " ".join(loan_sentence(loan, effective) for loan in loans)
    opening = {
        "eligible": f"Deemed referred as of {as_of}.",
        "undetermined": f"Cannot tell as of {as_of}.",
        "not_eligible": f"No open referral as of {as_of}.",
    }[status]
    return f"{opening} {said}"


def recorded_reason(status: str, lea_type: str, pathway: str) -> str:
    """Why a recorded pathway has no verdict: nothing is computed."""
    if status == "not_applicable":
        return f"{pathway} does not serve a {LEA_WORDS[lea_type]}."
    return f"No {pathway} case is recorded for this {LEA_WORDS[lea_type]}; this pathway is recorded, never computed."


def eligible_sentence(name: str, pathways: Sequence[str], year: int) -> str:
    """One line for the list that most readers open."""
    return f"{name} meets the published criteria of {joined(pathways)} for determination year {year}. This is not an official designation."
