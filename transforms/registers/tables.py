"""Registers as tables of a run: the used rows, the rejected rows, and the LEAs that a rejected row may concern."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from difflib import get_close_matches

import duckdb
import pyarrow as pa

from transforms import clock
from transforms.database import connect_read_only
from transforms.registers.about import leas_concerned, subjects
from transforms.registers.cases import KINDS, Case
from transforms.registers.fields import Line, Problem, normalized_id
from transforms.registers.load import Register, load_registers, schema_of, to_arrow
from transforms.registers.loan_links import loans_of_event_id
from transforms.registers.loans import StateLoanEvent
from transforms.registers.names import LeaNames, lea_kind, name_key, names_of
from transforms.release.current import DATABASE, current_release
from transforms.run import Run
from transforms.tables import as_table, put, texts

TABLES = {"accepted_differences": "accepted_differences"}  # other registers: reg_<name>
PATHWAYS = {  # the pathway that a rejected row leaves open; for a case it is the register's name
    "state_loans": "wraparound", "state_loan_events": "wraparound", "successions": "succession",
    "necessity_determinations": "necessity",
}  # fmt: skip
TEXTS = ("register", "file", "column_name", "value", "reason", "record", "cds")


@dataclass(frozen=True)
class PossibleLea:
    """An LEA that a rejected row may concern, for one pathway, from a day on.

    ``brings_lea``: no file and no used row has its code. ``is_guess``: the row itself does not show which LEA it is
    about.
    """

    register: str
    pathway: str
    cds: str
    lea_name: str
    loan_id: str | None
    since: date | None
    file: str
    line: int
    brings_lea: bool
    is_guess: bool = False


def put_registers(run: Run, connection: duckdb.DuckDBPyConnection) -> None:
    """Create the tables reg_*, register_rejects, register_doubts and register_warnings.

    ``reg_cases`` has the cases of all recorded pathways. Reads the table ``lea_names``.
    """
    files = names_of(connection)
    today = max(run.settings.as_of, clock.today())
    registers = load_registers(run.settings.reference, files, today)
    cases = [schema_of(kind).empty_table() for kind in KINDS.values()]
    for name, register in registers.items():
        if issubclass(register.model, Case):
            cases.append(to_arrow(register).append_column("pathway", pa.repeat(name, register.fine)))
        else:
            put(connection, TABLES.get(name, f"reg_{name}"), to_arrow(register))
    put(connection, "reg_cases", pa.concat_tables(cases, promote_options="default"))
    columns = {**texts(*TEXTS), "line": pa.int64()}
    rejects = [_row(r, p) for r in registers.values() for p in r.problems]
    put(connection, "register_rejects", as_table(rejects, **columns))
    warnings = [_row(r, p) for r in registers.values() for p in r.warnings]
    put(connection, "register_warnings", as_table(warnings, **columns))
    before = _names_before(run) if any(r.rejected for r in registers.values()) else LeaNames()
    doubts = [asdict(d) for d in possible_leas(registers, files, before)]
    columns = texts("register", "pathway", "cds", "lea_name", "loan_id", "file")
    columns |= {"line": pa.int64(), "since": pa.date32(), "brings_lea": pa.bool_(), "is_guess": pa.bool_()}
    put(connection, "register_doubts", as_table(doubts, **columns))


def _row(register: Register, p: Problem) -> dict[str, object]:
    line = next((ln for ln in register.lines if ln.number == p.line), None)
    values = line.values if line else {}
    record = " ".join(values.get(c, "") for c in register.model.identifier)
    known = {
        "register": register.name,
        "record": record,
        "cds": values.get("cds") or values.get("successor_cds") or None,
    }
    return {**known, "file": p.file, "line": p.line, "column_name": p.column, "value": p.value, "reason": p.sentence}


def _names_before(run: Run) -> LeaNames:
    """Return the names in the current release, to find a borrower that only a rejected row names today.

    They decide nothing else.
    """
    release = current_release(run.settings.out)
    if release is None:
        return LeaNames()
    try:
        with connect_read_only(release / DATABASE) as connection:
            return LeaNames(connection.execute("select cds, lea_name from leas").fetchall())
    except duckdb.Error:  # damaged: the run rebuilds it
        return LeaNames()


def possible_leas(
    registers: Mapping[str, Register], files: LeaNames, before: LeaNames | None = None
) -> list[PossibleLea]:
    """Return every LEA that a rejected row may concern. ``before``: names in the current release."""
    used = subjects({n: r.used for n, r in registers.items()}, {n: r.model for n, r in registers.items()})
    today = LeaNames([*files.pairs(), *((s.cds, n) for s in used for n in s.names)])
    known = LeaNames([*today.pairs(), *(before or LeaNames()).pairs()])
    found: list[PossibleLea] = []
    for register in registers.values():
        pathway = PATHWAYS.get(register.name, register.name if issubclass(register.model, Case) else "")
        for line in register.rejected if pathway else ():
            found += (
                _leas_of_event(registers, line, known)
                if register.name == "state_loan_events"
                else _leas_of_row(registers, register, pathway, line, known)
            )
    return [replace(d, brings_lea=d.brings_lea and not today.of(d.cds)) for d in found]


def _leas_of_row(
    registers: Mapping[str, Register], register: Register, pathway: str, line: Line, known: LeaNames
) -> Iterator[PossibleLea]:
    codes = leas_concerned(line, register.model, known)
    is_loan = register.name == "state_loans"
    loan_id = line.values.get("loan_id") if is_loan else None
    since = _loan_since(registers, loan_id or "") if is_loan else _case_since(register, line)
    name = line.values.get("district") or line.values.get("lea_name") or ""
    is_known = any(known.of(c) for c in codes)
    for cds in codes:
        called = next(iter(known.of(cds)), name)
        # An unknown code adds no LEA if the name is known.
        brings = is_loan and bool(called) and (bool(known.of(cds)) or not is_known)
        yield PossibleLea(register.name, pathway, cds, called, loan_id, since, line.file, line.number, brings)


def _leas_of_event(registers: Mapping[str, Register], line: Line, known: LeaNames) -> Iterator[PossibleLea]:
    """Yield doubts for the loans of a rejected event, by its loan_id and by its own identifier.

    If neither is a loan's: the loans with a similar identifier and the LEAs that it names, or else, as a guess, all
    loans.
    """
    loans = {loan.values.get("loan_id", ""): loan for loan in registers["state_loans"].lines}
    written_id, event_id = line.values.get("loan_id", ""), line.values.get("event_id", "")
    meant = [i for i in loans if normalized_id(i) == normalized_id(written_id)] + loans_of_event_id(event_id, loans)[:1]
    like = [] if meant else get_close_matches(written_id, loans, cutoff=0.8)
    named = [] if meant else _leas_named_in(written_id or event_id, known)
    wrong = {c for p in registers["state_loan_events"].problems if p.line == line.number for c in p.columns}
    event = line.record if isinstance(line.record, StateLoanEvent) else None
    since = event.earliest if event and not wrong & {"event_date", "precision"} else None
    is_guess = not (meant or like or named)
    name, pathway = "state_loan_events", "wraparound"
    for loan_id in dict.fromkeys(meant or like or (loans if is_guess else [])):
        called = loans[loan_id].values.get("district", "")
        for cds in leas_concerned(loans[loan_id], registers["state_loans"].model, known):
            yield PossibleLea(name, pathway, cds, called, loan_id, since, line.file, line.number, False, is_guess)
    for cds in named:  # the row of the loan is missing, and the loan is older than its event
        yield PossibleLea(name, pathway, cds, known.of(cds)[0], None, None, line.file, line.number, brings_lea=True)


def _leas_named_in(identifier: str, known: LeaNames) -> list[str]:
    """Return districts whose name or initials begin like a word of the identifier: INGLEWOOD, SMCJUHSD."""
    words = _words(identifier) - {"sel"}  # as in CA-SEL, state emergency loan
    found = []
    for cds, name in known.pairs() if words else ():
        parts = name_key(name).words
        whole, initials = "".join(parts), "".join(part[0] for part in parts)
        if lea_kind(cds) == "district" and any(
            (len(word) >= 4 and whole.startswith(word))
            or initials.startswith(word)
            or (len(initials) >= 4 and word.startswith(initials))
            for word in words
        ):
            found.append(cds)
    return list(dict.fromkeys(found))


def _words(identifier: str) -> set[str]:
    return set(re.findall("[a-z]{3,}", identifier.casefold()))


def _loan_since(registers: Mapping[str, Register], loan_id: str) -> date | None:
    """Return the first day on which the loan may have been received; None if that is not known."""
    events = [
        e
        for line in registers["state_loan_events"].used
        if isinstance(e := line.record, StateLoanEvent) and e.loan_id == loan_id
    ]
    received = [e.earliest for e in events if e.event in ("authorized", "disbursed")]
    return min((d for d in received if d), default=None) if received and all(received) else None


def _case_since(register: Register, line: Line) -> date | None:
    """Return the first day on which the case may be known; None if one of its days is wrong."""
    days = [c for c in register.model.model_fields if c.endswith(("_date", "_start"))]
    wrong = {c for p in register.problems if p.line == line.number for c in p.columns or days}
    if wrong & set(days):
        return None
    return _earliest(line.values.get(c, "") for c in days)


def _earliest(texts: Iterable[str]) -> date | None:
    found = []
    for text in texts:
        try:
            found.append(date.fromisoformat(text))
        except ValueError:
            continue
    return min(found, default=None)
