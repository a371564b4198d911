"""Write text that a spreadsheet shows unchanged: one rule for every CSV file that people open.

A spreadsheet treats a cell that begins with ``=``, ``+``, ``-``, ``@``, a tab or a line break as a formula, even after
spaces and in full-width form. Such a text gets an apostrophe before it, which makes it text. A spreadsheet also removes
leading zeros from a CDS code such as 01611190000000, shows a long code as 2.76616E+13, and turns the grades 6-8 into
June 8. Such a text is written as ``="6-8"``, which shows 6-8. Other numbers stay numbers, even in a text column. A byte
order mark identifies the file as UTF-8.
"""

import re
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from transforms.control_characters import CONTROL
from transforms.values import as_text

# Listed one by one, because Python and Arrow do not agree on the meaning of \s.
SPACES = "\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200b\u2028\u2029\u202f\u205f\u3000\ufeff"
FORMULA = f"^(?:[\t\r\n]|[{SPACES}]*[=+\\-@＝＋－＠])"
NUMBER = r"^ *[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)? *$"
# Codes with a leading zero or at least twelve digits, and two short numbers joined by a hyphen or slash.
CODE = r"^(?:0[0-9]+|[0-9]{12,}|[0-9]{1,2}[-/][0-9]{1,2})$"
BOM = b"\xef\xbb\xbf"
_FORMULA, _NUMBER, _CODE = re.compile(FORMULA), re.compile(NUMBER), re.compile(CODE)


def safe_text(value: str) -> str:
    """Return ``value`` as a text that a spreadsheet shows unchanged; numbers stay numbers."""
    if _CODE.fullmatch(value):
        return f'="{value}"'
    return f"'{value}" if _FORMULA.match(value) and not _NUMBER.fullmatch(value) else value


def for_spreadsheet(table: pa.Table) -> pa.Table:
    """Return the same rows with lists joined by ``|``, structures as JSON, and all text and headings safe in a
    spreadsheet.
    """
    columns = [_safe_column(_plain_column(column)) for column in table.columns]
    return pa.table(columns, names=[safe_text(name) for name in table.column_names])


def write_csv(table: pa.Table, target: Any) -> None:
    """Write a table as CSV for people: UTF-8 with a byte order mark, a heading, and cells that show unchanged.

    ``target`` is a path or a stream.
    """
    with target.open("wb") if isinstance(target, Path) else nullcontext(target) as stream:
        stream.write(BOM)
        pacsv.write_csv(for_spreadsheet(table), stream)


def write_plain_csv(table: pa.Table, target: Any) -> None:
    """Write a table as CSV for programs: UTF-8 without a byte order mark, values unchanged, lists joined by ``|``."""
    pacsv.write_csv(pa.table([_plain_column(c) for c in table.columns], names=table.column_names), target)


WRITERS = {"csv": write_csv, "plain-csv": write_plain_csv}


def _plain_column(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return lists, structures and bytes as text, because CSV has no such types."""
    if pa.types.is_nested(column.type) or pa.types.is_binary(column.type):
        texts = [_joined(v) for v in column.to_pylist(maps_as_pydicts="lossy")]
        return pa.chunked_array([pa.array(texts, pa.string())])
    return column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column


def _safe_column(column: pa.ChunkedArray) -> pa.ChunkedArray:
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        return column
    # Releases contain no such characters, but a query can create them.
    if pc.any(pc.match_substring_regex(column, CONTROL)).as_py():
        column = pc.replace_substring_regex(column, CONTROL, "\ufffd")
    risky = pc.and_(pc.match_substring_regex(column, FORMULA), pc.invert(pc.match_substring_regex(column, NUMBER)))
    if pc.any(risky).as_py():
        column = pc.if_else(risky, _joined_by(column, "'", ""), column)
    codes = pc.match_substring_regex(column, CODE)
    return pc.if_else(codes, _joined_by(column, '="', '"'), column) if pc.any(codes).as_py() else column


def _joined_by(column: pa.ChunkedArray, before: str, after: str) -> pa.ChunkedArray:
    kind = column.type
    return pc.binary_join_element_wise(pa.scalar(before, kind), column, pa.scalar(after, kind), pa.scalar("", kind))


def _joined(value: object) -> str | None:
    if isinstance(value, list):
        return "|".join(map(as_text, value))
    return None if value is None else as_text(value)
