"""Every threshold keeps a fixed margin from the worst real value, in the sample and in CDE's complete files."""

import os
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from expectations.checks import FOLDER, Check, load_checks
from expectations.files import sizes_of
from expectations.judging import rows_of
from expectations.suites.files import SHAPES, suite_of_shape
from expectations.thresholds import PLACEHOLDER, THRESHOLD_CALL, Threshold, thresholds, with_thresholds
from expectations.validate import judge
from tests.gates.sample import Decided, decided
from tests.workplace import Workplace
from transforms.errors import ConfigError
from transforms.settings import PROJECT

CHECKS = {c.check_id: c for c in load_checks()}
MEASURED = {name: t for name, t in thresholds().items() if t.check}
CDE_FILES = os.environ.get("CDE_FILES")


def everything_in_one_folder(cde: Path, folder: Path) -> Path:
    """Collect all files below a folder in one folder; if two have the same name, use the statewide edition."""
    folder.mkdir()
    for path in sorted(p for p in cde.rglob("*") if p.is_file()):
        if not (folder / path.name).exists() or "statewide" in path.parts:
            shutil.copy(path, folder / path.name)
    return folder


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Decided]:
    if CDE_FILES is None:
        pytest.skip("CDE_FILES names no folder of CDE's files")
    base = tmp_path_factory.mktemp("whole")
    run, connection = decided(
        Workplace(everything_in_one_folder(Path(CDE_FILES), base / "files"), base / "work", base / "out")
    )
    with connection:
        yield run, connection
    run.finish()


def distribution(connection: duckdb.DuckDBPyConnection, name: str, threshold: Threshold) -> list[float]:
    """Return the real values: the check's measurements with a threshold that passes every row."""
    query = with_thresholds(CHECKS[threshold.check].template, **{name: threshold.open_at})
    return [value for (value,) in connection.execute(f"select {threshold.measure} from ({query}\n)").fetchall()]


def worst_of(values: list[float], threshold: Threshold) -> float | None:
    return (max if threshold.fails == "above" else min)(values, default=None)


def shares_of_sound_rows(connection: duckdb.DuckDBPyConnection) -> Iterator[tuple[float, str]]:
    """Yield the share of rows that satisfies each expectation on rows, file by file, and each Dashboard column."""
    groups = [
        g
        for (g,) in connection.sql(
            "select lower(unnest([student_group, also_called])) as g from ref_student_groups"
        ).fetchall()
        if g
    ]
    for layout in SHAPES:
        suite = suite_of_shape(layout, groups)
        rows, outcomes = judge(rows_of(connection), suite)
        for expectation, failing in outcomes:
            assert not isinstance(failing, str), failing
            failed = Counter(rows.take(failing)["source_id"].to_pylist()) if failing else Counter()
            for source_id, judged in sizes_of(expectation, rows).items():
                yield 1 - failed[source_id] / judged, f"{expectation.meta['check_id']} in {source_id}"
    for check_id in ("dashboard_rows_sound", "dashboard_levels_present"):
        query = with_thresholds(CHECKS[check_id].template, file_rows_unsound=1, file_rows_sound_share=1)
        failed = Counter(source_id for (source_id,) in connection.sql(f"select source_id from ({query}\n)").fetchall())
        sizes = connection.sql("select source_id, rows_in from source_files where layout = 'dashboard'").fetchall()
        yield from ((1 - failed[source_id] / rows, f"{check_id} in {source_id}") for source_id, rows in sizes)


def keeps_margin(threshold: Threshold, worst: float) -> bool:
    """Return True if a real value is far enough on the good side."""
    distance = threshold.value - worst if threshold.fails == "above" else worst - threshold.value
    return distance >= (threshold.margin or 0.0) - 1e-9


def assert_kept(name: str, threshold: Threshold, worst: float | None, recorded: float | None) -> None:
    """Check that the margin is kept, and that the table gives the worst value to three digits."""
    if worst is None:
        assert recorded is None, f"{name}: the table gives {recorded}, but there is nothing to measure"
        return
    assert keeps_margin(threshold, worst), f"{name}: {worst:.4f} is nearer to {threshold.value} than {threshold.margin}"
    assert recorded == pytest.approx(worst, abs=0.001), f"{name}: measured {worst:.4f}"


@pytest.mark.parametrize("name", MEASURED)
def test_a_limit_keeps_its_margin_from_the_sample(sample: Decided, name: str) -> None:
    threshold = MEASURED[name]
    assert_kept(
        name, threshold, worst_of(distribution(sample[1], name, threshold), threshold), threshold.worst_in_sample
    )


@pytest.mark.slow
@pytest.mark.parametrize("name", MEASURED)
def test_a_limit_keeps_its_margin_from_whole_files(whole: Decided, name: str) -> None:
    threshold = MEASURED[name]
    assert_kept(
        name, threshold, worst_of(distribution(whole[1], name, threshold), threshold), threshold.worst_in_whole_files
    )


def kept_by_suites(place: Decided, recorded: str) -> None:
    shares = [*shares_of_sound_rows(place[1])]
    assert len(shares) > 100
    assert_kept(
        "file_rows_sound_share",
        thresholds()["file_rows_sound_share"],
        min(shares)[0],
        getattr(thresholds()["file_rows_sound_share"], recorded),
    )


def test_suites_keep_their_margin_from_the_sample(sample: Decided) -> None:
    kept_by_suites(sample, "worst_in_sample")


@pytest.mark.slow
def test_suites_keep_their_margin_from_whole_files(whole: Decided) -> None:
    kept_by_suites(whole, "worst_in_whole_files")


def test_a_value_within_the_margin_fails() -> None:
    limit = replace_threshold(MEASURED["numerators_exceed_share"], value=0.2, margin=0.1)
    assert (keeps_margin(limit, 0.1), keeps_margin(limit, 0.101)) == (True, False)
    below = replace_threshold(MEASURED["changes_add_up_share"], value=0.9, margin=0.05)
    assert (keeps_margin(below, 0.95), keeps_margin(below, 0.949)) == (True, False)
    with pytest.raises(AssertionError, match="nearer"):
        assert_kept("numerators_exceed_share", limit, 0.15, 0.15)


def replace_threshold(threshold: Threshold, **changes: float) -> Threshold:
    return threshold.model_copy(update=changes)


def test_every_threshold_is_used_and_every_number_of_a_check_is_a_threshold() -> None:
    texts = [p.read_text("utf-8") for p in FOLDER.glob("*/*.sql")]
    code = [p.read_text("utf-8") for p in (PROJECT / "expectations" / "suites").glob("*.py")]
    used = {n for t in texts for n in THRESHOLD_CALL.findall(t)} | {n for t in texts for n, _ in PLACEHOLDER.findall(t)}
    code.append((PROJECT / "expectations" / "files.py").read_text("utf-8"))
    assert used | {n for t in code for n in re.findall(r'THRESHOLDS\["(\w+)"\]', t)} == set(thresholds())
    for check in CHECKS.values():
        body = "\n".join(line for line in check.template.splitlines() if not line.startswith("--"))
        compared = re.findall(r"(?:[<>]=?|\b\d+ \*|\* )\s*(\d+(?:\.\d+)?)\b(?!:)", body)
        assert [n for n in compared if n not in ("0", "1")] == [], check.check_id


def test_an_undefined_threshold_is_an_error() -> None:
    broken: Check = replace(CHECKS["rates_are_percentages"], template="select 1 where 1 > threshold(no_such)")
    with pytest.raises(ConfigError, match="no_such"):
        _ = broken.query
