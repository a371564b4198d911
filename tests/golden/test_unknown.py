"""What is not known is said, never taken for a no: files that are not loaded, and LEAs that are in a few of them."""

from tests.cases import add_rows, case, reference_copy
from tests.dashboards import Dashboards
from tests.golden.conftest import Decide
from tests.golden.test_cases import assistance, three_groups, verdict
from tests.workplace import Workplace

# The last is Oakland Unified, which the loan register names.
DISTRICT, OTHER, ALAMEDA = (
    "27000010000000",
    "27000020000000",
    "01612590000000",
)


def test_an_lea_that_no_file_covers_is_undetermined_by_every_determination(decide: Decide) -> None:
    db = decide(three_groups(Dashboards(), DISTRICT, (2022, 2023, 2024)))
    assert verdict(db, 2024, ALAMEDA)[0] == "undetermined"
    for determination in ("differentiated_assistance", "consecutive"):
        assert assistance(db, ALAMEDA, determination) == ("undetermined", "2024 data for this district is not loaded.")


def test_an_lea_that_left_the_dashboard_is_not_assessed_by_every_determination(decide: Decide) -> None:
    db = decide(three_groups(Dashboards(), DISTRICT, (2019, 2022, 2023)).put(2024, OTHER, "HI", ela=3))
    said = ("not_assessed", "No results to assess: this district is not on the 2024 Dashboard.")
    assert verdict(db, 2024) == said, "three of four Dashboards do not make it eligible"
    assert assistance(db, DISTRICT, "differentiated_assistance") == said
    assert assistance(db, DISTRICT, "consecutive") == said


def test_year_2_is_not_ruled_out_where_nothing_is_known_of_the_year_before(decide: Decide) -> None:
    db = decide(Dashboards().put(2024, DISTRICT, "HI", ela=4))
    rows = db.execute(
        "select method, ours from assistance_methods where cds = ? and determination_year = 2024 order by 1", [DISTRICT]
    ).fetchall()
    assert rows[0] == (1, False)
    assert assistance(db, DISTRICT, "differentiated_assistance")[0] == "undetermined"


def test_no_method_now_and_an_unknown_year_before_is_said(tmp_path, raw_cache) -> None:
    """Local indicators settle methods 2 and 3, the register of CALPADS method 4."""
    source = tmp_path / "source"
    Dashboards().put(2024, DISTRICT, "HI", ela=4).write(source)
    for priority in (1, 2, 3, 6, 7):
        lines = ["cdsCode|lea|priorityNumber|countyPerformance|year", f"{DISTRICT}|LEA|{priority}|Met|2024"]
        (source / f"Pr{priority}2024.txt").write_text("\n".join(lines) + "\n")
    reference = reference_copy(tmp_path / "reference")
    add_rows(reference, "calpads", case("calpads", cds=DISTRICT, lea_name="LEA", certified_on_time="Y"))
    with Workplace(source, raw_cache, tmp_path / "out").decide(reference=reference) as db:
        rows = db.execute(
            "select method, ours from assistance_methods where cds = ? and determination_year = 2024 order by 1",
            [DISTRICT],
        ).fetchall()
        assert rows == [(1, False), (2, False), (3, False), (4, False)]
        status, reason = assistance(db, DISTRICT, "differentiated_assistance")
    assert status == "undetermined"
    assert reason.startswith("No method is met on the 2024 Dashboard. Whether one was on the 2023 Dashboard")


def test_an_lea_that_only_the_local_indicators_name_is_in_the_index(tmp_path, raw_cache) -> None:
    source = tmp_path / "source"
    Dashboards().put(2024, DISTRICT, "HI", ela=4).write(source)
    lines = [
        "cdsCode|lea|priorityNumber|countyPerformance|year",
        f"{OTHER}|New District|1|Met|2024",
        "27000010000019|New Charter|1|Met|2024",
    ]
    (source / "Pr12024.txt").write_text("\n".join(lines) + "\n")
    with Workplace(source, raw_cache, tmp_path / "out").decide() as db:
        rows = db.execute(
            "select cds, lea_name, lea_type, status from eligibility where pathway = 'continuum' and cds[1:5] = '27000'"
            " order by cds"
        ).fetchall()
    assert rows == [
        (DISTRICT, "LEA 2700001", "district", "undetermined"),
        ("27000010000019", "New Charter", "charter", "not_applicable"),
        (OTHER, "New District", "district", "not_assessed"),
    ]
