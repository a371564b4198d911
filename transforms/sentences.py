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
    if f.status == "not_applicable":
        return f"The Continuum of Support is for districts and county offices; a {lea} has a test of its own under EC 47607.3, in the table assistance."
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


@dataclass(frozen=True)
class CaseFacts:
    """One recorded case as of a date: what is on record by then. Days are null where no act is dated by that day."""

    case_id: str
    case_state: str
    finding: str
    known_from: date
    requested: date | None
    received: date | None
    assistance_from: date | None
    assistance_provider: str
    assistance_statute: str
    determined: date | None
    geo_lead: str
    answered: date | None
    same_body: str
    same_body_note: str
    order_note: str
    agreement_date: date | None
    agreement_number: str
    budget_act_item: str
    budget_act_year: int | None
    decided: date | None
    decision_reason: str
    engaged: date | None
    ended: date | None
    end_reason: str


def case_sentence(pathway: str, c: CaseFacts) -> str:
    """One case in words: the acts on record, and what is missing."""
    said = {"primary": _primary_acts, "spi": _spi_acts, "fee_for_service": _agreement, "request": _request}[pathway](c)
    if c.finding == "ended":
        said = f"ended on {c.ended}{_because(c.end_reason)}"
    elif c.engaged:
        said += f"; CCEE's work began on {c.engaged}"
    notes = [] if c.finding == "ended" or not c.answered else [c.same_body_note, c.order_note if c.determined else ""]
    return " ".join([f"Case {c.case_id}: {said}.", *(n for n in notes if n)])


def _because(reason: str) -> str:
    return f": {reason.rstrip('.')}" if reason else ""


def _asked(c: CaseFacts) -> str:
    """How the case began."""
    if c.requested:
        return f"asked for on {c.requested}"
    return f"reached CCEE on {c.received}" if c.received else f"on record since {c.known_from}"


def _primary_acts(c: CaseFacts) -> str:
    """Assistance, determination and agreement (EC 52074(g)(1)(A))."""
    determined = f"the county superintendent determined on {c.determined} that CCEE's help is necessary"
    agreed = f"the Geographic Lead ({c.geo_lead}) agreed on {c.answered}"
    agreed += ", being the county office itself" if c.same_body == "Y" else ""
    refused = f"the Geographic Lead ({c.geo_lead}) did not agree, on {c.answered}"
    before = "no assistance under EC 52071 or 47607.3 before the determination is on record"
    if c.assistance_from:
        before = f"the assistance on record began on {c.assistance_from}, not before the determination"
    return {
        "both_acts": f"after assistance under {c.assistance_statute} by {c.assistance_provider} from {c.assistance_from}, {determined}, and {agreed}",
        "precondition_not_shown": f"{determined}, and {agreed}; precondition not shown: {before}",
        "lead_not_heard": f"{determined}; no answer of the Geographic Lead is on record by that day, and its agreement is needed",
        "lead_disagreed": f"{determined}; {refused}" if c.determined else f"{refused}; no determination of the county superintendent is on record by that day",
        "not_determined": f"{agreed}; no determination of the county superintendent is on record by that day, and both acts are needed",
    }.get(c.finding, f"{_asked(c)}; no determination of the county superintendent is on record by that day")


def _spi_acts(c: CaseFacts) -> str:
    if c.determined:
        return f"the State Superintendent determined on {c.determined} that CCEE's help is necessary"
    return f"{_asked(c)}; no determination of the State Superintendent is on record by that day"


def _agreement(c: CaseFacts) -> str:
    if not c.agreement_date:
        return f"{_asked(c)}; no agreement is on record by that day"
    agreement = f"agreement{f' {c.agreement_number}' if c.agreement_number else ''} of {c.agreement_date}"
    if c.finding == "authority_not_shown":
        return f"{agreement}; the item of the Budget Act that gives the authority is not shown"
    return f"{agreement}, under item {c.budget_act_item} of the Budget Act of {c.budget_act_year}"


def _request(c: CaseFacts) -> str:
    if c.finding in ("accepted", "declined"):
        return f"{_asked(c)}; CCEE {c.finding} the request on {c.decided}{_because(c.decision_reason)}"
    if c.finding == "withdrawn":
        return f"{_asked(c)}; the request was withdrawn on {c.decided}{_because(c.decision_reason)}"
    return f"{_asked(c)}; no decision is on record by that day"


def recorded_reason(status: str, lea_type: str, pathway: str, name: str, as_of: date, cases: Sequence[CaseFacts]) -> str:
    """What is on record of a recorded pathway as of a date: nothing is computed."""
    if status == "not_applicable":
        return f"{name} does not serve a {LEA_WORDS[lea_type]}."
    if not cases:
        return f"No {name} case is on record for this {LEA_WORDS[lea_type]} as of {as_of}; this pathway is recorded, never computed."
    closed = all(c.case_state == "closed" for c in cases)
    opening = {
        "eligible": f"On record as of {as_of}.",
        "undetermined": f"Cannot tell as of {as_of}.",
        "not_eligible": f"No open case as of {as_of}." if closed else f"Not complete as of {as_of}.",
    }[status]
    return " ".join([opening, *(case_sentence(pathway, c) for c in cases)])


def eligible_sentence(name: str, pathways: Sequence[str], year: int) -> str:
    """One line for the list that most readers open."""
    return f"{name} meets the published criteria of {joined(pathways)} for determination year {year}. This is not an official designation."
