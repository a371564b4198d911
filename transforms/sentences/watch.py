"""Sentences about what one more Dashboard would do."""

from collections.abc import Sequence

from transforms.sentences.words import joined


def watch_sentence(lea: str, group: str, watch: str, years: Sequence[int], next_year: int, indicators: Sequence[str], would_be_eligible: bool) -> str:
    """What one more year, group or red would do. A preview, never a finding."""
    causes = f" (in {years[-1]} by {joined(indicators)})" if indicators else ""
    if watch == "preview_one_more_red":
        seen = joined([str(y) for y in years])
        return (
            f"{lea}, {group}: red on {joined(indicators)} on the Dashboards {seen}; "
            f"the same on the {next_year} Dashboard would bring three years of assistance. "
            "Provisional: one secondary source, not law as far as is known."
        )
    met = f"met the criteria in {joined([str(y) for y in years])}{causes}"
    if watch == "one_more_group":
        return f"{lea}, {group}: {met}; if it does on the {next_year} Dashboard it would be the third group that counts, and the LEA would be eligible."
    outcome = (
        "the LEA would be eligible for the Continuum of Support if all such groups did"
        if would_be_eligible
        else "it would count toward the Continuum of Support"
    )
    return f"{lea}, {group}: {met}; if it does on the {next_year} Dashboard, {outcome}."
