"""The scale page's statements on other engines match what transpiling every statement shows."""

import logging
import re
from collections import defaultdict
from collections.abc import Callable

import pytest
import sqlglot
from sqlglot import exp

from transforms.settings import PROJECT

PAGE = (PROJECT / "reports" / "docs" / "scale.md").read_text("utf-8")
STATEMENTS = sorted((PROJECT / "transforms" / "sql").glob("*/*.sql"))
# Name on the page -> does a part of the statement need a manual change? The transpiler leaves these unchanged, or
# loses something.
CONSTRUCTS: dict[str, Callable[[exp.Expression], bool]] = {
    "union all by name": lambda n: isinstance(n, exp.SetOperation) and bool(n.args.get("by_name")),
    "list(x order by y)": lambda n: isinstance(n, exp.ArrayAgg) and n.find(exp.Order) is not None,
    "x[a:b]": lambda n: isinstance(n, exp.Slice),
    "x[-1]": lambda n: isinstance(n, exp.Bracket) and isinstance(n.expressions[0], exp.Neg),
    "len(list)": lambda n: isinstance(n, exp.Length),
    "* replace": lambda n: isinstance(n, exp.Star) and bool(n.args.get("replace")),
}


@pytest.fixture(scope="module")
def found() -> dict[str, set[str]]:
    """Return construct, or function that Spark does not have -> statements."""
    logging.getLogger("sqlglot").setLevel(logging.ERROR)
    seen: dict[str, set[str]] = defaultdict(set)
    for path in STATEMENTS:
        query = sqlglot.parse_one(path.read_text("utf-8"), read="duckdb")
        for node in query.walk():
            for name, needs_change in CONSTRUCTS.items():
                if needs_change(node):
                    seen[name].add(path.stem)
        spark = query.sql("spark", unsupported_level=sqlglot.ErrorLevel.RAISE)
        for function in sqlglot.parse_one(spark, read="spark").find_all(exp.Anonymous):
            seen[function.name.lower()].add(path.stem)
    return seen


def own_functions() -> set[str]:
    """Return the project's macros, each of which becomes a function of the other engine once."""
    places = [*(PROJECT / "transforms").rglob("*.py"), PROJECT / "transforms" / "sql" / "macros.sql"]
    code = "".join(p.read_text("utf-8") for p in places)
    return set(re.findall(r"macro (\w+)\(", code))


def documented() -> dict[str, str]:
    """Return construct -> an example statement, from the table of the page."""
    rows = PAGE.split("| in our SQL |", 1)[1].split("\n\n")[0].splitlines()[2:]
    cells = [[c.strip().replace("`", "") for c in row.strip("| ").split(" | ")] for row in rows]
    return {construct: example for construct, _, example in cells}


@pytest.mark.slow
def test_the_page_names_what_spark_needs_changed(found: dict[str, set[str]]) -> None:
    standard = {"make_date"}  # Spark has it; the transpiler does not know
    ours = {name for name in found if name.startswith("note_") or name in own_functions()}
    assert set(found) - standard - ours == set(documented())
    (named,) = re.findall(r"The macros \((.*?) and the notes `note_...`\)", PAGE, re.DOTALL)
    assert set(re.findall(r"`(\w+)`", named)) == own_functions()


def test_every_macro_is_used() -> None:
    text = "".join(p.read_text("utf-8") for kind in ("*.py", "*.sql") for p in (PROJECT / "transforms").rglob(kind))
    assert {name for name in own_functions() if len(re.findall(rf"\b{name}\(", text)) < 2} == set()


@pytest.mark.slow
def test_documented_examples_occur_in_the_statements(found: dict[str, set[str]]) -> None:
    assert {construct: example for construct, example in documented().items() if example not in found[construct]} == {}


@pytest.mark.slow
def test_every_statement_parses_as_snowflake() -> None:
    """A second engine: every statement can be written in its dialect and read again."""
    for path in STATEMENTS:
        (text,) = sqlglot.transpile(
            path.read_text("utf-8"), read="duckdb", write="snowflake", unsupported_level=sqlglot.ErrorLevel.RAISE
        )
        assert sqlglot.parse_one(text, read="snowflake") is not None, path.stem
