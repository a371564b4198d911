"""Sentences of the list of eligible LEAs: by which pathways an LEA is on it, and who joined or left since."""

from dataclasses import dataclass

from transforms.wording.sentences.phrases import STATUS_WORDS, capitalized, joined, number, plural

WHY = {"data": "the data changed", "rules": "the rules changed", "code": "the program changed"}


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


@dataclass(frozen=True)
class ListChange:
    """An LEA that is on the list of only one of two releases, by one pathway."""

    cds: str
    lea_name: str
    county: str
    pathway_name: str
    year_before: int
    year: int
    status_before: str
    status: str
    attributed_to: str | None  # data, rules or code
    line: str = ""  # which groups began or ceased to count

    @property
    def joined(self) -> bool:
        """True if it is on the list now and was not before."""
        return self.status == "eligible"


def list_change_sentence(c: ListChange) -> str:
    """Who, by which pathway, what it was or is now, and why."""
    where = f" ({c.county})" if c.county else ""
    moved = f", {c.year} in place of {c.year_before}" if c.year != c.year_before else f", {c.year}"
    new, gone = f"new on the list, before: {STATUS_WORDS[c.status_before]}", "no longer on the list, now: "
    status = new if c.joined else gone + STATUS_WORDS[c.status]
    why = f", because {WHY[c.attributed_to]}" if c.attributed_to else ""
    text = f"{c.lea_name}{where}, {c.pathway_name}{moved}: {status}{why}."
    return f"{text} {c.line}".strip()


def list_headline(left: int, new: int) -> str:
    """How many joined and left."""
    gone = f"{plural(left, 'LEA')} {'is' if left < 2 else 'are'} no longer on the list"
    come = f"{number(new) if new else 'none'} {'is' if new < 2 else 'are'} new"
    return f"{capitalized(gone)}, {come}"
