"""Every verdict that differs from the previous release is attributed to data, rules or code.

Only differences due to data count toward the band.
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest

from expectations.checks import load_checks
from expectations.previous import attach_previous
from expectations.results import put_results, run_check
from tests.cases import reference_copy
from tests.gates.sample import decided
from tests.workplace import Workplace
from transforms.release import attribution
from transforms.release import publish as release
from transforms.release.digests import part_digests
from transforms.release.meta import write_candidate_meta
from transforms.release.previous import sound_release
from transforms.run import Run
from transforms.sql import build_table

HERE, NEIGHBOR, ELSEWHERE = "27661590000000", "27660680000000", "19642120000000"
CHECKS = {c.check_id: c for c in load_checks()}


@pytest.fixture
def db() -> Iterator[duckdb.DuckDBPyConnection]:
    """Create three LEAs whose verdicts of three years all differ from the previous release, without a known cause."""
    with duckdb.connect() as connection:
        connection.execute("create table previous_release as select 'r' as release_id")
        verdicts = (
            "select cds, 'An LEA' as lea_name, y::smallint as determination_year, p as pathway, '{status}' as"
            f" status, []::varchar[] as student_groups from unnest(['{HERE}', '{NEIGHBOR}', '{ELSEWHERE}']) as c(cds),"
            " unnest([2022, 2023, 2024]) as t(y), unnest(['continuum', 'spi']) as q(p)"
        )
        connection.execute(f"create table eligibility as {verdicts.format(status='eligible')}")
        connection.execute(f"create table previous_eligibility as {verdicts.format(status='not_eligible')}")
        connection.execute(
            "create table continuum_groups (cds varchar, determination_year smallint, student_group varchar, counts"
            " boolean, may_count boolean)"
        )
        connection.execute("create table changed_sources (source_id varchar, dashboard_year smallint, whole boolean)")
        connection.execute("create table changed_pathways (pathway varchar)")
        connection.execute("create table source_changes (source_id varchar, cds varchar)")
        connection.execute("create table source_coverage (source_id varchar, counties varchar[])")
        connection.execute(
            "create table changed_inputs (data_changed boolean, day_passed boolean, rules_from smallint, code_changed"
            " boolean, by_default varchar)"
        )
        yield connection


def attributed(
    db: duckdb.DuckDBPyConnection, by_default: str, rules_from: int | None = None, day_passed: bool = False
) -> dict[tuple[str, int, str], str]:
    db.execute("delete from changed_inputs")
    code_changed = by_default == "code" or rules_from is None
    db.execute(
        "insert into changed_inputs values (true, ?, ?, ?, ?)",
        [day_passed, rules_from, code_changed and by_default != "data", by_default],
    )
    build_table(db, "determinations", "open_groups")
    build_table(db, "meta", "meta_release_changes")
    rows = db.execute("select cds, determination_year, pathway, attributed_to from meta_release_changes").fetchall()
    return {(cds, year, pathway): to for cds, year, pathway, to in rows}


def test_without_new_rules_or_code_every_difference_is_due_to_data(db: duckdb.DuckDBPyConnection) -> None:
    assert set(attributed(db, "data").values()) == {"data"}


def test_a_group_that_may_still_count_is_not_among_those_that_do_not(db: duckdb.DuckDBPyConnection) -> None:
    db.execute("update previous_eligibility set student_groups = ['EL', 'HI', 'SWD'] where pathway = 'continuum'")
    db.execute("update eligibility set status = 'undetermined', student_groups = ['SWD'] where pathway = 'continuum'")
    db.execute(
        "insert into continuum_groups select cds, determination_year, unnest(['EL', 'HI', 'SWD']),"
        " unnest([false, false, true]), unnest([true, false, true]) from eligibility where pathway = 'continuum'"
    )
    attributed(db, "data")
    query = "select distinct groups_removed from meta_release_changes where pathway = 'continuum'"
    assert db.execute(query).fetchall() == [(["HI"],)]


def test_without_new_data_a_difference_is_due_to_rules_or_code(
    db: duckdb.DuckDBPyConnection,
) -> None:
    assert set(attributed(db, "code").values()) == {"code"}
    assert set(attributed(db, "rules", rules_from=0).values()) == {"rules"}
    db.execute("delete from changed_inputs")
    db.execute("insert into changed_inputs values (false, false, 2023, true, 'rules')")
    build_table(db, "meta", "meta_release_changes")
    found = db.execute(
        "select determination_year, any_value(attributed_to) from meta_release_changes group by all order by 1"
    ).fetchall()
    assert found == [(2022, "code"), (2023, "rules"), (2024, "rules")]


def test_changed_rows_affect_years_from_their_file_onward(db: duckdb.DuckDBPyConnection) -> None:
    db.execute("insert into changed_sources values ('dashboard-ela-2023', 2023, false)")
    db.execute("insert into source_changes values ('dashboard-ela-2023', ?)", [HERE])
    found = attributed(db, "code")
    assert {key for key, to in found.items() if to == "data"} == {
        (HERE, y, p) for y in (2023, 2024) for p in ("continuum", "spi")
    }


def test_an_incomparable_file_affects_its_counties(db: duckdb.DuckDBPyConnection) -> None:
    db.execute("insert into changed_sources values ('dashboard-ela-2024', 2024, true)")
    db.execute("insert into source_coverage values ('dashboard-ela-2024', ['27'])")
    found = attributed(db, "code")
    assert {key[:2] for key, to in found.items() if to == "data"} == {(HERE, 2024), (NEIGHBOR, 2024)}
    db.execute("delete from source_coverage")
    assert {key[:2] for key, to in attributed(db, "code").items() if to == "data"} == {
        (c, 2024) for c in (HERE, NEIGHBOR, ELSEWHERE)
    }, "a file that is gone"


def test_a_register_affects_its_pathway_and_a_dated_fact_dated_verdicts(db: duckdb.DuckDBPyConnection) -> None:
    db.execute("insert into changed_pathways values ('spi')")
    assert {p for (_, _, p), to in attributed(db, "code").items() if to == "data"} == {"spi"}
    db.execute("delete from changed_pathways")
    assert {p for (_, _, p), to in attributed(db, "code", day_passed=True).items() if to == "data"} == {"spi"}


def test_a_verdict_that_is_new_may_be_due_to_a_file_of_a_later_year(db: duckdb.DuckDBPyConnection) -> None:
    db.execute("insert into changed_sources values ('dashboard-ela-2024', 2024, false)")
    db.execute("insert into source_changes values ('dashboard-ela-2024', ?)", [HERE])
    db.execute("delete from previous_eligibility where cds = ?", [HERE])
    assert {key[0] for key, to in attributed(db, "code").items() if to == "data"} == {HERE}


# ---- whole nights ----


def use_new_code(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let later runs have other code than the previous releases."""

    def other(run: Run) -> dict[str, str]:
        return {**part_digests(run), "code": "of tomorrow"}

    monkeypatch.setattr(attribution, "part_digests", other)
    monkeypatch.setattr(release, "part_digests", other)


def write_loosened_rules(folder: Path) -> Path:
    """Write rules in which one priority is enough in 2024, instead of two."""
    reference = reference_copy(folder / "reference")
    path = reference / "rules" / "2024.toml"
    text = path.read_text("utf-8")
    assert "priorities_required = 2" in text
    path.write_text(text.replace("priorities_required = 2", "priorities_required = 1"), "utf-8")
    return reference


def attributions(place: Workplace, **changes: object) -> dict[str, int]:
    """Return how many verdicts differ from the release, by attribution."""
    run = place.decided(**changes)
    found = attributions_of(run)
    run.finish()
    return found


def attributions_of(run: Run) -> dict[str, int]:
    """Return the same for a run that has decided; the band counts only differences due to data."""
    run.save_fact("inputs_digest", "of a test")
    with run.connect() as connection:
        put_results(connection, [])
        write_candidate_meta(run, connection, sound_release(run.settings.out))
        found = dict(
            connection.execute("select attributed_to, count(*) from meta_release_changes group by all").fetchall()
        )
        attach_previous(connection, sound_release(run.settings.out))
        banded = [run_check(connection, CHECKS[i]).outcome for i in ("release_verdicts_kept", "release_eligible_band")]
    assert banded == ["passed", "passed"] or "data" in found
    assert banded == ["failed", "failed"] or found.get("data", 0) < 10
    return found


@pytest.mark.slow
def test_verdicts_changed_by_new_rules_do_not_count_as_data(published: Workplace, tmp_path: Path) -> None:
    found = attributions(published, reference=write_loosened_rules(tmp_path))
    assert set(found) == {"rules"}
    assert found["rules"] >= 5


@pytest.fixture(scope="module")
def run_with_all_eligible(published: Workplace) -> Iterator[Run]:
    """Return a run on the files of the release, with every LEA eligible."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("transforms.build.build_table", _make_all_eligible)
        run = published.decided()
    yield run
    run.finish()


def test_differences_with_only_new_code_are_due_to_code(
    run_with_all_eligible: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_new_code(monkeypatch)
    found = attributions_of(run_with_all_eligible)
    assert set(found) == {"code"}
    assert found["code"] > 100, "and the band does not stop it"


def test_the_same_differences_without_new_code_stop_the_night(run_with_all_eligible: Run) -> None:
    assert set(attributions_of(run_with_all_eligible)) == {"data"}


def _make_all_eligible(connection: duckdb.DuckDBPyConnection, stage: str, table: str) -> int:
    rows = build_table(connection, stage, table)
    if table == "eligibility":
        connection.execute("update eligibility set status = 'eligible' where pathway = 'continuum'")
    return rows


@pytest.mark.slow
def test_new_data_and_new_code_are_distinguished_by_lea(
    workplace: Workplace, published: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("transforms.build.build_table", _make_all_eligible)
    use_new_code(monkeypatch)
    path = workplace.source / "suspdownload2024.txt"
    header, *lines = path.read_bytes().decode().split("\r\n")
    n = next(i for i, line in enumerate(lines) if line.startswith(f"{NEIGHBOR}\tD"))
    cells = lines[n].split("\t")
    name = header.lower().split("\t").index("currnumer")
    cells[name] = str(int(float(cells[name] or 0)) + 1)
    path.write_bytes("\r\n".join([header, *lines[:n], "\t".join(cells), *lines[n + 1 :]]).encode())
    run, connection = decided(Workplace(workplace.source, workplace.work, published.out))
    with connection:
        rows = connection.execute(
            "select cds, determination_year, attributed_to from meta_release_changes where pathway = 'continuum'"
        ).fetchall()
    run.finish()
    assert {(cds, year) for cds, year, to in rows if to == "data"} <= {(NEIGHBOR, 2024), (NEIGHBOR, 2025)}
    assert {to for cds, year, to in rows if (cds, year) == (NEIGHBOR, 2024)} == {"data"}
    assert {to for cds, _, to in rows if cds != NEIGHBOR} == {"code"}


def test_a_release_without_digests_counts_as_older_code(
    run_with_all_eligible: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = attribution.read_manifest
    monkeypatch.setattr(
        attribution, "read_manifest", lambda folder: {k: v for k, v in real(folder).items() if k != "digests"}
    )
    assert set(attributions_of(run_with_all_eligible)) == {"code"}


@pytest.mark.slow
def test_a_difference_on_the_day_of_a_dated_fact_is_due_to_data(
    published: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_new_code(monkeypatch)
    found = attributions(published, as_of=date(2025, 6, 1))
    assert set(found) == {"data"}, "the loan of Plumas is not known yet"
