"""Sentences about the recorded pathways, by the kind of acts that they record."""

from dataclasses import dataclass
from datetime import date

from transforms.wording.sentences.phrases import LEA_WORDS, capitalized, joined, last_day, plain_day, plural


@dataclass(frozen=True)
class CaseFacts:
    """One recorded case as of a date: the acts on record by then. A day is null if no act is dated by that day."""

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
    same_body: bool
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


def case_sentence(record_kind: str, determined_by: str, c: CaseFacts) -> str:
    """Return one case in words: the acts on record, and what is missing.

    ``determined_by``: who determines, in a pathway that requires a determination.
    """
    if record_kind in ("two_acts", "determination"):
        text = (_two_acts if record_kind == "two_acts" else _determination)(c, determined_by)
    else:
        text = {"agreement": _agreement, "request": _request}[record_kind](c)
    if c.finding == "ended":
        text = f"ended on {plain_day(c.ended)}{_because(c.end_reason)}"
    elif c.engaged:
        text += f"; CCEE's work began on {plain_day(c.engaged)}"
    notes = [] if c.finding == "ended" or not c.answered else [c.same_body_note, c.order_note if c.determined else ""]
    return " ".join([f"Case {c.case_id}: {text}.", *(n for n in notes if n)])


def _because(reason: str) -> str:
    return f": {reason.rstrip('.')}" if reason else ""


def _case_start(c: CaseFacts) -> str:
    """Return how the case began."""
    if c.requested:
        return f"requested on {plain_day(c.requested)}"
    return f"reached CCEE on {plain_day(c.received)}" if c.received else f"on record since {plain_day(c.known_from)}"


def _two_acts(c: CaseFacts, by: str) -> str:
    """Return assistance, determination and agreement (EC 52074(g)(1)(A))."""
    determined = f"the {by} determined on {plain_day(c.determined)} that CCEE's help is necessary"
    agreed = f"the Geographic Lead ({c.geo_lead}) agreed on {plain_day(c.answered)}"
    agreed += ", being the county office itself" if c.same_body and not c.same_body_note else ""
    refused = f"the Geographic Lead ({c.geo_lead}) did not agree, on {plain_day(c.answered)}"
    before = "no assistance under EC 52071 or 47607.3 before the determination is on record"
    if c.assistance_from:
        before = f"the assistance on record began on {plain_day(c.assistance_from)}, not before the determination"
    return {
        "both_acts": (
            f"after assistance under {c.assistance_statute} by {c.assistance_provider} from"
            f" {plain_day(c.assistance_from)}, {determined}, and {agreed}"
        ),
        "precondition_not_shown": f"{determined}, and {agreed}; precondition not shown: {before}",
        "lead_not_heard": (
            f"{determined}; no answer of the Geographic Lead is on record by that day, and its agreement is needed"
        ),
        "lead_disagreed": (
            f"{determined}; {refused}"
            if c.determined
            else f"{refused}; no determination of the {by} is on record by that day"
        ),
        "not_determined": f"{agreed}; no determination of the {by} is on record by that day, and both acts are needed",
    }.get(c.finding, f"{_case_start(c)}; no determination of the {by} is on record by that day")


def _determination(c: CaseFacts, by: str) -> str:
    if c.determined:
        return f"the {by} determined on {plain_day(c.determined)} that CCEE's help is necessary"
    return f"{_case_start(c)}; no determination of the {by} is on record by that day"


def _agreement(c: CaseFacts) -> str:
    if not c.agreement_date:
        return f"{_case_start(c)}; no agreement is on record by that day"
    agreement = f"agreement{f' {c.agreement_number}' if c.agreement_number else ''} of {plain_day(c.agreement_date)}"
    if c.finding == "authority_not_shown":
        return f"{agreement}; the item of the Budget Act that gives the authority is not shown"
    return f"{agreement}, under item {c.budget_act_item} of the Budget Act of {c.budget_act_year}"


def _request(c: CaseFacts) -> str:
    if c.finding in ("accepted", "declined"):
        return f"{_case_start(c)}; CCEE {c.finding} the request on {plain_day(c.decided)}{_because(c.decision_reason)}"
    if c.finding == "withdrawn":
        return f"{_case_start(c)}; the request was withdrawn on {plain_day(c.decided)}{_because(c.decision_reason)}"
    return f"{_case_start(c)}; no decision is on record by that day"


@dataclass(frozen=True)
class RecordedFacts:
    """The records of one recorded pathway for one LEA and determination year."""

    status: str
    lea_type: str
    pathway_name: str
    record_kind: str
    determined_by: str
    as_of: date
    has_ended: bool
    cases: tuple[CaseFacts, ...]
    rejected_rows: int = 0
    inherited_from: tuple[str, ...] = ()  # LEAs with an open case whose code ended
    code_ended: date | None = None  # the LEA's own code, before the determination came into force


def recorded_reason(f: RecordedFacts) -> str:
    """Return what is on record of a recorded pathway as of a date; nothing is computed."""
    if f.status == "not_applicable":
        return f"{f.pathway_name} does not serve a {LEA_WORDS[f.lea_type]}."
    doubts = [_rejected(f.lea_type, f.pathway_name, f.rejected_rows)] if f.rejected_rows else []
    if f.code_ended:
        doubts.append(f"This code ended on {plain_day(f.code_ended)}; whether the case passes is not on record.")
    doubts += [_inherited(f)] if f.inherited_from else []
    if not f.cases and not doubts:
        return (
            f"No {f.pathway_name} case is on record for this {LEA_WORDS[f.lea_type]}"
            f"{last_day(f.as_of, f.has_ended)}; this pathway is recorded, never computed."
        )
    closed = f.cases and all(c.case_state == "closed" for c in f.cases)
    opening = {
        "eligible": f"On record as of {plain_day(f.as_of)}.",
        "undetermined": f"A question is open as of {plain_day(f.as_of)}.",
        "not_eligible": (
            f"No open case as of {plain_day(f.as_of)}." if closed else f"Not complete as of {plain_day(f.as_of)}."
        ),
    }[f.status]
    return " ".join(
        [
            opening,
            *(case_sentence(f.record_kind, f.determined_by, c) for c in f.cases),
            *doubts,
        ]
    )


def _rejected(lea_type: str, name: str, rows: int) -> str:
    """Return records that may be about this LEA and are not used."""
    return (
        f"{capitalized(plural(rows, f'{name} record'))} that may be about this {LEA_WORDS[lea_type]}"
        f" {'was' if rows == 1 else 'were'} rejected."
    )


def _inherited(f: RecordedFacts) -> str:
    """Return the sentence on a case under a code that ended; only a person can say whose case it is now."""
    return (
        f"An open {f.pathway_name} case is on record for {joined(f.inherited_from)}, which this"
        f" {LEA_WORDS[f.lea_type]} follows; whether it passes is not on record."
    )
