"""Read a TOML file into a pydantic model; unknown keys are errors, and errors name the line."""

import re
import tomllib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from transforms.config.text import fault_of, plain, read_text
from transforms.errors import ConfigError

Place = tuple[int | str, ...]  # keys and positions from the top of the file to a value


class StrictModel(BaseModel):
    """An immutable model that treats a mistyped key as an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


Model = TypeVar("Model", bound=BaseModel)


def read_toml(path: Path, model: type[Model]) -> Model:
    """Return ``path`` as ``model``. Raises ConfigError with file, line, key and value."""
    found: Model = _model_of(read_text(path, path.name), path.name, model)
    return found


@lru_cache(maxsize=64)
def _model_of(text: str, name: str, model: type[Model]) -> Model:
    """Return the model of one text; cached, because a run reads the same files several times."""
    try:
        found = tomllib.loads(text)
    except RecursionError as error:
        raise ConfigError(f"{name}: not valid TOML: brackets are nested too deeply.") from error
    except ValueError as error:  # raised for bad TOML, and for a number with thousands of digits
        raise ConfigError(f"{name}: not valid TOML: {error}") from error
    if faults := list(_faults(found)):
        raise ConfigError(
            "\n".join(problem_text(name, text, place, _entry(found, place) + why) for place, why in faults)
        )
    try:
        return model.model_validate(found)
    except ValidationError as error:
        problems = [
            (e["loc"], f"{_entry(found, e['loc'])}{plain(e['msg'])} (value {e['input']!r:.80})") for e in error.errors()
        ]
        raise ConfigError("\n".join(problem_text(name, text, place, why) for place, why in problems)) from error


def _entry(found: Any, place: Place) -> str:
    """Return the id of the nearest entry around ``place`` that has one, with a colon.

    Returns an empty text if the id itself is wrong, because the message then shows it as the value.
    """
    name = ""
    for key in () if place[-1:] == ("id",) else place:
        try:
            found = found[key]
        except (KeyError, IndexError, TypeError):  # a missing value
            break
        if isinstance(found, dict) and isinstance(found.get("id"), str):
            name = f"{' '.join(found['id'].split())[:80]}: "
    return name


def problem_text(name: str, text: str, place: Place, why: str) -> str:
    """Return one problem of a TOML file with file, line, key and cause."""
    line, key = line_of(text, place), ".".join(map(str, place))
    return name + (f", line {line}" if line else "") + (f", {key}" if key else "") + f": {why}"


def _faults(value: object, place: Place = ()) -> Iterator[tuple[Place, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if why := fault_of(key):
                yield place, why
            yield from _faults(inner, (*place, key))
    elif isinstance(value, list):
        for position, inner in enumerate(value):
            yield from _faults(inner, (*place, position))
    elif why := fault_of(value):
        yield place, f"{why} (value {value!r:.80})" if isinstance(value, str) else why


def line_of(text: str, place: Place) -> int | None:
    """Return the line of the entry that ``place`` names, or of the nearest entry around it.

    tomllib does not report the lines of values.
    """
    best: tuple[int, int] | None = None
    for at, line in _entries(text):
        if at == place[: len(at)] and (best is None or len(at) > best[0]):
            best = len(at), line
    if best is None:
        return None
    depth, line = best
    inner = place[depth] if depth < len(place) else None
    return _line_of_item(text, line, inner) if isinstance(inner, int) else line


HEADER = re.compile(r"(\[\[?)\s*([^\[\]]+?)\s*\]")
KEY = re.compile(r"""((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=""")


def _entries(text: str) -> Iterator[tuple[Place, int]]:
    """Yield tables and keys with the line on which each begins. Lines inside a multi-line string are skipped."""
    here: Place = ()
    counts: dict[Place, int] = {}
    within = ""
    for number, line in enumerate(text.split("\n"), 1):
        if within:
            within = "" if within in line else within
            continue
        if header := HEADER.match(line.strip()):
            here = ()
            for part in _keys(header[2]):
                here = (*here, part)
                if here in counts:
                    here = (*here, counts[here])
            if header[1] == "[[":
                bare = here[:-1] if here and isinstance(here[-1], int) else here
                counts[bare] = counts.get(bare, -1) + 1
                here = (*bare, counts[bare])
            yield here, number
        elif key := KEY.match(line.strip()):
            yield (*here, *_keys(key[1])), number
        within = next((q for q in ('"""', "'''") if line.count(q) % 2), "")


def _keys(dotted: str) -> list[str]:
    return [part.strip().strip("\"'") for part in dotted.split(".")]


def _line_of_item(text: str, first: int, position: int) -> int:
    """Return the line of the table at this position in a list that begins on line ``first``.

    Returns ``first`` if the list contains no tables.
    """
    seen, open_brackets = -1, 0
    for number, line in enumerate(text.split("\n")[first - 1 :], first):
        seen += line.count("{")
        open_brackets += line.count("[") - line.count("]")
        if seen >= position:
            return number
        if open_brackets <= 0:
            break
    return first
