"""Find and build the SQL models: one file per table; the heads of the files determine the order."""

import re
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import duckdb

from transforms.database import fetch_one, quote
from transforms.interrupt import stop_if_signaled

FOLDER = Path(__file__).resolve().parent
STAGES = ("core", "criteria", "determinations", "ahead", "facts", "marts", "meta")
INPUTS = re.compile(r"^-- Inputs: (.*\n(?:--  +.*\n)*)", re.MULTILINE)  # a test compares them with the SQL
# Published tables without a SQL file, and their inputs.
PYTHON = {"indicator_results": ("raw_dashboard",), "pathways": ("rule_pathways",)}
REGISTERS = ("reg_", "register_", "accepted_differences")  # tables that people maintain


def made_from(table: str) -> str:
    """Return the SQL model of a table; texts come from the facts of the same name (transforms.wording.say)."""
    return re.sub(r"_(reasons|sentences)$", "_facts", table)


@cache
def inputs_of(stage: str) -> dict[str, tuple[str, ...]]:
    """Return the tables of a stage, each with the inputs in its head."""
    found = {}
    for path in sorted((FOLDER / stage).glob("*.sql")):
        head = INPUTS.search(path.read_text("utf-8"))
        found[path.stem] = tuple(re.findall(r"\w+", head[1])) if head else ()
    return found


@cache
def models() -> dict[str, frozenset[str]]:
    """Return every model with the tables that it reads."""
    found = {table: frozenset(reads) for stage in STAGES for table, reads in inputs_of(stage).items()}
    return found | {name: frozenset(made_from) for name, made_from in PYTHON.items()}


def order_of(stage: str) -> tuple[str, ...]:
    """Return the tables of a stage in build order: each after its inputs."""
    inputs = inputs_of(stage)
    return tuple(
        TopologicalSorter({name: [i for i in reads if i in inputs] for name, reads in inputs.items()}).static_order()
    )


def after_registers(stage: str) -> set[str]:
    """Return the tables of a stage that depend on registers, directly or through other tables."""
    found: set[str] = set()
    for name in order_of(stage):
        if any(i in found or i.startswith(REGISTERS) for i in inputs_of(stage)[name]):
            found.add(name)
    return found


def build_table(connection: duckdb.DuckDBPyConnection, stage: str, table: str) -> int:
    """Create ``table`` from ``<stage>/<table>.sql`` and return its number of rows."""
    stop_if_signaled()
    query = (FOLDER / stage / f"{table}.sql").read_text("utf-8")
    return int(fetch_one(connection, f"create or replace table {quote(table)} as\n{query}")[0])
