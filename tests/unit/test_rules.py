"""Rules are data, checked when they are read."""

import shutil
from pathlib import Path

import pytest

from transforms.errors import ConfigError
from transforms.rules.load import load_rules
from transforms.settings import PROJECT


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("rules", "reference"):
        shutil.copytree(PROJECT / "data" / name, tmp_path / name)
    return tmp_path


def test_two_oranges_meet_no_criterion_in_any_year() -> None:
    for rule_set in (r for r in load_rules(PROJECT / "data").years if r.standing == "final"):
        pairs = [
            tuple(c.levels for c in k.conditions)
            for k in rule_set.criterion
            if {c.indicator for c in k.conditions} == {"ela", "math"}
        ]
        expected = [((1,), (1,))] if rule_set.dashboard_year == 2022 else [((1,), (1,)), ((1,), (2,)), ((2,), (1,))]
        assert pairs == expected, rule_set.dashboard_year


def test_every_criterion_belongs_to_a_priority_of_the_letters() -> None:
    for rule_set in load_rules(PROJECT / "data").years:
        assert {k.priority for k in rule_set.criterion} <= {4, 5, 6, 8}
        assert "ALL" not in rule_set.student_groups
        assert rule_set.citation


def test_counted_dashboards_are_consecutive_dashboards() -> None:
    rules = load_rules(PROJECT / "data").years
    dashboards = [r.dashboard_year for r in rules]
    for rule_set in rules:
        if rule_set.continuum:
            end = dashboards.index(rule_set.dashboard_year) + 1
            assert list(rule_set.continuum.counted_dashboards) == dashboards[end - 4 : end]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('measure = "color"', 'measure = "colour"', "measure"),
        ("priorities_required = 2", "priorities_required = 2\ntypo = 1", "typo"),
        ("dashboard_year = 2024", "dashboard_year = 2023", "name the file after its year"),
        ('only_groups = ["EL", "LTEL"]', 'only_groups = ["EL", "XX"]', "XX"),
        ("[2019, 2022, 2023, 2024]", "[2016, 2022, 2023, 2024]", "2016"),
        (
            '{ indicator = "susp", measure = "color", levels = [1] }',
            '{ indicator = "susp", measure = "status_level", levels = [1] }',
            "size_test",
        ),
    ],
)
def test_a_wrong_rules_file_is_refused_with_the_place(folder: Path, old: str, new: str, said: str) -> None:
    path = folder / "rules" / "2024.toml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(ConfigError, match=said) as raised:
        load_rules(folder)
    assert "2024.toml" in str(raised.value)


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ('standing = "unconfirmed"', 'standing = "final"', "final rules need criteria, and no not_confirmed"),
        (
            'not_confirmed = "the 2026 criteria are not confirmed by a primary source"\n',
            "",
            "unconfirmed rules need not_confirmed",
        ),
    ],
)
def test_a_year_has_criteria_or_states_why_not(tmp_path: Path, old: str, new: str, why: str) -> None:
    shutil.copytree(PROJECT / "data", tmp_path / "data", ignore=shutil.ignore_patterns("sample"))
    path = tmp_path / "data" / "rules" / "2026.toml"
    text = path.read_text("utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), "utf-8")
    with pytest.raises(ConfigError, match=why):
        load_rules(tmp_path / "data")
