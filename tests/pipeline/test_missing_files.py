"""Taking a file away makes what depends on it undetermined, never a no."""

from pathlib import Path

import duckdb
import pytest

from tests.workplace import SAMPLE, Workplace

VERDICTS = "select cds, determination_year, status from eligibility where pathway = 'continuum'"
USED = sorted({p.name.split("download")[0] for p in SAMPLE.glob("*download*.txt")} - {"science"})


def statuses(db: duckdb.DuckDBPyConnection) -> dict[tuple[str, int], str]:
    return {(cds, year): status for cds, year, status in db.execute(VERDICTS).fetchall()}


@pytest.mark.parametrize("indicator", USED)
def test_without_the_files_of_one_indicator(workplace: Workplace, db: duckdb.DuckDBPyConnection, indicator: str) -> None:
    whole = statuses(db)
    files = sorted(workplace.source.glob(f"{indicator}download*.txt"))
    assert files
    for file in files:
        file.unlink()
    with workplace.decide() as reduced:
        for key, status in statuses(reduced).items():
            assert status in (whole[key], "undetermined"), f"{key}: {whole[key]} became {status}"
        for year in (int(file.stem[-4:]) for file in files):
            unknown = reduced.execute(
                "select count(*), list(distinct note) from student_group_history where dashboard_year = ? and has_result is null and cds[1:2] = '27'", [year]
            ).fetchall()
            findings = reduced.execute(
                "select distinct finding, unknown_because from evidence where dashboard_year = ? and indicator = ? and cds[1:2] = '27'", [year, indicator]
            ).fetchall()
            assert findings == [("unknown", f"the {year} file of this indicator is not at hand")]
            if unknown[0][0]:
                assert "not at hand" in str(unknown[0][1])


def test_the_reason_names_what_is_missing(workplace: Workplace) -> None:
    (workplace.source / "suspdownload2023.txt").unlink()
    with workplace.decide() as reduced:
        rows = reduced.execute("select reason from eligibility where pathway = 'continuum' and status = 'undetermined' and cds[1:2] = '27'").fetchall()
        assert rows
        assert all("the 2023 file of this indicator is not at hand" in reason for (reason,) in rows)


def test_without_the_letters_of_2019(workplace: Workplace, db: duckdb.DuckDBPyConnection) -> None:
    whole = statuses(db)
    (workplace.source / "assistancestatus19-rev.xlsx").unlink()
    with workplace.decide() as reduced:
        changed = {k: s for k, s in statuses(reduced).items() if s != whole[k]}
        assert changed
        assert set(changed.values()) == {"undetermined"}


def test_a_missing_file_is_a_warning_of_the_release(workplace: Workplace) -> None:
    (workplace.source / "ccidownload2024.txt").unlink()
    assert workplace.publish().outcome == "published"
    with duckdb.connect(str(workplace.out / "current/dta.duckdb"), read_only=True) as db:
        rows = db.execute("select check_id, detail from meta_gate_results where outcome = 'failed'").fetchall()
    assert [c for c, _ in rows] == ["inputs_missing"]
    assert "cci" in rows[0][1]


@pytest.mark.parametrize(("missing", "basis"), [(("grad", "elpi"), "indicators"), (("grad", "elpi", "chronic"), "cde_letters")])
def test_a_dashboard_of_which_only_half_is_at_hand_is_taken_from_cdes_letters(workplace: Workplace, missing: tuple[str, ...], basis: str) -> None:
    """Six indicators count in 2022: four at hand are more than half, three are not."""
    for indicator in missing:
        (workplace.source / f"{indicator}download2022.txt").unlink()
    with workplace.decide() as reduced:
        districts = "select cds from leas where lea_type = 'district' and county_code = '27'"
        found = reduced.execute(f"select distinct basis from student_group_history where dashboard_year = 2022 and cds in ({districts})").fetchall()
        assert found == [(basis,)]


def test_a_dashboard_that_is_not_out_yet_has_no_rows(db: duckdb.DuckDBPyConnection) -> None:
    """Rules of later Dashboards stand ready; of LEAs nothing is said of them, not even that it is unknown."""
    (latest,) = db.execute("select max(dashboard_year) from meta_sources where present").fetchone()  # type: ignore[misc]
    assert db.execute("select max(dashboard_year) > ? from rule_criteria", [latest]).fetchall() == [(True,)]
    for table in ("student_group_history", "evidence"):
        assert db.execute(f"select max(dashboard_year) from {table}").fetchall() == [(latest,)], table


DISTRICT, ELSEWHERE = b"27659870000000", b"30659870000000"  # the same district, were it in another county
FINDINGS = "select distinct finding, unknown_because from evidence where cds = ? and dashboard_year = 2024 and indicator = 'susp'"


def without_the_district(path: Path) -> None:
    lines = path.read_bytes().splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith(DISTRICT)]
    assert len(kept) < len(lines)
    path.write_bytes(b"".join(kept))


def test_a_file_that_covers_some_counties_says_nothing_of_an_lea_of_another(workplace: Workplace) -> None:
    without_the_district(workplace.source / "suspdownload2024.txt")
    for path in workplace.source.glob("*download2024.txt"):
        path.write_bytes(path.read_bytes().replace(DISTRICT, ELSEWHERE))
    with workplace.decide() as reduced:
        assert reduced.execute(FINDINGS, [ELSEWHERE.decode()]).fetchall() == [("unknown", "suspdownload2024.txt does not cover this county")]
        assert reduced.execute("select count(*) - count(distinct (cds, dashboard_year, student_group, indicator)) from evidence").fetchall() == [(0,)]


def test_a_file_that_lacks_an_lea_where_every_lea_has_a_row_says_nothing_of_it(workplace: Workplace) -> None:
    without_the_district(workplace.source / "suspdownload2024.txt")
    with workplace.decide() as reduced:
        said = "suspdownload2024.txt has no row of this LEA, where every LEA has one"
        assert reduced.execute(FINDINGS, [DISTRICT.decode()]).fetchall() == [("unknown", said)]
