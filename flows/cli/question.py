"""The question for ``dta sql``: a typed query, or a recipe with its parameters. Checked before a release is opened."""

from collections import Counter
from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from reports.recipe_book import Parameter, find_recipe, recipes
from transforms.errors import DtaError, quoted

Parameters = dict[str, str | None]


class QueryError(DtaError):
    """The query could not be run (exit code 2)."""

    exit_code = 2


def requested_query(query: str | None, recipe: str | None, given: Sequence[str]) -> tuple[str, Parameters]:
    """Return the query to run and its parameters: as typed, or those of a recipe.

    Raises QueryError unless exactly one of the two is given, or for wrong parameters.
    """
    if (query is None) is (recipe is None):
        raise QueryError("Give a query, or --recipe with the name of a saved question; dta sql --recipes lists them.")
    pairs = [pair.partition("=") for pair in given]
    if wrong := [text for text, (name, equals, _) in zip(given, pairs, strict=True) if not (name.strip() and equals)]:
        raise QueryError(f"--param {quoted(wrong[0])} is not of the form name=value, such as year=2024.")
    if twice := [name for name, times in Counter(name for name, _, _ in pairs).items() if times > 1]:
        raise QueryError(f"--param gives {quoted(twice[0])} more than once. Give it one value.")
    if recipe is None:
        if pairs:
            raise QueryError("--param needs --recipe.")
        return query or "", {}
    found = find_recipe(recipe)
    return found.sql, found.bound({name: value for name, _, value in pairs})


def list_recipes(console: Console) -> None:
    """Print every saved question with its parameters."""
    table = Table(caption="dta sql --recipe NAME --param name=value")
    table.add_column("Recipe", no_wrap=True)
    table.add_column("Question", overflow="fold")
    table.add_column("Parameters", overflow="fold")
    for recipe in recipes().values():
        table.add_row(recipe.name, escape(recipe.question), escape("\n".join(map(_parameter_line, recipe.parameters))))
    console.print(table)


def _parameter_line(p: Parameter) -> str:
    given = f" ({'required, such as ' if p.is_required else ''}{p.value})" if p.value else ""
    return f"{p.name}: {p.meaning}{given}"
