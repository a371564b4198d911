"""The answer in a sentence: who meets the criteria in the year in force, who is new, who left. Home page and command take it from here."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from reports.published import Row, rows, year_in_force
from transforms.wording.sentences.phrases import LEA_WORDS, joined, number, plural

NAMED = 5  # LEAs not determined that a line names; more are counted


@dataclass(frozen=True)
class Answer:
    """The determination year in force. Rows have cds, lea_name, lea_type and county."""

    year: int
    before: int | None  # the determination year that it is compared with
    meet: tuple[Row, ...]  # by the Continuum of Support
    new: tuple[Row, ...]
    left: tuple[Row, ...]
    loans: tuple[Row, ...]  # by a state loan, and not by the Continuum
    open: tuple[Row, ...]  # not determined; with pathway

    @property
    def sentence(self) -> str:
        """``In 2024, 67 LEAs meet the criteria: 54 districts and 13 county offices; 16 are new, 15 left; three more districts have a state loan.``"""
        n = len(self.meet)
        kinds = Counter(r["lea_type"] for r in self.meet)
        of_kinds = joined([plural(kinds[kind], word) for kind, word in LEA_WORDS.items() if kinds[kind]])
        said = f"In {self.year}, {plural(n, 'LEA')} {'meet' if n > 1 else 'meets'} the criteria"
        said += f": {of_kinds}" if n > 1 else f" ({self.meet[0]['lea_name']})" if n else ""
        if self.before is not None:
            new, left = (number(len(of)) if of else "none" for of in (self.new, self.left))
            said += f"; {new} {'is' if len(self.new) == 1 else 'are'} new, {left} left"
        if self.loans:
            more = "more " if n else ""
            word = "district has" if len(self.loans) == 1 else "districts have"
            said += f"; {number(len(self.loans))} {more}{word} a state loan"
        return said + "."

    @property
    def not_determined(self) -> str:
        """Which verdicts of the year are open, by name where they are few; empty if none is."""
        by_pathway: dict[str, list[str]] = {}
        for row in self.open:
            by_pathway.setdefault(row["pathway_name"], []).append(row["lea_name"])
        said = [f"for {pathway}: {joined(names) if len(names) <= NAMED else f'{len(names)} LEAs'}" for pathway, names in by_pathway.items()]
        return f"Not determined in {self.year} {'; '.join(said)}." if said else ""


def read_answer(connection: duckdb.DuckDBPyConnection) -> Answer:
    """The answer of a release, from its published tables."""
    years = [year for (year,) in connection.execute("select distinct determination_year from eligibility order by 1").fetchall()]
    year = year_in_force(connection)
    before = max((y for y in years if y < year), default=None)
    verdicts = rows(
        connection,
        "select e.cds, e.lea_name, e.lea_type, e.county, e.pathway, p.name as pathway_name, e.status from eligibility e join pathways p using (pathway) "
        "where e.determination_year = $year and p.decided = 'computed' and e.status in ('eligible', 'undetermined') order by e.lea_name, e.cds, p.position",
        year=year,
    )
    meet = _of(verdicts, "continuum")
    counted = {r["cds"] for r in meet}
    changed = rows(
        connection,
        "select cds, lea_name, lea_type, county, change from changes where to_year = $year and pathway = 'continuum' order by lea_name, cds",
        year=year,
    )
    return Answer(
        year,
        before,
        meet,
        tuple(r for r in changed if r["change"] == "newly_eligible"),
        tuple(r for r in changed if r["change"] == "no_longer"),
        tuple(r for r in _of(verdicts, "wraparound") if r["cds"] not in counted),
        tuple(r for r in verdicts if r["status"] == "undetermined"),
    )


def _of(verdicts: Sequence[Row], pathway: str) -> tuple[Row, ...]:
    return tuple(r for r in verdicts if r["pathway"] == pathway and r["status"] == "eligible")
