"""Load the rules: one file per Dashboard year, and one file for the pathways.

A criterion belongs to one state priority. It is met if all of its conditions are met. Alternatives within one priority
are separate criteria (EC 52064.5(g)). A Dashboard that is not out is judged by its own rules if they are confirmed,
otherwise by the newest confirmed rules.
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import TypeVar

from transforms.config.text import read_text
from transforms.config.toml_model import Place, problem_text, read_toml
from transforms.errors import ConfigError
from transforms.rules import checks
from transforms.rules.model import CharterTest, Consecutive, Continuum, PathwayRules, PreviewRules, Rules, RuleSet
from transforms.rules.reference import Reference


def rules_with_criteria(rules: Mapping[int, RuleSet], year: int) -> RuleSet | None:
    """Return the rules of a year, or of the latest earlier year with criteria if its own are not confirmed."""
    return (
        max((r for y, r in rules.items() if y <= year and r.criterion), key=lambda r: r.dashboard_year, default=None)
        if year in rules
        else None
    )


def last_day_in_force(rules: Rules, year: int, today: date) -> date:
    """Return the last day on which the determination of ``year`` was in force; ``today`` for the latest year.

    Raises ConfigError for a year without rules.
    """
    known = {r.dashboard_year: r.in_force_from for r in rules.years}
    if year not in known:
        raise ConfigError(f"There are no rules for {year}. There are rules for {', '.join(map(str, sorted(known)))}.")
    later = [r.in_force_from for r in rules.years if r.dashboard_year > year and r.criterion]
    return min([day - timedelta(days=1) for day in later] + [today])


def load_rules(folder: Path) -> Rules:
    """Read rules/*.toml.

    Raises ConfigError, with file and line, if a file is wrong, a name is not in the reference lists, or a counted
    Dashboard has no rules.
    """
    rules, reference = folder / "rules", Reference(folder)
    paths = sorted(rules.glob("[0-9]*.toml"))
    years = tuple(read_toml(path, RuleSet) for path in paths)
    if not years:
        raise ConfigError(
            f"{rules} contains no rules for a Dashboard year, such as 2024.toml. Restore it, or set DTA_REFERENCE"
            " to another folder."
        )
    problems: list[str] = []
    for path, rule_set in zip(paths, years, strict=True):
        if path.stem != str(rule_set.dashboard_year):
            problems.append(f"{path.name}: dashboard_year is {rule_set.dashboard_year}; name the file after its year")
        problems += _problem_texts(path, checks.year_problems(rule_set, reference))
    for year, place, why in checks.problems_between(years):
        problems += _problem_texts(rules / f"{year}.toml", [(place, why)])
    pathways = read_toml(rules / "pathways.toml", PathwayRules)
    preview = read_toml(rules / "preview.toml", PreviewRules)
    problems += _problem_texts(rules / "pathways.toml", checks.pathway_problems(pathways))
    problems += _problem_texts(rules / "preview.toml", checks.preview_problems(preview, reference))
    if problems:
        raise ConfigError("\n".join(problems))
    return Rules(years=years, pathways=pathways, preview=preview)


def _problem_texts(path: Path, problems: Iterable[tuple[Place, str]]) -> list[str]:
    """Return the problems with file and line; the file is read again only if there are problems."""
    found = list(problems)
    text = read_text(path, path.name) if found and path.exists() else ""
    return [problem_text(f"rules/{path.name}", text, place, why) for place, why in found]


Span = TypeVar("Span", Continuum, Consecutive, CharterTest)


def rules_of(rules: Rules, year: int) -> RuleSet:
    """Return the rule set for results of ``year``.

    It is the year's own rule set if its criteria are confirmed. Otherwise it has the criteria of the newest confirmed
    year before it, and the windows of its own file, or that year's windows moved to ``year``. Raises ConfigError if no
    earlier year is confirmed.
    """
    by_year, known = {r.dashboard_year: r for r in rules.years}, _confirmed(rules, year)
    if known is None:
        raise ConfigError(
            f"There are no confirmed rules for {year} or a year before it. There are rules for"
            f" {', '.join(map(str, sorted(by_year)))}."
        )
    if known.dashboard_year == year:
        return known
    own, by = by_year.get(year), year - known.dashboard_year
    return known.model_copy(
        update={
            "dashboard_year": year,
            "continuum": own.continuum if own else _moved(known.continuum, by),
            "consecutive": own.consecutive if own else _moved(known.consecutive, by),
            "charter": own.charter if own else _moved(known.charter, by),
            "in_force_from": own.in_force_from if own else known.in_force_from.replace(year=year),
        }
    )


def name_of(rules: Rules, year: int) -> str:
    """Return the name of the rule set whose criteria ``rules_of`` applies, as tables show it."""
    known = _confirmed(rules, year)
    return known.rule_set if known else ""


def is_confirmed(rules: Rules, year: int) -> bool:
    """Return True if a primary source confirms the year's own criteria."""
    return any(r.dashboard_year == year and r.criterion for r in rules.years)


def _confirmed(rules: Rules, year: int) -> RuleSet | None:
    by_year = {r.dashboard_year: r for r in rules.years}
    return rules_with_criteria(by_year | {year: by_year.get(year, rules.years[-1])}, year)


def _moved(span: Span | None, by: int) -> Span | None:
    """Return the same window, ``by`` years later."""
    if span is None:
        return None
    name = "counted_dashboards" if isinstance(span, Continuum) else "dashboards"
    return span.model_copy(update={name: tuple(y + by for y in getattr(span, name))})
