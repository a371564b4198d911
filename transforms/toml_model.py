"""Read a TOML file into a pydantic model; refuse unknown keys and say where a value is wrong."""

import tomllib
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from transforms.errors import ConfigError


class StrictModel(BaseModel):
    """Immutable, and a mistyped key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


Model = TypeVar("Model", bound=BaseModel)


def read_toml(path: Path, model: type[Model]) -> Model:
    """Return ``path`` as ``model``. Raises ConfigError with file, key and value."""
    content: object = {}
    try:
        content = tomllib.loads(path.read_text("utf-8"))
        return model.model_validate(content)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path.name}: not valid TOML: {error}") from error
    except ValidationError as error:
        lines = [f"{path.name}: {_place(content, e['loc'])}: {e['msg'].removeprefix('Value error, ')} (value {e['input']!r:.80})" for e in error.errors()]
        raise ConfigError("\n".join(lines)) from error


def _place(content: object, place: tuple[int | str, ...]) -> str:
    """Where a value is, with the number of an entry in a list, counted from 1, and its id or file, so that it can be found."""
    said = []
    for part in place:
        content = content[part] if isinstance(content, list) and isinstance(part, int) else content.get(part) if isinstance(content, dict) else None
        name = (
            next((content[k] for k in ("id", "file", "name", "title") if isinstance(content.get(k), str) and content[k]), "")
            if isinstance(content, dict)
            else ""
        )
        said.append(f"{part + 1} ({name!r:.60})" if isinstance(part, int) and name else str(part + 1 if isinstance(part, int) else part))
    return ".".join(said)
