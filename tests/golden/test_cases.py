"""Golden cases of the rules, one LEA or student group each."""

import re

from tests.dashboards import Dashboards
from tests.golden.conftest import Decide
from transforms.settings import PROJECT

DISTRICT, OTHER, COE, CHARTER, ALAMEDA = (
    "27000010000000",
    "27000020000000",
    "27100000000000",
    "27000010000017",
    "01000010000000",
)


def letters(db, cds: str = DISTRICT) -> dict[tuple[str, int], str]:
    rows = db.execute(
        "select student_group, dashboard_year, letter from student_group_history where cds = ? and letter is not null",
        [cds],
    ).fetchall()
    return {(group, year): letter for group, year, letter in rows}


def verdict(db, year: int, cds: str = DISTRICT, pathway: str = "continuum") -> tuple[str, str]:
    return db.execute(
        "select status, reason from eligibility where cds = ? and determination_year = ? and pathway = ?",
        [cds, year, pathway],
    ).fetchone()


PAIRS = {(1, 1): "D", (1, 2): "D", (2, 1): "D", (2, 2): None, (1, 3): None, (3, 1): None, (1, 0): None, (0, 1): None}


def test_english_language_arts_and_mathematics(decide: Decide) -> None:
    boards = Dashboards()
    leas = {f"2700{n:03d}0000000": pair for n, pair in enumerate(PAIRS, 100)}
    for cds, (ela, math) in leas.items():
        boards.put(2024, cds, "HI", ela=ela, math=math, susp=1)
    db = decide(boards, until="criteria")
    assert {pair: letters(db, cds).get(("HI", 2024)) for cds, pair in leas.items()} == PAIRS


def test_long_term_english_learners_in_2024_and_2025(decide: Decide) -> None:
    boards = Dashboards()
    for year in (2024, 2025):
        boards.put(year, DISTRICT, "LTEL", ela=1, math=1, susp=1)
        boards.put(year, OTHER, "LTEL", elpi=2, susp=1)
        boards.put(year, ALAMEDA, "LTEL", elpi=1, susp=1)
        boards.put(year, ALAMEDA, "EL", elpi=2, susp=1)
    db = decide(boards, until="criteria")
    assert letters(db) == {("LTEL", 2024): "D"}, "English language arts and mathematics count for LTEL in 2024 only"
    assert letters(db, OTHER) == {("LTEL", 2025): "D"}, "Orange on the ELPI counts for LTEL from 2025 on"
    assert letters(db, ALAMEDA) == {("LTEL", 2024): "D", ("LTEL", 2025): "D"}, "Orange on the ELPI never counts for EL"


def test_the_size_test_of_2022(decide: Decide) -> None:
    """Kind of LEA, group and students: 30 are needed, 15 of FOS and HOM where the row is of a district or county
    office.
    """
    expected = {
        ("district", "HI", 29): False, ("district", "HI", 30): True, ("district", "FOS", 14): False,
        ("district", "FOS", 15): True,
        ("district", "HOM", 14): False, ("district", "HOM", 15): True, ("county office", "FOS", 15): True,
        ("charter", "FOS", 15): False, ("charter", "FOS", 30): True,
    }  # fmt: skip
    code = {"district": "2700{:03d}0000000", "county office": "2710{:03d}0000000", "charter": "2700001{:07d}"}
    leas = {code[kind].format(n): (kind, group, students) for n, (kind, group, students) in enumerate(expected, 100)}
    boards = Dashboards(charters={cds for cds, (kind, *_) in leas.items() if kind == "charter"})
    for cds, (_, group, students) in leas.items():
        for indicator in ("ela", "math", "susp"):
            boards.row(2022, indicator, cds, group, statuslevel=1, currdenom=students)
    db = decide(boards, until="criteria")
    assert {case: letters(db, cds) == {(case[1], 2022): "D"} for cds, case in leas.items()} == expected
    assert {case: letters(db, cds) for cds, case in leas.items() if not expected[case]} == {
        case: {} for case in expected if not expected[case]
    }


def test_the_size_flag_of_elpi_2019_and_cci_2023(decide: Decide) -> None:
    flags = {DISTRICT: "Y", OTHER: "N", ALAMEDA: ""}
    boards = Dashboards()
    for cds, flag in flags.items():
        boards.put(2019, cds, "EL", susp=1).put(2023, cds, "SWD", susp=1, grad=3)
        boards.row(2019, "elpi", cds, "EL", statuslevel=1, currnsizemet=flag)
        boards.row(2023, "cci", cds, "SWD", statuslevel=1, currnsizemet=flag)
    db = decide(boards, until="criteria")
    assert {cds: letters(db, cds) for cds in flags} == {
        DISTRICT: {("EL", 2019): "D", ("SWD", 2023): "G"},
        OTHER: {},
        ALAMEDA: {},
    }


def three_groups(
    boards: Dashboards, cds: str, years: tuple[int, ...], groups: tuple[str, ...] = ("EL", "HI", "SWD")
) -> Dashboards:
    for year in years:
        for group in groups:
            boards.put(year, cds, group, ela=1, math=1, susp=1)
    return boards


def test_three_groups_in_three_of_four_dashboards(decide: Decide) -> None:
    db = decide(three_groups(Dashboards(), DISTRICT, (2022, 2023, 2024)).put(2019, DISTRICT, "HI", ela=5))
    status, reason = verdict(db, 2024)
    assert status == "eligible"
    assert "Three student groups met the criteria" in reason


def test_a_group_that_met_different_priorities_each_year_counts(decide: Decide) -> None:
    boards = Dashboards()
    for group in ("EL", "HI", "SWD"):
        boards.put(2022, DISTRICT, group, ela=1, math=1, susp=1).put(2023, DISTRICT, group, susp=1, chronic=1)
        boards.put(2024, DISTRICT, group, grad=1, cci=1, susp=3)
    db = decide(boards)
    assert verdict(db, 2024)[0] == "eligible"
    assert letters(db)["HI", 2022] == "D"
    assert letters(db)["HI", 2023] == "C"
    assert letters(db)["HI", 2024] == "F"


def test_different_groups_each_year_do_not_count(decide: Decide) -> None:
    boards = Dashboards()
    for year, groups in ((2022, ("EL", "HI", "SWD")), (2023, ("AA", "SED", "WH")), (2024, ("AS", "HOM", "FOS"))):
        three_groups(boards, DISTRICT, (year,), groups)
    assert verdict(decide(boards), 2024)[0] == "not_eligible"


def test_two_groups_and_a_third_at_two_years_is_a_no_that_says_so(decide: Decide) -> None:
    boards = three_groups(Dashboards(), DISTRICT, (2022, 2023, 2024), ("EL", "SWD"))
    three_groups(boards, DISTRICT, (2023, 2024), ("HOM",)).put(2024, DISTRICT, "HI", ela=4).put(
        2019, DISTRICT, "HOM", ela=4
    )
    status, reason = verdict(decide(boards), 2024)
    assert status == "not_eligible"
    assert "Two student groups" in reason
    assert "English learners (2022, 2023, 2024) and students with disabilities (2022, 2023, 2024)" in reason
    assert "Closest, with two years: homeless youth." in reason


def test_a_two_group_district_is_eligible_by_both(decide: Decide) -> None:
    boards = three_groups(Dashboards(), DISTRICT, (2022, 2023, 2024), ("SED", "WH"))
    boards.put(2019, DISTRICT, "SED", ela=4)
    three_groups(boards, OTHER, (2022, 2023, 2024), ("SED",)).put(2024, OTHER, "WH", ela=5).put(
        2019, OTHER, "SED", ela=4
    )
    db = decide(boards)
    status, reason = verdict(db, 2024)
    assert status == "eligible"
    assert "has two student groups with a result in 2024, and both met the criteria" in reason
    assert verdict(db, 2024, OTHER)[0] == "not_eligible", "all of its groups must meet the criteria, not one of two"


def test_the_clause_for_fewer_groups_asks_for_a_group_that_has_a_result(decide: Decide) -> None:
    """The only group met the criteria three times; what it shows in the year itself was rejected: perhaps nothing, and
    then there is no group to judge.
    """
    boards = (
        three_groups(Dashboards(), DISTRICT, (2019, 2022, 2023), ("SED",))
        .put(2024, DISTRICT, "SED", ela=0, math=0)
        .put(2024, DISTRICT, "HI", susp=0)
    )
    db = decide(boards.row(2024, "susp", DISTRICT, "SED", color=9))
    assert verdict(db, 2024)[0] == "undetermined"


def test_an_lea_with_no_color_at_all_is_not_assessed(decide: Decide) -> None:
    boards = (
        Dashboards()
        .put(2019, DISTRICT, "HI", ela=0)
        .put(2024, DISTRICT, "HI", ela=0, math=0, susp=0)
        .put(2024, OTHER, "HI", ela=3)
    )
    for year in (2022, 2023):
        boards.put(year, DISTRICT, "HI", ela=0)
    status, reason = verdict(decide(boards), 2024)
    assert status == "not_assessed"
    assert "no student group of this district has a result" in reason


def test_a_county_office_is_judged_by_its_own_statute(decide: Decide) -> None:
    db = decide(three_groups(Dashboards(), COE, (2022, 2023, 2024)))
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


def test_county_01_keeps_its_zero(decide: Decide) -> None:
    db = decide(three_groups(Dashboards(), ALAMEDA, (2022, 2023, 2024)))
    assert db.execute(
        "select distinct cds, county from eligibility where status = 'eligible' and pathway = 'continuum'"
    ).fetchall() == [(ALAMEDA, "Alameda")]


def test_a_renamed_lea_is_one_lea_with_its_latest_name(decide: Decide) -> None:
    boards = three_groups(Dashboards(), DISTRICT, (2022, 2023, 2024))
    boards.names = {
        (DISTRICT, 2022): "Old Name Elementary",
        (DISTRICT, 2023): "Old Name Elementary",
        (DISTRICT, 2024): "New Name Unified",
    }
    db = decide(boards)
    assert db.execute("select lea_name from leas where cds = ?", [DISTRICT]).fetchall() == [("New Name Unified",)]
    assert verdict(db, 2024)[0] == "eligible"


def test_a_closed_lea_stays_in_the_index_and_is_not_assessed(decide: Decide) -> None:
    boards = three_groups(Dashboards(), DISTRICT, (2022, 2023)).put(2024, OTHER, "HI", ela=3)
    status, reason = verdict(decide(boards), 2024)
    assert status == "not_assessed"
    assert reason == "No results to assess: this district is not on the 2024 Dashboard."


def assistance(db, cds: str, determination: str, year: int = 2024) -> tuple[str, str]:
    return db.execute(
        "select status, reason from assistance where cds = ? and determination = ? and determination_year = ?",
        [cds, determination, year],
    ).fetchone()


def test_a_charter_school_with_one_group_on_both_dashboards(decide: Decide) -> None:
    boards = three_groups(Dashboards(charters={CHARTER}), CHARTER, (2023, 2024), ("HI",))
    db = decide(boards)
    status, reason = assistance(db, CHARTER, "charter")
    assert status == "eligible"
    assert "Hispanic or Latino students" in reason
    assert verdict(db, 2024, CHARTER)[0] == "not_applicable"
    assert verdict(db, 2024, CHARTER, "primary")[0] == "not_assessed"


def test_a_charter_school_with_different_groups_each_year_is_open(decide: Decide) -> None:
    boards = three_groups(Dashboards(charters={CHARTER}), CHARTER, (2023,), ("HI",))
    three_groups(boards, CHARTER, (2024,), ("SWD",))
    status, reason = assistance(decide(boards), CHARTER, "charter")
    assert status == "undetermined"
    assert "do not say whether the same student group" in reason


def test_one_group_three_dashboards_running(decide: Decide) -> None:
    boards = three_groups(Dashboards(), DISTRICT, (2022, 2023, 2024), ("HI",))
    three_groups(boards, OTHER, (2022, 2024), ("HI",)).put(2023, OTHER, "HI", ela=3)
    db = decide(boards)
    assert assistance(db, DISTRICT, "consecutive")[0] == "eligible"
    assert assistance(db, OTHER, "consecutive")[0] == "not_eligible"


def test_year_2_of_differentiated_assistance(decide: Decide) -> None:
    boards = three_groups(Dashboards(), DISTRICT, (2023,), ("HI",)).put(2024, DISTRICT, "HI", ela=4)
    db = decide(boards)
    assert assistance(db, DISTRICT, "differentiated_assistance", 2023)[0] == "eligible"
    status, reason = assistance(db, DISTRICT, "differentiated_assistance", 2024)
    assert status == "eligible"
    assert "met a method on the 2023 Dashboard" in reason


def test_an_earlier_date_knows_only_what_was_known_then(decide: Decide) -> None:
    boards = three_groups(Dashboards(), DISTRICT, (2022, 2023, 2024))
    db = decide(boards, as_of="2024-06-30")
    years = db.execute("select distinct determination_year from eligibility order by 1").fetchall()
    assert years == [(2022,), (2023,)]
    assert db.execute("select max(dashboard_year) from indicator_results").fetchall() == [(2023,)]


def test_the_watch_list_says_what_one_more_dashboard_would_do(decide: Decide) -> None:
    boards = three_groups(Dashboards(), DISTRICT, (2023, 2024), ("EL", "HI", "SWD")).put(2022, DISTRICT, "EL", ela=4)
    three_groups(boards, OTHER, (2022, 2023, 2024), ("EL", "HI"))
    three_groups(boards, OTHER, (2023, 2024), ("SWD",))
    rows = (
        decide(boards)
        .execute(
            "select cds, student_group, watch, next_dashboard, indicators, would_be_eligible from watch_list order by"
            " 1, 2"
        )
        .fetchall()
    )
    causes = ["ela", "math", "susp"]
    assert rows == [(DISTRICT, g, "one_more_year", 2025, causes, True) for g in ("EL", "HI", "SWD")] + [
        (OTHER, "SWD", "one_more_group", 2025, causes, True)
    ]


def test_the_watch_list_knows_the_clause_for_fewer_than_three_groups(decide: Decide) -> None:
    boards = three_groups(Dashboards(), DISTRICT, (2023, 2024), ("SED", "WH")).put(2022, DISTRICT, "SED", ela=4)
    three_groups(boards, OTHER, (2023, 2024), ("SED",)).put(2022, OTHER, "SED", ela=4).put(2024, OTHER, "WH", ela=5)
    rows = (
        decide(boards).execute("select cds, student_group, would_be_eligible from watch_list order by 1, 2").fetchall()
    )
    assert rows == [(DISTRICT, "SED", True), (DISTRICT, "WH", True), (OTHER, "SED", False)]


def test_nothing_that_decides_reads_the_preview() -> None:
    folder = PROJECT / "transforms" / "sql"
    readers = {p.stem for p in folder.glob("*/*.sql") if re.search(r"\bpreview_(rule|indicators)\b", p.read_text())}
    assert readers == {"watch_rows", "outlook_preview", "rule_tests"}, "the last lists rules for readers"
    for table in ("watch_rows", "outlook_preview", "watch_list", "rule_tests"):
        after = {p.stem for p in folder.glob("*/*.sql") if re.search(rf"\b(from|join) {table}\b", p.read_text())}
        assert after <= {"watch_facts", "watch_list"}, f"{table} feeds {after}"


def test_the_preview_of_2026_watches_and_never_decides(decide: Decide) -> None:
    boards = Dashboards()
    for year in (2024, 2025):
        boards.put(year, DISTRICT, "ALL", ela=1, math=1).put(year, OTHER, "LTEL", elpi=2, susp=1).put(
            year, ALAMEDA, "EL", ela=1, susp=2
        )
    db = decide(boards)
    rows = db.execute(
        "select cds, student_group, indicators, sentence from watch_list where standing = 'provisional' order by 1, 2"
    ).fetchall()
    assert [r[:3] for r in rows] == [(DISTRICT, "ALL", ["ela", "math"]), (OTHER, "LTEL", ["elpi", "susp"])]
    assert all("Provisional: this rests on one secondary source." in r[3] for r in rows)
    assert db.execute(
        "select count(*) from eligibility where cds = ? and status = 'eligible'", [DISTRICT]
    ).fetchall() == [(0,)]
