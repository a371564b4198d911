"""What changed between determination years and between releases, and differences from CDE that a person accepted."""

import re
from datetime import date
from pathlib import Path

import duckdb
import openpyxl
import pytest

from expectations.checks import load_checks
from expectations.results import GateResult
from expectations.sql_checks import run_check
from reports.compare import compare
from tests.cases import reference_copy
from tests.workplace import Workplace
from transforms.errors import ReleaseError

SALINAS, KING_CITY, PLUMAS, VALLEJO = "27661590000000", "27660680000000", "32669690000000", "48705810000000"


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


def test_the_cause_of_a_change_of_wraparound_is_a_loan(db: duckdb.DuckDBPyConnection) -> None:
    kind, _, _, cause, _ = change(db, PLUMAS, "wraparound", 2024)
    act = "state loan AB 121 (education omnibus trailer bill)"
    assert (kind, cause) == ("status_changed", f"{act}: not received before, authorized and not known to be drawn now")
    kind, _, _, cause, _ = change(db, VALLEJO, "wraparound", 2024)
    assert (kind, cause) == (
        "status_changed",
        "state loan SB 1190 (Chesbro): outstanding before, repaid or released now",
    )


def test_who_stays_eligible_is_continuing_and_who_stays_out_has_no_row(db: duckdb.DuckDBPyConnection) -> None:
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


def test_two_releases_are_compared_and_the_second_names_what_changed(without_gates: None, released: Workplace) -> None:
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


def with_another_letter(place: Workplace) -> None:
    """CDE's workbook says K for the English learners of Salinas in 2024."""
    path = place.source / "assistancestatus24.xlsx"
    book = openpyxl.load_workbook(path)
    sheet = book["District and COE 2024"]
    headings = [c.value for c in sheet[6]]
    (row,) = [r for r in range(7, sheet.max_row + 1) if sheet.cell(r, headings.index("CDS") + 1).value == SALINAS]
    sheet.cell(row, headings.index("ELpriorities") + 1).value = "K"
    sheet.cell(
        row, headings.index("TotalStudentGroups") + 1
    ).value += 1  # else the row contradicts itself, and is rejected
    book.save(path)


def accept(folder: Path, ours: str, cde: str = "K", expires: str = "2027-06-30") -> Path:
    reference = reference_copy(folder / "reference")
    with (reference / "registers" / "accepted_differences.csv").open("a") as stream:
        stream.write(
            f"{SALINAS},Salinas Union High,2024,letter:EL,{ours},{cde},CDE is told of it and will"
            f" reissue,2026-01-15,{expires}\n"
        )
    return reference


def outcome(db: duckdb.DuckDBPyConnection, check: str) -> GateResult:
    return run_check(db, next(c for c in load_checks() if c.check_id == check))


def test_an_accepted_difference_is_shown_and_warns_no_more(
    workplace: Workplace, tmp_path: Path, db: duckdb.DuckDBPyConnection
) -> None:
    (ours,) = db.execute(
        "select letter from student_group_history where cds = ? and student_group = 'EL' and dashboard_year = 2024",
        [SALINAS],
    ).fetchone()
    with_another_letter(workplace)
    with workplace.decide(reference=accept(tmp_path / "a", ours or "-")) as place:
        rows = place.execute(
            "select class, ours, cde, accepted, accepted_reason from reconciliation where cds = ? and flag ="
            " 'letter:EL' and dashboard_year = 2024",
            [SALINAS],
        ).fetchall()
        assert rows == [
            ("differs" if ours else "only_cde", ours or "-", "K", True, "CDE is told of it and will reissue")
        ]
        assert outcome(place, "acceptances_current").outcome == "passed"
        remaining = outcome(place, "agrees_with_cde")
        assert "letter:EL" not in remaining.detail
    with workplace.decide(reference=accept(tmp_path / "b", ours or "-", expires="2026-02-01")) as place:
        expired = outcome(place, "acceptances_current")
        assert (expired.warns, '"problem": "expired"' in expired.detail) == (True, True)
        assert "letter:EL" in outcome(place, "agrees_with_cde").detail, "an expired acceptance covers nothing"
    with workplace.decide(reference=accept(tmp_path / "c", ours or "-", cde="A")) as place:
        assert "differs in another way now" in outcome(place, "acceptances_current").detail
        assert "letter:EL" in outcome(place, "agrees_with_cde").detail


def test_an_acceptance_of_what_no_longer_differs_warns(workplace: Workplace, tmp_path: Path) -> None:
    with workplace.decide(reference=accept(tmp_path, "A")) as db:
        found = outcome(db, "acceptances_current")
    assert (found.warns, found.stops_release) == (True, False)
    assert "no longer occurs" in found.detail


def test_an_acceptance_without_a_reason_or_with_a_wrong_day_is_rejected_and_accepts_nothing(
    workplace: Workplace, tmp_path: Path
) -> None:
    with workplace.decide(reference=accept(tmp_path, "A", expires="soon")) as db:
        rejected = db.execute(
            "select file, line, column_name, value from rejects where source_id = 'registers/accepted_differences'"
        ).fetchall()
        assert rejected == [("registers/accepted_differences.csv", 2, "expires_on", "soon")]
        assert db.execute("select count(*) from accepted_differences").fetchall() == [(0,)]
        assert outcome(db, "registers_rejected").warns
