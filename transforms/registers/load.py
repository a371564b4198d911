"""Read and check the registers: every problem is reported with file, line, column and value.

A wrong row is rejected, and the others are used. Values that a spreadsheet would take as formulas are escaped, and
reading restores them unchanged. Old spellings of columns and values can still be read; ``dta register migrate``
rewrites them.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pyarrow as pa
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from transforms import clock
from transforms.config.csv_model import numbered_rows, other_separator
from transforms.config.text import plain
from transforms.config.toml_model import read_toml
from transforms.errors import ConfigError
from transforms.registers.about import compare_names
from transforms.registers.cases import Case, cases_of
from transforms.registers.fields import Line, Problem, Record
from transforms.registers.links import problems_between, warnings_between
from transforms.registers.loans import StateLoan, StateLoanEvent
from transforms.registers.names import LeaNames
from transforms.registers.others import OTHERS
from transforms.rules.model import PathwayRules
from transforms.rules.reference import Reference
from transforms.tables import arrow_columns

FORMULA = re.compile(r"'*[=+\-@\t\r]")  # an apostrophe of the value itself stays distinct from the added one
COLUMNS = {"amount_authorised_usd": "amount_authorized_usd"}
VALUES = {"event": {"authorised": "authorized"}, "status_at_latest_source": {"authorised": "authorized"}}


def to_cell(value: str) -> str:
    """Return a value with an apostrophe before it if a spreadsheet would run it."""
    return f"'{value}" if FORMULA.match(value) else value


def from_cell(cell: str) -> str:
    """Return the value without surrounding space and without the apostrophe that ``to_cell`` adds."""
    value = cell.strip()
    return value[1:] if value.startswith("'") and FORMULA.match(value) else value


def to_line(values: Sequence[str], end: str) -> str:
    """Return one CSV line; commas, quotes and line breaks are quoted."""
    stream = io.StringIO()
    csv.writer(stream, lineterminator=end).writerow([to_cell(v) for v in values])
    return stream.getvalue()


def numbered_lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the line on which each row begins, and its values, without blank lines.

    Raises csv.Error, with the line, for quotes that do not match.
    """
    for line, cells in numbered_rows(text):
        yield line, [from_cell(c) for c in cells]


def present_column(column: str) -> str:
    """Return today's name of a column."""
    return COLUMNS.get(column, column)


def present_value(column: str, value: str) -> str:
    """Return today's spelling of a value."""
    return VALUES.get(column, {}).get(value, value)


LOANS: dict[str, type[Record]] = {"state_loans": StateLoan, "state_loan_events": StateLoanEvent}


def registers_of(folder: Path) -> dict[str, type[Record]]:
    """Return every register by name, with the model of its rows.

    Each recorded pathway of rules/pathways.toml has a register. Raises ConfigError if the rules are wrong.
    """
    return _models(read_toml(folder / "rules" / "pathways.toml", PathwayRules))


def _models(rules: PathwayRules) -> dict[str, type[Record]]:
    pathways = rules.pathway
    cases = {p.pathway: cases_of(p) for p in pathways if p.decided == "recorded"}
    if taken := sorted(cases.keys() & {*LOANS, *OTHERS}):
        raise ConfigError(
            f"rules/pathways.toml: the pathway {taken[0]!r} has the name of another register; give it another name."
        )
    return {**LOANS, **cases, **OTHERS}


def case_registers(models: Mapping[str, type[Record]]) -> list[str]:
    """Return the names of the registers of cases."""
    return [name for name, model in models.items() if issubclass(model, Case)]


@dataclass
class Register:
    """One register as read: its lines, their problems, and the comparisons that were not possible."""

    name: str
    model: type[Record]
    header: list[str] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    is_readable: bool = True

    @property
    def rejected(self) -> list[Line]:
        """Rows with a problem, which are not used."""
        wrong = {p.line for p in self.problems}
        return [line for line in self.lines if line.number in wrong]

    @property
    def used(self) -> list[Line]:
        """Rows without a problem."""
        rejected = {line.number for line in self.rejected}
        return [line for line in self.lines if line.number not in rejected]

    @property
    def fine(self) -> int:
        """Number of rows without a problem."""
        return len(self.used)


def load_registers(folder: Path, names: LeaNames | None = None, today: date | None = None) -> dict[str, Register]:
    """Return every register; rows with a problem are in ``rejected``. Raises ConfigError for an unreadable file."""
    registers = check_registers(folder, names, today=today)
    unreadable = [p for r in registers.values() if not r.is_readable for p in r.problems]
    unreadable += [
        Problem(
            f"registers/{path.name}",
            "no recorded pathway of rules/pathways.toml has this register; add the pathway, or move the file away",
        )
        for path in sorted((folder / "registers").glob("*.csv"))
        if path.stem not in registers
    ]
    if unreadable:
        raise ConfigError("\n".join(map(str, unreadable)))
    return registers


def check_registers(
    folder: Path, names: LeaNames | None = None, instead: Mapping[str, bytes] | None = None, today: date | None = None
) -> dict[str, Register]:
    """Return every register with its problems and warnings.

    ``names``: the names of each LEA in loaded files; ``instead``: contents that replace those of a file.
    """
    day = today or clock.today()
    rules = read_toml(folder / "rules" / "pathways.toml", PathwayRules)
    models = _models(rules)
    registers = {
        name: _read(folder / "registers" / f"{name}.csv", model, (instead or {}).get(name), day)
        for name, model in models.items()
    }
    lines = {name: register.lines for name, register in registers.items()}
    cases, counties = case_registers(models), Reference(folder).values("counties", "county_code")
    for name, problem in problems_between(lines, models, cases, counties, rules.wraparound.effective):
        registers[name].problems.append(problem)
    for name, problem in warnings_between(lines, cases):
        registers[name].warnings.append(problem)
    for found in compare_names(lines, models, names or LeaNames()):
        register = registers[found.register]
        (register.warnings if found.is_warning else register.problems).append(found.problem)
    return registers


def columns_of(model: type[Record]) -> list[str]:
    """Return the columns in the order of the file; a pathway's own columns are before the work and the end."""
    if not issubclass(model, Case):
        return list(model.model_fields)
    shared = list(Case.model_fields)
    own = [c for c in model.model_fields if c not in shared]
    work = shared.index("engagement_start")
    return [*shared[:work], *own, *shared[work:]]


def _read(path: Path, model: type[Record], content: bytes | None, today: date) -> Register:
    """Read the rows of one file. If the header does not fit, no row is read."""
    register = Register(path.stem, model, is_readable=False)
    file = f"registers/{path.name}"
    why_not = ""
    try:
        text = (path.read_bytes() if content is None else content).decode("utf-8-sig")
        rows = list(numbered_lines(text))
    except FileNotFoundError:
        why_not = "the file is missing; it may contain only its header, which registers/README.md describes"
    except OSError as error:
        why_not = f"the file cannot be read ({error.strerror}); check {path} and its permissions"
    except csv.Error as error:
        why_not = f"{error}; check its quotation marks"
    except UnicodeDecodeError as error:
        why_not = f"this is not a CSV file in UTF-8 ({error}); save it as 'CSV UTF-8'"
    if why_not:
        register.problems.append(Problem(file, why_not))
        return register
    register.header = [present_column(c) for c in rows[0][1]] if rows else []
    register.problems += _header_problems(file, register.header, model)
    if not register.problems:
        register.is_readable = True
        for number, cells in rows[1:]:
            line, problems = _line(file, number, register.header, cells, model, today)
            register.lines.append(line)
            register.problems += problems
    return register


def _header_problems(file: str, header: list[str], model: type[Record]) -> Iterator[Problem]:
    expected = columns_of(model)
    advice = "Compare it with registers/README.md"
    if separator := other_separator(header):
        yield Problem(file, separator, 1)
        return
    if missing := [c for c in expected if c not in header and c not in model.added_later]:
        yield Problem(file, f"the header lacks {', '.join(missing)}. {advice}", 1)
    if unknown := [c for c in header if c not in expected]:
        yield Problem(
            file, f"the header has columns that the register does not know: {', '.join(unknown)}. {advice}", 1
        )
    if twice := sorted({c for c in header if header.count(c) > 1}):
        yield Problem(file, f"the header has {', '.join(twice)} more than once. {advice}", 1)


def _line(
    file: str, number: int, header: list[str], cells: list[str], model: type[Record], today: date
) -> tuple[Line, list[Problem]]:
    values = {column: present_value(column, cell) for column, cell in zip(header, cells, strict=False)}
    line = Line(file, number, values | dict.fromkeys(model.added_later - set(header), ""), cells=cells)
    line.is_ragged = len(cells) != len(header)
    if line.is_ragged:
        sentence = (
            f"the row has {len(cells)} values, the header has {len(header)}; put quotation marks around a value that"
            " holds a comma"
        )
        return line, [Problem(file, sentence, number, value=",".join(cells))]
    try:
        line.record = model.model_validate(line.values, context={"today": today})
    except ValidationError as error:
        return line, [p for e in error.errors() for p in _problems(line, e)]
    return line, []


def _problems(line: Line, error: ErrorDetails) -> list[Problem]:
    """Return pydantic's findings in our words."""
    if error["type"] == "contradiction":
        return [line.problem(c.columns[0], c.sentence, c.columns) for c in error["ctx"]["found"]]
    return [line.problem(str(error["loc"][0]), plain(error["msg"]))]


def to_arrow(register: Register) -> pa.Table:
    """Return the rows that are used, typed."""
    return pa.Table.from_pylist(
        [line.record.model_dump() for line in register.used if line.record], schema_of(register.model)
    )


def schema_of(model: type[Record]) -> pa.Schema:
    """Return the types of a register's columns."""
    types = arrow_columns(model, pa.int64())
    return pa.schema([(name, types[name]) for name in columns_of(model)])
