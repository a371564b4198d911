"""Decisive cells that their own row contradicts: such a row is rejected, and a file with many of them is not used.

Every test reads what a row says twice: a color follows from the levels, a level from the status, a status from two
numbers of students. A test of which no real file of the year was seen is presumed: where many rows of a file contradict
it, the test is wrong, not the file. So are all tests of numbers on a scale of which no file was seen.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow.compute as pc

from transforms.dashboard.columns import Mask, TextColumn
from transforms.dashboard.file_rows import NO_SCHOOL, FileRows, Numbers
from transforms.dashboard.redundancy import Redundancy
from transforms.raw.table import Report

SHOWN_FROM = 11  # students
COUNTY_OFFICE = "10"  # third and fourth digit of the code; some files leave the flag blank
SEEN_YEARS = (2017, 2018, 2022, 2023, 2024)  # of which real files were tested
ALWAYS_HOLD = (
    "county",
    "office",
    "school",
    "grid",
    "box",
    "color_size",
    "rate",
    "numerator",
    "change",
    "of_all",
)  # rows of every year were tested
CLEAR_ROWS, CLEAR_SHARE = 5, 0.9  # a cell that no file has shown follows this majority of the file's own rows
# More contradicted rows of districts and county offices than both: the file is not used.
MANY_ROWS, MANY_SHARE = 5, 0.02
HALF_A_TENTH, A_TENTH = 0.0501, 0.1001  # rounding, with room for what floating point adds
FIRST_LINES = 5


@dataclass(frozen=True)
class Contradiction:
    """One test over all rows of a file. ``say`` gives the reason of one row."""

    kind: str
    column: str
    tested: Mask
    rows: Mask
    say: Callable[[int], str]
    firm: bool = True


def contradictions(
    columns: Mapping[str, TextColumn], report: Report, redundancy: Redundancy, bad: Mask
) -> list[Contradiction]:
    """Every test that the columns of a file allow, without presumed ones that many of its rows contradict.

    ``bad`` rows are not tested.
    """
    rows = FileRows(columns, report, redundancy, ~bad)
    with np.errstate(invalid="ignore", divide="ignore"):
        found = [c for test in TESTS for c in test(rows)]
    return [c for c in found if c.firm or not is_many(*_counts(c, rows.of_lea))]


def is_many(tested: int, contradicted: int) -> bool:
    """True if so many rows cannot be oddities."""
    return contradicted > max(MANY_ROWS, MANY_SHARE * tested)


def count_of(
    kind: str, column: str, tested: Mask, rows: Mask, reason: str, lines: npt.NDArray[np.int64]
) -> dict[str, Any]:
    """How many rows were tested, how many are rejected, and the first of them, with its reason."""
    first = [int(lines[r]) for r in np.flatnonzero(rows)[:FIRST_LINES]]
    counted = {"tested": int(np.count_nonzero(tested)), "rejected": int(np.count_nonzero(rows))}
    return {"kind": kind, "column": column, **counted, "lines": first, "reason": reason}


def _counts(c: Contradiction, of_lea: Mask) -> tuple[int, int]:
    return int(np.count_nonzero(c.tested & of_lea)), int(np.count_nonzero(c.rows & of_lea))


def _made(
    rows: FileRows,
    kind: str,
    column: str,
    tested: Mask,
    differs: Mask,
    say: Callable[[int], str],
    firm: bool | None = None,
) -> Contradiction:
    tested = tested & rows.testable(kind)
    known = rows.year in SEEN_YEARS or (kind in ALWAYS_HOLD and rows.scale_is_seen)
    return Contradiction(kind, column, tested, tested & differs, say, known if firm is None else firm)


def _record_type_against_code(rows: FileRows) -> list[Contradiction]:
    """Only districts and county offices have codes without a school, and the state has zeros alone."""
    codes = rows.columns["cds"]
    state = codes.rows_of(pc.equal(codes.texts, NO_SCHOOL * 2), False)
    no_school = codes.rows_of(pc.ends_with(codes.texts, NO_SCHOOL), False)
    due = np.where(state, "X", np.where(no_school, "D", "S"))
    wrong = ~np.where(
        state, rows.equals("rtype", "X"), np.where(no_school, rows.equals("rtype", "D"), rows.equals("rtype", "S"))
    )
    return [
        _made(
            rows,
            "record_type",
            "rtype",
            np.ones(len(wrong), bool),
            wrong,
            lambda r: f"a row with such a code is of record type {due[r]}",
            True,
        )
    ]


def _name_against_code(rows: FileRows) -> list[Contradiction]:
    """An LEA has one name in a file, and no other LEA of its county has it: a row moved to another code keeps the old
    name.

    Another spelling that no other code has is no contradiction.
    """
    if not rows.has("districtname"):
        return []
    codes, names = rows.columns["cds"], rows.columns["districtname"]
    of_lea = pc.and_(pc.ends_with(codes.texts, NO_SCHOOL), pc.invert(pc.equal(codes.texts, NO_SCHOOL * 2)))
    tested = codes.rows_of(of_lea, False) & rows.given("districtname") & rows.usable
    at = np.flatnonzero(tested)
    pairs, place, counts = np.unique(
        codes.codes[at].astype(np.int64) * len(names.texts) + names.codes[at], return_inverse=True, return_counts=True
    )
    code, name = np.divmod(pairs, len(names.texts))
    _, county = np.unique(np.array([t[:2] for t in codes.texts.to_pylist()])[code], return_inverse=True)
    shared = np.bincount(name, minlength=len(names.texts))[name] > 1
    wrong = np.zeros(len(tested), bool)
    wrong[at] = (shared & (_outnumbered(code, counts) | _outnumbered(county * len(names.texts) + name, counts)))[place]
    return [
        _made(
            rows,
            "name",
            "districtname",
            tested,
            wrong,
            lambda r: f"the file gives this name to another code than {codes.at(r)}",
            True,
        )
    ]


def _place_against_code(rows: FileRows) -> list[Contradiction]:
    """The county is the one of the code's first two digits, only a county office or its school has the flag of one, and
    only a school has a school's name: so in every row of every real file.
    """
    codes = rows.columns["cds"]
    of_code = [rows.redundancy.counties.get(t[:2], "") for t in codes.texts.to_pylist()]
    found = []
    if rows.has("countyname"):
        names = rows.columns["countyname"]
        folded = np.array([*(" ".join(t.lower().split()) for t in names.texts.to_pylist()), ""])
        due = np.array([*(c.lower() for c in of_code), ""])[codes.codes]
        found.append(
            _made(
                rows,
                "county",
                "countyname",
                rows.given("countyname") & (due != ""),
                folded[names.codes] != due,
                lambda r: f"the code is of {of_code[codes.codes[r]]} County",
            )
        )
    if rows.has("coe_flag"):
        offices = np.array([t[2:4] == COUNTY_OFFICE for t in codes.texts.to_pylist()], bool)
        found.append(
            _made(
                rows,
                "office",
                "coe_flag",
                rows.equals("coe_flag", "Y"),
                ~codes.rows_of(offices, False),
                lambda r: f"the flag says county office, and the code {codes.at(r)} is of a district",
            )
        )
    if rows.has("schoolname"):
        no_school = codes.rows_of(pc.ends_with(codes.texts, NO_SCHOOL), False)
        found.append(
            _made(
                rows,
                "school",
                "schoolname",
                no_school,
                rows.given("schoolname"),
                lambda _: "the row names a school, and its code is of none",
            )
        )
    return found


def _outnumbered(keys: npt.NDArray[np.int64], counts: npt.NDArray[np.int64]) -> Mask:
    """Pairs that share their key with another of as many rows or more."""
    _, place = np.unique(keys, return_inverse=True)
    most = np.zeros(len(keys), np.int64)
    np.maximum.at(most, place, counts)
    at_most = np.bincount(place, weights=counts == most[place], minlength=len(keys))
    outnumbered: Mask = (counts < most[place]) | (at_most[place] > 1)
    return outnumbered


def _color_against_levels(rows: FileRows) -> list[Contradiction]:
    """The color by the grid, and the box; graduation of small groups has three change levels."""
    if not rows.has("color", "statuslevel", "changelevel"):
        return []
    color, status, change = (rows.level(n) for n in ("color", "statuslevel", "changelevel"))
    moved = np.where(rows.is_small, change.clip(2, 4), change) if rows.indicator == "grad" else change
    whole = (color > 0) & (status > 0) & (change > 0) & rows.counted
    found = []
    if rows.indicator in rows.redundancy.grids:
        expected = _expected_colors(rows, color, status, change, whole)
        found.append(
            _made(
                rows, "grid", "color", whole & (expected > 0), color != expected,
                lambda r: (
                    f"the color does not follow from status level {status[r]} and change level {change[r]}, which give"
                    f" {expected[r]}"
                ),
            )
        )  # fmt: skip
    if rows.has("box"):
        box = rows.number("box")
        due = np.where(color > 0, (5 - status.astype(np.int16)) * 50 + moved * 10, 0)
        found.append(
            _made(
                rows, "box", "box", rows.given("box") & rows.counted & (whole | (color == 0)), box != due,
                lambda r: (
                    f"the box does not follow from color {color[r]}, status level {status[r]} and change level"
                    f" {change[r]}, which give {due[r]}"
                ),
            )
        )  # fmt: skip
    return found


def _expected_colors(
    rows: FileRows, color: npt.NDArray[np.int8], status: npt.NDArray[np.int8], change: npt.NDArray[np.int8], whole: Mask
) -> npt.NDArray[np.int8]:
    """The color of each row's cell; of a cell that no file has shown, the file's own clear majority, and 0 where it has
    none.
    """
    grid = rows.redundancy.grids[rows.indicator].reshape(-1).copy()
    cells = rows.is_small * 36 + status * 6 + change.astype(np.int64)
    unknown = whole & rows.usable & (grid[cells] == 0)
    if unknown.any():
        tally = np.bincount(cells[unknown] * 6 + color[unknown], minlength=72 * 6).reshape(72, 6)
        total, most = tally.sum(axis=1), tally.max(axis=1)
        clear = (total >= CLEAR_ROWS) & (most >= CLEAR_SHARE * total)
        grid[clear] = tally.argmax(axis=1)[clear]
    expected: npt.NDArray[np.int8] = grid[cells]
    return expected


def _color_against_sizes(rows: FileRows) -> list[Contradiction]:
    """A group has a color exactly where enough students were counted in both years; flags agree with numbers."""
    found = []
    enough: list[Mask] = []
    for flag, size in (("currnsizemet", "currdenom"), ("priornsizemet", "priordenom")):
        by_number = rows.number(size) >= rows.minimum if rows.has(size) else None
        by_flag = rows.equals(flag, "Y") if rows.has(flag) else None
        if by_flag is not None and by_number is not None:
            found.append(_flag_against_number(rows, flag, size, by_flag, by_number))
        either = by_flag if by_flag is not None else by_number
        if either is not None:
            enough.append(either)
    if not rows.has("color"):
        return found
    color = rows.level("color")
    # That year's flag is of both years.
    if len(enough) == 2 or (rows.year == 2017 and rows.indicator == "elpi" and enough):
        both = np.logical_and.reduce(enough)
        # Some schools were not compared.
        moved = rows.given("change") | rows.of_lea if rows.has("change") else np.zeros(len(both), bool)
        found.append(
            _made(
                rows, "color_size", "color", rows.counted & (moved | (color > 0)), (color > 0) != both,
                lambda r: (
                    "too few students were counted for a color"
                    if color[r]
                    else "enough students were counted for a color, and there is none"
                ),
            )
        )  # fmt: skip
    if rows.has("accountabilitymet"):
        met = rows.equals("accountabilitymet", "Y")
        found.append(
            _made(
                rows, "color_flag", "color", rows.counted, (color > 0) != met,
                lambda r: (
                    f"the flag accountabilitymet is {rows.text('accountabilitymet', r)},"
                    f" which {'asks for a' if met[r] else 'rules out every'} color"
                ),
            )
        )  # fmt: skip
    return found


def _flag_against_number(rows: FileRows, flag: str, size: str, by_flag: Mask, by_number: Mask) -> Contradiction:
    return _made(
        rows, "size_flag", flag, rows.counted, by_flag != by_number,
        lambda r: (
            f"the size flag does not agree with {rows.text(size, r)} students in {size},"
            f" where {rows.minimum[r]} are needed"
        ),
    )  # fmt: skip


def _levels_against_gaps(rows: FileRows) -> list[Contradiction]:
    """A level needs a status and students; a color needs both levels; a status has a level, and is shown from eleven
    students on.
    """
    if not rows.has("statuslevel", "currstatus", "currdenom"):
        return []
    status = rows.level("statuslevel")
    color = rows.level("color") if rows.has("color") else np.zeros(len(status), np.int8)
    shown, students = rows.given("currstatus"), rows.number("currdenom")
    all_rows = np.ones(len(status), bool)
    no_students = ((status > 0) | (color > 0)) & ~rows.given("currdenom")
    found = [
        _made(
            rows, "levels", "currdenom", all_rows, no_students,
            lambda r: f"status level {status[r]} is given without a number of students",
        ),
        _made(
            rows, "levels", "statuslevel", all_rows, (status > 0) != shown,
            lambda r: "a status is given without its level" if shown[r] else "a status level is given without a status",
        ),
        _made(
            rows, "shown", "currdenom", rows.given("currdenom"), shown != (students >= SHOWN_FROM),
            lambda r: (
                f"a status is shown for {SHOWN_FROM} or more students,"
                f" and {'is' if shown[r] else 'is not'} shown for this number"
            ),
        ),
    ]  # fmt: skip
    if rows.has("color", "changelevel"):
        change = rows.level("changelevel")
        lacks = (color > 0) & ((status == 0) | (change == 0))
        found.append(
            _made(
                rows,
                "levels",
                "color",
                rows.counted,
                lacks,
                lambda r: f"a color is given with status level {status[r]} and change level {change[r]}",
            )
        )
    return found


def _status_against_numbers(rows: FileRows) -> list[Contradiction]:
    """A rate is numerator by denominator, a change the difference of two statuses, and students tested and not tested
    are all students.
    """
    found = []
    for numerator in ("currnumer", "prepared"):
        if not rows.has(numerator, "currdenom", "currstatus"):
            continue
        part, whole, rate = rows.number(numerator), rows.number("currdenom"), rows.number("currstatus")
        given = np.isfinite(part) & (whole > 0)
        off = np.abs(np.minimum(100 * part / whole, 100) - rate) > HALF_A_TENTH
        found.append(
            _made(
                rows, "rate", "currstatus", given & np.isfinite(rate), off,
                lambda r, p=part, w=whole: (  # type: ignore[misc]
                    f"the status is not {p[r]:g} of {w[r]:g} students, which is {100 * p[r] / w[r]:.1f}"
                ),
            )
        )  # fmt: skip
        found.append(
            _made(
                rows,
                "numerator",
                numerator,
                given,
                part > whole,
                lambda r, w=whole: f"more students are counted than the {w[r]:g} there are",  # type: ignore[misc]
            )
        )
    if rows.has("change", "currstatus", "priorstatus") and not rows.scale_begins:
        now, before, change = rows.number("currstatus"), rows.number("priorstatus"), rows.number("change")
        given = np.isfinite(now) & np.isfinite(before) & np.isfinite(change)
        off = np.abs(now - before - change) > A_TENTH
        found.append(
            _made(
                rows,
                "change",
                "change",
                given,
                off,
                lambda r: f"status {now[r]:g} after {before[r]:g} is a change of {now[r] - before[r]:.1f}",
            )
        )
    if rows.has("currdenom", "denom_withoutprloss"):
        whole, tested = rows.number("currdenom"), rows.number("denom_withoutprloss")
        added = np.nan_to_num(rows.number("numprloss")) if rows.has("numprloss") else np.zeros(len(whole))
        given = np.isfinite(whole) & np.isfinite(tested)
        found.append(
            _made(
                rows, "parts", "currdenom", given, whole != tested + added,
                lambda r: (
                    f"the number of students is not {tested[r]:g} tested and {added[r]:g} added for a low rate of"
                    " participation"
                ),
            )
        )  # fmt: skip
    return found


def _group_against_all(rows: FileRows) -> list[Contradiction]:
    """No student group is larger than all students of its LEA or school: a row moved to a smaller one often is.

    In no row of the real files is it, neither now nor in the year before. A file without a row for all students
    (ELPI) tests nothing.
    """
    codes = rows.columns["cds"]
    everyone = rows.equals("studentgroup", "ALL")
    found = []
    for name in ("currdenom", "priordenom"):
        if not rows.has(name):
            continue
        number = rows.number(name)
        of_code = np.full(len(codes.texts) + 1, np.nan)
        of_code[codes.codes[everyone & rows.usable]] = number[everyone & rows.usable]
        whole = of_code[codes.codes]
        tested = ~everyone & np.isfinite(number) & np.isfinite(whole)

        def say(r: int, number: Numbers = number, whole: Numbers = whole) -> str:
            return f"the group has {number[r]:g} students here, and all students together are {whole[r]:g}"

        found.append(_made(rows, "of_all", name, tested, number > whole, say))
    return found


def _level_against_status(rows: FileRows) -> list[Contradiction]:
    """The status level by the cut scores of the row's class."""
    cuts, seen = rows.redundancy.cuts_of(rows.indicator, rows.year)
    classes = _classes(rows)
    if not cuts or classes is None or not rows.has("statuslevel", "currstatus"):
        return []
    status, level = rows.number("currstatus"), rows.level("statuslevel")
    due = np.zeros(len(status), np.int8)
    for name, members in classes.items():
        if name in cuts:
            bounds = cuts[name].bounds
            falling = bounds[0] > bounds[-1]
            reached = np.searchsorted(
                -bounds if falling else bounds, -status[members] if falling else status[members], side="right"
            )
            due[members] = reached + 1
    tested = (due > 0) & (level > 0) & np.isfinite(status)
    return [
        _made(
            rows, "cuts", "statuslevel", tested, level != due,
            lambda r: f"status {rows.text('currstatus', r)} has level {due[r]} by the cut scores", seen,
        )
    ]  # fmt: skip


def _classes(rows: FileRows) -> dict[str, Mask] | None:
    """Which rows have which cut scores; None where the file lacks the column that says so."""
    everyone = np.ones(len(rows.usable), bool)
    if rows.indicator in ("ela", "math"):
        if "hscutpoints" not in rows.columns:
            return None
        high = rows.equals("hscutpoints", "Y")
        return {"high school": high, "": ~high}
    if rows.indicator == "susp":
        return {name: rows.equals("type", name) for name in rows.columns["type"].texts.to_pylist()}
    # Alternative schools, and county offices, which run them, have cut scores of their own.
    if rows.indicator == "grad" and rows.year >= 2018:
        offices = np.array([c[2:4] == COUNTY_OFFICE for c in rows.columns["cds"].texts.to_pylist()], bool)
        other = rows.equals("dass_flag", "Y") | rows.equals("coe_flag", "Y")
        return {"DASS": other, "": ~other & ~rows.columns["cds"].rows_of(offices, False)}
    return {"": everyone}


TESTS = (
    _record_type_against_code,
    _name_against_code,
    _place_against_code,
    _color_against_levels,
    _color_against_sizes,
    _levels_against_gaps,
    _status_against_numbers,
    _level_against_status,
    _group_against_all,
)
