"""Control and invisible characters are rejected on reading, with file, line and column, and never published."""

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from tests.pipeline.test_other_sources import PAGE, write_charter_workbook, write_directory
from tests.workplace import SAMPLE, Workplace
from transforms.control_characters import CONTROL, REASON, control_in, shown
from transforms.errors import SourceError
from transforms.sources.unused import UnusedFile

SALINAS = "27661590000000"
HIDDEN = [
    chr(n)
    for n in (0, 7, 11, 27, 0x7F, 0x85, 0x9B, 0xAD, 0x61C, 0x200B, 0x200F, 0x2028, 0x202E, 0x2066, 0xFEFF, 0xE0041)
]


@pytest.mark.parametrize("hidden", HIDDEN, ids=lambda h: f"{ord(h[0]):04x}")
def test_each_hidden_character_is_detected_and_shown_as_its_code(hidden: str) -> None:
    text = f"Salinas{hidden} Union"
    assert control_in(text) == f"U+{ord(hidden[0]):04X}"
    assert shown(text).isprintable()
    assert not control_in(shown(text))


@pytest.mark.parametrize("text", ["Cañada – “Union”\xa0High’s", "two\nlines\tof a comment\r\n", "日本", "e\u0301"])
def test_ordinary_text_is_unchanged(text: str) -> None:
    assert control_in(text) == ""
    assert shown(text) == text


def set_cell(path: Path, sheet: int, heading: str, row: int, value: str) -> None:
    book = openpyxl.load_workbook(path)
    page = book.worksheets[sheet]
    headings = {str(c.value).lower(): c for r in page.iter_rows(max_row=8) for c in r if c.value}
    page.cell(row, headings[heading].column, value)
    book.save(path)


def in_row(text: str, cds: str, column: str, value: str) -> str:
    header, *lines = text.split("\n")
    position = header.rstrip("\r").lower().split("\t").index(column)
    n = next(n for n, line in enumerate(lines) if line.startswith(cds))
    cells = lines[n].split("\t")
    cells[position] = value
    lines[n] = "\t".join(cells)
    return "\n".join([header, *lines])


def test_rows_with_hidden_characters_are_rejected_in_every_kind_of_file(
    workplace: Workplace, edit: Callable[[str, Callable[[str], str]], None]
) -> None:
    edit("mathdownload2024.txt", lambda t: in_row(t, SALINAS, "districtname", "Salinas\x1b[2J Union"))
    edit("suspdownload2024.txt", lambda t: in_row(t, SALINAS, "countyname", "Mon\u202eterey"))
    set_cell(workplace.source / "assistancestatus24.xlsx", -1, "leaname", 8, "Alisal\u200b Union")
    set_cell(workplace.source / "assistancestatus23.xlsx", -1, "cityname", 9, "Sali\x7fnas")
    set_cell(workplace.source / "Pr12024.xlsx", 0, "lea", 3, "Monterey\u2066 Bay")
    write_directory(workplace.source, status="Active")
    path = workplace.source / "pubschls.txt"
    path.write_bytes(path.read_bytes().replace(b"Old School", b"Old\x1b]0;x\x07 School"))
    write_charter_workbook(workplace.source, letter="A")
    set_cell(next(workplace.source.glob("charter*24.xlsx")), -1, "schoolname", 7, "A \u202eCharter")
    (workplace.source / "first2425.asp").write_text(
        PAGE.replace("Salinas Union High", "Salinas&#x202e; Union High"), "utf-8"
    )
    with workplace.decide() as db:
        found = dict(
            db.execute("select file, list(distinct (column_name, reason)) from rejects group by file").fetchall()
        )
        groups = db.execute(
            "select count(*) from evidence where cds = ? and dashboard_year = 2024 and indicator = 'math' and finding ="
            " 'unknown'",
            [SALINAS],
        )
        unknown = groups.fetchall()[0][0]
        texts = [
            f"select count(*) from {quoted(table)} where regexp_matches({quoted(column)}, '{CONTROL}')"
            for table, column in db.execute(
                "select table_name, column_name from duckdb_columns() join duckdb_tables() using (table_name) where"
                " data_type = 'VARCHAR' and table_name in ('rejects', 'leas', 'eligibility', 'evidence',"
                " 'local_indicators', 'directory', 'charter_letters', 'assistance_letters', 'interim_certifications',"
                " 'watch_list', 'changes', 'assistance')"
            ).fetchall()
        ]
        assert len(texts) > 50
        assert sum(db.execute(query).fetchall()[0][0] for query in texts) == 0
    reasons = {
        file: {(c["column_name"], c["reason"]) if isinstance(c, dict) else tuple(c) for c in cells}
        for file, cells in found.items()
    }

    def name(file: str, column: str) -> bool:
        return (column, REASON) in reasons[file]

    assert name("mathdownload2024.txt", "districtname")
    assert name("suspdownload2024.txt", "countyname")
    assert name("assistancestatus24.xlsx", "LEAname")
    assert name("assistancestatus23.xlsx", "Cityname")
    assert name("Pr12024.xlsx", "leaname")
    assert name("pubschls.txt", "School")
    assert name("first2425.asp", "")
    assert any(file.startswith("charter") and name(file, "SchoolName") for file in found)
    assert unknown > 0, "what the rejected row would have said is not determined"


def quoted(name: str) -> str:
    return '"' + name + '"'


@pytest.mark.slow
def test_a_release_with_such_rows_has_pages_and_reports(
    without_contracts: None, workplace: Workplace, edit: Callable[[str, Callable[[str], str]], None]
) -> None:
    """A school row: the gates accept one."""
    from typer.testing import CliRunner

    from flows.cli.app import app

    school = next(
        line for line in (SAMPLE / "suspdownload2024.txt").read_text("utf-8").split("\n") if "\tS\t" in line
    ).split("\t")[0]
    edit("suspdownload2024.txt", lambda t: in_row(t, school, "schoolname", "\x1b]0;owned\x07School\u202e"))
    (workplace.source / "a\x1b[31m\u202efile.txt").write_text("stray")
    assert workplace.publish().outcome == "published"
    release = (workplace.out / "current").resolve()
    pages = [
        p
        for p in release.rglob("*")
        if p.suffix in (".html", ".js", ".json", ".csv") and "assets" not in p.parts and "console" not in p.parts
    ]
    assert len(pages) > 30
    for page in pages:
        text = page.read_text("utf-8").removeprefix("\ufeff")
        assert not control_in(text), page
    to = workplace.out.parent / "reports"
    for arguments in (
        ("lea", SALINAS),
        ("county", "Monterey"),
        ("letter", SALINAS),
        ("workbook", "--out-file", str(to / "book.xlsx")),
    ):
        place = () if arguments[0] == "workbook" else ("--to", str(to))
        ended = CliRunner().invoke(app, ["report", *arguments, *place, "--out", str(workplace.out)])
        assert ended.exit_code == 0, ended.output
    assert {p.suffix for p in to.iterdir()} >= {".pdf", ".docx", ".xlsx"}


def test_the_name_of_a_file_is_on_one_line() -> None:
    """A file name cannot add a line to the message about it."""
    name = "x\nError: all is lost\r\t\u2028.txt"
    assert UnusedFile(name, "r", "w").file == "x\\nError: all is lost\\r\\t\\u2028.txt"
    assert len(str(SourceError(name, "it is wrong", "Mend it.")).splitlines()) == 1
