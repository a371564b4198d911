"""Sentences about what one more Dashboard would do."""

from dataclasses import dataclass

from transforms.wording.sentences.phrases import joined, number

PREVIEWS = {
    "preview_one_more_red": "The same on the {year} Dashboard would bring three years of assistance.",
    "preview_met": "By the previewed criteria of {year} this brings three years of assistance.",
    "preview_scale_changed": (
        "The status of {year} is on another scale and is not compared with these years, so the preview is not"
        " determined."
    ),
}


@dataclass(frozen=True)
class WatchFacts:
    """A student group of an LEA, what is watched, and the years and indicators that it rests on, named as in a
    sentence.
    """

    lea_name: str
    group_name: str
    watch: str
    years: tuple[int, ...]
    next_dashboard: int
    indicators: tuple[str, ...]
    would_be_eligible: bool
    outlook: str = ""  # of the LEA: certain, possible or ruled_out
    groups_needed: int = 0  # groups that it lacks
    candidates: int = 0  # groups that are watched
    provisional: bool = False  # the criteria of the next Dashboard are not confirmed


def watch_sentence(f: WatchFacts) -> str:
    """What one more year, group or red would do. A preview, never a finding.

    It speaks of the next year only: the LEA may be eligible now.
    """
    years = joined(f.years)
    if f.watch in PREVIEWS:
        seen = f"{f.lea_name}: {f.group_name} were red on {joined(f.indicators)} on the Dashboards {years}."
        return (
            f"{seen} {PREVIEWS[f.watch].format(year=f.next_dashboard)} Provisional: this rests on one secondary source."
        )
    by = f" (in {f.years[-1]} by {joined(f.indicators)})" if f.indicators else ""
    if f.outlook == "certain":
        outcome = "they would count too: the LEA meets the criteria of that year whatever they show"
    elif f.watch == "one_more_group":
        outcome = "they would be the third group that counts, and the LEA would meet the criteria of that year"
    elif f.would_be_eligible:
        outcome = f"the LEA would meet the criteria of that year, provided that {_enough(f)} do"
    else:
        outcome = "they would count toward the Continuum of Support"
    doubt = f" Provisional: the criteria of {f.next_dashboard} are not confirmed." if f.provisional else ""
    return (
        f"{f.lea_name}: {f.group_name} met the criteria in {years}{by}. If they do on the {f.next_dashboard} Dashboard"
        f" too, {outcome}.{doubt}"
    )


def _enough(f: WatchFacts) -> str:
    """How many of the LEA's watched groups it takes; where it has fewer groups than the test needs, all."""
    if 0 < f.groups_needed < f.candidates:
        return f"{number(f.groups_needed)} of its {number(f.candidates)} such groups"
    return "all such groups"
