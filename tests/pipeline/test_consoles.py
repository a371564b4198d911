"""The command on any console: code pages, a reader that stops reading, brackets, eighty columns; and CSV that Excel
shows as it is.
"""

import csv
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from flows.cli.consoles import in_ascii
from tests.workplace import AS_OF, SAMPLE, Workplace

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


def dta(out: Path, *arguments: str, read: int | None = None, **environment: str) -> tuple[int, bytes, bytes]:
    """Exit code and what was written; with ``read``, by a reader that stops after so many bytes."""
    given = {k: v for k, v in os.environ.items() if not k.startswith("DTA_")} | {
        "DTA_OUT": str(out),
        "COLUMNS": "80",
        **environment,
    }
    with subprocess.Popen([DTA, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=given) as running:
        assert running.stdout
        assert running.stderr
        if read is None:
            said, told = running.communicate(timeout=120)
        else:
            said = running.stdout.read(read)
            running.stdout.close()
            told = running.stderr.read()
    return running.returncode, said, told


@pytest.mark.parametrize("page", ["cp1252", "ascii", "cp437", "latin-1", "cp850", "utf-8"])
def test_any_code_page(published: Workplace, page: str) -> None:
    for arguments in COMMANDS:
        code, said, told = dta(published.out, *arguments, PYTHONIOENCODING=page)
        assert code == (2 if "Nobody" in arguments[-1] else 0), (arguments, told)
        assert b"Traceback" not in said + told, arguments
        (said + told).decode(page)
        if arguments == ("explain", SALINAS):
            assert "not eligible" in said.decode(page)


def test_characters_become_their_likes() -> None:
    assert in_ascii("● ○ – · ▲ ✗ ’“” Cañada é 日 ⠋ …") == '* o - . ^ x \'"" Canada e ? * .'
    assert len(in_ascii("●–…✗日")) == 5, "tables stay in line"


@pytest.mark.parametrize("page", ["cp1252", "ascii"])
def test_a_run_and_its_log_on_a_code_page(light: None, tmp_path: Path, page: str) -> None:
    source = tmp_path / "Señor [x]"
    source.mkdir()
    (source / "eladownload2024.txt").write_text("<html>")
    for log in ("text", "json"):
        code, _, told = dta(
            tmp_path / "out",
            "run",
            "--source",
            str(source),
            "--log",
            log,
            PYTHONIOENCODING=page,
            DTA_WORK=str(tmp_path / "work"),
        )
        assert code == 3, told
        assert b"Traceback" not in told
        if log == "json":
            events = [json.loads(line) for line in told.decode("ascii").splitlines()]
            assert str(source) in events[0]["message"]


@pytest.mark.parametrize("name", ["[/x]", "[bold]", "a [red]b[/red] :smile:"])
def test_brackets_in_paths_are_printed(tmp_path: Path, name: str) -> None:
    out, source = tmp_path / name, tmp_path / f"{name}-source"
    source.mkdir(parents=True)
    code, _, told = dta(out, "status")
    assert (code, str(out) in told.decode()) == (6, True)
    code, _, told = dta(out, "run", "--source", str(source), DTA_WORK=str(tmp_path / f"{name}-work"))
    assert (code, str(source) in told.decode().replace("\n", "")) == (3, True)
    code, said, told = dta(out, "status")
    assert code == 3, told
    assert str(out) in said.decode().replace("\n", "")
    for arguments in (("releases",), ("site", "--no-open"), ("explain", "x"), ("watch",)):
        code, said, told = dta(out, *arguments)
        assert code == 6, told
        assert b"Traceback" not in told


READERS = [c for c in COMMANDS if "Nobody" not in c[-1]] + [
    ("sql", "--format", form, "select * from evidence cross join range(40)")
    for form in ("csv", "plain-csv", "json", "parquet", "table")
]  # fmt: skip


@pytest.mark.parametrize(
    "arguments", [*READERS, ("compare", "2023", "2024", "--format", "csv")], ids=lambda a: "-".join(a)[:30]
)
@pytest.mark.parametrize("read", [0, 20])
def test_a_reader_that_stops_is_no_fault(published: Workplace, arguments: tuple[str, ...], read: int) -> None:
    code, _, told = dta(published.out, *arguments, read=read)
    assert (code, told) == (0, b"")


def test_a_run_goes_on_when_nobody_reads_its_log(light: None, tmp_path: Path) -> None:
    given = {
        **os.environ,
        "DTA_OUT": str(tmp_path / "out"),
        "DTA_WORK": str(tmp_path / "work"),
        "DTA_AS_OF": str(AS_OF),
    }
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "eladownload2024.txt").write_bytes((SAMPLE / "eladownload2024.txt").read_bytes()[:5000])
    for log in ("text", "json"):
        command = [DTA, "run", "--source", str(tmp_path / "source"), "--log", log]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=given) as running:
            assert running.stderr
            running.stderr.close()
        assert running.returncode == 3, "the code says how the run ended, not that nobody listened"
        assert json.loads((tmp_path / "out" / "status.json").read_text())["last_outcome"] == "failed"


def test_eighty_columns(published: Workplace) -> None:
    for arguments in COMMANDS:
        _, said, _ = dta(published.out, *arguments)
        for line in said.decode().splitlines():
            assert len(line) <= 80 or "/" in line, line


def test_words_are_not_broken_where_a_row_can_stand_below_the_other(published: Workplace) -> None:
    _, said, _ = dta(published.out, "sql", f"select * from leas where cds = '{SALINAS}'")
    assert re.search(rf"^  cds +{SALINAS} *$", said.decode(), re.MULTILINE)
    assert "  lea_name " in said.decode()
    assert "Salinas Union High" in said.decode()
    _, said, _ = dta(published.out, "sql", "select cds, lea_name, county from leas limit 3")
    assert "cds" in said.decode().splitlines()[1], "what fits is a table"
    _, said, _ = dta(published.out, "sql", "select 1 as a, 2 as a")
    assert said.decode().count("a") >= 2, "two columns of one name"


def test_csv_for_excel_and_csv_for_programs(published: Workplace) -> None:
    query = (
        f"select cds, lea_name, county_code, 5 as n, '6-8' as grades from leas where cds in ('{SALINAS}',"
        " '01611680000000') order by cds"
    )
    _, said, _ = dta(published.out, "sql", "--format", "csv", query, PYTHONIOENCODING="ascii")
    assert said.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(said.decode("utf-8-sig"))))
    assert rows[1] == ['="01611680000000"', "Emery Unified", '="01"', "5", '="6-8"']
    assert rows[2][0] == f'="{SALINAS}"', "fourteen digits are not 2.76616E+13"
    _, said, _ = dta(published.out, "sql", "--format", "plain-csv", query)
    assert list(csv.reader(io.StringIO(said.decode())))[1] == ["01611680000000", "Emery Unified", "01", "5", "6-8"]
    _, said, _ = dta(published.out, "sql", "--format", "parquet", query)
    assert pq.read_table(io.BytesIO(said))["cds"].to_pylist() == ["01611680000000", SALINAS]
    _, said, _ = dta(published.out, "compare", "2023", "2024", "--format", "csv")
    assert said.startswith(b"\xef\xbb\xbf")
    assert all(
        re.fullmatch(r'="\d{14}"', row[0]) for row in list(csv.reader(io.StringIO(said.decode("utf-8-sig"))))[1:]
    )
    _, said, _ = dta(published.out, "compare", "2023", "2024", "--format", "json", PYTHONIOENCODING="ascii")
    assert json.loads(said.splitlines()[0])["cds"]
