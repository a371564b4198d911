"""Sentences of the list of eligible LEAs: by which pathways an LEA is on it, and who gained or lost one since."""

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
    """An LEA that is eligible by a pathway in only one of two releases."""

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
        """True if it is eligible now and was not before."""
        return self.status == "eligible"


def list_change_sentence(c: ListChange) -> str:
    """Who, by which pathway, what it was or is now, and why."""
    where = f" ({c.county})" if c.county else ""
    moved = f", {c.year} in place of {c.year_before}" if c.year != c.year_before else f", {c.year}"
    new, gone = f"newly eligible, before: {STATUS_WORDS[c.status_before]}", "no longer eligible, now: "
    status = new if c.joined else gone + STATUS_WORDS[c.status]
    why = f", because {WHY[c.attributed_to]}" if c.attributed_to else ""
    text = f"{c.lea_name}{where}, {c.pathway_name}{moved}: {status}{why}."
    return f"{text} {c.line}".strip()


def list_headline(lost: int, gained: int) -> str:
    """How many LEAs lost a pathway, and how many gained one."""
    return capitalized(f"{plural(lost, 'LEA')} lost a pathway, {number(gained) if gained else 'none'} gained one")
