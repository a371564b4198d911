"""Changes between determination years and between releases, and differences from CDE that a person accepted."""

import re
import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest
from openpyxl.cell import Cell

from expectations.checks import load_checks
from expectations.results import GateResult, run_check
from reports.compare import compare
from reports.published import open_release
from tests.cases import reference_copy
from tests.workbooks import change_rows
from tests.workplace import SAMPLE, Workplace, copy_of_state
from transforms.errors import ReleaseError
from transforms.release.digests import crosses_dated_fact, dated_facts

SALINAS, KING_CITY, PLUMAS, VALLEJO = "27661590000000", "27660680000000", "32669690000000", "48705810000000"
NORTH_MONTEREY, COUNTY_OFFICE, OF_EL = "27738250000000", "27102720000000", "letter:EL"


def change(
    db: duckdb.DuckDBPyConnection, cds: str, pathway: str, year: int
) -> tuple[str, list[str], list[str], str, str]:
    return db.execute(
        "select change, groups_added, groups_removed, cause, sentence from changes where cds = ? and pathway = ? and"
        " to_year = ?",
        [cds, pathway, year],
    ).fetchone()


def test_newly_eligible_by_groups_and_indicators(db: duckdb.DuckDBPyConnection) -> None:
    kind, added, removed, cause, sentence = change(db, KING_CITY, "continuum", 2023)
    assert (kind, added, removed) == ("newly_eligible", ["EL", "HOM"], [])
    assert (
        cause
        == "two more groups now count: English learners (2018, 2022, 2023; in 2023 by College/Career, English language"
        " arts, mathematics and suspension) and homeless youth (2019, 2022, 2023; in 2023 by English language arts,"
        " mathematics and suspension)"
    )
    assert sentence.endswith(f"(determination year 2022 to 2023; before: not eligible): {cause}.")


def test_no_longer_eligible_by_a_group(db: duckdb.DuckDBPyConnection) -> None:
    kind, added, removed, cause, _ = change(db, SALINAS, "continuum", 2024)
    assert (kind, added, removed) == ("no_longer", [], ["HOM"])
    assert (
        cause
        == "one group no longer counts: homeless youth (two years: 2018 is no longer counted, and in 2024 they did not"
        " meet the criteria)"
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("missing", "unknown"),
    [("assistancestatus24.xlsx", 2024), ("assistancestatus22.xlsx", 2022)],
    ids=["the newest year", "a year between"],
)
def test_a_group_with_an_unknown_year_is_not_reported_as_removed(
    missing: str, unknown: int, tmp_path: Path, raw_cache: Path
) -> None:
    """CDE's workbook comes weeks after the Dashboard; until then, most of the state's results are not known."""
    books = {f"assistancestatus{y}.xlsx" for y in ("18", "19-rev", "22", "23", "24")} - {missing}
    source = copy_of_state(tmp_path / "source", *books, "suspdownload2024.txt")
    db = Workplace(source, raw_cache, tmp_path / "out").decide()
    found = db.execute(
        """
        select c.groups_removed, c.cause from changes c
        join continuum_groups g on g.cds = c.cds and g.determination_year = c.to_year
        join eligibility e on e.cds = c.cds and e.pathway = c.pathway and e.determination_year = c.from_year
            and list_contains(e.student_groups, g.student_group)
        where c.pathway = 'continuum' and c.to_year = 2024 and g.may_count and not g.counts
        """
    ).fetchall()
    assert len(found) > 10
    for removed, cause in found:
        assert "may no longer count: " in cause
        assert f"2018 is no longer counted, and {unknown} is not known" in cause
        assert removed or "did not meet" not in cause


def test_the_cause_of_a_change_of_wraparound_is_a_loan(db: duckdb.DuckDBPyConnection) -> None:
    kind, _, _, cause, _ = change(db, PLUMAS, "wraparound", 2024)
    act = "state loan AB 121 (education omnibus trailer bill)"
    assert (kind, cause) == ("status_changed", f"{act}: not received before, authorized and not known to be drawn now")
    kind, _, _, cause, _ = change(db, VALLEJO, "wraparound", 2024)
    assert (kind, cause) == (
        "status_changed",
        "state loan SB 1190 (Chesbro): outstanding before, repaid or released now",
    )


def test_unchanged_eligible_leas_are_continuing_and_ineligible_ones_have_no_row(db: duckdb.DuckDBPyConnection) -> None:
    wrong = db.execute("""
        with pairs as (
            select a.cds, a.pathway, b.determination_year as to_year, a.status as before, b.status as after
            from eligibility a join eligibility b on b.cds = a.cds and b.pathway = a.pathway
                and b.determination_year = (select min(determination_year) from eligibility
                    where determination_year > a.determination_year)
        )
        select p.*, c.change from pairs p left join changes c using (cds, pathway, to_year)
        where c.change is distinct from case
            when before = 'eligible' and after = 'eligible' then 'continuing'
            when after = 'eligible' then 'newly_eligible'
            when before = 'eligible' and after <> 'undetermined' then 'no_longer'
            when before <> after then 'status_changed'
        end
        """).fetchall()
    assert not wrong
    assert {k for (k,) in db.execute("select distinct change from changes").fetchall()} == {
        "newly_eligible",
        "continuing",
        "no_longer",
        "status_changed",
    }
    assert db.execute(
        "select count(*) from changes where sentence is null or not contains(sentence, lea_name)"
    ).fetchall() == [(0,)]


def test_two_years_are_compared(published: Workplace) -> None:
    found = compare(published.out, "2023", "2024")
    said = {(d.cds, d.pathway): d.sentence for d in found.differences}
    assert "one group no longer counts: homeless youth (two years)" in said[SALINAS, "continuum"]
    assert (
        said[PLUMAS, "wraparound"]
        == "Plumas Unified, Wraparound: not eligible before, not determined now (determination year 2023 to 2024)."
    )
    same = [d for d in found.differences if d.status_before == d.status_after]
    assert all(re.search(r"now counts?:|no longer counts?:", d.sentence) for d in same), (
        "where the status is the same, student groups changed"
    )
    with pytest.raises(ReleaseError, match="no determination of 2019"):
        compare(published.out, "2019", "2024")


def test_a_comparison_of_two_years_counts_like_the_changes_table(published: Workplace) -> None:
    kinds = {"newly_eligible": "new", "no_longer": "left"}
    with open_release(published.out) as connection:
        counted = connection.execute("select cds, pathway, change from changes where to_year = 2024").fetchall()
    found = {(d.cds, d.pathway): d.kind for d in compare(published.out, "2023", "2024").differences}
    for change, kind in kinds.items():
        assert {key for key, k in found.items() if k == kind} == {(c, p) for c, p, of in counted if of == change}
    assert found[VALLEJO, "wraparound"] == "open"


@pytest.mark.slow
def test_a_comparison_of_two_releases_names_the_changes(without_gates: None, released: Workplace) -> None:
    first = (released.out / "current").resolve().name
    assert released.publish(as_of=date(2025, 6, 1)).outcome == "published", "before the loan of Plumas"
    second = (released.out / "current").resolve().name
    for a, b in ((first, second), ("previous", "current")):
        (found,) = [d for d in compare(released.out, a, b).differences if d.cds == PLUMAS]
        assert (found.pathway, found.determination_year, found.status_before, found.status_after) == (
            "wraparound",
            2024,
            "undetermined",
            "not_eligible",
        )
        assert f"(release {first} to {second}" in found.sentence
    assert not compare(released.out, second, "current").differences
    with duckdb.connect(str(released.out / "current" / "dta.duckdb"), read_only=True) as db:
        rows = db.execute(
            "select change, status_before, status_after, previous_release_id from meta_release_changes where cds = ?",
            [PLUMAS],
        ).fetchall()
    assert rows == [("status_changed", "undetermined", "not_eligible", first)]


# ---- differences from CDE ----


DIFFERING = (SALINAS, COUNTY_OFFICE, NORTH_MONTEREY)  # CDE's workbook of 2024 has K for their English learners
CURRENT, EXPIRED, IN_ANOTHER_WAY = DIFFERING
AS_BEFORE, WRONG_DAY = "27754400000000", "27754730000000"


def with_another_letter(cells: dict[str, Cell]) -> None:
    if cells["CDS"].value in DIFFERING:
        cells["TotalStudentGroups"].value += cells["ELpriorities"].value == "*"  # otherwise the row contradicts itself
        cells["ELpriorities"].value = "K"


@pytest.fixture(scope="module")
def accepted(
    published: Workplace, raw_cache: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Decide five LEAs, each with its own acceptance; only one of the acceptances is in effect."""
    folder = tmp_path_factory.mktemp("accepted")
    source, reference = shutil.copytree(SAMPLE, folder / "source"), reference_copy(folder / "reference")
    change_rows(source / "assistancestatus24.xlsx", with_another_letter)
    with duckdb.connect(str(published.out / "current" / "dta.duckdb"), read_only=True) as db:
        ours, names = our_letters(db), dict(db.execute("select cds, lea_name from leas").fetchall())
    with (reference / "registers" / "accepted_differences.csv").open("a") as stream:
        for cds, ours_said, cde, expires in (
            (CURRENT, ours[CURRENT], "K", "2027-06-30"),
            (EXPIRED, ours[EXPIRED], "K", "2026-02-01"),
            (IN_ANOTHER_WAY, ours[IN_ANOTHER_WAY], "A", "2027-06-30"),
            (AS_BEFORE, "A", "K", "2027-06-30"),
            (WRONG_DAY, "A", "K", "soon"),
        ):
            stream.write(
                f"{cds},{names[cds]},2024,letter:EL,{ours_said},{cde},CDE knows of it and will"
                f" reissue,2026-01-15,{expires}\n"
            )
    with Workplace(source, raw_cache, folder / "out", reference).decide() as connection:
        yield connection


def test_the_day_after_an_acceptance_ends_crosses_a_dated_fact(accepted: duckdb.DuckDBPyConnection) -> None:
    """The night after the last day of an acceptance publishes even without other changes."""
    accepted.execute("select count(*) from reconciliation").fetchone()
    facts = dated_facts(accepted)
    for last_day in ("2026-02-01", "2027-06-30"):
        day = date.fromisoformat(last_day)
        assert crosses_dated_fact(facts, day, day + timedelta(days=1)), last_day
    assert not crosses_dated_fact(facts, date(2026, 1, 31), date(2026, 2, 1))


def our_letters(db: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Return our letters for the English learners in 2024, by LEA."""
    query = (
        "select cds, coalesce(letter, '-') from student_group_history where (student_group, dashboard_year) = (?, ?)"
    )
    return dict(db.execute(query, ["EL", 2024]).fetchall())


def outcome(db: duckdb.DuckDBPyConnection, check: str) -> GateResult:
    return run_check(db, next(c for c in load_checks() if c.check_id == check))


def failing(db: duckdb.DuckDBPyConnection, check: str) -> dict[str, str]:
    """Return what fails for the English learners of these five, by LEA."""
    rows = db.execute(next(c.query for c in load_checks() if c.check_id == check)).fetchall()
    return {cds: str(row) for row in rows for cds in (*DIFFERING, AS_BEFORE, WRONG_DAY) if cds in row and OF_EL in row}


def test_an_accepted_difference_is_shown_without_a_warning(
    accepted: duckdb.DuckDBPyConnection, db: duckdb.DuckDBPyConnection
) -> None:
    ours = our_letters(db)[CURRENT]
    rows = accepted.execute(
        "select class, ours, cde, accepted, accepted_reason from reconciliation where cds = ? and flag = ? and"
        " dashboard_year = 2024",
        [CURRENT, OF_EL],
    ).fetchall()
    assert rows == [("only_cde" if ours == "-" else "differs", ours, "K", True, "CDE knows of it and will reissue")]
    assert CURRENT not in failing(accepted, "acceptances_current")
    assert CURRENT not in failing(accepted, "agrees_with_cde")


@pytest.mark.parametrize(("cds", "problem"), [(EXPIRED, "expired"), (IN_ANOTHER_WAY, "differs in another way now")])
def test_an_outdated_acceptance_has_no_effect(accepted: duckdb.DuckDBPyConnection, cds: str, problem: str) -> None:
    assert problem in failing(accepted, "acceptances_current")[cds]
    assert cds in failing(accepted, "agrees_with_cde")


def test_an_acceptance_without_a_difference_warns(accepted: duckdb.DuckDBPyConnection) -> None:
    found = outcome(accepted, "acceptances_current")
    assert (found.warns, found.stops_release) == (True, False)
    assert "no longer occurs" in failing(accepted, "acceptances_current")[AS_BEFORE]


def test_an_acceptance_without_a_reason_or_with_a_wrong_day_is_rejected(
    accepted: duckdb.DuckDBPyConnection,
) -> None:
    rejected = accepted.execute(
        "select file, line, column_name, value from rejects where source_id = 'registers/accepted_differences'"
    ).fetchall()
    assert rejected == [("registers/accepted_differences.csv", 6, "expires_on", "soon")]
    assert accepted.execute("select count(*) from accepted_differences where cds = ?", [WRONG_DAY]).fetchall() == [(0,)]
    assert outcome(accepted, "registers_rejected").warns
