"""The command as people use it."""

import io
import json
import shutil
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

import flows.cli.app
from flows.cli.app import app
from flows.cli.consoles import out_console
from reports.published import find_lea
from tests.terminal import in_turn
from tests.workplace import AS_OF, SAMPLE, Workplace
from transforms.errors import UsageError
from transforms.locks import run_lock
from transforms.run import Run
from transforms.settings import Settings

runner = CliRunner(env={"COLUMNS": "160", "NO_COLOR": "1"})


def dta(*arguments: object):
    return runner.invoke(app, [str(a) for a in arguments])


def test_explain_shows_the_verdict_the_causes_and_the_sources(published: Workplace) -> None:
    said = dta(
        "explain", "south monterey county joint union high", "--full", "--year", 2023, "--out", published.out
    ).output
    for part in ("● eligible  Continuum of Support (SIR+)  EC 52072(a)", "English learners (2018, 2022, 2023)",
                 "CDE's own flag is Y: agrees", "CCI Very Low", "Math Orange", "(CDE)",
                 "State loan: SB 130, authorized", "Loan authorized", "eladownload2023.txt",
                 "not an official designation"):  # fmt: skip
        assert part in said


@pytest.mark.parametrize("asked", ["27661590000000", "2766159", "Salinas Union High", "salinas union"])
def test_an_lea_is_found_by_code_name_or_part_of_it(published: Workplace, asked: str) -> None:
    assert (
        "Salinas Union High · School district · Monterey County · CDS 27661590000000"
        in dta("explain", asked, "--out", published.out).output
    )


@pytest.mark.parametrize("every", [6, pytest.param(1, marks=pytest.mark.slow)])
def test_explain_fits_a_screen(published: Workplace, every: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(out_console, "_width", 80)
    with duckdb.connect(str(published.out / "current/dta.duckdb"), read_only=True) as db:
        codes = [
            cds
            for (cds,) in db.execute(
                "select cds from leas where county = 'Monterey' and cds like '%0000000' order by cds"
            ).fetchall()
        ]
    for cds in codes[::every]:
        lines = dta("explain", cds, "--out", published.out).output.splitlines()
        assert len(lines) <= 48, cds
        assert max(map(len, lines)) <= 80 or len(lines[0]) > 80, cds
        assert "--full" in " ".join(lines[-4:])
        assert "not an official" in " ".join(lines[-2:])


def test_explain_in_full_does_not_break_words(published: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(out_console, "_width", 80)
    said = dta("explain", "27660680000000", "--full", "--year", 2023, "--out", published.out).output
    assert "Socioeconomically" in said
    assert max(len(line) for line in said.splitlines() if "│" in line) <= 80


def test_explain_shows_why_an_lea_is_not_eligible(published: Workplace) -> None:
    said = " ".join(dta("explain", "27661590000000", "--out", published.out).output.split())
    assert "Two student groups met the criteria" in said
    assert "Closest, with two years: homeless youth." in said


def test_explain_works_for_a_county_office_and_a_charter_school(published: Workplace) -> None:
    said = " ".join(dta("explain", "27102720000000", "--full", "--out", published.out).output.split())
    assert "● eligible Continuum of Support (SIR+) EC 52072.5" in said
    assert (
        "Hispanic or Latino students met the criteria in 2023 and 2024 (in 2024 by College/Career and graduation)"
        in said
    )
    said = " ".join(dta("explain", "27102720124297", "--full", "--year", 2023, "--out", published.out).output.split())
    assert "Bay View Academy · Charter school" in said
    assert (
        "○ not eligible Charter schools' assistance EC 47607.3(a) Student groups met the criteria in 2022 only; the"
        " test needs 2022 and 2023." in said
    )
    assert "assistancestatus" not in said, "the workbook of districts says nothing of a charter school"


def main(arguments: tuple[object, ...], monkeypatch: pytest.MonkeyPatch) -> int:
    """Run the command in this process; return the exit code that a shell would see."""
    monkeypatch.setattr(sys, "argv", ["dta", *map(str, arguments)])
    with pytest.raises(SystemExit) as ended:
        flows.cli.app.main()
    return int(ended.value.code or 0)


def run_dta(*arguments: object) -> subprocess.CompletedProcess[bytes]:
    """Run the installed command, with its real exit code."""
    return subprocess.run([Path(sys.executable).parent / "dta", *map(str, arguments)], capture_output=True, check=False)


def test_a_mistyped_name_offers_near_matches(published: Workplace) -> None:
    ended = run_dta("explain", "Salnas Union Hgh", "--out", published.out)
    assert ended.returncode == 2
    assert b"Did you mean: Salinas Union High (27661590000000)" in ended.stderr


def test_sql_writes_all_formats(published: Workplace) -> None:
    query = (
        "select cds, pathways from eligible_districts where cds[1:2] = '27' and determination_year = 2023 order by cds"
    )
    forms = ("csv", "plain-csv", "json", "parquet")
    ended = in_turn(published.out, [("sql", query, "--format", form) for form in forms])
    csv, plain, lines, parquet = (said for code, said, _ in ended if code == 0)
    excel = csv.decode("utf-8-sig").splitlines()
    assert excel[:2] == ['"cds","pathways"', '"=""27102720000000""","continuum"']
    assert plain.decode().splitlines() == [
        '"cds","pathways"', '"27102720000000","continuum"', '"27660680000000","continuum|wraparound"',
        '"27661590000000","continuum"',
    ]  # fmt: skip
    assert json.loads(lines.decode().splitlines()[1]) == {
        "cds": "27660680000000",
        "pathways": ["continuum", "wraparound"],
    }
    assert pq.read_table(io.BytesIO(parquet)).num_rows == 3
    assert "3 rows" in dta("sql", query, "--out", published.out).output


@pytest.mark.parametrize(
    "query",
    [
        "delete from eligibility",
        "create table x as select 1",
        "select * from read_csv('/etc/passwd')",
        "select * from '/etc/hostname'",
        "copy eligibility to 'x.csv'",
        "attach 'other.duckdb'",
        "set enable_external_access = true",
        "install httpfs",
        "selec 1",
    ],
)
def test_sql_reads_only_the_release(published: Workplace, query: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before = {p: p.stat().st_mtime_ns for p in (published.out / "current").resolve().iterdir()}
    assert main(("sql", query, "--out", published.out), monkeypatch) == 2
    assert {p: p.stat().st_mtime_ns for p in (published.out / "current").resolve().iterdir()} == before


def test_status_reports_the_release_and_the_last_run(published: Workplace) -> None:
    said = dta("status", "--out", published.out).output
    assert (published.out / "current").resolve().name in said
    assert "published" in said


@pytest.mark.parametrize("arguments", [("explain", "x"), ("sql", "select 1"), ("status",)])
def test_every_command_without_a_release_gives_advice(
    tmp_path: Path, arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main((*arguments, "--out", tmp_path), monkeypatch) == 6
    assert "dta run" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"DTA_AS_OF": "spring"}, "DTA_AS_OF: 'spring' is not a day. Write year, month and day, such as 2024-03-01 ("),
        ({"DTA_AS_OF": "86400"}, "DTA_AS_OF: '86400' is not a day"),
        ({"DTA_ACCEPT_UNTIL": "2024-02-30"}, "DTA_ACCEPT_UNTIL: '2024-02-30' is not in the calendar"),
        ({"DTA_LARGEST_FILE": "0"}, "DTA_LARGEST_FILE"),
        ({"DTA_FETCH_ATTEMPTS": "0"}, "DTA_FETCH_ATTEMPTS"),
        ({"DTA_FETCH_TIMEOUT": "nan"}, "DTA_FETCH_TIMEOUT"),
        ({"DTA_FETCH_DEADLINE": "-1"}, "DTA_FETCH_DEADLINE"),
        ({"DTA_FETCH_PAUSE": "inf"}, "DTA_FETCH_PAUSE"),
        ({"DTA_STALE_DAYS": "99999999999"}, "DTA_STALE_DAYS"),
        *(
            ({"DTA_MEMORY_LIMIT": amount}, "DTA_MEMORY_LIMIT: write a number and its unit, such as 2GB")
            for amount in ("banana", "2", "-1", "0GB", "80%")
        ),
        ({"DTA_SOURCE": "/no/such/folder"}, "neither 'sample' nor 'catalog' nor a folder"),
    ],
)
def test_a_wrong_setting_is_named(
    tmp_path: Path,
    environment: dict[str, str],
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, value in {**environment, "DTA_WORK": str(tmp_path)}.items():
        monkeypatch.setenv(name, value)
    assert main(("run", "--out", tmp_path), monkeypatch) == 4
    assert said in capsys.readouterr().err


def test_an_empty_setting_counts_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """Environment files can contain empty values. An empty folder would be the current one."""
    for name in Settings.model_fields:
        monkeypatch.setenv(f"DTA_{name.upper()}", "")
    assert Settings(as_of=AS_OF).model_dump() == Settings.model_construct(as_of=AS_OF).model_dump()


@pytest.mark.slow
def test_too_little_memory_gives_a_plain_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in {
        "DTA_MEMORY_LIMIT": "1MB",
        "DTA_WORK": str(tmp_path / "work"),
        "DTA_SOURCE": str(SAMPLE),
    }.items():
        monkeypatch.setenv(name, value)
    assert main(("run", "--out", tmp_path / "out"), monkeypatch) == 8
    assert "Raise DTA_MEMORY_LIMIT and run again. Nothing was published." in capsys.readouterr().err


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (duckdb.IOException('IO Error: Could not write file "x": No space left on device'), "the disk is full"),
        (duckdb.OutOfMemoryException("Out of Memory Error: could not allocate block"), "Raise DTA_MEMORY_LIMIT"),
    ],
)
def test_a_storage_error_of_duckdb_gives_a_plain_message(
    fault: Exception, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In every command, such as an estimate on a full disk."""

    def fail(*_: object) -> None:
        raise fault

    monkeypatch.setattr("flows.cli.status.show_status", fail)
    assert main(("status",), monkeypatch) == 8
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("run", "--until", "2027-01-01"), "need --accept"),
        (("run", "--by", "A. Analyst"), "need --accept"),
        (("report", "workbook", "--out-file", "book.csv"), "must end in .xlsx"),
    ],
)
def test_useless_or_harmful_options_are_refused(
    tmp_path: Path,
    arguments: tuple[str, ...],
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main((*arguments, "--out", tmp_path / "out"), monkeypatch) == 2
    assert said in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_run_that_cannot_start_writes_a_json_log_entry(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DTA_WORK", str(tmp_path / "work"))
    (tmp_path / "file").touch()
    with run_lock(tmp_path / "out"):
        for place, code, said in (("file", 4, "is not a folder"), ("out", 6, "Another run is using")):
            assert main(("run", "--log", "json", "--out", tmp_path / place), monkeypatch) == code
            (line,) = capsys.readouterr().err.splitlines()
            event = json.loads(line)
            assert (event["event"], event["exit_code"]) == ("failed", code)
            assert said in event["message"]


@pytest.mark.slow
def test_the_embedded_sample_runs_statewide(state_run: Path, tmp_path: Path) -> None:
    """Run the whole state from the embedded sample, then again without changes, then a folder without a usable file."""
    out = shutil.copytree(state_run / "out", tmp_path / "out", symlinks=True)
    with duckdb.connect(str(out / "current/dta.duckdb"), read_only=True) as db:
        assert db.execute(
            "select count(distinct cds), count(*) from eligibility where lea_type <> 'charter'"
        ).fetchall() == [(1004, 1004 * 3 * 6)]
    settings = {"DTA_WORK": str(state_run / "work"), "DTA_OUT": str(out), "DTA_AS_OF": str(AS_OF), "PATH": "/usr/bin"}
    command = [Path(sys.executable).parent / "dta", "run"]
    second = subprocess.run(command, capture_output=True, text=True, env=settings, check=True)
    assert "Nothing changed" in second.stdout
    assert "In 2024, 67 LEAs meet the criteria" in second.stdout, "the answer is said again"
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad/eladownload2024.txt").write_text("<html>")
    ended = subprocess.run(
        [*command, "--source", str(tmp_path / "bad")], capture_output=True, text=True, env=settings, check=False
    )
    assert ended.returncode == 3
    assert "eladownload2024.txt, line 1: this is a web page" in ended.stderr
    status = dta("status", "--out", out)
    assert status.exit_code == 3
    assert "failed" in status.output


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("", "no query to run"),
        ("  \n", "no query to run"),
        (";", "no query to run"),
        ("/* nothing */", "no query to run"),
        ("select 1; select 2", "Write one query"),
        ("select 1;\n-- then\nfrom leas;", "Write one query"),
    ],
)
def test_sql_accepts_exactly_one_query(published: Workplace, query: str, said: str) -> None:
    ended = dta("sql", query, "--out", published.out)
    assert ended.exception.exit_code == 2
    assert said in str(ended.exception)


@pytest.mark.parametrize("end", ["", ";", " ; ", "; -- done", " -- done", "; /* done */ ;"])
def test_sql_accepts_a_semicolon_or_comment_after_a_query(published: Workplace, end: str) -> None:
    ended = dta("sql", f"select 41 + 1 as n{end}", "--format", "json", "--out", published.out)
    assert ended.exit_code == 0
    assert json.loads(ended.output) == {"n": 42}


@pytest.mark.parametrize(
    "asked", ["２７６６１５９０００００００", "２７６６１５９", "Ｓａｌｉｎａｓ　Ｕｎｉｏｎ　Ｈｉｇｈ"]
)
def test_fullwidth_letters_and_digits_are_accepted(published: Workplace, asked: str) -> None:
    assert "CDS 27661590000000" in dta("explain", asked, "--out", published.out).output


@pytest.mark.parametrize("asked", ["1612590000000", "161259", "01612590000000", "0161259"])
def test_a_code_without_its_leading_zero_is_accepted(asked: str) -> None:
    with duckdb.connect() as connection:
        connection.execute(
            "create table leas as select '01612590000000' as cds, 'Oakland Unified' as lea_name,"
            " 'district' as lea_type, '01' as county_code, 'Alameda' as county"
        )
        assert find_lea(connection, asked).name == "Oakland Unified"


@pytest.mark.parametrize("asked", ["", "  ", "\u200b", "%", "'"])
def test_an_empty_search_text_is_refused_without_a_list(published: Workplace, asked: str) -> None:
    ended = dta("explain", asked, "--out", published.out)
    assert ended.exception.exit_code == 2
    assert str(ended.exception) == "Give a name, part of a name, or a CDS code of 14 or 7 digits."


@pytest.mark.parametrize(
    ("sides", "wrong"), [(("2024", "../../x"), "'../../x'"), (("current", "2023"), "'current'"), (("2024", ""), "''")]
)
def test_a_year_can_only_be_compared_with_a_year(published: Workplace, sides: tuple[str, str], wrong: str) -> None:
    ended = dta("compare", *sides, "--out", published.out)
    assert ended.exception.exit_code == 2
    assert f"is a determination year and {wrong} is not" in str(ended.exception)


@pytest.mark.parametrize("day", ["1900-01-01", "2017-12-01", "2022-11-30"])
def test_a_day_before_any_determination_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, day: str) -> None:
    monkeypatch.setenv("DTA_WORK", str(tmp_path / "work"))
    ended = dta("run", "--as-of", day, "--out", tmp_path / "out")
    assert isinstance(ended.exception, UsageError)
    assert f"was in force on {day}: the first took effect on 2022-12-01." in str(ended.exception)
    assert not (tmp_path / "out" / "current").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ("run", "--as-of", "2026-02-30"),
            "'--as-of': '2026-02-30' is not in the calendar. Check the month and the day",
        ),
        (
            ("check", "--as-of", "spring"),
            "'--as-of': 'spring' is not a day. Write year, month and day, such as 2024-03-01.",
        ),
        (("run", "--until", "2026-13-01"), "'--until': '2026-13-01' is not in the calendar."),
        (("backfill", "--day", "2026-11-24", "--day", "20261124"), "'--day': '20261124' is not a day."),
    ],
)
def test_an_invalid_day_is_refused_with_advice(arguments: tuple[str, ...], said: str) -> None:
    ended = dta(*arguments)
    assert ended.exit_code == 2
    assert said in " ".join(ended.output.replace("│", " ").split())


@pytest.mark.parametrize(
    "arguments",
    [
        ("report", "letter", "Salinas Union High", "--kind", "wraparound"),
        ("report", "lea"),
        ("estimate", "file.csv", "--template", "Monterey"),
        ("run", "--as-of", "2024-03-01", "--year", "2023"),
        ("run", "--at", "noon"),
    ],
)
def test_invalid_requests_exit_with_2(published: Workplace, arguments: tuple[str, ...]) -> None:
    assert isinstance(dta(*arguments, "--out", published.out).exception, UsageError)


@pytest.mark.parametrize("command", ["run", "check"])
def test_a_day_after_the_last_rules_is_refused(command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rules end with the Dashboard of 2026, and the Dashboard of 2027 follows it in December of that year."""
    monkeypatch.setenv("DTA_WORK", str(tmp_path / "work"))
    monkeypatch.setattr("transforms.clock.now", lambda: datetime(2026, 11, 24, 20, tzinfo=UTC))
    words = "is in the future, and the rules end with the Dashboard of 2026: nothing can be known as of that day."
    for day in ("9999-01-01", "2028-01-01"):
        ended = dta(command, "--as-of", day, "--out", tmp_path / "out")
        assert isinstance(ended.exception, UsageError)
        assert str(ended.exception) == f"{day} {words} Name a day no later than 2027-12-31."
        monkeypatch.setenv("DTA_AS_OF", day)
        assert str(dta(command, "--out", tmp_path / "out").exception).startswith(f"{day} {words}")
        monkeypatch.delenv("DTA_AS_OF")
    assert not (tmp_path / "out" / "current").exists()


def test_a_day_after_the_last_rules_is_accepted_once_reached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = Run(Settings(source=str(SAMPLE), work=tmp_path, out=tmp_path / "out", as_of=date(2029, 5, 1)), tmp_path)
    monkeypatch.setattr("transforms.clock.now", lambda: datetime(2029, 5, 2, tzinfo=UTC))
    assert run.rules.years
