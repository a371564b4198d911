"""The SQL editor of a release: what a release gets of it, and, in a browser, that it asks the release and nobody else."""

import json
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from flows.site_cli import SiteServer
from reports import console_files
from reports.console_files import BUILT, BUNDLE, FOLDER, write_console
from reports.recipe_book import recipes
from tests.workplace import Workplace
from transforms.spreadsheet import CODE, FORMULA, NUMBER, safe_text

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or "/usr/bin/chromium"
IS_BUILT = all((BUILT / name).is_file() for name in BUNDLE)


def add(release: Path, folder: Path) -> Path:
    """The editor as it is put into a release."""
    shutil.copy(release / "dta.duckdb", folder)
    write_console(folder, lambda words, done, total: None)
    return folder / "reports" / "console"


def test_without_its_files_the_page_says_how_to_get_them(release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(console_files, "BUILT", tmp_path / "not built")
    target = add(release, tmp_path)
    assert "make console" in (target / "index.html").read_text("utf-8")
    assert not (target / "console.js").exists()


def test_with_its_files_it_knows_the_release_the_recipes_and_the_rule_for_csv(release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    built = tmp_path / "built"
    built.mkdir()
    for name in BUNDLE:
        (built / name).write_text(name)
    monkeypatch.setattr(console_files, "BUILT", built)
    target = add(release, tmp_path)
    facts = json.loads((target / "facts.json").read_text("utf-8"))
    assert (facts["release_id"], facts["formula"], facts["number"], facts["code"]) == (release.name, FORMULA, NUMBER, CODE)
    assert [r["name"] for r in facts["recipes"]] == list(recipes())
    assert {p.name for p in target.iterdir()} == {*BUNDLE, "facts.json", "index.html", "console.css", "page.css"}
    assert (target / "duckdb-eh.wasm").samefile(built / "duckdb-eh.wasm"), "large files are linked"


def test_pages_and_lock_name_no_other_host() -> None:
    for name in ("console.html", "missing.html", "console.css", "page.css", "package.json"):
        assert "://" not in (FOLDER / name).read_text("utf-8"), name
    lock = json.loads((FOLDER / "package-lock.json").read_text("utf-8"))
    for name, package in lock["packages"].items():
        assert "resolved" not in package, name
        assert not name or package["integrity"].startswith("sha512-"), name
    asked = json.loads((FOLDER / "package.json").read_text("utf-8"))
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in {**asked["dependencies"], **asked["devDependencies"]}.values()), "exact versions"


@pytest.fixture(scope="module")
def server(published: Workplace) -> Iterator[SiteServer]:
    if not IS_BUILT:
        pytest.skip("the editor has not been made: make console")
    with SiteServer(published.out) as served:
        threading.Thread(target=served.serve_forever, daemon=True).start()
        yield served
        served.shutdown()


class Editor:
    """The editor in a page; remembers what was asked of which host."""

    def __init__(self, page: Any, url: str) -> None:
        from playwright.sync_api import expect

        self.page, self.expect, self.asked = page, expect, list[str]()
        page.on("request", lambda request: self.asked.append(request.url))
        page.goto(url)
        self.says(r"Ready: release")

    def says(self, pattern: str) -> None:
        self.expect(self.page.get_by_role("status")).to_have_text(re.compile(pattern), timeout=60_000)

    def run(self, query: str, says: str) -> None:
        self.page.get_by_label("Query", exact=True).fill(query)
        self.page.get_by_role("button", name="Run").click()
        self.says(says)

    def rows(self) -> list[list[str]]:
        cells: list[list[str]] = self.page.locator(".result tbody tr").evaluate_all("rows => rows.map((row) => [...row.cells].map((cell) => cell.textContent))")
        return cells

    def failure(self) -> str:
        return str(self.page.locator("[role=alert]").text_content())

    def download(self) -> str:
        with self.page.expect_download() as wait:
            self.page.get_by_role("button", name="Download CSV").click()
        return Path(wait.value.path()).read_text("utf-8")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as started:
        launched = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture(params=["reports/console/index.html", "reports/data.html"])
def editor(request: pytest.FixtureRequest, browser: Any, server: SiteServer) -> Iterator[Editor]:
    page = browser.new_page()
    yield Editor(page, server.url.replace("reports/index.html", request.param))
    page.close()


@pytest.mark.browser
def test_a_query_shows_rows_and_downloads_the_same_csv_as_the_command(editor: Editor, published: Workplace) -> None:
    query = (
        "select e.cds, e.lea_name, e.student_groups, e.agrees_with_cde, e.as_of, r.published_at, '=1+1' as \"=odd\", '-3' as n, 1.5 as d, null as nothing "
        "from eligibility e cross join meta_release r where determination_year = 2023 order by all"
    )
    editor.run(query, r"^252 rows in")
    shown = editor.rows()
    assert len(shown) == 252
    command = [Path(sys.executable).parent / "dta", "sql", query, "--format", "csv", "--out", str(published.out)]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    # The command writes moments with the microseconds that the database has; the page as far as they are shown.
    assert editor.download() == re.sub(r"(\d\d:\d\d:\d\d)\.\d+", r"\1", told)
    assert [row[0] for row in shown] == [line.split(",")[0].strip('"') for line in told.splitlines()[1:]]
    hosts = {url.split("/")[2] for url in editor.asked if not url.startswith("blob:")}
    assert hosts == {editor.page.url.split("/")[2]}, "no other host was asked"


@pytest.mark.browser
def test_it_reads_the_release_and_nothing_else(editor: Editor) -> None:
    for query, said in (
        ("select * from 'https://example.org/x.csv'", "disabled by configuration"),
        ("set enable_external_access = true", "locked"),
        ("delete from leas", "read-only"),
        ("selec 1", "syntax error"),
    ):
        editor.run(query, "could not be run")
        assert said in editor.failure()
        assert editor.rows() == []
    editor.run("select count(*) as n from leas", r"^1 row in")
    assert editor.rows() == [["42"]]
    assert editor.failure() == ""
    assert not [url for url in editor.asked if "example.org" in url]


@pytest.mark.browser
def test_a_recipe_is_chosen_and_run_by_keyboard_alone(editor: Editor) -> None:
    editor.page.get_by_label("Question").focus()
    editor.page.keyboard.type("Two reasons")
    editor.page.get_by_label("Query", exact=True).press("Control+Enter")
    editor.says(r"^1 row in")
    assert editor.rows()[0][2] == "South Monterey County Joint Union High"


@pytest.mark.browser
def test_every_recipe_runs_in_the_browser(editor: Editor) -> None:
    for recipe in recipes().values():
        editor.run(recipe.runnable, r"rows? in|could not")
        assert editor.failure() == "", f"{recipe.name}: {editor.failure()}"


@pytest.mark.browser
def test_axe_finds_no_serious_fault(editor: Editor) -> None:
    from axe_playwright_python.sync_playwright import Axe

    editor.run("select lea_name, pathways from eligible_districts", r"^14 rows in")
    found = Axe().run(editor.page, context="#console").response["violations"]
    assert [v["id"] for v in found if v["impact"] in ("serious", "critical")] == []


@pytest.mark.browser
@pytest.mark.parametrize("text", ["=1+1", " +1", "＝1", "\t@x", "-3", "-3 €", "1e5", "safe", "'quoted", "\u200b=x", '=HYPERLINK("x")', "01611190000000", "6-8"])
def test_the_rule_for_csv_is_the_one_of_the_other_files(browser: Any, text: str) -> None:
    page = browser.new_page()
    guarded = page.evaluate(
        '([text, formula, number, code]) => new RegExp(code).test(text) ? `="${text}"` :'
        " new RegExp(formula).test(text) && !new RegExp(number).test(text) ? `'${text}` : text",
        [text, FORMULA, NUMBER, CODE],
    )
    page.close()
    assert guarded == safe_text(text)


@pytest.mark.browser
def test_opened_from_disk_it_says_that_it_must_be_served(browser: Any, server: SiteServer, release: Path) -> None:
    for name in ("console/index.html", "data.html"):
        page = browser.new_page()
        page.goto(f"file://{release}/reports/{name}")
        assert "dta site" in page.locator("#console").inner_text()
        page.close()
