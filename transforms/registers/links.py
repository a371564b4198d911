"""What must hold between rows and between registers.

Rows that are wrong in themselves take part, so that one mistake is reported once.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from transforms.registers.cases import Case
from transforms.registers.fields import Record
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
    yield from _events_out_of_order(lines)
    yield from _referrals_before_the_law(lines, law_effective)
    yield from _loan_against_its_act(lines)
    yield from _status_against_events(lines)
    yield from _replaced_by_nothing({c: lines[c] for c in cases})
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
