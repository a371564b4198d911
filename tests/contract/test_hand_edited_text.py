"""Texts that passed through a spreadsheet, an editor or a mail program.

They are read if it is clear what happened, and otherwise refused.
"""

import pytest

from tests.contract.test_layouts import HEADERS, source_of
from transforms.errors import SourceError
from transforms.raw.table import RawTable
from transforms.raw.text import read_text
from transforms.rules.load import load_rules
from transforms.settings import PROJECT
from transforms.sources.layouts import load_layouts, needed_columns

LAYOUTS = load_layouts(PROJECT / "data")
RULES = {r.dashboard_year: r for r in load_rules(PROJECT / "data").years}
SPEC, NEEDED = LAYOUTS.dashboard, {"cds", "studentgroup", "color"}
HEADER = "cds\trtype\tdistrictname\tstudentgroup\tcolor\textra"
ROWS = [f"0161119000000{n}\tD\tAlameda\tEL\t{n}\tx{n}" for n in range(1, 6)]


def read(*lines: str | bytes, end: bytes = b"\r\n") -> RawTable:
    content = b"".join((line if isinstance(line, bytes) else line.encode()) + end for line in lines)
    return read_text(content, "graddownload2024.txt", SPEC, NEEDED)


def colors(raw: RawTable) -> list[str]:
    return raw.table["color"].to_pylist()


# ---- the same row again ----


@pytest.mark.parametrize(
    ("again", "said"),
    [
        ([0], "line 7 repeats line 2 in every cell; it is read once"),
        ([4, 4], "2 lines repeat another line in every cell; each is read once: 7, 8"),
        ([0, 1, 2], "3 lines repeat another line in every cell; each is read once: 7, 8, 9"),
    ],
)
def test_a_duplicate_line_is_read_once(again: list[int], said: str) -> None:
    raw = read(HEADER, *ROWS, *(ROWS[n] for n in again))
    assert (raw.rows_in, raw.rows_kept, raw.rejects) == (5, 5, [])
    assert raw.warnings == [said]
    assert raw.table["line"].to_pylist() == [2, 3, 4, 5, 6]


@pytest.mark.parametrize(
    "other", [ROWS[0].replace("x1", "x9"), ROWS[0].replace("Alameda", "Alamo"), ROWS[0].replace("\t1\t", "\t2\t")]
)
def test_lines_with_the_same_key_and_other_values_are_both_read(other: str) -> None:
    """The reader cannot know which one is right, so the tables that use it reject both."""
    raw = read(HEADER, *ROWS, other)
    assert (raw.rows_kept, raw.warnings) == (6, [])


# ---- blank fields at the end ----


def test_an_extra_tab_on_every_line_is_reported_once() -> None:
    raw = read(HEADER, *(f"{r}\t\t" for r in ROWS))
    assert colors(raw) == list("12345")
    assert raw.warnings == ["every line ends with 2 blank fields more than the header; it is read without"]


@pytest.mark.parametrize("where", [[0], [2, 4], [0, 1, 2]])
def test_an_extra_tab_on_some_lines_gives_one_warning(where: list[int]) -> None:
    raw = read(HEADER, *(f"{r}\t" if n in where else r for n, r in enumerate(ROWS)))
    assert (colors(raw), raw.rejects, len(raw.warnings)) == (list("12345"), [], 1)
    assert all(str(n + 2) in raw.warnings[0] for n in where)


def test_a_header_with_a_trailing_tab_is_read() -> None:
    raw = read(HEADER + "\t", *ROWS)
    assert (colors(raw), raw.rejects) == (list("12345"), [])


def test_a_line_with_an_extra_nonblank_field_is_rejected() -> None:
    raw = read(HEADER, *(f"{r}\tmore" for r in ROWS))
    assert (raw.rows_kept, len(raw.rejects)) == (0, 5)
    assert [r.cds for r in raw.rejects] == [r[:14] for r in ROWS]


# ---- a line end within a value ----

BROKEN = {
    "one": [ROWS[0].replace("Alameda", "Ala\nmeda")],
    "two_in_one_value": [ROWS[0].replace("Alameda", "A\nla\nmeda")],
    "a_blank_line_between": [ROWS[0].replace("Alameda", "Ala\n\nmeda")],
    "two_rows_running": [ROWS[0].replace("Alameda", "Ala\nmeda"), ROWS[1].replace("Alameda", "Ala\nmeda")],
    "at_the_end_of_a_value": [ROWS[0].replace("Alameda", "Alameda\n")],
}


@pytest.mark.parametrize("case", BROKEN)
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_a_row_split_by_a_line_break_is_joined(case: str, end: bytes) -> None:
    broken = BROKEN[case]
    raw = read(HEADER, *broken, *ROWS[len(broken) :], end=end)
    assert (colors(raw), raw.rejects) == (list("12345"), [])
    assert "a line break within a value" in raw.warnings[0]
    assert raw.table["line"].to_pylist()[0] == 2
    assert raw.rows_in == 5
    names = [n.replace(" ", "") for n in raw.table["districtname"].to_pylist()]
    assert names == ["Alameda"] * 5


@pytest.mark.parametrize(
    "broken",
    [
        ROWS[0].replace("Alameda", "Ala\nme\tda"),  # also has a tab: the row is too wide
        ROWS[0].replace("Alameda", "Ala\t1\t2"),
        ROWS[0][:20],
        ROWS[0].replace("Alameda", "Ala\n27660680000000"),
    ],
)
def test_a_split_row_that_cannot_be_joined_is_rejected_with_its_lea(broken: str) -> None:
    raw = read(HEADER, broken, *ROWS[1:], end=b"\n")
    assert colors(raw) == list("2345")
    assert raw.rejects[0].cds == ROWS[0][:14]


def test_a_short_line_is_not_joined_with_another_row() -> None:
    raw = read(HEADER, "01611190000001\tD\tAlameda\tEL", ROWS[1], "01611190000003\tD\tAlameda\tEL", ROWS[3])
    assert [r.line for r in raw.rejects] == [2, 4]
    assert colors(raw) == list("24")


@pytest.mark.parametrize("year", [2019, 2021, 2022, 2023, 2024, 2025])
@pytest.mark.parametrize("priority", [1, 3, 10])
def test_text_local_indicators_are_read_with_bars_or_tabs(year: int, priority: int) -> None:
    """CDE publishes the comments as they were typed, with line ends and tabs."""
    name = f"Pr{priority}{year}.txt"
    source = source_of(name)
    spec = LAYOUTS.of(source)
    columns = HEADERS[name] if name in HEADERS else HEADERS[f"Pr{priority}{year}.xlsx"]
    delimiter = "\t" if year in (2022, 2023) else "|"
    fields = [spec.canonical(c) for c in columns]

    def line(n: int, comment: str) -> str:
        known = {
            "cds": f"0161119000000{n}",
            "priority": str(priority),
            "performance": "Met",
            "year": str(year),
            "name": f"District {n}",
        }
        return delimiter.join(known.get(f or "", comment) for f in fields)

    spoiled = line(2, "x").replace(
        "x", "First paragraph.\nSecond paragraph" + (",\twith a tab" if delimiter == "|" else ""), 1
    )
    content = "\n".join([delimiter.join(columns), line(1, "x"), spoiled, line(3, "y")]) + "\n"
    raw = read_text(content.encode(), name, spec, needed_columns(source, spec, RULES))
    assert raw.table["cds"].to_pylist() == [f"0161119000000{n}" for n in (1, 2, 3)]
    assert raw.table["performance"].to_pylist() == ["Met"] * 3
    assert raw.rejects == []


# ---- encodings ----


def named(name: bytes) -> bytes:
    return ROWS[0].encode().replace(b"Alameda", name)


@pytest.mark.parametrize(
    ("names", "read_as", "lines"),
    [
        (["Cañada".encode(), "Peña".encode("cp1252")], ["Cañada", "Peña"], "line 3 is Windows-1252"),
        (
            ["Niño’s".encode("cp1252"), "Cañada".encode(), "Peña".encode("cp1252")],
            ["Niño’s", "Cañada", "Peña"],
            "2 lines are Windows-1252",
        ),
        (["Caña".encode() + " – Niño".encode("cp1252")], ["Caña – Niño"], "line 2 is Windows-1252"),
    ],
)
def test_two_encodings_in_one_file_give_a_warning(names: list[bytes], read_as: list[str], lines: str) -> None:
    raw = read(HEADER, *(named(n).replace(b"\t1\t", b"\t%d\t" % i) for i, n in enumerate(names, 1)))
    assert raw.table["districtname"].to_pylist() == read_as
    assert lines in raw.warnings[0]
    assert raw.encoding == "utf-8 and windows-1252"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_one_encoding_gives_no_warning(encoding: str) -> None:
    raw = read_text(
        "\n".join([HEADER, ROWS[0].replace("Alameda", "Cañada – Niño"), ROWS[1]]).encode(encoding),
        "x.txt",
        SPEC,
        NEEDED,
    )
    assert raw.table["districtname"].to_pylist()[0] == "Cañada – Niño"
    assert raw.warnings == []


# ---- quotes ----


@pytest.mark.parametrize(
    ("served", "meant"),
    [
        ('"Gonzales, Unified"', "Gonzales, Unified"),
        ('"The ""Best"" District"', 'The "Best" District'),
        (' "Alameda" ', "Alameda"),
        ('""', ""),
        ('Joe\'s "Best"', 'Joe\'s "Best"'),
        ('"Joe\'s" and "Ann\'s"', '"Joe\'s" and "Ann\'s"'),
        ('"', '"'),
    ],
)
def test_quotes_around_a_whole_value_are_removed(served: str, meant: str) -> None:
    raw = read(HEADER, ROWS[0].replace("Alameda", served), *ROWS[1:])
    assert raw.table["districtname"].to_pylist() == [meant, *["Alameda"] * 4]
    assert raw.rows_kept == 5


def test_a_header_in_quotes_is_read() -> None:
    assert colors(read('"cds"\trtype\t"districtname"\tstudentgroup\t"color"\textra', *ROWS)) == list("12345")


# ---- titles and delimiters ----


@pytest.mark.parametrize(
    "above", [["Graduation 2024"], ["", ""], ["Title", "California Department of Education", "\t\t\t\t\t"]]
)
def test_a_title_above_the_header_is_skipped_with_a_warning(above: list[str]) -> None:
    raw = read(*above, HEADER, *ROWS)
    assert colors(raw) == list("12345")
    assert raw.table["line"].to_pylist()[0] == len(above) + 2
    assert raw.warnings == [f"the header is on line {len(above) + 1}; the lines above it are not read"]


@pytest.mark.parametrize(("delimiter", "named"), [(";", "semicolons"), (",", "commas"), ("|", "bars"), (":", "colons")])
@pytest.mark.parametrize("above", [[], ["A title"]])
def test_another_delimiter_is_reported_once(delimiter: str, named: str, above: list[str]) -> None:
    with pytest.raises(SourceError) as raised:
        read(*above, *(line.replace("\t", delimiter) for line in (HEADER, *ROWS)))
    assert raised.value.problem == f"the columns are separated by {named}; tabs are expected"
    assert raised.value.line == len(above) + 1
    assert "do not save it from a spreadsheet" in raised.value.advice


def test_a_refusal_states_what_the_layout_expects() -> None:
    text = "CDSCode;District;StatusType\n01611190000000;Alameda;Active\n"
    with pytest.raises(SourceError, match="separated by semicolons; commas or tabs are expected"):
        read_text(text.encode(), "pubschls.txt", LAYOUTS.directory, {"cds", "status"})
