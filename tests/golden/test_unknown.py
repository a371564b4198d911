"""What is not known is said, never taken for a no: files that are not loaded, and LEAs that are in a few of them."""

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


def test_an_lea_that_no_file_covers_is_undetermined_by_every_determination(decided: Decide) -> None:
    db = decided(BOARDS)
    assert verdict(db, 2024, OAKLAND)[0] == "undetermined"
    for determination in ("differentiated_assistance", "consecutive"):
        assert assistance(db, OAKLAND, determination) == ("undetermined", "2024 data for this district is not loaded.")


def test_an_lea_that_left_the_dashboard_is_not_assessed_by_every_determination(decided: Decide) -> None:
    db = decided(BOARDS)
    said = ("not_assessed", "No results to assess: this district is not on the 2024 Dashboard.")
    assert verdict(db, 2024, LEFT) == said, "three of four Dashboards do not make it eligible"
    assert assistance(db, LEFT, "differentiated_assistance") == said
    assert assistance(db, LEFT, "consecutive") == said


# ---- 2024 alone ----

ALONE, ON_RECORD, ONLY_LOCAL, CHARTER = "27000010000000", "27000020000000", "27000030000000", "27000010000019"


@pytest.fixture(scope="module")
def one_year(tmp_path_factory: pytest.TempPathFactory, raw_cache: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Two districts on the Dashboard of 2024, of which one has its local indicators and its row of CALPADS; and two
    LEAs that one file of local indicators names alone.
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


def test_year_2_is_not_ruled_out_where_nothing_is_known_of_the_year_before(
    one_year: duckdb.DuckDBPyConnection,
) -> None:
    assert methods(one_year, ALONE)[0] == (1, False)
    assert assistance(one_year, ALONE, "differentiated_assistance")[0] == "undetermined"


def test_no_method_now_and_an_unknown_year_before_is_said(one_year: duckdb.DuckDBPyConnection) -> None:
    """Local indicators settle methods 2 and 3, the register of CALPADS method 4."""
    assert methods(one_year, ON_RECORD) == [(1, False), (2, False), (3, False), (4, False)]
    status, reason = assistance(one_year, ON_RECORD, "differentiated_assistance")
    assert status == "undetermined"
    assert reason.startswith("No method is met on the 2024 Dashboard. Whether one was on the 2023 Dashboard")


def test_an_lea_that_only_the_local_indicators_name_is_in_the_index(one_year: duckdb.DuckDBPyConnection) -> None:
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
