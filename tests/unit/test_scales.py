"""Years on different scales are never compared, and no test of numbers is certain for an unknown scale."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from tests.unit.test_contradictions import GROUPS, REDUNDANCY, read
from tests.workplace import SAMPLE
from transforms.dashboard.admission import implausible_test
from transforms.dashboard.rows import JudgedRows, judge, read_columns
from transforms.errors import ConfigError
from transforms.rules.reference import load_scales, scale_begins, scale_of
from transforms.settings import PROJECT

SCALES = load_scales(PROJECT / "data")
NUMBERS = ("grid", "box", "color_size", "color_flag", "change", "cuts", "levels")


def judged(file: str, year: int, **columns: object) -> JudgedRows:
    """Judge the rows of a file of the sample as those of another year, with some columns changed."""
    raw = read(SAMPLE / file)
    table = raw.table
    rows = len(table)
    changed = {"reportingyear": str(year), **columns}
    for name, value in changed.items():
        values = value(table.column(name).cast(pa.string()).to_pylist()) if callable(value) else [value] * rows
        table = table.set_column(table.column_names.index(name), name, pa.array(values, pa.string()))
    report = {"indicator": file.split("download")[0], "dashboard_year": year, "missing_columns": raw.missing_columns}
    return judge(read_columns(table, report, GROUPS), np.arange(rows) + 2, report, GROUPS, REDUNDANCY)


def test_a_scale_lasts_until_the_next_one_begins() -> None:
    for indicator in ("ela", "math"):
        first, second = (scale_of(SCALES, indicator, year) for year in (2025, 2026))
        assert (first and first.unit, second and second.unit) == ("points from standard", "points from proficiency")
        assert [y for y in range(2017, 2030) if scale_begins(SCALES, indicator, y)] == [2026]
    assert scale_of(SCALES, "chronic", 2026) is None
    assert not any(scale_begins(SCALES, "chronic", y) for y in range(2017, 2030))


@pytest.mark.parametrize(("indicator", "year", "faults"), [("ela", 2024, True), ("ela", 2026, False)])
def test_a_change_between_two_scales_is_not_a_contradiction(indicator: str, year: int, faults: bool) -> None:
    found = judged(f"{indicator}download2024.txt", year, change=lambda old: [v and "77" for v in old])
    assert any(c["kind"] == "change" for c in found.counts) == faults


def test_new_color_rules_do_not_reject_the_file_of_a_new_scale() -> None:
    def other(old: list[str | None]) -> list[str | None]:
        return [v and str(6 - int(v)) if v and v != "0" else v for v in old]

    known, new = (judged("eladownload2024.txt", year, color=other) for year in (2024, 2026))
    assert implausible_test({"counts": known.counts})
    assert not [c for c in new.counts if c["kind"] in NUMBERS]
    assert not new.bad.any()


def test_an_unknown_scale_does_not_affect_other_indicators() -> None:
    found = judged("chronicdownload2024.txt", 2026, color=lambda old: [v and v.replace("2", "5") for v in old])
    assert implausible_test({"counts": found.counts})


def renamed(of_state: bool) -> JudgedRows:
    """Judge the file of 2024 with Filipino students under an unknown code.

    ``of_state``: also add a row of the state with that code.
    """
    raw = read(SAMPLE / "suspdownload2024.txt")
    columns = {n: raw.table.column(n).cast(pa.string()).to_pylist() for n in raw.table.column_names if n != "line"}
    groups = ["REC" if g == "FI" else g for g in columns["studentgroup"]]
    state = [i for i, r in enumerate(columns["rtype"]) if r == "D"][:1]
    for name in columns:
        for group in ("ALL", "EL", *(["REC"] if of_state else [])):
            columns[name] += [
                {"studentgroup": group, "cds": "0" * 14, "rtype": "X", "districtname": "", "countyname": ""}.get(
                    name, columns[name][state[0]]
                )
            ]
    columns["studentgroup"] = [*groups, *columns["studentgroup"][len(groups) :]]
    table = pa.table({n: pa.array(v, pa.string()) for n, v in columns.items()})
    report = {"indicator": "susp", "dashboard_year": 2024, "missing_columns": raw.missing_columns}
    return judge(read_columns(table, report, GROUPS), np.arange(len(table)) + 2, report, GROUPS, REDUNDANCY)


def test_an_unknown_student_group_of_the_state_is_set_aside_and_reported() -> None:
    found = renamed(of_state=True)
    assert found.unknown_groups.keys() == {"REC"}
    assert {(f.column, f.student_group) for f in found.faults} == {("studentgroup", "REC")}
    assert found.unknown_groups["REC"] == len(found.faults) == int(found.bad.sum()) > 5
    assert implausible_test({"counts": found.counts}) is None


def test_an_unknown_group_code_without_state_rows_is_a_fault() -> None:
    found = renamed(of_state=False)
    assert found.unknown_groups == {}
    assert {c["column"] for c in found.counts} == {"studentgroup"}
    assert implausible_test({"counts": found.counts})


@pytest.mark.parametrize(
    ("old", "bad", "why"),
    [(",2026,", ",soon,", "line 6, column first_dashboard"), (",2026,", ",2017,", "('ela', 2017) appears 2 times")],
)
def test_a_wrong_list_of_scales_is_refused(tmp_path: Path, old: str, bad: str, why: str) -> None:
    (tmp_path / "reference").mkdir()
    text = (PROJECT / "data" / "reference" / "status_scales.csv").read_text("utf-8").replace(old, bad)
    (tmp_path / "reference" / "status_scales.csv").write_text(text, "utf-8")
    with pytest.raises(ConfigError) as raised:
        load_scales(tmp_path)
    assert why in str(raised.value) or why.replace("('ela', 2017)", "ela, 2017") in str(raised.value)
