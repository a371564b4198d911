"""Read a file of this project (catalog, layouts, rules, reference, registers) as text, with clear errors."""

from pathlib import Path

from transforms.control_characters import control_in
from transforms.errors import ConfigError

LARGEST_WHOLE = 2**63 - 1  # the largest number that Arrow, DuckDB and Parquet can hold


def read_text(path: Path, name: str) -> str:
    """Return the file's text without a byte order mark.

    Raises ConfigError if it is missing, not a file, or not UTF-8.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise ConfigError(
            f"{name}: the file is missing from {path.parent}. Restore it, or set DTA_REFERENCE to the folder that"
            " contains it."
        ) from error
    except OSError as error:
        raise ConfigError(
            f"{name}: the file cannot be read ({error.strerror}). Check {path} and its permissions."
        ) from error
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line, byte = content.count(b"\n", 0, error.start) + 1, content[error.start]
        raise ConfigError(
            f"{name}, line {line}: the file is not UTF-8 (byte 0x{byte:02X}). Save it as UTF-8."
        ) from error


def fault_of(value: object) -> str:
    """Describe why no file of this project may contain the value; empty if it may."""
    if isinstance(value, str) and (point := control_in(value)):
        return f"the text contains the control or invisible character {point}; delete it"
    if isinstance(value, int) and not -LARGEST_WHOLE - 1 <= value <= LARGEST_WHOLE:
        return "the number is too large: it needs more than 64 bits"
    return ""


PLAIN = {
    "Input should be": "it must be",
    "Extra inputs are not permitted": "this key is not known; check its spelling, or delete it",
    "Field required": "it is missing; add it",
    "String should": "the text should",
    "Value error, ": "",
}


def plain(message: str) -> str:
    """Return pydantic's message in our words."""
    for theirs, ours in PLAIN.items():
        message = message.replace(theirs, ours)
    return message
