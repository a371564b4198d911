"""What each SQL model reads, as the head of its file says; other tables of the pipeline are made in Python."""

from functools import cache

from transforms.sql import STAGES, inputs_of

# Published tables without a SQL file: what they are made from.
PYTHON = {"indicator_results": ("raw_dashboard",), "pathways": ("rule_pathways",)}


@cache
def models() -> dict[str, frozenset[str]]:
    """Every model, and the tables that it reads."""
    found = {table: frozenset(reads) for stage in STAGES for table, reads in inputs_of(stage).items()}
    return found | {name: frozenset(made_from) for name, made_from in PYTHON.items()}
