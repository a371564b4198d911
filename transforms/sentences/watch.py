"""Sentences about what one more Dashboard would do."""

from dataclasses import dataclass

from transforms.sentences.words import joined


@dataclass(frozen=True)
class WatchFacts:
    """A student group of an LEA, what is watched, and the years and indicators that it rests on."""

    lea_name: str
    student_group: str
    watch: str
    years: tuple[int, ...]
    next_dashboard: int
    indicators: tuple[str, ...]
    would_be_eligible: bool


def watch_sentence(f: WatchFacts) -> str:
    """What one more year, group or red would do. A preview, never a finding."""
    causes = f" (in {f.years[-1]} by {joined(f.indicators)})" if f.indicators else ""
    if f.watch == "preview_one_more_red":
        seen = joined([str(y) for y in f.years])
        return (
            f"{f.lea_name}, {f.student_group}: red on {joined(f.indicators)} on the Dashboards {seen}; "
            f"the same on the {f.next_dashboard} Dashboard would bring three years of assistance. "
            "Provisional: one secondary source, not law as far as is known."
        )
    met = f"met the criteria in {joined([str(y) for y in f.years])}{causes}"
    if f.watch == "one_more_group":
        next_one = f"if it does on the {f.next_dashboard} Dashboard it would be the third group that counts, and the LEA would be eligible"
        return f"{f.lea_name}, {f.student_group}: {met}; {next_one}."
    outcome = (
        "the LEA would be eligible for the Continuum of Support if all such groups did"
        if f.would_be_eligible
        else "it would count toward the Continuum of Support"
    )
    return f"{f.lea_name}, {f.student_group}: {met}; if it does on the {f.next_dashboard} Dashboard, {outcome}."
