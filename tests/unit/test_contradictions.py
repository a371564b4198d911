"""CDE's rows state most things twice.

Real rows pass every test, and a single changed cell that determines a verdict is found in every row.
"""

import os
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from tests.workplace import SAMPLE
from transforms.dashboard.admission import implausible_test
from transforms.dashboard.contradictions import is_implausible
from transforms.dashboard.file_rows import NOT_COUNTED
from transforms.dashboard.parts import group_codes
from transforms.dashboard.redundancy import load_redundancy
from transforms.dashboard.rows import JudgedRows, judge, read_columns
from transforms.raw.table import RawTable
from transforms.raw.text import read_text
from transforms.settings import PROJECT
from transforms.sources.catalog import load_catalog
from transforms.sources.layouts import load_layouts

DATA = PROJECT / "data"
KNOWN = load_catalog(DATA).by_file_name()
SPEC = load_layouts(DATA).dashboard
GROUPS = group_codes(DATA)
REDUNDANCY = load_redundancy(DATA)
FOLDERS = [SAMPLE, *([Path(os.environ["CDE_FILES"])] if "CDE_FILES" in os.environ else [])]
OTHERS = [p for folder in FOLDERS[1:] for p in sorted(folder.rglob("*download*.txt"))]
COLORED = sorted(
    p.name
    for p in SAMPLE.glob("*download202[34].txt")
    if not p.name.startswith("science") and p.name != "ccidownload2023.txt"
)
ALL = sorted(p.name for p in SAMPLE.glob("*download202?.txt"))
Change = Callable[[dict[str, list[str]]], None]


def some_of(names: list[str]) -> list[object]:
    """Mark all indicators as slow except those of 2024 and one of the year with only status levels."""
    return [n if "2024" in n or n == "eladownload2022.txt" else pytest.param(n, marks=pytest.mark.slow) for n in names]


@cache
def read(path: Path) -> RawTable:
    return read_text(path.read_bytes(), path.name, SPEC, set())


@cache
def cells(path: Path) -> dict[str, tuple[str, ...]]:
    """Return the columns of a file unchanged."""
    table = read(path).table
    return {
        n: tuple((v or "").strip() for v in table.column(n).cast(pa.string()).to_pylist())
        for n in table.column_names
        if n != "line"
    }


def judged(path: Path, change: Change | None = None) -> tuple[JudgedRows, dict[str, list[str]]]:
    """Return the findings in a file after a change of its cells, and its original columns."""
    raw, source = read(path), KNOWN[path.name.lower()]
    columns, before = ({n: list(v) for n, v in cells(path).items()} for _ in range(2))
    if change:
        change(columns)
    table = pa.table(
        {
            n: pa.nulls(len(v), pa.string()) if n in raw.missing_columns else pa.array(v, pa.string())
            for n, v in columns.items()
        }
    )
    report = {
        "indicator": source.indicator,
        "dashboard_year": source.dashboard_year,
        "missing_columns": raw.missing_columns,
    }
    return (
        judge(read_columns(table, report, GROUPS), raw.table.column("line").to_numpy(), report, GROUPS, REDUNDANCY),
        before,
    )


def deciding(before: dict[str, list[str]], column: str) -> np.ndarray:
    """Return the rows of counted student groups that have a value other than 0 in a column."""
    groups = before["studentgroup"]
    return np.array([v not in ("", "0") and g not in NOT_COUNTED for v, g in zip(before[column], groups, strict=True)])


@pytest.mark.parametrize("path", [*(SAMPLE / name for name in ALL)], ids=lambda p: p.name)
def test_no_real_row_of_the_sample_contradicts_itself(path: Path) -> None:
    found, _ = judged(path)
    assert found.faults == []


@pytest.mark.slow
@pytest.mark.parametrize("path", OTHERS, ids=lambda p: p.name)
def test_nearly_no_real_row_of_whole_files_contradicts_itself(path: Path) -> None:
    found, before = judged(path)
    assert len(found.faults) <= 0.001 * len(before["cds"]), [(f.line, f.column, f.reason) for f in found.faults[:20]]
    assert implausible_test({"counts": found.counts}) is None


@pytest.mark.parametrize("path", [*(SAMPLE / name for name in COLORED), *OTHERS], ids=lambda p: p.name)
def test_the_color_grid_matches_the_rows(path: Path) -> None:
    """Counted again without the code under test: one color per cell, the same as in the list."""
    table, source = read(path).table, KNOWN[path.name.lower()]
    if not pc.any(
        pc.is_in(pc.utf8_trim(table.column("color").cast(pa.string()), " "), pa.array(["1", "2", "3", "4", "5"]))
    ).as_py():
        pytest.skip("no colors")
    names = ("color", "statuslevel", "changelevel", "smalldenom", "studentgroup", "flag50pct")
    rows = zip(
        *([(v or "").strip() for v in table.column(n).cast(pa.string()).to_pylist()] for n in names), strict=True
    )
    off = []
    for color, status, change, small, group, few in rows:
        if color not in ("", "0") and group not in NOT_COUNTED and few != "Y":
            known = REDUNDANCY.grids[source.indicator][int(small == "Y"), int(status), int(change)]
            off += [(status, change, small, color, int(known))] if known and int(color) != known else []
    assert off == []


@pytest.mark.parametrize("name", some_of(COLORED))
@pytest.mark.parametrize("step", [1, None, *(pytest.param(s, marks=pytest.mark.slow) for s in (2, 3, 4, "", "*"))])
def test_a_wrong_color_is_detected_in_every_row(name: str, step: int | str | None) -> None:
    def change(columns: dict[str, list[str]]) -> None:
        groups = columns["studentgroup"]
        columns["color"] = [
            (
                c
                if c == "0" or g in NOT_COUNTED
                else step
                if isinstance(step, str)
                else "0"
                if step is None
                else str((int(c) - 1 + step) % 5 + 1)
            )
            for c, g in zip(columns["color"], groups, strict=True)
        ]

    found, before = judged(SAMPLE / name, change)
    assert found.bad.tolist() == deciding(before, "color").tolist()


@pytest.mark.parametrize("name", some_of([n for n in ALL if not n.startswith("elpi")]))
def test_a_row_of_a_larger_lea_is_detected_in_a_smaller_one(name: str) -> None:
    """The largest row of a student group under the code of the smallest LEA that lacks it and is smaller as a whole."""
    moved: list[int] = []

    def change(columns: dict[str, list[str]]) -> None:
        cells = zip(columns["cds"], columns["rtype"], columns["studentgroup"], columns["currdenom"], strict=True)
        rows = [(int(n or 0), at, cds, g) for at, (cds, kind, g, n) in enumerate(cells) if kind == "D"]
        pairs = {(cds, group) for _, _, cds, group in rows}
        for size, at, _, group in sorted(rows, reverse=True):
            smaller = [(n, cds) for n, _, cds, g in rows if g == "ALL" and 0 < n < size and (cds, group) not in pairs]
            if group not in ("ALL", *NOT_COUNTED) and smaller:
                columns["cds"][at] = min(smaller)[1]
                moved.append(at)
                return

    found, _ = judged(SAMPLE / name, change)
    assert len(moved) == 1
    counted = next(c for c in found.counts if (c["kind"], c["column"]) == ("of_all", "currdenom"))
    assert counted["rejected"] == 1
    assert found.bad[moved].all()


@pytest.mark.parametrize("name", some_of(ALL))
@pytest.mark.parametrize("kind", ["countyname", "coe_flag", "schoolname"])
def test_a_rows_repeated_code_columns_are_compared(name: str, kind: str) -> None:
    """Another county, the flag of a county office on a district's code, and a school's name without its code."""
    value = {"countyname": "San Benito", "coe_flag": "Y", "schoolname": "Alisal High"}[kind]
    moved: list[int] = []

    def change(columns: dict[str, list[str]]) -> None:
        districts = [at for at, c in enumerate(columns["cds"]) if c.endswith("0000000") and c[2:4] not in ("00", "10")]
        moved.extend(districts[:: len(districts) // 3])
        for at in moved:
            columns[kind][at] = value

    found, _ = judged(SAMPLE / name, change)
    assert len(moved) >= 3
    assert np.flatnonzero(found.bad).tolist() == sorted(moved)
    assert {f.column for f in found.faults} == {kind}


@pytest.mark.parametrize("name", COLORED)
def test_a_color_for_too_few_students_is_detected_in_every_row(name: str) -> None:
    def change(columns: dict[str, list[str]]) -> None:
        columns["color"] = [
            "1" if c == "0" and g not in NOT_COUNTED else c
            for c, g in zip(columns["color"], columns["studentgroup"], strict=True)
        ]

    found, before = judged(SAMPLE / name, change)
    assert found.bad.tolist() == [
        c == "0" and g not in NOT_COUNTED for c, g in zip(before["color"], before["studentgroup"], strict=True)
    ]


@pytest.mark.parametrize("name", some_of([n for n in ALL if not n.startswith("science")]))
@pytest.mark.parametrize("column", ["statuslevel", "currstatus", "currdenom"])
@pytest.mark.parametrize("text", ["", pytest.param("*", marks=pytest.mark.slow)])
def test_a_blank_next_to_a_level_is_detected_in_every_row(name: str, column: str, text: str) -> None:
    def change(columns: dict[str, list[str]]) -> None:
        columns[column] = [
            v if level in ("", "0") else text for v, level in zip(columns[column], columns["statuslevel"], strict=True)
        ]

    found, before = judged(SAMPLE / name, change)
    assert found.bad.tolist() == [level not in ("", "0") for level in before["statuslevel"]]


@pytest.mark.parametrize("name", some_of([n for n in ALL if not n.startswith(("science", "susp", "grad", "elpi"))]))
@pytest.mark.parametrize("step", [1, *(pytest.param(s, marks=pytest.mark.slow) for s in (2, 3, 4))])
def test_a_wrong_status_level_is_detected_in_every_row(name: str, step: int) -> None:
    """For suspension and graduation, not every class of schools has known cut scores; ELPI has a cap."""

    def change(columns: dict[str, list[str]]) -> None:
        columns["statuslevel"] = [
            level if level == "0" else str((int(level) - 1 + step) % 5 + 1) for level in columns["statuslevel"]
        ]

    found, before = judged(SAMPLE / name, change)
    assert found.bad.tolist() == [level != "0" for level in before["statuslevel"]]


@pytest.mark.parametrize(
    ("name", "column", "how"),
    [
        ("chronicdownload2023.txt", "currstatus", lambda v: f"{float(v) / 100:.3f}"),
        ("suspdownload2024.txt", "currnumer", lambda v: str(2 * int(v) + 100)),
        ("graddownload2022.txt", "currdenom", lambda v: str(int(v) * 10)),
        ("ccidownload2024.txt", "currstatus", lambda v: f"{float(v) + 0.2:.1f}"),
        ("ccidownload2023.txt", "prepared", lambda v: str(2 * int(v) + 100)),
        ("eladownload2022.txt", "currdenom", lambda v: str(int(v) - 1)),
        ("mathdownload2024.txt", "currdenom", lambda v: str(int(v) + 30)),
        ("eladownload2023.txt", "change", lambda v: f"{float(v) + 0.3:.1f}"),
        ("elpidownload2024.txt", "priorstatus", lambda v: f"{float(v) - 1:.1f}"),
    ],
)
def test_an_inconsistent_number_is_detected(name: str, column: str, how: Callable[[str], str]) -> None:
    def change(columns: dict[str, list[str]]) -> None:
        columns[column] = [
            how(v) if v and columns["change" if column == "priorstatus" else "currstatus"][i] else v
            for i, v in enumerate(columns[column])
        ]

    found, before = judged(SAMPLE / name, change)
    given = [
        bool(v and before["change" if column == "priorstatus" else "currstatus"][i])
        for i, v in enumerate(before[column])
    ]
    few = [how(v) == v if v else False for v in before[column]]  # a tenth of zero is zero
    small = [
        abs(float(v)) < 0.06 if v and name.startswith(("susp", "chronic")) and column == "currstatus" else False
        for v in before[column]
    ]
    assert found.bad.tolist() == [g and not f and not s for g, f, s in zip(given, few, small, strict=True)]


EXCHANGED = [
    ("eladownload2024.txt", "color", "changelevel"),
    ("eladownload2024.txt", "color", "statuslevel"),
    ("mathdownload2023.txt", "statuslevel", "changelevel"),
    ("mathdownload2023.txt", "currstatus", "priorstatus"),
    ("chronicdownload2024.txt", "color", "changelevel"),
    ("chronicdownload2024.txt", "currdenom", "priordenom"),
    ("suspdownload2023.txt", "currnumer", "currdenom"),
    ("suspdownload2023.txt", "currnumer", "priornumer"),
    ("graddownload2024.txt", "color", "statuslevel"),
    ("graddownload2024.txt", "currdenom", "currnumer"),
    ("elpidownload2024.txt", "color", "changelevel"),
    ("ccidownload2024.txt", "color", "changelevel"),
    ("ccidownload2023.txt", "currdenom", "statuslevel"),
    ("eladownload2022.txt", "currdenom", "currstatus"),
]


@pytest.mark.parametrize(("name", "one", "other"), EXCHANGED)
def test_a_file_with_swapped_headings_is_not_used(name: str, one: str, other: str) -> None:
    def change(columns: dict[str, list[str]]) -> None:
        columns[one], columns[other] = columns[other], columns[one]

    found, _ = judged(SAMPLE / name, change)
    many = implausible_test({"counts": found.counts})
    broken = len({f.line for f in found.faults if f.record_type == "D"})
    assert many is not None or broken > 0.5 * sum(
        t == "D" for t in read(SAMPLE / name).table.column("rtype").to_pylist()
    )


@pytest.mark.parametrize("name", COLORED)
def test_a_file_with_shifted_colors_is_not_used(name: str) -> None:
    def change(columns: dict[str, list[str]]) -> None:
        columns["color"] = [str(min(int(c) + 1, 5)) for c in columns["color"]]

    assert implausible_test({"counts": judged(SAMPLE / name, change)[0].counts}) is not None


@pytest.mark.parametrize("name", [n for n in ALL if not n.startswith("science")])
def test_a_file_with_reversed_levels_is_not_used(name: str) -> None:
    def change(columns: dict[str, list[str]]) -> None:
        columns["statuslevel"] = [c if c == "0" else str(6 - int(c)) for c in columns["statuslevel"]]

    assert implausible_test({"counts": judged(SAMPLE / name, change)[0].counts}) is not None


def test_single_contradictions_do_not_reject_a_file() -> None:
    assert not is_implausible(4, 4)
    assert not is_implausible(1000, 20)
    assert is_implausible(100, 6)
    assert is_implausible(1000, 21)


def test_an_unseen_grid_cell_follows_the_clear_majority() -> None:
    grids = {"ela": np.zeros((2, 6, 6), np.int8)}
    unknown = replace(REDUNDANCY, grids=grids)
    raw = read(SAMPLE / "eladownload2023.txt")
    table = raw.table
    cells = list(
        zip(
            *(table.column(n).to_pylist() for n in ("statuslevel", "changelevel", "color", "studentgroup")), strict=True
        )
    )
    often = [
        i
        for i, (s, c, _, g) in enumerate(cells)
        if (s, c) == ("1", "2") and g not in NOT_COUNTED and cells[i][2] != "0"
    ]
    assert len(often) > 10
    colors = table.column("color").to_pylist()
    colors[often[0]] = "2"
    table = table.set_column(table.schema.get_field_index("color"), "color", pa.array(colors, pa.string()))
    report = {"indicator": "ela", "dashboard_year": 2023, "missing_columns": raw.missing_columns}
    found = judge(read_columns(table, report, GROUPS), table.column("line").to_numpy(), report, GROUPS, unknown)
    assert [(f.line, f.column, f.value) for f in found.faults] == [(often[0] + 2, "color", "2")]
    assert "give 1" in found.faults[0].reason


def test_presumed_cut_scores_that_many_rows_contradict_are_not_used() -> None:
    """The rows of 2024 as those of a year without known files, on another scale."""
    raw = read(SAMPLE / "chronicdownload2024.txt")
    report = {"indicator": "chronic", "dashboard_year": 2025, "missing_columns": raw.missing_columns}
    table = raw.table.set_column(
        raw.table.schema.get_field_index("reportingyear"), "reportingyear", pa.array(["2025"] * len(raw.table))
    )
    levels = [v if v == "0" else str(max(1, int(v) - 1)) for v in table.column("statuslevel").to_pylist()]
    colors = ["0"] * len(levels)
    for name, values in (("statuslevel", levels), ("color", colors), ("box", colors)):
        table = table.set_column(table.schema.get_field_index(name), name, pa.array(values, pa.string()))
    found = judge(read_columns(table, report, GROUPS), table.column("line").to_numpy(), report, GROUPS, REDUNDANCY)
    assert {f.column for f in found.faults} == {"color"}  # which the sizes require


@pytest.mark.parametrize(
    ("column", "text"), [("currnsizemet", ""), ("currnsizemet", "N"), ("statuslevel", ""), ("statuslevel", "0")]
)
def test_a_file_without_its_deciding_colors_is_not_used(column: str, text: str) -> None:
    """The rows of 2022 as those of 2019, for which no complete file is known: only these cells show Very Low."""
    raw = read(SAMPLE / "elpidownload2022.txt")
    report = {"indicator": "elpi", "dashboard_year": 2019, "missing_columns": raw.missing_columns}
    table = raw.table
    for name, value in (("reportingyear", "2019"), (column, text)):
        table = table.set_column(table.schema.get_field_index(name), name, pa.array([value] * len(table), pa.string()))
    found = judge(read_columns(table, report, GROUPS), table.column("line").to_numpy(), report, GROUPS, REDUNDANCY)
    doubt = implausible_test({"counts": found.counts})
    assert doubt is not None
    assert doubt["column"] == column
