"""A person accepts a failure of class fault: it stops, is accepted, and stops again when rows or inputs change.

Nothing else can be accepted.
"""

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from expectations.acceptances import FILE, apply_acceptances, classes_of_suites, load_acceptances, requested_acceptance
from expectations.checks import Check, load_checks
from expectations.previous import attach_previous, downgrade_published_failures
from expectations.results import GateResult, run_check
from flows.cli.app import app
from flows.steps import take_snapshots
from tests.gates.state import State
from tests.gates.test_files import CASES, spoil
from tests.gates.test_files import failed as of_files
from tests.gates.test_sql_checks import VIOLATIONS
from tests.workplace import SAMPLE, Workplace
from transforms import clock
from transforms.errors import ConfigError, GateError, UsageError
from transforms.release.check_result import what_to_do
from transforms.release.current import current_release
from transforms.release.previous import sound_release
from transforms.run import Run
from transforms.settings import Settings

FAULTS = [c for c in load_checks() if c.check_class == "fault"]
WHY = "CDE confirmed these rows by letter"
runner = CliRunner(env={"COLUMNS": "200", "NO_COLOR": "1"})


@pytest.fixture(scope="module")
def names(state: State) -> dict[str, str]:
    ((district,),) = state.connection.execute(
        "select min(cds) from leas where lea_type = 'district' and first_dashboard_year = 2017 and last_dashboard_year"
        " = 2025"
    ).fetchall()
    return {"d": district, "file": "dashboard-ela-2024", "book": "assistance-2024"}


@pytest.fixture(scope="module")
def started_run(raw_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """Return a run that has taken its files but decided nothing."""
    run = Run.start(Workplace(SAMPLE, raw_cache, tmp_path_factory.mktemp("begun")).settings())
    take_snapshots(run)
    yield run
    run.finish()


def run_with_register(run: Run, work: Path, **asked: object) -> Run:
    """Return a run on the same files with its own register."""
    return Run(run.settings.model_copy(update={"work": work, **asked}), run.folder)


def acceptance_for(check_id: str, **more: object) -> dict[str, object]:
    return {"accept": check_id, "accept_because": WHY, "accept_by": "A. Analyst", **more}


def with_other_files(run: Run, folder: Path, result: GateResult) -> Run:
    """Return the same night with other bytes in the files that the rows name, or in any file if they name none."""
    folder.mkdir()
    snapshots = json.loads((run.folder / "snapshots.json").read_text())
    loaded = {s["source_id"] for s in snapshots}
    changed = loaded & set(result.sources) or (set() if result.sources else {min(loaded)})
    kept = [{**s, "sha256": "0" * 64} if s["source_id"] in changed else s for s in snapshots]
    (folder / "snapshots.json").write_text(
        json.dumps(kept if changed else [*kept, {**kept[0], "source_id": result.sources[0]}])
    )
    return Run(run.settings, folder)


def assert_cycle(run: Run, folder: Path, result: GateResult, with_another_row: GateResult) -> None:
    """Check that the result stops, is accepted, stays accepted the next night, and stops again with another row or
    file.
    """

    def ended(run: Run, found: GateResult) -> GateResult:
        return apply_acceptances(run, [found])[0]

    later = run_with_register(run, folder)
    assert ended(later, result).stops_release
    taken = ended(run_with_register(run, folder, **acceptance_for(result.check_id)), result)
    assert (taken.stops_release, taken.warns, taken.accepted_by, taken.accepted_because) == (
        False,
        True,
        "A. Analyst",
        WHY,
    )
    assert ended(later, result).warns, "the register is read by the next night"
    assert with_another_row.rows_digest != result.rows_digest
    assert ended(later, with_another_row).stops_release
    assert ended(with_other_files(later, folder / "other", result), result).stops_release


def failed(*sources: str, check_class: str = "fault") -> GateResult:
    result = GateResult(
        "contracts", "levels_in_order", "indicator_results", check_class, "critical", "passed", 0, "s", "r"
    )
    return result.failed(1, ["a row"], sources=sources)


@pytest.mark.parametrize("sources", [("dashboard-ela-2024",), ()])
def test_an_accepted_failure_is_listed_and_stops_again_when_rows_change(
    started_run: Run, tmp_path: Path, sources: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Checks whose rows name their files, and checks whose rows name none; a test of all checks is slow."""
    result = replace(failed(*sources), check_id="release_leas_kept")
    assert_cycle(started_run, tmp_path, result, replace(result, rows_digest="another row"))
    monkeypatch.setenv("DTA_WORK", str(tmp_path))
    said = runner.invoke(app, ["accepted"]).output
    assert result.check_id in said
    assert WHY in said


@pytest.mark.slow
@pytest.mark.parametrize("check", FAULTS, ids=lambda c: c.check_id)
def test_an_accepted_fault_stops_again_when_rows_change(
    state: State, names: dict[str, str], tmp_path: Path, check: Check
) -> None:
    twice = replace(check, template=f"select * from ({check.template}\n) union all select * from ({check.template}\n)")
    state.connection.execute("begin")
    try:
        for statement in VIOLATIONS[check.check_id].statements:
            state.connection.execute(statement.format(**names))
        result, more = run_check(state.connection, check), run_check(state.connection, twice)
    finally:
        state.connection.execute("rollback")
    assert_cycle(state.run, tmp_path, result, more)


@pytest.mark.slow
@pytest.mark.parametrize(
    "layout", ["assistance", "charter_assistance", "local_indicators", "local_indicators_by_priority"]
)
def test_an_accepted_file_fault_stops_again_when_rows_change(
    state: State, files: duckdb.DuckDBPyConnection, layout: str, tmp_path: Path
) -> None:
    """The database of files names the spoiled file "one"."""
    seen = 0
    for n, check_id in enumerate(
        i for of, i in CASES if of == layout and not i.endswith(("line-present", "cds-present"))
    ):
        files.execute("begin")
        spoil(files, layout, check_id)
        (result,) = of_files(files, layout)
        files.execute("rollback")
        assert (result.check_id, result.sources) == (check_id, ("one",))
        assert_cycle(state.run, tmp_path / str(n), result, replace(result, rows_digest="another row"))
        seen += 1
    assert seen >= 2


def test_an_acceptance_expires(started_run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = GateResult("release", "release_leas_kept", "leas", "fault", "critical", "passed", 0, "s", "r").failed(
        1, ["a row"]
    )
    taken = apply_acceptances(run_with_register(started_run, tmp_path, **acceptance_for("release_leas_kept")), [found])[
        0
    ]
    assert taken.accepted_until == clock.today() + timedelta(days=90)
    later = run_with_register(started_run, tmp_path)
    monkeypatch.setattr(clock, "today", lambda: taken.accepted_until)
    assert apply_acceptances(later, [found])[0].warns
    monkeypatch.setattr(clock, "today", lambda: taken.accepted_until + timedelta(days=1))
    assert apply_acceptances(later, [found])[0].stops_release


def test_only_what_failed_is_written_to_the_register(started_run: Run, tmp_path: Path) -> None:
    good = GateResult("release", "release_leas_kept", "leas", "fault", "critical", "passed", 0, "s", "r")
    broken = good.error("no such table")
    results = apply_acceptances(
        run_with_register(started_run, tmp_path, **acceptance_for("release_leas_kept")), [good, broken]
    )
    assert [r.stops_release for r in results] == [False, True], "a check that could not run is not accepted"
    assert load_acceptances(tmp_path) == []


def test_the_accepting_person_defaults_to_the_system_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("getpass.getuser", lambda: "aberg")
    asked = requested_acceptance(Settings(accept="release_files_kept", accept_because=WHY))
    assert (asked.by, asked.because, asked.checks) == ("aberg", WHY, {"release_files_kept"})


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"accept": "rows_accounted", "accept_because": WHY}, "class is impossible"),
        ({"accept": "evidence-key", "accept_because": WHY}, "class is impossible"),
        ({"accept": "state_rows_as_printed", "accept_because": WHY}, "class is unusual: it only warns"),
        ({"accept": "file-directory-cds-form", "accept_because": WHY}, "class is unusual"),
        (
            {"accept": "no_such_check", "accept_because": WHY},
            "no such check. You can accept .*file-assistance-cds-form.*release_files_kept",
        ),
        ({"accept": "release_files_kept"}, "needs a reason"),
        ({"accept": "release_files_kept", "accept_because": "fine"}, "ten characters"),
        ({"accept_because": WHY}, "--accept names no check"),
        (
            {"accept": "release_files_kept", "accept_because": WHY, "accept_until": date(2020, 1, 1)},
            "must end between today",
        ),
        (
            {"accept": "release_files_kept", "accept_because": WHY, "accept_until": date(2999, 1, 1)},
            "a year from today",
        ),
    ],
)
def test_an_impossible_acceptance_is_refused_with_the_reason(given: dict[str, object], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        requested_acceptance(Settings(**given))


@pytest.mark.parametrize(
    ("given", "option"),
    [
        ({"accept_because": "\u200b" * 12}, "--because is blank"),
        ({"accept_because": "looked at it\u202e all"}, "--because: the text contains"),
        ({"accept_because": WHY, "accept_by": "  "}, "--by is blank"),
        ({"accept_because": WHY, "accept_by": "\u3164"}, "--by is blank"),
    ],
)
def test_invisible_text_is_refused_as_reason_and_name(given: dict[str, object], option: str) -> None:
    with pytest.raises(UsageError, match=option):
        requested_acceptance(Settings(accept="release_files_kept", **given))


def test_the_command_refuses_before_it_runs(tmp_path: Path) -> None:
    ended = runner.invoke(app, ["run", "--out", str(tmp_path / "out"), "--accept", "rows_accounted", "--because", WHY])
    assert isinstance(ended.exception, ConfigError)
    assert not (tmp_path / "out").exists()


def test_every_expectation_has_a_class_and_published_tables_are_never_accepted() -> None:
    classes = classes_of_suites()
    assert {i for i, c in classes.items() if c == "fault"} == {
        i for i in classes if i.startswith("file-") and classes[i] == "fault"
    }
    assert {classes[i] for i in classes if i.startswith(("eligibility-", "assistance-", "changes-", "meta_"))} == {
        "impossible"
    }
    never_stop = ("file-lcap-goals-", "file-low-performing-", "file-interim-certifications-", "file-directory-")
    assert {classes[i] for i in classes if i.startswith(never_stop) and not i.endswith("-line-present")} == {"unusual"}


def test_a_stopped_run_ends_with_advice() -> None:
    fault = GateResult("release", "release_leas_kept", "leas", "fault", "critical", "failed", 1, "s", "r")
    ours = replace(fault, check_id="rows_accounted", check_class="impossible")
    lines = what_to_do([fault, ours], ["dta", "run", "--source", "/files of 2024"])
    assert "dta run --source '/files of 2024' --accept release_leas_kept --because" in lines[2]
    assert lines[-1].startswith("- Cannot be accepted: rows_accounted.")
    assert what_to_do([]) == []


def without_2024_science(place: Workplace) -> None:
    (place.source / "sciencedownload2024.txt").unlink()


@pytest.mark.slow
def test_a_stopped_night_is_accepted_and_listed(
    sql_checks_only: None, cached_runs: None, bare_released: Workplace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(bare_released.work, tmp_path / "work")
    monkeypatch.setenv("DTA_WORK", str(tmp_path / "work"))
    without_2024_science(bare_released)
    asked = ["run", "--source", str(bare_released.source), "--out", str(bare_released.out), "--as-of", "2026-11-24"]
    ended = runner.invoke(app, asked)
    assert isinstance(ended.exception, GateError)
    command = next(line for line in str(ended.exception).splitlines() if "--because" in line)
    assert (
        f"--source {bare_released.source} --out {bare_released.out} --as-of 2026-11-24 --accept release_files_kept"
        in command
    )
    given = ["--accept", "release_files_kept", "--accept", "release_rows_kept", "--because", WHY, "--by", "A. Analyst"]
    ended = runner.invoke(app, [*asked, *given])
    assert ended.exit_code == 0, ended.output
    with duckdb.connect(str(bare_released.out / "current" / "dta.duckdb"), read_only=True) as db:
        found = db.execute(
            "select check_id, check_class, severity, accepted_by from meta_gate_results where accepted_by is not null"
            " order by 1"
        ).fetchall()
    assert found == [(i, "fault", "warning", "A. Analyst") for i in ("release_files_kept", "release_rows_kept")]
    said = runner.invoke(app, ["accepted"]).output
    assert "release_files_kept" in said
    assert WHY in said
    assert (
        (tmp_path / "work" / FILE)
        .read_text()
        .startswith("check_id,table_name,failing_rows,accepted_by,accepted_at,accepted_until,because,")
    )


# ---- files that a release was published with ----


@pytest.fixture
def decide_again(published: Workplace, tmp_path: Path) -> Callable[[], duckdb.DuckDBPyConnection]:
    """Return a function that decides the sample again, with the release that was made from it."""
    from tests.gates.sample import decided

    def decide() -> duckdb.DuckDBPyConnection:
        run, connection = decided(Workplace(published.source, published.work, published.out))
        attach_previous(connection, sound_release(run.settings.out))
        return connection

    return decide


def test_failures_already_published_do_not_stop_the_next_night(
    decide_again: Callable[[], duckdb.DuckDBPyConnection], published: Workplace
) -> None:
    release = current_release(published.out)
    with decide_again() as connection:

        def ended(*results: GateResult) -> list[bool]:
            return [r.stops_release for r in downgrade_published_failures(connection, release, results)]

        old, pair = failed("dashboard-ela-2024"), failed("dashboard-ela-2024", "dashboard-ela-2023")
        assert ended(old, pair, failed(), failed("dashboard-ela-2024", check_class="impossible")) == [
            False,
            False,
            True,
            True,
        ]
        (warned,) = downgrade_published_failures(connection, release, [old])
        assert (
            warned.note
            == f"The file is unchanged since release {release.name}, which was published with the same data."
        )
        assert ended(failed("dashboard-ela-2024", "dashboard-ela-2025")) == [True], "a new file beside an old one"
        connection.execute("update meta_sources set sha256 = 'another' where source_id = 'dashboard-ela-2023'")
        assert ended(old, pair) == [False, True], "one of the two has other bytes"
        connection.execute("create table stored as from indicator_results")
        connection.execute("drop view if exists indicator_results")
        connection.execute("alter table stored rename to indicator_results")
        connection.execute(
            "update indicator_results set color = 1 where source_id = 'dashboard-ela-2024' and color = 2"
        )
        assert ended(old) == [True], "the same bytes are read in another way"
        assert [r.stops_release for r in downgrade_published_failures(connection, None, [old])] == [True], (
            "before the first release"
        )
