"""Sentences about state loans and Wraparound (EC 52074(g)(2)(A))."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from transforms.sentences.words import LEA_WORDS, joined


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
