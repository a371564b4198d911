"""What must hold between rows and between registers.

Rows that are wrong in themselves take part, so that one mistake is reported once.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from transforms.registers.cases import Case
from transforms.registers.fields import LARGEST, Record
from transforms.registers.lives import problems_of_lives
from transforms.registers.loans import StateLoan, StateLoanEvent
from transforms.registers.problems import Line, Problem

Lines = Mapping[str, Sequence[Line]]
Found = Iterator[tuple[str, Problem]]


def problems_between(
    lines: Lines, models: Mapping[str, type[Record]], cases: Sequence[str], county_codes: set[str], law_effective: date
) -> Found:
    """Name of the register and the problem: identifiers that are there twice, unknown counties, links that lead
    nowhere. ``law_effective``: when the law took effect that refers districts with a state loan.
    """
    for name, model in models.items():
        together = cases if name in cases else (name,)
        yield from _twice(name, lines[name], [line for other in together for line in lines[other]], model.identifier)
        yield from _unknown_counties(name, lines[name], county_codes)
    yield from _events_without_loan(lines)
    yield from _events_of_a_longer_name(lines)
    yield from _events_out_of_order(lines)
    yield from _events_that_happen_once(lines)
    yield from _referrals_before_the_law(lines, law_effective)
    yield from _loan_against_its_act(lines)
    yield from _status_against_events(lines)
    yield from _amounts_against_events(lines)
    yield from _loans_entered_twice(lines)
    yield from _replaced_by_nothing({c: lines[c] for c in cases})
    yield from _opposite_answers({c: lines[c] for c in cases})
    yield from problems_of_lives(lines, cases)
    yield from _replaced_by_another_lea({c: lines[c] for c in cases}, lines["successions"])


def alike(identifier: str) -> str:
    """An identifier without case, forms of a character, and characters that nobody sees."""
    text = unicodedata.normalize("NFKC", identifier).casefold()
    return "".join(c for c in text if unicodedata.category(c) not in ("Cf", "Cc", "Zs"))


def _twice(name: str, lines: Sequence[Line], together: Sequence[Line], identifier: tuple[str, ...]) -> Found:
    """Rows whose identifier another row has as well, be it in other letters; a case_id is looked for in every register
    of cases.
    """
    where: dict[tuple[str, ...], list[Line]] = {}
    for line in together:
        where.setdefault(tuple(alike(line.values.get(c, "")) for c in identifier), []).append(line)
    own, named = {id(line) for line in lines}, " and ".join(identifier)
    for key, same in where.items():
        for line in same if len(same) > 1 and all(key) else ():
            if id(line) not in own:
                continue
            other = next(o for o in same if o is not line)
            written = all(line.values.get(c) == other.values.get(c) for c in identifier)
            said = (
                f"the same {named}"
                if written
                else f"a {named} that differs only in case or in characters that look alike"
            )
            yield name, line.problem(identifier[0], f"{other.file}, line {other.number} has {said}", identifier)


def _unknown_counties(name: str, lines: Sequence[Line], county_codes: set[str]) -> Found:
    for line in lines:
        for column in ("cds", "successor_cds", "county_code"):
            code = line.values.get(column, "")
            if code[:2].isdigit() and len(code) in (2, 14) and code[:2] not in county_codes:
                yield name, line.problem(column, f"there is no county with the code {code[:2]}")


def _events_without_loan(lines: Lines) -> Found:
    loans = {alike(loan): loan for line in lines["state_loans"] if (loan := line.values.get("loan_id", ""))}
    for line in lines["state_loan_events"]:
        loan = line.values.get("loan_id", "")
        if loan and loan not in loans.values():
            meant = f"; it has {loans[alike(loan)]!r}" if alike(loan) in loans else ""
            yield "state_loan_events", line.problem("loan_id", f"state_loans.csv has no such loan{meant}")


def loans_of_event_id(event_id: str, loans: Iterable[str]) -> list[str]:
    """The loans with whose identifier an event_id begins, the longest first."""
    begins = [loan for loan in loans if loan and alike(event_id).startswith(f"{alike(loan)}-")]
    return sorted(begins, key=len, reverse=True)


def _events_of_a_longer_name(lines: Lines) -> Found:
    """Of two loans of which one's name begins with the other's, an event is of the one that its own name spells out."""
    loans = [line.values.get("loan_id", "") for line in lines["state_loans"]]
    for line in lines["state_loan_events"]:
        own, event_id = line.values.get("loan_id", ""), line.values.get("event_id", "")
        longest = next(iter(loans_of_event_id(event_id, loans)), "")
        if own and alike(longest).startswith(f"{alike(own)}-"):
            said = f"the event_id begins with the name of another loan, {longest}"
            yield "state_loan_events", line.problem("event_id", said, ("event_id", "loan_id"))


ONCE = ("requested", "authorized", "repaid", "released")  # each by itself; "released" once for each role


def _events_that_happen_once(lines: Lines) -> Found:
    """What happens once to a loan cannot have happened on two days; which of them is right nobody can know."""
    for events in _events_by_loan(lines, *ONCE).values():
        for line, event in events:
            others = [
                other
                for _, other in events
                if (other.event, other.event == "released" and other.role)
                == (event.event, event.event == "released" and event.role)
                and not _may_be_one_day(event, other)
            ]
            if others:
                said = (
                    f"{event.event} happens once, and the same loan has it at another time as well"
                    f" ({others[0].event_date}, {others[0].event_id}); delete the wrong row"
                )
                yield "state_loan_events", line.problem("event_date", said)


def _may_be_one_day(one: StateLoanEvent, other: StateLoanEvent) -> bool:
    """True if the periods that two sources give share a day."""
    return (one.earliest or date.min) <= other.latest and (other.earliest or date.min) <= one.latest


AFTER = {
    "requested": ("authorized", "disbursed", "repaid", "released", "referral_confirmed", "referral_closed"),
    "authorized": ("disbursed", "repaid", "released", "powers_returned", "referral_confirmed", "referral_closed"),
    "disbursed": ("repaid",),
    "oversight_started": ("powers_returned", "released"),
}


def _events_out_of_order(lines: Lines) -> Found:
    """What can only come later is dated earlier, whatever day of their periods the sources mean."""
    for events in _events_by_loan(lines).values():
        for line, later in events:
            before = [
                e
                for _, e in events
                if later.event in AFTER.get(e.event, ()) and e.earliest and later.latest < e.earliest
            ]
            if before:
                said = (
                    f"{later.event} lies before {before[0].event} of the same loan ({before[0].event_date},"
                    f" {before[0].event_id})"
                )
                yield "state_loan_events", line.problem("event_date", said)


def _referrals_before_the_law(lines: Lines, effective: date) -> Found:
    """Nobody can confirm or close a referral that the law did not know."""
    for events in _events_by_loan(lines, "referral_confirmed", "referral_closed").values():
        for line, event in events:
            if event.latest < effective:
                said = f"the law that refers the district took effect on {effective}, after this {event.event}"
                yield "state_loan_events", line.problem("event_date", said)


def _loan_against_its_act(lines: Lines) -> Found:
    """The day of a loan's act, its fiscal year (up to a year later) and the year of its chapter mean the same time."""
    for line, loan, other, event in _loans_with(lines, "authorized"):
        first_years = [int(y) for y in re.findall(r"\b((?:19|20)[0-9]{2})-[0-9]{2}\b", loan.fiscal_year or "")]
        chapters = re.findall(r"\bStats\. ((?:19|20)[0-9]{2})\b", loan.chapter or "")
        first = event.earliest or event.latest
        if first_years and not (
            date(min(first_years) - 1, 7, 1) <= event.latest and first <= date(max(first_years) + 1, 6, 30)
        ):
            said = f"the loan is of fiscal year {loan.fiscal_year}, and its event {event.event_id} of {first}"
        elif chapters and loan.basis != "court_order" and not first.year <= int(chapters[0]) <= event.latest.year:
            said = f"the loan's act is {loan.chapter}, and its event {event.event_id} of {first}"
        else:
            continue
        yield "state_loans", line.problem("fiscal_year", said, ("fiscal_year", "chapter"))
        yield "state_loan_events", other.problem("event_date", said)


def _events_by_loan(lines: Lines, *kinds: str) -> dict[str, list[tuple[Line, StateLoanEvent]]]:
    """Of all kinds, if none is named."""
    found: dict[str, list[tuple[Line, StateLoanEvent]]] = {}
    for line in lines["state_loan_events"]:
        if isinstance(line.record, StateLoanEvent) and (not kinds or line.record.event in kinds):
            found.setdefault(line.record.loan_id, []).append((line, line.record))
    return found


def _loans_with(lines: Lines, kind: str) -> Iterator[tuple[Line, StateLoan, Line, StateLoanEvent]]:
    """Every loan with each of its events of a kind, and the rows of both."""
    events = _events_by_loan(lines, kind)
    for line in lines["state_loans"]:
        if isinstance(loan := line.record, StateLoan):
            for other, event in events.get(loan.loan_id, []):
                yield line, loan, other, event


def _status_against_events(lines: Lines) -> Found:
    """What the latest source says of a loan, and its dated events: each can show that the other is wrong, so that
    neither is used.
    """
    for line, loan, other, event in _loans_with(lines, "repaid"):
        is_late = (
            loan.latest_source_precision == "day"
            and event.earliest is not None
            and event.earliest > loan.latest_source_date
        )
        if loan.status_at_latest_source == "repaid" and is_late:
            said = (
                f"the loan is repaid in its source of {loan.latest_source_date}, and its event {event.event_id} is"
                f" dated later, {event.event_date}"
            )
        elif loan.status_at_latest_source != "repaid" and event.latest < loan.latest_source_date:
            said = (
                f"the loan is not repaid in its source of {loan.latest_source_date}, and its event {event.event_id}"
                f" is dated before, {event.event_date}"
            )
        else:
            continue
        touched = ("status_at_latest_source", "latest_source_date")
        yield "state_loans", line.problem("status_at_latest_source", said, touched)
        yield "state_loan_events", other.problem("event_date", said)


def _amounts_against_events(lines: Lines) -> Found:
    """Events lend no more than the loan, and none is dated before the source by which nothing was drawn."""
    for line, loan, other, event in _loans_with(lines, "authorized"):
        if (event.amount_usd or 0) > (loan.amount_authorized_usd or LARGEST):
            said = f"the event {event.event_id} authorizes {event.amount_usd}, and the loan is smaller"
            yield "state_loans", line.problem("amount_authorized_usd", said)
            yield (
                "state_loan_events",
                other.problem("amount_usd", f"the loan is of {loan.amount_authorized_usd} dollars"),
            )
    given: dict[str, int] = {}
    for line, loan, other, event in _loans_with(lines, "disbursed"):
        given[loan.loan_id] = given.get(loan.loan_id, 0) + (event.amount_usd or 0)
        if given[loan.loan_id] > (loan.amount_authorized_usd or LARGEST):
            said = f"with the event {event.event_id} more is disbursed ({given[loan.loan_id]}) than was authorized"
            yield "state_loans", line.problem("amount_authorized_usd", said)
            yield "state_loan_events", other.problem("amount_usd", f"{said} ({loan.amount_authorized_usd})")
        is_drawn = loan.status_at_latest_source != "authorized"
        if not is_drawn and event.latest < loan.latest_source_date:
            said = f"by the loan's source of {loan.latest_source_date} nothing is drawn, and money was disbursed before"
            touched = ("status_at_latest_source", "latest_source_date")
            yield "state_loans", line.problem("status_at_latest_source", f"{said} ({event.event_id})", touched)
            yield "state_loan_events", other.problem("event_date", said)


def _loans_entered_twice(lines: Lines) -> Found:
    """Rows of one borrower and one act are one loan under two names, each with a fate of its own."""
    loans = [(line, loan) for line in lines["state_loans"] if isinstance(loan := line.record, StateLoan)]
    for line, loan in loans:
        twins = [(other, twin) for other, twin in loans if twin.loan_id != loan.loan_id and _is_one_loan(loan, twin)]
        if twins:
            other, twin = twins[0]
            said = (
                f"{other.file}, line {other.number} ({twin.loan_id}) is the same loan: the borrower, and the act, its"
                " chapter, or amount and year are the same; delete the wrong row"
            )
            yield "state_loans", line.problem("loan_id", said, ("loan_id", "enabling_act", "chapter"))


def _is_one_loan(one: StateLoan, other: StateLoan) -> bool:
    """True if the rows are of one borrower, and of one chapter; or of one time, and of one act or amount."""
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
    """Year and number of the act's chapter: the same for Stats. 2003 ch. 14 and Stats. 2003, Chapter 14."""
    return re.findall("[0-9]+", loan.chapter or "")


def _bill(loan: StateLoan) -> str:
    """The act without what writers put in different ways: SB 39 for SB 39 (Perata) and Senate Bill 39."""
    text = alike(loan.enabling_act or "").replace("senatebill", "sb").replace("assemblybill", "ab")
    bill = re.match(r"(?:sb|ab)[0-9]+", text)
    return bill.group() if bill else text


def _opposite_answers(cases: Lines) -> Found:
    """The same question answered in two ways on one day: neither counts. A replaced case counts at no time."""
    asked: dict[tuple[object, ...], list[tuple[str, Line, Case, str]]] = {}
    for name, lines in cases.items():
        for line in lines:
            case = line.record
            if isinstance(case, Case) and case.answer and not case.superseded_by:
                answer, *days = (getattr(case, column) for column in case.answer)
                if answer:
                    asked.setdefault((name, case.cds, *days), []).append((name, line, case, answer))
    for same in asked.values():
        for name, line, case, answer in same:
            other = next((o for o in same if o[3] != answer), None)
            if other and case.answer:
                said = (
                    f"the same day has another answer to the same act, {other[3]} ({other[2].case_id}); delete the"
                    " wrong row, or name in superseded_by the case that replaces it"
                )
                yield name, line.problem(case.answer[0], said, (case.answer[0], "superseded_by"))


def warnings_between(lines: Lines, cases: Sequence[str]) -> Found:
    """What is not wrong, and leaves a verdict open or takes one away."""
    yield from _replaced_by_a_later_case({c: lines[c] for c in cases})
    repaid = _events_by_loan(lines, "repaid")
    for line in lines["state_loans"]:
        if (
            isinstance(line.record, StateLoan)
            and line.record.status_at_latest_source == "repaid"
            and line.record.loan_id not in repaid
        ):
            said = "the loan is repaid, and no event says when; add the event repaid"
            yield "state_loans", line.problem("status_at_latest_source", said)


def _replaced_by_nothing(cases: Lines) -> Found:
    """A case must be replaced by a case on record, and not by one that it replaces itself."""
    after = {
        line.values.get("case_id", ""): line.values.get("superseded_by", "")
        for lines in cases.values()
        for line in lines
    }
    for name, lines in cases.items():
        for line in lines:
            case, successor = line.values.get("case_id", ""), line.values.get("superseded_by", "")
            if not successor or successor == case:  # a case that replaces itself is reported by its own row
                continue
            if successor not in after:
                yield name, line.problem("superseded_by", "no register has a case of this name")
            elif case in _chain(successor, after):
                said = "these cases replace each other, so that none of them would count"
                yield name, line.problem("superseded_by", said)


def _replaced(cases: Lines) -> Iterator[tuple[str, Line, Case, Case]]:
    """Every case that another one replaces, with its register and row, and that other one."""
    found = [(name, line, line.record) for name, lines in cases.items() for line in lines]
    by_id = {case.case_id: case for _, _, case in found if isinstance(case, Case)}
    for name, line, case in found:
        if isinstance(case, Case) and (other := by_id.get(case.superseded_by or "")):
            yield name, line, case, other


def _replaced_by_another_lea(cases: Lines, successions: Sequence[Line]) -> Found:
    """A case is replaced by one of its LEA, or of the predecessor or successor; else its note must name the other LEA,
    so that a mistyped case_id does not take a case away.
    """
    same = {
        frozenset((line.values.get("predecessor_cds", ""), line.values.get("successor_cds", "")))
        for line in successions
    }
    for name, line, case, other in _replaced(cases):
        if (
            other.cds != case.cds
            and frozenset((case.cds, other.cds)) not in same
            and other.lea_name.casefold() not in (case.note or "").casefold()
        ):
            whose = f"this case is of another LEA, {other.lea_name} ({other.cds})"
            said = f"{whose}; correct it, or name that LEA in the note"
            yield name, line.problem("superseded_by", said, ("superseded_by", "cds"))


def _replaced_by_a_later_case(cases: Lines) -> Found:
    """A replaced case never counts, so one that ended is closed instead."""
    for name, line, case, other in _replaced(cases):
        if (begins := other.known_from) and begins > case.entered_on:
            said = (
                f"the case that replaces it begins on {begins}, after this one was entered ({case.entered_on}), and"
                " a replaced case counts at no time; close a case that ended with end_date instead"
            )
            yield name, line.problem("superseded_by", said)


def _chain(case: str, after: Mapping[str, str]) -> list[str]:
    """A case and those that replaced it, one after the other."""
    chain: list[str] = []
    while case and case not in chain:
        chain.append(case)
        case = after.get(case, "")
    return chain
