"""Add one row to a register: checked as the file would then stand, written in one step, with a backup beside."""

import fcntl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from transforms import clock
from transforms.errors import ConfigError
from transforms.files import write_atomically
from transforms.registers.cells import numbered_lines, to_line
from transforms.registers.load import Register, check_registers
from transforms.registers.problems import Problem

BACKUPS = "backups"


def check_row(folder: Path, name: str, values: Mapping[str, str]) -> list[Problem]:
    """What would be wrong with this row, were it added."""
    content = (folder / "registers" / f"{name}.csv").read_bytes()
    registers = check_registers(folder, {name: with_row(content, values)})
    added = registers[name].lines[-1].number
    return [p for p in registers[name].problems if p.line == added]


def all_problems(registers: Mapping[str, Register]) -> list[Problem]:
    """The problems of all registers, in order."""
    return [problem for register in registers.values() for problem in register.problems]


def add_row(folder: Path, name: str, values: Mapping[str, str]) -> Path:
    """Append one row and return the backup of the file as it was. Raises ConfigError, with nothing written, if anything is wrong."""
    path = folder / "registers" / f"{name}.csv"
    backups = path.parent / BACKUPS
    with _one_writer(backups):
        before = path.read_bytes()
        after = with_row(before, values)
        problems = all_problems(check_registers(folder, {name: after}))
        if problems:
            raise ConfigError("\n".join(map(str, problems)))
        backup = backups / f"{name}-{clock.now():%Y%m%dT%H%M%S.%fZ}.csv.bak"
        write_atomically(backup, before)
        write_atomically(path, after)
    return backup


def with_row(content: bytes, values: Mapping[str, str]) -> bytes:
    """The file with one row more, in the order of its own header and with its own line ends; what was there stays byte for byte."""
    header = next((cells for _, cells in numbered_lines(content.decode("utf-8-sig"))), [])
    end = "\r\n" if b"\r\n" in content else "\n"
    gap = b"" if not content or content.endswith((b"\n", b"\r")) else end.encode()
    return content + gap + to_line([values.get(column, "") for column in header], end).encode()


@contextmanager
def _one_writer(backups: Path) -> Iterator[None]:
    """Two people adding at once wait for each other, so that neither row is lost."""
    backups.mkdir(exist_ok=True)
    with (backups / ".lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
