"""Carelessly edited files, and files of CDE that once stopped a night, each in a separate folder with expected results.

Kinds and readers have their own tests. Here each case is a run, so all are slow. Cases without a folder (paths,
consoles, zones, folders of others, the previous release after a rollback) are in ``test_paths``, ``test_consoles``,
``test_folders``, ``test_pointers`` and ``test_clock``.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import openpyxl
import pytest
from openpyxl.cell import Cell

from expectations.checks import load_checks
from tests.cases import reference_copy
from tests.conftest import use_sql_checks_only
from tests.dashboards import COUNTIES
from tests.gates.test_thresholds import everything_in_one_folder
from tests.on_demand import OnDemand
from tests.pipeline.test_command import main
from tests.twins import add_twins
from tests.workbooks import change_rows
from tests.workplace import SAMPLE, STATE, Workplace, tables_of
from transforms.run import Run
from transforms.sources.unused import unused_files

GOALS = "leas2023perec52064.xlsx"  # CDE's list of January 2023 under EC 52064(e)(5)
SALINAS, CARMEL, GREENFIELD, GONZALES = "27661590000000", "27659870000000", "27660350000000", "27754730000000"
TWIN = "27900020000000"
MOVED, BEFORE = "27660680000000", "40660680000000"  # a district, and its code before it came to Monterey County
REMEMBERED, REMEMBERED_BEFORE = "27900010000000", "56900010000000"
EARLIER_BOOKS = ("assistancestatus2017.xlsx", "assistancestatus18.xlsx", "assistancestatus19-rev.xlsx")
VERDICTS = (
    "select cds, determination_year, pathway, status from eligibility union all select cds, determination_year,"
    " determination, status from assistance"
)
WARNED = "select check_id from meta_gate_results where outcome = 'failed' and severity = 'warning'"
Lines = list[list[str]]
pytestmark = pytest.mark.slow


def rewrite(path: Path, how: Callable[[Lines], Lines], delimiter: str = "\t") -> None:
    """Change the lines of a text file, each a list of fields."""
    text = path.read_bytes().decode("utf-8")
    end = "\r\n" if "\r\n" in text else "\n"
    lines = how([line.split("\t") for line in text.split(end) if line])
    path.write_bytes("".join(delimiter.join(line) + end for line in lines).encode())


def verdicts(db: duckdb.DuckDBPyConnection | OnDemand) -> dict[tuple[str, int, str], str]:
    return {(cds, year, pathway): status for cds, year, pathway, status in db.execute(VERDICTS).fetchall()}


def warnings_of(db: OnDemand) -> dict[str, list[str]]:
    """Return the warnings about each file."""
    return dict(db.execute("select file, warnings from source_files where len(warnings) > 0").fetchall())


def tables_of_careless_copy(run: Run, db: duckdb.DuckDBPyConnection) -> OnDemand:
    """Return the tables of a run over a careless copy of the sample.

    Checks that every file is used and every verdict is the same as in the sample.
    """
    tables = tables_of(run)
    assert unused_files(run) == []
    assert tables.execute("select * from rejects").fetchall() == []
    assert verdicts(tables) == verdicts(db)
    return tables


def run_command(place: Workplace, monkeypatch: pytest.MonkeyPatch) -> int:
    """Return the exit code of ``dta run``, as a shell sees it."""
    monkeypatch.setenv("DTA_WORK", str(place.work))
    return main(("run", "--source", place.source, "--out", place.out, "--as-of", "2026-11-24"), monkeypatch)


def released_tables(place: Workplace) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(str(place.out / "current" / "dta.duckdb"), read_only=True)


def empty(place: Workplace, but: str = "") -> None:
    for path in place.source.iterdir():
        if not but or not path.name.startswith(but):
            path.unlink()


# Seven rows of CDE's graduation file of 2019, unchanged: the state's own row has 85.8, the press printed 85.9.
HEADER_2019 = (
    "cds rtype schoolname districtname countyname charter_flag coe_flag dass_flag studentgroup currnumer currdenom"
    " currstatus priornumer priordenom priorstatus fiveyrnumer safetynet change statuslevel changelevel color box"
    " reportingyear"
)
COE, ALAMEDA, NEA = "Alameda County Office of Education", "Alameda Unified", "Nea Community Learning Center"
ROWS_2019 = (
    "00000000000000|X|||||||ALL|436085|508055|85.8|437726|526630|83.1|4651|N|2.7|3|4|4|140|2019",
    "00000000000000|X|||||||AA|24026|30573|78.6|24894|34633|71.9|310|N|6.7|2|5|3|200|2019",
    f"01100170000000|D||{COE}|Alameda||Y||ALL|60|80|75|83|144|57.6|0|Y|17.4|3|4|4|140|2019",
    f"01100170000000|D||{COE}|Alameda||Y||AS||2|||3||0|Y||0|0|0|0|2019",
    f"01611190000000|D||{ALAMEDA}|Alameda||||ALL|710|777|91.4|771|829|93|5|N|-1.6|4|2|3|70|2019",
    f"01611190000000|D||{ALAMEDA}|Alameda||||FOS||5|||2||0|Y||0|0|0|0|2019",
    f"01611190119222|S|{NEA}|{ALAMEDA}|Alameda|Y|||ALL|20|23|87|26|30|86.7|2|Y|0.3|3|3|0|0|2019",
)


@pytest.fixture(scope="module")
def released(raw_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """Publish the sample with these rows of 2019, and with CDE's list."""
    folder = tmp_path_factory.mktemp("small")
    place = Workplace(shutil.copytree(SAMPLE, folder / "source"), raw_cache, folder / "out")
    lines = [HEADER_2019.split(), *(row.split("|") for row in ROWS_2019)]
    (place.source / "graddownload2019.txt").write_text("".join("\t".join(line) + "\n" for line in lines), "utf-8")
    shutil.copy(STATE / GOALS, place.source / GOALS)
    with pytest.MonkeyPatch.context() as patch:
        use_sql_checks_only(patch)
        assert run_command(place, patch) == 0
    with released_tables(place) as db:
        yield db


def test_a_state_row_a_tenth_from_its_printed_value_is_published(released: duckdb.DuckDBPyConnection) -> None:
    rows = released.execute(
        "select rows_in, rows_rejected from meta_sources where source_id = 'dashboard-grad-2019'"
    ).fetchall()
    state = released.execute(
        "select current_status from indicator_results where source_id = 'dashboard-grad-2019' and record_type = 'X'"
        " and student_group = 'ALL'"
    )
    assert (rows, state.fetchall()) == ([(7, 0)], [(85.8,)])
    assert ("state_rows_as_printed",) not in released.execute(WARNED).fetchall()


def test_cdes_list_is_compared_and_stops_nothing(released: duckdb.DuckDBPyConnection) -> None:
    assert released.execute(
        "select rows_in, rows_kept, rows_rejected from meta_sources where file = ?", [GOALS]
    ).fetchall() == [(132, 132, 0)]
    compared = released.execute("select count(*) from reconciliation where flag like '%52064%'").fetchall()
    assert compared > [(0,)]


def test_letters_alone_are_published_with_their_verdicts(workplace: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    """With all gates and all pages."""
    empty(workplace, but="assistancestatus")
    assert run_command(workplace, monkeypatch) == 0
    answered = {
        "continuum": (
            "select count(*) from eligibility where pathway = 'continuum' and status in ('eligible', 'not_eligible')"
        ),
        "loans": "select count(*) from eligibility where pathway = 'wraparound' and status = 'eligible'",
        "assistance": (
            "select count(*) from assistance where determination = 'differentiated_assistance' and status = 'eligible'"
        ),
        "EC 52071(f)": (
            "select count(*) from assistance where determination = 'consecutive' and status in ('eligible',"
            " 'not_eligible')"
        ),
        "history": "select count(*) from student_group_history where basis = 'cde_letters' and letter is not null",
        "changes": "select count(*) from changes",
    }
    with released_tables(workplace) as db:
        assert [what for what, query in answered.items() if db.execute(query).fetchall() == [(0,)]] == []
        assert db.execute("select count(*) from watch_list").fetchall() >= [(0,)]
    pages = [p for p in (workplace.out / "current").rglob("*.html") if SALINAS in p.name or SALINAS in p.parts]
    assert pages


def assign_former_codes(folder: Path, codes: dict[str, str]) -> None:
    """Give these districts their codes of another county in the earlier workbooks."""
    former = codes | {code[:7]: before[:7] for code, before in codes.items()}
    for name in EARLIER_BOOKS:

        def rename(cells: dict[str, Cell]) -> None:
            for before in [codes[str(cell.value)] for cell in cells.values() if str(cell.value) in codes]:
                for cell in cells.values():
                    moved = COUNTIES[before[:2]] if cell.value == "Monterey" else cell.value
                    cell.value = former.get(str(cell.value), moved)

        change_rows(folder / name, rename)


def blank_history(folder: Path, cds: str) -> None:
    """Blank the statuses from before the district's code began in later workbooks.

    This is the case for Lowell Joint, whose code changed in 2021.
    """

    def blank(cells: dict[str, Cell]) -> None:
        if cells["CDS"].value == cds:
            for heading in ("AssistanceStatus2017", "AssistanceStatus2018", "AssistanceStatus2019"):
                cells[heading].value = "*"

    for year in (22, 23, 24):
        change_rows(folder / f"assistancestatus{year}.xlsx", blank)


def pairs_of_codes(db: duckdb.DuckDBPyConnection) -> list[tuple[object, ...]]:
    (check,) = (c for c in load_checks() if c.check_id == "codes_of_one_name")
    return db.execute(
        f"select cds, earlier_cds, first_dashboard_year, earlier_last_dashboard_year from ({check.query})"
    ).fetchall()


REASONS = (
    "select determination_year, status, decided_by, reason from eligibility where pathway = 'continuum' and cds = ?"
    " order by all"
)


@pytest.fixture(scope="module")
def recoded(raw_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """Decide with changed codes of a district and its twin; CDE has the twin's earlier years under the new code."""
    folder = tmp_path_factory.mktemp("recoded")
    source = shutil.copytree(SAMPLE, folder / "source")
    add_twins(source, MOVED, "South Monterey County Joint Union High", {REMEMBERED: "A Twin"})
    assign_former_codes(source, {MOVED: BEFORE, REMEMBERED: REMEMBERED_BEFORE})
    blank_history(source, MOVED)
    with Workplace(source, raw_cache, folder / "out").decide() as db:
        yield db


def test_years_before_a_changed_code_are_not_listed(recoded: duckdb.DuckDBPyConnection) -> None:
    """Three of four Dashboards of 2022 are before the code began, two of 2023, one of 2024.

    The reason states this each time, and a warning names both codes.
    """
    found = recoded.execute(REASONS, [MOVED]).fetchall()
    former = recoded.execute(REASONS, [BEFORE]).fetchall()
    missing = recoded.execute(
        "select dashboard_year, bool_or(meets_criteria) from student_group_history where cds = ? and dashboard_year"
        " < 2022 group by 1",
        [MOVED],
    )
    assert sorted(missing.fetchall()) == [(2017, False), (2018, False), (2019, False)]
    for (year, _, _, reason), years in zip(found, ("2017, 2018 and 2019", "2018 and 2019", "2019"), strict=True):
        assert (
            f"CDE's files of {years} do not list this district under this code, and no predecessor is on record"
            in reason
        ), year
    assert all(status != "not_eligible" or "2019" in reason for _, status, _, reason in former)


def test_changed_codes_are_reported_in_pairs(recoded: duckdb.DuckDBPyConnection) -> None:
    pairs = [(MOVED, BEFORE, 2022, 2019), (REMEMBERED, REMEMBERED_BEFORE, 2022, 2019)]
    assert sorted(pairs_of_codes(recoded)) == sorted(pairs)


def test_a_changed_code_with_earlier_statuses_from_cde_is_decided_by_flags(
    recoded: duckdb.DuckDBPyConnection,
) -> None:
    """The present code has statuses of 2017 to 2019, so its rows are missing and unknown.

    CDE's flags determine the verdict, with the reason.
    """
    for year, status, decided_by, reason in recoded.execute(REASONS, [REMEMBERED]).fetchall():
        assert status == "undetermined" or decided_by == "cde", year
        assert "CDE's workbook of 2019 has no row of this LEA, but a later one has its status of that year" in reason


def test_names_listed_in_the_same_years_are_not_a_pair(db: duckdb.DuckDBPyConnection) -> None:
    (check,) = (c for c in load_checks() if c.check_id == "codes_of_one_name")
    assert check.check_class == "unusual"
    assert db.execute(
        "select count(*) from meta_gate_results where check_id = ? and outcome = 'passed'", [check.check_id]
    ).fetchall() == [(1,)]


def test_a_careless_copy_of_the_sample_gives_the_same_tables(
    workplace: Workplace, db: duckdb.DuckDBPyConnection
) -> None:
    """Browser file names, rows repeated twice and three times, two encodings in one file, spreadsheet quotes, trailing
    tabs.
    """
    for name, times in (("suspdownload2024.txt", 1), ("suspdownload2023.txt", 2)):
        rewrite(
            workplace.source / name,
            lambda lines, times=times: (
                lines + times * [next(line for line in lines if line[0] == SALINAS and "EL" in line)]
            ),
        )
    rewrite(workplace.source / "eladownload2024.txt", lambda lines: [lines[0], *([*line, ""] for line in lines[1:])])
    for path in workplace.source.glob("*download20*.txt"):
        content = path.read_bytes().replace(b"\tCarmel Unified\t", "\tCañada Unified\t".encode())
        content = content.replace(b"\tGreenfield Union Elementary\t", "\tPeñasquitos Union\t".encode("cp1252"))
        path.write_bytes(content.replace(b"\tGonzales Unified\t", b'\t"Gonzales, Unified"\t'))
    for right, given in (
        ("mathdownload2024.txt", "mathdownload2024 (1).txt"),
        ("suspdownload2022.txt", "suspdownload2022.txt.txt"),
    ):
        (workplace.source / right).rename(workplace.source / given)
    with tables_of_careless_copy(workplace.decided("criteria"), db) as found:
        one = (
            "select source_id, count(*) from indicator_results where cds = ? and student_group = 'EL' and source_id in"
            " ('dashboard-susp-2023', 'dashboard-susp-2024') group by 1 order by 1"
        )
        assert found.execute(one, [SALINAS]).fetchall() == [("dashboard-susp-2023", 1), ("dashboard-susp-2024", 1)]
        said = warnings_of(found)
        (once,) = (w for w in said["suspdownload2024.txt"] if "repeat" in w)
        (twice,) = (w for w in said["suspdownload2023.txt"] if "repeat" in w)
        assert "repeats line" in once
        assert "2 lines repeat" in twice
        assert len([w for w in said["eladownload2024.txt"] if "more than the header" in w]) == 1
        counted = found.execute(
            "select count(*) from source_files where source_id in ('dashboard-math-2024', 'dashboard-susp-2022')"
        ).fetchall()
        assert counted == [(2,)]
        for cds, name in (
            (CARMEL, "Cañada Unified"),
            (GREENFIELD, "Peñasquitos Union"),
            (GONZALES, "Gonzales, Unified"),
        ):
            names = "select distinct district_name from dashboard_entities where cds = ?"
            assert found.execute(names, [cds]).fetchall() == [(name,)]


COMMENTS = {
    SALINAS: "First paragraph.\nSecond paragraph,\twith a tab.",
    CARMEL: "One\n\ntwo",
    GREENFIELD: "One|two\nthree",
}


def write_text_with_bars(source: Path, comments: dict[str, str]) -> None:
    """Write priority 3 of 2024 as CDE's text with bars, with the longest comment of these LEAs replaced."""
    sheet = max(openpyxl.load_workbook(source / "Pr32024.xlsx", data_only=True).worksheets, key=lambda s: s.max_row)
    rows = [
        ["" if c is None else " ".join(str(c).replace("|", "/").split()) for c in row]
        for row in sheet.iter_rows(values_only=True)
    ]
    at = next(n for n, row in enumerate(rows) if {c.lower() for c in row} & {"cdscode", "cds"})
    body = [row for row in rows[at + 1 :] if any(row)]
    longest = max(range(len(rows[at])), key=lambda i: sum(len(row[i]) for row in body))
    code = next(i for i, name in enumerate(rows[at]) if name.lower() in ("cdscode", "cds"))
    for row in body:
        row[longest] = comments.get(row[code], row[longest])
    (source / "Pr32024.txt").write_text("".join("|".join(row) + "\n" for row in [rows[at], *body]), "utf-8")
    (source / "Pr32024.xlsx").unlink()


@pytest.fixture(scope="module")
def commented(raw_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    folder = tmp_path_factory.mktemp("commented")
    source = shutil.copytree(SAMPLE, folder / "source")
    write_text_with_bars(source, COMMENTS)
    with Workplace(source, raw_cache, folder / "out").decide() as connection:
        yield connection


@pytest.mark.parametrize("cds", COMMENTS)
def test_a_line_break_in_a_comment_flips_no_answer(
    commented: duckdb.DuckDBPyConnection, db: duckdb.DuckDBPyConnection, cds: str
) -> None:
    """The row is joined again, or rejected under its LEA's code; results that depend on it are then not "no"."""
    now, whole = verdicts(commented), verdicts(db)
    assert now.keys() == whole.keys()
    changed = {key: status for key, status in now.items() if status != whole[key]}
    assert {status for key, status in changed.items() if key[0] == cds} <= {"undetermined"}
    assert {key[0] for key in changed} <= COMMENTS.keys()
    answer = "select cds, performance from local_indicators where dashboard_year = 2024 and priority = 3"
    answers, expected = (dict(tables.execute(answer).fetchall()) for tables in (commented, db))
    assert {key: value for key, value in expected.items() if answers.get(key) != value}.keys() <= COMMENTS.keys()
    assert answers.get(cds, expected[cds]) == expected[cds]
    rejected = {lea for (lea,) in commented.execute("select cds from rejects").fetchall()}
    assert rejected <= COMMENTS.keys()
    assert (cds in answers) == (cds not in rejected)


@pytest.mark.parametrize(("delimiter", "word"), [(";", "semicolons"), (",", "commas"), ("|", "bars")])
def test_another_delimiter_is_reported_in_one_sentence(
    workplace: Workplace, db: duckdb.DuckDBPyConnection, delimiter: str, word: str
) -> None:
    """The file is not used; no verdict flips, but results that depend on the file are not determined or CDE's."""
    rewrite(workplace.source / "eladownload2024.txt", lambda lines: lines, delimiter)
    run = workplace.decided("criteria")
    (unused,) = unused_files(run)
    assert (unused.file, unused.reason) == (
        "eladownload2024.txt",
        f"the columns are separated by {word}; tabs are expected",
    )
    with tables_of(run) as found:
        now = verdicts(found)
        turned = {k for k, status in verdicts(db).items() if now[k] not in (status, "undetermined")}
        by_cde = found.execute(
            "select cds, determination_year, pathway from eligibility where decided_by in ('cde',"
            " 'computed_from_letters')"
        ).fetchall()
    assert turned <= set(by_cde)


@pytest.mark.skipif("CDE_FILES" not in os.environ, reason="CDE_FILES names no folder of CDE's files")
def test_the_district_whose_code_changed_is_the_only_pair_in_cdes_files(tmp_path: Path, raw_cache: Path) -> None:
    """Lowell Joint moved from Los Angeles to Orange County in 2021; its row in the register is left out here."""
    files = everything_in_one_folder(Path(os.environ["CDE_FILES"]), tmp_path / "files")
    reference = reference_copy(tmp_path / "reference")
    register = reference / "registers" / "successions.csv"
    register.write_text(register.read_text("utf-8").splitlines(keepends=True)[0], "utf-8")
    with Workplace(files, raw_cache, tmp_path / "out", reference).decide() as db:
        assert pairs_of_codes(db) == [("30647660000000", "19647660000000", 2022, 2019)]
        assert all("2019" in reason for *_, reason in db.execute(REASONS, ["30647660000000"]).fetchall())


def reported_rows(db: duckdb.DuckDBPyConnection) -> list[tuple[object, ...]]:
    (check,) = (c for c in load_checks() if c.check_id == "rows_of_their_group")
    return db.execute(
        f"select source_id, cds, student_group, earlier_source_id, earlier_student_group from ({check.query})"
    ).fetchall()


# LEA, file, the two groups whose rows are swapped, and the reported group.
EXCHANGED = (
    (SALINAS, "suspdownload2024.txt", "SED", "PI", ("dashboard-susp-2024", "PI", "dashboard-susp-2023", "SED")),
    (SALINAS, "graddownload2024.txt", "EL", "SWD", ("dashboard-grad-2024", "SWD", "dashboard-grad-2023", "EL")),
    (TWIN, "suspdownload2023.txt", "SED", "PI", ("dashboard-susp-2024", "SED", "dashboard-susp-2023", "PI")),
)


def test_a_row_under_another_groups_code_is_reported(workplace: Workplace) -> None:
    """Swapped with that group's row, if it has one; in the later file or in the earlier one."""
    add_twins(workplace.source, SALINAS, "Salinas Union High", {TWIN: "A Twin"})
    for cds, file, group, given, _ in EXCHANGED:

        def exchange(lines: Lines, cds: str = cds, group: str = group, given: str = given) -> Lines:
            at = [h.lower() for h in lines[0]].index("studentgroup")
            for line in lines:
                if line[0] == cds:
                    line[at] = {group: given, given: group}.get(line[at], line[at])
            return lines

        rewrite(workplace.source / file, exchange)
    with workplace.decide() as db:
        named = reported_rows(db)
    for cds, *_, (source, group_now, earlier, earlier_group) in EXCHANGED:
        assert (source, cds, group_now, earlier, earlier_group) in named
    assert {cds for _, cds, *_ in named} == {SALINAS, TWIN}


MOVED_ROWS = (
    ("suspdownload2024.txt", "EL", GREENFIELD),  # which has its own rows
    ("graddownload2024.txt", "EL", GREENFIELD),  # an elementary district, which has no rows
    ("eladownload2023.txt", "SED", CARMEL),
)


def test_a_row_under_another_leas_code_is_rejected(workplace: Workplace, db: duckdb.DuckDBPyConnection) -> None:
    """By its name, or as a second row of a group of the LEA. Verdicts change only to undetermined or to CDE's own."""
    for file, group, target in MOVED_ROWS:

        def move(lines: Lines, group: str = group, target: str = target) -> Lines:
            at = [h.lower() for h in lines[0]].index("studentgroup")
            row = next(line for line in lines if line[0] == SALINAS and line[at] == group)
            row[0] = target
            return lines

        rewrite(workplace.source / file, move)
    with workplace.decide() as found:
        rejected = dict(found.execute("select file, list(distinct cds) from rejects group by 1").fetchall())
        now = verdicts(found)
        by_cde = set(
            found.execute(
                "select cds, determination_year, pathway from eligibility where decided_by = 'cde'"
            ).fetchall()
        )
    assert rejected == {file: [target] for file, _, target in MOVED_ROWS}
    assert all(now[k] in (status, "undetermined") or k in by_cde for k, status in verdicts(db).items())
