"""The 2026 Dashboard arrives with everything that may be new: readable data is published, the rest is reported.

Nothing is guessed.
"""

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner, Result

from expectations.checks import load_checks
from expectations.results import run_check
from flows.cli.app import app
from tests.conftest import SharedFolder, skip_contracts
from tests.on_demand import OnDemand
from tests.statewide import next_dashboard as new
from tests.statewide.state import write_state
from tests.statewide.world import Scale
from tests.workplace import AS_OF, Workplace, tables_of
from transforms.sources.unused import unused_files

SMALL = Scale(counties=3, leas=24, charters=4, schools=4)
INDICATORS = ("ela", "math", "elpi", "chronic", "susp", "grad", "cci", "science")
NOT_CONFIRMED = "the 2026 criteria are not confirmed by a primary source"
UNKNOWN = f"{NOT_CONFIRMED.capitalize()}, and CDE's own answer is not known."
VERDICTS = (
    "select cds, status, decided_by, reason from eligibility where pathway = 'continuum' and determination_year = {}"
    " order by cds"
)
# Reports after all files have arrived: file, kind, and name.
NOT_PLACED = {
    ("assistancestatus26.xlsx", "assistance_status", new.NEW_STATUS),
    ("assistancestatus26.xlsx", "column", new.NEW_FLAG),
    ("assistancestatus26.xlsx", "column of a student group", "RECpriorities"),
    ("assistancestatus26.xlsx", "letter", new.NEW_LETTER),
    ("assistancestatus26.xlsx", "missing column", "ec52072"),
    ("chronicdownload2026.txt", "student group", new.NEW_GROUP),
    ("elpidownload2026.txt", "column", new.NEW_COUNT),
    ("suspdownload2026.txt", "column", new.NEW_COLUMN),
    ("suspdownload2026.txt", "student group", new.NEW_GROUP),
}
# One line of data each: file, current text, and new text.
MAPPED = {
    new.NEW_FLAG: ("layouts.toml", 'ec52072 = "ec52072b?_20', 'ec52072 = "ec52072[bc]?_20'),
    new.RENAMED: ("layouts.toml", 'currstatus = ["currstatus"]', f'currstatus = ["currstatus", "{new.RENAMED}"]'),
    new.NEW_COUNT: ("layouts.toml", '  "ag_num",', f'  "{new.NEW_COUNT}", "{new.NEW_COLUMN}", "ag_num",'),
    new.NEW_GROUP: (
        "reference/student_groups.csv",
        "CAST,",
        f"{new.NEW_GROUP},Recently reclassified,recently reclassified students,2026,,N,,\nCAST,",
    ),
    new.NEW_STATUS: (
        "reference/assistance_statuses.csv",
        "General Assistance,N",
        f"General Assistance,N\n{new.NEW_STATUS},Y",
    ),
    new.NEW_LETTER: ("reference/priority_letters.csv", "K,4|5|6|8", f"K,4|5|6|8\n{new.NEW_LETTER},5|6"),
}


def map_names(reference: Path, *names: str) -> None:
    """Write one line of data for each of these names."""
    for file, old, right in (MAPPED[n] for n in names):
        text = (reference / file).read_text("utf-8")
        assert text.count(old) == 1, (file, old)
        (reference / file).write_text(text.replace(old, right), "utf-8")


@pytest.fixture(scope="module")
def state(shared_folder: SharedFolder) -> Path:
    """Return source files of 2022 to 2025, the reference folder, and the correct results."""

    def make(folder: Path) -> None:
        written = write_state(folder, SMALL, seed=26)
        for path in written.files.iterdir():
            if re.search(r"201[789]|status(18|19)", path.name):
                path.unlink()

    return shared_folder("state-before-2026", make)


def in_force(state: Path) -> set[str]:
    """Return the LEAs that CDE lists for 2025, and one more, so that its 2026 list differs."""
    with duckdb.connect() as db:
        truth = f"'{state / 'truth' / 'continuum.parquet'}'"
        found = db.execute(
            f"select status, list(cds order by cds) from {truth} where determination_year = 2025 group by status"
        ).fetchall()
    by_status = dict(found)
    return {*by_status["eligible"], by_status["not_eligible"][0]}


@dataclass(frozen=True)
class Decided:
    """A place with all files of 2026, and the tables of its run."""

    place: Workplace
    eligible: set[str]
    db: OnDemand
    unused: dict[str, str]


@pytest.fixture(scope="module")
def decided_2026(state: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Decided]:
    """Decide everything of 2026 at once, without gates and pages."""
    folder = tmp_path_factory.mktemp("whole-2026")
    shutil.copytree(state / "files", folder / "files")
    for indicator in INDICATORS:
        new.write_indicator(state / "files", folder / "files", indicator)
    new.write_growth(state / "files", folder / "files")
    new.write_workbook(state / "files", folder / "files", in_force(state))
    place = Workplace(folder / "files", folder / "work", folder / "out", state / "reference")
    run = place.decided("criteria")
    with tables_of(run) as db:
        yield Decided(place, in_force(state), db, {f.file: f.reason for f in unused_files(run)})


def failing(db: OnDemand, check_id: str) -> list[dict[str, object]]:
    (check,) = [c for c in load_checks() if c.check_id == check_id]
    return [json.loads(row) for row in run_check(db, check).rows]


def test_unconfirmed_criteria_decide_nothing_of_2026(decided_2026: Decided) -> None:
    found = decided_2026.db.execute(VERDICTS.format(2026)).fetchall()
    assert {status for _, status, *_ in found} == {"undetermined", "not_assessed", "not_applicable"}
    assert {(by, reason) for _, status, by, reason in found if status == "undetermined"} == {(None, UNKNOWN)}
    assert decided_2026.db.execute(
        "select count(*) from student_group_history where dashboard_year = 2026 and meets_criteria is not null"
    ).fetchall() == [(0,)]
    assert decided_2026.db.execute(
        "select count(*) from continuum_groups where determination_year = 2026 and counts"
    ).fetchall() == [(0,)]
    assert decided_2026.db.execute("select count(*) from rule_criteria where dashboard_year = 2026").fetchall() == [
        (0,)
    ]


def test_mapped_cde_flags_and_statuses_decide(decided_2026: Decided) -> None:
    query = (
        "select determination, status, decided_by, reason from assistance where determination_year = 2026 and status in"
        " ('eligible', 'not_eligible')"
    )
    found = decided_2026.db.execute(query).fetchall()
    assert {(d, s, by) for d, s, by, _ in found} == {
        (d, s, "cde") for d in ("consecutive", "differentiated_assistance") for s in ("eligible", "not_eligible")
    }
    assert all(reason.endswith(f"It is the verdict, because {NOT_CONFIRMED}.") for *_, reason in found)
    unread = "select count(*) from assistance_flags where flag = 'assistance_status_2026' and value is null"
    assert decided_2026.db.execute(unread).fetchall() != [(0,)], "a status in new words is no answer"


def test_the_determination_of_2025_stays_in_force(decided_2026: Decided, state: Path) -> None:
    assert decided_2026.db.execute(
        "select determination_year, as_of from determination_years where now_in_force"
    ).fetchall() == [(2025, AS_OF)]
    truth = f"select cds, status from '{state / 'truth' / 'continuum.parquet'}' where determination_year = 2025"
    ours = "select cds, status from eligibility where pathway = 'continuum' and determination_year = 2025"
    assert decided_2026.db.execute(f"({truth}) except ({ours})").fetchall() == []
    assert decided_2026.db.execute(
        "select count(*) from changes where to_year = 2026 and pathway = 'continuum'"
    ).fetchall() == [(0,)]


def test_unmapped_names_are_reported(decided_2026: Decided) -> None:
    assert decided_2026.unused == {
        "growthdownload2026.txt": "its rows are for GROWTH, which is not a known indicator",
        "graddownload2026.txt": "the header lacks currstatus",
    }
    rows = failing(decided_2026.db, "everything_placed")
    assert {(r["file"], r["what"], r["name"]) for r in rows} == NOT_PLACED
    assert all("data/" in str(r["what_to_do"]) for r in rows)
    rejected = decided_2026.db.execute("select distinct file, student_group from rejects order by all").fetchall()
    assert rejected == [("chronicdownload2026.txt", new.NEW_GROUP), ("suspdownload2026.txt", new.NEW_GROUP)]


def test_all_other_data_of_the_files_is_read(decided_2026: Decided, state: Path) -> None:
    """As many rows as in 2025: a workbook instead of a text file, the new scale and more columns cost no row."""
    query = (
        "select indicator, count(*) from indicator_results where dashboard_year = {} and indicator <> 'grad' group by 1"
        " order by 1"
    )
    assert (
        decided_2026.db.execute(query.format(2026)).fetchall() == decided_2026.db.execute(query.format(2025)).fetchall()
    )
    letters = "select count(*), count(letter) from assistance_letters where dashboard_year = {}"
    (rows, of_2026), (_, of_2025) = (decided_2026.db.execute(letters.format(y)).fetchall()[0] for y in (2026, 2025))
    assert rows > 0
    assert of_2025 - 1 <= of_2026 <= of_2025


def test_years_on_different_scales_are_not_compared(decided_2026: Decided) -> None:
    begins = "select indicator, first_dashboard, follows from status_scales where follows is not null order by 1"
    assert decided_2026.db.execute(begins).fetchall() == [
        ("ela", 2026, "distance from standard"),
        ("math", 2026, "distance from standard"),
    ]
    as_printed = (
        "select count(change) > 0, count(prior_status) > 0 from indicator_results where dashboard_year = 2026 and"
        " indicator = 'ela'"
    )
    assert decided_2026.db.execute(as_printed).fetchall() == [(True, True)]
    compared = (
        "changes_are_differences",
        "prior_is_last_year",
        "prior_differs_from_last_year",
        "rows_of_their_group",
        "statuses_in_units",
    )
    assert {c: failing(decided_2026.db, c) for c in compared} == {c: [] for c in compared}
    decided_2026.db.execute("begin")
    decided_2026.db.execute(
        "update dashboard_scales set begins = false, scale = 'one', unit = 'percent' where indicator in ('ela', 'math')"
    )
    told = {c for c in compared if failing(decided_2026.db, c)}
    decided_2026.db.execute("rollback")
    assert {
        "changes_are_differences",
        "prior_differs_from_last_year",
        "statuses_in_units",
    } <= told, "these checks do see the difference"


def test_the_preview_feeds_the_watch_list_without_mixing_scales(decided_2026: Decided) -> None:
    rows = decided_2026.db.execute("select watch, standing, years, indicators, sentence from watch_list").fetchall()
    previews = [r for r in rows if r[0].startswith("preview")]
    assert {r[0] for r in previews} >= {"preview_met", "preview_scale_changed"}
    assert {r[1] for r in rows} == {"provisional"}, "what rests on 2026 is not certain"
    assert all(
        not {"ela", "math"} & set(indicators)
        for watch, _, _, indicators, _ in previews
        if watch != "preview_scale_changed"
    )
    assert all(
        {"ela", "math"} & set(indicators) for watch, _, _, indicators, _ in previews if watch == "preview_scale_changed"
    )
    red = (
        "select count(distinct dashboard_year) from indicator_results where cds = ? and student_group = ? and indicator"
        " = ? and dashboard_year between 2024 and 2026 and color between 1 and if(indicator = 'elpi', 2, 1)"
    )
    met = decided_2026.db.execute(
        "select cds, student_group, unnest(indicators) from watch_list where watch = 'preview_met'"
    ).fetchall()
    assert met
    assert {decided_2026.db.execute(red, row).fetchall()[0][0] for row in met} == {3}


def changed_reference(decided_2026: Decided, folder: Path) -> Workplace:
    shutil.copytree(decided_2026.place.reference, folder / "reference")
    return replace(decided_2026.place, reference=folder / "reference")


@pytest.mark.slow
def test_one_line_of_data_maps_each_name(decided_2026: Decided, tmp_path: Path) -> None:
    place = changed_reference(decided_2026, tmp_path)
    map_names(place.reference, *MAPPED)
    with place.decide() as db:
        found = db.execute(VERDICTS.format(2026)).fetchall()
        listed = {
            cds for (cds,) in db.execute("select cds from assistance_leas where dashboard_year = 2026").fetchall()
        }
        assert {cds for cds, status, *_ in found if status == "eligible"} == decided_2026.eligible
        assert {by for cds, status, by, _ in found if cds in listed and status in ("eligible", "not_eligible")} == {
            "cde"
        }
        assert {r for cds, s, _, r in found if s == "eligible"} == {
            f"CDE's flag {new.NEW_FLAG} is Y. It is the verdict, because {NOT_CONFIRMED}."
        }
        assert db.execute("select determination_year from determination_years where now_in_force").fetchall() == [
            (2026,)
        ]
        assert failing(db, "everything_placed") == []
        assert db.execute("select count(*) from rejects").fetchall() == [(0,)]
        assert db.execute(
            "select count(*) > 0 from indicator_results where dashboard_year = 2026 and indicator = 'grad'"
        ).fetchall() == [(True,)]
        assert db.execute("select count(*) > 0 from indicator_results where student_group = 'REC'").fetchall() == [
            (True,)
        ]


def confirmed(rules: Path) -> None:
    """Edit only the rules of 2026: use the criteria of 2025, marked as those of 2026."""
    of_2025 = (rules / "2025.toml").read_text("utf-8")
    criteria = of_2025[of_2025.index("[[criterion]]") : of_2025.index("# EC 52072 (districts)")].replace(
        'id = "2025-', 'id = "2026-'
    )
    text = (rules / "2026.toml").read_text("utf-8")
    text = re.sub(
        r"^not_confirmed = .*\n", "", text.replace('standing = "unconfirmed"', 'standing = "final"'), flags=re.MULTILINE
    )
    at = text.index("# The windows that")
    (rules / "2026.toml").write_text(
        text[:at] + criteria + text[at:].replace("methods = []", "methods = [1]\nsecond_year_after = 2025"), "utf-8"
    )


@pytest.mark.slow
def test_confirming_the_criteria_takes_one_edited_file(decided_2026: Decided, tmp_path: Path) -> None:
    place = changed_reference(decided_2026, tmp_path)
    map_names(place.reference, new.RENAMED)
    confirmed(place.reference / "rules")
    # The workbook must then have the flag of its year under a known name.
    (place.source / new.WORKBOOK).rename(tmp_path / new.WORKBOOK)
    try:
        with place.decide() as db:
            found = db.execute(VERDICTS.format(2026)).fetchall()
            assert {s for _, s, *_ in found} >= {"eligible", "not_eligible"}
            assert {by for _, s, by, _ in found if s == "eligible"} == {"computed_from_indicators"}
            counted = (
                "select count(*) from continuum_groups where determination_year = 2026 and counts and"
                " list_contains(years_met, 2026::smallint)"
            )
            assert db.execute(counted).fetchall() != [(0,)]
            assert db.execute("select determination_year from determination_years where now_in_force").fetchall() == [
                (2026,)
            ]
            assert db.execute("select count(*) from watch_list where watch like 'preview%'").fetchall() == [(0,)], (
                "the preview has ended"
            )
            new_scale = (
                "select count(*), count(change), count(prior_status) from evidence where dashboard_year = 2026 and"
                " indicator in ('ela', 'math')"
            )
            ((rows, *compared),) = db.execute(new_scale).fetchall()
            assert rows > 0
            assert compared == [0, 0]
    finally:
        (tmp_path / new.WORKBOOK).rename(place.source / new.WORKBOOK)


class Nights:
    """Four nights of one place: files come, ``dta run`` runs, and its output is kept."""

    def __init__(self, state: Path, folder: Path) -> None:
        self.state, self.folder = state, folder
        self.files, self.out, self.reference = folder / "files", folder / "out", folder / "reference"
        shutil.copytree(state / "files", self.files)
        shutil.copytree(state / "reference", self.reference)
        env = {
            "COLUMNS": "250",
            "NO_COLOR": "1",
            "DTA_WORK": str(folder / "work"),
            "DTA_REFERENCE": str(self.reference),
        }
        self.runner = CliRunner(env=env)

    def call(self, *arguments: str) -> Result:
        return self.runner.invoke(app, [*arguments, "--out", str(self.out)])

    def night(self) -> Result:
        return self.call("run", "--source", str(self.files), "--as-of", AS_OF.isoformat())

    def rows(self, query: str) -> list[tuple[object, ...]]:
        with duckdb.connect(str(self.out / "current" / "dta.duckdb"), read_only=True) as db:
            return db.execute(query).fetchall()

    def verdicts(self, year: int) -> dict[object, int]:
        return dict(
            self.rows(
                f"select status, count(*) from eligibility where pathway = 'continuum' and determination_year = {year}"
                " group by 1"
            )
        )  # type: ignore[arg-type]


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.usefixtures("sql_checks_only")
def test_four_nights_publish_2026_step_by_step(state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nights = Nights(state, tmp_path)
    before = nights.night()
    assert before.exit_code == 0, before.output
    assert "2026: due since October 15, not loaded. To get the files: dta run --source catalog" in before.output
    of_2025 = nights.verdicts(2025)

    # First night: a workbook instead of a text file, a new scale, one more count, and a file of growth.
    for indicator in ("ela", "math", "elpi"):
        new.write_indicator(state / "files", nights.files, indicator)
    new.write_growth(state / "files", nights.files)
    first = nights.night()
    assert first.exit_code == 0, first.output
    assert "growthdownload2026.txt: its rows are for GROWTH, which is not a known indicator." in first.output
    assert (
        f"elpidownload2026.txt: column {new.NEW_COUNT}, not known. If it is a column under another name, add the name"
        " to data/layouts.toml" in first.output
    )
    assert "2026: due since October 15, not loaded: College/Career, Chronic absenteeism, " in first.output
    assert nights.rows("select indicator from meta_sources where present and dashboard_year = 2026 order by 1") == [
        ("ela",),
        ("elpi",),
        ("math",),
    ]
    assert set(nights.verdicts(2026)) == {"undetermined", "not_assessed", "not_applicable"}
    assert nights.verdicts(2025) == of_2025
    one_scale = (
        "select count(*) from watch_list where watch in ('preview_met', 'preview_one_more_red') and"
        " list_has_any(indicators, ['ela', 'math'])"
    )
    assert nights.rows(one_scale) == [(0,)]
    assert nights.rows("select count(*) > 0 from watch_list where watch = 'preview_scale_changed'") == [(True,)]
    assert nights.rows("select count(*) from watch_list where watch = 'preview_met'") == [(0,)], (
        "what is not loaded has not been shown"
    )

    # Second night: an unknown student group, an added column, and a renamed one.
    for indicator in ("chronic", "susp", "grad"):
        new.write_indicator(state / "files", nights.files, indicator)
    second = nights.night()
    assert second.exit_code == 0, second.output
    assert (
        "graddownload2026.txt, line 1: the header lacks currstatus. Download the file again, or add the new name to"
        " data/layouts.toml." in second.output
    )
    assert (
        "chronicdownload2026.txt: student group REC, not known. Add the group to data/reference/student_groups.csv"
        in second.output
    )
    assert f"suspdownload2026.txt: column {new.NEW_COLUMN}, not known." in second.output
    assert nights.rows("select count(*) from indicator_results where student_group = 'REC'") == [(0,)]
    assert nights.rows(
        "select count(*) > 0 from watch_list where watch = 'preview_met' and standing = 'provisional'"
    ) == [(True,)]
    assert nights.verdicts(2025) == of_2025

    # Third night: one line of data maps the renamed column; the last indicators and local indicators come.
    map_names(nights.reference, new.RENAMED)
    for indicator in ("cci", "science"):
        new.write_indicator(state / "files", nights.files, indicator)
    new.write_local(state / "files", nights.files, 1)
    third = nights.night()
    assert third.exit_code == 0, third.output
    assert "graddownload2026" not in third.output
    assert nights.rows(
        "select count(*) from meta_sources where present and dashboard_year = 2026 and layout = 'dashboard'"
    ) == [(8,)]
    assert "2026: due since October 15, not loaded: CDE's assistance workbook. To get the files" in third.output
    assert nights.rows("select count(*) > 0 from local_indicators where dashboard_year = 2026 and priority = 1") == [
        (True,)
    ]
    assert set(nights.verdicts(2026)) == {"undetermined", "not_assessed", "not_applicable"}

    # Fourth night, with every gate and page: CDE's workbook, with unknown headings.
    monkeypatch.undo()
    new.write_workbook(state / "files", nights.files, eligible := in_force(state))
    fourth = nights.night()
    assert fourth.exit_code == 0, fourth.output
    for file, what, name in NOT_PLACED:
        assert f"{file}: {what.replace('_', ' ')} {name}, not known." in fourth.output
    assert set(nights.verdicts(2026)) == {"undetermined", "not_assessed", "not_applicable"}
    assert nights.verdicts(2025) == of_2025
    assert "2026: due" not in fourth.output
    home = (nights.out / "current" / "reports" / "index.html").read_text("utf-8")
    assert "In 2025, " in home

    status = nights.call("status")
    assert (status.exit_code, f"assistancestatus26.xlsx: column {new.NEW_FLAG}, not known" in status.output) == (
        0,
        True,
    )
    name = nights.rows(f"select lea_name from leas where cds = '{min(eligible)}'")[0][0]
    assert UNKNOWN in " ".join(nights.call("explain", str(name), "--year", "2026").output.split())

    # One line of data, and CDE's flags answer.
    map_names(nights.reference, new.NEW_FLAG)
    skip_contracts(monkeypatch)
    last = nights.night()
    assert last.exit_code == 0, last.output
    assert nights.verdicts(2026)["eligible"] == len(eligible)
    assert nights.rows(
        "select distinct decided_by from eligibility where determination_year = 2026 and pathway = 'continuum' and"
        " status = 'eligible'"
    ) == [("cde",)]
    assert "In 2026, " in (nights.out / "current" / "reports" / "index.html").read_text("utf-8")
