"""Read a CSV file into pydantic models; errors name file, line, column and value."""

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from transforms.config.text import fault_of, plain, read_text
from transforms.errors import ConfigError

Model = TypeVar("Model", bound=BaseModel)


def read_csv(folder: Path, file: Path, model: type[Model], key: Sequence[str]) -> list[Model]:
    """Read the rows of ``folder / file``; keys are unique. Raises ConfigError with every problem at once."""
    return [row for _, row in read_numbered_csv(folder, file, model, key)]


def read_numbered_csv(folder: Path, file: Path, model: type[Model], key: Sequence[str]) -> list[tuple[int, Model]]:
    """Read the rows like ``read_csv``, each with the line on which it begins."""
    return list(_rows_of(read_text(folder / file, str(file)), file, model, tuple(key)))


@lru_cache(maxsize=64)
def _rows_of(text: str, file: Path, model: type[Model], key: tuple[str, ...]) -> tuple[tuple[int, Model], ...]:
    """Return the rows of one text; cached, because a run reads the same lists several times."""
    problems: list[str] = []
    rows: list[tuple[int, Model]] = []
    try:
        lines = iter([*numbered_rows(text)])
    except csv.Error as error:
        raise ConfigError(f"{file}, {error}. Check its quotation marks.") from error
    header = next(lines, (1, []))[1]
    if separator := other_separator(header):
        raise ConfigError(f"{file}, line 1: {separator}.")
    if missing := [c for c in model.model_fields if c not in header]:
        raise ConfigError(f"{file}, line 1: the header lacks {', '.join(missing)}. Add what is missing, in any order.")
    if twice := sorted(c for c, n in Counter(header).items() if n > 1):
        raise ConfigError(f"{file}, line 1: the header has {', '.join(twice)} more than once. Delete one of them.")
    for number, cells in lines:
        if len(cells) != len(header):
            advice = "put quotation marks around a value that holds a comma"
            problems.append(
                f"{file}, line {number}: the row has {len(cells)} values, the header has {len(header)}; {advice}."
            )
            continue
        found = {column: cell.strip() for column, cell in zip(header, cells, strict=True)}
        problems += [
            f"{file}, line {number}, column {c}: {why} (value {v[:80]!r})."
            for c, v in found.items()
            if (why := fault_of(v))
        ]
        try:
            rows.append((number, model.model_validate(found)))
        except ValidationError as error:
            problems += [
                _problem_text(file, number, str(e["loc"][0]) if e["loc"] else "", e["msg"], e["input"])
                for e in error.errors()
            ]
    problems += _too_large(file, rows)
    seen: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for number, row in rows:
        seen[tuple(getattr(row, k) for k in key)].append(number)
    problems += [
        f"{file}: {', '.join(map(str, k))} appears {len(n)} times (lines {', '.join(map(str, n))}). Keep one row."
        for k, n in sorted(seen.items(), key=str)
        if len(n) > 1
    ]
    if problems:
        raise ConfigError("\n".join(problems))
    return tuple(rows)


def other_separator(header: Sequence[str]) -> str:
    """Describe a header that is one cell because the separator is not a comma; otherwise return an empty text."""
    found = {";": "semicolons", "\t": "tabs", "|": "bars"}
    named = next((name for sign, name in found.items() if len(header) == 1 and sign in header[0]), "")
    return named and f"the values are separated by {named}; save the file with commas between them"


def numbered_rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each row with the line on which it begins.

    Skips blank lines and lines that contain only commas, which spreadsheets write for blank lines. Raises csv.Error,
    with the line, if quotation marks do not match.
    """
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)  # an open quotation mark must not swallow rows
    begins = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield begins, cells
            begins = reader.line_num + 1
    except csv.Error as error:
        raise csv.Error(f"line {begins}: this is not a row of a CSV file ({error})") from error


def _too_large(file: Path, rows: Sequence[tuple[int, BaseModel]]) -> Iterator[str]:
    """Report numbers that fit their model but not a 64-bit column."""
    for number, row in rows:
        for column, value in row:
            if isinstance(value, int) and (why := fault_of(value)):
                yield f"{file}, line {number}, column {column}: {why}."


def _problem_text(file: Path, line: int, column: str, message: str, value: object) -> str:
    return f"{file}, line {line}{f', column {column}' if column else ''}: {plain(message)} (value {str(value)[:80]!r})."
