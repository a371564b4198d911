"""One table per file: the folder is the list of tables, and the heads of the files give the order."""

import re
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import duckdb

from transforms.database import one_row, quote
from transforms.interrupt import stop_if_asked

FOLDER = Path(__file__).resolve().parent
STAGES = ("core", "criteria", "determinations", "ahead", "facts", "marts", "meta")
INPUTS = re.compile(r"^-- Inputs: (.*\n(?:--  +.*\n)*)", re.MULTILINE)  # a test compares them with what the SQL reads
# Published tables without a SQL file: what they are made from.
PYTHON = {"indicator_results": ("raw_dashboard",), "pathways": ("rule_pathways",)}
REGISTERS = ("reg_", "register_", "accepted_differences")  # tables of what people keep


def made_from(table: str) -> str:
    """The SQL model that a table comes from: texts come from the facts of the same name (transforms.wording.say)."""
    return re.sub(r"_(reasons|sentences)$", "_facts", table)


@cache
def inputs_of(stage: str) -> dict[str, tuple[str, ...]]:
    """Tables of a stage, and what each one's head says that it reads."""
    found = {}
    for path in sorted((FOLDER / stage).glob("*.sql")):
        head = INPUTS.search(path.read_text("utf-8"))
        found[path.stem] = tuple(re.findall(r"\w+", head[1])) if head else ()
    return found


@cache
def models() -> dict[str, frozenset[str]]:
    """Every model, and the tables that it reads."""
    found = {table: frozenset(reads) for stage in STAGES for table, reads in inputs_of(stage).items()}
    return found | {name: frozenset(made_from) for name, made_from in PYTHON.items()}


def order_of(stage: str) -> tuple[str, ...]:
    """Tables of a stage in the order in which they are built: each after those that it reads."""
    inputs = inputs_of(stage)
    return tuple(
        TopologicalSorter({name: [i for i in reads if i in inputs] for name, reads in inputs.items()}).static_order()
    )


def after_registers(stage: str) -> set[str]:
    """Tables of a stage that can only be built when the registers are loaded, because they read them or a table that
    does.
    """
    found: set[str] = set()
    for name in order_of(stage):
        if any(i in found or i.startswith(REGISTERS) for i in inputs_of(stage)[name]):
            found.add(name)
    return found


def build_table(connection: duckdb.DuckDBPyConnection, stage: str, table: str) -> int:
    """Create ``table`` from ``<stage>/<table>.sql`` and return its number of rows."""
    stop_if_asked()
    query = (FOLDER / stage / f"{table}.sql").read_text("utf-8")
    return int(one_row(connection, f"create or replace table {quote(table)} as\n{query}")[0])
