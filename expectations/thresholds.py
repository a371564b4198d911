"""Every number that a check compares with, from ``thresholds.toml``, with the real rows that set it."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from transforms.config.toml_model import StrictModel, read_toml
from transforms.errors import ConfigError

FILE = Path(__file__).resolve().parent / "thresholds.toml"
THRESHOLD_CALL = re.compile(r"\bthreshold\((\w+)\)")
PLACEHOLDER = re.compile(r"\{(\w+)(%?)\}")


class Threshold(StrictModel):
    """One number and its basis.

    A limit was set on a distribution. ``measure`` is an expression on the rows that ``check`` returns with the
    threshold at ``open_at``, where it returns all rows. The worst real values, of the embedded sample and of CDE's
    whole files, must stay at least ``margin`` away from ``value``.
    """

    value: float
    kind: Literal["limit", "tolerance", "sample_size", "band"]
    meaning: str = Field(min_length=20)
    set_on: str = Field(min_length=10)
    check: str = ""
    measure: str = ""
    open_at: float | None = None
    fails: Literal["above", "below"] = "above"
    margin: float | None = None
    worst_in_sample: float | None = None
    worst_in_whole_files: float | None = None

    @model_validator(mode="after")
    def _measured(self) -> "Threshold":
        if self.kind == "limit" and (
            self.margin is None or (self.check and (not self.measure or self.open_at is None))
        ):
            raise ValueError("a limit needs a margin, and a check that it is measured with, with a measure and open_at")
        return self


class _Book(StrictModel):
    threshold: dict[str, Threshold]


@cache
def thresholds() -> dict[str, Threshold]:
    """Return all thresholds by name. Raises ConfigError if one is incomplete."""
    return read_toml(FILE, _Book).threshold


THRESHOLDS: Mapping[str, float] = {name: t.value for name, t in thresholds().items()}


def with_thresholds(query: str, **instead: float) -> str:
    """Return an SQL text with ``threshold(name)`` replaced by its number, or by the one in ``instead``."""
    return THRESHOLD_CALL.sub(lambda found: _number(instead.get(found[1], _value(found[1]))), query)


def with_numbers(text: str) -> str:
    """Return a sentence with ``{name}`` replaced by its number, and ``{name%}`` by its percentage."""
    return PLACEHOLDER.sub(lambda found: _number(_value(found[1]) * (100 if found[2] else 1)), text)


def _value(name: str) -> float:
    if name not in THRESHOLDS:
        raise ConfigError(f"{FILE.name} defines no threshold {name}.")
    return THRESHOLDS[name]


def _number(value: float) -> str:
    return f"{round(value, 6):g}"
