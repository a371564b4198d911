"""Checks between a state loan and its events, and between two loans."""

import re
from collections.abc import Iterable, Iterator
from datetime import date

from transforms.registers.fields import LARGEST, Found, Line, Lines, normalized_id
from transforms.registers.loans import StateLoan, StateLoanEvent


def problems_of_loans(lines: Lines, law_effective: date) -> Found:
    """Yield register names and problems.

    ``law_effective``: the day on which the law that refers districts with a state loan took effect.
    """
    yield from _events_without_loan(lines)
    yield from _events_of_a_longer_name(lines)
    yield from _events_of_impossible_days(lines, law_effective)
    yield from _loan_against_its_act(lines)
    yield from _status_against_events(lines)
    yield from _amounts_against_events(lines)
    yield from _duplicate_loans(lines)


def warnings_of_loans(lines: Lines) -> Found:
    """Yield loans that are repaid without a known day."""
    repaid = _events_by_loan(lines, "repaid")
    for line in lines["state_loans"]:
        if (
            isinstance(line.record, StateLoan)
            and line.record.status_at_latest_source == "repaid"
            and line.record.loan_id not in repaid
        ):
            sentence = "the loan is repaid, but no event gives the date; add the event repaid"
            yield "state_loans", line.problem("status_at_latest_source", sentence)


def _events_without_loan(lines: Lines) -> Found:
    loans = {normalized_id(loan): loan for line in lines["state_loans"] if (loan := line.values.get("loan_id", ""))}
    for line in lines["state_loan_events"]:
        loan = line.values.get("loan_id", "")
        if loan and loan not in loans.values():
            meant = f"; it has {loans[normalized_id(loan)]!r}" if normalized_id(loan) in loans else ""
            yield "state_loan_events", line.problem("loan_id", f"state_loans.csv has no such loan{meant}")


def loans_of_event_id(event_id: str, loans: Iterable[str]) -> list[str]:
    """Return the loans with whose identifier an event_id begins, the longest first."""
    begins = [loan for loan in loans if loan and normalized_id(event_id).startswith(f"{normalized_id(loan)}-")]
    return sorted(begins, key=len, reverse=True)


def _events_of_a_longer_name(lines: Lines) -> Found:
    """Yield events that name the wrong loan of two, where one loan's identifier begins with the other's.

    The event belongs to the loan that its own identifier spells out.
    """
    loans = [line.values.get("loan_id", "") for line in lines["state_loans"]]
    for line in lines["state_loan_events"]:
        own, event_id = line.values.get("loan_id", ""), line.values.get("event_id", "")
        longest = next(iter(loans_of_event_id(event_id, loans)), "")
        if own and normalized_id(longest).startswith(f"{normalized_id(own)}-"):
            sentence = f"the event_id begins with the name of another loan, {longest}"
            yield "state_loan_events", line.problem("event_id", sentence, ("event_id", "loan_id"))


def _events_of_impossible_days(lines: Lines, law_effective: date) -> Found:
    """Yield events whose day contradicts the other events of their loan, or the law."""
    for events in _events_by_loan(lines).values():
        dated = [event for _, event in events]
        for line, event in events:
            for sentence in (
                _too_early(event, dated),
                _second_day(event, dated),
                _before_the_law(event, law_effective),
            ):
                if sentence:
                    yield "state_loan_events", line.problem("event_date", sentence)


LATER_EVENTS = {
    "requested": ("authorized", "disbursed", "repaid", "released", "referral_confirmed", "referral_closed"),
    "authorized": ("disbursed", "repaid", "released", "powers_returned", "referral_confirmed", "referral_closed"),
    "disbursed": ("repaid",),
    "oversight_started": ("powers_returned", "released"),
}


def _too_early(later: StateLoanEvent, dated: Iterable[StateLoanEvent]) -> str:
    """Return a sentence if an event that can only come later is dated earlier, whichever days the sources mean."""
    for e in dated:
        if later.event in LATER_EVENTS.get(e.event, ()) and e.earliest and later.latest < e.earliest:
            return f"{later.event} is dated before {e.event} of the same loan ({e.event_date}, {e.event_id})"
    return ""


ONE_TIME_EVENTS = ("requested", "authorized", "repaid", "released")  # each by itself; "released" once for each role


def _second_day(event: StateLoanEvent, dated: Iterable[StateLoanEvent]) -> str:
    """Return a sentence if a one-time event of a loan has two days; nobody can know which is right."""
    for e in dated:
        is_same = e.event == event.event and (event.event != "released" or e.role == event.role)
        if event.event in ONE_TIME_EVENTS and is_same and not _may_be_one_day(event, e):
            return (
                f"{event.event} can happen only once, but the same loan also has it at another time ({e.event_date},"
                f" {e.event_id}); delete the wrong row"
            )
    return ""


def _may_be_one_day(one: StateLoanEvent, other: StateLoanEvent) -> bool:
    """Return True if the periods of two sources share a day."""
    return (one.earliest or date.min) <= other.latest and (other.earliest or date.min) <= one.latest


def _before_the_law(event: StateLoanEvent, effective: date) -> str:
    """Return a sentence if a referral is confirmed or closed before the law that provides for it."""
    if event.event in ("referral_confirmed", "referral_closed") and event.latest < effective:
        return f"the law that refers the district took effect on {effective}, after this {event.event}"
    return ""


def _loan_against_its_act(lines: Lines) -> Found:
    """Check that the day of a loan's act, its fiscal year (up to a year later) and the year of its chapter agree."""
    for line, loan, other, event in _loans_with(lines, "authorized"):
        first_years = [int(y) for y in re.findall(r"\b((?:19|20)[0-9]{2})-[0-9]{2}\b", loan.fiscal_year or "")]
        chapters = re.findall(r"\bStats\. ((?:19|20)[0-9]{2})\b", loan.chapter or "")
        first = event.earliest or event.latest
        if first_years and not (
            date(min(first_years) - 1, 7, 1) <= event.latest and first <= date(max(first_years) + 1, 6, 30)
        ):
            sentence = f"the loan is of fiscal year {loan.fiscal_year}, but its event {event.event_id} of {first}"
        elif chapters and loan.basis != "court_order" and not first.year <= int(chapters[0]) <= event.latest.year:
            sentence = f"the loan's act is {loan.chapter}, but its event {event.event_id} of {first}"
        else:
            continue
        yield "state_loans", line.problem("fiscal_year", sentence, ("fiscal_year", "chapter"))
        yield "state_loan_events", other.problem("event_date", sentence)


def _events_by_loan(lines: Lines, kind: str = "") -> dict[str, list[tuple[Line, StateLoanEvent]]]:
    """Return the events of a kind, or of all kinds, by loan."""
    found: dict[str, list[tuple[Line, StateLoanEvent]]] = {}
    for line in lines["state_loan_events"]:
        if isinstance(line.record, StateLoanEvent) and kind in ("", line.record.event):
            found.setdefault(line.record.loan_id, []).append((line, line.record))
    return found


def _loans_with(lines: Lines, kind: str) -> Iterator[tuple[Line, StateLoan, Line, StateLoanEvent]]:
    """Yield every loan with each of its events of a kind, and the rows of both."""
    events = _events_by_loan(lines, kind)
    for line in lines["state_loans"]:
        if isinstance(loan := line.record, StateLoan):
            for other, event in events.get(loan.loan_id, []):
                yield line, loan, other, event


def _status_against_events(lines: Lines) -> Found:
    """Compare the latest source on a loan with its dated events.

    Each can show that the other is wrong, so neither is used.
    """
    for line, loan, other, event in _loans_with(lines, "repaid"):
        is_late = (
            loan.latest_source_precision == "day"
            and event.earliest is not None
            and event.earliest > loan.latest_source_date
        )
        if loan.status_at_latest_source == "repaid" and is_late:
            sentence = (
                f"the loan is repaid in its source of {loan.latest_source_date}, but its event {event.event_id} is"
                f" dated later, {event.event_date}"
            )
        elif loan.status_at_latest_source != "repaid" and event.latest < loan.latest_source_date:
            sentence = (
                f"the loan is not repaid in its source of {loan.latest_source_date}, but its event {event.event_id}"
                f" is dated before, {event.event_date}"
            )
        else:
            continue
        touched = ("status_at_latest_source", "latest_source_date")
        yield "state_loans", line.problem("status_at_latest_source", sentence, touched)
        yield "state_loan_events", other.problem("event_date", sentence)


def _amounts_against_events(lines: Lines) -> Found:
    """Check that events lend no more than the loan, and that no money moves before a source that shows none drawn."""
    for line, loan, other, event in _loans_with(lines, "authorized"):
        if (event.amount_usd or 0) > (loan.amount_authorized_usd or LARGEST):
            sentence = f"the event {event.event_id} authorizes {event.amount_usd}, but the loan is smaller"
            yield "state_loans", line.problem("amount_authorized_usd", sentence)
            yield (
                "state_loan_events",
                other.problem("amount_usd", f"the loan is of {loan.amount_authorized_usd} dollars"),
            )
    given: dict[str, int] = {}
    for line, loan, other, event in _loans_with(lines, "disbursed"):
        given[loan.loan_id] = given.get(loan.loan_id, 0) + (event.amount_usd or 0)
        if given[loan.loan_id] > (loan.amount_authorized_usd or LARGEST):
            sentence = f"with the event {event.event_id} more is disbursed ({given[loan.loan_id]}) than was authorized"
            yield "state_loans", line.problem("amount_authorized_usd", sentence)
            yield "state_loan_events", other.problem("amount_usd", f"{sentence} ({loan.amount_authorized_usd})")
        is_drawn = loan.status_at_latest_source != "authorized"
        if not is_drawn and event.latest < loan.latest_source_date:
            sentence = (
                f"by the loan's source of {loan.latest_source_date} nothing is drawn, but money was disbursed before"
            )
            touched = ("status_at_latest_source", "latest_source_date")
            yield "state_loans", line.problem("status_at_latest_source", f"{sentence} ({event.event_id})", touched)
            yield "state_loan_events", other.problem("event_date", sentence)


def _duplicate_loans(lines: Lines) -> Found:
    """Yield rows with one borrower and one act: they are one loan under two names, with different histories."""
    loans = [(line, loan) for line in lines["state_loans"] if isinstance(loan := line.record, StateLoan)]
    for line, loan in loans:
        twins = [(other, twin) for other, twin in loans if twin.loan_id != loan.loan_id and _is_one_loan(loan, twin)]
        if twins:
            other, twin = twins[0]
            sentence = (
                f"{other.file}, line {other.number} ({twin.loan_id}) is the same loan: the borrower, and the act, its"
                " chapter, or amount and year are the same; delete the wrong row"
            )
            yield "state_loans", line.problem("loan_id", sentence, ("loan_id", "enabling_act", "chapter"))


def _is_one_loan(one: StateLoan, other: StateLoan) -> bool:
    """Return True if the rows have one borrower, and one chapter; or one time, and one act or amount."""
    if not {one.cds, one.successor_cds} & {other.cds, other.successor_cds} - {None}:
        return False
    if _chapter(one) and _chapter(one) == _chapter(other):
        return True
    years, others = (set(re.findall("[0-9]{4}-[0-9]{2}", loan.fiscal_year or "")) for loan in (one, other))
    is_one_act = bool(_bill(one)) and _bill(one) == _bill(other)
    amount = one.amount_authorized_usd
    is_one_amount = amount is not None and amount == other.amount_authorized_usd
    return (years == others or bool(years & others)) and (is_one_act or is_one_amount)


def _chapter(loan: StateLoan) -> list[str]:
    """Return year and number of the act's chapter: the same for Stats. 2003 ch. 14 and Stats. 2003, Chapter 14."""
    return re.findall("[0-9]+", loan.chapter or "")


def _bill(loan: StateLoan) -> str:
    """Return the act without differences of notation: SB 39 for SB 39 (Perata) and Senate Bill 39."""
    text = normalized_id(loan.enabling_act or "").replace("senatebill", "sb").replace("assemblybill", "ab")
    bill = re.match(r"(?:sb|ab)[0-9]+", text)
    return bill.group() if bill else text
