"""Reasons whose words must not contradict the numbers next to them."""

from itertools import count

import duckdb
import pytest

from reports.published import rows
from reports.site.tallies import add_lines
from tests.dashboards import Dashboards
from tests.golden.conftest import Decide

BOARDS = Dashboards()  # rows of all cases, each with its own LEA: one run judges them
APART = Dashboards()  # of 2018, 2019, 2022 and 2024; the files of 2023 are not loaded
NUMBERS = count(600)
GROUPS = ("EL", "HI", "SWD")


def district() -> str:
    return f"2700{next(NUMBERS):03d}0000000"


def red(boards: Dashboards, cds: str, group: str, *years: int) -> None:
    """Let the group meet the criteria in these years."""
    for year in years:
        boards.put(year, cds, group, chronic=1, susp=1)


def green(boards: Dashboards, cds: str, group: str, *years: int) -> None:
    for year in years:
        boards.put(year, cds, group, chronic=4, susp=4)


def reason(db: duckdb.DuckDBPyConnection, cds: str, year: int = 2024) -> tuple[str, str, str]:
    """Return status, reason, and the line that pages show."""
    (verdict,) = rows(
        db,
        "select cds, determination_year, pathway, status, decided_by, reason as whole_reason from eligibility"
        f" where pathway = 'continuum' and cds = '{cds}' and determination_year = {year}",
    )
    add_lines(db, [verdict])
    return verdict["status"], verdict["whole_reason"], verdict["line"]


def cause(db: duckdb.DuckDBPyConnection, cds: str) -> str:
    (row,) = db.execute(
        "select cause from changes where pathway = 'continuum' and cds = ? and to_year = 2024", [cds]
    ).fetchall()
    return str(row[0])


ALL_BUT_ONE, ANOTHER, ONLY_ANOTHER = district(), district(), district()
for lea in (ALL_BUT_ONE, ANOTHER, ONLY_ANOTHER):
    for code in ("EL", "HI"):
        red(BOARDS, lea, code, 2019, 2022, 2023)
for lea in (ALL_BUT_ONE, ANOTHER):
    red(BOARDS, lea, "HI", 2024)
for lea in (ANOTHER, ONLY_ANOTHER):
    green(BOARDS, lea, "SED", 2024)


def test_the_small_lea_reason_counts_groups_with_a_result(decided: Decide) -> None:
    """One of two groups that count has no row on the newest Dashboard."""
    status, said, line = reason(decided(BOARDS), ALL_BUT_ONE)
    assert status == "eligible"
    assert said.startswith("The district has one student group with a result in 2024, and it met the criteria")
    assert said.endswith(": Hispanic or Latino students (2019, 2022, 2023, 2024).")
    assert line == "One group: Hispanic or Latino students."


def test_the_small_lea_reason_names_missing_groups_when_others_count(decided: Decide) -> None:
    """Two groups count and two are needed, but not the same ones."""
    status, said, line = reason(decided(BOARDS), ANOTHER)
    assert status == "not_eligible"
    assert said.endswith(
        "This district has two student groups with a result in 2024 (Hispanic or Latino students and socioeconomically"
        " disadvantaged students), and both would have to meet the criteria."
    )
    assert line == "One of the two groups needed: Hispanic or Latino students."
    status, said, line = reason(decided(BOARDS), ONLY_ANOTHER)
    assert status == "not_eligible"
    assert said.endswith(
        "one student group with a result in 2024 (socioeconomically disadvantaged students), and it would have"
        " to meet the criteria."
    )
    assert line == "No group with a result this year counts; one group is needed."


def test_the_watch_list_considers_only_existing_groups(decided: Decide) -> None:
    """One LEA has two groups that count with English learners, and another has a third that does not."""
    found = decided(BOARDS).execute(
        "select cds, would_be_eligible, sentence from watch_list where student_group = 'EL' and cds in (?, ?)",
        [ALL_BUT_ONE, ANOTHER],
    )
    said = {cds: (would, sentence) for cds, would, sentence in found.fetchall()}
    assert {cds: would for cds, (would, _) in said.items()} == {ALL_BUT_ONE: True, ANOTHER: False}
    assert "the LEA would meet the criteria of that year" in said[ALL_BUT_ONE][1]
    assert "they would count toward the Continuum of Support" in said[ANOTHER][1]


GROWN = district()
for code in ("EL", "HI"):
    red(BOARDS, GROWN, code, 2019, 2022, 2023, 2024)
red(BOARDS, GROWN, "LTEL", 2024)
SHRUNK = district()
for code in ("EL", "HI"):
    red(BOARDS, SHRUNK, code, 2019, 2022, 2023, 2024)
green(BOARDS, SHRUNK, "SED", 2023)


def test_a_change_caused_only_by_the_number_of_groups_has_a_cause(decided: Decide) -> None:
    """The same groups count in both years."""
    db = decided(BOARDS)
    assert cause(db, GROWN) == "three groups have a result now, so three would have to count"
    assert cause(db, ANOTHER) == "not every group that has a result now counts"
    assert cause(db, SHRUNK) == "every group that has a result now counts, and there are fewer than three"


GONE = district()
for code in GROUPS:
    red(BOARDS, GONE, code, 2018, 2022, 2023)
    green(BOARDS, GONE, code, 2019)


def test_an_lea_absent_from_a_dashboard_did_not_miss_its_criteria(decided: Decide) -> None:
    db = decided(BOARDS)
    assert reason(db, GONE)[1] == "No results to assess: this district is not on the 2024 Dashboard."
    assert cause(db, GONE).endswith(
        "(two years: 2018 is no longer counted, and in 2024 there are no results to assess)"
    )


NEVER_IN_2017 = district()
for code in GROUPS:
    red(APART, NEVER_IN_2017, code, 2018, 2019, 2022)
    green(APART, NEVER_IN_2017, code, 2024)


@pytest.mark.slow
def test_the_cause_names_the_counted_year_that_left_the_window(decided: Decide) -> None:
    """Without the files of 2023, two years leave the window at once; no group met the criteria in the first one."""
    db = decided(APART)
    assert reason(db, NEVER_IN_2017, 2022)[0] == "eligible"
    assert reason(db, NEVER_IN_2017)[0] == "undetermined"
    said = cause(db, NEVER_IN_2017)
    assert "may no longer count: " in said
    assert "(two years: 2018 is no longer counted, and 2023 is not known)" in said


ONLY_REJECTED = district()
for code in GROUPS:
    red(BOARDS, ONLY_REJECTED, code, 2022, 2023)
green(BOARDS, ONLY_REJECTED, "EL", 2024)
del BOARDS.rows[2024, "susp", ONLY_REJECTED, "EL"]
BOARDS.row(2024, "susp", ONLY_REJECTED, "ALL", currdenom=20, statuslevel=0, color=0, currstatus="5")


def test_an_lea_with_only_a_rejected_row_is_not_reported_as_absent(decided: Decide) -> None:
    db = decided(BOARDS)
    ((why,),) = db.execute("select reason from rejects where cds = ?", [ONLY_REJECTED]).fetchall()
    found = db.execute(
        "select distinct unknown_because from evidence where cds = ? and dashboard_year = 2024 and indicator = 'susp'",
        [ONLY_REJECTED],
    ).fetchall()
    assert len(found) == 1
    assert found[0][0].startswith("line ")
    assert found[0][0].endswith(f" of suspdownload2024.txt was rejected: {why}")


NEW, NEW_CHARTER = district(), "27006990123456"
BOARDS.charters.add(NEW_CHARTER)
for year in (2023, 2024):
    green(BOARDS, NEW, "EL", year)
BOARDS.put(2024, NEW_CHARTER, "EL", chronic=1, susp=1)
UNEXPLAINED = "and no predecessor is on record. That year is left out of its history."


def test_every_not_eligible_reason_names_years_before_the_code_began(decided: Decide) -> None:
    found = decided(BOARDS).execute(
        "select cds, reason from assistance where determination_year = 2024 and cds in (?, ?) and determination in"
        " ('consecutive', 'charter')",
        [NEW, NEW_CHARTER],
    )
    assert dict(found.fetchall()) == {
        NEW: "No student group met the criteria on each of the Dashboards 2022, 2023 and 2024. CDE's files of 2022 do"
        f" not list this district under this code, {UNEXPLAINED}",
        NEW_CHARTER: "Student groups met the criteria in 2024 only; the test needs 2023 and 2024. CDE's files of 2023"
        f" do not list this charter school under this code, {UNEXPLAINED}",
    }
