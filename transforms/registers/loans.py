"""State loans to school districts and their dated events."""

import calendar
import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Annotated, Literal

from transforms.registers.fields import (
    Address,
    Addresses,
    Amount,
    CdsOrEmpty,
    Confidence,
    Contradiction,
    Filled,
    Identifier,
    Name,
    NameOrEmpty,
    NeededDay,
    Precision,
    Record,
    Text,
    about,
    matching,
)
from transforms.registers.names import lea_kind
from transforms.wording.sentences.phrases import LEA_WORDS

MONTHS = {name.lower(): n for n, name in enumerate(calendar.month_name) if name} | {
    name.lower(): n for n, name in enumerate(calendar.month_abbr) if name
}
MONTHS["sept"] = 9
SEASONS = {"spring": (3, 4, 5), "summer": (6, 7, 8), "autumn": (9, 10, 11), "fall": (9, 10, 11), "winter": (12, 1, 2)}


class StateLoan(Record):
    """One emergency apportionment or other state loan to a school district (EC 41320 and special acts)."""

    identifier = ("loan_id",)
    about_leas = (("cds", "district", "former_name"), ("successor_cds", "successor_name"))

    loan_id: Identifier = about("identifier in this register")
    cds: CdsOrEmpty = about("CDS code of the borrower")
    successor_cds: CdsOrEmpty = about("CDS code of the district that took over, if the borrower no longer exists")
    successor_name: NameOrEmpty = about("name of that district")
    district: Name = about("borrower, by its present name")
    former_name: NameOrEmpty = about("its name when the loan was made")
    county_code: Annotated[Filled, matching(r"[0-9]{2}", "a county code has two digits")] = about(
        "first two digits of the CDS code"
    )
    enabling_act: Text = about("act that granted the loan")
    chapter: Text = about("chapter of the act")
    basis: Literal["appropriation", "court_order", "cash_flow_loan"] = about("legal form of the loan")
    fiscal_year: Text = about("fiscal year of the loan")
    amount_authorized_usd: Amount = about("amount authorized, in whole dollars")
    amount_drawn_usd: Amount = about("amount drawn, in whole dollars")
    lender: Text = about("lender")
    interest_rate: Text = about("interest rate, as sourced")
    latest_balance_usd: Amount = about("latest balance found, in whole dollars")
    latest_balance_as_of: Text = about("date of that balance, as sourced")
    scheduled_payoff: Text = about("scheduled end, as sourced")
    status_at_latest_source: Literal["outstanding", "repaid", "authorized"] = about(
        "state of the loan in the latest source; not a statement about today"
    )
    latest_source_date: NeededDay = about(
        "date of the latest source; the first day of the period that its precision names"
    )
    latest_source_precision: Precision = about("precision of that date")
    confidence: Confidence = about("how certain the record is")
    confidence_note: Text = about("basis for the confidence")
    unknown: Text = about("what is not known, in words")
    notes: Text = about("remarks")
    source_url: Address = about("page that supports the record")
    more_sources: Addresses = about("more pages, separated by vertical bars")

    def contradictions(self) -> Iterator[Contradiction]:
        """Check the borrower and the amounts.

        A loan belongs to a district, or to its successor, in the county of the code. Its amounts agree with each other
        and with its status.
        """
        yield from super().contradictions()
        borrower = self.cds or self.successor_cds
        if borrower is None:
            yield Contradiction(("cds", "successor_cds"), "the loan has neither cds nor successor_cds")
        elif self.county_code != borrower[:2]:
            column = "cds" if self.cds else "successor_cds"
            yield Contradiction(("county_code", column), f"the county code does not match the CDS code, {borrower[:2]}")
        for column in ("cds", "successor_cds"):
            code = getattr(self, column)
            if code and lea_kind(code) != "district":
                yield Contradiction(
                    (column,),
                    f"state loans go to school districts, but this is the code of a {LEA_WORDS[lea_kind(code)]}",
                )
        if self.cds and self.cds == self.successor_cds:
            yield Contradiction(("successor_cds", "cds"), "a district does not take over from itself")
        if bool(self.successor_cds) != bool(self.successor_name):
            yield Contradiction(
                ("successor_name", "successor_cds"), "the code and the name of the successor go together"
            )
        yield from self._amounts()

    def _amounts(self) -> Iterator[Contradiction]:
        """Check that no more is drawn than was authorized, and that the amounts drawn and owed fit the status."""
        status, drawn, balance = self.status_at_latest_source, self.amount_drawn_usd, self.latest_balance_usd
        of_status = "status_at_latest_source"
        if self.amount_authorized_usd == 0:
            yield Contradiction(
                ("amount_authorized_usd",), "a loan cannot be zero dollars; leave the amount empty if it is not known"
            )
        elif drawn and self.amount_authorized_usd is not None and drawn > self.amount_authorized_usd:
            sentence = f"more is drawn than was authorized ({self.amount_authorized_usd})"
            yield Contradiction(("amount_drawn_usd", "amount_authorized_usd"), sentence)
        if status == "authorized" and (drawn or balance):
            column = "amount_drawn_usd" if drawn else "latest_balance_usd"
            sentence = "money is drawn, but the status is authorized; a loan with money drawn is outstanding or repaid"
            yield Contradiction((column, of_status), sentence)
        if status != "authorized" and drawn == 0:
            yield Contradiction(
                ("amount_drawn_usd", of_status),
                f"nothing is drawn, and a loan with nothing drawn is not {status}",
            )
        if status == "outstanding" and balance == 0:
            yield Contradiction(
                ("latest_balance_usd", of_status),
                "nothing is owed, so the loan is not outstanding",
            )
        said_on = re.match(r"[0-9]{4}(?:-[0-9]{2}){0,2}\b", self.latest_balance_as_of or "")
        if status == "repaid" and balance and said_on:
            day = said_on.group()
            if day > self.latest_source_date.isoformat()[: len(day)]:
                yield Contradiction(
                    ("latest_balance_usd", "latest_balance_as_of", of_status, "latest_source_date"),
                    f"money is owed as of {day}, after the source that says that the loan is repaid"
                    f" ({self.latest_source_date})",
                )


class StateLoanEvent(Record):
    """One dated fact of a loan. ``event_date`` is the first day of the period that ``precision`` names."""

    identifier = ("event_id",)

    event_id: Identifier = about("identifier of the event")
    loan_id: Identifier = about("loan that it belongs to")
    event: Literal[
        "requested",
        "authorized",
        "disbursed",
        "oversight_started",
        "powers_returned",
        "repaid",
        "released",
        "referral_confirmed",
        "referral_closed",
    ] = about("what happened")
    event_date: NeededDay = about("first day of the period that the source gives")
    precision: Precision = about("how exactly the source dates it; 'before': only a last day is known")
    date_text: Filled = about("date in the words of the source")
    role: Text = about("oversight role: administrator or trustee")
    amount_usd: Amount = about("amount, in whole dollars")
    source_url: Address = about("page that supports the record")
    confidence: Confidence = about("how certain the record is")
    note: Text = about("remarks")

    def contradictions(self) -> Iterator[Contradiction]:
        """Check the day, the loan and the amount.

        The day, its precision and the words of the source mean the same time. The event belongs to the loan in its
        identifier. An amount is not zero.
        """
        yield from super().contradictions()
        if not self.event_id.casefold().startswith(f"{self.loan_id.casefold()}-"):
            sentence = (
                f"an event_id begins with its loan_id and a hyphen; {self.event_id} is not an event of {self.loan_id}"
            )
            yield Contradiction(("event_id", "loan_id"), f"{sentence}. Correct one or the other")
        if self.amount_usd == 0:
            sentence = (
                "zero dollars is not an amount; leave it empty if unknown, and delete the event if no money moved"
            )
            yield Contradiction(("amount_usd",), sentence)
        if sentence := _against_words(self.event_date, self.precision, self.date_text):
            yield Contradiction(("event_date", "precision", "date_text"), sentence)

    @property
    def earliest(self) -> date | None:
        """First day on which it may have happened; None if only a last day is known."""
        return None if self.precision == "before" else self.event_date

    @property
    def latest(self) -> date:
        """Last day on which it may have happened, as in the table ``loan_events_dated``."""
        months = {"month": 1, "season": 3, "fiscal_year": 12}.get(self.precision)
        if self.precision == "year":
            return date(self.event_date.year, 12, 31)
        if months is None:
            return self.event_date
        after = self.event_date.year * 12 + self.event_date.month - 1 + months
        first = date(after // 12, after % 12 + 1, 1)
        return (
            first - timedelta(days=1) if self.precision == "month" else first + timedelta(days=self.event_date.day - 2)
        )


def _against_words(day: date, precision: str, words: str) -> str:
    """Return why a day does not match the words of its source; empty if it does."""
    if iso := re.findall(r"\b[0-9]{4}-[0-9]{2}-[0-9]{2}\b", words):
        return "" if day.isoformat() in iso else f"date_text is {words!r}, but event_date is {day}"
    text = words.casefold()
    years = {int(year) for year in re.findall(r"\b(?:19|20)[0-9]{2}\b", text)}
    if not years:
        return f"date_text, {words!r}, names no year; write the date as the source has it, with its year"
    months = {MONTHS[word] for word in re.findall("[a-z]+", text) if word in MONTHS}
    seasons = {month for word in re.findall("[a-z]+", text) for month in SEASONS.get(word, ())}
    if day.year not in years or ((months or seasons) and day.month not in months | seasons):
        return f"date_text is {words!r}, but event_date is {day}"
    named = {
        "day": months and re.search(rf"\b0?{day.day}\b", text),
        "month": months,
        "season": seasons or months,
        "fiscal_year": re.search(rf"\b{day.year}\s?[-–/]\s?(?:{day.year + 1}|{(day.year + 1) % 100:02d})\b", text),
    }
    if not named.get(precision, True):
        return f"the precision is {precision}, and date_text, {words!r}, is less exact"
    return ""
