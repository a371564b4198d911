"""The day of a verdict, and the next Dashboard, if a year between is not loaded or is in the future."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import duckdb
import pytest

from tests.cases import reference_copy
from tests.dashboards import INDICATORS, Dashboards
from tests.extension.invented import add_year
from tests.workplace import Workplace
from transforms.settings import PROJECT

CDS = "27661590000000"
AS_OF = "select determination_year, as_of from determination_years order by 1"


@contextmanager
def decided(
    folder: Path, years: tuple[int, ...], as_of: date, reference: Path = PROJECT / "data"
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield tables of a run in which one district has rows only in these years. Two groups meet the criteria."""
    state = Dashboards(
        names={(CDS, y): "Salinas Union High" for y in years}, indicators=INDICATORS | {2027: INDICATORS[2025]}
    )
    for year in years:
        for group in ("EL", "SWD"):
            state.put(year, CDS, group, susp=1, grad=1, ela=3, math=3)
    state.write(folder / "source")
    with Workplace(folder / "source", folder / "work", folder / "out", reference).decide(as_of=as_of) as connection:
        yield connection


def test_a_determination_ends_when_the_next_begins_without_its_files(tmp_path: Path) -> None:
    with decided(tmp_path, (2022, 2024), date(2026, 11, 24)) as db:
        assert db.execute(AS_OF).fetchall() == [(2022, date(2023, 11, 30)), (2024, date(2026, 11, 24))]
        assert (
            db.execute("select determination_year, as_of from assistance_years order by 1").fetchall()
            == db.execute(AS_OF).fetchall()
        )


def test_no_verdict_is_as_of_a_day_after_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of 2027 exist before its determination is in force. The criteria of 2026 are not confirmed."""
    today = date(2026, 11, 27)
    monkeypatch.setattr("transforms.clock.today", lambda: today)
    reference = reference_copy(tmp_path / "reference")
    add_year(reference, 2027)
    with decided(tmp_path, (2025, 2027), today, reference) as db:
        assert [day for _, day in db.execute(AS_OF).fetchall()] == [today, today]
        assert db.execute("select max(as_of) from eligibility").fetchall() == [(today,)]
        assert db.execute("select max(as_of) from assistance_years").fetchall() == [(today,)]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("year", "following", "standing"),
    [pytest.param(2023, 2024, "final", marks=pytest.mark.slow), (2025, 2026, "provisional")],
)
def test_the_next_dashboard_is_of_the_next_year_with_rules(
    year: int, following: int, standing: str, tmp_path: Path
) -> None:
    """2024 follows 2023, and 2026 follows 2025. The criteria of 2026 are not confirmed."""
    with decided(tmp_path, (year - 1, year), date(2026, 11, 24)) as db:
        rows = db.execute(
            "select distinct next_dashboard, standing from watch_list where watch not like 'preview%'"
        ).fetchall()
        assert rows == [(following, standing)]
