"""Columns and values as registers had them before: they are read all the same, and ``dta register migrate`` rewrites
them.
"""

COLUMNS = {"amount_authorised_usd": "amount_authorized_usd"}
VALUES = {"event": {"authorised": "authorized"}, "status_at_latest_source": {"authorised": "authorized"}}


def present_column(column: str) -> str:
    """The name that a column has today."""
    return COLUMNS.get(column, column)


def present_value(column: str, value: str) -> str:
    """The spelling that a value has today."""
    return VALUES.get(column, {}).get(value, value)
