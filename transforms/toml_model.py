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
    try:
        return model.model_validate(tomllib.loads(path.read_text("utf-8")))
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path.name}: not valid TOML: {error}") from error
    except ValidationError as error:
        lines = [f"{path.name}: {'.'.join(str(p) for p in e['loc'])}: {e['msg']} (value {e['input']!r:.80})" for e in error.errors()]
        raise ConfigError("\n".join(lines)) from error
