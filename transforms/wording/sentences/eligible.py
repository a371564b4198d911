"""The sentence of the list that most readers open: through which pathways an LEA is eligible."""

from dataclasses import dataclass

from transforms.wording.sentences.phrases import joined


@dataclass(frozen=True)
class EligibleFacts:
    """An LEA and the pathways through which it is eligible in a determination year."""

    lea_name: str
    determination_year: int
    pathways: tuple[str, ...]
    by_cde: bool = False


def eligible_sentence(f: EligibleFacts) -> str:
    """One line for the list that most readers open."""
    flag = " For the Continuum of Support this is CDE's own flag, not a computation." if f.by_cde else ""
    return (
        f"{f.lea_name} meets the published criteria of {joined(f.pathways)} for determination year"
        f" {f.determination_year}.{flag} This is not an official designation."
    )
