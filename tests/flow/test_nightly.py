"""The Prefect flow: its behavior, and, as a slow test, a run on a temporary server."""

import os
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from flows.steps import STEPS
from tests.workplace import AS_OF, SAMPLE, Workplace
from transforms.errors import SourceFilesError


@pytest.fixture(scope="module")
def prefect_server() -> Iterator[None]:
    os.environ |= {"PREFECT_SERVER_ANALYTICS_ENABLED": "false", "DO_NOT_TRACK": "1"}
    os.environ["PREFECT_API_BLOCKS_REGISTER_ON_START"] = "false"  # our flows have no blocks; saves two seconds
    from prefect.testing.utilities import prefect_test_harness

    with prefect_test_harness(server_startup_timeout=120):
        yield


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
def test_the_flow_publishes_then_finds_nothing_changed(
    sql_checks_only: None, prefect_server: None, raw_cache: Path, tmp_path: Path
) -> None:
    from prefect.client.orchestration import get_client

    from flows.deployed.nightly import nightly

    arguments = {"source": str(SAMPLE), "out": tmp_path / "out", "work": raw_cache}
    assert nightly(**arguments) == "published"
    with duckdb.connect(str(tmp_path / "out/current/dta.duckdb"), read_only=True) as db:
        assert db.execute("select count(*) > 0 from eligible_districts").fetchall() == [(True,)]
    assert nightly(**arguments) == "unchanged"
    with get_client(sync_client=True) as client:
        runs = client.read_flow_runs()
        assert {r.state.type.value for r in runs if r.state} == {"COMPLETED"}
        assert len(runs) == 2


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
def test_a_broken_file_fails_the_flow_and_the_task(prefect_server: None, tmp_path: Path) -> None:
    from flows.deployed.nightly import nightly

    (tmp_path / "in").mkdir()
    (tmp_path / "in/eladownload2024.txt").write_text("<html></html>")
    with pytest.raises(SourceFilesError, match="web page"):
        nightly(source=str(tmp_path / "in"), out=tmp_path / "out", work=tmp_path / "work")
    assert not (tmp_path / "out/current").exists()


@pytest.fixture
def artifacts_and_messages(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Yield the artifacts and messages of a flow without a server. Its steps are called as functions, not as tasks."""
    from prefect.logging import disable_run_logger

    from flows.deployed import nightly as module

    said: list[str] = []
    monkeypatch.setattr(module, "perform_step", module.perform_step.fn)
    monkeypatch.setattr(module, "write_artifacts", lambda out, text: said.append(text))
    monkeypatch.setattr(module, "notify", lambda message, logger: said.append(message.subject))
    with disable_run_logger():
        yield said


def test_the_flow_reports_that_nothing_changed(artifacts_and_messages: list[str], bare_released: Workplace) -> None:
    from flows.deployed.nightly import nightly

    place = bare_released
    assert nightly.fn(str(place.source), place.out, place.work, AS_OF) == "unchanged"
    (artifact,) = artifacts_and_messages
    assert artifact.startswith("**unchanged**: Nothing changed")


def test_a_failed_flow_reports_the_cause(artifacts_and_messages: list[str], tmp_path: Path) -> None:
    from flows.deployed.nightly import nightly

    (tmp_path / "in").mkdir()
    (tmp_path / "in/eladownload2024.txt").write_text("<html></html>")
    with pytest.raises(SourceFilesError, match="web page"):
        nightly.fn(str(tmp_path / "in"), tmp_path / "out", tmp_path / "work")
    artifact, subject = artifacts_and_messages
    assert artifact.startswith("**failed**: ")
    assert "web page" in artifact
    assert subject == "DTA eligibility: the run failed, nothing was published"
    assert not (tmp_path / "out/current").exists()


def test_flow_and_command_share_one_list_of_steps() -> None:
    assert [s.name for s in STEPS] == [
        "snapshot",
        "compare",
        "raw",
        "core",
        "criteria",
        "determinations",
        "gates",
        "release",
    ]
    assert "STEPS" in (Path(__file__).parents[2] / "flows/deployed/nightly.py").read_text()
