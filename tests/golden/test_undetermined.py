"""Unknown results are reported and never count as "no": files that are not loaded, and LEAs that are in few files."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tests.cases import add_rows, case, reference_copy
from tests.dashboards import Dashboards
from tests.golden.conftest import Decide
from tests.golden.test_cases import assistance, three_groups, verdict
from tests.workplace import Workplace

DISTRICT, LEFT, OTHER = "27000010000000", "27000020000000", "27000030000000"
OAKLAND = "01612590000000"  # the loan register names it
BOARDS = three_groups(Dashboards(), DISTRICT, (2022, 2023, 2024)).put(2024, OTHER, "HI", ela=3)
three_groups(BOARDS, LEFT, (2019, 2022, 2023))


def test_an_lea_that_no_file_covers_is_undetermined_everywhere(decided: Decide) -> None:
    db = decided(BOARDS)
    assert verdict(db, 2024, OAKLAND)[0] == "undetermined"
    for determination in ("differentiated_assistance", "consecutive"):
        assert assistance(db, OAKLAND, determination) == ("undetermined", "2024 data for this district is not loaded.")


def test_an_lea_that_left_the_dashboard_is_not_assessed_everywhere(decided: Decide) -> None:
    db = decided(BOARDS)
    said = ("not_assessed", "No results to assess: this district is not on the 2024 Dashboard.")
    assert verdict(db, 2024, LEFT) == said, "three of four Dashboards do not make it eligible"
    assert assistance(db, LEFT, "differentiated_assistance") == said
    assert assistance(db, LEFT, "consecutive") == said


# ---- 2024 alone ----

ALONE, ON_RECORD, ONLY_LOCAL, CHARTER = "27000010000000", "27000020000000", "27000030000000", "27000010000019"


@pytest.fixture(scope="module")
def one_year(tmp_path_factory: pytest.TempPathFactory, raw_cache: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Decide two districts on the Dashboard of 2024, one with local indicators and a CALPADS row, and two other LEAs.

    Only one file of local indicators names these two.
    """
    folder = tmp_path_factory.mktemp("one-year")
    boards = Dashboards().put(2024, ALONE, "HI", ela=4).put(2024, ON_RECORD, "HI", ela=4)
    boards.write(folder / "source")
    for priority in (1, 2, 3, 6, 7):
        lines = ["cdsCode|lea|priorityNumber|countyPerformance|year", f"{ON_RECORD}|LEA|{priority}|Met|2024"]
        if priority == 1:
            lines += [f"{ONLY_LOCAL}|New District|1|Met|2024", f"{CHARTER}|New Charter|1|Met|2024"]
        (folder / "source" / f"Pr{priority}2024.txt").write_text("\n".join(lines) + "\n")
    reference = reference_copy(folder / "reference")
    add_rows(reference, "calpads", case("calpads", cds=ON_RECORD, lea_name="LEA", certified_on_time="Y"))
    with Workplace(folder / "source", raw_cache, folder / "out", reference).decide() as connection:
        yield connection


def methods(db: duckdb.DuckDBPyConnection, cds: str) -> list[tuple[int, bool | None]]:
    return db.execute(
        "select method, ours from assistance_methods where cds = ? and determination_year = 2024 order by 1", [cds]
    ).fetchall()


def test_year_2_is_undetermined_without_data_of_the_year_before(
    one_year: duckdb.DuckDBPyConnection,
) -> None:
    assert methods(one_year, ALONE)[0] == (1, False)
    assert assistance(one_year, ALONE, "differentiated_assistance")[0] == "undetermined"


def test_the_reason_states_no_method_now_and_an_unknown_year_before(one_year: duckdb.DuckDBPyConnection) -> None:
    """Local indicators settle methods 2 and 3, and the CALPADS register settles method 4."""
    assert methods(one_year, ON_RECORD) == [(1, False), (2, False), (3, False), (4, False)]
    status, reason = assistance(one_year, ON_RECORD, "differentiated_assistance")
    assert status == "undetermined"
    assert reason.startswith("No method is met on the 2024 Dashboard. Whether one was on the 2023 Dashboard")


def test_an_lea_named_only_by_local_indicators_is_in_the_index(one_year: duckdb.DuckDBPyConnection) -> None:
    rows = one_year.execute(
        "select cds, lea_name, lea_type, status from eligibility where pathway = 'continuum' and cds[1:5] = '27000'"
        " order by cds"
    ).fetchall()
    assert rows == [
        (ALONE, "LEA 2700001", "district", "undetermined"),
        (CHARTER, "New Charter", "charter", "not_applicable"),
        (ON_RECORD, "LEA 2700002", "district", "undetermined"),
        (ONLY_LOCAL, "New District", "district", "not_assessed"),
    ]


# ---- 2024 of one county, and earlier Dashboards of two ----

HERE, STAYS, CLOSED, FOLLOWED = "27000010000000", "01000010000000", "01000020000000", "01000030000000"
FOLLOWER, NOTHING, LITTLE = "01000040000000", "01000050000000", "01000060000000"
NOT_LOADED = "Whether it is on the 2024 Dashboard is not known: 2024 data is not loaded."


@pytest.fixture(scope="module")
def half_a_year(tmp_path_factory: pytest.TempPathFactory, raw_cache: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Decide districts of a county for which 2024 is not loaded.

    One of them closed, and another has a successor, before 2024.
    """
    folder = tmp_path_factory.mktemp("half-a-year")
    boards = Dashboards(names={(FOLLOWED, y): "Old Union" for y in (2019, 2022, 2023)})
    boards.put(2024, HERE, "HI", ela=4).put(2023, FOLLOWER, "HI", ela=4)
    for cds in (STAYS, CLOSED, FOLLOWED):
        three_groups(boards, cds, (2019, 2022, 2023))
    for year in (2019, 2022, 2023):
        boards.put(year, NOTHING, "HI", ela=4).put(year, LITTLE, "HI", ela=1 if year == 2023 else 4)
    boards.put(2023, LITTLE, "HI", math=1, chronic=1)
    boards.write(folder / "source")
    head = "CDSCode\tStatusType\tCounty\tDistrict\tSchool\tOpenDate\tClosedDate\tCharter\tDOCType"
    row = f"{CLOSED}\tClosed\tAlameda\tLEA {CLOSED[:7]}\tNo Data\t07/01/1980\t06/30/2023\tNo Data\tUnified"
    (folder / "source" / "pubschls.txt").write_text(f"{head}\n{row}\n")
    reference = reference_copy(folder / "reference")
    succession = {
        "predecessor_cds": FOLLOWED,
        "predecessor_name": "Old Union",
        "successor_cds": FOLLOWER,
        "successor_name": f"LEA {FOLLOWER[:7]}",
        "succession_date": "2023-07-01",
        "kind": "merger",
        "source_url": "https://example.org",
        "source_note": "a page",
        "entered_by": "A",
        "entered_on": "2024-01-01",
    }
    add_rows(reference, "successions", succession)
    with Workplace(folder / "source", raw_cache, folder / "out", reference).decide() as connection:
        yield connection


def test_three_dashboards_suffice_unless_the_code_ended_before_the_fourth(
    half_a_year: duckdb.DuckDBPyConnection,
) -> None:
    assert verdict(half_a_year, 2024, STAYS)[0] == "eligible"
    for cds in (CLOSED, FOLLOWED):
        assert verdict(half_a_year, 2023, cds)[0] == "eligible"
        said = ("not_assessed", "No results to assess: this district is not on the 2024 Dashboard.")
        assert verdict(half_a_year, 2024, cds) == said
        assert assistance(half_a_year, cds, "differentiated_assistance") == said
        assert assistance(half_a_year, cds, "consecutive") == said


def test_year_2_does_not_claim_unmet_methods_without_loaded_data(
    half_a_year: duckdb.DuckDBPyConnection,
) -> None:
    assert assistance(half_a_year, STAYS, "differentiated_assistance") == (
        "eligible",
        "It met a method on the 2023 Dashboard, and assistance lasts two years. Whether any method is met now, which"
        " would begin a new Year 1, is not determined.",
    )


def test_a_not_eligible_reason_claims_nothing_about_an_unknown_dashboard(
    half_a_year: duckdb.DuckDBPyConnection,
) -> None:
    of_four = "of the four Dashboards 2019, 2022, 2023 and 2024."
    assert verdict(half_a_year, 2024, NOTHING) == (
        "not_eligible",
        f"No student group is known to have met the criteria in any {of_four} {NOT_LOADED}",
    )
    assert verdict(half_a_year, 2024, LITTLE) == (
        "not_eligible",
        f"No student group met the criteria in at least three {of_four} Three are needed. Closest by what is known,"
        f" with one year: Hispanic or Latino students. {NOT_LOADED}",
    )
