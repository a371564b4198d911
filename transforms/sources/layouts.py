"""The columns of each kind of file, their spellings, and which of them a file must have."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path

from pydantic import Field

from transforms.config.text import read_text
from transforms.config.toml_model import Place, StrictModel, problem_text, read_toml
from transforms.errors import ConfigError
from transforms.rules.load import rules_with_criteria
from transforms.rules.model import RuleSet
from transforms.sources.catalog import Source

# Raise this when readers write something different, so that cached raw files are read again.
LAYOUT_VERSION = "6"


class Marks(StrictModel):
    """How a Dashboard file shows its indicator: the code in its indicator column, and headings of its own."""

    code: str
    headings: tuple[str, ...]
    unmarked: tuple[int, ...] = ()  # years whose files may lack all of the headings


class LayoutSpec(StrictModel):
    """Canonical column -> spellings. ``patterns`` name families of columns, such as one column per student group."""

    always: tuple[str, ...]
    columns: dict[str, tuple[str, ...]]
    patterns: dict[str, str] = Field(default_factory=dict)
    told_by: dict[str, Marks] = Field(default_factory=dict)
    delimiters: tuple[str, ...] = ("\t",)  # of the text editions
    same_part: dict[str, str] = Field(default_factory=dict)  # two names of one part of a family, such as tom and mr
    # Family or column -> first Dashboard year whose file must have it.
    since: dict[str, int] = Field(default_factory=dict)
    in_order: tuple[str, ...] = ()  # families whose columns CDE sorts by heading
    # Known headings that are not read. None: unknown headings do not matter.
    not_read: tuple[str, ...] | None = None

    def canonical(self, heading: str) -> str | None:
        """Return the canonical name of a heading, ``family:part`` for a pattern, None for a column that is not read."""
        name = " ".join(heading.lower().split())
        for column, spellings in self.columns.items():
            if name in spellings:
                return column
        for family, pattern in self.patterns.items():
            if match := re.fullmatch(pattern, name):
                part = match.group(1) or ""
                return f"{family}:{self.same_part.get(part, part)}"
        return None

    def unknown(self, headings: Iterable[str]) -> list[str]:
        """Return the unknown headings of a file, in their order."""
        known = {*(self.not_read or ())}
        return [
            h
            for h in headings
            if self.not_read is not None
            and h
            and self.canonical(h) is None
            and " ".join(h.lower().split()) not in known
        ]


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
        """Return the layout of a source."""
        spec: LayoutSpec = getattr(self, source.layout)
        return spec


def load_layouts(folder: Path) -> Layouts:
    """Read layouts.toml. Raises ConfigError with file and line."""
    path = folder / "layouts.toml"
    layouts = read_toml(path, Layouts)
    found = [((name, *place), why) for name in Layouts.model_fields for place, why in _problems(getattr(layouts, name))]
    if found:
        text = read_text(path, path.name)
        raise ConfigError("\n".join(problem_text(path.name, text, place, why) for place, why in found))
    return layouts


def _problems(spec: LayoutSpec) -> Iterator[tuple[Place, str]]:
    """Yield spellings that can never match or match twice, and needed columns that are not known."""
    times = Counter(spelling for spellings in spec.columns.values() for spelling in spellings)
    for column, spellings in spec.columns.items():
        for spelling in spellings:
            if spelling != spelling.strip().lower():
                yield ("columns", column), f"the spelling {spelling!r} must be in lower case, without blanks around it"
            if times[spelling] > 1:
                yield ("columns", column), f"the spelling {spelling!r} appears {times[spelling]} times; keep one"
    for family, pattern in spec.patterns.items():
        try:
            groups = re.compile(pattern).groups
        except re.error as error:
            yield ("patterns", family), f"{pattern!r} is not a regular expression ({error})"
            continue
        if groups != 1:
            yield ("patterns", family), f"{pattern!r} must have one group in parentheses; it has {groups}"
    yield from _misplaced(spec)


def _misplaced(spec: LayoutSpec) -> Iterator[tuple[Place, str]]:
    """Yield needed columns that are not known, and known columns that are listed as not read."""
    for column in spec.always:
        if column not in spec.columns:
            yield ("always",), f"column {column!r} has no spellings; add it to columns"
    for heading in spec.not_read or ():
        if heading != heading.strip().lower() or any(heading in spellings for spellings in spec.columns.values()):
            yield ("not_read",), f"{heading!r} must be in lower case and a column that is not read"


def needed_columns(source: Source, spec: LayoutSpec, rules: dict[int, RuleSet]) -> set[str]:
    """Return the canonical columns that the file needs: the layout's own, and those that the rules of the year read.

    If the criteria of the year are not confirmed: those that the earlier rules read for an indicator, and no others for
    a workbook, since CDE may change all of it.
    """
    needed, year = set(spec.always), source.dashboard_year
    if year is None:
        return needed
    if source.layout == "dashboard":
        return needed | _columns_of_indicator(source, rules_with_criteria(rules, year))
    if year in rules and not rules[year].criterion:
        return needed
    expected = {name for name, first in spec.since.items() if year >= first}
    rule_set = rules.get(year)
    if rule_set is None:
        return needed | (expected & set(spec.columns))
    parts = {
        "letter": [g.lower() for g in rule_set.student_groups],
        "current": [g.lower() for g in rule_set.student_groups],
        "assistance_status": ["" if year == 2017 else str(year)[2:]],  # the heading of 2017's only status has no year
        "met_method": [str(m) for m in rule_set.assistance.methods],
        "ec52072": [str(year)[2:]],
        "ec52071f": [str(year)[2:]],
        "red": sorted(rule_set.indicators),
    }
    return (
        needed | {f"{n}:{p}" for n in expected & set(spec.patterns) for p in parts[n]} | (expected & set(spec.columns))
    )


def _columns_of_indicator(source: Source, rule_set: RuleSet | None) -> set[str]:
    """Return what a year's conditions read of one indicator. ELPI before 2024 has one row per LEA: every row is EL."""
    needed = {"studentgroup"} if source.indicator != "elpi" or (source.dashboard_year or 0) >= 2024 else set()
    for condition in (c for k in (rule_set.criterion if rule_set else ()) for c in k.conditions):
        if condition.indicator == source.indicator:
            needed |= {"currdenom", "currstatus", "color" if condition.measure == "color" else "statuslevel"}
            if condition.size_test == "flag":
                needed.add("currnsizemet")
    return needed


def out_of_order(headings: list[str], spec: LayoutSpec) -> tuple[str, str] | None:
    """Return two neighbors of one family that are not in CDE's order, which is by heading.

    Such headings may have been swapped.
    """
    for family in spec.in_order:
        served = [h for h in headings if (spec.canonical(h) or "").startswith(f"{family}:")]
        for one, other in pairwise(served):
            if one.lower() > other.lower():
                return one, other
    return None
