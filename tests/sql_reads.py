"""Which tables a query reads, taken from its FROM and JOIN clauses: the heads of SQL files are compared with it."""

import sqlglot
from sqlglot import exp


def reads(query: str) -> set[str]:
    """Tables that a query reads, without its own common table expressions."""
    tree = sqlglot.parse_one(query, read="duckdb")
    own = {cte.alias for cte in tree.find_all(exp.CTE)}
    return {table.name for table in tree.find_all(exp.Table)} - own - {""}
