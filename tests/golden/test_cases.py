"""Golden cases of the rules, each with its own LEAs.

The rows are above the test, and one run decides all cases that have the same Dashboards.
"""

import re
from itertools import count

from tests.dashboards import Dashboards
from tests.golden.conftest import Decide
from transforms.settings import PROJECT

NUMBERS = count(100)
# All rows of the cases with Dashboards of exactly these years.
OF_2019_ON, OF_2022_ON, OF_2023_ON, OF_2024_ON = Dashboards(), Dashboards(), Dashboards(), Dashboards()


def district(of: str = "2700") -> str:
    """Return a code that no other case has; ``of`` can be another county, or county offices."""
    return f"{of}{next(NUMBERS):03d}0000000"


def charter_of(boards: Dashboards) -> str:
    cds = f"2700001{next(NUMBERS):07d}"
    boards.charters.add(cds)
    return cds


def letters(db, cds: str) -> dict[tuple[str, int], str]:
    rows = db.execute(
        "select student_group, dashboard_year, letter from student_group_history where cds = ? and letter is not null",
        [cds],
    ).fetchall()
    return {(group, year): letter for group, year, letter in rows}


def verdict(db, year: int, cds: str, pathway: str = "continuum") -> tuple[str, str]:
    return db.execute(
        "select status, reason from eligibility where cds = ? and determination_year = ? and pathway = ?",
        [cds, year, pathway],
    ).fetchone()


def assistance(db, cds: str, determination: str, year: int = 2024) -> tuple[str, str]:
    return db.execute(
        "select status, reason from assistance where cds = ? and determination = ? and determination_year = ?",
        [cds, determination, year],
    ).fetchone()


def three_groups(
    boards: Dashboards, cds: str, years: tuple[int, ...], groups: tuple[str, ...] = ("EL", "HI", "SWD")
) -> Dashboards:
    for year in years:
        for group in groups:
            boards.put(year, cds, group, ela=1, math=1, susp=1)
    return boards


PAIRS = {(1, 1): "D", (1, 2): "D", (2, 1): "D", (2, 2): None, (1, 3): None, (3, 1): None, (1, 0): None, (0, 1): None}
OF_A_PAIR = {district(): pair for pair in PAIRS}
for cds, (ela, math) in OF_A_PAIR.items():
    OF_2019_ON.put(2024, cds, "HI", ela=ela, math=math, susp=1)


def test_english_language_arts_and_mathematics(decided: Decide) -> None:
    db = decided(OF_2019_ON)
    assert {pair: letters(db, cds).get(("HI", 2024)) for cds, pair in OF_A_PAIR.items()} == PAIRS


LTEL, ORANGE, EL_BESIDE = district(), district(), district("0100")
for year in (2024, 2025):
    OF_2024_ON.put(year, LTEL, "LTEL", ela=1, math=1, susp=1)
    OF_2024_ON.put(year, ORANGE, "LTEL", elpi=2, susp=1)
    OF_2024_ON.put(year, EL_BESIDE, "LTEL", elpi=1, susp=1)
    OF_2024_ON.put(year, EL_BESIDE, "EL", elpi=2, susp=1)


def test_long_term_english_learners_count_from_2025(decided: Decide) -> None:
    db = decided(OF_2024_ON)
    assert letters(db, LTEL) == {("LTEL", 2024): "D"}, (
        "English language arts and mathematics count for LTEL in 2024 only"
    )
    assert letters(db, ORANGE) == {("LTEL", 2025): "D"}, "Orange on the ELPI counts for LTEL from 2025 on"
    assert letters(db, EL_BESIDE) == {("LTEL", 2024): "D", ("LTEL", 2025): "D"}, (
        "Orange on the ELPI never counts for EL"
    )


# Kind of LEA, group and students: 30 are needed, or 15 for FOS and HOM in rows of districts and county offices.
SIZES = {
    ("district", "HI", 29): False, ("district", "HI", 30): True, ("district", "FOS", 14): False,
    ("district", "FOS", 15): True,
    ("district", "HOM", 14): False, ("district", "HOM", 15): True, ("county office", "FOS", 15): True,
    ("charter", "FOS", 15): False, ("charter", "FOS", 30): True,
}  # fmt: skip
MAKE = {"district": district, "county office": lambda: district("2710"), "charter": lambda: charter_of(OF_2019_ON)}
OF_A_SIZE = {MAKE[size[0]](): size for size in SIZES}
for cds, (_, group, students) in OF_A_SIZE.items():
    for indicator in ("ela", "math", "susp"):
        OF_2019_ON.row(2022, indicator, cds, group, statuslevel=1, currdenom=students)


def test_the_size_test_of_2022(decided: Decide) -> None:
    db = decided(OF_2019_ON)
    assert {size: letters(db, cds) for cds, size in OF_A_SIZE.items()} == {
        size: {(size[1], 2022): "D"} if counts else {} for size, counts in SIZES.items()
    }


FLAGS = {"Y": {("EL", 2019): "D", ("SWD", 2023): "G"}, "N": {}, "": {}}
OF_A_FLAG = {district(): flag for flag in FLAGS}
for cds, flag in OF_A_FLAG.items():
    OF_2019_ON.put(2019, cds, "EL", susp=1).put(2023, cds, "SWD", susp=1, grad=3)
    OF_2019_ON.row(2019, "elpi", cds, "EL", statuslevel=1, currnsizemet=flag)
    OF_2019_ON.row(2023, "cci", cds, "SWD", statuslevel=1, currnsizemet=flag)


def test_the_size_flag_of_elpi_2019_and_cci_2023(decided: Decide) -> None:
    db = decided(OF_2019_ON)
    assert {flag: letters(db, cds) for cds, flag in OF_A_FLAG.items()} == FLAGS


THREE = district()
three_groups(OF_2019_ON, THREE, (2022, 2023, 2024)).put(2019, THREE, "HI", ela=5)


def test_three_groups_in_three_of_four_dashboards(decided: Decide) -> None:
    status, reason = verdict(decided(OF_2019_ON), 2024, THREE)
    assert status == "eligible"
    assert "Three student groups met the criteria" in reason


DIFFERENT_PRIORITIES = district()
for group in ("EL", "HI", "SWD"):
    OF_2022_ON.put(2022, DIFFERENT_PRIORITIES, group, ela=1, math=1, susp=1)
    OF_2022_ON.put(2023, DIFFERENT_PRIORITIES, group, susp=1, chronic=1)
    OF_2022_ON.put(2024, DIFFERENT_PRIORITIES, group, grad=1, cci=1, susp=3)


def test_a_group_that_met_different_priorities_each_year_counts(decided: Decide) -> None:
    db = decided(OF_2022_ON)
    assert verdict(db, 2024, DIFFERENT_PRIORITIES)[0] == "eligible"
    found = letters(db, DIFFERENT_PRIORITIES)
    assert found["HI", 2022] == "D"
    assert found["HI", 2023] == "C"
    assert found["HI", 2024] == "F"


DIFFERENT_GROUPS = district()
for year, groups in ((2022, ("EL", "HI", "SWD")), (2023, ("AA", "SED", "WH")), (2024, ("AS", "HOM", "FOS"))):
    three_groups(OF_2022_ON, DIFFERENT_GROUPS, (year,), groups)


def test_different_groups_each_year_do_not_count(decided: Decide) -> None:
    assert verdict(decided(OF_2022_ON), 2024, DIFFERENT_GROUPS)[0] == "not_eligible"


TWO_AND_A_THIRD = district()
three_groups(OF_2019_ON, TWO_AND_A_THIRD, (2022, 2023, 2024), ("EL", "SWD"))
three_groups(OF_2019_ON, TWO_AND_A_THIRD, (2023, 2024), ("HOM",)).put(2024, TWO_AND_A_THIRD, "HI", ela=4)
OF_2019_ON.put(2019, TWO_AND_A_THIRD, "HOM", ela=4)


def test_two_groups_and_a_third_with_two_years_is_not_eligible_with_the_reason(decided: Decide) -> None:
    status, reason = verdict(decided(OF_2019_ON), 2024, TWO_AND_A_THIRD)
    assert status == "not_eligible"
    assert "Two student groups" in reason
    assert "English learners (2022, 2023, 2024) and students with disabilities (2022, 2023, 2024)" in reason
    assert "Closest, with two years: homeless youth." in reason


BOTH, ONE_OF_TWO = district(), district()
three_groups(OF_2019_ON, BOTH, (2022, 2023, 2024), ("SED", "WH")).put(2019, BOTH, "SED", ela=4)
three_groups(OF_2019_ON, ONE_OF_TWO, (2022, 2023, 2024), ("SED",)).put(2024, ONE_OF_TWO, "WH", ela=5)
OF_2019_ON.put(2019, ONE_OF_TWO, "SED", ela=4)


def test_a_district_with_two_groups_is_eligible_by_both(decided: Decide) -> None:
    db = decided(OF_2019_ON)
    status, reason = verdict(db, 2024, BOTH)
    assert status == "eligible"
    assert "has two student groups with a result in 2024, and both met the criteria" in reason
    assert verdict(db, 2024, ONE_OF_TWO)[0] == "not_eligible", (
        "all of its groups must meet the criteria, not one of two"
    )


# The only group met the criteria three times, but its row of the year itself is rejected: it may have no result, and
# then no group can be assessed.
REJECTED = district()
three_groups(OF_2019_ON, REJECTED, (2019, 2022, 2023), ("SED",)).put(2024, REJECTED, "SED", ela=0, math=0)
OF_2019_ON.put(2024, REJECTED, "HI", susp=0).row(2024, "susp", REJECTED, "SED", color=9)


def test_the_small_lea_clause_needs_a_group_with_a_result(decided: Decide) -> None:
    assert verdict(decided(OF_2019_ON), 2024, REJECTED)[0] == "undetermined"


COLORLESS = district()
for year in (2019, 2022, 2023):
    OF_2019_ON.put(year, COLORLESS, "HI", ela=0)
OF_2019_ON.put(2024, COLORLESS, "HI", ela=0, math=0, susp=0)


def test_an_lea_without_any_color_is_not_assessed(decided: Decide) -> None:
    status, reason = verdict(decided(OF_2019_ON), 2024, COLORLESS)
    assert status == "not_assessed"
    assert "no student group of this district has a result" in reason


# Three groups met the criteria on the three Dashboards before; on the Dashboard of 2024 all are below the size test.
SHRUNK = {kind: district(of) for kind, of in (("district", "2700"), ("county_office", "4410"))}
SHRUNK_TOO_SOON = district()
for lea, met in {**dict.fromkeys(SHRUNK.values(), (2019, 2022, 2023)), SHRUNK_TOO_SOON: (2022, 2023)}.items():
    three_groups(OF_2019_ON, lea, met)
    for group in ("EL", "HI", "SWD"):
        for indicator in ("ela", "math", "susp"):
            OF_2019_ON.row(2024, indicator, lea, group, currdenom=20, statuslevel=1, color=0)


def test_earlier_years_decide_when_no_group_has_a_current_result(decided: Decide) -> None:
    """CDE's letters make it eligible; by the indicators it has no results to assess."""
    for lea in SHRUNK.values():
        status, reason = verdict(decided(OF_2019_ON), 2024, lea)
        assert (status, reason.count("(2019, 2022, 2023)")) == ("eligible", 3)
    assert verdict(decided(OF_2019_ON), 2024, SHRUNK_TOO_SOON)[0] == "not_assessed"
    assert verdict(decided(OF_2019_ON), 2023, SHRUNK_TOO_SOON)[0] == "undetermined"  # 2018 is not loaded


COE = "27100000000000"
three_groups(OF_2022_ON, COE, (2022, 2023, 2024))


def test_a_county_office_uses_its_own_statute(decided: Decide) -> None:
    db = decided(OF_2022_ON)
    assert verdict(db, 2024, COE)[0] == "eligible"
    assert db.execute(
        "select statute, lea_type from eligibility where cds = ? and pathway = 'continuum' and determination_year ="
        " 2024",
        [COE],
    ).fetchall() == [("EC 52072.5", "county_office")]
    assert verdict(db, 2024, COE, "wraparound")[0] == "not_applicable"
    assert db.execute(
        "select status from assistance where cds = ? and determination = 'consecutive' and determination_year = 2024",
        [COE],
    ).fetchall() == [("not_applicable",)]


ALAMEDA = "01000010000000"
three_groups(OF_2022_ON, ALAMEDA, (2022, 2023, 2024))


def test_county_01_keeps_its_leading_zero(decided: Decide) -> None:
    assert decided(OF_2022_ON).execute(
        "select distinct cds, county from eligibility where status = 'eligible' and pathway = 'continuum' and county"
        " is distinct from 'Monterey'"
    ).fetchall() == [(ALAMEDA, "Alameda")]


RENAMED = district()
three_groups(OF_2022_ON, RENAMED, (2022, 2023, 2024))
OF_2022_ON.names |= {
    (RENAMED, 2022): "Old Name Elementary",
    (RENAMED, 2023): "Old Name Elementary",
    (RENAMED, 2024): "New Name Unified",
}


def test_a_renamed_lea_is_one_lea_with_its_latest_name(decided: Decide) -> None:
    db = decided(OF_2022_ON)
    assert db.execute("select lea_name from leas where cds = ?", [RENAMED]).fetchall() == [("New Name Unified",)]
    assert verdict(db, 2024, RENAMED)[0] == "eligible"


CLOSED = district()
three_groups(OF_2022_ON, CLOSED, (2022, 2023))


def test_a_closed_lea_stays_in_the_index_and_is_not_assessed(decided: Decide) -> None:
    status, reason = verdict(decided(OF_2022_ON), 2024, CLOSED)
    assert status == "not_assessed"
    assert reason == "No results to assess: this district is not on the 2024 Dashboard."


CHARTER = charter_of(OF_2023_ON)
three_groups(OF_2023_ON, CHARTER, (2023, 2024), ("HI",))


def test_a_charter_school_with_one_group_on_both_dashboards(decided: Decide) -> None:
    db = decided(OF_2023_ON)
    status, reason = assistance(db, CHARTER, "charter")
    assert status == "eligible"
    assert "Hispanic or Latino students" in reason
    assert verdict(db, 2024, CHARTER)[0] == "not_applicable"
    assert verdict(db, 2024, CHARTER, "primary")[0] == "not_assessed"


CHARTER_OF_TWO = charter_of(OF_2023_ON)
three_groups(OF_2023_ON, CHARTER_OF_TWO, (2023,), ("HI",))
three_groups(OF_2023_ON, CHARTER_OF_TWO, (2024,), ("SWD",))


def test_a_charter_school_with_different_groups_each_year_is_undetermined(decided: Decide) -> None:
    status, reason = assistance(decided(OF_2023_ON), CHARTER_OF_TWO, "charter")
    assert status == "undetermined"
    assert "do not say whether the same student group" in reason


RUNNING, INTERRUPTED = district(), district()
three_groups(OF_2022_ON, RUNNING, (2022, 2023, 2024), ("HI",))
three_groups(OF_2022_ON, INTERRUPTED, (2022, 2024), ("HI",)).put(2023, INTERRUPTED, "HI", ela=3)


# Schools with the charter flag in every file of a year (None) or in some, and the expected result for 2024.
SCHOOLS = Dashboards()
WITH_THE_FLAG = {
    charter_of(SCHOOLS): ({2023: None, 2024: ()}, "not_assessed"),
    charter_of(SCHOOLS): ({2023: ("ela", "susp"), 2024: ()}, "not_assessed"),
    charter_of(SCHOOLS): ({2023: None, 2024: ("ela", "math", "chronic")}, "eligible"),
    charter_of(SCHOOLS): ({2023: None, 2024: None}, "eligible"),
}
for school, (flagged, _) in WITH_THE_FLAG.items():
    for year, files in flagged.items():
        for indicator in SCHOOLS.indicators[year]:
            color = 1 if indicator in ("ela", "math", "susp") else 3
            SCHOOLS.row(year, indicator, school, "EL", color=color, statuslevel=color)
            if files is not None and indicator not in files:
                SCHOOLS.rows[year, indicator, school, "EL"]["charter_flag"] = ""


def test_a_former_charter_school_is_not_assessed_as_one(decided: Decide) -> None:
    """It was eligible by its rows of that year, in which it is a school of its district."""
    found = {school: assistance(decided(SCHOOLS), school, "charter") for school in WITH_THE_FLAG}
    assert {s: status for s, (status, _) in found.items()} == {s: status for s, (_, status) in WITH_THE_FLAG.items()}
    for status, reason in found.values():
        assert (reason == "No results to assess: the 2024 Dashboard does not list it as a charter school.") == (
            status == "not_assessed"
        )


# The same cases without a flag on any school of 2024, as in files that lost the column.
UNFLAGGED = Dashboards()
UNFLAGGED_SCHOOL = charter_of(UNFLAGGED)
for year in (2023, 2024):
    for indicator in UNFLAGGED.indicators[year]:
        color = 1 if indicator in ("ela", "math", "susp") else 3
        UNFLAGGED.row(year, indicator, UNFLAGGED_SCHOOL, "EL", color=color, statuslevel=color)
        if year == 2024:
            UNFLAGGED.rows[year, indicator, UNFLAGGED_SCHOOL, "EL"]["charter_flag"] = ""


def test_files_without_charter_flags_include_every_charter_school(decided: Decide) -> None:
    assert assistance(decided(UNFLAGGED), UNFLAGGED_SCHOOL, "charter")[0] == "eligible"


def test_one_group_three_dashboards_running(decided: Decide) -> None:
    db = decided(OF_2022_ON)
    assert assistance(db, RUNNING, "consecutive")[0] == "eligible"
    assert assistance(db, INTERRUPTED, "consecutive")[0] == "not_eligible"


YEAR_2 = district()
three_groups(OF_2023_ON, YEAR_2, (2023,), ("HI",)).put(2024, YEAR_2, "HI", ela=4)


def test_year_2_of_differentiated_assistance(decided: Decide) -> None:
    db = decided(OF_2023_ON)
    assert assistance(db, YEAR_2, "differentiated_assistance", 2023)[0] == "eligible"
    status, reason = assistance(db, YEAR_2, "differentiated_assistance", 2024)
    assert status == "eligible"
    assert "met a method on the 2023 Dashboard" in reason


def test_an_earlier_as_of_date_uses_only_earlier_facts(decided: Decide) -> None:
    db = decided(OF_2022_ON, as_of="2024-06-30")
    years = db.execute("select distinct determination_year from eligibility order by 1").fetchall()
    assert years == [(2022,), (2023,)]
    assert db.execute("select max(dashboard_year) from indicator_results").fetchall() == [(2023,)]


ONE_MORE_YEAR, ONE_MORE_GROUP = district(), district()
three_groups(OF_2022_ON, ONE_MORE_YEAR, (2023, 2024)).put(2022, ONE_MORE_YEAR, "EL", ela=4)
three_groups(OF_2022_ON, ONE_MORE_GROUP, (2022, 2023, 2024), ("EL", "HI"))
three_groups(OF_2022_ON, ONE_MORE_GROUP, (2023, 2024), ("SWD",))


def test_the_watch_list_states_the_effect_of_one_more_dashboard(decided: Decide) -> None:
    rows = (
        decided(OF_2022_ON)
        .execute(
            "select cds, student_group, watch, next_dashboard, indicators, would_be_eligible from watch_list where"
            " list_contains(?, cds) order by 1, 2",
            [[ONE_MORE_YEAR, ONE_MORE_GROUP]],
        )
        .fetchall()
    )
    causes = ["ela", "math", "susp"]
    assert rows == [(ONE_MORE_YEAR, g, "one_more_year", 2025, causes, True) for g in ("EL", "HI", "SWD")] + [
        (ONE_MORE_GROUP, "SWD", "one_more_group", 2025, causes, True)
    ]


BOTH_WATCHED, ONE_WATCHED = district(), district()
three_groups(OF_2022_ON, BOTH_WATCHED, (2023, 2024), ("SED", "WH")).put(2022, BOTH_WATCHED, "SED", ela=4)
three_groups(OF_2022_ON, ONE_WATCHED, (2023, 2024), ("SED",)).put(2022, ONE_WATCHED, "SED", ela=4)
OF_2022_ON.put(2024, ONE_WATCHED, "WH", ela=5)


def test_the_watch_list_applies_the_small_lea_clause(decided: Decide) -> None:
    rows = (
        decided(OF_2022_ON)
        .execute(
            "select cds, student_group, would_be_eligible from watch_list where list_contains(?, cds) order by 1, 2",
            [[BOTH_WATCHED, ONE_WATCHED]],
        )
        .fetchall()
    )
    assert rows == [(BOTH_WATCHED, "SED", True), (BOTH_WATCHED, "WH", True), (ONE_WATCHED, "SED", False)]


def test_no_determination_reads_the_preview() -> None:
    folder = PROJECT / "transforms" / "sql"
    readers = {p.stem for p in folder.glob("*/*.sql") if re.search(r"\bpreview_(rule|indicators)\b", p.read_text())}
    assert readers == {"watch_rows", "watch_facts", "outlook_preview", "rule_tests"}, "the last lists rules for readers"
    for table in ("watch_rows", "outlook_preview", "watch_list", "rule_tests"):
        after = {p.stem for p in folder.glob("*/*.sql") if re.search(rf"\b(from|join) {table}\b", p.read_text())}
        assert after <= {"watch_facts", "watch_list"}, f"{table} feeds {after}"


ALL_STUDENTS, LTEL_ONLY, EL_ONLY = district(), district(), district("0100")
for year in (2024, 2025):
    OF_2024_ON.put(year, ALL_STUDENTS, "ALL", ela=1, math=1)
    OF_2024_ON.put(year, LTEL_ONLY, "LTEL", elpi=2, susp=1)
    OF_2024_ON.put(year, EL_ONLY, "EL", ela=1, susp=2)


def test_the_preview_of_2026_affects_only_the_watch_list(decided: Decide) -> None:
    db = decided(OF_2024_ON)
    rows = db.execute(
        "select cds, student_group, indicators, sentence from watch_list where standing = 'provisional' and"
        " list_contains(?, cds) order by 1, 2",
        [[ALL_STUDENTS, LTEL_ONLY, EL_ONLY]],
    ).fetchall()
    assert [r[:3] for r in rows] == [(ALL_STUDENTS, "ALL", ["ela", "math"]), (LTEL_ONLY, "LTEL", ["elpi", "susp"])]
    assert all("Provisional: this rests on one secondary source." in r[3] for r in rows)
    assert "were red on English learner progress (red or orange) and suspension on" in rows[1][3]
    assert db.execute(
        "select count(*) from eligibility where cds = ? and status = 'eligible'", [ALL_STUDENTS]
    ).fetchall() == [(0,)]
