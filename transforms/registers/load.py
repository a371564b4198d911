"""Read and check the registers: every problem is told with file, line, column and value."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from transforms.config_file import fault_of
from transforms.errors import ConfigError
from transforms.reference import Reference
from transforms.registers.cases import CalpadsCertification, Case, FeeForServiceCase, PrimaryCase, RequestCase, SpiCase
from transforms.registers.cells import numbered_lines
from transforms.registers.fields import Record, plain
from transforms.registers.links import problems_between
from transforms.registers.loans import StateLoan, StateLoanEvent
from transforms.registers.problems import Line, Problem

REGISTERS: dict[str, type[Record]] = {
    "state_loans": StateLoan,
    "state_loan_events": StateLoanEvent,
    "primary": PrimaryCase,
    "spi": SpiCase,
    "fee_for_service": FeeForServiceCase,
    "request": RequestCase,
    "calpads": CalpadsCertification,
}
CASES = tuple(name for name, model in REGISTERS.items() if issubclass(model, Case))


@dataclass
class Register:
    """One register as read: its lines, and what is wrong with them."""

    name: str
    model: type[Record]
    header: list[str] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def fine(self) -> int:
        """Number of rows without a problem."""
        wrong = {p.line for p in self.problems}
        return sum(line.number not in wrong for line in self.lines)


def load_registers(folder: Path) -> dict[str, pa.Table]:
    """Registers as Arrow tables. Raises ConfigError with file, line, column and value of every problem."""
    registers = check_registers(folder)
    problems = [p for r in registers.values() for p in r.problems]
    if problems:
        raise ConfigError("\n".join(map(str, problems)))
    return {name: _to_arrow(register) for name, register in registers.items()}


def check_registers(folder: Path, instead: Mapping[str, bytes] | None = None) -> dict[str, Register]:
    """Every register with its problems. ``instead`` holds contents to check in place of a file's own."""
    registers = {name: _read(folder / "registers" / f"{name}.csv", model, (instead or {}).get(name)) for name, model in REGISTERS.items()}
    lines = {name: register.lines for name, register in registers.items()}
    for name, problem in problems_between(lines, REGISTERS, CASES, Reference(folder).values("counties", "county_code")):
        registers[name].problems.append(problem)
    return registers


def columns_of(model: type[Record]) -> list[str]:
    """Columns in the order of the file: in a case, what its pathway adds stands before the work and the end."""
    if not issubclass(model, Case):
        return list(model.model_fields)
    shared = list(Case.model_fields)
    own = [c for c in model.model_fields if c not in shared]
    work = shared.index("engagement_start")
    return [*shared[:work], *own, *shared[work:]]


def _read(path: Path, model: type[Record], content: bytes | None) -> Register:
    """The rows of one file. A header that does not fit ends the reading."""
    register = Register(path.stem, model)
    file = f"registers/{path.name}"
    try:
        text = (path.read_bytes() if content is None else content).decode("utf-8-sig")
        rows = list(numbered_lines(text))
    except FileNotFoundError:
        register.problems.append(Problem(file, None, "", "", "the file is missing; it may be empty but for its header, which registers/README.md describes"))
        return register
    except (UnicodeDecodeError, csv.Error) as error:
        register.problems.append(Problem(file, None, "", "", f"this is not a CSV file in UTF-8 ({error}); save it as 'CSV UTF-8'"))
        return register
    register.header = rows[0][1] if rows else []
    register.problems += _header_problems(file, register.header, model)
    if not register.problems:
        for number, cells in rows[1:]:
            line, problems = _line(file, number, register.header, cells, model)
            register.lines.append(line)
            register.problems += problems
    return register


def _header_problems(file: str, header: list[str], model: type[Record]) -> Iterator[Problem]:
    expected = columns_of(model)
    advice = "Compare it with registers/README.md"
    if missing := [c for c in expected if c not in header]:
        yield Problem(file, 1, "", "", f"the header lacks {', '.join(missing)}. {advice}")
    if unknown := [c for c in header if c not in expected]:
        yield Problem(file, 1, "", "", f"the header has columns that the register does not know: {', '.join(unknown)}. {advice}")
    if twice := sorted({c for c in header if header.count(c) > 1}):
        yield Problem(file, 1, "", "", f"the header has {', '.join(twice)} more than once. {advice}")


def _line(file: str, number: int, header: list[str], cells: list[str], model: type[Record]) -> tuple[Line, list[Problem]]:
    """One row against its model."""
    line = Line(file, number, dict(zip(header, cells, strict=False)))
    if len(cells) != len(header):
        advice = "put quotation marks around a value that holds a comma"
        return line, [Problem(file, number, "", ",".join(cells), f"the row has {len(cells)} values, the header has {len(header)}; {advice}")]
    if hidden := [line.problem(column, why) for column, value in line.values.items() if (why := fault_of(value))]:
        return line, hidden
    try:
        line.record = model.model_validate(line.values)
    except ValidationError as error:
        return line, [p for e in error.errors() for p in _problems(line, e)]
    return line, []


def _problems(line: Line, error: ErrorDetails) -> list[Problem]:
    """What pydantic found, in our words."""
    if error["type"] == "contradiction":
        return [line.problem(c.columns[0], c.sentence, c.columns) for c in error["ctx"]["found"]]
    return [line.problem(str(error["loc"][0]), plain(error["msg"]))]


def _to_arrow(register: Register) -> pa.Table:
    types = {int: pa.int64(), date: pa.date32()}
    fields = []
    for name in columns_of(register.model):
        annotation: Any = register.model.model_fields[name].annotation
        kinds = [k for k in (*getattr(annotation, "__args__", ()), annotation) if k in (int, date)]
        fields.append((name, types[kinds[0]] if kinds else pa.string()))
    return pa.Table.from_pylist([line.record.model_dump() for line in register.lines if line.record], pa.schema(fields))
