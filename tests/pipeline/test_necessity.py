"""Meeting the criteria is not CCEE's decision: the decision comes from a register and is shown with the verdict.

It changes no verdict (EC 52072).
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest

from expectations.checks import load_checks
from tests.cases import COUNTY_OFFICE, DISTRICT, NAMES, SALINAS, add_rows, reference_copy
from tests.workplace import SAMPLE, Workplace
from transforms.registers.load import check_registers
from transforms.wording.labels import ccee_determination

ROW = {
    "cds": COUNTY_OFFICE, "lea_name": NAMES[COUNTY_OFFICE], "determination_year": "2024",
    "consultations": "the county office, March 2025", "necessary": "yes",
    "determination_date": "2025-06-30", "reason": "three student groups", "evidence": "letter of June 30, 2025",
    "entered_by": "a test",
    "entered_on": "2025-07-15", "note": "",
}  # fmt: skip
BESIDE = (
    "select ccee_determination, ccee_determination_date from eligibility where cds = ? and determination_year = ? and"
    " pathway = 'continuum'"
)


# LEA and year -> record, and text next to the verdict; the district is eligible only in 2023.
RECORDS = {
    (COUNTY_OFFICE, 2024): ("yes", "necessary"),
    (SALINAS, 2023): ("no", "not_necessary"),
    (DISTRICT, 2023): ("perhaps", "record_rejected"),
    (DISTRICT, 2024): ("yes", None),
}


@pytest.fixture(scope="module")
def recorded(raw_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    folder = tmp_path_factory.mktemp("recorded")
    reference = reference_copy(folder / "reference")
    for (cds, year), (necessary, _) in RECORDS.items():
        row = {"cds": cds, "lea_name": NAMES[cds], "determination_year": str(year), "necessary": necessary}
        add_rows(reference, "necessity_determinations", ROW | row)
    with Workplace(SAMPLE, raw_cache, folder / "out", reference).decide() as db:
        yield db


def test_without_a_record_only_eligible_verdicts_show_not_recorded(db: duckdb.DuckDBPyConnection) -> None:
    found = db.execute(
        "select pathway = 'continuum' and status = 'eligible', ccee_determination, count(*) > 0 from eligibility group"
        " by 1, 2 order by 1"
    ).fetchall()
    assert found == [(False, None, True), (True, "not_recorded", True)]


@pytest.mark.parametrize(("cds", "year"), RECORDS)
def test_a_record_is_shown_with_the_verdict(recorded: duckdb.DuckDBPyConnection, cds: str, year: int) -> None:
    """A rejected record never counts as not recorded; a record without met criteria is not shown with any verdict."""
    said = RECORDS[cds, year][1]
    day = date(2025, 6, 30) if said in ("necessary", "not_necessary") else None
    assert recorded.execute(BESIDE, [cds, year]).fetchone() == (said, day)
    if day:
        listed = "select ccee_determination from eligible_districts where cds = ? and determination_year = ?"
        assert recorded.execute(listed, [cds, year]).fetchone() == (said,)


def test_records_do_not_change_verdicts(recorded: duckdb.DuckDBPyConnection, db: duckdb.DuckDBPyConnection) -> None:
    verdicts = "select cds, determination_year, pathway, status, reason from eligibility order by all"
    assert recorded.execute(BESIDE, [COUNTY_OFFICE, 2023]).fetchone() == ("not_recorded", None)
    assert recorded.execute(verdicts).fetchall() == db.execute(verdicts).fetchall()


def test_a_record_where_the_criteria_are_not_met_warns(recorded: duckdb.DuckDBPyConnection) -> None:
    check = next(c for c in load_checks() if c.check_id == "necessity_after_criteria")
    assert recorded.execute(check.query).fetchall() == [(DISTRICT, NAMES[DISTRICT], 2024, "yes", "not_eligible")]
    assert check.severity == "warning"


@pytest.mark.slow
def test_a_decision_of_a_later_day_does_not_count_yet(workplace: Workplace, tmp_path: Path) -> None:
    reference = reference_copy(tmp_path / "reference")
    add_rows(reference, "necessity_determinations", ROW)
    with workplace.decide(reference=reference, as_of=date(2025, 6, 29)) as decided:
        assert decided.execute(BESIDE, [COUNTY_OFFICE, 2024]).fetchone() == ("not_recorded", None)


REFUSED: list[tuple[dict[str, str], str]] = [
    ({"cds": "27660680112177", "lea_name": "A charter school"}, "do not apply to a charter school"),
    ({"determination_date": "2023-05-01"}, "the decision is dated before the 2024 Dashboard"),
    ({"entered_on": "2025-06-01"}, "the decision is dated after the row was entered"),
    ({"determination_year": ""}, "must not be empty"),
    ({"evidence": ""}, "must not be empty"),
]


@pytest.mark.parametrize(("changes", "sentence"), REFUSED, ids=[s for _, s in REFUSED])
def test_impossible_rows_are_refused(changes: dict[str, str], sentence: str, tmp_path: Path) -> None:
    folder = reference_copy(tmp_path / "reference")
    add_rows(folder, "necessity_determinations", ROW | changes)
    assert sentence in "\n".join(map(str, check_registers(folder)["necessity_determinations"].problems))


def test_the_text_next_to_a_verdict() -> None:
    def said(found: str | None, day: date | None = None) -> str:
        return ccee_determination(found, day)

    assert said(None) == ""
    assert said("not_recorded") == "criteria met; CCEE's determination: not recorded"
    assert said("necessary", date(2025, 6, 30)) == "criteria met; CCEE's determination: necessary on June 30, 2025"
    assert (
        said("not_necessary", date(2025, 6, 30)) == "criteria met; CCEE's determination: not necessary on June 30, 2025"
    )


def test_texts_of_county_offices_and_charters_do_not_call_them_districts(db: duckdb.DuckDBPyConnection) -> None:
    said = db.execute(
        "select cds, reason from eligibility where lea_type <> 'district' union all select cds, reason from assistance"
        " where lea_type <> 'district' union all select w.cds, w.sentence from watch_list w join leas l using (cds)"
        " where l.lea_type <> 'district'"
    ).fetchall()
    assert len(said) > 20
    assert [s for s in said if "district" in s[1].lower()] == []


def test_leas_have_only_the_pathways_that_the_law_provides(db: duckdb.DuckDBPyConnection) -> None:
    found = db.execute(
        "select distinct pathway, e.lea_type from eligibility e join pathways p using (pathway) "
        "where not list_contains(p.may_receive, e.lea_type) and status <> 'not_applicable'"
    ).fetchall()
    assert found == []
