"""Sentences about state loans and Wraparound (EC 52074(g)(2)(A))."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from transforms.sentences.words import LEA_WORDS, plain_day, plural


@dataclass(frozen=True)
class LoanFacts:
    """One state loan in the time of a determination. ``authorized``, ``repaid``: with their preposition and the precision of the source."""

    district: str
    act: str
    loan_state: str
    authorized: str
    repaid: str
    confirmed_on: date | None
    closed_on: date | None
    latest_source: str
    source_says_repaid: bool
    source_age_years: int | None
    source_is_old: bool
    unknown: str
    of_predecessor: bool


@dataclass(frozen=True)
class Reading:
    """How the law is read: the day on which it took effect, and why loans repaid before it are not counted."""

    effective: date
    basis: str
    url: str


def day_with_preposition(text: str, day: date | None, precision: str) -> str:
    """``on June 27, 2025``, ``in August 2024``, ``before September 2011``: a date as its source has it."""
    if precision == "day" and day:
        return f"on {plain_day(day)}"
    return text if not text or text.startswith("before") else f"in {text}"


def loan_sentence(loan: LoanFacts, first_day: date, as_of: date, effective: date) -> str:
    """One loan in words: what was lent, what happened since, and what the law leaves open."""
    of = f" to {loan.district}, which no longer exists" if loan.of_predecessor else ""
    text = f"State loan{of}: {loan.act or 'act not found'}, authorized {loan.authorized or 'on a day not found'}. "
    repaid = f"repaid {loan.repaid}" if loan.repaid else f"repaid by {loan.latest_source}"
    text += {
        "outstanding": _outstanding(loan, first_day, as_of),
        "confirmed": f"The referral was confirmed on {plain_day(loan.confirmed_on)}.",
        "closed": f"The referral was closed on {plain_day(loan.closed_on)}.",
        "repaid_or_released": f"The loan was {repaid}; CCEE confirms whether the referral has ended.",
        "repaid_before_law": f"The loan was {repaid}, before EC 52074(g)(2)(A) took effect on {plain_day(effective)}, and is not counted.",
        "authorized_only": 'It is not known whether the district has drawn the loan, and the law says "receives"; CCEE confirms whether it is referred.',
        "of_predecessor": "The law does not say whether the referral passes to a successor.",
        "receipt_not_dated": "The day of the loan is not known well enough.",
        "record_rejected": "A record of this loan was rejected, so the state of the loan is not determined.",
    }[loan.loan_state]
    return text + (f" Not known: {loan.unknown.rstrip('.')}." if loan.unknown else "")


def _outstanding(loan: LoanFacts, first_day: date, as_of: date) -> str:
    if loan.repaid:
        return f"The loan was outstanding on {plain_day(first_day)}, when this determination came into force. It was repaid {loan.repaid}."
    if loan.source_says_repaid:
        return f"The loan was outstanding on {plain_day(as_of)}."
    text = f"The loan is outstanding in its latest source, of {loan.latest_source}."
    return text + (f" That source is {plural(loan.source_age_years or 0, 'year')} old." if loan.source_is_old else "")


def wraparound_reason(
    status: str, lea_type: str, as_of: date, first_day: date, loans: Sequence[LoanFacts], rejected_rows: int, reading: Reading
) -> str:  # fmt: skip
    """Why Wraparound does or does not apply in the time of a determination."""
    if status == "not_applicable":
        return f"Wraparound does not serve a {LEA_WORDS[lea_type]}."
    if status == "not_eligible" and not loans:
        return f"No emergency apportionment to this district is on the register as of {plain_day(as_of)}."
    opening = {
        "eligible": "The district is deemed referred to CCEE.",
        "undetermined": f"Not determined as of {plain_day(as_of)}.",
        "not_eligible": f"No open referral as of {plain_day(as_of)}.",
    }[status]
    said = [opening, *(loan_sentence(loan, first_day, as_of, reading.effective) for loan in loans)]
    if any(loan.loan_state == "repaid_before_law" for loan in loans):
        said.append(f"This is a reading of the law: {reading.basis} ({reading.url}).")
    if rejected_rows:
        were = "was" if rejected_rows == 1 else "were"
        said.append(f"{plural(rejected_rows, 'record').capitalize()} of the loan register that may be about this district {were} rejected.")
    return " ".join(said)
