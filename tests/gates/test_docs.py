"""The docs about the gates list every check on several tables correctly."""

import re

from expectations.checks import load_checks
from expectations.results import GATES
from expectations.thresholds import thresholds
from transforms.release.database import KEY_ROWS
from transforms.settings import PROJECT

DOCS = (PROJECT / "reports" / "docs" / "gates.md").read_text("utf-8")


def test_every_cross_table_check_is_documented() -> None:
    listed = re.findall(r"^\| (\w+) \| `([\w-]+)` \| (\w+) \| (\w+) \| (.+) \|$", DOCS, re.MULTILINE)
    assert sorted(listed) == sorted((c.gate, c.check_id, c.check_class, c.severity, c.sentence) for c in load_checks())
    assert {gate for gate, *_ in listed} == set(GATES)


def test_every_threshold_is_documented() -> None:
    def number(value: float | None) -> str:
        return "" if value is None else f"{value:g}"

    listed = re.findall(r"^\| `(\w+)` \| (\S*) \| (\w+) \| (\S*) ?\| (\S*) ?\| (\S*) ?\| (.+) \|$", DOCS, re.MULTILINE)
    assert listed == [
        (
            name,
            number(t.value),
            t.kind,
            *map(number, (t.worst_in_sample, t.worst_in_whole_files, t.margin)),
            f"{t.meaning}. Set on: {t.set_on}.",
        )
        for name, t in thresholds().items()
    ]


def test_the_documented_key_limit_is_correct() -> None:
    assert f"fewer than {KEY_ROWS:,} rows" in DOCS
