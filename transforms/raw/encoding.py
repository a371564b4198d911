"""Turn the bytes of a text file into UTF-8. Bytes that are not UTF-8 are read as Windows-1252."""

import codecs
import threading

import numpy as np

from transforms.errors import SourceError

DOWNLOAD_AGAIN = "Download the file again."
BOM = b"\xef\xbb\xbf"
ASCII = bytes(range(128))
_found = threading.local()  # several threads read files at once


def decode(content: bytes, file: str) -> tuple[bytes, str, list[int]]:
    """Return content as UTF-8 without a byte-order mark, its encoding, and lines in Windows-1252 among UTF-8 lines.

    Raises SourceError if the content is not text.
    """
    _refuse_other_kinds(content, file)
    content = content.removeprefix(BOM)
    if _is_utf8(content):
        return content, "utf-8", []
    if not _may_hold_utf8(content):  # same result as below, but faster: a call per byte takes longer than the parsing
        return content.decode("cp1252", errors="replace").encode(), "windows-1252", []
    _found.places = []
    text = content.decode("utf-8", errors="windows-1252")
    places: list[tuple[int, int]] = _found.places
    others = len(content.translate(None, ASCII)) - sum(end - start for start, end in places)
    if others == 0:
        return text.encode(), "windows-1252", []
    return text.encode(), "utf-8 and windows-1252", _lines_of([start for start, _ in places], content)


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


def _may_hold_utf8(content: bytes) -> bool:
    """Return True if a byte that can begin a UTF-8 character is followed by a byte that can continue it."""
    octets = np.frombuffer(content, np.uint8)
    begins = np.flatnonzero(octets[:-1] >= 0xC2)
    first, second = octets[begins], octets[begins + 1]
    return bool(((first <= 0xF4) & (second >= 0x80) & (second <= 0xBF)).any())


def _as_windows_1252(error: UnicodeError) -> tuple[str, int]:
    """Read bytes that are not UTF-8.

    Five bytes have no meaning in Windows-1252. They become replacement characters, which stay visible in names.
    """
    if not isinstance(error, UnicodeDecodeError):
        raise error
    _found.places.append((error.start, error.end))
    return error.object[error.start : error.end].decode("cp1252", errors="replace"), error.end


codecs.register_error("windows-1252", _as_windows_1252)


def _lines_of(places: list[int], content: bytes) -> list[int]:
    lines: list[int] = []
    line, at = 1, 0
    for place in places:
        line, at = line + content.count(b"\n", at, place), place
        if not lines or lines[-1] != line:
            lines.append(line)
    return lines


def _refuse_other_kinds(content: bytes, file: str) -> None:
    start = content[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype", b"<html", b"<?xml", b"<head", b"<script")):
        first = content.split(b"\n", 1)[0].decode("latin-1").strip()
        raise SourceError(file, "this is a web page, not a data file", DOWNLOAD_AGAIN, line=1, value=first)
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise SourceError(file, "the file is UTF-16 text", "Save the file as UTF-8, or download it again.", line=1)
    if content.startswith(b"PK\x03\x04"):
        advice = "Unpack it, or save the text edition under this name."
        raise SourceError(file, "this is a zip archive or a workbook, not a text file", advice, line=1)
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise SourceError(file, "this is a workbook, not a text file", "Save the text edition under this name.", line=1)
    if b"\x00" in content:
        line = content[: content.index(b"\x00")].count(b"\n") + 1
        raise SourceError(file, "the file contains a NUL byte and is not plain text", DOWNLOAD_AGAIN, line=line)
