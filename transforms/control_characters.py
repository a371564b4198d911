"""Characters that show nothing, or show something else than the text holds: one rule for every reader and every screen.

C0 and C1 controls and DEL, zero-width characters and soft hyphens, marks that turn the direction of text, line and
paragraph separators, tags. Tab, line feed and carriage return are none of them: long comments hold them. No file of
CDE from 2017 to 2025 holds any other.
"""

import re

# For Python, Arrow and DuckDB alike. Python alone meets lone surrogates: names of files that are not UTF-8.
CONTROL = (
    "[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\u009f\u00ad\u061c\u180e"
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
REASON = "the text holds a control character or an invisible one"
_CONTROL = re.compile(f"{CONTROL}|[\ud800-\udfff]")


BLANK = "\u115f\u1160\u3164\uffa0"  # letters of Korean that show nothing


def has_letters(text: str) -> bool:
    """True if a reader sees a letter or digit in it: neither blank, nor invisible, nor signs alone."""
    return any(c.isalnum() and c not in BLANK for c in text)


def control_in(text: str) -> str:
    """Code point of the first control character, as U+001B; empty if there is none."""
    found = _CONTROL.search(text)
    return f"U+{ord(found[0]):04X}" if found else ""


def on_one_line(text: str) -> str:
    """The text as it may be shown on one line, as the name of a file must be: line breaks and tabs as codes too."""
    return shown(text).replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")


def shown(text: str) -> str:
    """The text as it may be shown: each control character as its code, such as ``\\u202e``."""
    if text.isprintable():  # no control character is: most texts need no closer look
        return text
    return _CONTROL.sub(lambda m: f"\\u{ord(m[0]):04x}" if ord(m[0]) <= 0xFFFF else f"\\U{ord(m[0]):08x}", text)
