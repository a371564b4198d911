"""Phrases that all sentences share."""

from collections.abc import Iterable, Sequence
from datetime import date

NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
LEA_WORDS = {"district": "district", "county_office": "county office", "charter": "charter school"}
STATUS_WORDS = {
    "eligible": "eligible",
    "not_eligible": "not eligible",
    "undetermined": "not determined",
    "not_assessed": "not assessed",
    "not_applicable": "not applicable",
    "absent": "without a verdict",
}
COMPUTED = "This is computed from files of the California Department of Education and is not an official designation."


def plain_day(day: date | None) -> str:
    """Return a day in prose: ``June 30, 2025``."""
    return f"{day:%B} {day.day}, {day.year}" if day else "a day not found"


def last_day(as_of: date, has_ended: bool) -> str:
    """Return the last day of a determination that has ended, as ``as of June 30, 2025`` after a space.

    For the determination in force, the text would differ every night; its day is that of the release.
    """
    return f" as of {plain_day(as_of)}" if has_ended else ""


def capitalized(text: str) -> str:
    """Return the text with a capital first letter and no other change."""
    return text[:1].upper() + text[1:]


def number(n: int) -> str:
    """Return small numbers in words."""
    return NUMBERS[n] if 0 <= n < len(NUMBERS) else str(n)


def not_confirmed_sentence(not_confirmed: str) -> str:
    """Return why nothing is determined in a year without confirmed criteria and without a known answer from CDE."""
    return f"{capitalized(not_confirmed)}, and CDE's own answer is not known."


def not_listed_sentence(years: Sequence[int], lea_type: str, predecessors: Sequence[str] = ()) -> str:
    """Return the sentence on counted years in which an LEA is not listed under its code: not listed, not unmet."""
    text = f"CDE's files of {joined(years)} do not list this {LEA_WORDS[lea_type]} under this code"
    if predecessors:
        return (
            f"{text}: it was {joined(predecessors)}. CDE begins a new history with a new code, and so does this"
            " verdict."
        )
    return (
        f"{text}, and no predecessor is on record. {'That year is' if len(years) == 1 else 'Those years are'}"
        " left out of its history."
    )


def year_spans(years: Iterable[int], known: Sequence[int] = ()) -> list[str]:
    """Return years with consecutive ones as spans: ``2017–2019``, ``2022``.

    ``known``: all existing Dashboard years; by default, every calendar year.
    """
    runs: list[list[int]] = []
    for year in sorted(years):
        before = known[known.index(year) - 1] if known else year - 1
        if runs and runs[-1][-1] == before:
            runs[-1].append(year)
        else:
            runs.append([year])
    return [str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs]


def joined(parts: Iterable[object], word: str = "and") -> str:
    """Return texts or numbers as ``a, b and c``."""
    *most, last = [*map(str, parts)] or [""]
    return f"{', '.join(most)} {word} {last}" if most else last


def plural(n: int, noun: str) -> str:
    """Return ``no student group``, ``one student group``, ``two student groups``."""
    return f"{number(n)} {noun}{'' if n <= 1 else 's'}"
