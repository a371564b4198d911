"""Decide earlier years or days from the files that are loaded today, each into its own folder. The nightly releases do
not change.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from flows.runner import Outcome
from transforms import clock
from transforms.errors import ConfigError, DtaError
from transforms.folders import claim_root
from transforms.rules.load import last_day_in_force, load_rules
from transforms.settings import Settings


@dataclass(frozen=True)
class Target:
    """One folder of releases: its name, and the settings with the day as of which to decide."""

    label: str
    settings: Settings


def plan(
    settings: Settings, first_year: int | None, last_year: int | None, days: Sequence[date], root: Path | None = None
) -> list[Target]:
    """Return the folders to fill.

    Raises ConfigError if there is nothing to decide, a range runs backwards, a day is in the future, or a folder is not
    ours.
    """
    root = (root or settings.work / "backfill").absolute()
    if root == settings.out.absolute() or (root / "releases").exists():
        raise ConfigError(f"{root} holds nightly releases. Give another folder.")
    if (first_year is None) != (last_year is None):
        raise ConfigError("Give the first and the last determination year, or neither.")
    if first_year is not None and last_year is not None and first_year > last_year:
        raise ConfigError(f"The first determination year, {first_year}, comes after the last, {last_year}.")
    try:
        for day in days:
            clock.past(day)
    except ValueError as error:
        raise ConfigError(f"{error}.") from error
    rules = load_rules(settings.reference)
    years = range(first_year, last_year + 1) if first_year is not None and last_year is not None else ()
    dated = [(f"year-{year}", last_day_in_force(rules, year, clock.today())) for year in years]
    dated += [(f"day-{day}", day) for day in sorted(set(days))]
    if not dated:
        raise ConfigError("Nothing to decide: give determination years, or days.")
    claim_root(root, "--out")
    return [Target(label, settings.model_copy(update={"as_of": day, "out": root / label})) for label, day in dated]


def fill(targets: Sequence[Target], decide: Callable[[Target], Outcome], log: Callable[[str], None]) -> list[Outcome]:
    """Decide the targets one after another. A failure does not stop the others; it is raised at the end."""
    outcomes, failed = [], []
    for position, target in enumerate(targets, 1):
        name = f"{target.label} ({position} of {len(targets)}, as of {target.settings.as_of})"
        try:
            outcome = decide(target)
        except DtaError as error:
            failed.append((name, error))
            log(f"{name}: failed. {error}")
            continue
        outcomes.append(outcome)
        log(f"{name}: {outcome.outcome}, release {outcome.release_id} in {target.settings.out}")
    if failed:
        name, first = failed[0]
        summary = DtaError(f"{len(failed)} of {len(targets)} could not be decided; the first was {name}: {first}")
        summary.exit_code = first.exit_code
        raise summary
    return outcomes
