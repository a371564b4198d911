"""Reasons and names that people give a command, and that others read later."""

from transforms.control_characters import REASON, control_in, has_letters
from transforms.errors import UsageError


def reason_of(text: str, option: str) -> str:
    """What was given to ``option``, on one line. Raises UsageError where a reader would see nothing, or not all."""
    if not has_letters(text):
        raise UsageError(f"{option} is blank. Say it in words, for those who read it later.")
    line = " ".join(text.split())
    if found := control_in(line):
        raise UsageError(f"{option}: {REASON} ({found}). Type it again.")
    return line
