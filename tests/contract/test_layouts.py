"""One contract per file in the catalog: its exact header is read by name, and no needed column is missing."""

import random
from pathlib import Path

import pytest

from tests.contract.writing import Rows, as_text, as_xls, as_xlsx
from tests.workplace import SAMPLE
from transforms.errors import SourceError
from transforms.raw.stage import _parse
from transforms.raw.table import CELL_LAYOUTS, RawTable, as_cells
from transforms.raw.text import read_text
from transforms.raw.workbook import read_workbook
from transforms.rules.load import load_rules
from transforms.settings import PROJECT
from transforms.sources.catalog import Source, load_catalog
from transforms.sources.layouts import LayoutSpec, load_layouts, needed_columns

HERE = Path(__file__).parent
CATALOG = load_catalog(PROJECT / "data")
LAYOUTS = load_layouts(PROJECT / "data")
RULES = {r.dashboard_year: r for r in load_rules(PROJECT / "data").years}
HEADERS = {
    name: columns
    for name, _, *columns in (
        line.split() for line in (HERE / "headers.txt").read_text().splitlines() if line and line[0] != "#"
    )
}
TWINS = ("eladownload2018.xlsx", "mathdownload2018.xlsx")  # the same columns as the text
FROM_FILES = {
    line.split()[0] for line in (HERE / "headers.txt").read_text().splitlines() if line.split()[1:2] == ["file"]
}
# The newest file of each kind; other years are slow.
NEWEST = {(s.layout, s.indicator, Path(n).suffix): n for n in HEADERS for s in [CATALOG.by_file_name()[n.lower()]]}
OF_EACH_KIND = [n if n in NEWEST.values() else pytest.param(n, marks=pytest.mark.slow) for n in HEADERS]
SLICES = sorted((HERE / "slices").iterdir())
CDS = ["01100170000000", "27660680000000", "58105870000000"]

# Sheet and header row of the assistance workbooks. From 2019 on, the sheet is named after the year and the header is
# in row 6.
SHEETS = {2017: ("LCFF_Assistance_Status_Fall2017", 5), 2018: ("LCFFLEAAssistance2018", 3)}


def source_of(name: str) -> Source:
    return CATALOG.by_file_name()[name.lower()]


def delimiter_of(name: str) -> str:
    """Return the delimiter. Text editions of local indicators have a bar or a tab, depending on the year."""
    if name.endswith(".csv"):
        return ","
    return "|" if name.startswith("Pr") and source_of(name).dashboard_year not in (2022, 2023) else "\t"


def rows_under(columns: list[str], source: Source) -> Rows:
    """Return three rows whose values name their position."""
    spec = LAYOUTS.of(source)

    def value(column: str, row: int) -> str:
        field = spec.canonical(column)
        return {"cds": CDS[row], "reportingyear": source.reporting_year, "reporting_year": source.reporting_year}.get(
            field or "", f"{column} {row}"
        )

    return [[value(c, row) for c in columns] for row in range(3)]


def write(name: str, columns: list[str], rows: Rows) -> bytes:
    source = source_of(name)
    if not name.endswith((".xlsx", ".xls")):
        return as_text([columns, *rows], delimiter_of(name))
    if source.layout == "local_indicators_by_priority":
        return as_xlsx({"Sheet1": [columns, *rows]})
    year = source.dashboard_year or 0
    kind = "Charter School" if source.layout == "charter_assistance" else "District and COE"
    sheet, header_row = SHEETS.get(year, (f"{kind} {year}", 6))
    above = [[f"Note {n}"] for n in range(1, header_row)]
    sheets = {
        "Record Layout": [["Field", "Description"], ["CDS", "County-district-school code"]],
        sheet: [*above, columns, *rows],
    }
    return as_xls(sheets) if name.endswith(".xls") else as_xlsx(sheets)


def read(name: str, content: bytes) -> RawTable:
    source = source_of(name)
    spec = LAYOUTS.of(source)
    needed = needed_columns(source, spec, RULES)
    if name.endswith((".xlsx", ".xls")):
        return read_workbook(content, name, spec, needed, source.dashboard_year or 0)
    return read_text(content, name, spec, needed)


def values(raw: RawTable, name: str) -> dict[str, list[str]]:
    """Return canonical column -> its values in line order."""
    if source_of(name).layout in CELL_LAYOUTS:
        found: dict[str, list[str]] = {}
        for cell in (raw.table if "field" in raw.table.column_names else as_cells(raw).table).to_pylist():
            found.setdefault(cell["field"], []).append(cell["value"])
        return found
    return {c: raw.table[c].to_pylist() for c in raw.table.column_names if c != "line" and c not in raw.missing_columns}


def expected(columns: list[str], rows: Rows, name: str) -> dict[str, list[str]]:
    spec = LAYOUTS.of(source_of(name))
    return {field: [row[i] for row in rows] for i, column in enumerate(columns) if (field := spec.canonical(column))}


def test_every_catalog_file_has_a_header_in_this_module() -> None:
    names = {n for s in CATALOG.source if s.format != "page" and not s.due for n in (s.file, *s.also_named)}
    assert names - {
        "assistance-status.xls",
        "assistancestatus2017.xls",
        "assistancestatus19.xlsx",
        "leas2023perec52064.xlsx",
        *TWINS,
    } == set(HEADERS)


@pytest.mark.parametrize("name", OF_EACH_KIND)
def test_rows_are_kept_under_the_names_of_the_layout(name: str) -> None:
    columns = HEADERS[name]
    rows = rows_under(columns, source_of(name))
    raw = read(name, write(name, columns, rows))
    assert (raw.rows_in, raw.rows_kept, raw.rejects) == (3, 3, [])
    assert values(raw, name) == expected(columns, rows, name)


def in_cde_order(order: list[int], columns: list[str], spec: LayoutSpec) -> list[int]:
    """Return the same order, except for the families that CDE sorts: their columns keep their relative order."""
    for family in spec.in_order:
        places = [n for n, i in enumerate(order) if (spec.canonical(columns[i]) or "").startswith(f"{family}:")]
        for n, i in zip(places, sorted(order[n] for n in places), strict=True):
            order[n] = i
    return order


@pytest.mark.parametrize("name", OF_EACH_KIND)
def test_column_order_and_case_do_not_matter_and_an_extra_column_is_noted(name: str) -> None:
    columns = HEADERS[name]
    rows = rows_under(columns, source_of(name))
    order = list(range(len(columns)))
    random.Random(name).shuffle(order)  # noqa: S311 (a fixed order per file)
    order = in_cde_order(order, columns, LAYOUTS.of(source_of(name)))
    turned = [[row[i] for i in order] + ["surplus"] for row in rows]
    raw = read(name, write(name, [columns[i].swapcase() for i in order] + ["Brand_New"], turned))
    assert raw.rows_kept == 3
    assert values(raw, name) == expected(columns, rows, name)
    assert "Brand_New" in raw.extra_columns
    assert "surplus" not in str(values(raw, name))


@pytest.mark.parametrize("name", OF_EACH_KIND)
def test_a_file_without_a_needed_column_is_refused_with_the_column_name(name: str) -> None:
    source = source_of(name)
    spec, rows = LAYOUTS.of(source), rows_under(HEADERS[name], source)
    # test_workbook_facts covers the refusal of an assistance workbook without a letter.
    columns = sorted(c for c in needed_columns(source, spec, RULES) if not c.startswith("letter:"))
    assert columns
    for column in columns:
        keep = [i for i, c in enumerate(HEADERS[name]) if spec.canonical(c) != column]
        assert len(keep) == len(HEADERS[name]) - 1, f"the header of {name} has no {column}"
        with pytest.raises(SourceError) as raised:
            read(name, write(name, [HEADERS[name][i] for i in keep], [[row[i] for i in keep] for row in rows]))
        assert name in str(raised.value), column
        assert column in str(raised.value).lower()


def test_the_xls_workbook_of_2017_reads_like_the_xlsx() -> None:
    columns = HEADERS["assistancestatus2017.xlsx"]
    rows = rows_under(columns, source_of("assistancestatus2017.xls"))
    old = read("assistancestatus2017.xls", write("assistancestatus2017.xls", columns, rows))
    new = read("assistancestatus2017.xlsx", write("assistancestatus2017.xlsx", columns, rows))
    assert old.table.equals(new.table)
    assert (old.rows_in, old.sheet) == (3, new.sheet)


def split_by_hand(path: Path) -> tuple[list[str], Rows]:
    """Return the slice, split by hand."""
    header, *lines = path.read_bytes().decode("utf-8-sig").removesuffix("\n").split("\n")
    return header.rstrip("\r").split("\t"), [line.rstrip("\r").split("\t") for line in lines]


@pytest.mark.parametrize("path", [p for p in SLICES if p.suffix == ".txt"], ids=lambda p: p.name)
def test_real_rows(path: Path) -> None:
    columns, rows = split_by_hand(path)
    assert columns == HEADERS[path.name]
    raw = read(path.name, path.read_bytes())
    assert raw.rows_in == raw.rows_kept == len(rows) >= 3
    assert raw.table["line"].to_pylist() == list(range(2, len(rows) + 2))
    assert values(raw, path.name) == expected(columns, rows, path.name)


def test_real_rows_with_commas_in_values_are_read() -> None:
    raw = read("schools_2018.csv", (HERE / "slices" / "schools_2018.csv").read_bytes())
    assert raw.rows_in == raw.rows_kept == 5
    assert raw.table["school"].to_pylist()[:2] == [
        "Martin Luther King, Jr. Middle",
        "Oakland Military Institute, College Preparatory Academy",
    ]
    assert raw.table["status"].to_pylist() == ["Active"] * 5


@pytest.mark.parametrize("path", sorted(SAMPLE.glob("*.xlsx")), ids=lambda p: p.name)
def test_real_rows_of_workbooks(path: Path) -> None:
    raw = read(path.name, path.read_bytes())
    assert path.name in FROM_FILES
    assert raw.rows_in == raw.rows_kept == len(set(raw.table["line"].to_pylist())) > 0
    spec = LAYOUTS.of(source_of(path.name))
    assert list(dict.fromkeys(raw.table["heading"].to_pylist())) == [c for c in HEADERS[path.name] if spec.canonical(c)]
    assert all(len(cds) == 14 for cds in raw.table["cds"].to_pylist())


@pytest.mark.parametrize("name", TWINS)
def test_a_workbook_copy_of_a_text_file_reads_like_the_text(name: str) -> None:
    source = source_of(name)
    spec = LAYOUTS.of(source)
    columns = HEADERS[source.file]
    rows = rows_under(columns, source)
    needed = needed_columns(source, spec, RULES)
    text = _parse(as_text([columns, *rows], "\t"), source.file, source, spec, needed)
    twin = _parse(as_xlsx({"2018": [columns, *rows]}), name, source, spec, needed)
    assert (twin.rows_in, twin.rows_kept, twin.missing_columns, twin.extra_columns) == (
        3,
        3,
        text.missing_columns,
        text.extra_columns,
    )
    assert twin.table.select(text.table.column_names).to_pydict() == text.table.to_pydict()


@pytest.mark.parametrize("name", HEADERS)
def test_every_cde_column_is_known_and_an_invented_one_is_not(name: str) -> None:
    spec = LAYOUTS.of(source_of(name))
    assert spec.unknown(HEADERS[name]) == []
    assert spec.unknown([*HEADERS[name], "Brand_New"]) == ([] if spec.not_read is None else ["Brand_New"])
