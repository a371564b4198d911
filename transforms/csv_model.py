"""Read a CSV file into pydantic models; say file, line, column and value of whatever is wrong."""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from transforms.errors import ConfigError

Model = TypeVar("Model", bound=BaseModel)


def read_csv(folder: Path, file: Path, model: type[Model], key: Sequence[str]) -> list[Model]:
    """Rows of ``folder / file``, no two with the same key. Raises ConfigError with every problem at once."""
    problems: list[str] = []
    rows: list[Model] = []
    with (folder / file).open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.DictReader(stream)
        missing = [c for c in model.model_fields if c not in (reader.fieldnames or [])]
        if missing:
            raise ConfigError(f"{file}, line 1: the header lacks {', '.join(missing)}.")
        for record in reader:
            try:
                rows.append(model.model_validate({k: (v or "").strip() for k, v in record.items() if k is not None}))
            except ValidationError as error:
                for e in error.errors():
                    column = f", column {e['loc'][0]}" if e["loc"] else ""
                    problems.append(f"{file}, line {reader.line_num}{column}: {e['msg']} (value {str(e['input'])[:80]!r}).")
    keys = [tuple(getattr(r, k) for k in key) for r in rows]
    problems += [f"{file}: {k} stands twice." for k in sorted({k for k in keys if keys.count(k) > 1})]
    if problems:
        raise ConfigError("\n".join(problems))
    return rows
