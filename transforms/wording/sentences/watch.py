"""Sentences about what one more Dashboard would do."""

from dataclasses import dataclass

from transforms.wording.sentences.phrases import joined

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
    provisional: bool = False  # the criteria of the next Dashboard are not confirmed


def watch_sentence(f: WatchFacts) -> str:
    """What one more year, group or red would do. A preview, never a finding."""
    years = joined([str(y) for y in f.years])
    if f.watch in PREVIEWS:
        seen = f"{f.lea_name}: {f.group_name} were red on {joined(f.indicators)} on the Dashboards {years}."
        return f"{seen} {PREVIEWS[f.watch].format(year=f.next_dashboard)} Provisional: one secondary source says so."
    by = f" (in {f.years[-1]} by {joined(f.indicators)})" if f.indicators else ""
    if f.watch == "one_more_group":
        outcome = "they would be the third group that counts, and the LEA would be eligible"
    elif f.would_be_eligible:
        outcome = "the LEA would be eligible for the Continuum of Support, provided that all such groups do"
    else:
        outcome = "they would count toward the Continuum of Support"
    doubt = f" Provisional: the criteria of {f.next_dashboard} are not confirmed." if f.provisional else ""
    return (
        f"{f.lea_name}: {f.group_name} met the criteria in {years}{by}. If they do on the {f.next_dashboard} Dashboard"
        f" too, {outcome}.{doubt}"
    )
