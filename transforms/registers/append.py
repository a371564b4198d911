"""Add one row to a register: checked as part of the new file, written in one step, with a backup."""

import codecs
import fcntl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from transforms import clock
from transforms.errors import ConfigError
from transforms.files import write_atomically
from transforms.registers.fields import Problem
from transforms.registers.load import (
    Register,
    check_registers,
    numbered_lines,
    present_column,
    present_value,
    registers_of,
    to_line,
)
from transforms.registers.names import LeaNames

BACKUPS = "backups"


def check_row(
    folder: Path, name: str, values: Mapping[str, str], names: LeaNames | None = None
) -> tuple[list[Problem], list[Problem]]:
    """Return the problems that this row would have in the register, and the comparisons that were not possible."""
    content = (folder / "registers" / f"{name}.csv").read_bytes()
    register = check_registers(folder, names, {name: with_row(content, values)})[name]
    added = register.lines[-1].number
    return [p for p in register.problems if p.line == added], [p for p in register.warnings if p.line == added]


def all_problems(registers: Mapping[str, Register]) -> list[Problem]:
    """Return the problems of all registers, in order."""
    return [problem for register in registers.values() for problem in register.problems]


def add_row(folder: Path, name: str, values: Mapping[str, str], names: LeaNames | None = None) -> Path:
    """Append one row and return the backup of the previous file.

    Raises ConfigError, before anything is written, if anything is wrong.
    """
    path = folder / "registers" / f"{name}.csv"
    with _one_writer(path.parent / BACKUPS):
        before = path.read_bytes()
        after = with_row(before, values)
        problems = all_problems(check_registers(folder, names, {name: after}))
        if problems:
            raise ConfigError("\n".join(map(str, problems)))
        return _replace(path, before, after)


def migrate(folder: Path) -> list[Path]:
    """Rewrite columns and values of earlier versions in today's spelling.

    Returns the backups of the files that were changed.
    """
    changed = []
    with _one_writer(folder / "registers" / BACKUPS):
        for name, model in registers_of(folder).items():
            path = folder / "registers" / f"{name}.csv"
            before = path.read_bytes()
            after = _in_present_spelling(before, sorted(model.added_later))
            if after != before:
                changed.append(_replace(path, before, after))
    return changed


def _replace(path: Path, before: bytes, after: bytes) -> Path:
    backup = path.parent / BACKUPS / f"{path.stem}-{clock.now():%Y%m%dT%H%M%S.%fZ}.csv.bak"
    write_atomically(backup, before)
    write_atomically(path, after)
    return backup


def _in_present_spelling(content: bytes, added_later: list[str]) -> bytes:
    """Return the content with old spellings replaced; the same bytes if there are none.

    The result keeps the file's byte-order mark and line ends.
    """
    rows = [cells for _, cells in numbered_lines(content.decode("utf-8-sig"))]
    header = [present_column(c) for c in rows[0]] if rows else []
    missing = [c for c in added_later if c not in header] if header else []
    written = [
        header + missing,
        *(
            [present_value(c, v) for c, v in zip(header, cells, strict=True)] + [""] * len(missing)
            for cells in rows[1:]
        ),
    ]
    if not rows or written == rows:
        return content
    mark = codecs.BOM_UTF8 if content.startswith(codecs.BOM_UTF8) else b""
    end = "\r\n" if b"\r\n" in content else "\n"
    return mark + "".join(to_line(cells, end) for cells in written).encode()


def with_row(content: bytes, values: Mapping[str, str]) -> bytes:
    """Return the file with one more row, in the order of its own header and with its own line ends.

    The existing content stays unchanged, byte for byte.
    """
    header = next((cells for _, cells in numbered_lines(content.decode("utf-8-sig"))), [])
    end = "\r\n" if b"\r\n" in content else "\n"
    gap = b"" if not content or content.endswith((b"\n", b"\r")) else end.encode()
    return content + gap + to_line([values.get(present_column(column), "") for column in header], end).encode()


@contextmanager
def _one_writer(backups: Path) -> Iterator[None]:
    """Let two people who add rows at the same time wait for each other, so that neither row is lost."""
    backups.mkdir(exist_ok=True)
    with (backups / ".lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
