"""What a suite is run on: a table of the run, or a source file as it was read, as something that SQL can select from."""

from dataclasses import dataclass

import duckdb

from transforms.database import one_row, quote
from transforms.schema import Table

# Rows. Great Expectations on pandas needs seconds and a gigabyte for 26 expectations on 1.5 million rows; SQL made from the same expectations does not.
LARGE = 10_000
NAMING = ("lea_name", "source_id", "file", "source_line", "line")  # beside the key, what tells a person which row it is


@dataclass(frozen=True)
class Target:
    """A relation with a name, the gate that looks at it, its rows, and the columns that identify one of them."""

    name: str
    gate: str
    relation: str
    key: tuple[str, ...]
    columns: tuple[str, ...]
    rows: int
    served: str = ""  # of a source file: its rows with the texts as they were read, from which ``relation`` takes the cleaned ones

    @property
    def is_large(self) -> bool:
        """True where a frame costs more than it gives."""
        return self.rows > LARGE

    def shown(self, looked_at: tuple[str, ...]) -> list[str]:
        """Columns of a failing row that are shown: what identifies it, and what was looked at."""
        return [c for c in dict.fromkeys((*self.key, *NAMING, *looked_at)) if c in self.columns]


def cleaned(column: str) -> str:
    """A column of a source file without blanks around its texts, null where it is empty or a star."""
    return quote(column) if column == "line" else f"nullif(nullif(trim({quote(column)}), ''), '*') as {quote(column)}"


def table_target(connection: duckdb.DuckDBPyConnection, table: Table, gate: str = "contracts") -> Target:
    """A published table as it stands in the run's database, with the types that it will be published with."""
    found = connection.sql(f"from {quote(table.name)} limit 0").columns
    columns = tuple(n for n in table.columns if n in found)  # one that the table lacks shows in the check of its columns
    typed = ", ".join(f"{quote(n)}::{table.columns[n].type} as {quote(n)}" for n in columns)
    (rows,) = one_row(connection, f"select count(*) from {quote(table.name)}")
    return Target(table.name, gate, f"(select {typed} from {quote(table.name)})", table.key, columns, rows)
