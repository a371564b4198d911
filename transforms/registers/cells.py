"""How a value is written in a CSV cell: a spreadsheet must never take it for a formula, and reading gives it back
unchanged. Columns and values as they were spelled before are read all the same; ``dta register migrate`` rewrites them.
"""

import csv
import io
import re
from collections.abc import Iterator, Sequence

from transforms.config.csv_model import numbered_rows

FORMULA = re.compile(r"'*[=+\-@\t\r]")  # an apostrophe of the value's own is kept apart from the one put before it
COLUMNS = {"amount_authorised_usd": "amount_authorized_usd"}
VALUES = {"event": {"authorised": "authorized"}, "status_at_latest_source": {"authorised": "authorized"}}


def to_cell(value: str) -> str:
    """An apostrophe before what a spreadsheet would run."""
    return f"'{value}" if FORMULA.match(value) else value


def from_cell(cell: str) -> str:
    """The value, without surrounding space and without the apostrophe that ``to_cell`` put before it."""
    value = cell.strip()
    return value[1:] if value.startswith("'") and FORMULA.match(value) else value


def to_line(values: Sequence[str], end: str) -> str:
    """One CSV line; commas, quotes and line breaks are quoted."""
    stream = io.StringIO()
    csv.writer(stream, lineterminator=end).writerow([to_cell(v) for v in values])
    return stream.getvalue()


def numbered_lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Line on which each row begins, and its values.

    Blank lines are left out. Raises csv.Error, naming the line, for quotes that do not fit.
    """
    for line, cells in numbered_rows(text):
        yield line, [from_cell(c) for c in cells]


def present_column(column: str) -> str:
    """The name that a column has today."""
    return COLUMNS.get(column, column)


def present_value(column: str, value: str) -> str:
    """The spelling that a value has today."""
    return VALUES.get(column, {}).get(value, value)
