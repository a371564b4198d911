"""Names that become parts of a path: plain ones only, on every system."""

import re
from typing import Annotated

from pydantic import AfterValidator

# Devices of Windows, with any suffix.
RESERVED = {"con", "prn", "aux", "nul", *(f"{device}{n}" for device in ("com", "lpt") for n in range(1, 10))}
LONGEST = 100


def plain_id(text: str) -> str:
    """An id: small letters, digits and single hyphens. Raises ValueError."""
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", text) or len(text) > LONGEST or text in RESERVED:
        raise ValueError(
            f"an id is made of small letters, digits and single hyphens between them, {LONGEST} at most, and is not the"
            " name of a device"
        )
    return text


def plain_file_name(text: str) -> str:
    """The name of a file, without any folder. Raises ValueError."""
    if (
        not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_ .()+-]*\.[A-Za-z0-9]+", text)
        or len(text) > LONGEST
        or text.split(".")[0].strip().lower() in RESERVED
        or ".." in text
    ):
        raise ValueError(
            "a file name begins with a letter or digit, has letters, digits, blanks and any of _ . ( ) + - and a"
            " suffix, and is not the name of a device"
        )
    return text


PlainId = Annotated[str, AfterValidator(plain_id)]
PlainFileName = Annotated[str, AfterValidator(plain_file_name)]
