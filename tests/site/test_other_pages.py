"""Figures on the other pages equal queries on the release, and every link has a target."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import duckdb
import pytest

from tests.site.page import Page
from transforms.files import sha256_of
from transforms.release.digests import report_parts
from transforms.wording.sentences.one_line import LONGEST


@pytest.fixture(scope="module")
def site(release: Path) -> Path:
    return release / "reports"


def digests(folder: Path) -> dict[str, str]:
    return {p.relative_to(folder).as_posix(): sha256_of(p) for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.mark.slow
def test_the_same_release_gives_the_same_pages(release: Path, tmp_path: Path) -> None:
    """In any process: another process iterates sets of words in another order."""
    for path in release.iterdir():
        if path.is_file():
            (tmp_path / path.name).symlink_to(path)
    code = (
        "import sys; from pathlib import Path; from reports.site.build import write_site;"
        "write_site(Path(sys.argv[1]), lambda words, done, total: print(words))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        env={**os.environ, "PYTHONHASHSEED": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert digests(tmp_path / "reports") == digests(release / "reports")
    assert "writing pages of LEAs" in ran.stdout


def test_a_change_of_a_page_would_make_a_new_release() -> None:
    named = {line.split()[0] for line in report_parts()}
    assert {
        "reports/site/templates/lea.html",
        "reports/site/assets/site.css",
        "reports/site/county_shapes.json",
        "reports/lea.py",
    } <= named
    assert {"transforms/wording/labels.py", "transforms/wording/sentences/lcap.py"} <= named
    assert not [name for name in named if name.startswith("reports/serve/")]


def table(page: Page, id: str) -> list[list[str]]:
    """Return cells of a table's body as text."""
    return [page.read("./th|./td", row) for row in page.find(f"//table[@id='{id}']/tbody/tr")]


def test_every_link_within_the_release_has_a_target(site: Path) -> None:
    pages = sorted(site.rglob("*.html"))
    places = {p.resolve(): set(Page(p).find("//@id")) for p in pages}
    choices = {
        p.resolve(): set(Page(p).find("//form[@data-table]//*[self::select or self::input]/@name")) for p in pages
    }
    for path in pages:
        for target in Page(path).find(
            "//a[not(ancestor::*[@data-served])]/@href | //script/@src | //link[@rel='stylesheet']/@href"
        ):
            parts = urlsplit(target)
            if parts.scheme in ("http", "https"):
                continue
            led = (path.parent / unquote(parts.path)).resolve() if parts.path else path.resolve()
            assert led.is_file(), f"{path.name}: {target}"
            if "=" in parts.fragment:  # filters of a table
                assert set(parse_qs(parts.fragment, strict_parsing=True)) <= choices[led], f"{path.name}: {target}"
                continue
            assert not parts.fragment or parts.fragment in places[led], f"{path.name}: {target}"


def test_every_lea_has_exactly_one_page(site: Path, db: duckdb.DuckDBPyConnection) -> None:
    assert {p.stem for p in (site / "lea").iterdir()} == {c for (c,) in db.execute("select cds from leas").fetchall()}
    assert {p.stem for p in (site / "county").iterdir()} == {
        c for (c,) in db.execute("select county_code from counties").fetchall()
    }


def test_home_counts_match_the_release(site: Path, db: duckdb.DuckDBPyConnection) -> None:
    page = Page(site / "index.html")
    leas, eligible, doubt = db.execute(
        "with l as (select cds, bool_or(status = 'eligible') as yes, bool_or(status = 'undetermined') as maybe from"
        " eligibility where determination_year = (select max(determination_year) from eligibility) group by cds) select"
        " count(*), count(*) filter (yes), count(*) filter (maybe) from l"
    ).fetchall()[0]
    changed = db.execute(
        "select count(*) from changes where to_year = (select max(to_year) from changes) and change <> 'continuing'"
    ).fetchall()[0][0]
    assert page.read("//*[@data-figure]") == [f"{n:,}" for n in (leas, eligible, doubt, changed)]
    for row in page.find("//table[@id='by-pathway']/tbody/tr"):
        counts = db.execute(
            "select count(*) filter (status = 'eligible'), count(*) filter (status = 'undetermined') from eligibility"
            " where pathway = ? group by determination_year order by determination_year",
            [row.get("data-pathway")],
        ).fetchall()
        assert page.read("./td", row) == [f"{yes} ({maybe})" for yes, maybe in counts]
    for row in page.find("//table[@id='by-group']/tbody/tr"):
        counts = db.execute(
            "select count(*) filter (meets_criteria and student_group = ?) from student_group_history h join leas using"
            " (cds) where lea_type <> 'charter' and basis <> 'none' group by dashboard_year order by dashboard_year",
            [row.get("data-group")],
        ).fetchall()
        assert [0 if t == "–" else int(t) for t in page.read("./td", row)] == [n for (n,) in counts]
    drawn = [int(t) for t in page.read("//*[contains(@class, 'map')]//*[local-name()='text']")]
    assert sum(drawn) == eligible


def by_county(db: duckdb.DuckDBPyConnection) -> dict[str, tuple[str, str, str]]:
    found = db.execute(
        "with l as (select cds, county_code, bool_or(status = 'eligible') as yes, bool_or(status = 'undetermined') as"
        " maybe from eligibility where determination_year = (select max(determination_year) from eligibility) group by"
        " all) select county_code, count(*), count(*) filter (yes), count(*) filter (maybe) from l group"
        " by all"
    ).fetchall()
    return {code: (str(a), str(b), str(c)) for code, a, b, c in found}


def test_counties_and_areas_count_their_leas(site: Path, db: duckdb.DuckDBPyConnection) -> None:
    counted = by_county(db)
    for name in ("index.html", "counties.html"):
        page = Page(site / name)
        rows = {
            row.get("data-county"): tuple(page.read("./td[@class='number']", row))
            for row in page.find("//tr[@data-county]")
        }
        assert {code: row for code, row in rows.items() if row[0] != "–"} == counted
    page = Page(site / "geographic-leads.html")
    for row in page.find("//tr[@data-area]"):
        codes = [
            c
            for (c,) in db.execute(
                "select distinct county_code from geo_leads where geo_area = ?", [row.get("data-area")]
            ).fetchall()
        ]
        sums = [str(sum(int(counted[c][i]) for c in codes if c in counted)) for i in (1, 2, 0)]
        assert page.read("./td[@class='number']", row) == sums
        links = page.find("./td[last()]/a", row)
        assert [Path(link.get("href")).stem for link in links] == sorted(codes)
        shown = {Path(b.getprevious().get("href")).stem: b.text for b in page.find("./td[last()]/b", row)}
        assert shown == {c: counted[c][1] for c in codes if c in counted and counted[c][1] != "0"}


def test_a_county_page_has_a_row_for_each_of_its_leas(site: Path, db: duckdb.DuckDBPyConnection) -> None:
    for code in by_county(db):
        page = Page(site / "county" / f"{code}.html")
        rows = page.find("//table[@id='eligible-table']/tbody/tr")
        eligible = {Path(page.find("./th/a/@href", r)[0]).stem: page.read("./th|./td", r) for r in rows}
        others = {row[1]: row for row in table(page, "leas-table")}
        assert not set(eligible) & set(others)
        assert set(eligible) | set(others) == {
            c for (c,) in db.execute("select cds from leas where county_code = ?", [code]).fetchall()
        }
        verdicts = db.execute(
            "select cds, lea_name, pathway, p.name, status, reason, if(source_is_old, ' source ' || source_age_years ||"
            " ' years old', ''), student_groups from eligibility join pathways p using (pathway) where county_code = ?"
            " and determination_year = (select max(determination_year) from eligibility)",
            [code],
        ).fetchall()
        assert {cds for cds, _, _, _, status, *_ in verdicts if status == "eligible"} == set(eligible)
        groups = dict(db.execute("select student_group, name from student_groups").fetchall())
        for cds, name, pathway, title, status, _reason, age, counting in verdicts:
            if cds in eligible:
                assert eligible[cds][0] == " ".join(name.split())
                assert (f"{title}{age}" in eligible[cds][1]) == (status == "eligible")
                assert status != "eligible" or all(groups[g] in eligible[cds][2] for g in counting)
            elif pathway in ("continuum", "wraparound"):
                words = {"not_eligible": "not eligible", "undetermined": "not determined"}.get(status, "")
                cell = others[cds][3 if pathway == "continuum" else 4]
                assert f"{words}{age}" in cell
                assert len(cell) < LONGEST + 40, "one line of reason; the whole is on the page of the LEA"
                assert status != "undetermined" or len(cell) > len(words + age) + 4, "why it is not determined"


def test_the_glossary_explains_every_code_and_every_page_links_to_it(site: Path, db: duckdb.DuckDBPyConnection) -> None:
    page = Page(site / "glossary.html")
    assert [row[0] for row in table(page, "letter-codes")] == list("ABCDEFGHIJK")
    letters = db.execute("select letter, priorities from priority_letters").fetchall()
    said = {row[0]: row[1] for row in table(page, "letter-codes")}
    assert all(re.findall(r"\d", said[letter]) == [str(p) for p in numbers] for letter, numbers in letters)
    judged = db.execute("select student_group, name from student_groups where judged = 'Y' order by 1").fetchall()
    assert [tuple(row) for row in table(page, "group-codes")] == judged
    assert {row[0] for row in table(page, "pathway-codes")} == {
        n for (n,) in db.execute("select name from pathways").fetchall()
    }
    words = page.find("//dl/dt/@id")
    assert {"lea", "dashboard", "sir", "method-1", "method-2", "method-3", "method-4", "letters"} <= set(words)
    for path in site.rglob("*.html"):
        assert Page(path).find("//nav//a[contains(@href, 'glossary.html')]"), path.name
        for link in Page(path).find("//a[@class='term']"):
            assert link.get("title")
            assert link.get("href").split("#")[1] in words, path.name


def test_every_table_has_a_name(site: Path) -> None:
    for path in site.rglob("*.html"):
        page = Page(path)
        ids = set(page.find("//@id"))
        for found in page.find("//table"):
            label = found.get("aria-label") or (found.get("aria-labelledby") in ids) or page.find("./caption", found)
            assert label, (path.name, found.get("id") or found.get("class"))


def test_the_rows_of_the_districts_table_are_the_verdicts(site: Path, db: duckdb.DuckDBPyConnection) -> None:
    page = Page(site / "districts.html")
    names = json.loads(page.find("//table[@id='districts']/@data-names")[0])
    for (year,) in db.execute("select distinct determination_year from eligibility").fetchall():
        script = (site / "assets" / "rows" / f"{year}.js").read_text("ascii")
        content = json.loads(script.removeprefix(f"dtaRows({year},").removesuffix(");\n"))
        recorded = (
            f"select cds from eligibility where determination_year = {year} and ccee_determination = 'not_recorded'"
        )
        beside = {row[0] for row in content["rows"] if row[5] == "criteria met; CCEE's determination: not recorded"}
        assert (
            beside
            == {cds for (cds,) in db.execute(recorded).fetchall()}
            == {row[0] for row in content["rows"] if row[5]}
        )
        held = {
            (cds, pathway): (name, kind, names["statuses"][int(statuses[i])][0])
            for cds, name, kind, statuses, _, _, _, _ in content["rows"]
            for i, (pathway, _) in enumerate(names["pathways"])
        }
        verdicts = db.execute(
            "select cds, pathway, lea_name, lea_type, status from eligibility where determination_year = ?",
            [year],
        ).fetchall()
        assert held == {(row[0], row[1]): row[2:] for row in verdicts}
        assert max(map(len, content["texts"])) <= LONGEST
        yes = {cds for cds, _, _, _, status in verdicts if status == "eligible"}
        assert {row[0] for row in content["rows"][: len(yes)]} == yes, "eligible first"
        apart = "select cds from eligibility where determination_year = ? and agrees_with_cde is false"
        assert {row[0] for row in content["rows"] if set(row[7]) - {str(len(names["pathways"]))}} == {
            cds for (cds,) in db.execute(apart, [year]).fetchall()
        }


def test_the_long_lists_have_every_row(site: Path, db: duckdb.DuckDBPyConnection) -> None:
    watched = {
        (row[1], group.split(" (")[0], years)
        for row in table(Page(site / "watch-list.html"), "watch")
        for group, years in re.findall(r"(?:^|; )([^(;]+) \(((?:\d{4}(?:, )?)+)", row[4])
    }
    wanted = db.execute(
        "select w.cds, g.name, array_to_string(w.years, ', ') from watch_list w join student_groups g using"
        " (student_group)"
    ).fetchall()
    assert watched == set(wanted)
    changes = table(Page(site / "changes.html"), "changes")
    assert sorted((r[1], r[3], r[4]) for r in changes) == sorted(
        db.execute(
            "select cds, p.name, from_year || ' to ' || to_year from changes join pathways p using (pathway)"
        ).fetchall()
    )
    assert all(len(row[-1]) <= LONGEST for row in changes)


def test_reconciliation_counts_every_flag(site: Path, db: duckdb.DuckDBPyConnection) -> None:
    page = Page(site / "reconciliation.html")
    found: dict[tuple[str, str], dict[str, int]] = {}
    for year, flag, kind, n in db.execute(
        "select dashboard_year::varchar, split_part(flag, ':', 1), class, count(*) from reconciliation group by all"
    ).fetchall():
        found.setdefault((year, flag), {})[kind] = n
    classes = ("agree", "only_ours", "only_cde", "differs", "not_comparable")
    kinds = [(r.get("data-year"), r.get("data-flag")) for r in page.find("//table[@id='counts']/tbody/tr")]
    rows = [[int(n) for n in row[2:]] for row in table(page, "counts")]
    assert dict(zip(kinds, rows, strict=True)) == {k: [v.get(c, 0) for c in classes] for k, v in found.items()}
    flags = [r.get("data-flag") for r in page.find("//table[@id='by-flag']/tbody/tr")]
    sums = [[int(n.strip("≠ ").replace(",", "")) for n in row[2:]] for row in table(page, "by-flag")]
    assert dict(zip(flags, sums, strict=True)) == {
        flag: [sum(v.get(c, 0) for (_, f), v in found.items() if f == flag) for c in classes]
        for flag in {f for _, f in found}
    }
    assert not [name for name in page.read("//table[@id='by-flag']//th[@scope='row']") if "_" in name]
    differing = db.execute(
        "select count(*) from reconciliation where class not in ('agree', 'not_comparable')"
    ).fetchall()[0][0]
    assert len(table(page, "differences")) == differing


def test_quality_lists_every_check(site: Path, db: duckdb.DuckDBPyConnection) -> None:
    page = Page(site / "quality.html")
    checks = db.execute(
        "select outcome, check_class, gate, table_name, sentence, failing_rows::varchar from meta_gate_results"
    ).fetchall()
    listed = [(row[0].split()[-1], row[1], row[3], row[4], row[5], row[7]) for row in table(page, "checks-table")]
    assert sorted(listed) == sorted(
        (outcome, kind, gate, name, " ".join(words.split()), n) for outcome, kind, gate, name, words, n in checks
    )
    failed = [c for (c,) in db.execute("select check_id from meta_gate_results where outcome <> 'passed'").fetchall()]
    assert sorted(page.find("//*[@data-check]/@data-check")) == sorted(failed)
    for row in page.find("//tr[@data-gate][th]"):
        passed = db.execute(
            "select count(*) from meta_gate_results where outcome = 'passed' and gate = ?", [row.get("data-gate")]
        ).fetchall()[0][0]
        assert page.read("./td", row)[0] == f"{passed:,}"


def test_data_describes_every_table_and_column(site: Path, db: duckdb.DuckDBPyConnection) -> None:
    page = Page(site / "data.html")
    rows = {row.get("data-table-name"): page.read("./td", row) for row in page.find("//tr[@data-table-name]")}
    real = {
        name: f"{rows:,}"
        for name, rows in db.execute("select table_name, estimated_size from duckdb_tables()").fetchall()
    }
    assert {name: cells[2] for name, cells in rows.items()} == real
    columns = sum(len(page.find(f"//details[@id='{name}']//tbody/tr")) for name in real)
    assert columns == db.execute("select count(*) from meta_columns").fetchall()[0][0]


def test_rules_show_every_criterion_and_citation(site: Path, db: duckdb.DuckDBPyConnection) -> None:
    page = Page(site / "rules.html")
    criteria = {c for (c,) in db.execute("select distinct criterion from rule_criteria").fetchall()}
    assert set(page.find("//tr[@data-criterion]/@data-criterion")) == criteria
    tests = {(str(y), t) for y, t in db.execute("select dashboard_year, test from rule_tests").fetchall()}
    assert {
        (row.getparent().getparent().get("data-year"), row.get("data-test")) for row in page.find("//tr[@data-test]")
    } == tests
    links = set(page.find("//main//a/@href"))
    for (citation,) in db.execute("select distinct citation from rule_criteria").fetchall():
        assert {word.rstrip(";") for word in citation.split() if word.startswith("http")} <= links


def test_coverage_shows_every_file_with_its_hash(site: Path, db: duckdb.DuckDBPyConnection) -> None:
    page = Page(site / "coverage.html")
    rows = {row.get("id"): page.read("./th|./td", row) for row in page.find("//table[@id='sources-table']/tbody/tr")}
    assert rows["dashboard-ela-2018"][0] == "eladownload2018.txt", "the name of a file to get"
    for source, file, digest, present, rows_in, kept, url, title in db.execute(
        "select source_id, file, sha256, present, rows_in, rows_kept, url, title from meta_sources"
    ).fetchall():
        missing = url.rpartition("/")[2] if url and "?" not in url else title
        assert rows[source][0] == (f"{file} {digest}" if digest else missing)
        assert rows[source][3] == ("✓ yes" if present else "✗ missing")
        assert rows[source][6:8] == ["" if n is None else f"{n:,}" for n in (rows_in, kept)]


def test_a_page_of_an_lea_is_small(site: Path) -> None:
    sizes = {p.name: p.stat().st_size for p in (site / "lea").iterdir()}
    assert max(sizes.values()) < 150_000, max(sizes.items(), key=lambda s: s[1])
