"""What is wrong with a register, and where."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from transforms.registers.fields import Record

SHOWN = 80


@dataclass(frozen=True)
class Problem:
    """One problem: file, line, column, value and a plain sentence.

    Without a line it is of the whole file, which then cannot be read.
    """

    file: str
    sentence: str
    line: int | None = None
    column: str = ""
    value: str = ""
    columns: tuple[str, ...] = ()  # every column that the problem touches

    def __str__(self) -> str:
        """The problem as a person reads it."""
        where = (
            self.file
            + (f", line {self.line}" if self.line else "")
            + (f", column {self.column}" if self.column else "")
        )
        value = f" (value {self.value[:SHOWN]!r})" if self.column or self.value else ""
        return f"{where}: {self.sentence}{value}."


@dataclass
class Line:
    """One row as it is in the file; ``record`` is there when the row fits its model."""

    file: str
    number: int
    values: dict[str, str] = field(default_factory=dict)
    record: Record | None = None
    cells: list[str] = field(default_factory=list)
    is_ragged: bool = False  # more or fewer cells than the header: values may be in other columns

    def problem(self, column: str, sentence: str, columns: tuple[str, ...] = ()) -> Problem:
        """A problem of this row."""
        return Problem(self.file, sentence, self.number, column, self.values.get(column, ""), columns or (column,))


Lines = Mapping[str, Sequence[Line]]  # by the name of the register
Found = Iterator[tuple[str, Problem]]  # name of the register and the problem
