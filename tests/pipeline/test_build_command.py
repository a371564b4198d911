"""``dta build``: one SQL model, with its inputs or the tables built from it, on a database that is kept."""

import re
from pathlib import Path

import duckdb
import pytest
import typer
from typer.testing import CliRunner

from flows.cli.app import app
from flows.cli.build import BUILT, NAME, selected
from tests.dashboards import Dashboards
from transforms.sql import order_of

CDS = "27661590000000"


def names(*wanted: str) -> list[str]:
    return [table for _, table in selected(list(wanted))]


def test_an_empty_selection_builds_everything_in_order() -> None:
    assert selected([]) == [(stage, table) for stage in BUILT for table in order_of(stage)]


def test_a_plus_selects_downstream_or_upstream_tables() -> None:
    assert names("continuum") == ["continuum"]
    after = names("continuum+")
    assert {"continuum", "verdicts", "eligibility", "eligible_districts"} <= set(after)
    assert {"outlook", "watch_rows", "watch_list"} <= set(names("continuum_groups+")), (
        "the watch list counts groups anew"
    )
    assert not {"continuum_groups", "loan_states"} & set(after)
    assert after.index("continuum") < after.index("verdicts") < after.index("eligibility")
    before = names("+continuum")
    assert {"continuum_groups", "student_group_history", "evidence_cells", "leas", "assistance_cells"} <= set(before)
    assert "verdicts" not in before
    assert set(names("+continuum+")) == {*before, *after}
    assert names("marts") == list(order_of("marts"))


def test_an_unknown_name_is_refused_with_the_nearest() -> None:
    with pytest.raises(typer.BadParameter, match="did you mean continuum"):
        selected(["contnuum+"])


def test_a_build_reuses_tables_of_the_last_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    state = Dashboards(names={(CDS, y): "Salinas Union High" for y in (2023, 2024)})
    for year in (2023, 2024):
        state.put(year, CDS, "EL", susp=1, ela=3, math=3)
    state.write(tmp_path / "source")
    monkeypatch.setenv("DTA_WORK", str(tmp_path / "work"))
    monkeypatch.setenv("DTA_OUT", str(tmp_path / "out"))
    made = CliRunner().invoke(app, ["build", "--source", str(tmp_path / "source")], catch_exceptions=False)
    assert made.exit_code == 0
    kept = tmp_path / "work" / "build" / NAME
    with duckdb.connect(str(kept)) as connection:
        connection.execute("delete from continuum")
        connection.execute("delete from eligibility where pathway = 'continuum'")
    for path in (tmp_path / "source").iterdir():
        path.unlink()  # a kept database needs no source
    again = CliRunner().invoke(app, ["build", "--select", "continuum+", "--keep"], catch_exceptions=False)
    assert again.exit_code == 0, again.output
    assert "continuum" in again.output
    assert "0 before" in again.output
    with duckdb.connect(str(kept), read_only=True) as connection:
        rows = connection.execute(
            "select reason from eligibility where pathway = 'continuum' and cds = ? and determination_year = 2024",
            [CDS],
        ).fetchall()
    assert len(rows) == 1
    assert rows[0][0], "the sentence is written as well"
    ahead = CliRunner().invoke(app, ["build", "--select", "outlook+", "--keep"], catch_exceptions=False)
    assert ahead.exit_code == 0, ahead.output
    assert re.search(r"^ahead +watch_rows +0 rows", ahead.output, re.MULTILINE)
    assert not (tmp_path / "out").exists(), "nothing is published"


def test_the_build_order_is_listed_with_inputs() -> None:
    listed = CliRunner().invoke(app, ["build", "--list", "--select", "continuum"], catch_exceptions=False)
    assert listed.output.split()[:3] == ["determinations", "continuum", "leas,"]
