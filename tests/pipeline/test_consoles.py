"""The command on any console: code pages, a reader that stops reading, brackets, eighty columns; and CSV for Excel."""

import csv
import io
import json
import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from flows.cli.consoles import in_ascii
from tests.terminal import Ended, in_turn, read_in_part, surroundings
from tests.workplace import AS_OF, Workplace
from transforms.wording.sentences import number, plural

DTA = str(Path(sys.executable).parent / "dta")
SALINAS = "27661590000000"
COMMANDS = (
    ("explain", SALINAS),
    ("status",),
    ("sources",),
    ("sql", "select lea_name || ' – Cañada ● ▲ 日本 🙂' as name from leas"),
    ("sql", "select * from leas"),
    ("sql", "--recipes"),
    ("compare", "2023", "2024"),
    ("releases",),
    ("verify",),
    ("--help",),
    ("explain", "Nobody – “at” all"),
)


@cache
def run_on_code_page(out: Path, page: str) -> list[Ended]:
    """Run all commands on a console of eighty columns with this code page."""
    return in_turn(out, COMMANDS, PYTHONIOENCODING=page)


@pytest.mark.slow
@pytest.mark.parametrize(
    "page",  # Windows; the others are slow
    [
        "cp1252",
        *(pytest.param(page, marks=pytest.mark.slow) for page in ("ascii", "cp437", "latin-1", "cp850", "utf-8")),
    ],
)
def test_commands_work_on_any_code_page(published: Workplace, page: str) -> None:
    for arguments, (code, said, told) in zip(COMMANDS, run_on_code_page(published.out, page), strict=True):
        assert code == (2 if "Nobody" in arguments[-1] else 0), (arguments, told)
        assert b"Traceback" not in said + told, arguments
        (said + told).decode(page)
        if arguments == ("explain", SALINAS):
            assert "not eligible" in said.decode(page)


def test_unsupported_characters_are_replaced_by_similar_ones() -> None:
    assert in_ascii("● ○ – · ▲ ✗ ’“” Cañada é 日 ⠋ …") == '* o - . ^ x \'"" Canada e ? * .'
    assert len(in_ascii("●–…✗日")) == 5, "tables stay in line"


@pytest.mark.slow
@pytest.mark.parametrize("page", ["ascii", "cp1252"])
def test_a_run_writes_its_log_on_any_code_page(sql_checks_only: None, tmp_path: Path, page: str) -> None:
    source = tmp_path / "Señor [x]"
    source.mkdir()
    (source / "eladownload2024.txt").touch()
    logs = ("text", "json")
    runs = [("run", "--source", str(source), "--log", log) for log in logs]
    ended = in_turn(tmp_path / "out", runs, PYTHONIOENCODING=page, DTA_WORK=str(tmp_path / "work"))
    for log, (code, _, told) in zip(logs, ended, strict=True):
        assert code == 3, told
        assert b"Traceback" not in told
        if log == "json":
            events = [json.loads(line) for line in told.decode("ascii").splitlines()]
            assert str(source) in events[0]["message"]


@pytest.mark.slow
def test_brackets_in_paths_are_printed(tmp_path: Path) -> None:
    name = "[bold] a [red]b[/red] :smile: [/x]"
    out, source = tmp_path / name, tmp_path / f"{name}-source"
    source.mkdir(parents=True)
    commands = (
        ("status",),
        ("run", "--source", str(source)),
        ("status",),
        ("releases",),
        ("site", "--no-open"),
        ("explain", "x"),
        ("watch",),
    )
    none, run, failed, *without = in_turn(out, commands, DTA_WORK=str(tmp_path / f"{name}-work"))
    assert (none[0], str(out) in none[2].decode()) == (6, True)
    assert (run[0], str(source) in run[2].decode().replace("\n", "")) == (3, True)
    assert (failed[0], str(out) in failed[1].decode().replace("\n", "")) == (3, True)
    for code, _, told in without:
        assert code == 6, told
        assert b"Traceback" not in told


# Each of them writes more than fits in a pipe.
READERS = [
    *(c for c in COMMANDS if "Nobody" not in c[-1]),
    *(
        (
            "sql",
            "--format",
            form,
            f"select * from evidence {'cross join range(40)' if form == 'parquet' else 'limit 2000'}",
        )
        for form in ("csv", "plain-csv", "json", "parquet", "table")
    ),
    ("compare", "2023", "2024", "--format", "csv"),
]


WAYS = [(arguments, read) for read in (20, 0) for arguments in READERS]


@cache
def exits_with_stopped_reader(out: Path) -> dict[tuple[tuple[str, ...], int], tuple[int, str]]:
    """Return how each command ends if its reader stops after 20 bytes, or at once."""
    return dict(zip(WAYS, read_in_part(out, WAYS), strict=True))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "read"),
    WAYS,
    ids=lambda given: "-".join(given)[:30] if isinstance(given, tuple) else str(given),
)
def test_a_closed_pipe_is_not_an_error(published: Workplace, arguments: tuple[str, ...], read: int) -> None:
    assert exits_with_stopped_reader(published.out)[arguments, read] == (0, "")


@pytest.mark.parametrize(
    ("arguments", "closed", "code"),
    [
        (("sql", "select 1"), ">&-", 0),
        pytest.param(("sql", "select 1", "--format", "csv"), ">&-", 0, marks=pytest.mark.slow),
        pytest.param(("sql", "nonsense"), "2>&-", 2, marks=pytest.mark.slow),
        pytest.param(("register", "add", "spi"), "<&- >&-", 2, marks=pytest.mark.slow),
        pytest.param(("register", "add", "spi"), "<&- >&- 2>&-", 2, marks=pytest.mark.slow),
    ],
)
def test_a_closed_stream_is_not_an_error(
    published: Workplace, arguments: tuple[str, ...], closed: str, code: int
) -> None:
    """Some schedulers start their commands like this."""
    command = ["sh", "-c", f'exec "$0" "$@" {closed}', str(Path(sys.executable).parent / "dta"), *arguments]
    ended = subprocess.run(command, capture_output=True, text=True, env=surroundings(published.out), check=False)
    assert (ended.returncode, "Traceback" in ended.stderr) == (code, False), ended.stderr


@pytest.mark.slow
def test_a_run_continues_when_its_log_is_not_read(sql_checks_only: None, tmp_path: Path) -> None:
    given = {
        **os.environ,
        "DTA_OUT": str(tmp_path / "out"),
        "DTA_WORK": str(tmp_path / "work"),
        "DTA_AS_OF": str(AS_OF),
    }
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "eladownload2024.txt").touch()
    for log in ("text", "json"):
        command = [DTA, "run", "--source", str(tmp_path / "source"), "--log", log]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=given) as running:
            assert running.stderr
            running.stderr.close()
        assert running.returncode == 3, "the code says how the run ended, not that nobody listened"
        assert json.loads((tmp_path / "out" / "status.json").read_text())["last_outcome"] == "failed"


@pytest.mark.parametrize("page", ["cp1252", pytest.param("utf-8", marks=pytest.mark.slow)])
def test_output_fits_eighty_columns(published: Workplace, page: str) -> None:
    for _, said, _ in run_on_code_page(published.out, page):
        for line in said.decode(page).splitlines():
            assert len(line) <= 80 or "/" in line, line


@pytest.mark.slow
def test_words_are_not_broken_when_columns_can_stack(published: Workplace) -> None:
    queries = (
        f"select * from leas where cds = '{SALINAS}'",
        "select cds, lea_name, county from leas limit 3",
        "select 1 as a, 2 as a",
    )
    (_, said, _), (_, narrow, _), (_, twice, _) = in_turn(published.out, [("sql", query) for query in queries])
    assert re.search(rf"^  cds +{SALINAS} *$", said.decode(), re.MULTILINE)
    assert "  lea_name " in said.decode()
    assert "Salinas Union High" in said.decode()
    assert "cds" in narrow.decode().splitlines()[1], "what fits is a table"
    assert twice.decode().count("a") >= 2, "two columns of one name"


def test_csv_differs_for_excel_and_for_programs(published: Workplace) -> None:
    query = (
        f"select cds, lea_name, county_code, 5 as n, '6-8' as grades from leas where cds in ('{SALINAS}',"
        " '01611680000000') order by cds"
    )
    queries = [("sql", "--format", form, query) for form in ("csv", "plain-csv", "parquet")]
    comparisons = [("compare", "2023", "2024", "--format", form) for form in ("csv", "json")]
    (excel, plain, parquet, compared, as_json) = in_turn(
        published.out, [*queries, *comparisons], PYTHONIOENCODING="ascii"
    )
    said = excel[1]
    assert said.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(said.decode("utf-8-sig"))))
    assert rows[1] == ['="01611680000000"', "Emery Unified", '="01"', "5", '="6-8"']
    assert rows[2][0] == f'="{SALINAS}"', "fourteen digits are not 2.76616E+13"
    assert list(csv.reader(io.StringIO(plain[1].decode())))[1] == ["01611680000000", "Emery Unified", "01", "5", "6-8"]
    assert pq.read_table(io.BytesIO(parquet[1]))["cds"].to_pylist() == ["01611680000000", SALINAS]
    said = compared[1]
    assert said.startswith(b"\xef\xbb\xbf")
    assert all(
        re.fullmatch(r'="\d{14}"', row[0]) for row in list(csv.reader(io.StringIO(said.decode("utf-8-sig"))))[1:]
    )
    assert json.loads(as_json[1].splitlines()[0])["cds"]


@pytest.mark.slow
def test_a_comparison_starts_with_its_counts(published: Workplace) -> None:
    short, full, as_json = in_turn(
        published.out,
        [("compare", "2023", "2024", *more) for more in ((), ("--full",), ("--format", "json"))],
        COLUMNS="1000",
    )
    rows = [json.loads(line) for line in as_json[1].splitlines()]
    eligible = [(r["status_before"] == "eligible", r["status_after"] == "eligible") for r in rows]
    left = sum(before and r["status_after"] == "not_eligible" for r, (before, _) in zip(rows, eligible, strict=True))
    first, *lines = short[1].decode().splitlines()
    assert first.startswith(f"{plural(len(rows), 'verdict').capitalize()} differ between 2023 and 2024: ")
    assert left > 0
    assert f"{number(left)} no longer eligible" in first
    sentences = [line for line in lines if line.startswith("• ")]
    assert len(sentences) == len(rows) - eligible.count((False, False))
    assert sum(line.startswith("• ") for line in full[1].decode().splitlines()) == len(rows)
