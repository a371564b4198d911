"""Records that people keep: state loans and their events. Every row is checked before anything is decided from it."""

import csv
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

import pyarrow as pa
from pydantic import BeforeValidator, StringConstraints, ValidationError

from transforms.errors import ConfigError
from transforms.toml_model import StrictModel


def _empty_to_none(value: object) -> object:
    return None if value == "" else value


Cds = Annotated[str, StringConstraints(pattern=r"^\d{14}$")]
Text = Annotated[str | None, BeforeValidator(_empty_to_none)]
Amount = Annotated[int | None, BeforeValidator(_empty_to_none)]
Day = Annotated[date | None, BeforeValidator(_empty_to_none)]
Confidence = Literal["high", "medium", "low"]
Precision = Literal["day", "month", "season", "year", "fiscal_year", "before"]


class StateLoan(StrictModel):
    """One emergency apportionment or other state loan to a school district (EC 41320 and special acts)."""

    loan_id: str
    cds: Annotated[Cds | None, BeforeValidator(_empty_to_none)]
    successor_cds: Annotated[Cds | None, BeforeValidator(_empty_to_none)]
    successor_name: Text
    district: str
    former_name: Text
    county_code: Annotated[str, StringConstraints(pattern=r"^\d{2}$")]
    enabling_act: Text
    chapter: Text
    basis: Literal["appropriation", "court_order", "cash_flow_loan"]
    fiscal_year: Text
    amount_authorised_usd: Amount
    amount_drawn_usd: Amount
    lender: Text
    interest_rate: Text
    latest_balance_usd: Amount
    latest_balance_as_of: Text
    scheduled_payoff: Text
    status_at_latest_source: Literal["outstanding", "repaid", "authorised"]
    latest_source_date: date
    latest_source_precision: Precision
    confidence: Confidence
    confidence_note: Text
    unknown: Text
    notes: Text
    source_url: str
    more_sources: Text


class StateLoanEvent(StrictModel):
    """One dated fact of a loan. ``event_date`` is the first day of the period that ``precision`` names."""

    event_id: str
    loan_id: str
    event: Literal[
        "requested", "authorised", "disbursed", "oversight_started", "powers_returned", "repaid", "released", "referral_confirmed", "referral_closed"
    ]
    event_date: date
    precision: Precision
    date_text: str
    role: Text
    amount_usd: Amount
    source_url: str
    confidence: Confidence
    note: Text


REGISTERS: dict[str, type[StrictModel]] = {"state_loans": StateLoan, "state_loan_events": StateLoanEvent}


def load_registers(folder: Path) -> dict[str, pa.Table]:
    """Registers as Arrow tables. Raises ConfigError with file, line, column and value of every problem."""
    rows: dict[str, Sequence[StrictModel]] = {}
    problems: list[str] = []
    for name, model in REGISTERS.items():
        rows[name], found = _read(folder / "registers" / f"{name}.csv", model)
        problems += found
    problems += _problems_between(rows)
    if problems:
        raise ConfigError("\n".join(problems))
    return {name: _to_arrow(rows[name], model) for name, model in REGISTERS.items()}


def _read(path: Path, model: type[StrictModel]) -> tuple[list[StrictModel], list[str]]:
    """Rows that fit the model, and a sentence for each value that does not."""
    rows: list[StrictModel] = []
    problems: list[str] = []
    with path.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.DictReader(stream)
        missing = [c for c in model.model_fields if c not in (reader.fieldnames or [])]
        if missing:
            return [], [f"registers/{path.name}, line 1: the header lacks {', '.join(missing)}. Compare it with registers/README.md."]
        for record in reader:
            try:
                rows.append(model.model_validate({k: (v or "").strip() for k, v in record.items() if k is not None}))
            except ValidationError as error:
                problems += [
                    f"registers/{path.name}, line {reader.line_num}, column {e['loc'][0] if e['loc'] else '?'}: {e['msg']} (value {str(e['input'])[:80]!r})."
                    for e in error.errors()
                ]
    return rows, problems


def _problems_between(rows: dict[str, Sequence[Any]]) -> list[str]:
    """Identifiers that stand twice, and events of loans that are not on the register."""
    loans, events = rows["state_loans"], rows["state_loan_events"]
    ids = [loan.loan_id for loan in loans]
    problems = [f"registers/state_loans.csv: loan_id {i} stands twice." for i in sorted({i for i in ids if ids.count(i) > 1})]
    event_ids = [e.event_id for e in events]
    problems += [f"registers/state_loan_events.csv: event_id {i} stands twice." for i in sorted({i for i in event_ids if event_ids.count(i) > 1})]
    problems += [f"registers/state_loans.csv: {loan.loan_id} has neither cds nor successor_cds." for loan in loans if not (loan.cds or loan.successor_cds)]
    problems += [f"registers/state_loan_events.csv: {e.event_id}: no loan {e.loan_id} in state_loans.csv." for e in events if e.loan_id not in ids]
    return problems


def _to_arrow(rows: Sequence[StrictModel], model: type[StrictModel]) -> pa.Table:
    types = {int: pa.int64(), date: pa.date32()}
    fields = []
    for name, info in model.model_fields.items():
        kinds = [k for k in (*getattr(info.annotation, "__args__", ()), info.annotation) if k in types]
        fields.append((name, types[kinds[0]] if kinds else pa.string()))
    return pa.Table.from_pylist([row.model_dump() for row in rows], pa.schema(fields))
