"""Sentences about what one more Dashboard would do."""

from dataclasses import dataclass

from transforms.sentences.words import joined


@dataclass(frozen=True)
class WatchFacts:
    """A student group of an LEA, what is watched, and the years and indicators that it rests on, named as in a sentence."""

    lea_name: str
    group_name: str
    watch: str
    years: tuple[int, ...]
    next_dashboard: int
    indicators: tuple[str, ...]
    would_be_eligible: bool


def watch_sentence(f: WatchFacts) -> str:
    """What one more year, group or red would do. A preview, never a finding."""
    years = joined([str(y) for y in f.years])
    if f.watch == "preview_one_more_red":
        return (
            f"{f.lea_name}: {f.group_name} were red on {joined(f.indicators)} on the Dashboards {years}. "
            f"The same on the {f.next_dashboard} Dashboard would bring three years of assistance. Provisional: one secondary source says so."
        )
    by = f" (in {f.years[-1]} by {joined(f.indicators)})" if f.indicators else ""
    if f.watch == "one_more_group":
        outcome = "they would be the third group that counts, and the LEA would be eligible"
    elif f.would_be_eligible:
        outcome = "the LEA would be eligible for the Continuum of Support, provided that all such groups do"
    else:
        outcome = "they would count toward the Continuum of Support"
    return f"{f.lea_name}: {f.group_name} met the criteria in {years}{by}. If they do on the {f.next_dashboard} Dashboard too, {outcome}."
