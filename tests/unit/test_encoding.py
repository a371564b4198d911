"""The text of a file: decoding Windows-1252 at once gives the same result as byte by byte."""

from itertools import product

import pytest

from transforms.errors import SourceError
from transforms.raw import encoding
from transforms.raw.encoding import BOM, decode

PIECES = (
    b"a", b"\n", b"\xc3", b"\xb1", b"\xf1", b"\xe2", b"\x80", b"\x93", b"\x9d", b"\xff", b"\xf0", b"\x81", b"\xc0",
    "ñ".encode(), "–".encode(), b"\xed\xa0\x80",
)  # fmt: skip


def test_fast_decoding_equals_byte_by_byte_decoding(monkeypatch: pytest.MonkeyPatch) -> None:
    contents = [b"".join(pieces) for length in (1, 2, 3) for pieces in product(PIECES, repeat=length)]
    contents += [BOM + content for content in contents]
    found = [decode(content, "file") for content in contents]
    at_once = [c for c, (_, name, _) in zip(contents, found, strict=True) if name == "windows-1252"]
    monkeypatch.setattr(encoding, "_may_hold_utf8", lambda content: True)
    assert [decode(content, "file") for content in contents] == found
    assert len(at_once) > 500


def test_a_file_that_mixes_both_names_the_lines() -> None:
    mixed = "Peña\n".encode() + "Núñez\n".encode("cp1252") + b"plain\n"
    assert decode(mixed, "file") == ("Peña\nNúñez\nplain\n".encode(), "utf-8 and windows-1252", [2])
    assert decode("Núñez\n".encode("cp1252"), "file") == ("Núñez\n".encode(), "windows-1252", [])
    assert decode(BOM + b"plain\n", "file") == (b"plain\n", "utf-8", [])
    with pytest.raises(SourceError, match="UTF-16"):
        decode("plain".encode("utf-16"), "file")
