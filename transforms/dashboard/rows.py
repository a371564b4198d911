"""The contract of a Dashboard row: which texts it may contain, and the typed row that results.

Oddities: blanks are empty, one space or '*'. ELPI before 2024 has no student group because every row is EL. 'MR' and
'TOM' are one group. 2017 writes its year as '2017f'. If several rows have the same key, nobody can know which is right,
so all of them are rejected. 2022 has status and no color.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from transforms.control_characters import CONTROL, REASON
from transforms.dashboard.columns import Mask, TextColumn, blank_column, text_column
from transforms.dashboard.contradictions import contradictions, summary_of
from transforms.dashboard.file_rows import Contradiction, rows_of_leas
from transforms.dashboard.redundancy import Redundancy
from transforms.raw.table import Report

# Column of the file -> published column.
TEXTS = {
    "cds": "cds",
    "studentgroup": "student_group",
    "rtype": "record_type",
    "schoolname": "school_name",
    "districtname": "district_name",
    "countyname": "county_name",
    "charter_flag": "charter_flag",
    "coe_flag": "county_office_flag",
    "dass_flag": "dass_flag",
    "type": "school_type",
    "smalldenom": "small_denominator",
    "currnsizemet": "current_size_met",
    "priornsizemet": "prior_size_met",
    "nsizegroup": "size_group",
    "accountabilitymet": "accountability_met",
    "flag95pct": "under_95_percent_tested",
    "certifyflag": "certify_flag",
    "dataerrorflag": "data_error_flag",
}
NUMBERS = {
    "currnumer": ("current_numerator", pa.float64()),
    "currdenom": ("current_denominator", pa.float64()),
    "currstatus": ("current_status", pa.float64()),
    "priornumer": ("prior_numerator", pa.float64()),
    "priordenom": ("prior_denominator", pa.float64()),
    "priorstatus": ("prior_status", pa.float64()),
    "change": ("change", pa.float64()),
    "statuslevel": ("status_level", pa.int8()),
    "changelevel": ("change_level", pa.int8()),
    "color": ("color", pa.int8()),
    "box": ("box", pa.int16()),
}
# Columns that are not published; they show whether others can be true. A file that lacks one has no such entry.
CROSS_CHECK_COLUMNS = (
    "hscutpoints",
    "pairshare_method",
    "priorcertifyflag",
    "flag50pct",
    "numprloss",
    "denom_withoutprloss",
    "prepared",
)
# All other texts are codes, in capitals.
VERBATIM = ("cds", "schoolname", "districtname", "countyname", "type", "nsizegroup")
COUNTS = ("currnumer", "currdenom", "priornumer", "priordenom")
MOST_STUDENTS = 99_999_999  # counts of tests and of several years too
LARGEST_STATUS = 1_000_000  # of a status or a change
LEVELS = {"statuslevel": "status level is 0 to 5", "changelevel": "change level is 0 to 5"}
NEW_GROUP = "group"  # kind of rejects that are not faults of a file
GROUP_CODE = "^[A-Z]{2,6}$"
COLOR = "color is 0 (none), 1 red, 2 orange, 3 yellow, 4 green or 5 blue"


@dataclass(frozen=True)
class Fault:
    """One row and one reason why it is rejected."""

    line: int
    column: str
    value: str
    reason: str
    cds: str | None
    record_type: str | None
    student_group: str | None


def read_columns(table: pa.Table, report: Report, groups: Mapping[str, str]) -> dict[str, TextColumn]:
    """Return the columns that are typed or checked. ``groups``: every known student group code -> our code."""
    rows = len(table)

    def column(name: str) -> TextColumn:
        if name not in table.column_names or table.column(name).null_count == rows:
            return blank_column(rows)
        aliases = {code: ours for code, ours in groups.items() if code != ours} if name == "studentgroup" else None
        code = name not in VERBATIM and (name in TEXTS or name in CROSS_CHECK_COLUMNS or name == "indicator")
        return text_column(table.column(name), upper=code, lower=name == "reportingyear", aliases=aliases)

    absent = set(report.get("missing_columns", ()))
    witnesses = [name for name in CROSS_CHECK_COLUMNS if name in table.column_names and name not in absent]
    found = {name: column(name) for name in (*TEXTS, *NUMBERS, "reportingyear", "indicator", *witnesses)}
    if report["indicator"] == "elpi" and report["dashboard_year"] < 2024:
        found["studentgroup"] = TextColumn(pa.array(["EL"]), np.zeros(rows, np.int32))
    return found


def _checks(columns: dict[str, TextColumn], report: Report, groups: set[str]) -> list[tuple[str, pa.Array, bool, str]]:
    """Return column, its texts that break the contract, whether a blank breaks it, and the reason."""

    def other_than(name: str, allowed: set[str]) -> pa.Array:
        return pc.invert(pc.is_in(columns[name].texts, pa.array(sorted(allowed), pa.string())))

    def no_number(name: str, low: float, high: float) -> pa.Array:
        numbers = columns[name].numbers
        return pc.invert(pc.fill_null(pc.and_(pc.greater_equal(numbers, low), pc.less_equal(numbers, high)), False))

    def no_level(name: str) -> pa.Array:
        return pc.invert(pc.fill_null(pc.is_in(columns[name].numbers, pa.array([0.0, 1, 2, 3, 4, 5])), False))

    year = "2017f" if report["dashboard_year"] == 2017 else str(report["dashboard_year"])
    own = commonest(columns["indicator"])
    no_code = pc.invert(pc.match_substring_regex(columns["cds"].texts, "^[0-9]{14}$"))
    return [
        ("cds", no_code, True, "a CDS code has 14 digits; leading zeros are lost when a spreadsheet saves the file"),
        ("rtype", other_than("rtype", {"S", "D", "X"}), True, "record type is S, D or X"),
        ("studentgroup", other_than("studentgroup", groups), True, "student group is not a known code"),
        (
            "reportingyear",
            other_than("reportingyear", {year}),
            True,
            "the row is for a different Dashboard than the file name",
        ),
        (
            "indicator",
            other_than("indicator", {own}),
            False,
            f"the row is for a different indicator than the other rows, {own}",
        ),
        *((name, no_level(name), False, reason) for name, reason in {**LEVELS, "color": COLOR}.items()),
        *(
            (name, no_number(name, 0, MOST_STUDENTS), False, "a number of students is a whole number below 100 million")
            for name in COUNTS
        ),
        *(
            (name, no_number(name, -LARGEST_STATUS, LARGEST_STATUS), False, f"{label} is a number, below a million")
            for name, label in (("currstatus", "status"), ("priorstatus", "status"), ("change", "change"))
        ),
        ("box", no_number("box", -32_768, 32_767), False, "box is a number"),
        ("currnsizemet", other_than("currnsizemet", {"Y", "N"}), False, "the size flag is Y, N or blank"),
        *((name, pc.match_substring_regex(columns[name].texts, CONTROL), False, REASON) for name in TEXTS),
    ]


def commonest(column: TextColumn) -> str:
    """Return the most frequent text; empty if no row has one."""
    known = column.codes[column.codes >= 0]
    return str(column.texts[int(np.bincount(known).argmax())]) if len(known) else ""


@dataclass(frozen=True)
class JudgedRows:
    """The rejected rows, their reasons, and the number of rejected district and county office rows per test."""

    bad: Mask
    faults: list[Fault]
    counts: list[dict[str, Any]]
    unknown_groups: dict[str, int]  # unknown student groups -> their rows


def unknown_groups(columns: Mapping[str, TextColumn], groups: Mapping[str, str]) -> list[str]:
    """Return unknown codes that the state has a row of, in addition to known ones: CDE reports another student group.

    Any other unknown code is a fault.
    """
    column = columns["studentgroup"]
    of_state = set(column.codes[columns["rtype"].rows_of(pc.equal(columns["rtype"].texts, "X"))].tolist())
    of_state = {column.texts[code].as_py() for code in of_state if code >= 0}
    unknown = of_state - set(groups.values())
    return sorted(c for c in unknown if re.match(GROUP_CODE, c)) if unknown != of_state else []


def judge(
    columns: dict[str, TextColumn],
    lines: npt.NDArray[np.int64],
    report: Report,
    groups: Mapping[str, str],
    redundancy: Redundancy,
) -> JudgedRows:
    """Test every row against the contract, and the remaining rows against themselves."""
    new = unknown_groups(columns, groups)
    found = list(_contract(columns, report, groups, new))
    bad = np.zeros(len(lines), bool)
    for broken in found:
        bad |= broken.rows
    of_lea = rows_of_leas(columns)
    faults: list[Fault] = []
    counts: list[dict[str, Any]] = []
    for c in [*found, *contradictions(columns, report, redundancy, bad)]:
        bad |= c.rows
        if c.kind != NEW_GROUP and (c.rows & of_lea).any():
            counts.append(summary_of(c, of_lea, lines))
        for row in map(int, np.flatnonzero(c.rows)):
            where = (columns[n].at(row) for n in ("cds", "rtype", "studentgroup"))
            faults.append(Fault(int(lines[row]), c.column, columns[c.column].at(row) or "", c.explain(row), *where))
    served = columns["studentgroup"]
    sizes = {code: int(served.rows_of(pc.equal(served.texts, code)).sum()) for code in new}
    return JudgedRows(bad, faults, counts, sizes)


def _contract(
    columns: dict[str, TextColumn], report: Report, groups: Mapping[str, str], new: list[str]
) -> Iterator[Contradiction]:
    """Yield rows that break the contract of their file, and rows of student groups that are ``new``."""
    keys = _keys(columns)
    every = np.ones(len(keys), bool)

    def broken(kind: str, name: str, rows: Mask, reason: str) -> Contradiction:
        return Contradiction(kind, name, every, rows, lambda _: reason)

    for name, texts, blank, reason in _checks(columns, report, {*groups.values(), *new}):
        if columns[name].any_marked(texts, blank):
            yield broken("contract", name, columns[name].rows_of(texts, blank), reason)
    times = _times(keys)
    if times is not None:

        def explain(row: int) -> str:
            return f"this LEA or school and student group appears {times[row]} times in the file"

        yield Contradiction("contract", "cds", every, times > 1, explain)
    if new:
        of_new = columns["studentgroup"].rows_of(pc.is_in(columns["studentgroup"].texts, pa.array(new)))
        yield broken(NEW_GROUP, "studentgroup", of_new, "CDE reports a student group that is not known")


def _keys(columns: dict[str, TextColumn]) -> npt.NDArray[np.int64]:
    """Return one number per row that sorts as CDS code and student group do."""
    return columns["cds"].codes.astype(np.int64) * 1_000_000 + columns["studentgroup"].codes


def _times(keys: npt.NDArray[np.int64]) -> npt.NDArray[np.int64] | None:
    """Return how often the key of each row is in the file; None if every key is unique."""
    if len(keys) < 2 or bool((np.diff(keys) > 0).all()):  # sorted, as CDE's files mostly are
        return None
    _, inverse, counts = np.unique(keys, return_inverse=True, return_counts=True)
    return None if counts.max() == 1 else counts[inverse]


def in_order(columns: dict[str, TextColumn], bad: Mask) -> npt.NDArray[np.intp]:
    """Return the rows to keep, by CDS code and student group."""
    rows = np.flatnonzero(~bad)
    keys = _keys(columns)[rows]
    return rows if bool((np.diff(keys) > 0).all()) else rows[np.argsort(keys, kind="stable")]


def typed(
    columns: dict[str, TextColumn],
    lines: npt.NDArray[np.int64],
    rows: npt.NDArray[np.intp],
    report: Report,
    schema: pa.Schema,
) -> pa.Table:
    """Return the rows as they are published, with coded texts.

    ``schema``: the published types, in the order of columns.
    """
    found: dict[str, pa.Array] = {published: columns[name].as_text(rows) for name, published in TEXTS.items()}
    found |= {published: columns[name].as_number(rows, kind) for name, (published, kind) in NUMBERS.items()}
    found["dashboard_year"] = pa.array(np.full(len(rows), report["dashboard_year"], np.int16))
    found["source_line"] = pa.array(lines[rows].astype(np.int32))
    found |= {name: _same(report[name], len(rows)) for name in ("indicator", "source_id")}
    fields = [f.with_type(found[f.name].type) for f in schema]
    return pa.table([found[f.name] for f in schema], schema=pa.schema(fields))


def entities(columns: dict[str, TextColumn], rows: npt.NDArray[np.intp], report: Report) -> pa.Table:
    """Return the file's schools and LEAs with names and flags: one row for every change from one line to the next."""
    names = ("cds", "rtype", "charter_flag", "schoolname", "districtname")
    if len(rows):
        changes = np.logical_or.reduce([np.diff(columns[n].codes[rows], prepend=-2) != 0 for n in names])
        rows = rows[changes]
    found = {TEXTS[n]: columns[n].as_text(rows).cast(pa.string()) for n in names}
    place = {
        "source_id": pa.array([report["source_id"]] * len(rows), pa.string()),
        "dashboard_year": np.full(len(rows), report["dashboard_year"], np.int16),
    }
    return pa.table({**found, **place})


def _same(text: str, rows: int) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(np.zeros(rows, np.int32), pa.array([text], pa.string()))
