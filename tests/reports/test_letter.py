"""The draft letter has facts of the release, law from the rules, and blanks for a person."""

import re
from pathlib import Path

import docx
import duckdb
import pytest
from docx.document import Document

from reports.book import read_book
from reports.lea import collect
from reports.printed import letter
from reports.published import find_lea, open_release
from tests.reports.conftest import HOSTILE, SALINAS
from tests.workplace import Workplace

SOUTH_MONTEREY = "27660680000000"


def written(out: Path, path: Path, cds: str, year: int, kind: str = "findings") -> Document:
    with open_release(out) as connection:
        book = read_book(connection)
        letter.write_letter(path, book, next(collect(connection, book, [find_lea(connection, cds)], year)), kind)
    return docx.Document(str(path))


def words(document: Document) -> str:
    cells = [c.text for t in document.tables for row in t.rows for c in row.cells]
    return "\n".join([*(p.text for p in document.paragraphs), *cells])


def test_the_letter_states_findings_evidence_and_sources(
    published: Workplace, tmp_path: Path, db: duckdb.DuckDBPyConnection
) -> None:
    reasons = db.execute(
        "select reason from eligibility where cds = ? and determination_year = 2023 and status in ('eligible',"
        " 'undetermined', 'not_eligible')",
        [SOUTH_MONTEREY],
    ).fetchall()
    met = db.execute(
        "select h.student_group, dashboard_year from student_group_history h where cds = ? and dashboard_year in (2018,"
        " 2019, 2022, 2023) and meets_criteria",
        [SOUTH_MONTEREY],
    ).fetchall()
    db.close()
    document = written(published.out, tmp_path / "x.docx", SOUTH_MONTEREY, 2023)
    for (reason,) in reasons:
        assert reason in words(document)
    evidence = [[c.text for c in row.cells] for row in document.tables[0].rows[1:]]
    assert sorted((re.findall(r"\((\w+)\)", row[0])[0], int(row[1])) for row in evidence) == sorted(met)
    (el,) = [row for row in evidence if "(EL)" in row[0] and row[1] == "2023"]
    assert "Red on suspension rate" in el[3]
    assert "Susp.: Red, 10.6% (635 students)" in el[4]
    assert "suspdownload2023.txt (excerpt), line 156" in el[5]
    (by_cde,) = [row for row in evidence if "(EL)" in row[0] and row[1] == "2018"]
    assert "by CDE's letter" in by_cde[3]
    assert "assistancestatus18.xlsx (excerpt), row" in by_cde[5]


def test_the_letter_is_a_draft_with_blanks(published: Workplace, tmp_path: Path) -> None:
    document = written(published.out, tmp_path / "x.docx", SALINAS, 2024)
    assert "DRAFT" in document.sections[0].header.paragraphs[0].text
    marked = [run.text for p in document.paragraphs for run in p.runs if run.font.highlight_color]
    assert marked == [
        "[Letterhead of the sender]", "[Date]", "[Name and title of the addressee]", "[Address]", "[name]",
        "[What the sender requests or offers, by when, and whom to call]", "[Signature]",
        "[Name, title and office of the signatory]",
    ]  # fmt: skip
    assert "not an official designation" in words(document)
    assert document.core_properties.author == ""


def test_law_text_comes_from_the_published_rules(
    published: Workplace, tmp_path: Path, db: duckdb.DuckDBPyConnection
) -> None:
    law = db.execute(
        "select p.name, e.statute, p.trigger, p.url from pathways p join eligibility e using (pathway) "
        "where e.cds = ? and e.determination_year = 2024 and pathway in ('continuum', 'wraparound') order by"
        " p.position",
        [SALINAS],
    ).fetchall()
    tests = db.execute(
        "select basis || chr(10) || url from rule_tests where dashboard_year = 2024 and test in ('consecutive',"
        " 'differentiated_assistance')"
    ).fetchall()
    db.close()
    document = written(published.out, tmp_path / "x.docx", SALINAS, 2024)
    rows = [[c.text for c in row.cells] for row in document.tables[1].rows[1:]]
    assert [tuple(row[:3]) for row in rows[:2]] == [
        (name, statute, f"{trigger}\n{url}") for name, statute, trigger, url in law
    ]
    assert {row[2] for row in rows[2:]} == {text for (text,) in tests}
    assert not re.findall(r"\bEC \d|Education Code|shall", Path(letter.__file__).read_text("utf-8")), (
        "the code cites no law of its own"
    )


def test_letter_sources_are_the_files_of_the_evidence(published: Workplace, tmp_path: Path) -> None:
    by_groups = written(published.out, tmp_path / "x.docx", SOUTH_MONTEREY, 2023, "continuum")
    evidence, files = by_groups.tables[0], by_groups.tables[-1]
    cited = {
        line.rpartition(", ")[0].split(", row")[0] for r in evidence.rows[1:] for line in r.cells[5].text.split("\n")
    }
    listed = {row.cells[0].text for row in files.rows[1:]}
    assert cited <= listed
    assert not {name for name in listed - cited if not name.startswith("assistancestatus")}
    by_loan = written(published.out, tmp_path / "y.docx", SOUTH_MONTEREY, 2023, "wraparound")
    assert not [t for t in by_loan.tables if t.rows[0].cells[0].text == "File"]
    assert letter.LOAN_REGISTER in words(by_loan)
    assert letter.LOAN_REGISTER not in words(by_groups)


def test_a_hostile_name_is_text(hostile: Path, tmp_path: Path) -> None:
    assert HOSTILE in words(written(hostile, tmp_path / "x.docx", SALINAS, 2024))


@pytest.mark.parametrize("text", ["nul \x00 here", "vertical \x0b tab"])
def test_characters_invalid_in_documents_are_removed(text: str) -> None:
    paragraph = docx.Document().add_paragraph()
    letter._write(paragraph, text)
    assert paragraph.text == text.replace("\x00", "").replace("\x0b", "")
