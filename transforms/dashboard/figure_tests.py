"""Tests of a Dashboard row's figures: color against levels, level against status, status against student numbers."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from transforms.dashboard.columns import Mask
from transforms.dashboard.file_rows import Contradiction, FileRows, Numbers

Levels = npt.NDArray[np.int8]
MIN_STUDENTS = 11  # students
CLEAR_ROWS, CLEAR_SHARE = 5, 0.9  # a cell that no file has shown follows this majority of the file's own rows
HALF_A_TENTH, A_TENTH = 0.0501, 0.1001  # rounding, with room for floating-point error


def color_of_levels(rows: FileRows) -> Iterator[Contradiction]:
    """The color matches the grid and the box; graduation of small groups has three change levels."""
    if not rows.has("color", "statuslevel", "changelevel"):
        return
    color, status, change = (rows.level(n) for n in ("color", "statuslevel", "changelevel"))
    moved = np.where(rows.is_small, change.clip(2, 4), change) if rows.indicator == "grad" else change
    whole = (color > 0) & (status > 0) & (change > 0) & rows.counted
    if rows.indicator in rows.redundancy.grids:
        expected = _expected_colors(rows, color, status, change, whole)

        def by_grid(r: int) -> str:
            levels = f"status level {status[r]} and change level {change[r]}"
            return f"the color does not follow from {levels}, which give {expected[r]}"

        yield Contradiction("grid", "color", whole & (expected > 0), color != expected, by_grid)
    if rows.has("box"):
        due = np.where(color > 0, (5 - status.astype(np.int16)) * 50 + moved * 10, 0)
        tested = rows.given("box") & rows.counted & (whole | (color == 0))

        def by_box(r: int) -> str:
            levels = f"color {color[r]}, status level {status[r]} and change level {change[r]}"
            return f"the box does not follow from {levels}, which give {due[r]}"

        yield Contradiction("box", "box", tested, rows.number("box") != due, by_box)


def _expected_colors(rows: FileRows, color: Levels, status: Levels, change: Levels, whole: Mask) -> Levels:
    """Return the color of each row's cell.

    A cell that no file has shown has the file's own clear majority, or 0 if there is none.
    """
    grid = rows.redundancy.grids[rows.indicator].reshape(-1).copy()
    cells = rows.is_small * 36 + status * 6 + change.astype(np.int64)
    unknown = whole & rows.usable & (grid[cells] == 0)
    if unknown.any():
        tally = np.bincount(cells[unknown] * 6 + color[unknown], minlength=72 * 6).reshape(72, 6)
        total, most = tally.sum(axis=1), tally.max(axis=1)
        clear = (total >= CLEAR_ROWS) & (most >= CLEAR_SHARE * total)
        grid[clear] = tally.argmax(axis=1)[clear]
    expected: Levels = grid[cells]
    return expected


def color_of_sizes(rows: FileRows) -> Iterator[Contradiction]:
    """A group has a color exactly if enough students were counted in both years; flags agree with numbers."""
    enough: list[Mask] = []
    for flag, size in (("currnsizemet", "currdenom"), ("priornsizemet", "priordenom")):
        by_number = rows.number(size) >= rows.minimum if rows.has(size) else None
        by_flag = rows.equals(flag, "Y") if rows.has(flag) else None
        if by_flag is not None and by_number is not None:

            def by_size(r: int, size: str = size) -> str:
                counted = f"{rows.text(size, r)} students in {size}, but {rows.minimum[r]} are needed"
                return f"the size flag does not agree with {counted}"

            yield Contradiction("size_flag", flag, rows.counted, by_flag != by_number, by_size)
        enough += [mask for mask in (by_flag, by_number) if mask is not None][:1]
    if not rows.has("color"):
        return
    color = rows.level("color")
    # In 2017 ELPI has one flag, for both years.
    if len(enough) == 2 or (rows.year == 2017 and rows.indicator == "elpi" and enough):
        both = np.logical_and.reduce(enough)
        # Some schools were not compared.
        moved = rows.given("change") | rows.of_lea if rows.has("change") else np.zeros(len(both), bool)

        def by_sizes(r: int) -> str:
            few, many = "too few students were counted for a color", "enough students were counted for a color"
            return few if color[r] else f"{many}, but there is none"

        yield Contradiction("color_size", "color", rows.counted & (moved | (color > 0)), (color > 0) != both, by_sizes)
    if rows.has("accountabilitymet"):
        met = rows.equals("accountabilitymet", "Y")

        def by_flag_of_all(r: int) -> str:
            means = "asks for a" if met[r] else "rules out every"
            return f"the flag accountabilitymet is {rows.text('accountabilitymet', r)}, which {means} color"

        yield Contradiction("color_flag", "color", rows.counted, (color > 0) != met, by_flag_of_all)


def gaps_of_levels(rows: FileRows) -> Iterator[Contradiction]:
    """A level needs a status and students, and a color needs both levels.

    A status has a level, and is shown for eleven or more students.
    """
    if not rows.has("statuslevel", "currstatus", "currdenom"):
        return
    status = rows.level("statuslevel")
    color = rows.level("color") if rows.has("color") else np.zeros(len(status), np.int8)
    shown, counted = rows.given("currstatus"), rows.given("currdenom")
    every = np.ones(len(status), bool)

    def by_students(r: int) -> str:
        return f"status level {status[r]} is given without a number of students"

    yield Contradiction("levels", "currdenom", every, ((status > 0) | (color > 0)) & ~counted, by_students)

    def by_status(r: int) -> str:
        return "a status is given without its level" if shown[r] else "a status level is given without a status"

    yield Contradiction("levels", "statuslevel", every, (status > 0) != shown, by_status)

    def by_size(r: int) -> str:
        is_shown = "is" if shown[r] else "is not"
        return f"a status is shown for {MIN_STUDENTS} or more students, but {is_shown} shown for this number"

    yield Contradiction("shown", "currdenom", counted, shown != (rows.number("currdenom") >= MIN_STUDENTS), by_size)
    if rows.has("color", "changelevel"):
        change = rows.level("changelevel")
        lacks = (color > 0) & ((status == 0) | (change == 0))

        def by_levels(r: int) -> str:
            return f"a color is given with status level {status[r]} and change level {change[r]}"

        yield Contradiction("levels", "color", rows.counted, lacks, by_levels)


def rate_of_numbers(rows: FileRows) -> Iterator[Contradiction]:
    """A rate is the numerator divided by the denominator."""
    for numerator in ("currnumer", "prepared"):
        if not rows.has(numerator, "currdenom", "currstatus"):
            continue
        part, whole, rate = rows.number(numerator), rows.number("currdenom"), rows.number("currstatus")
        given = np.isfinite(part) & (whole > 0)
        off = np.abs(np.minimum(100 * part / whole, 100) - rate) > HALF_A_TENTH

        def by_numbers(r: int, part: Numbers = part, whole: Numbers = whole) -> str:
            of_all = f"{part[r]:g} of {whole[r]:g} students"
            return f"the status is not {of_all}, which is {100 * part[r] / whole[r]:.1f}"

        yield Contradiction("rate", "currstatus", given & np.isfinite(rate), off, by_numbers)

        def by_whole(r: int, whole: Numbers = whole) -> str:
            return f"more students are counted than the total of {whole[r]:g}"

        yield Contradiction("numerator", numerator, given, part > whole, by_whole)


def change_of_statuses(rows: FileRows) -> Iterator[Contradiction]:
    """A change is the difference between two statuses, if both are on one scale."""
    if not rows.has("change", "currstatus", "priorstatus") or rows.scale_begins:
        return
    now, before, change = rows.number("currstatus"), rows.number("priorstatus"), rows.number("change")
    given = np.isfinite(now) & np.isfinite(before) & np.isfinite(change)

    def explain(r: int) -> str:
        return f"status {now[r]:g} after {before[r]:g} is a change of {now[r] - before[r]:.1f}"

    yield Contradiction("change", "change", given, np.abs(now - before - change) > A_TENTH, explain)


def sum_of_parts(rows: FileRows) -> Iterator[Contradiction]:
    """Students tested, plus those added for a low participation rate, are all students."""
    if not rows.has("currdenom", "denom_withoutprloss"):
        return
    whole, tested = rows.number("currdenom"), rows.number("denom_withoutprloss")
    added = np.nan_to_num(rows.number("numprloss")) if rows.has("numprloss") else np.zeros(len(whole))
    given = np.isfinite(whole) & np.isfinite(tested)

    def explain(r: int) -> str:
        parts = f"{tested[r]:g} tested and {added[r]:g} added for a low rate of participation"
        return f"the number of students is not {parts}"

    yield Contradiction("parts", "currdenom", given, whole != tested + added, explain)


def level_of_status(rows: FileRows) -> Iterator[Contradiction]:
    """The status level follows from the cut scores of the row's class."""
    cuts, seen = rows.redundancy.cuts_of(rows.indicator, rows.year)
    classes = _classes(rows)
    if not cuts or classes is None or not rows.has("statuslevel", "currstatus"):
        return
    status, level = rows.number("currstatus"), rows.level("statuslevel")
    due = np.zeros(len(status), np.int8)
    for name, members in classes.items():
        if name in cuts:
            bounds = cuts[name].bounds
            sign = -1 if bounds[0] > bounds[-1] else 1
            due[members] = np.searchsorted(sign * bounds, sign * status[members], side="right") + 1
    tested = (due > 0) & (level > 0) & np.isfinite(status)

    def explain(r: int) -> str:
        return f"status {rows.text('currstatus', r)} has level {due[r]} by the cut scores"

    yield Contradiction("cuts", "statuslevel", tested, level != due, explain, seen)


def _classes(rows: FileRows) -> dict[str, Mask] | None:
    """Return the rows of each class of cut scores; None if the file lacks the column that gives the class."""
    if rows.indicator in ("ela", "math"):
        if "hscutpoints" not in rows.columns:
            return None
        high = rows.equals("hscutpoints", "Y")
        return {"high school": high, "": ~high}
    if rows.indicator == "susp":
        return {name: rows.equals("type", name) for name in rows.columns["type"].texts.to_pylist()}
    # Alternative schools, and the county offices that run them, have their own cut scores.
    if rows.indicator == "grad" and rows.year >= 2018:
        other = rows.equals("dass_flag", "Y") | rows.equals("coe_flag", "Y")
        return {"DASS": other, "": ~other & ~rows.of_county_office()}
    return {"": np.ones(len(rows.usable), bool)}


def group_within_all(rows: FileRows) -> Iterator[Contradiction]:
    """No student group is larger than all students of its LEA or school; a row moved to a smaller LEA often is.

    No row of the real files breaks this, neither for the year nor for the year before. A file without a row for all
    students (ELPI) tests nothing.
    """
    codes = rows.columns["cds"]
    everyone = rows.equals("studentgroup", "ALL")
    for name in ("currdenom", "priordenom"):
        if not rows.has(name):
            continue
        number = rows.number(name)
        of_code = np.full(len(codes.texts) + 1, np.nan)
        of_code[codes.codes[everyone & rows.usable]] = number[everyone & rows.usable]
        whole = of_code[codes.codes]
        tested = ~everyone & np.isfinite(number) & np.isfinite(whole)

        def explain(r: int, number: Numbers = number, whole: Numbers = whole) -> str:
            return f"the group has {number[r]:g} students here, but all students together are {whole[r]:g}"

        yield Contradiction("of_all", name, tested, number > whole, explain)


TESTS = (
    color_of_levels, color_of_sizes, gaps_of_levels, rate_of_numbers, change_of_statuses, sum_of_parts, level_of_status,
    group_within_all,
)  # fmt: skip
