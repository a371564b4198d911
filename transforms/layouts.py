"""Which columns each kind of file has, under which spellings, and which of them a file must have."""

import re
from pathlib import Path

from pydantic import Field

from transforms.catalog import Source
from transforms.rules import RuleSet
from transforms.toml_model import StrictModel, read_toml

# Raised when readers change what they write, so that cached raw files are read anew.
LAYOUT_VERSION = "4"


class Marks(StrictModel):
    """How a Dashboard file shows of which indicator it is: the code in its indicator column, and headings that others do not have."""

    code: str
    headings: tuple[str, ...]
    unmarked: tuple[int, ...] = ()  # years whose files may lack all of the headings


class LayoutSpec(StrictModel):
    """Canonical column -> spellings; ``patterns`` name families of columns such as one per student group."""

    always: tuple[str, ...]
    columns: dict[str, tuple[str, ...]]
    patterns: dict[str, str] = Field(default_factory=dict)
    told_by: dict[str, Marks] = Field(default_factory=dict)

    def canonical(self, heading: str) -> str | None:
        """Canonical name of a heading, ``family:part`` for a pattern, None for a column that is not read."""
        name = heading.strip().lower()
        for column, spellings in self.columns.items():
            if name in spellings:
                return column
        for family, pattern in self.patterns.items():
            if match := re.fullmatch(pattern, name):
                return f"{family}:{match.group(1) or ''}"
        return None


class Layouts(StrictModel):
    """All layouts, by the name that the catalog uses."""

    dashboard: LayoutSpec
    assistance: LayoutSpec
    local_indicators: LayoutSpec
    local_indicators_by_priority: LayoutSpec
    charter_assistance: LayoutSpec
    low_performing: LayoutSpec
    lcap_goals: LayoutSpec
    directory: LayoutSpec
    interim_certifications: LayoutSpec

    def of(self, source: Source) -> LayoutSpec:
        """Layout of a source."""
        spec: LayoutSpec = getattr(self, source.layout)
        return spec


def load_layouts(folder: Path) -> Layouts:
    """Read layouts.toml. Raises ConfigError."""
    return read_toml(folder / "layouts.toml", Layouts)


def needed_columns(source: Source, spec: LayoutSpec, rules: dict[int, RuleSet]) -> set[str]:
    """Canonical columns without which the file cannot be judged: the layout's own, and what the rules of the year look at."""
    needed = set(spec.always)
    if source.layout != "dashboard" or source.dashboard_year is None:
        return needed
    if source.indicator != "elpi" or source.dashboard_year >= 2024:  # ELPI before 2024 has one row per LEA: every row is EL
        needed.add("studentgroup")
    rule_set = rules.get(source.dashboard_year)
    for condition in (c for k in (rule_set.criterion if rule_set else ()) for c in k.conditions):
        if condition.indicator == source.indicator:
            needed |= {"currdenom", "currstatus", "color" if condition.measure == "color" else "statuslevel"}
            if condition.size_test == "flag":
                needed.add("currnsizemet")
    return needed
