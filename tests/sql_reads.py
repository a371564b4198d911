"""Find the tables that a query reads in its FROM and JOIN clauses, to compare them with the heads of SQL files."""

import sqlglot
from sqlglot import exp


def reads(query: str) -> set[str]:
    """Return the tables that a query reads, without its own common table expressions."""
    tree = sqlglot.parse_one(query, read="duckdb")
    own = {cte.alias for cte in tree.find_all(exp.CTE)}
    return {table.name for table in tree.find_all(exp.Table)} - own - {""}
