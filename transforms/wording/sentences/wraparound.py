"""Sentences about state loans and Wraparound (EC 52074(g)(2)(A))."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from transforms.wording.sentences.phrases import LEA_WORDS, joined, last_day, plain_day, plural


@dataclass(frozen=True)
class DatedText:
    """A date as its source gives it: the text, and the day it means, with its precision (day, month or year)."""

    text: str
    day: date | None
    precision: str | None

    @property
    def when(self) -> str:
        """Return ``on June 27, 2025``, ``in August 2024``, ``before September 2011``."""
        if self.precision == "day" and self.day:
            return f"on {plain_day(self.day)}"
        return self.text if not self.text or self.text.startswith("before") else f"in {self.text}"

    @property
    def plain(self) -> str:
        """Return ``June 27, 2025``, ``August 2024``, ``2024``: as precise as the source."""
        if not self.day or self.precision == "day":
            return plain_day(self.day)
        return f"{self.day:%B %Y}" if self.precision == "month" else str(self.day.year)


@dataclass(frozen=True)
class LoanFacts:
    """One state loan in the period of a determination."""

    district: str
    act: str
    loan_state: str
    authorized: DatedText | None
    repaid: DatedText | None
    released: DatedText | None
    confirmed: DatedText | None
    closed: DatedText | None
    latest_source: DatedText
    source_says_repaid: bool
    source_age_years: int | None
    source_is_old: bool
    of_predecessor: bool  # the borrower is a predecessor of the LEA
    borrower_cds: str = ""  # empty if it is not known
    code_ended: date | None = None  # the borrower's


@dataclass(frozen=True)
class Reading:
    """How the law is interpreted: the day on which it took effect, and why loans repaid before it are not counted."""

    effective: date
    basis: str


@dataclass(frozen=True)
class WraparoundFacts:
    """Facts for the wraparound verdict of one LEA and determination year."""

    status: str
    lea_type: str
    as_of: date
    has_ended: bool
    first_day: date
    loans: tuple[LoanFacts, ...]
    rejected_rows: int
    reading: Reading


def loan_sentences(loans: Sequence[LoanFacts], first_day: date, as_of: date, effective: date) -> list[str]:
    """Return the amounts lent, later events, and what the law leaves open; loans with the same outcome share a
    sentence.
    """
    by_outcome: dict[tuple[str, str], list[LoanFacts]] = {}
    for loan in loans:
        to = f" to {_borrower(loan)}" if loan.of_predecessor else ""
        by_outcome.setdefault((to, _loan_outcome(loan, 1, first_day, as_of, effective)), []).append(loan)
    sentences = []
    for (to, _), same in by_outcome.items():
        authorizations = joined([_authorization(loan) for loan in same])
        outcome = _loan_outcome(same[0], len(same), first_day, as_of, effective)
        sentences.append(f"State loan{'s' * (len(same) > 1)}{to}: {authorizations}. {outcome}")
    return sentences


def _borrower(loan: LoanFacts) -> str:
    """Return who received a loan that is not the LEA's own."""
    if not loan.borrower_cds:
        return f"{loan.district}, which no longer exists"
    ended = f"whose code ended on {plain_day(loan.code_ended)}" if loan.code_ended else "which this district follows"
    return f"{loan.district} ({loan.borrower_cds}), {ended}"


def _authorization(loan: LoanFacts) -> str:
    return (
        f"{loan.act or 'act not found'}, authorized {loan.authorized.when if loan.authorized else 'on a day not found'}"
    )


def _loan_outcome(loan: LoanFacts, n: int, first_day: date, as_of: date, effective: date) -> str:
    """Return the outcome of a loan, or of ``n`` loans with the same outcome."""
    was, are = ("The loan was", "is") if n == 1 else ("The loans were", "are")
    repaid = f"repaid {loan.repaid.when}" if loan.repaid else f"repaid by {loan.latest_source.plain}"
    ended = (
        f"{was} {repaid}; CCEE confirms whether the referral has ended."
        if loan.repaid or loan.source_says_repaid or not loan.released
        else (
            f"The district was released {loan.released.when}, and no repayment is on record; CCEE confirms whether the"
            f" loan{'s' * (n > 1)} {are} repaid and whether the referral has ended."
        )
    )
    acts = {"confirmed": loan.confirmed, "closed": loan.closed}
    dated_acts = {act: f"The referral was {act} {dated.when}." for act, dated in acts.items() if dated}
    return {
        "outstanding": _outstanding(loan, n, first_day, as_of),
        "confirmed": dated_acts.get("confirmed", ""),
        "closed": dated_acts.get("closed", ""),
        "referral_not_dated": (
            f"{' '.join(dated_acts.values())} {_undated_reason(loan)} to say whether it is open on {plain_day(as_of)}."
        ),
        "repaid_or_released": ended,
        "repaid_before_law": (
            f"{was} {repaid}, before EC 52074(g)(2)(A) took effect on {plain_day(effective)}, and {are} not counted."
        ),
        "authorized_only": (
            f"It is not known whether the district has drawn the loan{'s' * (n > 1)}, and the law is about a district"
            " that receives one; CCEE confirms whether it is referred."
        ),
        "of_predecessor": "The law does not say whether the referral passes to a successor.",
        "code_ended": (
            f"This code ended on {plain_day(loan.code_ended)}, and the law does not say whether the referral passes to"
            " a successor."
        ),
        "receipt_not_dated": "The day of the loan is not known well enough.",
        "record_rejected": "A record of this loan was rejected, so the state of the loan is not determined.",
    }[loan.loan_state]


def _undated_reason(loan: LoanFacts) -> str:
    one_day = loan.confirmed and loan.closed and loan.confirmed.day == loan.closed.day
    if one_day and loan.confirmed and loan.confirmed.precision == "day":
        return "Which of the two came last on that day is not known, and would be needed"
    return "The day is not known well enough"


def _outstanding(loan: LoanFacts, n: int, first_day: date, as_of: date) -> str:
    was, it = ("The loan was", "It was") if n == 1 else ("The loans were", "They were")
    if loan.repaid:
        return (
            f"{was} outstanding on {plain_day(first_day)}, when this determination came into force. {it} repaid"
            f" {loan.repaid.when}."
        )
    if loan.source_says_repaid:
        return f"{was} outstanding on {plain_day(as_of)}."
    now = "The loan is outstanding in its" if n == 1 else "The loans are outstanding in their"
    text = f"{now} latest source, of {loan.latest_source.plain}."
    return text + (f" That source is {plural(loan.source_age_years or 0, 'year')} old." if loan.source_is_old else "")


def open_loan_words(loan_state: str, received_by: date | None, repaid_by: date | None) -> str:
    """Return in a few words why a loan leaves Wraparound open; empty if it does not."""
    of = f"{received_by.year} " if received_by else ""
    repaid = f"repaid by {repaid_by:%B %Y}" if repaid_by else "repaid or released"
    return {
        "authorized_only": f"draw of its {of}loan not known",
        "repaid_or_released": f"{repaid}, end of referral not confirmed",
        "of_predecessor": "loan of a predecessor",
        "code_ended": "its code ended",
        "receipt_not_dated": "day of the loan not known",
        "referral_not_dated": "day on which its referral was closed or confirmed not known",
        "record_rejected": "a record of the loan was rejected",
    }.get(loan_state, "")


def wraparound_reason(f: WraparoundFacts) -> str:
    """Return why Wraparound does or does not apply in the period of a determination."""
    if f.status == "not_applicable":
        return f"Wraparound does not serve a {LEA_WORDS[f.lea_type]}."
    as_of = last_day(f.as_of, f.has_ended)
    if f.status == "not_eligible" and not f.loans:
        return f"No emergency apportionment to this district is on the register{as_of}."
    opening = {
        "eligible": "The district is deemed referred to CCEE.",
        "undetermined": f"A question is open{as_of}.",
        "not_eligible": f"No open referral{as_of}.",
    }[f.status]
    sentences = [opening, *loan_sentences(f.loans, f.first_day, f.as_of, f.reading.effective)]
    if any(loan.loan_state == "repaid_before_law" for loan in f.loans):
        sentences.append(f"This is a reading of the law: {f.reading.basis}.")
    if f.rejected_rows:
        were = "was" if f.rejected_rows == 1 else "were"
        sentences.append(
            f"{plural(f.rejected_rows, 'record').capitalize()} of the loan register that may be about this district"
            f" {were} rejected."
        )
    return " ".join(sentences)
