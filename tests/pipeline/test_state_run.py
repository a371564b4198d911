"""The output of `make run`; scope, missing Dashboards and excerpts are reported wherever a release is read."""

from pathlib import Path

import docx
import duckdb
import openpyxl
import pytest
from typer.testing import CliRunner

from flows.cli.app import app
from reports.answer import read_answer
from tests.site.page import Page

SCOPE = "All 58 counties by CDE's assistance workbooks 2017–2024; indicator detail for Monterey County only"
OUT, DUE, GET = (
    "2025: out, not loaded",
    "2026: due since October 15, not loaded",
    "To get the files: dta run --source catalog",
)
SALINAS, HAYWARD = "27661590000000", "01611920000000"


def dta(out: Path, *arguments: object) -> str:
    ended = CliRunner(env={"COLUMNS": "80", "NO_COLOR": "1", "DTA_OUT": str(out)}).invoke(
        app, [str(a) for a in arguments]
    )
    assert ended.exit_code == 0, ended.output
    return " ".join(ended.output.split())


@pytest.fixture
def printed(state_run: Path) -> str:
    return (state_run / "stdout.txt").read_text("utf-8")


def test_the_run_ends_with_the_answer(printed: str, state_db: duckdb.DuckDBPyConnection) -> None:
    said = " ".join(printed.split())
    answer = read_answer(state_db)
    assert (
        answer.sentence
        == "In 2024, 67 LEAs meet the criteria: 54 districts and 13 county offices; 16 are new, 15 left; two more"
        " are eligible by a state loan (Inglewood Unified and South Monterey County Joint Union High): 69 in all."
    )
    for part in (
        answer.sentence,
        f"{SCOPE}.",
        OUT,
        DUE,
        GET,
        "Look: dta site",
        'Ask: dta explain "Del Norte County Unified"',
    ):
        assert part in said
    changed = state_db.execute(
        "select lea_name || ' (' || county || ')' from changes where to_year = 2024 and pathway = 'continuum' and"
        " change in ('newly_eligible', 'no_longer')"
    ).fetchall()
    assert len(changed) == 31
    assert [name for (name,) in changed if name not in said] == []


def test_the_answer_fits_a_screen(printed: str) -> None:
    lines = printed.splitlines()
    assert len(lines) <= 40
    assert [line for line in lines if len(line) > 80 and not line.startswith("Release: ")] == []


def test_the_home_page_has_the_same_sentence(state_run: Path, state_db: duckdb.DuckDBPyConnection) -> None:
    page = Page(state_run / "out" / "current" / "reports" / "index.html")
    answer = read_answer(state_db)
    (said,) = page.find("//p[@id='answer']")
    assert said.text_content() == f"{answer.sentence} {answer.not_determined}"


def test_every_page_states_its_scope_and_missing_dashboards(state_run: Path) -> None:
    reports = state_run / "out" / "current" / "reports"
    pages = [
        *reports.glob("*.html"),
        *sorted(reports.glob("county/*.html"))[:3],
        *sorted(reports.glob("lea/*.html"))[:3],
    ]
    assert len(pages) > 12
    for path in pages:
        text = path.read_text("utf-8").replace("&#39;", "'")
        assert (path.name, text.count(f'<p class="scope">{SCOPE}</p>'), OUT in text, DUE in text) == (
            path.name,
            1,
            True,
            True,
        )


def test_release_and_status_state_the_scope(state_run: Path, state_db: duckdb.DuckDBPyConnection) -> None:
    assert state_db.execute("select scope, not_loaded from meta_release").fetchall() == [(SCOPE, [OUT, DUE])]
    state_db.close()  # the command opens the file in another way
    said = dta(state_run / "out", "status")
    assert all(part in said for part in (SCOPE, OUT, DUE, GET))


@pytest.mark.slow
def test_the_workbook_states_the_scope(state_run: Path, tmp_path: Path) -> None:
    dta(state_run / "out", "report", "workbook", "--out-file", tmp_path / "dta.xlsx")
    cover = list(openpyxl.load_workbook(tmp_path / "dta.xlsx", read_only=True)["About"].iter_rows(values_only=True))
    assert [row[1] for row in cover if row[0] == "Covers"] == [SCOPE]
    assert [row[1] for row in cover if row[0] == "Not current"] == [OUT, DUE]


def test_a_cited_excerpt_is_called_an_excerpt(
    state_run: Path, state_db: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    out = state_run / "out"
    whole = {
        file
        for (file,) in state_db.execute("select file from meta_sources where present and excerpt is null").fetchall()
    }
    assert whole == {
        "assistancestatus2017.xls", "assistancestatus18.xlsx", "assistancestatus19-rev.xlsx", "assistancestatus22.xlsx",
        "assistancestatus23.xlsx",
        "assistancestatus24.xlsx", "LocalIndPerf2017.txt", "LocalIndPerf2018.txt", "leas2023perec52064.xlsx",
    }  # fmt: skip
    excerpts = state_db.execute(
        "select distinct excerpt from meta_sources where present and excerpt is not null"
    ).fetchall()
    ((said,),) = excerpts
    assert (
        said
        == "Excerpt: holds only the rows of Monterey County. CDE's file is statewide; SHA-256, size and line numbers"
        " are those of the excerpt."
    )
    state_db.close()
    reports = out / "current" / "reports"
    for cds, cited in ((SALINAS, True), (HAYWARD, False)):
        page = Page(reports / "lea" / f"{cds}.html").markup
        assert (said in page, "(excerpt)" in page, "assistancestatus24.xlsx</a> (excerpt)" in page) == (
            cited,
            cited,
            False,
        )
        explained = dta(out, "explain", cds, "--full", "--year", 2023)
        assert (said in explained, "(excerpt)" in explained) == (cited, cited)
        dta(out, "report", "letter", cds, "--year", 2023, "--to", tmp_path)
        letters = list(tmp_path.glob("*.docx"))
        assert len(letters) > 1, "a letter for each finding"
        for letter in letters:
            document = docx.Document(str(letter))
            letter.unlink()
            cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
            assert (
                said in [p.text for p in document.paragraphs],
                any("eladownload2023.txt (excerpt)" in c for c in cells),
            ) == (cited, cited)
    assert (reports / "coverage.html").read_text("utf-8").replace("&#39;", "'").count(said) == 35
