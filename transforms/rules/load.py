"""The rules as data: one file per Dashboard year, and one for the pathways.

A criterion belongs to one state priority and holds when all of its conditions hold;
alternatives within one priority are several criteria (EC 52064.5(g)). A Dashboard that is not out is judged by its own
rules, or by the newest confirmed ones in their place.
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import TypeVar

from transforms.config.text import read_text
from transforms.config.toml_model import Place, read_toml, told
from transforms.errors import ConfigError
from transforms.rules import checks
from transforms.rules.model import CharterTest, Consecutive, Continuum, PathwayRules, PreviewRules, Rules, RuleSet
from transforms.rules.reference import Reference


def criteria_known(rules: Mapping[int, RuleSet], year: int) -> RuleSet | None:
    """The rules of a year; where its criteria are not confirmed, those of the latest year before with criteria."""
    return (
        max((r for y, r in rules.items() if y <= year and r.criterion), key=lambda r: r.dashboard_year, default=None)
        if year in rules
        else None
    )


def last_day_in_force(rules: Rules, year: int, today: date) -> date:
    """Last day on which the determination of ``year`` was in force; ``today`` for the latest. Raises ConfigError for a
    year without rules.
    """
    known = {r.dashboard_year: r.in_force_from for r in rules.years}
    if year not in known:
        raise ConfigError(f"There are no rules for {year}. There are rules for {', '.join(map(str, sorted(known)))}.")
    later = [r.in_force_from for r in rules.years if r.dashboard_year > year and r.criterion]
    return min([day - timedelta(days=1) for day in later] + [today])


def load_rules(folder: Path) -> Rules:
    """Read rules/*.toml. Raises ConfigError, with file and line, when a file is wrong, names what the reference lists
    do not have, or a counted Dashboard has no rules.
    """
    rules, reference = folder / "rules", Reference(folder)
    paths = sorted(rules.glob("[0-9]*.toml"))
    years = tuple(read_toml(path, RuleSet) for path in paths)
    if not years:
        raise ConfigError(
            f"{rules} holds no rules of a Dashboard year, such as 2024.toml. Restore it, or let DTA_REFERENCE name"
            " another folder."
        )
    problems: list[str] = []
    for path, rule_set in zip(paths, years, strict=True):
        if path.stem != str(rule_set.dashboard_year):
            problems.append(f"{path.name}: dashboard_year is {rule_set.dashboard_year}; name the file after its year")
        problems += _told(path, checks.year_problems(rule_set, reference))
    for year, place, why in checks.problems_between(years):
        problems += _told(rules / f"{year}.toml", [(place, why)])
    pathways = read_toml(rules / "pathways.toml", PathwayRules)
    preview = read_toml(rules / "preview.toml", PreviewRules)
    problems += _told(rules / "pathways.toml", checks.pathway_problems(pathways))
    problems += _told(rules / "preview.toml", checks.preview_problems(preview, reference))
    if problems:
        raise ConfigError("\n".join(problems))
    return Rules(years=years, pathways=pathways, preview=preview)


def _told(path: Path, problems: Iterable[tuple[Place, str]]) -> list[str]:
    """Problems with file and line; the file is read again only when there are any."""
    found = list(problems)
    text = read_text(path, path.name) if found and path.exists() else ""
    return [told(f"rules/{path.name}", text, place, why) for place, why in found]


Span = TypeVar("Span", Continuum, Consecutive, CharterTest)


def rules_of(rules: Rules, year: int) -> RuleSet:
    """The rule set for results of ``year``.

    Its own where its criteria are confirmed, else the criteria of the newest confirmed year before it, in the windows
    of its own file, or in those of that year moved to it. Raises ConfigError where no year before it is confirmed.
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
    """Name of the rule set whose criteria ``rules_of`` applies, as tables show it."""
    known = _confirmed(rules, year)
    return known.rule_set if known else ""


def is_confirmed(rules: Rules, year: int) -> bool:
    """True if the year's own criteria are confirmed by a primary source."""
    return any(r.dashboard_year == year and r.criterion for r in rules.years)


def _confirmed(rules: Rules, year: int) -> RuleSet | None:
    by_year = {r.dashboard_year: r for r in rules.years}
    return criteria_known(by_year | {year: by_year.get(year, rules.years[-1])}, year)


def _moved(span: Span | None, by: int) -> Span | None:
    """The same window, a number of years later."""
    if span is None:
        return None
    name = "counted_dashboards" if isinstance(span, Continuum) else "dashboards"
    return span.model_copy(update={name: tuple(y + by for y in getattr(span, name))})
