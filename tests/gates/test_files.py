"""For every expectation of every shape of source file: one violation in rows as they were read, and exactly that check fails."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from expectations.files import check_files, file_target
from expectations.suites.files import SHAPES, columns_of_layout, suite_of_file
from tests.gates.sample import few
from tests.gates.state import State
from tests.gates.violations import Unseen, not_passed, unseen
from transforms.layouts import needed_columns

# One file of every shape; the Dashboard's in its three forms: color, status only, and without student groups.
FILES = (
    "dashboard-ela-2024", "dashboard-susp-2022", "dashboard-elpi-2019", "assistance-2024", "charter-assistance-2024", "local-indicators-2018",
    "local-indicators-2024-priority-1", "directory", "interim-first-2024-25", "low-performing-2023", "lcap-goals-2022",
)  # fmt: skip
# The generated state has no file of these shapes.
LISTED = {
    "interim_certifications": {"certification": "negative", "county": "Alameda", "lea": "Oakland Unified", "total_budget": "959.2"},
    "low_performing": {"cds": "01612590000000", "heading": "ELA", "field": "red:ela", "value": "Y"},
    "lcap_goals": {"cds": "01612590000000", "heading": "Targeted Student Group(s)", "field": "student_groups", "value": "Foster Youth"},
}


@pytest.mark.parametrize("source_id", FILES)
def test_each_violation_in_a_file_fails_exactly_its_check(state: State, source_id: str, tmp_path: Path) -> None:
    run, connection = state.run, state.connection
    source = run.sources[source_id]
    spec = run.layouts.of(source)
    groups = [g for (g,) in connection.execute("select student_group from ref_student_groups").fetchall()] + ["TOM"]
    expectations = suite_of_file(source, spec, needed_columns(source, spec, run.rules_by_year), groups).expectations
    path = next((Path(r["parquet"]) for r in run.raw_reports() if r["source_id"] == source_id), None)
    if path is None:
        path = tmp_path / "listed.parquet"
        rows = [{**LISTED[source.layout], **({"cds": f"0161259000000{n}"} if "cds" in LISTED[source.layout] else {}), "line": n} for n in (1, 2)]
        pq.write_table(pa.Table.from_pylist(rows).select(columns_of_layout(source, spec)), path)
    sample = few(connection, file_target(source_id, path), expectations, {})
    assert not_passed(connection, sample) == []
    assert unseen(connection, sample) == Unseen([], [])


def test_every_shape_has_a_file_here(state: State) -> None:
    assert {state.run.sources[s].layout for s in FILES} == set(SHAPES)


def test_an_unchanged_file_is_not_validated_again(state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    some = state.run.raw_reports()[:3]
    monkeypatch.setattr(state.run, "raw_reports", lambda: some)
    first = check_files(state.run, state.connection)

    def never(*_: object) -> None:
        raise AssertionError("validated again")

    monkeypatch.setattr("expectations.runners.run_suite", never)
    assert check_files(state.run, state.connection) == first
    assert {r.table_name for r in first} == {r["source_id"] for r in some}
