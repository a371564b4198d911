"""The quality page, dta check, and the files that remain after a run failed its gates."""

import json
import re
import shutil
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from expectations.acceptances import FILE
from flows import steps
from flows.cli.app import app
from flows.cli.phrases import failed_checks
from reports.quality import Quality, quality_of_release, quality_of_run, render
from tests.conftest import skip_contracts
from tests.gates.test_corruptions import digest_of
from tests.workplace import SAMPLE, Workplace
from transforms.errors import GateError

runner = CliRunner(env={"COLUMNS": "200", "NO_COLOR": "1"})
Edit = Callable[[str, Callable[[str], str]], None]
BECAUSE = "CDE withdrew the science file, seen on its page"
EVIL = "<script>alert('x')</script>\"&"


@pytest.fixture(scope="module", autouse=True)
def without_the_site() -> Iterator[None]:
    """Publish releases with the quality page and SQL checks only.

    The pages for readers and the suites take seconds and have other tests.
    """
    with pytest.MonkeyPatch.context() as patch:
        skip_contracts(patch)
        patch.setattr(steps, "EXTRAS", (steps.write_quality,))
        yield


def spoil(kind: str, value: str) -> Callable[[str], str]:
    """Set the color of the first row of a record type."""

    def change(text: str) -> str:
        header, *lines = text.split("\n")
        position = header.rstrip("\r").split("\t").index("color")
        n = next(i for i, line in enumerate(lines) if line.split("\t")[1] == kind)
        cells = lines[n].split("\t")
        cells[position] = value
        return "\n".join([header, *lines[:n], "\t".join(cells), *lines[n + 1 :]])

    return change


def last_years_rows(_: str) -> str:
    """Return the mathematics rows of 2023 under the year 2024: no row contradicts itself."""
    return re.sub(r"\t2023(?=\r?\n)", "\t2024", (SAMPLE / "mathdownload2023.txt").read_text("utf-8"))


class Page(HTMLParser):
    """The tags, attributes and text of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def copied(place: Workplace, folder: Path) -> Workplace:
    """Copy the files and releases to another folder."""
    for part in ("source", "out"):
        shutil.copytree(getattr(place, part), folder / part, symlinks=True)
    return Workplace(folder / "source", place.work, folder / "out")


def rewrite(place: Workplace, file: str, how: Callable[[str], str]) -> None:
    """Change the text of a source file."""
    path = place.source / file
    path.write_bytes(how(path.read_bytes().decode("utf-8")).encode("utf-8"))


@pytest.fixture(scope="module")
def stopped(bare: Workplace, tmp_path_factory: pytest.TempPathFactory) -> tuple[Workplace, str]:
    """Return a release, followed by a run that a critical failure stopped, with the digest of the release.

    A row that determines a verdict is wrong, and a file is gone.
    """
    place = copied(bare, tmp_path_factory.mktemp("stopped"))
    before = digest_of(place.out / "current")
    rewrite(place, "suspdownload2024.txt", spoil("D", EVIL))
    (place.source / "sciencedownload2024.txt").unlink()
    with pytest.raises(GateError, match="release_files_kept"):
        place.publish()
    return place, before


@pytest.fixture(scope="module")
def accepted(stopped: tuple[Workplace, str], tmp_path_factory: pytest.TempPathFactory) -> Workplace:
    """Return the next run: only a school's row is wrong, and the file is known to be gone."""
    place = copied(stopped[0], tmp_path_factory.mktemp("accepted"))
    shutil.copy(SAMPLE / "suspdownload2024.txt", place.source)
    rewrite(place, "suspdownload2024.txt", spoil("S", "9"))
    check_command = {
        "accept": "release_files_kept, release_rows_kept",
        "accept_because": BECAUSE,
        "accept_by": "A. Analyst",
    }
    assert place.publish(**check_command, work=fresh_register(place.work)).outcome == "published"
    fresh_register(place.work)  # other tests use the same work folder
    return place


def fresh_register(work: Path) -> Path:
    """Remove the register of acceptances from the work folder; return the folder."""
    (work / FILE).unlink(missing_ok=True)
    return work


@pytest.mark.slow
def test_a_release_with_warnings_is_published_with_a_banner(accepted: Workplace) -> None:
    current = accepted.out / "current"
    warnings = {
        w["check_id"]: w["failing_rows"] for w in json.loads((current / "manifest.json").read_text())["warnings"]
    }
    assert set(warnings) == {"rows_rejected", "release_files_kept", "release_rows_kept"}
    assert warnings["rows_rejected"] == 1
    with duckdb.connect(str(current / "dta.duckdb"), read_only=True) as db:
        ((text,),) = db.execute("select failing_row from meta_gate_rows where check_id = 'rows_rejected'").fetchall()
        accepted_by = dict(
            db.execute(
                "select check_id, accepted_by from meta_gate_results where accepted_until > accepted_at::date"
            ).fetchall()
        )
        because = db.execute(
            "select distinct check_class, severity, accepted_because from meta_gate_results where accepted_by is not"
            " null"
        ).fetchall()
    assert json.loads(text)["value"] == "9"
    assert accepted_by == dict.fromkeys(("release_files_kept", "release_rows_kept"), "A. Analyst")
    assert because == [("fault", "warning", BECAUSE)]
    said = runner.invoke(app, ["status", "--out", str(accepted.out)]).output
    assert "▲ warning Check rows_rejected failed (1 row): No row of a source file was rejected." in " ".join(
        said.split()
    )
    for page in (current / "quality" / "index.html", accepted.out / "quality" / "index.html"):
        text = Page(page.read_text("utf-8")).text
        assert "▲ Passed, with warnings" in text
        assert "color is 0 (none), 1 red" in text
        assert all(part in text for part in ("Accepted failures", "A. Analyst", BECAUSE))


def test_a_critical_failure_keeps_the_current_release_and_reports_why(stopped: tuple[Workplace, str]) -> None:
    place, before = stopped
    assert digest_of(place.out / "current") == before
    status = json.loads((place.out / "status.json").read_text("utf-8"))
    assert status["exit_code"] == 5
    detail = next(d for d in status["details"] if d["check_id"] == "decisive_rows_rejected")
    assert json.loads(detail["rows"][0])["value"] == EVIL
    assert detail["severity"] == "warning", "what depends on the row is not determined; the row alone stops nothing"
    said = runner.invoke(app, ["status", "--out", str(place.out)])
    assert said.exit_code == 5
    words = " ".join(said.output.split())  # independent of line breaks
    assert "✗ Check release_files_kept on meta_sources failed (1 row): Every source file of the release before" in words
    assert "--accept release_files_kept --accept release_rows_kept --because" in words
    page = (place.out / "quality" / "index.html").read_text("utf-8")
    assert "<script>alert" not in page
    text = Page(page).text
    for part in (
        "✗ Not published: the last good release is still current",
        "What to do",
        EVIL,
        "suspdownload2024.txt",
        "Rejected rows",
        "color is 0 (none), 1 red",
    ):
        assert part in text, part
    rejects = duckdb.sql(f"select value from read_parquet('{place.out}/quality/rejects.parquet')").fetchall()
    assert rejects == [(EVIL,)]
    kept = json.loads((place.out / "quality" / "results.json").read_text("utf-8"))
    assert {r["gate"] for r in kept["results"]} == {"files", "contracts", "determinations", "release"}


def test_the_page_is_complete_without_a_network(release: Path) -> None:
    html = (release / "quality" / "index.html").read_text("utf-8")
    page = Page(html)
    assert not [
        (tag, attrs)
        for tag, attrs in page.tags
        if tag in ("link", "img", "iframe") or attrs.get("src") or attrs.get("href")
    ]
    assert not re.search(r"https?://|url\(|@import", re.sub(r"(?s)<(td|dd|p|pre|strong|caption)\b.*?</\1>", "", html))
    assert "default-src 'none'" in html
    assert "✓ Passed" in page.text
    with duckdb.connect(str(release / "dta.duckdb"), read_only=True) as db:
        ((checks,),) = db.execute("select count(*) from meta_gate_results").fetchall()
    assert html.count("✓ passed</td>") == checks > 600


def test_the_page_reports_a_run_that_ended_before_the_checks(tmp_path: Path) -> None:
    status = {
        "last_outcome": "failed",
        "message": "ela.txt, line 1: this is a web page",
        "last_run": "2026-11-24",
        "release_id": None,
        "exit_code": 3,
    }
    text = Page(render(quality_of_run(status, None))).text
    assert "The run ended before the checks." in text
    assert "Get the file named from CDE again" in text
    assert failed_checks(status) == ""


def test_the_page_reports_a_check_that_could_not_run(release: Path) -> None:
    good = quality_of_release(release)
    broken = {**vars(good.checks[0]), "outcome": "error", "detail": "Binder Error: no such column", "rows": []}
    status = {
        "last_outcome": "failed",
        "message": "m",
        "last_run": "2026-11-24T12:15:00+00:00",
        "release_id": "r",
        "exit_code": 5,
    }
    quality = quality_of_run(status, {"results": [broken], "rejects": []})
    assert isinstance(quality, Quality)
    text = Page(render(quality)).text
    assert "! could not run" in text
    assert "Binder Error: no such column" in text
    assert "please report it" in text
    said = failed_checks({**status, "details": [{**broken, "severity": "info"}]})
    assert f"could not run: {broken['sentence']} Binder Error: no such column" in said


@pytest.fixture
def check_command(workplace: Workplace, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Run ``dta check`` on a copy of the sample."""
    monkeypatch.setenv("DTA_WORK", str(workplace.work))
    return ["check", "--source", str(workplace.source), "--out", str(workplace.out), "--as-of", "2026-11-24"]


@pytest.mark.slow
def test_dta_check_publishes_nothing(check_command: list[str], workplace: Workplace) -> None:
    ended = runner.invoke(app, check_command)
    assert ended.exit_code == 0, ended.output
    assert "Nothing was published." in ended.output
    assert not workplace.out.exists()


def test_dta_check_reports_what_would_stop_a_release(
    check_command: list[str], workplace: Workplace, edit: Edit, tmp_path: Path
) -> None:
    page = tmp_path / "page.html"
    edit("mathdownload2024.txt", last_years_rows)
    ended = runner.invoke(app, [*check_command, "--page", str(page)])
    assert ended.exit_code == 5
    assert "✗ stops the release Check prior_is_last_year on " in ended.output
    assert "file mathdownload2024.txt" in ended.output
    assert "What you can do." in ended.output
    assert "This would not be published" in Page(page.read_text("utf-8")).text
    assert not workplace.out.exists()
