"""Rows that were rejected, grouped by what is wrong with them."""

from typing import Any

import duckdb

from transforms.database import records

EXAMPLES = 5
GROUPED = f"""
    select
        reason, file, column_name, count(*) as rejects, count(distinct line) as lines,
        list({{'line': line, 'cds': cds, 'value': value}} order by line)[1:{EXAMPLES}] as examples
    from rejects
    group by reason, file, column_name
    order by rejects desc, reason, file, column_name
"""


def grouped_rejects(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """One row per reason, file and column: how many rejects and lines, and the first of them.

    Reads the table ``rejects``.
    """
    return records(connection, GROUPED)
