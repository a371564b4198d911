"""The question in the address of ``/sql``: a query or a saved recipe, with values for its ``$`` parameters."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from reports.recipe_book import Recipe, find_recipe

# Quoted texts, dollar-quoted texts, quoted names, comments.
NOT_CODE = re.compile(
    r"\$([A-Za-z_]\w*)?\$.*?\$(?(1)\1)\$|'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|--[^\n]*|/\*.*?\*/", re.DOTALL
)
PARAMETER = re.compile(r"\$([A-Za-z_]\w*)")
RESERVED_NAMES = {"q", "recipe", "_format"}


@dataclass(frozen=True)
class Field:
    """A parameter as the form shows it."""

    name: str
    meaning: str
    value: str


@dataclass(frozen=True)
class Question:
    """A query to run, or one that lacks values."""

    sql: str
    fields: tuple[Field, ...] = ()
    recipe: Recipe | None = None
    missing: tuple[str, ...] = ()  # parameters without a value in the address
    redirect: str = ""  # a shorter address of the same question

    @property
    def is_complete(self) -> bool:
        """True if it can be run."""
        return bool(self.sql.strip()) and not self.missing

    @property
    def parameters(self) -> dict[str, str | None]:
        """Values to bind; an empty field is null."""
        return {f.name: f.value or None for f in self.fields}

    @property
    def name(self) -> str:
        """The name of a file with its answer."""
        return self.recipe.name if self.recipe else "query"

    @property
    def missing_message(self) -> str:
        """The message about what is missing before it can run."""
        if not self.sql.strip():
            return "There is no query to run: give one as q, or a recipe."
        return f"Give a value for {', '.join(self.missing)}."

    def address(self, format: str = "") -> str:
        """Return its address; ``format`` is a file format."""
        query = [("recipe", self.recipe.name)] if self.recipe else [("q", self.sql)]
        values = [(f.name, f.value) for f in self.fields if f.value and f.name not in self.missing]
        return f"/sql{'.' if format else ''}{format}?{urlencode(query + values)}"


def read_question(address: Mapping[str, str]) -> Question:
    """Return the question of an address. Raises RecipeError for a recipe or parameter that does not exist."""
    sql, recipe_name = address.get("q", "").replace("\r\n", "\n"), address.get("recipe", "")
    given = {n: v for n, v in address.items() if n not in RESERVED_NAMES}
    if recipe_name:
        recipe = find_recipe(recipe_name)
        if not sql.strip() or sql.strip() == recipe.sql:
            # The form shows an example but does not run it.
            lacking = {p.name: p.value or "" for p in recipe.missing_parameters(given)}
            bound = recipe.bound(given | lacking)
            fields = tuple(Field(p.name, p.meaning, bound[p.name] or "") for p in recipe.parameters)
            question = Question(recipe.sql, fields, recipe, missing=tuple(lacking))
            return replace(question, redirect=question.address() if sql else "")
    names = list(dict.fromkeys(PARAMETER.findall(NOT_CODE.sub(" ", sql))))
    missing = tuple(n for n in names if n not in given)
    return Question(sql, tuple(Field(n, "", given.get(n, "")) for n in names), missing=missing)
