"""What each SQL model reads, taken from its FROM and JOIN clauses; other tables of the pipeline are made in Python."""

from functools import cache

import sqlglot
from sqlglot import exp

from transforms.sql import FOLDER

# Published tables without a SQL file: what they are made from.
PYTHON = {"indicator_results": ("raw_dashboard",), "pathways": ("rule_pathways",)}


def reads(query: str) -> set[str]:
    """Tables that a query reads, without its own common table expressions."""
    tree = sqlglot.parse_one(query, read="duckdb")
    own = {cte.alias for cte in tree.find_all(exp.CTE)}
    return {table.name for table in tree.find_all(exp.Table)} - own - {""}


@cache
def models() -> dict[str, frozenset[str]]:
    """Every model, and the tables that it reads."""
    found = {path.stem: frozenset(reads(path.read_text("utf-8"))) for path in sorted(FOLDER.glob("*/*.sql"))}
    return found | {name: frozenset(made_from) for name, made_from in PYTHON.items()}
