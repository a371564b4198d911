"""For any bytes, a reader returns a table that accounts for every line, or refuses the file with a message."""

import io
import random
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.contract.writing import as_shared_xlsx, as_xls, as_xlsx, formula
from tests.workplace import SAMPLE
from transforms.errors import SourceError
from transforms.raw.encoding import decode
from transforms.raw.header import find_header
from transforms.raw.table import RawTable
from transforms.raw.text import read_text
from transforms.raw.workbook import read_workbook
from transforms.settings import PROJECT
from transforms.sources.layouts import LayoutSpec, load_layouts

LAYOUTS = load_layouts(PROJECT / "data")
SLICES = [
    p.read_bytes()
    for p in sorted((Path(__file__).parents[1] / "contract" / "slices").iterdir())
    if p.name[:3] in ("gra", "elp", "Loc", "sch")
]
PARTED_BY = {"\t": LAYOUTS.dashboard, "|": LAYOUTS.local_indicators_by_priority, ",": LAYOUTS.directory}
many = settings(
    max_examples=80,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    derandomize=True,
)

TABLE = [["CDS", "LEAname", "ELpriorities"], *([f"{n:014}", f"District {n}", "A, B"] for n in range(12))]
XLSX = [as_xlsx({"2024": TABLE}), as_shared_xlsx(TABLE), (SAMPLE / "Pr12023.xlsx").read_bytes()]
XLS = [as_xls({"Notes": [["x"]], "2024": TABLE}), as_xls({"2024": TABLE}, extra_cells=formula(20, 0))]


def layout_of(content: bytes) -> LayoutSpec:
    return (
        LAYOUTS.local_indicators
        if content[:30].count(b"LEAname")
        else LAYOUTS.directory
        if content[:12] == b"cds,County,D"
        else LAYOUTS.dashboard
    )


def text_or_refusal(content: bytes, spec: LayoutSpec) -> RawTable | None:
    """Return the table after checking that it is complete, or None for a refusal."""
    try:
        raw = read_text(content, "any.txt", spec, {"cds"})
    except SourceError as error:
        if "any.txt" not in str(error):
            raise
        return None
    text = decode(content, "any.txt")[0]
    header = find_header(text, "any.txt", spec, {"cds"})
    lines = dict(enumerate(text.decode().split("\n"), 1))
    below = {n: line for n, line in lines.items() if n > header.line}
    filled = {
        n
        for n, line in below.items()
        if any(not c.isspace() and c not in (header.delimiter, '"', "\ufeff") for c in line)
    }
    if header.delimiter != ",":
        filled |= {n for n, line in below.items() if '"' in line}
    kept, rejected = raw.table["line"].to_pylist(), [r.line for r in raw.rejects]
    assert raw.rows_in == raw.rows_kept + len(rejected) == len(kept) + len(rejected)
    assert len({*kept, *rejected}) == raw.rows_in
    said = {lines[n].rstrip("\r") for n in kept}
    lost = {n for n in filled - {*kept, *rejected} if lines[n].rstrip("\r") not in said}
    assert not lost or any("a line break within a value" in w for w in raw.warnings), "a line was lost"
    assert kept == sorted(kept)
    return raw


def workbook_or_refusal(content: bytes, file: str) -> RawTable | None:
    try:
        raw = read_workbook(content, file, LAYOUTS.assistance, {"cds"}, 2024)
    except SourceError as error:
        if file not in str(error):
            raise
        return None
    assert raw.rows_in == raw.rows_kept + len({r.line for r in raw.rejects})
    assert len(set(raw.table["line"].to_pylist())) == raw.rows_kept
    return raw


def mutated(content: bytes, seed: int, changes: int) -> bytes:
    """Return content with bytes flipped, cut, doubled, moved or replaced by bytes that are hard for readers."""
    dice = random.Random(seed)  # noqa: S311 (not for secrets)
    nasty = [
        b"\x00",
        b'"',
        b"\t",
        b"|",
        b",",
        b"\r",
        b"\n",
        b"\xff",
        b"\xff\xff\xff\xff",
        b"\xef\xbb\xbf",
        b"\x81",
        b"",
        b"\t\t",
        b'""',
        b"<!DOCTYPE",
    ]
    data = bytearray(content)
    for _ in range(changes):
        at = dice.randrange(len(data) + 1)
        until = min(len(data), at + dice.choice([0, 1, 1, 1, 4, 60]))
        data[at:until] = dice.choice([*nasty, bytes([dice.randrange(256)]), bytes(data[at:until]) * 2])
    return bytes(data)


seeds = st.integers(0, 2**32)
values = st.text(st.sampled_from("ab1 \"'\t|,\r\n\x0b\x0c\x1c\x85\u2028\u00f1\ufeff;"), max_size=8)


@many
@given(st.binary(max_size=400))
def test_random_bytes_as_text_are_read_or_refused(content: bytes) -> None:
    text_or_refusal(content, LAYOUTS.dashboard)


@many
@given(
    st.lists(values, max_size=12),
    st.sampled_from("\t|,"),
    st.integers(1, 5),
    st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16", "latin-1"]),
)
@example(['"', "a"], ",", 2, "utf-8")
@example(['"a', 'b"'], ",", 1, "utf-8")
@example(["\r"], "|", 3, "utf-8")
@example([], "\t", 1, "utf-8")
def test_any_lines_below_a_header_are_accounted_for(
    lines: list[str], delimiter: str, width: int, encoding: str
) -> None:
    header = delimiter.join(["cds", "statustype", "x", "y", "z"][:width])
    text_or_refusal("\n".join([header, *lines]).encode(encoding, errors="replace"), PARTED_BY[delimiter])


@many
@given(st.lists(st.lists(values, min_size=3, max_size=3), min_size=1, max_size=6), st.sampled_from(["\n", "\r\n"]))
def test_quoted_comma_values_round_trip(rows: list[list[str]], end: str) -> None:
    plain = [[v.replace("\r", "").replace("\n", "") for v in row] for row in rows]
    lines = [",".join('"' + v.replace('"', '""') + '"' for v in row) for row in plain]
    raw = text_or_refusal((end.join(["cds,statustype,county", *lines]) + end).encode(), LAYOUTS.directory)
    filled = [list(row) for row in dict.fromkeys(map(tuple, plain)) if row[0] or any(v.strip() for v in row)]
    if raw is None:
        assert not any(v.strip() for row in plain for v in row)
        return
    got = [[r["cds"], r["status"], r["county"]] for r in raw.table.to_pylist()]
    assert [row for row in got if any(v.strip() for v in row)] == [row for row in filled if any(v.strip() for v in row)]
    assert raw.rejects == []


@many
@given(st.sampled_from(SLICES), seeds, st.integers(0, 6))
def test_damaged_real_rows(content: bytes, seed: int, changes: int) -> None:
    raw = text_or_refusal(mutated(content, seed, changes), layout_of(content))
    assert changes or raw is not None


@pytest.mark.slow
@settings(many, max_examples=10)
@given(st.sampled_from("\t|,"), st.integers(100_000, 2_500_000), st.booleans())
def test_giant_fields(delimiter: str, size: int, quoted: bool) -> None:
    value = "x" * size
    rows = [["1", value if delimiter != "," or not quoted else f'"{value}"'], ["2", "y"], [value], ["3", "z"]]
    raw = text_or_refusal(
        "\n".join(["cds" + delimiter + "status", *(delimiter.join(r) for r in rows)]).encode() + b"\n",
        PARTED_BY[delimiter],
    )
    assert raw is not None
    assert raw.rows_in == 4


@many
@given(
    st.binary(max_size=300),
    st.sampled_from([b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"]),
)
def test_random_bytes_as_a_workbook(content: bytes, start: bytes) -> None:
    assert workbook_or_refusal(start + content, "any.xlsx") is None


@many
@given(st.sampled_from([*XLSX, *XLS]), seeds, st.integers(1, 4))
def test_damaged_workbooks(content: bytes, seed: int, changes: int) -> None:
    workbook_or_refusal(mutated(content, seed, changes), "any.xlsx")


@pytest.mark.slow
@many
@given(st.sampled_from(XLSX[:2]), seeds, st.integers(1, 3))
def test_workbooks_with_damaged_parts(content: bytes, seed: int, changes: int) -> None:
    """The archive is intact. Only its content is damaged."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        damaged = random.Random(seed).choice(old.namelist())  # noqa: S311
        for name in old.namelist():
            new.writestr(name, mutated(old.read(name), seed, changes) if name == damaged else old.read(name))
    workbook_or_refusal(target.getvalue(), "any.xlsx")


@many
@given(
    st.lists(
        st.lists(
            st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"]), max_size=6),
            min_size=2,
            max_size=2,
        ),
        max_size=8,
    )
)
def test_every_filled_row_of_a_workbook_is_kept(rows: list[list[str]]) -> None:
    table = [["CDS", "LEAname"], ["01", "first"], *rows]
    raw = workbook_or_refusal(as_shared_xlsx(table), "any.xlsx")
    assert raw is not None
    first = {tuple(row): n for n, row in reversed(list(enumerate(table[1:], 2)))}
    assert {n for row, n in first.items() if any(v.strip() for v in row)} <= set(raw.table["line"].to_pylist())
