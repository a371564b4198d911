"""Questions that analysts ask, as SQL files with a title, a question and parameters with defaults.

A file opens with ``-- title:``, ``-- question:`` and a line ``-- param: name = default -- what it is`` for each
``$name`` of its query. A default is a text in quotes, a whole number, or null. ``required, such as`` before a text
means that there is no default: the text is an example.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from transforms.errors import ConfigError, DtaError, quoted

FOLDER = Path(__file__).parent / "recipes"
PARAMETER = re.compile(r"-- param: (\w+) = (required, such as )?('(?:[^']|'')*'|-?\d+|null) -- (\S.*)")
USED = re.compile(r"\$(\w+)")


class RecipeError(DtaError):
    """No recipe or parameter has this name (exit code 2)."""

    exit_code = 2


@dataclass(frozen=True)
class Parameter:
    """A parameter: its default as an SQL literal, and a description."""

    name: str
    is_required: bool
    default: str  # or an example
    meaning: str

    @property
    def value(self) -> str | None:
        """The default or example as text to bind. Queries cast it to the type that they need."""
        return None if self.default == "null" else self.default.strip("'").replace("''", "'")


@dataclass(frozen=True)
class Recipe:
    """A question with the query that answers it."""

    name: str
    title: str
    question: str
    parameters: tuple[Parameter, ...]
    sql: str

    def missing_parameters(self, given: Mapping[str, str]) -> list[Parameter]:
        """Return the parameters that need a value and have none."""
        return [p for p in self.parameters if p.is_required and not given.get(p.name)]

    def bound(self, given: Mapping[str, str]) -> dict[str, str | None]:
        """Return values of all parameters. Raises RecipeError for an unknown parameter or a missing required value."""
        unknown = sorted(set(given) - {p.name for p in self.parameters})
        if unknown:
            known = "; ".join(f"{p.name}: {p.meaning}" for p in self.parameters) or "none"
            raise RecipeError(f"The recipe {self.name} has no parameter {', '.join(unknown)}. It has {known}.")
        for p in self.missing_parameters(given):
            raise RecipeError(f"The recipe {self.name} needs {p.name}: {p.meaning}. For example {p.name}={p.value}.")
        return {p.name: given.get(p.name, p.value) for p in self.parameters}

    @property
    def runnable(self) -> str:
        """The query with defaults and examples instead of parameters, to paste into any DuckDB."""
        defaults = {p.name: p.default for p in self.parameters}
        return USED.sub(lambda found: defaults[found[1]], self.sql)


@cache
def recipes() -> dict[str, Recipe]:
    """Return every recipe by name. Raises ConfigError for a file with an invalid head or parameters."""
    return {path.stem: _recipe(path) for path in sorted(FOLDER.glob("*.sql"))}


def find_recipe(name: str) -> Recipe:
    """Return the recipe with this name. Raises RecipeError with the list of recipes."""
    book = recipes()
    if name not in book:
        raise RecipeError(f"There is no recipe {quoted(name)}. The recipes are {', '.join(book)}.")
    return book[name]


def _recipe(path: Path) -> Recipe:
    lines = path.read_text("utf-8").splitlines()
    head = [line for line in lines if line.startswith("-- ")]
    title, question, *declared = [*head, "", ""][:2] + head[2:]
    if not (title.startswith("-- title: ") and question.startswith("-- question: ")):
        raise ConfigError(f"{path.name} does not start with -- title: and -- question:.")
    matches = [(line, PARAMETER.fullmatch(line)) for line in declared]
    for line, match in matches:
        if match is None:
            raise ConfigError(f"{path.name}: {line!r} is not of the form -- param: name = default -- what it is.")
    parameters = tuple(Parameter(match[1], bool(match[2]), match[3], match[4]) for _, match in matches if match)
    sql = "\n".join(line for line in lines if not line.startswith("-- ")).strip()
    if {p.name for p in parameters} != set(USED.findall(sql)):
        raise ConfigError(f"{path.name}: the parameters that it declares are not the parameters that its query uses.")
    return Recipe(path.stem, title.removeprefix("-- title: "), question.removeprefix("-- question: "), parameters, sql)
