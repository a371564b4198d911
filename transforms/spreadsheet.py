"""Text that a spreadsheet shows instead of computing: one rule for every CSV file and workbook that people open.

A spreadsheet takes a cell that begins with ``=``, ``+``, ``-``, ``@``, a tab or a line break for a formula, also after spaces and in full-width
form. Such a text gets an apostrophe before it, which makes it a text. Numbers stay numbers, also where they stand in a column of text.
"""

import re

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

# Spelled out, since Python and Arrow do not agree on what \s holds.
SPACES = "\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200b\u2028\u2029\u202f\u205f\u3000\ufeff"
FORMULA = f"^(?:[\t\r\n]|[{SPACES}]*[=+\\-@＝＋－＠])"
NUMBER = r"^ *[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)? *$"
_FORMULA, _NUMBER = re.compile(FORMULA), re.compile(NUMBER)


def safe_text(value: str) -> str:
    """``value`` as a text that no spreadsheet computes; numbers are left as they are."""
    return f"'{value}" if _FORMULA.match(value) and not _NUMBER.fullmatch(value) else value


def for_spreadsheet(table: pa.Table) -> pa.Table:
    """The same rows with lists joined by ``|``, structures as text, and every text and heading safe in a spreadsheet."""
    columns = [_safe_column(column) for column in table.columns]
    return pa.table(columns, names=[safe_text(name) for name in table.column_names])


def write_csv(table: pa.Table, target: object) -> None:
    """Write a table as CSV for people: UTF-8, with a heading, safe in a spreadsheet. ``target`` is a path or a stream."""
    pacsv.write_csv(for_spreadsheet(table), target)


def _safe_column(column: pa.ChunkedArray) -> pa.ChunkedArray:
    kind = column.type
    if pa.types.is_nested(kind):
        column = pa.chunked_array([pa.array([_joined(v) for v in column.to_pylist()], pa.string())])
    elif pa.types.is_dictionary(kind):
        column = column.cast(kind.value_type)
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        return column
    risky = pc.and_(pc.match_substring_regex(column, FORMULA), pc.invert(pc.match_substring_regex(column, NUMBER)))
    if not pc.any(risky).as_py():
        return column
    return pc.if_else(risky, pc.binary_join_element_wise(pa.scalar("'", column.type), column, pa.scalar("", column.type)), column)


def _joined(value: object) -> str | None:
    """A list or structure as one cell, since CSV has neither."""
    if isinstance(value, list):
        return "|".join("" if v is None else str(v) for v in value)
    return None if value is None else str(value)
