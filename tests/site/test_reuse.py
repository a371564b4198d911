"""A page of an LEA is reused from the previous release only if it would be written the same."""

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import duckdb
import pytest

from reports.book import read_book
from reports.lea_queries import QUERIES
from reports.published import all_leas
from reports.site import build, reuse
from reports.site.lea_pages import write_leas
from reports.site.pages import Pages
from reports.site.reuse import reuse_pages
from tests.workplace import AS_OF, Workplace, edit_text
from transforms.release.current import DATABASE
from transforms.schema import published_tables

SALINAS = "27661590000000"
BORROWER = "27660680000000"  # South Monterey County Joint Union High
FEW = (SALINAS, BORROWER, "27102720000000", "27102720124297")  # with its county office and a charter school
ABOUT_THE_RELEASE = """
    update meta_release set release_id = 'another', as_of = as_of + 1, scope = 'Another scope';
    update meta_release set not_loaded = ['2027: out, not loaded'];
    update meta_gate_results set severity = 'warning', outcome = 'failed' where rowid = 1;
    update meta_sources set sha256 = repeat('f', 64), first_seen = first_seen + interval 1 day where present
"""
OF_ONE_LEA = {  # each of another LEA
    "27661590000000": "update evidence set level = 1 where cds = $cds and dashboard_year = 2024 and level = 2",
    "27660270000000": "update indicator_results set current_status = 1 where cds = $cds and dashboard_year = 2023",
    BORROWER: (  # only the order of its events changes
        "update state_loan_events set event_date = date '1900-01-01'"
        " where (event_date, event_id) = (select max((event_date, event_id)) from state_loan_events where cds = $cds)"
    ),
    "27102720000000": "update eligibility set reason = 'Another reason.' where cds = $cds and pathway = 'continuum'",
    "27751500000000": "update leas set lea_name = 'Another Name' where cds = $cds",
    "27754400000000": "delete from student_group_history where cds = $cds and student_group = 'EL'",
}
OF_ALL = (
    "update student_groups set name = 'Another name' where student_group = 'EL'",
    "update meta_sources set file = 'another.txt' where file = 'eladownload2024.txt'",
    "update indicators set short_name = 'Another' where indicator = 'ela'",
)
READ = {*re.findall(r"\w+", " ".join(query.rows for query in QUERIES.values()))}  # names of tables and columns
IN_BOOK = ("indicators", "pathways", "student_groups", "priority_letters", "geo_leads", "rule_windows")


@dataclass
class Written:
    """Pages of a changed release: those that were reused, and all as they are written without a previous release."""

    reused: dict[str, str]
    fresh: dict[str, str]


@pytest.fixture(scope="module")
def copy(release: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    path = Path(shutil.copy(release / DATABASE, tmp_path_factory.mktemp("copy")))
    path.chmod(0o644)
    with duckdb.connect(str(path)) as connection:
        yield connection


@pytest.fixture
def change(copy: duckdb.DuckDBPyConnection, release: Path, tmp_path: Path) -> Callable[..., Written]:
    """Return a function that changes a release by a statement, writes pages in both ways, and undoes the change."""

    def written(statement: str, *codes: str) -> Written:
        copy.execute("begin")
        copy.execute(statement)
        book, leas = read_book(copy), [lea for lea in all_leas(copy) if lea.cds in codes or not codes]
        reused, fresh = (Pages(tmp_path / uuid4().hex, book) for _ in range(2))
        reuse_pages(copy, reused, leas, release)
        write_leas(copy, fresh, leas, lambda _: None)
        copy.execute("rollback")
        return Written(*({p.stem: p.read_text("utf-8") for p in (f.folder / "lea").iterdir()} for f in (reused, fresh)))

    return written


def test_what_changes_with_each_release_keeps_every_page(change: Callable[..., Written]) -> None:
    written = change(ABOUT_THE_RELEASE)
    assert written.reused == written.fresh


def test_a_change_of_one_lea_has_only_its_page_written(change: Callable[..., Written]) -> None:
    written = change(";".join(s.replace("$cds", f"'{cds}'") for cds, s in OF_ONE_LEA.items()))
    assert {cds: page for cds, page in written.fresh.items() if cds not in OF_ONE_LEA} == written.reused


def test_the_order_of_rows_does_not_matter(change: Callable[..., Written]) -> None:
    """In a copy of a database, replaced rows come last. Here, so do student groups that have no place of their own."""
    judged = "update student_groups set judged = 'Y'"
    of_leas = [n for n, table in published_tables().items() if n in READ and "cds" in table.columns]
    turned = [f"create or replace table {n} as from {n} order by rowid desc" for n in of_leas]
    assert change("; ".join([judged, *turned])).fresh == change(judged).fresh


@pytest.mark.parametrize("statement", OF_ALL)
def test_a_change_that_pages_share_has_all_written(change: Callable[..., Written], statement: str) -> None:
    assert not change(statement, *FEW).reused


def test_other_code_or_a_page_without_digest_is_not_reused(
    release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with duckdb.connect(str(release / DATABASE), read_only=True) as connection:
        pages, leas = Pages(tmp_path / "own", read_book(connection)), all_leas(connection)
        assert reuse_pages(connection, pages, leas, release) == []
        before = tmp_path / "reports" / "lea"
        shutil.copytree(release / "reports" / "lea", before)
        page = before / f"{SALINAS}.html"
        page.chmod(0o644)
        page.write_text(reuse.DIGEST.sub("", page.read_text("utf-8")), "utf-8")
        (before / f"{leas[0].cds}.html").unlink()
        assert [lea.cds for lea in reuse_pages(connection, pages, leas, tmp_path)] == [leas[0].cds, SALINAS]
        monkeypatch.setattr(reuse, "code_digest", lambda: "another")
        assert reuse_pages(connection, pages, leas, release) == leas
        assert reuse_pages(connection, pages, [], release) == []


def test_a_night_writes_only_pages_of_leas_that_changed(
    without_contracts: None, released: Workplace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The release is the same, whether pages were reused or not."""
    edit_text(
        released.source / "eladownload2024.txt",
        lambda text: text.replace(
            f"{SALINAS}\tD\t\tSalinas Union High\tMonterey\t\t\t\tAI\t8\t",
            f"{SALINAS}\tD\t\tSalinas Union High\tMonterey\t\t\t\tAI\t9\t",
        ),
    )
    asked: list[str] = []
    write = build.write_leas

    def listed(connection: object, pages: object, leas: object, tell: object) -> None:
        asked.extend(lea.cds for lea in leas)
        write(connection, pages, leas, tell)

    monkeypatch.setattr(build, "write_leas", listed)
    released.publish(as_of=AS_OF + timedelta(days=1))
    assert asked == [SALINAS]
    current = (released.out / "current").resolve()
    for path in current.iterdir():
        if path.is_file():
            (tmp_path / path.name).symlink_to(path)
    build.write_site(tmp_path, lambda *_: None)
    for page in (tmp_path / "reports").rglob("*.html"):
        assert page.read_bytes() == (current / page.relative_to(tmp_path)).read_bytes(), page.name


@pytest.mark.slow
@pytest.mark.parametrize("name", [n for n in published_tables() if n in {*READ, *IN_BOOK} and n != "meta_sources"])
def test_a_change_of_any_column_is_seen(change: Callable[..., Written], name: str) -> None:
    """One row gets another row's value, in each column except the key: a reused page is as if it were written."""
    table = published_tables()[name]
    for column in (c for c in table.columns if c not in table.key and (c in READ or name in IN_BOOK)):
        of_few = f"and cds in {FEW}" if "cds" in table.columns else ""
        last = f"select max(rowid) from {name} where {column} is not null {of_few}"
        other = f"select min(o.{column}) from {name} o where o.{column} <> t.{column}"
        changed = f"if(rowid = ({last}), ({other}), {column}) as {column}"
        written = change(f"create or replace table {name} as select * replace ({changed}) from {name} t", *FEW)
        assert {n: p for n, p in written.reused.items() if p != written.fresh[n]} == {}, column
