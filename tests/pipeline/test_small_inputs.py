"""Files that went through careless hands, and files of CDE that once stopped a night: each as a folder of its own, with
what must come out.

Kinds and readers have tests of their own; here each is a run. Cases without a folder (paths, consoles, zones, folders
of others, the release before after a rollback) are in ``test_paths``, ``test_consoles``, ``test_folders``,
``test_pointers`` and ``test_clock``.
"""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import openpyxl
import pytest
from openpyxl.cell import Cell

from expectations.checks import load_checks
from tests.cases import reference_copy
from tests.gates.test_thresholds import everything_in_one_folder
from tests.pipeline.test_command import main
from tests.workbooks import change_rows
from tests.workplace import STATE, Workplace
from transforms.run import Run
from transforms.sources.unused import unused_files

GOALS = "leas2023perec52064.xlsx"  # CDE's list of January 2023 under EC 52064(e)(5)
SALINAS, CARMEL, GREENFIELD, GONZALES = "27661590000000", "27659870000000", "27660350000000", "27754730000000"
MOVED, BEFORE = "27660680000000", "40660680000000"  # a district, and its code before it came to Monterey County
EARLIER_BOOKS = ("assistancestatus2017.xlsx", "assistancestatus18.xlsx", "assistancestatus19-rev.xlsx")
VERDICTS = (
    "select cds, determination_year, pathway, status from eligibility union all select cds, determination_year,"
    " determination, status from assistance"
)
WARNED = "select check_id from meta_gate_results where outcome = 'failed' and severity = 'warning'"
Lines = list[list[str]]


def rewrite(path: Path, how: Callable[[Lines], Lines], delimiter: str = "\t") -> None:
    """Change the lines of a text file, each a list of fields."""
    text = path.read_bytes().decode("utf-8")
    end = "\r\n" if "\r\n" in text else "\n"
    lines = how([line.split("\t") for line in text.split(end) if line])
    path.write_bytes("".join(delimiter.join(line) + end for line in lines).encode())


def verdicts(db: duckdb.DuckDBPyConnection) -> dict[tuple[str, int, str], str]:
    return {(cds, year, pathway): status for cds, year, pathway, status in db.execute(VERDICTS).fetchall()}


def warnings_of(db: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    """What was said of each file as it was read."""
    return dict(db.execute("select file, warnings from source_files where len(warnings) > 0").fetchall())


def as_the_sample(run: Run, db: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """The tables of a run over a careless copy of the sample, in which every file is used and every verdict is the
    sample's.
    """
    tables = run.connect()
    assert unused_files(run) == []
    assert tables.execute("select * from rejects").fetchall() == []
    assert verdicts(tables) == verdicts(db)
    return tables


def run_command(place: Workplace, monkeypatch: pytest.MonkeyPatch) -> int:
    """The exit code of ``dta run``, as a shell sees it."""
    monkeypatch.setenv("DTA_WORK", str(place.work))
    return main(("run", "--source", place.source, "--out", place.out, "--as-of", "2026-11-24"), monkeypatch)


def released_tables(place: Workplace) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(str(place.out / "current" / "dta.duckdb"), read_only=True)


def empty(place: Workplace, but: str = "") -> None:
    for path in place.source.iterdir():
        if not but or not path.name.startswith(but):
            path.unlink()


# Seven rows of CDE's graduation file of 2019, values as served: the state's own row says 85.8, and the press said 85.9.
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


def test_a_state_row_a_tenth_from_the_press_is_published(
    workplace: Workplace, light: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [HEADER_2019.split(), *(row.split("|") for row in ROWS_2019)]
    (workplace.source / "graddownload2019.txt").write_text("".join("\t".join(line) + "\n" for line in lines), "utf-8")
    assert run_command(workplace, monkeypatch) == 0
    with released_tables(workplace) as db:
        rows = db.execute(
            "select rows_in, rows_rejected from meta_sources where source_id = 'dashboard-grad-2019'"
        ).fetchall()
        state = db.execute(
            "select current_status from indicator_results where source_id = 'dashboard-grad-2019' and record_type = 'X'"
            " and student_group = 'ALL'"
        )
        assert (rows, state.fetchall()) == ([(7, 0)], [(85.8,)])
        assert ("state_rows_as_printed",) not in db.execute(WARNED).fetchall()


def test_cdes_list_is_compared_and_stops_nothing(
    workplace: Workplace, light: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(STATE / GOALS, workplace.source / GOALS)
    assert run_command(workplace, monkeypatch) == 0
    with released_tables(workplace) as db:
        assert db.execute(
            "select rows_in, rows_kept, rows_rejected from meta_sources where file = ?", [GOALS]
        ).fetchall() == [(132, 132, 0)]
        compared = db.execute("select count(*) from reconciliation where flag like '%52064%'").fetchall()
        assert compared > [(0,)]


def test_letters_alone_are_published_with_everything_that_they_answer(
    workplace: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All gates and all pages."""
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


def former_code(folder: Path) -> None:
    """The earlier workbooks have the district under its code of another county."""
    for name in EARLIER_BOOKS:

        def rename(cells: dict[str, Cell]) -> None:
            if MOVED not in {str(cell.value) for cell in cells.values()}:
                return
            for cell in cells.values():
                if str(cell.value) in (MOVED, MOVED[:7]):
                    cell.value = "40" + str(cell.value)[2:]
                elif cell.value == "Monterey":
                    cell.value = "San Luis Obispo"

        change_rows(folder / name, rename)


def blank_history(folder: Path) -> None:
    """The later workbooks have no status of the years before the district's code began: so they are for Lowell Joint,
    whose code changed in 2021.
    """

    def blank(cells: dict[str, Cell]) -> None:
        if cells["CDS"].value == MOVED:
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


def test_a_code_that_changed_has_its_earlier_years_not_listed(workplace: Workplace) -> None:
    """Three of four Dashboards of 2022 are before the code began, two of 2023, one of 2024: the reason says so each
    time, and a warning names both codes.
    """
    former_code(workplace.source)
    blank_history(workplace.source)
    with workplace.decide() as db:
        found = db.execute(REASONS, [MOVED]).fetchall()
        former = db.execute(REASONS, [BEFORE]).fetchall()
        pairs = pairs_of_codes(db)
        missing = db.execute(
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
    assert pairs == [(MOVED, BEFORE, 2022, 2019)]
    assert all(status != "not_eligible" or "2019" in reason for _, status, _, reason in former)


def test_a_code_that_changed_though_cde_remembers_its_earlier_years_is_no_silent_no(workplace: Workplace) -> None:
    """The present code has statuses of 2017 to 2019, so its rows are missing and unknown: CDE's flags decide, with the
    reason.
    """
    former_code(workplace.source)
    with workplace.decide() as db:
        found = db.execute(REASONS, [MOVED]).fetchall()
        assert pairs_of_codes(db) == [(MOVED, BEFORE, 2022, 2019)]
    for year, status, decided_by, reason in found:
        assert status == "undetermined" or decided_by == "cde", year
        assert "CDE's workbook of 2019 has no row of this LEA, but a later one has its status of that year" in reason


def test_lea_names_that_were_there_in_the_same_years_are_no_pair(db: duckdb.DuckDBPyConnection) -> None:
    (check,) = (c for c in load_checks() if c.check_id == "codes_of_one_name")
    assert check.check_class == "unusual"
    assert db.execute(
        "select count(*) from meta_gate_results where check_id = ? and outcome = 'passed'", [check.check_id]
    ).fetchall() == [(1,)]


def test_a_careless_copy_of_the_sample_is_the_sample(workplace: Workplace, db: duckdb.DuckDBPyConnection) -> None:
    """Names that browsers give, rows twice and thrice, two encodings in one file, the quotes of a spreadsheet, and a
    tab
    at the end of every line.
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
    with as_the_sample(workplace.decided(), db) as found:
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


def bars(source: Path, comment: str) -> None:
    """Priority 3 of 2024 as CDE's text with bars, the longest comment of one LEA replaced."""
    sheet = max(openpyxl.load_workbook(source / "Pr32024.xlsx", data_only=True).worksheets, key=lambda s: s.max_row)
    rows = [
        ["" if c is None else " ".join(str(c).replace("|", "/").split()) for c in row]
        for row in sheet.iter_rows(values_only=True)
    ]
    at = next(n for n, row in enumerate(rows) if {c.lower() for c in row} & {"cdscode", "cds"})
    body = [row for row in rows[at + 1 :] if any(row)]
    longest = max(range(len(rows[at])), key=lambda i: sum(len(row[i]) for row in body))
    code = next(i for i, name in enumerate(rows[at]) if name.lower() in ("cdscode", "cds"))
    row = next(row for row in body if row[code] == SALINAS)
    row[longest] = comment
    (source / "Pr32024.txt").write_text("".join("|".join(row) + "\n" for row in [rows[at], *body]), "utf-8")
    (source / "Pr32024.xlsx").unlink()


@pytest.mark.parametrize(
    "comment", ["First paragraph.\nSecond paragraph,\twith a tab.", "One\n\ntwo", "One|two\nthree"]
)
def test_a_line_break_in_a_comment_turns_no_answer(
    workplace: Workplace, db: duckdb.DuckDBPyConnection, comment: str
) -> None:
    """The row is joined again, or rejected by its LEA's code; then what depends on it is not "no"."""
    cds = SALINAS
    bars(workplace.source, comment)
    whole = verdicts(db)
    answer = "select cds, performance from local_indicators where dashboard_year = 2024 and priority = 3"
    with workplace.decide() as found:
        now = verdicts(found)
        rejected = found.execute("select cds from rejects").fetchall()
        answers = dict(found.execute(answer).fetchall())
        expected = dict(db.execute(answer).fetchall())
    assert now.keys() == whole.keys()
    assert {now[k] for k in whole if now[k] != whole[k]} <= {"undetermined"}
    assert {k[0] for k in whole if now[k] != whole[k]} <= {cds}
    assert {**answers, cds: expected[cds]} == expected
    assert {lea for (lea,) in rejected} <= {cds}
    assert (cds in answers) == (rejected == [])


@pytest.mark.parametrize(  # tests/pipeline/test_unused_files.py reads a file of each
    ("delimiter", "word"),
    [(";", "semicolons"), *(pytest.param(*of, marks=pytest.mark.slow) for of in ((",", "commas"), ("|", "bars")))],
)
def test_another_delimiter_is_one_sentence(
    workplace: Workplace, db: duckdb.DuckDBPyConnection, delimiter: str, word: str
) -> None:
    """The file is not used; no verdict turns, but what rests on the file is not determined or CDE's."""
    rewrite(workplace.source / "eladownload2024.txt", lambda lines: lines, delimiter)
    run = workplace.decided()
    (unused,) = unused_files(run)
    assert (unused.file, unused.reason) == (
        "eladownload2024.txt",
        f"the columns are separated by {word}, tabs are expected",
    )
    with run.connect() as found:
        now = verdicts(found)
        turned = {k for k, status in verdicts(db).items() if now[k] not in (status, "undetermined")}
        by_cde = found.execute(
            "select cds, determination_year, pathway from eligibility where decided_by in ('cde',"
            " 'computed_from_letters')"
        ).fetchall()
    assert turned <= set(by_cde)


@pytest.mark.slow
@pytest.mark.skipif("CDE_FILES" not in os.environ, reason="CDE_FILES names no folder of CDE's files")
def test_the_district_whose_code_changed_is_the_only_pair_in_cdes_files(tmp_path: Path, raw_cache: Path) -> None:
    """Lowell Joint came from Los Angeles to Orange County in 2021; the register that says so is left out here."""
    files = everything_in_one_folder(Path(os.environ["CDE_FILES"]), tmp_path / "files")
    reference = reference_copy(tmp_path / "reference")
    register = reference / "registers" / "successions.csv"
    register.write_text(register.read_text("utf-8").splitlines(keepends=True)[0], "utf-8")
    with Workplace(files, raw_cache, tmp_path / "out", reference).decide() as db:
        assert pairs_of_codes(db) == [("30647660000000", "19647660000000", 2022, 2019)]
        assert all("2019" in reason for *_, reason in db.execute(REASONS, ["30647660000000"]).fetchall())


def rows_named(db: duckdb.DuckDBPyConnection) -> list[tuple[object, ...]]:
    (check,) = (c for c in load_checks() if c.check_id == "rows_of_their_group")
    return db.execute(
        f"select source_id, cds, student_group, earlier_source_id, earlier_student_group from ({check.query})"
    ).fetchall()


@pytest.mark.parametrize(
    "exchanged",
    [
        {
            "suspdownload2024.txt": ("SED", "PI", ("dashboard-susp-2024", "PI", "dashboard-susp-2023", "SED")),
            "graddownload2024.txt": ("EL", "SWD", ("dashboard-grad-2024", "SWD", "dashboard-grad-2023", "EL")),
        },
        {"suspdownload2023.txt": ("SED", "PI", ("dashboard-susp-2024", "SED", "dashboard-susp-2023", "PI"))},
    ],
    ids=["2024", "2023"],
)
def test_a_row_under_another_groups_code_is_named(
    workplace: Workplace, exchanged: dict[str, tuple[str, str, tuple[str, ...]]]
) -> None:
    """Exchanged with that group's row, where it has one."""
    for file, (group, given, _) in exchanged.items():

        def exchange(lines: Lines, group: str = group, given: str = given) -> Lines:
            at = [h.lower() for h in lines[0]].index("studentgroup")
            for line in lines:
                if line[0] == SALINAS:
                    line[at] = {group: given, given: group}.get(line[at], line[at])
            return lines

        rewrite(workplace.source / file, exchange)
    with workplace.decide() as db:
        for _, _, (source, group_now, earlier, earlier_group) in exchanged.values():
            assert (source, SALINAS, group_now, earlier, earlier_group) in rows_named(db)
        assert {cds for _, cds, *_ in rows_named(db)} == {SALINAS}


MOVED_ROWS = (
    ("suspdownload2024.txt", "EL", GREENFIELD),  # which has rows of its own
    ("graddownload2024.txt", "EL", GREENFIELD),  # an elementary district, which has none
    ("eladownload2023.txt", "SED", CARMEL),
)


def test_a_row_under_another_leas_code_is_rejected(workplace: Workplace, db: duckdb.DuckDBPyConnection) -> None:
    """By its name, or as a second row of a group that the LEA has; no verdict turns but to undetermined or to CDE's
    own.
    """
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
