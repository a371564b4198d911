"""Sentences about what one more Dashboard would do."""

from collections.abc import Sequence

from transforms.sentences.words import joined

PROVISIONAL = "Provisional: one secondary source, not law as far as is known."
PREVIEWS = {
    "preview_one_more_red": "the same on the {year} Dashboard would bring three years of assistance.",
    "preview_met": "by the criteria of {year} as they were previewed, this brings three years of assistance.",
    "preview_scale_changed": "the status of {year} is on another scale, so that its color is not put together with those before: not determined.",
}


def watch_sentence(
    lea: str, group: str, watch: str, years: Sequence[int], next_year: int, indicators: Sequence[str], would_be_eligible: bool, provisional: bool = False
) -> str:
    """What one more year, group or red would do. A preview, never a finding."""
    causes = f" (in {years[-1]} by {joined(indicators)})" if indicators else ""
    if watch in PREVIEWS:
        seen = joined([str(y) for y in years])
        return f"{lea}, {group}: red on {joined(indicators)} on the Dashboards {seen}; {PREVIEWS[watch].format(year=next_year)} {PROVISIONAL}"
    doubt = f" Provisional: by the criteria of {next_year - 1}; those of {next_year} are not confirmed." if provisional else ""
    met = f"met the criteria in {joined([str(y) for y in years])}{causes}"
    if watch == "one_more_group":
        return f"{lea}, {group}: {met}; if it does on the {next_year} Dashboard it would be the third group that counts, and the LEA would be eligible.{doubt}"
    outcome = (
        "the LEA would be eligible for the Continuum of Support if all such groups did"
        if would_be_eligible
        else "it would count toward the Continuum of Support"
    )
    return f"{lea}, {group}: {met}; if it does on the {next_year} Dashboard, {outcome}.{doubt}"
