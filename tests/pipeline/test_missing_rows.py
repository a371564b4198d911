"""A missing row is not a "no": results that depend on it are unknown, or CDE's own flag answers.

The reason states what is missing.
"""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import openpyxl
import pytest
from openpyxl.cell import Cell

from tests.dashboards import Dashboards
from tests.golden.test_rare_rows import local_files
from tests.workbooks import change_rows, drop_rows
from tests.workplace import SAMPLE, Workplace, reissue

SALINAS, SOUTH_MONTEREY, COUNTY_OFFICE = "27661590000000", "27660680000000", "27102720000000"
ALISAL = "27659610000000"
ELIGIBLE_2023 = (SALINAS, SOUTH_MONTEREY, COUNTY_OFFICE)
CONTINUUM = "select cds, determination_year, status, decided_by, cde_flag from eligibility where pathway = 'continuum'"
WORKBOOKS = {2017: "assistancestatus2017.xlsx", 2018: "assistancestatus18.xlsx", 2019: "assistancestatus19-rev.xlsx"}

Verdicts = dict[tuple[str, int], tuple[str, str | None]]


def verdicts(db: duckdb.DuckDBPyConnection) -> Verdicts:
    return {(cds, year): (status, decided_by) for cds, year, status, decided_by, _ in db.execute(CONTINUUM).fetchall()}


def without_flags(folder: Path) -> None:
    """Blank every EC 52072 flag, so that only results determine a verdict."""

    def blank(cells: dict[str, Cell]) -> None:
        for heading, cell in cells.items():
            if heading.startswith("EC52072"):
                cell.value = "*"

    for year in (22, 23, 24):
        change_rows(folder / f"assistancestatus{year}.xlsx", blank)


def count_newly_undetermined(before: Verdicts, after: Verdicts) -> int:
    """Check that verdicts change only to undetermined; return how many changed."""
    assert before.keys() == after.keys()
    changed = {key: after[key][0] for key in before if after[key][0] != before[key][0]}
    assert set(changed.values()) <= {"undetermined"}, changed
    return len(changed)


# LEA whose row is dropped from the workbook of the year; rows of Salinas are dropped from Dashboard files.
ONE_ROW = {2017: SOUTH_MONTEREY, 2018: COUNTY_OFFICE, 2019: ALISAL}


@pytest.fixture(scope="module")
def few_missing(new_place: Callable[[], Workplace]) -> Iterator[duckdb.DuckDBPyConnection]:
    """Decide the sample without some rows.

    One row of each of three workbooks, some rows of Dashboard files, and the local indicators of three LEAs in 2023 are
    missing.
    """
    place = new_place()
    for year, cds in ONE_ROW.items():
        assert drop_rows(place.source / WORKBOOKS[year], [cds]) == 1
    for indicator, year, group, _ in SHOWN_BY_ANOTHER_FILE:
        without_group(place.source, f"{indicator}download{year}.txt", SHOWN_OF.get(indicator, SALINAS), group)
    for path in place.source.glob("Pr*2023.xlsx"):
        book = openpyxl.load_workbook(path)
        for sheet in book.worksheets:
            for row in reversed(range(1, sheet.max_row + 1)):
                if {str(c.value) for c in sheet[row]} & set(ELIGIBLE_2023):
                    sheet.delete_rows(row)
        book.save(path)
    with place.decide() as db:
        yield db


@pytest.mark.parametrize("year", WORKBOOKS)
def test_one_row_missing_in_a_workbook_is_unknown(
    few_missing: duckdb.DuckDBPyConnection, db: duckdb.DuckDBPyConnection, year: int
) -> None:
    """Later workbooks have a status of that year, which proves that there was a row."""
    cds, whole = ONE_ROW[year], verdicts(db)
    said = f"CDE's workbook of {year} has no row of this LEA, but a later one has its status of that year"
    notes = few_missing.execute(
        "select distinct meets_criteria, note from student_group_history where cds = ? and dashboard_year = ?",
        [cds, year],
    )
    assert notes.fetchall() == [(None, said)]
    for key, (status, decided_by) in verdicts(few_missing).items():
        if key[0] not in (SALINAS, *SHOWN_OF.values()):
            assert status == whole[key][0]
            assert decided_by in (whole[key][1], "cde")
    by_cde = few_missing.execute(
        "select reason from eligibility where cds = ? and decided_by = 'cde'", [cds]
    ).fetchall()
    assert all(said in reason for (reason,) in by_cde)


Unflagged = tuple[Verdicts, dict[int, list[str]]]


@pytest.fixture(scope="module")
def verdicts_without_flags(new_place: Callable[[], Workplace]) -> Unflagged:
    """Return verdicts of the whole sample without CDE's flags, and the LEAs of each workbook."""
    place = new_place()
    without_flags(place.source)
    with place.decide() as db:
        listed = db.execute(
            "select dashboard_year, list(distinct cds order by cds) from assistance_letters group by 1"
        ).fetchall()
        return verdicts(db), dict(listed)


@pytest.fixture(scope="module")
def many_missing(
    verdicts_without_flags: Unflagged, new_place: Callable[[], Workplace]
) -> Iterator[tuple[duckdb.DuckDBPyConnection, dict[int, set[str]]]]:
    """Decide without CDE's flags and without a row of every LEA: each of three workbooks lacks the rows of a third of
    them.
    """
    place, dropped = new_place(), {}
    without_flags(place.source)
    for n, (year, book) in enumerate(WORKBOOKS.items()):
        leas = verdicts_without_flags[1][year]
        others = set(ELIGIBLE_2023) - {ELIGIBLE_2023[n]}
        dropped[year] = ({cds for cds in leas if int(cds) % 3 == n} | {ELIGIBLE_2023[n]}) & set(leas) - others
        assert drop_rows(place.source / book, dropped[year]) == len(dropped[year]) > 5
    with place.decide() as db:
        yield db, dropped


@pytest.mark.slow
@pytest.mark.parametrize("year", WORKBOOKS)
def test_a_workbook_without_a_third_of_its_rows_flips_no_verdict(
    verdicts_without_flags: Unflagged, many_missing: tuple[duckdb.DuckDBPyConnection, dict[int, set[str]]], year: int
) -> None:
    db, dropped = many_missing
    flipped = count_newly_undetermined(
        {k: v for k, v in verdicts_without_flags[0].items() if k[0] in dropped[year]},
        {k: v for k, v in verdicts(db).items() if k[0] in dropped[year]},
    )
    assert db.execute(
        "select count(distinct cds) from student_group_history where dashboard_year = ? and meets_criteria is null"
        " and list_contains(?, cds)",
        [year, sorted(dropped[year])],
    ).fetchall() == [(len(dropped[year]),)]
    assert flipped or year == 2017


def test_a_row_missing_in_the_latest_workbook_is_unknown(workplace: Workplace) -> None:
    """Letters only: no later workbook shows whether the workbook of 2024 should have a row that it lacks.

    Three LEAs, three kinds of group years.
    """
    for path in workplace.source.glob("*download*.txt"):
        path.unlink()
    gone = (SALINAS, SOUTH_MONTEREY, COUNTY_OFFICE)
    assistance = (
        "select cds, determination_year, status from assistance where determination = 'differentiated_assistance'"
    )
    with workplace.decide() as db:
        whole = verdicts(db)
        whole_assistance = {(cds, year): status for cds, year, status in db.execute(assistance).fetchall()}
    drop_rows(workplace.source / "assistancestatus24.xlsx", gone)
    with workplace.decide() as db:
        count_newly_undetermined(
            {k: v for k, v in whole.items() if k[1] < 2024}, {k: v for k, v in verdicts(db).items() if k[1] < 2024}
        )
        for cds in gone:
            notes = db.execute(
                "select distinct meets_criteria, note from student_group_history where cds = ? and dashboard_year ="
                " 2024",
                [cds],
            ).fetchall()
            assert notes == [
                (
                    None,
                    (
                        "CDE's workbook of 2024 has no row of this LEA, and no later one shows whether it should"
                        " have one"
                    ),
                )
            ]
            assert verdicts(db)[cds, 2024][0] in ("undetermined", "not_eligible")
            status = (
                "select status from assistance where cds = ? and determination_year = 2024 and determination ="
                " 'differentiated_assistance'"
            )
            second_year = whole_assistance[cds, 2023] == "eligible"
            assert db.execute(status, [cds]).fetchall() == [("eligible" if second_year else "undetermined",)]
        assert verdicts(db)[COUNTY_OFFICE, 2024] == ("undetermined", None), "eligible with the row"


def drop_lines(path: Path, keep: Callable[[dict[str, str]], bool]) -> None:
    """Rewrite a Dashboard file without some rows."""
    content = path.read_bytes().decode("utf-8")
    end = "\r\n" if "\r\n" in content else "\n"
    header, *lines = content.rstrip("\r\n").split(end)
    headings = [h.lower() for h in header.split("\t")]
    kept = [line for line in lines if keep(dict(zip(headings, line.split("\t"), strict=False)))]
    assert len(kept) < len(lines)
    path.write_bytes((end.join([header, *kept]) + end).encode("utf-8"))


def without_group(folder: Path, file: str, cds: str, group: str) -> None:
    drop_lines(folder / file, lambda row: (row["cds"], row["studentgroup"]) != (cds, group))


EVIDENCE = (
    "select finding, unknown_because from evidence where cds = ? and dashboard_year = ? and student_group = ? and"
    " indicator = ?"
)


SHOWN_BY_ANOTHER_FILE = (
    ("math", 2024, "SWD", "the file has no row of this group, but the English language arts file of the year has one"),
    ("ela", 2024, "HOM", "the file has no row of this group, but the mathematics file of the year has one"),
    ("ela", 2022, "EL", "the file has no row of this group, but the 2023 Dashboard shows that it had a result"),
    ("susp", 2022, "SWD", "the file has no row of this group, but the 2023 Dashboard shows that it had a result"),
    ("grad", 2023, "HOM", "the file has no row of this group, but the 2024 Dashboard shows that it had a result"),
    (
        "chronic",
        2023,
        "SWD",
        "the file has no row of this group, but the 2024 Dashboard shows that it had a result",
    ),
)


SHOWN_OF = {"chronic": "27661420000000"}  # the LEA of the row, if it is not Salinas


def test_a_missing_row_that_another_file_implies_is_unknown(
    few_missing: duckdb.DuckDBPyConnection, db: duckdb.DuckDBPyConnection
) -> None:
    whole, found = verdicts(db), verdicts(few_missing)
    for indicator, year, group, because in SHOWN_BY_ANOTHER_FILE:
        cell = [SHOWN_OF.get(indicator, SALINAS), year, group, indicator]
        assert few_missing.execute(EVIDENCE, cell).fetchall() == [("unknown", because)]
    answered = {key for key, (_, decided_by) in found.items() if decided_by == "cde"}
    count_newly_undetermined(
        {k: v for k, v in whole.items() if k not in answered}, {k: v for k, v in found.items() if k not in answered}
    )
    assert few_missing.execute("select count(*) from expected_rows").fetchall() == [(len(SHOWN_BY_ANOTHER_FILE),)]


def letters_with_one_indicator(db: duckdb.DuckDBPyConnection) -> list[tuple[str, str, str, str, int]]:
    """Return LEA, group, indicator, letter and priority of 2024 if one indicator alone meets a priority of CDE's
    letter.
    """
    rows = db.execute("""
        select h.cds, h.student_group, any_value(c.indicator), h.cde_letter, r.priority
        from student_group_history h
        join criterion_results r on r.cds = h.cds and r.dashboard_year = h.dashboard_year
            and r.student_group = h.student_group and r.met
        join rule_conditions c using (criterion)
        join leas l on l.cds = h.cds and l.lea_type = 'district'
        where h.dashboard_year = 2024 and h.cde_letter is not null
        group by all having count(*) = 1 and any_value(c.indicator) in ('susp', 'chronic', 'grad', 'cci')
        order by all
        """).fetchall()
    return rows[:3]


def test_a_missing_row_that_cdes_letter_implies_is_unknown(
    workplace: Workplace, few_missing: duckdb.DuckDBPyConnection
) -> None:
    cases = letters_with_one_indicator(few_missing)
    assert len(cases) == 3
    for cds, group, indicator, _, _ in cases:
        without_group(workplace.source, f"{indicator}download2024.txt", cds, group)
    with workplace.decide("criteria") as found:
        for cds, group, indicator, letter, priority in cases:
            because = f"the file has no row of this group, but CDE's letter {letter} needs one for priority {priority}"
            assert found.execute(EVIDENCE, [cds, 2024, group, indicator]).fetchall() == [("unknown", because)]
            met = found.execute(
                "select meets_criteria from student_group_history where cds = ? and dashboard_year = 2024 and"
                " student_group = ?",
                [cds, group],
            )
            assert met.fetchall() in ([(None,)], [(True,)])


@pytest.fixture(scope="module")
def verdicts_before_workbook(raw_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Verdicts:
    """Return the verdicts of the weeks before CDE's workbook of 2024."""
    source = tmp_path_factory.mktemp("before") / "source"
    shutil.copytree(SAMPLE, source, ignore=shutil.ignore_patterns("assistancestatus24.xlsx"))
    with Workplace(source, raw_cache, source.parent / "out").decide() as db:
        return verdicts(db)


@pytest.mark.slow
def test_the_latest_dashboard_without_a_row_and_without_a_workbook_is_unknown(
    workplace: Workplace, verdicts_before_workbook: Verdicts
) -> None:
    """Before CDE's workbook comes, only other files of the year show that a group, or all groups of an LEA, must have a
    row.
    """
    (workplace.source / "assistancestatus24.xlsx").unlink()
    assert verdicts_before_workbook[COUNTY_OFFICE, 2024][0] == "eligible"
    missing: list[tuple[str, str, str | None, str]] = [
        ("cci", COUNTY_OFFICE, "HOM", "graduation"),
        ("grad", COUNTY_OFFICE, "SED", "College/Career"),
        ("susp", SALINAS, "SWD", "College/Career"),
        ("cci", SOUTH_MONTEREY, None, "graduation"),
    ]
    for indicator, cds, group, _ in missing:
        drop_lines(
            workplace.source / f"{indicator}download2024.txt",
            lambda row, cds=cds, group=group: row["cds"] != cds or group not in (None, row["studentgroup"]),
        )
    with workplace.decide() as db:
        for indicator, cds, group, witness in missing:
            because = f"the file has no row of this group, but the {witness} file of the year has one"
            assert db.execute(EVIDENCE, [cds, 2024, group or "HOM", indicator]).fetchall() == [("unknown", because)]
        after = verdicts(db)
        assert count_newly_undetermined(verdicts_before_workbook, after) == 1
        assert after[COUNTY_OFFICE, 2024][0] == "undetermined"


GONE = [("27661420000000", "chronic", "WH"), (SOUTH_MONTEREY, "susp", "AS"), (COUNTY_OFFICE, "chronic", "SWD")]


@pytest.fixture
def with_rows_removed(bare_released: Workplace) -> Workplace:
    """Return a release, and files that lack some of its rows."""
    for cds, indicator, group in GONE:
        without_group(bare_released.source, f"{indicator}download2024.txt", cds, group)
    return bare_released


def check_removed_rows_are_unknown(db: duckdb.DuckDBPyConnection) -> None:
    because = "the file has no row of this group, but the release before had it"
    for cds, indicator, group in GONE:
        assert db.execute(EVIDENCE, [cds, 2024, group, indicator]).fetchall() == [("unknown", because)]


def test_a_missing_row_that_the_previous_release_had_is_unknown(with_rows_removed: Workplace) -> None:
    with with_rows_removed.decide("criteria") as db:
        check_removed_rows_are_unknown(db)


@pytest.mark.slow
def test_a_missing_row_stays_unknown_night_after_night(with_rows_removed: Workplace, without_gates: None) -> None:
    assert with_rows_removed.publish().outcome == "published"
    with duckdb.connect(str(with_rows_removed.out / "current/dta.duckdb"), read_only=True) as db:
        check_removed_rows_are_unknown(db)
    reissue(with_rows_removed.source)  # another night with other bytes
    with with_rows_removed.decide("criteria") as db:
        check_removed_rows_are_unknown(db)


def test_groups_that_correctly_lack_a_row_are_determined(db: duckdb.DuckDBPyConnection) -> None:
    """Of about 270 pairs of LEA and group in Monterey, 17 to 22 have no English language arts and 162 to 170 no
    graduation rate.
    """
    rows = db.execute(
        "select dashboard_year, indicator, count(*) filter (finding = 'no_row'), count(*) filter (finding = 'unknown')"
        " from evidence join leas using (cds) where lea_type = 'district' and indicator in ('ela', 'grad') group by all"
    ).fetchall()
    assert len(rows) == 6
    assert all(absent > 0 and unknown == 0 for *_, absent, unknown in rows)


def test_a_missing_local_indicator_leaves_method_2_undetermined(tmp_path: Path, raw_cache: Path) -> None:
    """Two priorities are not met; a third has no row.

    If one of the two has no row, Method 2 is unknown, not false.
    """
    ways = ("row missing", "row rejected", "value blank")
    cases = {
        f"27{n:03d}000000000": case for n, case in enumerate(((p, how) for p in (1, 3, 7) for how in ways), start=3)
    }
    other = "27002000000000"
    boards = Dashboards().put(2024, other, "HI", susp=3)
    for lea in cases:
        boards.put(2024, lea, "HI", susp=3)
    source = tmp_path / "source"
    boards.write(source)
    local_files(source, {**{lea: {priority, 2} for lea, (priority, _) in cases.items()}, other: set()})
    for lea, (priority, how) in cases.items():
        path = source / f"Pr{priority}2024.txt"
        line = f"{lea}|LEA|{priority}|Not Met For Two or More Years|2024\n"
        instead = {
            "row missing": "",
            "row rejected": line.replace("Not Met For", "Not met, for"),
            "value blank": line.replace("Not Met For Two or More Years", ""),
        }
        assert line in path.read_text()
        path.write_text(path.read_text().replace(line, instead[how]))
    with Workplace(source, raw_cache, tmp_path / "out").decide() as db:
        rows = db.execute(
            "select cds, ours, met, decided_by, local_priorities_failed, local_priorities_unknown from"
            " assistance_methods where method = 2 order by cds"
        ).fetchall()
    open_ones = [(lea, None, None, None, [2], [priority]) for lea, (priority, _) in cases.items()]
    assert rows == [(other, False, False, "computed_from_indicators", [], []), *open_ones]


def test_cdes_flag_decides_without_the_local_indicators_of_an_lea(
    few_missing: duckdb.DuckDBPyConnection,
) -> None:
    """As for Santa Rosa City Schools in 2024, which CDE's files of local indicators lack."""
    rows = few_missing.execute(
        "select cds, method, ours, cde_flag, met, decided_by, agrees_with_cde from assistance_methods "
        "where list_contains(?, cds) and determination_year = 2023 and method = 2 order by cds",
        [list(ELIGIBLE_2023)],
    ).fetchall()
    assert rows == [(cds, 2, None, "N", False, "cde", None) for cds in sorted(ELIGIBLE_2023)]
