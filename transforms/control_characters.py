"""Characters that are invisible or change how a text appears: one rule for every reader and every screen.

They are C0 and C1 controls and DEL, zero-width characters and soft hyphens, marks that change the direction of text,
line and paragraph separators, and tags. Tab, line feed and carriage return do not count, because long comments contain
them. No file of CDE from 2017 to 2025 contains any other.
"""

import re

# For Python, Arrow and DuckDB alike. Only Python meets lone surrogates: in file names that are not UTF-8.
CONTROL = (
    "[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\u009f\u00ad\u061c\u180e"
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
REASON = "the text contains a control or invisible character"
_CONTROL = re.compile(f"{CONTROL}|[\ud800-\udfff]")


BLANK = "\u115f\u1160\u3164\uffa0"  # Korean letters that are invisible


def has_letters(text: str) -> bool:
    """Return True if the text has a visible letter or digit, not only blanks, invisible characters or symbols."""
    return any(c.isalnum() and c not in BLANK for c in text)


def control_in(text: str) -> str:
    """Return the code point of the first control character, such as U+001B, or an empty text."""
    found = _CONTROL.search(text)
    return f"U+{ord(found[0]):04X}" if found else ""


def on_one_line(text: str) -> str:
    """Return the text as ``shown`` does, with line breaks and tabs as codes too, as for the name of a file."""
    return shown(text).replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")


def shown(text: str) -> str:
    """Return the text with each control character replaced by its code, such as ``\\u202e``."""
    if text.isprintable():  # no control character is printable, so most texts end here
        return text
    return _CONTROL.sub(lambda m: f"\\u{ord(m[0]):04x}" if ord(m[0]) <= 0xFFFF else f"\\U{ord(m[0]):08x}", text)
