"""State loans to school districts and their dated events."""

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from transforms.registers.fields import Amount, CdsOrEmpty, Confidence, Contradiction, Filled, NeededDay, Precision, Record, Text, about, fitting


class StateLoan(Record):
    """One emergency apportionment or other state loan to a school district (EC 41320 and special acts)."""

    identifier: ClassVar[tuple[str, ...]] = ("loan_id",)

    loan_id: Filled = about("identifier in this register")
    cds: CdsOrEmpty = about("CDS code of the borrower")
    successor_cds: CdsOrEmpty = about("CDS code of the district that took over, where the borrower no longer exists")
    successor_name: Text = about("name of that district")
    district: Filled = about("borrower, by its present name")
    former_name: Text = about("its name when the loan was made")
    county_code: Annotated[Filled, fitting(r"[0-9]{2}", "a county code has two digits")] = about("first two digits of the CDS code")
    enabling_act: Text = about("act that granted the loan")
    chapter: Text = about("chapter of the act")
    basis: Literal["appropriation", "court_order", "cash_flow_loan"] = about("legal form of the loan")
    fiscal_year: Text = about("fiscal year of the loan")
    amount_authorised_usd: Amount = about("amount authorised, in whole dollars")
    amount_drawn_usd: Amount = about("amount drawn, in whole dollars")
    lender: Text = about("lender")
    interest_rate: Text = about("interest rate, as sourced")
    latest_balance_usd: Amount = about("latest balance found, in whole dollars")
    latest_balance_as_of: Text = about("date of that balance, as sourced")
    scheduled_payoff: Text = about("scheduled end, as sourced")
    status_at_latest_source: Literal["outstanding", "repaid", "authorised"] = about("state of the loan in the latest source; not a statement about today")
    latest_source_date: NeededDay = about("date of the latest source; the first day of the period that its precision names")
    latest_source_precision: Precision = about("precision of that date")
    confidence: Confidence = about("how sure the record is")
    confidence_note: Text = about("what the confidence rests on")
    unknown: Text = about("what is not known, in words")
    notes: Text = about("remarks")
    source_url: Filled = about("page that the record rests on")
    more_sources: Text = about("further pages, parted by a bar")

    def contradictions(self) -> Iterator[Contradiction]:
        """A loan belongs to a district, or to its successor."""
        if not (self.cds or self.successor_cds):
            yield Contradiction(("cds", "successor_cds"), "the loan has neither cds nor successor_cds")


class StateLoanEvent(Record):
    """One dated fact of a loan. ``event_date`` is the first day of the period that ``precision`` names."""

    identifier: ClassVar[tuple[str, ...]] = ("event_id",)

    event_id: Filled = about("identifier of the event")
    loan_id: Filled = about("loan that it belongs to")
    event: Literal[
        "requested", "authorised", "disbursed", "oversight_started", "powers_returned", "repaid", "released", "referral_confirmed", "referral_closed"
    ] = about("what happened")
    event_date: NeededDay = about("first day of the period that the source gives")
    precision: Precision = about("how exactly the source dates it; 'before': only a last day is known")
    date_text: Filled = about("date in the words of the source")
    role: Text = about("oversight role: administrator or trustee")
    amount_usd: Amount = about("amount, in whole dollars")
    source_url: Filled = about("page that the record rests on")
    confidence: Confidence = about("how sure the record is")
    note: Text = about("remarks")
