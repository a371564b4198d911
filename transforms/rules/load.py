"""The rules as data: one file per Dashboard year, and one for the pathways.

A criterion belongs to one state priority and holds when all of its conditions hold;
alternatives within one priority are several criteria (EC 52064.5(g)).
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from pathlib import Path

from transforms.config.text import read_text
from transforms.config.toml_model import Place, read_toml, told
from transforms.errors import ConfigError
from transforms.rules import checks
from transforms.rules.model import PathwayRules, PreviewRules, Rules, RuleSet
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
    do not have, or a counted
    Dashboard has no rules.
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
